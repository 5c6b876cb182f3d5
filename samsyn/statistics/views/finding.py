"""Ways to a table for somebody who doesn't know the reports: by topic, and by words."""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from samsyn.people.access import open_to_everyone
from samsyn.statistics import queries, shown
from samsyn.statistics.cubes import name_of
from samsyn.statistics.periods import PeriodKind
from samsyn.statistics.queries import Series
from samsyn.statistics.views.endpoints import all_series
from samsyn.statistics.views.kept import kept
from samsyn.statistics.views.pages import page, url

FILE = Path(__file__).parent.parent / "topics.toml"
LONGEST = 100
_KINDS = [kind.value for kind in PeriodKind]


@cache
def topics() -> Sequence[dict[str, Any]]:
    """Return the topics in order: code, title, about, and the codes of their tables."""
    found: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["topics"]
    return found


def topic_links() -> list[tuple[str, str, str]]:
    """Return title, description and address of each topic."""
    return [(shown.text(one["title"]), shown.text(one["about"]), url("topic", one["code"])) for one in topics()]


def told(one: Series) -> str:
    """Return everything that somebody might look for a table by."""
    document = one.document
    rows = " ".join(shown.text(row["label"]) for row in document["rows"])
    columns = " ".join(shown.text(column["label"]) for column in document["columns"])
    return " ".join([shown.caption(document), shown.text(document["counted"]), *shown.notes(document), rows, columns])


def matching(words: str) -> list[Series]:
    """Return the tables that all words are about, the nearest first; without words none."""
    series = all_series(queries.edition_mark())
    return [series[name] for name in queries.found_in({name: told(one) for name, one in series.items()}, words)]


@open_to_everyone
@require_safe
@kept
def topic(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the latest figures say of a topic, table by table."""
    one = next((one for one in topics() if one["code"] == code), None)
    if one is None:
        raise Http404
    mark = queries.edition_mark()
    series = all_series(mark)
    tables = []
    for table in one["tables"]:
        kinds = [series[name_of(table, kind)] for kind in _KINDS if name_of(table, kind) in series]
        if kinds:
            tables.append({**_shown(kinds), **_seen(kinds[0].document)})
    context = {"title": shown.text(one["title"]), "about": shown.text(one["about"]), "tables": tables}
    return page(request, "figures/topic.html", "start", context, mark=f"topic-{code}-{mark}")


def _seen(document: shown.Document) -> dict[str, Any]:
    """Return what a topic shows of a table: its chart or map, or else the table itself where it is short."""
    drawn = shown.chart(document) or shown.county_map(document)
    is_short = drawn is None and not shown.long_rows(document)
    return {"chart": drawn, "table": replace(shown.table(document), caption_unseen=True) if is_short else None}


def _shown(kinds: Sequence[Series]) -> dict[str, Any]:
    """Return a table's words, by its shortest kind of period, and the ways to all kinds."""
    kinds = sorted(kinds, key=lambda one: _KINDS.index(one.kind))
    first = kinds[0]
    return {
        "headline": shown.text(first.document["headline"]),
        "title": shown.caption(first.document),
        "period": shown.period_title(first.document),
        "id": f"{first.code}-{first.kind}".replace("_", "-"),
        "counted": shown.text(first.document["counted"]),
        "links": [(shown.kind_title(one.kind), url("table", one.last, one.kind, one.code)) for one in kinds],
    }


@open_to_everyone
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the tables that some words are about."""
    words = " ".join(request.GET.get("words", "")[:LONGEST].split())
    tables: dict[str, list[Series]] = {}
    for one in matching(words):
        tables.setdefault(one.code, []).append(one)
    results = [{**_shown(kinds), "rows": _rows(kinds[0], words)} for kinds in tables.values()]
    context = {"words": words, "results": results, "longest": LONGEST, "topics": topic_links()}
    asked = hashlib.sha256(words.encode(errors="replace")).hexdigest()[:16]
    mark = f"search-{asked}-{queries.edition_mark()}-{get_language()}"
    return page(request, "figures/search.html", "search", context, mark=mark)


def _rows(one: Series, words: str) -> list[str]:
    """Return the rows in which a word stands, three at most."""
    wanted = [word for word in words.casefold().split() if len(word) > 2]
    labels = [shown.text(row["label"]) for row in one.document["rows"]]
    return [label for label in labels if any(word in label.casefold() for word in wanted)][:3]
