"""Protection against the attacker who knows that a hidden cell is at least 1."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.statistics import attack, disclosure
from samsyn.statistics.disclosure import Cell, System

THRESHOLD = 5


def table(values: list[list[int]]) -> System:
    """A table with row sums, column sums and a total, all printed."""
    rows, columns = len(values), len(values[0])
    at = {(r, c): r * columns + c for r in range(rows) for c in range(columns)}
    flat = [value for row in values for value in row]
    groups = {(r, c): (at[r, c],) for r, c in at}
    groups |= {(r, "sum"): tuple(at[r, c] for c in range(columns)) for r in range(rows)}
    groups |= {("sum", c): tuple(at[r, c] for r in range(rows)) for c in range(columns)}
    groups[("sum", "sum")] = tuple(range(len(flat)))
    cells = [
        Cell(
            name=name,
            atoms=atoms,
            weight=1 + sum(flat[a] for a in atoms),
            is_primary=disclosure.is_sensitive(sum(flat[a] for a in atoms), threshold=THRESHOLD),
        )
        for name, atoms in groups.items()
    ]
    return System(values=flat, cells=cells, width=THRESHOLD - 2)


def hidden(system: System) -> set[object]:
    return set(disclosure.protect(system).reasons)


TABLES = st.integers(2, 4).flatmap(
    lambda columns: st.lists(
        st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 9, 14, 30]), min_size=columns, max_size=columns),
        min_size=2,
        max_size=4,
    )
)


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_no_hidden_cell_can_be_worked_out(values: list[list[int]]) -> None:
    system = table(values)
    try:
        found = hidden(system)
    except disclosure.CannotProtect:
        return  # said aloud, and nothing is published
    audit = attack.audit(system, found)
    assert audit.recovered == 0
    assert audit.unsafe == 0
    assert {cell.name for cell in system.cells if cell.is_primary} <= found


@settings(max_examples=15, deadline=None)
@given(TABLES)
def test_protecting_twice_hides_nothing_more(values: list[list[int]]) -> None:
    system = table(values)
    try:
        first = disclosure.protect(system).reasons
    except disclosure.CannotProtect:
        return
    again = System(
        values=system.values,
        cells=[
            Cell(c.name, c.atoms, c.weight, c.least, is_hidden=c.name in first, is_primary=c.is_primary)
            for c in system.cells
        ],
        width=system.width,
    )
    assert set(disclosure.protect(again).reasons) == set(first)


def test_the_audit_agrees_with_trying_every_table() -> None:
    values = [[1, 7, 9], [6, 8, 12], [9, 11, 3]]
    system = table(values)
    found = hidden(system)
    inner = [cell for cell in system.cells if len(cell.atoms) == 1]
    open_values = {cell.atoms[0]: system.values[cell.atoms[0]] for cell in inner if cell.name not in found}
    unknown = [cell.atoms[0] for cell in inner if cell.name in found]
    shown = [cell for cell in system.cells if len(cell.atoms) > 1 and cell.name not in found]
    seen: dict[int, set[int]] = {atom: set() for atom in unknown}
    for guess in product(range(1, 25), repeat=len(unknown)):
        tried = open_values | dict(zip(unknown, guess, strict=True))
        if all(sum(tried[a] for a in cell.atoms) == system.value(cell.atoms) for cell in shown):
            for atom in unknown:
                seen[atom].add(tried[atom])
    intervals = {one.name: one for one in attack.intervals(system, found)}
    for cell in inner:
        if cell.name in found and seen[cell.atoms[0]]:
            one = intervals[cell.name]
            assert one.low <= min(seen[cell.atoms[0]])
            assert one.high >= max(seen[cell.atoms[0]])
            assert len(seen[cell.atoms[0]]) > 1
