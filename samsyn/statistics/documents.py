"""The complete, language-neutral document of a table: everything that its page and its files say, and nothing more.

The analyst's document keeps hidden values with their reasons. The public one has neither: a hidden figure is a gap,
and the reader isn't told whether it is hidden because it is small or because it protects another.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import translation

from samsyn.statistics.definitions.model import Definition, Report, Text, words_of
from samsyn.statistics.layout import Figure, Layout, Ref, breaks_in
from samsyn.statistics.periods import PeriodKind, Quarter
from samsyn.ui import numbers

Document = dict[str, Any]
LANGUAGES = ("sv", "en")
COARSE = Text(
    "Tabellen visas i grövre grupper än den är definierad, för att ingen enskild ska kunna kännas igen.",
    "The table is shown in coarser groups than its definition has, so that nobody can be recognised.",
)
_PLACE = re.compile(r"\{(count|share):(\w+)\}")
PERIOD_TITLES: Mapping[PeriodKind, Text] = {
    PeriodKind.QUARTER: Text("Kvartalet", "The quarter"),
    PeriodKind.YEAR_TO_DATE: Text("Året hittills", "The year to date"),
    PeriodKind.CUMULATIVE: Text("Sedan 13 mars 2014", "Since 13 March 2014"),
    PeriodKind.YEAR: Text("Året", "The year"),
}


@dataclass(frozen=True)
class Edition:
    """What every table of a release says of the release."""

    report: Report
    quarter: Quarter
    frozen_at: datetime
    is_preliminary: bool
    revision: int
    revision_note: str


@dataclass(frozen=True)
class Shown:
    """What is known of the counts: their values, and for the hidden ones the reason."""

    value: Callable[[Ref], int]
    reason: Callable[[Ref], str]


def rounded(value: float, places: int, *, down: bool) -> int | float:
    """Return a share or mean as it is printed; a least share is rounded down, or it would promise too much."""
    if down:
        scale: int = 10**places
        found = math.floor(value * scale + 1e-9) / scale
    else:
        found = float(Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))
    return found if places else int(found)


def _amount(figure: Figure, shown: Shown, *, places: int, is_least: bool) -> int | float | None:
    count = shown.value(figure.count)
    if figure.measure == "count":
        return count
    if figure.measure == "mean_per_month" and figure.months:
        return rounded(float(count / figure.months), 0, down=False)
    base = shown.value(figure.base) if figure.base else 0
    return rounded(100 * count / base, places, down=is_least) if base else None


def _cell(figure: Figure | None, shown: Shown, *, first: Definition, is_public: bool) -> Document | None:
    """Return a cell: ``v`` its value (None where there is none), ``hidden`` and for the analyst ``reason``."""
    if figure is None:
        # What nobody delivered, or what can't be read together, is missing; elsewhere there is no such cell.
        return {"v": None} if first.source else None
    reason = shown.reason(figure.count) or (shown.reason(figure.base) if figure.base else "")
    if reason and is_public:
        return {"v": None, "hidden": True}
    cell: Document = {"v": _amount(figure, shown, places=first.share_decimals, is_least=first.is_least)}
    if reason:
        cell |= {"hidden": True, "reason": reason}
    return cell


def document(layout: Layout, edition: Edition, shown: Shown, *, is_public: bool) -> Document:
    """Return the document of a table for a period."""
    table, first = layout.table, layout.table.parts[0]
    notes: list[Text] = []
    rows = []
    for row in layout.rows:
        if row.note is not None and row.note not in notes:
            notes.append(row.note)
        cells = [_cell(figure, shown, first=first, is_public=is_public) for figure in row.figures]
        rows.append(
            {
                "code": row.code,
                "label": row.label.as_json(),
                "kind": row.kind,
                "note": notes.index(row.note) + 1 if row.note else 0,
                "base": _base(row.figures, shown),
                "cells": cells,
            }
        )
    made: Document = {
        "code": table.code,
        "letter": table.letter,
        "report": {
            "code": edition.report.code,
            "version": edition.report.version,
            "title": edition.report.title.as_json(),
        },
        "title": table.title.as_json(),
        "counted": table.counted.as_json(),
        "headline": _headline(layout, rows),
        "reading": table.reading.as_json() if table.reading else None,
        "period": _period(layout, edition),
        "status": "preliminary" if edition.is_preliminary else "final",
        "frozen_at": edition.frozen_at.isoformat(),
        "revision": edition.revision,
        "revision_note": edition.revision_note,
        "definitions": [{"code": part.code, "version": part.version} for part in table.parts],
        "units": [words_of(part.unit).many.as_json() for part in table.parts],
        "population": first.population.label.as_json() if first.population.variable else None,
        "row_head": _row_head(layout).as_json(),
        "columns": [
            {"code": column.code, "label": column.label.as_json(), "measure": column.measure}
            for column in layout.columns
        ],
        "rows": rows,
        "row_notes": [note.as_json() for note in notes],
        "notes": [note.as_json() for note in (*layout.notes, *(note for part in table.parts for note in part.notes))]
        + ([COARSE.as_json()] if first.is_coarse else []),
        "reservations": [
            text.as_json()
            for text in (*edition.report.reservations, *(note for part in table.parts for note in part.reservations))
        ],
        "cannot_be_used_for": edition.report.cannot_be_used_for.as_json(),
        "threshold": max(part.threshold for part in table.parts),
        "deliverers": {"least": first.source.least_deliverers, "dominance": round(100 * first.source.dominance)}
        if first.source
        else None,
        "is_least": first.is_least,
        "is_multiple": first.is_multiple,
        "hidden": sum(bool(cell and cell.get("hidden")) for row in rows for cell in cells_of(row)),
        "chart": table.chart,
        "map": table.has_map,
        "breaks": [
            {"before": str(one.before), "note": one.note.as_json()} for one in breaks_in(table.parts, layout.span)
        ],
    }
    return made


def cells_of(row: Document) -> list[Any]:
    """Return a row's cells."""
    found: list[Any] = row["cells"]
    return found


