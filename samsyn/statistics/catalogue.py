"""The published tables described for data portals: DCAT-AP-SE 3.0.1 (Digg) as JSON-LD and Turtle, harvested by dataportal.se.

A table of the standard report is a dataset: its figures since 2014, as last published. Each format and language of it is a
distribution; quarters and years to date are reached through the API, a data service. What is said of the publisher and the
terms stands in ``catalogue.toml``. The graph is a list of node objects (JSON-LD 1.1) with prefixed names, every value
an object with ``@id`` or ``@value``: that much of JSON-LD is written as Turtle by a few lines.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import translation

from samsyn.statistics import shown
from samsyn.statistics.documents import LANGUAGES
from samsyn.statistics.periods import PeriodKind
from samsyn.statistics.queries import Published

FILE = Path(__file__).parent / "catalogue.toml"
CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_IANA = "https://www.iana.org/assignments/media-types/"
_IRI = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]*""")

Node = dict[str, Any]


@dataclass(frozen=True)
class Places:
    """Where things are: ``base`` without a slash at the end, and two ways to a table's page and file."""

    base: str
    page: Callable[[Published, str], str]
    file: Callable[[Published, str, str], str]

    def name(self, fragment: str) -> str:
        """Return the name of a thing that the catalogue describes."""
        return f"{self.base}/catalogue#{fragment}"


@cache
def facts() -> Mapping[str, Any]:
    """Return the reviewed data on publisher, terms, themes and formats."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def graph(tables: Sequence[Published], *, first_published: Mapping[str, datetime], places: Places) -> list[Node]:
    """Return the catalogue's nodes: itself, publisher, contact, service, and each table with its distributions.

    ``tables`` are the latest published ones of one kind of period, at least one; ``first_published`` says when each code
    was published for the first time.
    """
    made = [_catalogue(tables, first_published, places), _publisher(places), _contact(places), _service(tables, places)]
    for table in tables:
        made += _dataset(table, first_published.get(table.code, table.published_at), places)
    return made


def as_json_ld(nodes: Sequence[Node]) -> bytes:
    """Return the graph as JSON-LD 1.1, UTF-8."""
    return json.dumps({"@context": CONTEXT, "@graph": list(nodes)}, ensure_ascii=False).encode()


def as_turtle(nodes: Sequence[Node]) -> bytes:
    """Return the graph as RDF 1.1 Turtle, UTF-8."""
    lines = [f"@prefix {prefix}: <{address}> ." for prefix, address in CONTEXT.items()]
    for node in nodes:
        said = [f"a {' , '.join(_listed(node['@type']))}"]
        said += [
            f"{name} {' , '.join(_term(value) for value in _listed(values))}"
            for name, values in node.items()
            if not name.startswith("@")
        ]
        lines += ["", _iri(node["@id"]) + " " + " ;\n    ".join(said) + " ."]
    return ("\n".join(lines) + "\n").encode()


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _term(value: Mapping[str, str]) -> str:
    if "@id" in value:
        return _iri(value["@id"])
    literal = json.dumps(value["@value"], ensure_ascii=False)
    if "@language" in value:
        return f"{literal}@{value['@language']}"
    return f"{literal}^^{value['@type']}" if "@type" in value else literal


def _iri(address: str) -> str:
    """Write an address between angle brackets; raise ValueError for one that would end them."""
    if not _IRI.fullmatch(address):
        raise ValueError(f"not an IRI: {address!r}")
    return f"<{address}>"


def _is(address: str) -> Node:
    return {"@id": address}


def _texts(texts: Mapping[str, str]) -> list[Node]:
    return [{"@value": texts[language], "@language": language} for language in LANGUAGES]


def _said(say: Callable[[], str]) -> list[Node]:
    """Return what is said in each language."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = say()
    return _texts(found)


def _moment(at: datetime) -> Node:
    return {"@value": at.isoformat(), "@type": "xsd:dateTime"}


def _plain(value: str) -> Node:
    return {"@value": value}


def _catalogue(tables: Sequence[Published], first: Mapping[str, datetime], places: Places) -> Node:
    known = facts()
    return {
        "@id": places.name("catalogue"),
        "@type": "dcat:Catalog",
        "dcterms:title": _texts(known["catalogue"]["title"]),
        "dcterms:description": _texts(known["catalogue"]["description"]),
        "dcterms:publisher": _is(places.name("publisher")),
        "dcterms:license": _is(known["catalogue_licence"]["uri"]),
        "dcterms:issued": _moment(min(first.values(), default=tables[0].published_at)),
        "dcterms:modified": _moment(max(table.published_at for table in tables)),
        "dcterms:language": [_is(known["languages"][language]) for language in LANGUAGES],
        "dcterms:spatial": _is(known["catalogue"]["spatial"]),
        "dcat:themeTaxonomy": _is(known["catalogue"]["theme_taxonomy"]),
        "foaf:homepage": _is(f"{places.base}/"),
        "dcat:dataset": [_is(_dataset_name(table, places)) for table in tables],
        "dcat:service": _is(places.name("service")),
    }


def _publisher(places: Places) -> Node:
    publisher = facts()["publisher"]
    return {
        "@id": places.name("publisher"),
        "@type": "foaf:Agent",
        "foaf:name": _texts(publisher["name"]),
        "dcterms:type": _is(publisher["type"]),
        "foaf:homepage": _is(publisher["homepage"]),
    }


