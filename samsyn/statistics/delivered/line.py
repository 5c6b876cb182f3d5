"""What operators of support lines have handed over in signed packages, as it is shown beside what municipalities deliver."""

from dataclasses import dataclass

from django.utils.translation import get_language

from samsyn.deliveries import queries as deliveries
from samsyn.deliveries import support_line
from samsyn.deliveries.checking.formats import STATES, WHOLE, WITH_COUNT, TableFormat
from samsyn.vocabulary import queries as vocabulary

MOST_QUARTERS = 4


@dataclass(frozen=True)
class Line:
    """An answer with its figure for each quarter; None where one of its figures is hidden or none was delivered."""

    label: str
    figures: tuple[int | None, ...]


@dataclass(frozen=True)
class Table:
    """One table over its latest quarters; a variable's name heads its answers."""

    title: str
    quarters: tuple[str, ...]
    sections: tuple[tuple[str, tuple[Line, ...]], ...]


def handed_over() -> list[Table]:
    """Return each table that has been handed over, added up over operators and breakdowns where nothing is hidden."""
    found = []
    for form in support_line.newest():
        quarters = deliveries.periods_of(form.package, form.table)[-MOST_QUARTERS:]
        if quarters:
            found.append(_table(form, quarters))
    return found


def _sum(one: deliveries.Figures, at: int | None, width: int) -> int | None:
    """Return a delivery's figure over its divisions; None where it has no such answer or one of them is hidden.

    Where nobody could stand in any of them there is no figure either.
    """
    if at is None or set(statuses := one.statuses[at : at + width]) - WHOLE or not set(statuses) & WITH_COUNT:
        return None
    return sum(one.counts[at : at + width])


def _table(form: TableFormat, quarters: list[str]) -> Table:
    sums: dict[str, list[int | None]] = {quarter: [0] * (form.size // form.width) for quarter in quarters}
    for one in deliveries.accepted_figures(package=form.package, table=form.table, periods=quarters):
        if one.format.divisions != form.divisions:
            # Divided by other codes it can't be added to the others, and without it they are not the whole.
            sums[one.period] = [None] * (form.size // form.width)
            continue
        row = sums[one.period]
        for code, answers in form.places.items():
            # A minor version adds variables and answers and changes none: what it didn't ask is no nought.
            known = one.format.places.get(code, {})
            for answer, to in answers.items():
                added, before = _sum(one, known.get(answer), form.width), row[to // form.width]
                row[to // form.width] = None if added is None or before is None else before + added
    is_english = get_language() == "en"
    sections = []
    for variable in form.variables:
        labels = {one.code: one.label_en if is_english else one.label_sv for one in variable.codes}
        labels |= {state: str(vocabulary.STATES[state]) for state in STATES}
        lines = tuple(
            Line(labels[answer], tuple(sums[quarter][at // form.width] for quarter in quarters))
            for answer, at in form.places[variable.code].items()
        )
        sections.append((variable.label_en if is_english else variable.label_sv, lines))
    return Table(form.title_en if is_english else form.title_sv, tuple(quarters), tuple(sections))
