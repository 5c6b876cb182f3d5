"""A stored document as a page shows it: its table, chart and map, in the language that is read. Nothing is computed."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.statistics.documents import PERIOD_TITLES
from samsyn.statistics.periods import PeriodKind
from samsyn.ui import charts, maps, numbers
from samsyn.ui.chart_parts import Break, Chart, Series, Share
from samsyn.ui.components import Cell, Column, Row, Table
from samsyn.ui.svg import Standing, Value

Document = Mapping[str, Any]
HIDDEN = "▪"
# A table with more rows than this would push every other one out of sight: a report shows the way to it.
LONG = 40


def text(value: Mapping[str, str] | None) -> str:
    """Return the one that the reader of this page reads."""
    if not value:
        return ""
    return value["en"] if get_language() == "en" else value["sv"]


def amount(cell: Mapping[str, Any] | None, measure: str) -> str:
    """Write a cell's figure; a missing one is a dash."""
    if cell is None or cell["v"] is None:
        return "–"
    return numbers.percent(cell["v"]) if measure == "share" else numbers.number(cell["v"])


def _cell(cell: Mapping[str, Any] | None, measure: str, *, for_analyst: bool, is_delivered: bool) -> Cell:
    if cell is None:
        return Cell(text="")
    if not cell.get("hidden"):
        return Cell(text=amount(cell, measure))
    if not for_analyst:
        return Cell(text=HIDDEN, mark="hidden", reason=_("dold för att skydda enskilda"))
    reason = cell.get("reason", "secondary")
    few = _("döljs: färre än fem, eller en lämnares") if is_delivered else _("döljs: färre än fem")
    words = few if reason == "primary" else _("döljs: annars kan en annan räknas ut")
    return Cell(text=amount(cell, measure), mark=reason, reason=words)


def table(document: Document, *, for_analyst: bool = False) -> Table:
    """Return the document's table; the analyst's keeps hidden values with their marks."""
    columns = document["columns"]
    notes = [
        f"{numbers.superscript(number)} {text(note)}" for number, note in enumerate(document["row_notes"], start=1)
    ]
    head = Column(label=text(document["row_head"]), numeric=False)
    return Table(
        caption=caption(document),
        columns=(head, *(Column(label=text(column["label"])) for column in columns)),
        rows=tuple(
            Row(
                head=text(row["label"]),
                cells=tuple(
                    _cell(
                        cell, column["measure"], for_analyst=for_analyst, is_delivered=bool(document.get("deliverers"))
                    )
                    for cell, column in zip(row["cells"], columns, strict=True)
                ),
                is_sum=row["kind"] == "sum",
                note=str(row["note"] or ""),
            )
            for row in document["rows"]
        ),
        look="grid" if for_analyst else "open",
        notes=tuple(notes),
    )


def long_rows(document: Document) -> int:
    """Return how many rows a table has that is too long to stand among others, or 0."""
    return len(document["rows"]) if len(document["rows"]) > LONG else 0


def caption(document: Document) -> str:
    """Name the table by its letter and title."""
    return _("Tabell %(letter)s. %(title)s") % {"letter": document["letter"], "title": text(document["title"])}


def _value(cell: Mapping[str, Any] | None, *, is_final: bool) -> Value:
    if cell is None or (cell["v"] is None and not cell.get("hidden")):
        return Value(None, Standing.MISSING)
    if cell.get("hidden"):
        return Value(None, Standing.HIDDEN)
    return Value(cell["v"], Standing.FINAL if is_final else Standing.PRELIMINARY)


def _of(document: Document, measure: str) -> int:
    """Return the place of the first column with this measure, or raise LookupError."""
    for at, column in enumerate(document["columns"]):
        if column["measure"] == measure:
            return at
    raise LookupError(measure)


def drawn(about: Chart, svg: SafeString) -> SafeString:
    """Put below a chart what its marks mean: breaks, hatching, gaps, stretches of time that are not whole."""
    return svg + format_html_join("", '<p class="chart-note">{}</p>', ((note,) for note in charts.notes(about)))


def chart(document: Document) -> SafeString | None:
    """Draw the table's chart with its notes, or nothing where the definition has none."""
    is_final = document["status"] == "final"
    title = text(document["headline"])
    name = f"{document['code']}-{document['period']['kind']}".replace("_", "-")
    if document["chart"] == "shares":
        at = _of(document, "share")
        rows = [
            Share(
                label=text(row["label"]),
                value=_value(row["cells"][at], is_final=is_final),
                is_least=bool(document["is_least"]) and row["kind"] in {"code", "group"},
            )
            for row in document["rows"]
            if row["kind"] != "sum" and row["cells"][at] is not None
        ]
        if not rows:
            return None
        about = charts.share_chart(name=name, title=title, subtitle=text(document["counted"]), rows=rows)
        return drawn(about, charts.shares(about, rows))
    if document["chart"] == "bars":
        rows_shown = [row for row in document["rows"] if row["kind"] != "sum"]
        series = [at for at, column in enumerate(document["columns"]) if column["measure"] == "count"]
        if len(rows_shown) < 2:
            return None
        cut = _cut_short(document, rows_shown)
        about = Chart(
            name=name,
            title=title,
            subtitle=text(document["counted"]),
            categories=tuple(text(row["label"]) + ("*" if at in cut else "") for at, row in enumerate(rows_shown)),
            series=tuple(
                Series(
                    name=text(document["columns"][at]["label"]),
                    values=tuple(_value(row["cells"][at], is_final=is_final) for row in rows_shown),
                )
                for at in series
            ),
            breaks=tuple(_breaks(document, [row["code"] for row in rows_shown])),
            notes=(
                _("* Inte hela året.") if document["period"]["kind"] == "cumulative" else _("* Inte hela kvartalet."),
            )
            if cut
            else (),
        )
        return drawn(about, charts.grouped_bars(about))
    return None


