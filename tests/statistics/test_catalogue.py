"""The catalogue that data portals harvest: it holds to DCAT-AP-SE, and what it names can be fetched."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pyshacl import validate
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, XSD

from samsyn.statistics import catalogue, queries
from samsyn.statistics.catalogue import Places
from samsyn.statistics.models import PublishedFile, PublishedTable
from samsyn.statistics.queries import Published
from samsyn.statistics.views.public import FILES
from tests.statistics.test_pdf import table_document

# The reader of JSON-LD and pyshacl use a class that their own library means to give up.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")
SHAPES = Path(__file__).parent / "dcat_shapes.ttl"
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SWEDISH = URIRef("http://publications.europa.eu/resource/authority/language/SWE")
AT = datetime(2026, 7, 15, 7, 0, tzinfo=UTC)
BASE = "https://statistik.example.test"
PLACES = Places(
    BASE,
    lambda table, language: f"/{language}/{table.code}/",
    lambda table, language, ending: f"/{language}/{table.code}.{ending}",
)


def table(code: str, **changed: Any) -> Published:
    document = table_document(code=code, **changed)
    return Published(document, "0" * 64, "2026-q2", 0, "cumulative", code, AT)


def made(*tables: Published) -> list[catalogue.Node]:
    first = {one.code: AT - timedelta(days=90) for one in tables}
    return catalogue.graph(tables, first_published=first, places=PLACES)


def parsed(nodes: list[catalogue.Node]) -> Graph:
    return Graph().parse(data=catalogue.as_json_ld(nodes), format="json-ld")


def held_to_the_shapes(graph: Graph) -> tuple[bool, str]:
    """Whether the graph conforms, and the report."""
    conforms, _graph, report = validate(graph, shacl_graph=Graph().parse(SHAPES), inference="none")
    return bool(conforms), str(report)


@pytest.fixture
def graph() -> Graph:
    return parsed(made(table("sex"), table("age")))


def one(graph: Graph, kind: URIRef) -> URIRef:
    found = sorted(graph.subjects(RDF.type, kind))
    assert found
    assert isinstance(found[0], URIRef)
    return found[0]


def test_the_catalogue_holds_to_the_swedish_profile(graph: Graph) -> None:
    conforms, report = held_to_the_shapes(graph)
    assert conforms, report


def replaced(kind: URIRef, property_: URIRef, *values: Any) -> Callable[[Graph], URIRef]:
    """A fault: the first thing of a kind has these values of a property, which is returned, instead of its own."""

    def change(graph: Graph) -> URIRef:
        subject = one(graph, kind)
        assert (subject, property_, None) in graph, "the fault would change nothing"
        graph.remove((subject, property_, None))
        for value in values:
            graph.add((subject, property_, value))
        return property_

    return change


FAULTS = {
    "catalogue without publisher": replaced(DCAT.Catalog, DCTERMS.publisher),
    "catalogue without licence": replaced(DCAT.Catalog, DCTERMS.license),
    "catalogue without data sets": replaced(DCAT.Catalog, DCAT.dataset),
    "title without language": replaced(DCAT.Catalog, DCTERMS.title, Literal("Statistik")),
    "data set without description": replaced(DCAT.Dataset, DCTERMS.description),
    "data set with two publishers": replaced(
        DCAT.Dataset, DCTERMS.publisher, URIRef(f"{BASE}/catalogue#publisher"), URIRef("https://other.example.test/")
    ),
    "data set with an unknown theme": replaced(DCAT.Dataset, DCAT.theme, URIRef(f"{BASE}/theme")),
    "data set with a frequency in words": replaced(DCAT.Dataset, DCTERMS.accrualPeriodicity, Literal("varje kvartal")),
    "data set issued on no date": replaced(DCAT.Dataset, DCTERMS.issued, Literal("i somras")),
    "distribution without access": replaced(DCAT.Distribution, DCAT.accessURL),
    "distribution with access as a text": replaced(DCAT.Distribution, DCAT.accessURL, Literal(f"{BASE}/")),
    "distribution in no format": replaced(DCAT.Distribution, DCTERMS["format"], Literal("CSV")),
    "service without endpoint": replaced(DCAT.DataService, DCAT.endpointURL),
    "publisher without kind": replaced(FOAF.Agent, DCTERMS.type),
    "publisher without name": replaced(FOAF.Agent, FOAF.name),
    "contact without address": replaced(VCARD.Organization, VCARD.hasEmail),
    "period with a year in words": replaced(DCTERMS.PeriodOfTime, DCAT.startDate, Literal("tjugohundrafjorton")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_catalogue_is_refused(graph: Graph, fault: str) -> None:
    property_ = FAULTS[fault](graph)
    conforms, report = held_to_the_shapes(graph)
    assert not conforms
    name = property_.rpartition("/")[2].rpartition("#")[2]
    assert f":{name}" in report, "refused for its own fault"


def test_both_ways_of_writing_say_the_same() -> None:
    hostile = 'Citat " och \\ och\nrad \t <b> © \N{GRINNING FACE} """'
    nodes = made(table("sex", counted={"sv": hostile, "en": hostile}), table("age"))
    json_ld, turtle = parsed(nodes), Graph().parse(data=catalogue.as_turtle(nodes), format="turtle")
    assert len(json_ld) > 200
    assert isomorphic(json_ld, turtle)
    assert any(hostile in str(text) for text in turtle.objects(None, DCTERMS.description))


