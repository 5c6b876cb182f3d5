"""From counted cells to a protected table: which cells to hide, and the attack that tries to work them out. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from samsyn.deliveries.checking.formats import NORMAL, SUPPRESSED, TableFormat, Variable
from samsyn.statistics import attack, disclosure

UNITS = "units"
# A breakdown has one place for everything that is no code.
UNKNOWN = "unknown"
# (variable, breakdown codes): answer and number.
Counted = Mapping[str, Iterable[tuple[str, tuple[str, ...], int]]]


class UnknownValue(Exception):
    """A fact holds a value that the table has no cell for: nothing is counted."""


@dataclass(frozen=True)
class Protected:
    """A table as it may leave: counts in the order of its cells, 0 where the status says hidden."""

    counts: list[int]
    statuses: str
    hidden: int
    tried: int
    recovered: int


def placed(form: TableFormat, counted: Counted) -> list[int]:
    """Return the counts in the order of the table's cells; raise UnknownValue."""
    made = [0] * form.size
    codes = [[item.code for item in one.codes] for one in form.breakdowns]
    for variable in form.variables:
        answers = form.places[variable.code]
        for answer, divided, number in counted[variable.code]:
            if answer not in answers:
                raise UnknownValue(f"{form.table}.{variable.code}")
            at = answers[answer]
            for known, value, stride in zip(codes, divided, form.strides, strict=True):
                at += known.index(value if value in known else UNKNOWN) * stride
            made[at] += number
    return made


def system_of(form: TableFormat, counts: list[int], *, threshold: int) -> disclosure.System:
    """Return what every reader of the table knows: how answers add up to all units, in each division."""
    relations = []
    units = form.places[UNITS]["all"]
    for variable in form.variables:
        if variable.code == UNITS:
            continue
        for division in range(form.width):
            relations += _relations(form, variable, units + division, division)
    cells = [
        disclosure.Cell(name=at, atoms=(at,), is_primary=disclosure.is_sensitive(count, threshold=threshold), least=1)
        for at, count in enumerate(counts)
    ]
    return disclosure.System(values=counts, relations=relations, cells=cells, width=float(threshold - 2))


def _relations(form: TableFormat, variable: Variable, whole: int, division: int) -> list[disclosure.Relation]:
    places = form.places[variable.code]
    codes = tuple(places[one.code] + division for one in variable.codes)
    states = tuple(places[one] + division for one in variable.states)
    if not variable.is_multiple:
        return [disclosure.Relation((*codes, *states), (whole,))]
    # Whoever has no code has a state and stands nowhere else; the others stand in one code or several.
    at_most = [disclosure.Relation((whole,), (code, *states), is_equality=False) for code in codes]
    return [disclosure.Relation((*codes, *states), (whole,), is_equality=False), *at_most]


def protect(form: TableFormat, counts: list[int], *, threshold: int) -> Protected:
    """Hide what must be hidden and attack the result; raise disclosure.CannotProtect."""
    system = system_of(form, counts, threshold=threshold)
    hidden = set(disclosure.protect(system).reasons)
    audit = attack.audit(system, hidden)
    return Protected(
        counts=[0 if at in hidden else count for at, count in enumerate(counts)],
        statuses="".join(SUPPRESSED if at in hidden else NORMAL for at in range(len(counts))),
        hidden=len(hidden),
        tried=audit.tried,
        recovered=audit.recovered + audit.unsafe,
    )
