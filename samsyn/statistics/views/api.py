"""The published tables for programs as PxWebApi 2; ``openapi.json`` describes it. Every answer is made of stored cells."""

import functools
import math
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.statistics import jsonstat, queries, selections, shown
from samsyn.statistics.cubes import CONTENT, TIME, name_of, time_code, time_words
from samsyn.statistics.documents import LANGUAGES
from samsyn.statistics.periods import PeriodKind
from samsyn.statistics.queries import Series
from samsyn.statistics.views import finding
from samsyn.statistics.views.endpoints import (
    FORMATS,
    SECONDS,
    VALUES,
    VERSION,
    Problem,
    all_series,
    as_json,
    body_of,
    endpoint,
    handed_out,
    kept_cube,
    number,
    objects,
    one_series,
    only,
    texts,
    title_of,
)

DESCRIPTION = Path(__file__).parent.parent / "openapi.json"
# A comma between expressions, not within one.
_SPLIT = re.compile(r",(?![^()]*\))")
_PAGE = 100


@dataclass(frozen=True)
class _Places:
    base: str

    def links(self, *rels: tuple[str, str]) -> list[dict[str, str]]:
        return [{"rel": rel, "hreflang": get_language() or "", "href": f"{self.base}{path}"} for rel, path in rels]


def _places(request: HttpRequest) -> _Places:
    return _Places(f"{request.scheme}://{request.get_host()}")


def _path(view: str, **named: str) -> str:
    return f"{reverse(f'figures:{view}', kwargs=named)}?lang={get_language()}"


@endpoint("GET", "HEAD")
def config(request: HttpRequest) -> HttpResponse:
    """Say what the API can do and how much of it at once."""
    only(request, "lang")
    return as_json(
        {
            "apiVersion": "2.0.0",
            "appVersion": VERSION,
            "languages": [{"id": "sv", "label": "Svenska"}, {"id": "en", "label": "English"}],
            "defaultLanguage": LANGUAGES[0],
            "maxDataCells": selections.MOST_CELLS,
            "maxCallsPerTimeWindow": settings.SAMSYN_API_CALLS,
            "timeWindow": SECONDS,
            "sourceReferences": [
                {"language": language, "text": text}
                for language, text in (("sv", "Källa: Samsyn"), ("en", "Source: Samsyn"))
            ],
            "license": "https://creativecommons.org/publicdomain/zero/1.0/",
            "defaultMetadataFormat": "json-stat2",
            "defaultDataFormat": "json-stat2",
            "dataFormats": list(FORMATS),
            "features": [{"id": "CORS", "params": [{"key": "enabled", "value": "True"}]}],
        }
    )


@endpoint("GET", "HEAD", is_kept=False)
def tables(request: HttpRequest) -> HttpResponse:
    """List the tables, with a search among their words and pages."""
    known = only(request, "lang", "query", "pastdays", "includediscontinued", "pagenumber", "pagesize")
    if known.get("includediscontinued", "false").lower() not in {"true", "false"}:
        raise Problem(400, _("%(name)s är true eller false.") % {"name": "includeDiscontinued"})
    words = known.get("query", "").strip()
    found = finding.matching(words) if words else list(all_series(queries.edition_mark()).values())
    if "pastdays" in known:
        since = timezone.now() - timedelta(days=number(known, "pastdays", otherwise=1, most=36500))
        found = [one for one in found if one.published_at >= since]
    size = number(known, "pagesize", otherwise=_PAGE, most=1000)
    page = number(known, "pagenumber", otherwise=1, most=999999)
    pages = max(1, math.ceil(len(found) / size))
    if page > pages:
        raise Problem(404, _("Den sidan finns inte."))
    places = _places(request)
    path = _path("api_tables")
    around = [("self", page)]
    around += [("next", page + 1)] if page < pages else []
    around += [("previous", page - 1)] if page > 1 else []
    page_links = places.links(*((rel, f"{path}&pageNumber={at}&pageSize={size}") for rel, at in around))
    return as_json(
        {
            "language": get_language(),
            "tables": [_entry(one, places) for one in found[(page - 1) * size : page * size]],
            "page": {
                "pageNumber": page,
                "pageSize": size,
                "totalElements": len(found),
                "totalPages": pages,
                "links": page_links,
            },
            "links": places.links(("self", path)),
        }
    )


