"""A table over the quarters in which it was published, as small multiples: stored figures only, nothing is computed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from samsyn.statistics import shown
from samsyn.statistics.periods import PeriodKind, Quarter, Span
from samsyn.statistics.shown import Document
from samsyn.ui.chart_parts import Break
from samsyn.ui.small_multiples import Multiples, Panel
from samsyn.ui.svg import HIDDEN, MISSING, Standing, Value

# Two rows of three on a wide page: what one can compare at a glance.
MOST_PANELS = 6


def multiples(documents: Sequence[Document]) -> Multiples | None:
    """Return a table's main rows over its quarters or years, or None where there is nothing to compare yet.

    ``documents`` are the latest editions of the table for single quarters, or years, in order of time. One between them
    that was never published is a gap; a changed definition is a break, as is one that the definition itself tells of.
    """
    if len(documents) < 2:
        return None
    by_quarter = {Quarter.parse(one["period"]["quarter"]): one for one in documents}
    latest = documents[-1]
    is_yearly = latest["period"]["kind"] == PeriodKind.YEAR
    quarters = [one for one in Span(min(by_quarter), max(by_quarter)).quarters if not is_yearly or one.number == 4]
    lines = _lines(latest)
    if not lines:
        return None
    return Multiples(
        name=f"over-time-{latest['code']}".replace("_", "-"),
        subtitle=shown.text(latest["counted"]),
        categories=tuple(
            str(one.year) if is_yearly else _("kv %(number)s %(year)s") % {"number": one.number, "year": one.year}
            for one in quarters
        ),
        panels=tuple(
            Panel(title=title, values=tuple(_value(by_quarter.get(one), row, column) for one in quarters))
            for row, column, title in lines
        ),
        breaks=tuple(_breaks(quarters, by_quarter)),
        is_percent=all(_measure(latest, column) == "share" for _row, column, _title in lines),
    )


def _measure(document: Document, column: str) -> str:
    return next(str(one["measure"]) for one in document["columns"] if one["code"] == column)


def _lines(document: Document) -> list[tuple[str, str, str]]:
    """Return row, column and title of the main lines: the largest rows in the table's order, or each unit's sum."""
    columns = document["columns"]
    rows = [row for row in document["rows"] if row["kind"] in {"code", "group"}]
    if not rows:
        sums = [row for row in document["rows"] if row["kind"] in {"unit", "sum"}]
        counts = [one for one in columns if one["measure"] == "count"]
        lines = [(row, one, one if len(counts) > 1 else row) for row in sums for one in counts]
        return [(row["code"], one["code"], shown.text(named["label"])) for row, one, named in lines][:MOST_PANELS]
    shares = [one for one in columns if one["measure"] == "share"]
    column = next((one for one in columns if one["code"] == "total"), (shares or columns)[0])
    at = columns.index(column)
    largest = sorted(rows, key=lambda row: -_known(row["cells"][at]))[:MOST_PANELS]
    return [(row["code"], column["code"], shown.text(row["label"])) for row in rows if row in largest]


def _known(cell: Mapping[str, Any] | None) -> float:
    return float(cell["v"]) if cell is not None and cell["v"] is not None and not cell.get("hidden") else -1


def _value(document: Document | None, row: str, column: str) -> Value:
    """Return a stored figure; a row or column that the table did not have then is missing."""
    if document is None:
        return MISSING
    at = next((at for at, one in enumerate(document["columns"]) if one["code"] == column), None)
    found = next((one for one in document["rows"] if one["code"] == row), None)
    if at is None or found is None:
        return MISSING
    cell = found["cells"][at]
    if cell is not None and cell.get("hidden"):
        return HIDDEN
    if cell is None or cell["v"] is None:
        return MISSING
    return Value(cell["v"], Standing.FINAL if document["status"] == "final" else Standing.PRELIMINARY)


def _breaks(quarters: Sequence[Quarter], by_quarter: Mapping[Quarter, Document]) -> list[Break]:
    """Return where the figures begin to mean something else: told by a definition, or by its new version."""
    found = []
    before: Document | None = None
    for at, quarter in enumerate(quarters):
        document = by_quarter.get(quarter)
        if document is None:
            continue
        told = [shown.text(one["note"]) for one in document["breaks"] if one["before"] == str(quarter)]
        if before is not None and before["definitions"] != document["definitions"]:
            told = told or [_("Ny definition: %(versions)s.") % {"versions": shown.definition_line(document)}]
        if told and before is not None:
            found.append(Break(before=at, note=" ".join(told)))
        before = document
    return found
