"""Coarser tables for a release: where protection would hide most of a table, its groups say more than its gaps.

A choice belongs to a table in a period: its groups only (counties for municipalities, under 18 for ages), or not in this
release at all. Each proposal is counted and protected for real before it is shown, so its loss is what a reader loses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from samsyn.statistics import disclosure, drafting, linking
from samsyn.statistics.counting import Counts
from samsyn.statistics.definitions.model import Report
from samsyn.statistics.drafting import GROUPS, LEFT_OUT, Choices, Draft, choice_of
from samsyn.statistics.layout import Layout
from samsyn.statistics.periods import Quarter

# A table is proposed coarser when more than this share of its rows would be hidden; at most so many tables at once.
MUCH, MOST_PROPOSALS = 0.25, 3


@dataclass(frozen=True)
class Loss:
    """What a reader gets of a table: rows that aren't nought, those of them that are hidden, and the units in the others.

    ``placed`` is the percentage of the table's units that stand in a shown row.
    """

    rows: int
    hidden: int
    placed: float


@dataclass(frozen=True)
class Proposal:
    """A table as it would be, and as its groups alone would be; without ``then`` it can only be left out."""

    kind: str
    code: str
    now: Loss
    then: Loss | None

    def as_json(self) -> dict[str, Any]:
        """Return the proposal as it is stored with a draft."""
        return asdict(self)


def loss_of(layout: Layout, draft: Draft) -> Loss:
    """Return what protection takes from a table; its sums are left out of account."""
    shown = draft.shown()
    counts = [
        figure.count
        for row in layout.rows
        if row.kind in {"code", "state"} or (row.kind == "group" and layout.table.parts[0].is_coarse)
        for figure in row.figures
        if figure is not None and figure.measure == "count" and shown.value(figure.count)
    ]
    hidden = [ref for ref in counts if shown.reason(ref)]
    units = sum(shown.value(ref) for ref in counts)
    lost = sum(shown.value(ref) for ref in hidden)
    return Loss(len(counts), len(hidden), 100 * (units - lost) / units if units else 100.0)


def prepare(
    report: Report,
    *,
    quarter: Quarter,
    frozen_at: datetime,
    counts: Counts,
    earlier: Sequence[linking.Edition],
    choices: Choices,
) -> Draft:
    """Return the draft with these choices, and with coarser tables where nothing else can be protected.

    Raise disclosure.CannotProtect where even that doesn't help, or linking.Contradiction.
    """
    made = dict(choices)
    while True:
        try:
            return drafting.prepare(
                report, quarter=quarter, frozen_at=frozen_at, counts=counts, earlier=earlier, choices=made
            )
        except disclosure.CannotProtect as error:
            wider = _coarser_than(made, report, str(error.args[0][1]))
            if wider is None:
                raise
            made |= wider


def _coarser_than(choices: Choices, report: Report, name: str) -> Choices | None:
    """Return one more choice for the tables that divide what can't be protected: groups first, then nothing."""
    keys = name.rpartition(":")[2].split("+")
    for table in report.tables:
        part = table.parts[0]
        if part.rows != "codes" or not any(_is_about(key, part.variable, part.within) for key in keys):
            continue
        for kind in table.periods:
            place = choice_of(kind, table.code)
            if choices.get(place) == LEFT_OUT:
                continue
            is_next = GROUPS if part.can_be_coarser and place not in choices else LEFT_OUT
            return {place: is_next}
    return None


def _is_about(key: str, *variables: str) -> bool:
    return any(f"|{variable}=" in key for variable in variables if variable)


def proposals(
    report: Report,
    draft: Draft,
    *,
    quarter: Quarter,
    frozen_at: datetime,
    earlier: Sequence[linking.Edition],
) -> list[Proposal]:
    """Return for the tables that protection hides most of what their groups alone would show, the worst first."""
    losses = [(layout, loss_of(layout, draft)) for layout in draft.layouts if layout.table.parts[0].rows == "codes"]
    much = [(layout, loss) for layout, loss in losses if loss.hidden > MUCH * loss.rows]
    much.sort(key=lambda one: -one[1].hidden / one[1].rows)
    found = []
    for layout, now in much[:MOST_PROPOSALS]:
        table, kind = layout.table, layout.kind
        then = None
        if table.parts[0].can_be_coarser:
            choices = {**draft.choices, choice_of(kind, table.code): GROUPS}
            try:
                other = drafting.prepare(
                    report, quarter=quarter, frozen_at=frozen_at, counts=draft.counts, earlier=earlier, choices=choices
                )
            except disclosure.CannotProtect:
                pass
            else:
                then = next(
                    loss_of(one, other) for one in other.layouts if one.table.code == table.code and one.kind == kind
                )
        found.append(Proposal(kind.value, table.code, now, then))
    return found


def checked(choices: Mapping[str, str], report: Report) -> dict[str, str]:
    """Return choices that the report's tables allow; raise LookupError for any other."""
    for place, choice in choices.items():
        kind, _slash, code = place.partition("/")
        table = report.table(code)
        if kind not in {str(period) for period in table.periods}:
            raise LookupError(place)
        if choice not in {GROUPS, LEFT_OUT} or (choice == GROUPS and not table.parts[0].can_be_coarser):
            raise LookupError(choice)
    return dict(choices)