def _entry(one: Series, places: _Places) -> dict[str, Any]:
    name = name_of(one.code, one.kind)
    title = shown.text(one.document["report"]["title"])
    row = shown.text(one.document["row_head"]) or _("Rad")
    return {
        "type": "Table",
        "id": name,
        "label": title_of(one),
        "description": shown.text(one.document["counted"]),
        "sortCode": one.document["letter"],
        "updated": one.published_at.isoformat(),
        "firstPeriod": time_code(one.first, one.kind),
        "lastPeriod": time_code(one.last, one.kind),
        "timeUnit": "Annual" if one.kind == PeriodKind.YEAR else "Quarterly",
        "category": "public",
        "variableNames": [row, _("Innehåll"), shown.text(time_words(one.kind))],
        "discontinued": False,
        "source": title,
        "subjectCode": one.document["report"]["code"],
        "paths": [[{"id": one.document["report"]["code"], "label": title}]],
        "links": places.links(
            ("self", _path("api_table", name=name)),
            ("metadata", _path("api_metadata", name=name)),
            ("data", _path("api_data", name=name)),
        ),
    }


@endpoint("GET", "HEAD")
def table(request: HttpRequest, *, name: str) -> HttpResponse:
    """Say what a table is and where its figures are."""
    only(request, "lang")
    return as_json({"language": get_language(), **_entry(one_series(name), _places(request))})


@endpoint("GET", "HEAD")
def metadata(request: HttpRequest, *, name: str) -> HttpResponse:
    """Return all of a table but its figures: dimensions, units, notes."""
    known = only(request, "lang", "outputformat")
    if known.get("outputformat", "json-stat2").lower() != "json-stat2":
        raise Problem(400, _("Beskrivningen finns bara som json-stat2."))
    return as_json(jsonstat.metadata(kept_cube(name)))


@endpoint("GET", "HEAD")
def default_selection(request: HttpRequest, *, name: str) -> HttpResponse:
    """Return what is handed out to somebody who chooses nothing."""
    only(request, "lang")
    cube = kept_cube(name)
    chosen = [
        {"variableCode": code, "valueCodes": selections.select(cube.dimension(code), expressions)}
        for code, expressions in selections.default(cube).items()
    ]
    placement = {"heading": [CONTENT, TIME], "stub": [cube.dimensions[0].code]}
    return as_json({"language": get_language(), "selection": chosen, "placement": placement})


@endpoint("GET", "HEAD", "POST")
def data(request: HttpRequest, *, name: str) -> HttpResponse:
    """Return the figures that are asked for by address or by body, in one of the formats."""
    known = only(request, "lang", "outputformat", "outputformatparams", "heading", "stub")
    chosen: dict[str, list[str]] = {}
    for parameter in request.GET:
        found = VALUES.fullmatch(parameter)
        if found:
            chosen[found[1]] = _SPLIT.split(request.GET[parameter])
    heading = tuple(one for one in known.get("heading", "").split(",") if one)
    stub = tuple(one for one in known.get("stub", "").split(",") if one)
    if request.method == "POST":
        asked = _asked(request)
        chosen |= {code: list(values) for code, values in asked.chosen.items()}
        heading, stub = asked.heading or heading, asked.stub or stub
    form = known.get("outputformat", "json-stat2").lower()
    styles = [one for one in known.get("outputformatparams", "").lower().split(",") if one]
    cube = selections.answer(kept_cube(name), chosen)
    return handed_out(cube, form, stub=stub, heading=heading, styles=styles)


def _asked(request: HttpRequest) -> selections.Asked:
    body = body_of(request)
    chosen: dict[str, list[str]] = {}
    for one in objects(body.get("selection", []), "selection"):
        (code,) = texts([one.get("variableCode")], "variableCode")
        if one.get("codelist"):
            raise Problem(400, _("Tabellerna har inga kodlistor att byta till."))
        chosen[code] = texts(one.get("valueCodes"), "valueCodes")
    placement = body.get("placement") or {}
    (placement,) = objects([placement], "placement")
    heading = tuple(texts(placement.get("heading") or [], "heading"))
    return selections.Asked(chosen, tuple(texts(placement.get("stub") or [], "stub")), heading)


@functools.cache
def _description() -> bytes:
    return DESCRIPTION.read_bytes()


@endpoint("GET", "HEAD")
def description(request: HttpRequest) -> HttpResponse:
    """Hand out the OpenAPI document."""
    only(request)
    return HttpResponse(_description(), content_type="application/json")


@endpoint("GET", "HEAD", "POST")
def nothing(request: HttpRequest) -> HttpResponse:
    """Say that an address under the API's leads nowhere."""
    raise Problem(404, _("Den adressen finns inte. De som finns står i /api/openapi.json."))