def _contact(places: Places) -> Node:
    contact = facts()["contact"]
    return {
        "@id": places.name("contact"),
        "@type": "vcard:Organization",
        "vcard:fn": _texts(contact["name"]),
        "vcard:hasEmail": _is(f"mailto:{contact['email']}"),
    }


def _service(tables: Sequence[Published], places: Places) -> Node:
    known = facts()
    return {
        "@id": places.name("service"),
        "@type": "dcat:DataService",
        "dcterms:title": _texts(known["service"]["title"]),
        "dcterms:description": _texts(known["service"]["description"]),
        "dcat:endpointURL": _is(places.base + known["service"]["path"]),
        "dcterms:format": _plain(known["service"]["format"]),
        "dcterms:publisher": _is(places.name("publisher")),
        "dcat:contactPoint": _is(places.name("contact")),
        "dcterms:accessRights": _is(known["catalogue"]["access_rights"]),
        "dcterms:license": _is(known["data_licence"]["uri"]),
        "dcat:theme": _is(known["catalogue"]["theme"]),
        "dcat:servesDataset": [_is(_dataset_name(table, places)) for table in tables],
    }


def _dataset_name(table: Published, places: Places) -> str:
    return places.name(f"dataset-{table.code}")


def _dataset(table: Published, issued: datetime, places: Places) -> Iterator[Node]:
    """Yield the dataset, its period and its distributions."""
    document, known = table.document, facts()["catalogue"]
    name = _dataset_name(table, places)
    forms = [(form, language) for form in facts()["formats"] for language in LANGUAGES]
    distributions = [_distribution(table, form, language, places) for form, language in forms]
    distributions.append(_through_service(table, places))
    period: Node = {
        "@id": f"{name}-period",
        "@type": "dcterms:PeriodOfTime",
        # Without an end: it grows by a quarter at a time (recommendation 8).
        "dcat:startDate": {"@value": document["period"]["first_day"], "@type": "xsd:date"},
    }
    yield {
        "@id": name,
        "@type": "dcat:Dataset",
        "dcterms:identifier": _plain(table.code),
        "dcterms:title": _said(lambda: f"{shown.text(document['title'])} – {shown.text(document['report']['title'])}"),
        "dcterms:description": _said(lambda: _description(table)),
        "dcterms:publisher": _is(places.name("publisher")),
        "dcat:contactPoint": _is(places.name("contact")),
        "dcat:keyword": [
            {"@value": word, "@language": language} for language in LANGUAGES for word in known["keywords"][language]
        ],
        "dcat:theme": _is(known["theme"]),
        "dcterms:issued": _moment(issued),
        "dcterms:modified": _moment(table.published_at),
        "dcterms:accrualPeriodicity": _is(
            known["frequency_of_years" if table.kind == PeriodKind.YEAR else "frequency"]
        ),
        "dcterms:temporal": _is(period["@id"]),
        "dcterms:spatial": _is(known["spatial"]),
        "dcterms:accessRights": _is(known["access_rights"]),
        "dcterms:language": [_is(facts()["languages"][language]) for language in LANGUAGES],
        "dcat:version": _plain(f"{table.quarter}.{table.revision}"),
        "dcat:landingPage": [_is(places.base + places.page(table, language)) for language in LANGUAGES],
        "dcat:distribution": [_is(one["@id"]) for one in distributions],
    }
    yield period
    yield from distributions


def _description(table: Published) -> str:
    """Say what is counted, the table's notes, and what must be known before the figures are used."""
    document = table.document
    told = [shown.text(document["counted"]), *shown.notes(document), *shown.reservations(document)]
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in told)


def _distribution(table: Published, form: Mapping[str, str], language: str, places: Places) -> Node:
    with translation.override(language):
        title = f"{form['title']}, {shown.stretch_title(table.quarter, table.kind).replace(' · ', ', ')}"
    made: Node = {
        "@id": places.name(f"distribution-{table.code}-{form['ending']}-{language}"),
        "@type": "dcat:Distribution",
        "dcterms:title": [{"@value": title, "@language": language}],
        "dcat:accessURL": _is(places.base + places.page(table, language)),
        "dcat:downloadURL": _is(places.base + places.file(table, language, form["ending"])),
        "dcterms:format": _plain(form["media_type"]),
        "dcat:mediaType": _is(_IANA + form["media_type"]),
        "dcterms:language": _is(facts()["languages"][language]),
        "dcterms:license": _is(facts()["data_licence"]["uri"]),
        "dcterms:modified": _moment(table.published_at),
        "dcatap:availability": _is(facts()["catalogue"]["availability"]),
    }
    if "standard" in form:
        made["dcterms:conformsTo"] = _is(form["standard"])
    return made


def _through_service(table: Published, places: Places) -> Node:
    service = facts()["service"]
    return {
        "@id": places.name(f"distribution-{table.code}-api"),
        "@type": "dcat:Distribution",
        "dcterms:title": _texts(service["title"]),
        "dcat:accessURL": _is(places.base + service["path"]),
        "dcat:accessService": _is(places.name("service")),
        "dcterms:format": _plain(service["format"]),
        "dcterms:license": _is(facts()["data_licence"]["uri"]),
        "dcatap:availability": _is(facts()["catalogue"]["availability"]),
    }
