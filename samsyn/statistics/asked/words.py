"""An answer as a page and a file show it: labels, marks and notes in the language that is read. Nothing is counted."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from samsyn.statistics import cell_keys, exports, shown
from samsyn.statistics.asked.answers import Answer, Axis
from samsyn.statistics.asked.differencing import THRESHOLD
from samsyn.statistics.asked.questions import Question
from samsyn.statistics.asked.variables import TIME, variables
from samsyn.statistics.definitions.model import STATE_LABELS, STATES, UNITS, Unit
from samsyn.ui import numbers
from samsyn.ui.components import Cell, Column, Row, Table
from samsyn.vocabulary import queries as vocabulary

Ints = NDArray[np.int64]


def label(unit: Unit, column: str) -> str:
    """Name a variable."""
    if column == TIME:
        return _("Kvartal och år")
    one = variables()[unit][column]
    return shown.text(one.label.as_json()) if one.label else vocabulary.code_list(one.list_code).title


def value_label(unit: Unit, column: str, value: str) -> str:
    """Name a value: a code of the list as it is called there, an answer state, a group, a quarter or a year."""
    if column == TIME:
        return shown.quarter_title(value) if "-" in value else value
    one = variables()[unit][column]
    for group in one.groups:
        if group.code == value:
            return shown.text(group.label.as_json())
    if value in STATE_LABELS:
        return shown.text(STATE_LABELS[value].as_json())
    return vocabulary.label(one.list_code, value)


def title(question: Question) -> str:
    """Say what the table shows: Utsatta personer efter ålder och kön."""
    unit = question.population.unit
    words = {
        "unit": shown.text(UNITS[unit].many.as_json()),
        "row": _lower(label(unit, question.row)),
        "column": _lower(label(unit, question.column)) if question.column else "",
    }
    if question.column:
        return _("%(unit)s: %(row)s och %(column)s") % words
    return _("%(unit)s: %(row)s") % words


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def period(question: Question) -> str:
    """Say which quarters: Kvartal 1, 2024 – Kvartal 2, 2026."""
    span = question.population.span
    first, last = shown.quarter_title(str(span.first)), shown.quarter_title(str(span.last))
    return first if first == last else f"{first} – {last}"


def chosen(question: Question) -> list[tuple[str, str]]:
    """Return each filter in words: variable, and its codes with *or* between them."""
    unit = question.population.unit
    between = _(" eller ")
    return [
        (label(unit, column), between.join(value_label(unit, column, code) for code in codes))
        for column, codes in question.population.filters
    ]


def notes(asked: Question, answer: Answer, *, is_exact: bool) -> list[str]:
    """Return what must be known to read the table."""
    found = [_exact_note()] if is_exact else protection_notes()
    unit = answer.question.population.unit
    if answer.question.population.span != asked.population.span:
        late = [label(unit, one) for one in asked.columns if one != TIME and variables()[unit][one].valid_from]
        found.append(
            _("%(variables)s började registreras senare än perioden. Tabellen räknar därför %(period)s.")
            % {"variables": ", ".join(late), "period": _lower(period(answer.question))}
        )
    for axis in filter(None, (answer.row, answer.column)):
        found += _axis_notes(unit, axis)
    return found


def _exact_note() -> str:
    return _("Talen är exakta. De får inte lämna sidan: tal under %(threshold)s är märkta och kan gälla en enda.") % {
        "threshold": THRESHOLD
    }


def protection_notes() -> list[str]:
    """Say how the figures are protected."""
    noise = cell_keys.STANDARD
    return [
        _(
            "Talen är skyddade: vart och ett är ändrat med högst %(most)s uppåt eller nedåt, så att ingen enskild kan "
            "räknas ut. Samma personer ger alltid samma tal. Inget tal är 1–%(small)s, och 0 kan också vara några få."
        )
        % {"most": noise.deviation, "small": noise.least - 1},
        _("Varje tal är ändrat för sig, så rader och kolumner ger inte alltid summan."),
    ]


def _axis_notes(unit: Unit, axis: Axis) -> Iterator[str]:
    if axis.is_multiple:
        yield _(
            "%(variable)s: flera svar kan gälla samma. De kan inte läggas ihop, och andelarna ger inte 100 procent."
        ) % {"variable": label(unit, axis.column)}
    for code, began in axis.since.items():
        yield _("%(code)s har registrerats från %(quarter)s. Andelen är räknad på dem som registrerats sedan dess.") % {
            "code": value_label(unit, axis.column, code),
            "quarter": _lower(shown.quarter_title(str(began))),
        }


@dataclass(frozen=True)
class Place:
    """A row or column that is shown: where it stands, what it is called, whether it is a sum."""

    at: int
    code: str
    label: str
    is_sum: bool


def places(axis: Axis, unit: Unit, figures: Ints) -> list[Place]:
    """Return the places of an axis that are shown: codes, answer states that occur, groups, the total.

    ``figures`` are those that are shown, this axis first. A code that is closed or a state stands there only where a
    figure says something: whether it is there must not tell more than the figures.
    """
    found = []
    for at, value in enumerate(axis.values):
        if figures[at].any() or not (value in STATES or _is_closed(axis, unit, value)):
            found.append(Place(at, value, value_label(unit, axis.column, value), is_sum=False))
    for at, (code, _members) in enumerate(axis.groups, start=len(axis.values)):
        found.append(Place(at, code, value_label(unit, axis.column, code), is_sum=True))
    return [*found, Place(axis.size - 1, "total", _("Alla"), is_sum=True)]


def _is_closed(axis: Axis, unit: Unit, value: str) -> bool:
    if axis.column == TIME:
        return False
    return vocabulary.code(variables()[unit][axis.column].list_code, value).valid_to is not None


@dataclass(frozen=True)
class Shown:
    """The figures of a page: what is shown of them, and each share as whole per cent or None."""

    rows: list[Place]
    columns: list[Place]
    figures: Ints
    shares: list[list[int | None]]


def shown_of(answer: Answer, *, is_exact: bool) -> Shown:
    """Return what is shown: figures with their noise (or exact), and shares of each column computed from those."""
    figures = answer.figures.counts if is_exact else answer.figures.shown
    unit = answer.question.population.unit
    rows = places(answer.row, unit, figures)
    columns = places(answer.column, unit, figures.T) if answer.column else [Place(0, "total", _("Antal"), is_sum=False)]
    shares: list[list[int | None]] = []
    for row in rows:
        bases = figures[-1]
        if row.code in answer.bases and not row.is_sum:
            later = answer.bases[row.code]
            bases = np.zeros_like(figures[-1]) if later is None else later.counts if is_exact else later.shown
        shares.append([_share(int(figures[row.at, one.at]), int(bases[one.at])) for one in columns])
    return Shown(rows, columns, figures, shares)


def _share(part: int, whole: int) -> int | None:
    """Return whole per cent, halves up; noise may put a part above its whole, and more than all is never said."""
    return min(100, (200 * part + whole) // (2 * whole)) if whole > 0 else None


def tables(answer: Answer, *, is_exact: bool) -> list[Table]:
    """Return the tables of a page: counts, and below them the shares of each column where those mean something."""
    found = shown_of(answer, is_exact=is_exact)
    unit = answer.question.population.unit
    name = title(answer.question)
    head = Column(label=label(unit, answer.row.column), numeric=False)

    def table(caption: str, columns: list[Column], cells: list[list[Cell]], *, is_named: bool = False) -> Table:
        rows = tuple(
            Row(head=row.label, cells=tuple(line), is_sum=row.is_sum)
            for row, line in zip(found.rows, cells, strict=True)
        )
        return Table(caption=caption, columns=(head, *columns), rows=rows, look="grid", caption_unseen=not is_named)

    counts = [[_count(int(found.figures[row.at, one.at]), is_exact) for one in found.columns] for row in found.rows]
    shares = [[Cell(text=_percent(one)) for one in line] for line in found.shares]
    columns = [Column(label=one.label) for one in found.columns]
    if answer.row.column == TIME:
        return [table(name, columns, counts)]
    if answer.column is None:
        both = [[count, share] for (count,), (share,) in zip(counts, shares, strict=True)]
        return [table(name, [*columns, Column(label=_("Andel"))], both)]
    return [table(name, columns, counts), table(_("Andel av varje kolumn"), columns, shares, is_named=True)]


def _count(value: int, is_exact: bool) -> Cell:
    if is_exact and 0 < value < THRESHOLD:
        return Cell(text=numbers.number(value), mark="primary", reason=_("färre än fem"))
    return Cell(text=numbers.number(value))


def _percent(share: int | None) -> str:
    return "–" if share is None else numbers.percent(share)


def as_csv(asked: Question, answer: Answer) -> bytes:
    """Return the protected table as a file: what must be known above the figures, codes beside the labels."""
    found = shown_of(answer, is_exact=False)
    unit = answer.question.population.unit
    lines: list[list[int | float | str]] = [
        [_("Tabell"), title(answer.question)],
        [_("Räknas"), shown.text(UNITS[unit].many.as_json())],
        [_("Period"), period(answer.question)],
    ]
    lines += [[_("Urval"), f"{name}: {codes}"] for name, codes in chosen(answer.question)]
    lines += [[_("Anmärkning"), note] for note in notes(asked, answer, is_exact=False)]
    lines.append([])
    has_shares = answer.row.column != TIME
    heads = [one.label for one in found.columns]
    share_heads = [f"{_('Andel')} {one.label}" if answer.column else _("Andel") for one in found.columns]
    lines.append([_("Kod"), label(unit, answer.row.column), *heads, *(share_heads if has_shares else [])])
    for row, shares in zip(found.rows, found.shares, strict=True):
        percent = [exports.MISSING if one is None else one for one in shares] if has_shares else []
        lines.append([row.code, row.label, *(int(found.figures[row.at, one.at]) for one in found.columns), *percent])
    return exports.flat_csv(lines, delimiter=";")