def _base(figures: tuple[Figure | None, ...], shown: Shown) -> int | None:
    """Return the denominator of a row's share, where there is one and it may be shown."""
    for figure in figures:
        if figure is not None and figure.base is not None and not shown.reason(figure.base):
            return shown.value(figure.base)
    return None


def _row_head(layout: Layout) -> Text:
    if layout.table.parts[0].rows == "time":
        return Text("År", "Year") if layout.kind is PeriodKind.CUMULATIVE else Text("Kvartal", "Quarter")
    return Text("", "")


def _period(layout: Layout, edition: Edition) -> Document:
    return {
        "kind": layout.kind.value,
        "quarter": str(edition.quarter),
        "first_day": layout.span.first.first_day.isoformat(),
        "last_day": layout.span.last_day(frozen_on=numbers.local(edition.frozen_at).date()).isoformat(),
    }


def _headline(layout: Layout, rows: list[Document]) -> Document:
    """Return a sentence with the table's own figures, or its title where one of them is hidden or missing."""
    table = layout.table
    if table.headline is None:
        return table.title.as_json()
    found = {}
    for language in LANGUAGES:
        template = getattr(table.headline, language)
        with translation.override(language):
            try:
                found[language] = _PLACE.sub(lambda place: _figure_text(place[1], place[2], layout, rows), template)
            except LookupError:
                return table.title.as_json()
    return found


def _figure_text(measure: str, code: str, layout: Layout, rows: list[Document]) -> str:
    row = next((row for row in rows if row["code"] == code), None)
    if row is None:
        raise LookupError(code)
    for column, cell in zip(layout.columns, row["cells"], strict=True):
        if column.measure == measure and cell is not None and cell["v"] is not None and not cell.get("hidden"):
            return numbers.percent(cell["v"]) if measure == "share" else numbers.number(cell["v"])
    raise LookupError(code)
