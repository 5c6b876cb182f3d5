"""The published tables for programs as PxWeb's first API, which many readers still speak; ``openapi.json`` describes it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from samsyn.statistics import jsonstat, px, queries, selections, shown
from samsyn.statistics.cubes import CONTENT, TIME, Cube, name_of
from samsyn.statistics.views.endpoints import (
    SECONDS,
    Problem,
    all_series,
    as_json,
    body_of,
    endpoint,
    handed_out,
    kept_cube,
    objects,
    one_series,
    only,
    texts,
    title_of,
)


@endpoint("GET", "HEAD")
def databases(request: HttpRequest) -> HttpResponse:
    """List the one database, or with ``?config`` say how much is handed out at once."""
    if "config" in only(request, "config"):
        most = selections.MOST_CELLS
        calls = settings.SAMSYN_API_CALLS
        return as_json({"maxValues": most, "maxCells": most, "maxCalls": calls, "timeWindow": SECONDS, "CORS": True})
    found = {
        one.document["report"]["code"]: one.document["report"]["title"]
        for one in all_series(queries.edition_mark()).values()
    }
    return as_json([{"dbid": code, "text": shown.text(title)} for code, title in found.items()])


@endpoint("GET", "HEAD")
def database(request: HttpRequest, *, database: str) -> HttpResponse:
    """List the tables of a database."""
    only(request)
    found = [one for one in all_series(queries.edition_mark()).values() if one.document["report"]["code"] == database]
    if not found:
        raise Problem(404, _("Den databasen finns inte."))
    return as_json(
        [
            {
                "id": name_of(one.code, one.kind),
                "type": "t",
                "text": title_of(one),
                "updated": one.published_at.strftime("%Y-%m-%dT%H:%M:%S"),
            }
            for one in found
        ]
    )


@endpoint("GET", "HEAD", "POST")
def table(request: HttpRequest, *, database: str, name: str) -> HttpResponse:
    """Describe a table's variables (GET), or answer a query (POST)."""
    only(request)
    if one_series(name).document["report"]["code"] != database:
        raise Problem(404, _("Den tabellen finns inte."))
    cube = kept_cube(name)
    if request.method == "POST":
        return _queried(cube, body_of(request))
    variables = []
    for one in cube.dimensions:
        variable: dict[str, Any] = {
            "code": one.code,
            "text": shown.text(one.label),
            "values": [category.code for category in one.categories],
            "valueTexts": [shown.text(category.label) for category in one.categories],
        }
        variable |= {"elimination": True} if one.whole else {}
        variable |= {"time": True} if one.code == TIME else {}
        variables.append(variable)
    return as_json({"title": jsonstat.label(cube), "variables": variables})


def _queried(cube: Cube, body: Mapping[str, Any]) -> HttpResponse:
    chosen: dict[str, list[str]] = {}
    for one in objects(body.get("query", []), "query"):
        (code,) = texts([one.get("code")], "code")
        (selection,) = objects([one.get("selection")], "selection")
        (kind,) = texts([selection.get("filter")], "filter")
        values = texts(selection.get("values"), "values")
        chosen[code] = _filtered(kind.lower(), values)
    (response,) = objects([body.get("response") or {}], "response")
    (form,) = texts([response.get("format", "px")], "format")
    # What isn't mentioned is all of it, as in PxWeb, unless one category stands for the whole.
    for dimension in cube.dimensions:
        if dimension.code not in chosen and not dimension.whole:
            chosen[dimension.code] = ["*"]
    found = selections.answer(cube, chosen)
    return as_json(_plain(found)) if form.lower() == "json" else handed_out(found, form.lower())


def _filtered(kind: str, values: list[str]) -> list[str]:
    if kind == "top":
        if len(values) != 1:
            raise Problem(400, _("Filtret top vill ha ett tal."))
        return [f"TOP({values[0]})"]
    if kind not in {"item", "all"}:
        raise Problem(400, _("Filtret finns inte. De som finns är item, all och top."))
    return values


def _plain(cube: Cube) -> dict[str, Any]:
    """Return PxWeb's own JSON: one entry a cell, values as texts."""
    codes = [one.code for one in cube.dimensions]
    kinds = {CONTENT: "c", TIME: "t"}
    keys = [code for code in codes if code != CONTENT]
    columns = [
        {"code": code, "text": shown.text(cube.dimension(code).label), "type": kinds.get(code, "d")} for code in keys
    ]
    columns += [
        {"code": one.code, "text": shown.text(one.label), "type": "c"} for one in cube.dimension(CONTENT).categories
    ]
    entries = []
    for heads, cells in cube.grid(keys, [CONTENT]):
        entries.append({"key": [one.code for one in heads], "values": [_symbol(cube, at) for at in cells]})
    return {"columns": columns, "comments": [], "data": entries}


def _symbol(cube: Cube, at: int) -> str:
    standing = cube.standings[at]
    return px.SYMBOLS[standing] if standing else str(cube.values[at])