def test_an_address_that_would_end_the_term_is_refused() -> None:
    for address in ("https://x.test/> <https://y.test/", "no scheme", 'https://x.test/"', "https://x.test/\n"):
        with pytest.raises(ValueError):
            catalogue.as_turtle([{"@id": address, "@type": "dcat:Dataset"}])


def test_each_table_is_described_in_both_languages_with_a_file_for_each_format(graph: Graph) -> None:
    sets = sorted(graph.subjects(RDF.type, DCAT.Dataset))
    assert [str(graph.value(each, DCTERMS.identifier)) for each in sets] == ["age", "sex"]
    for each in sets:
        for said in (DCTERMS.title, DCTERMS.description, DCAT.keyword):
            languages = {text.language for text in graph.objects(each, said) if isinstance(text, Literal)}
            assert languages == {"sv", "en"}
        assert any("Ett förbehåll." in str(text) for text in graph.objects(each, DCTERMS.description))
        assert str(graph.value(each, DCTERMS.spatial)).endswith("country/SWE")
        assert str(graph.value(each, DCTERMS.accrualPeriodicity)).endswith("QUARTERLY")
        assert graph.value(each, DCTERMS.issued) != graph.value(each, DCTERMS.modified)
        period = graph.value(each, DCTERMS.temporal)
        assert graph.value(period, DCAT.startDate) == Literal("2026-04-01", datatype=XSD.date)
        in_swedish = [
            str(graph.value(form, DCTERMS["format"]))
            for form in graph.objects(each, DCAT.distribution)
            if (form, DCTERMS.language, SWEDISH) in graph
        ]
        assert sorted(in_swedish) == sorted(form["media_type"] for form in catalogue.facts()["formats"])
    (service,) = graph.subjects(RDF.type, DCAT.DataService)
    assert set(graph.objects(service, DCAT.servesDataset)) == set(sets)
    assert str(graph.value(service, DCAT.endpointURL)) == f"{BASE}/api/v2/"


def test_every_format_that_a_table_is_handed_out_in_is_described() -> None:
    assert {form["ending"] for form in catalogue.facts()["formats"]} == {*(ending for _name, ending in FILES), "pdf"}


def test_what_the_authority_must_verify_says_where_it_comes_from() -> None:
    for name in ("publisher", "contact", "catalogue_licence", "data_licence"):
        entry = catalogue.facts()[name]
        assert entry["status"] in {"to be verified", "verified"}
        assert entry["source"]
        assert entry["date"].year >= 2026
    assert catalogue.facts()["contact"]["email"].endswith("@example.org") == (
        catalogue.facts()["contact"]["status"] == "to be verified"
    ), "an address that nobody has verified is a reserved one"


@pytest.mark.django_db
def test_a_portal_harvests_the_catalogue_and_finds_what_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PUBLIC", "default")
    portal = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    assert portal.get("/catalogue.jsonld").status_code == 404
    document = table_document(code="sex", published_at=AT.isoformat())
    for quarter, at in (("2026-q1", AT - timedelta(days=91)), ("2026-q2", AT)):
        PublishedTable.objects.create(
            source="release", quarter=quarter, revision=0, kind="cumulative", code="sex", position=0,
            document=document | {"chart": None, "map": False}, content_hash="0" * 64, published_at=at,
        )  # fmt: skip
    for language in ("sv", "en"):
        PublishedFile.objects.create(
            quarter="2026-q2", revision=0, kind="cumulative", code="sex", language=language, format="pdf",
            content=b"%PDF-", content_hash="0" * 64, published_at=AT,
        )  # fmt: skip
    graphs = []
    for path, kind, form in (
        ("/catalogue.jsonld", "application/ld+json", "json-ld"),
        ("/catalogue.ttl", "text/turtle; charset=utf-8", "turtle"),
    ):
        answer = portal.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        again = portal.get(path, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        graphs.append(Graph().parse(data=answer.content, format=form))
    assert isomorphic(*graphs)
    conforms, report = held_to_the_shapes(graphs[0])
    assert conforms, report
    (found,) = graphs[0].subjects(RDF.type, DCAT.Dataset)
    assert str(graphs[0].value(found, DCTERMS.issued)).startswith("2026-04-15")
    base = f"http://{settings.SAMSYN_PUBLIC_HOST}"
    named = {*graphs[0].objects(None, DCAT.downloadURL), *graphs[0].objects(None, DCAT.landingPage)}
    assert len(named) == 2 * len(catalogue.facts()["formats"]) + 2
    for address in named:
        assert str(address).startswith(base)
        assert portal.get(str(address).removeprefix(base)).status_code == 200, address