def _cut_short(document: Document, rows: list[Document]) -> set[int]:
    """Return the places of the stretches of time that are not whole: their bars must not be read as a fall."""
    of_breaks = {text(one["note"]) for one in document["breaks"]}
    notes = [text(one) for one in document["row_notes"]]
    return {at for at, row in enumerate(rows) if row["note"] and notes[row["note"] - 1] not in of_breaks}


def _breaks(document: Document, codes: list[str]) -> Iterator[Break]:
    """Return where in a table over time the figures begin to mean something else; rows are years or quarters."""
    for one in document["breaks"]:
        for at, code in enumerate(codes):
            if code in {one["before"], one["before"][:4]}:
                yield Break(before=at, note=text(one["note"]))


def county_map(document: Document) -> SafeString | None:
    """Draw the county map where the definition allows one."""
    if not document["map"]:
        return None
    at = _of(document, "share")
    counties = [row for row in document["rows"] if row["kind"] == "code" and len(row["code"]) == 2]
    names = {row["code"]: text(row["label"]) for row in counties}
    is_final = document["status"] == "final"
    values = {row["code"]: _value(row["cells"][at], is_final=is_final) for row in counties}
    shown = sorted({float(value.amount) for value in values.values() if value.amount is not None})
    if len(shown) < 4:  # fewer different ones don't give three bounds
        return None
    bounds = tuple(shown[len(shown) * part // 4] for part in (1, 2, 3))
    return maps.county_map(
        maps.CountyMap(
            name="counties",
            title=text(document["headline"]),
            description=text(document["counted"]),
            values=values,
            county_names=names,
            bounds=(bounds[0], bounds[1], bounds[2]),
        )
    )


def period_title(document: Document) -> str:
    """Write the period in words: 13 mars 2014 – 31 mars 2026."""
    period = document["period"]
    first, last = date.fromisoformat(period["first_day"]), date.fromisoformat(period["last_day"])
    return f"{numbers.long_date(first)} – {numbers.long_date(last)}"


def kind_title(kind: str) -> str:
    """Name a kind of period."""
    title = PERIOD_TITLES[PeriodKind(kind)]
    return title.en if get_language() == "en" else title.sv


def quarter_title(quarter: str) -> str:
    """Write a quarter: Kvartal 2, 2026."""
    year, _dash, number = quarter.partition("-q")
    return _("Kvartal %(number)s, %(year)s") % {"number": number, "year": year}


def report_title(quarter: str, kind: str) -> str:
    """Name what a report is about: its quarter, or the year that others delivered."""
    return _("År %(year)s") % {"year": quarter[:4]} if kind == PeriodKind.YEAR else quarter_title(quarter)


def stretch_title(quarter: str, kind: str) -> str:
    """Name a quarter with its kind of period: Kvartal 2, 2026 · Året hittills; a year stands alone."""
    named = report_title(quarter, kind)
    return named if kind == PeriodKind.YEAR else f"{named} · {kind_title(kind)}"


def frozen_on(document: Document) -> str:
    """Write the day on which the figures were frozen."""
    return numbers.short_date(numbers.local(datetime.fromisoformat(document["frozen_at"])))


def definition_line(document: Document) -> str:
    """Write which versions of which definitions the table follows."""
    return ", ".join(f"{one['code']} {one['version']}" for one in document["definitions"])


def definition_versions(document: Document) -> str:
    """Write which version of its definition the table follows, for a person: the files name the definitions too."""
    versions = sorted({one["version"] for one in document["definitions"]})
    return _("version %(versions)s") % {"versions": ", ".join(str(one) for one in versions)}


def reservations(document: Document) -> list[str]:
    """Return what the table cannot be used for, and what must be known to read it; it follows every export."""
    return [text(one) for one in document["reservations"]]


def notes(document: Document) -> list[str]:
    """Return the table's own notes."""
    return [text(one) for one in document["notes"]]


def marks(document: Document) -> list[str]:
    """Return what is said of single rows, breaks of the series among it, each once and with the row's name."""
    of_rows = []
    for number, note in enumerate(document["row_notes"], start=1):
        names = ", ".join(text(row["label"]) for row in document["rows"] if row["note"] == number)
        of_rows.append(f"{names}: {text(note)}")
    return of_rows + [
        text(one["note"]) for one in document["breaks"] if not any(text(one["note"]) in n for n in of_rows)
    ]


def status(document: Document) -> str:
    """Write whether the figures are final."""
    return _("Preliminär") if document["status"] == "preliminary" else _("Slutlig")
