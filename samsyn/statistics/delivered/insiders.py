"""The attacker who knows more than the public: each deliverer knows its own figures, and where it stands alone. Pure.

For each of them the system of a release is written anew with its own part of every count as something shown. What is
hidden for its own sake must be as wide for it as for anybody; a count that is all its own is no secret from it, and neither
is one that is hidden only for another's sake: that may be the sum of many.
"""

from collections.abc import Hashable, Iterable
from dataclasses import replace

from samsyn.statistics import attack, disclosure
from samsyn.statistics.attack import Audit
from samsyn.statistics.delivered.years import Year
from samsyn.statistics.disclosure import SECONDARY, Atom, Cell, Guard, Protection, Relation, System

Names = set[Hashable]


def protect(system: System, found: Protection, year: Year) -> Protection:
    """Return the protection with what else must be hidden, so that no deliverer works out what is hidden for its own sake.

    What is hidden from one is hidden from all, so everybody is asked again, the public too, until nothing is added. Raise
    disclosure.CannotProtect.
    """
    reasons, because = dict(found.reasons), dict(found.because)
    is_growing = True
    while is_growing:
        is_growing = False
        for who in ("", *year.deliverers):
            known = knowing(system, set(reasons), year, who)
            if _audit(known).is_safe:
                continue
            more = disclosure.protect(known)
            added = {name for name in more.reasons if name not in reasons}
            reasons |= dict.fromkeys(added, SECONDARY)
            because |= {name: more.because[name] for name in added if name in more.because}
            is_growing = is_growing or bool(added)
    return Protection(reasons, because)


def audit(system: System, hidden: Iterable[Hashable], year: Year, *, public: Audit) -> Audit:
    """Return what the public and each deliverer can work out: the worst of all, and how much was tried."""
    found = [public, *(_audit(knowing(system, set(hidden), year, who)) for who in year.deliverers)]
    narrow = [one.narrowest for one in found if one.narrowest is not None]
    return Audit(
        tried=sum(one.tried for one in found),
        recovered=sum(one.recovered for one in found),
        unsafe=sum(one.unsafe for one in found),
        narrowest=min(narrow, key=lambda one: one.width, default=None),
        seconds=sum(one.seconds for one in found),
        names=tuple(name for one in found for name in one.names),
    )


def _audit(known: System) -> Audit:
    return attack.audit(known, {cell.name for cell in known.cells if cell.is_hidden})


def knowing(system: System, hidden: Names, year: Year, who: str) -> System:
    """Return the system as this deliverer has it (the public: ""): its own part of each count is shown.

    ``hidden`` are the cells that nobody is shown.
    """
    values, known = list(system.values), list[Cell]()
    parts: dict[Atom, tuple[Atom, ...]] = {}
    all_mine: set[Atom] = set()
    behind = year.everything_behind
    left = {key: found[who] for key, found in behind.items() if who in found}
    for atom, key in enumerate(system.keys):
        if key not in left:
            continue
        own = min(left[key], values[atom])
        left[key] -= own
        parts[atom] = (atom, len(values))
        values[atom] -= own
        known.append(_shown(("own", key, atom), len(values)))
        values.append(own)
        if len(behind[key]) == 1:
            all_mine.add(atom)
            known.append(_shown(("others", key, atom), atom))

    def split(atoms: Iterable[Atom]) -> tuple[Atom, ...]:
        return tuple(part for atom in atoms for part in parts.get(atom, (atom,)))

    def seen(cell: Cell) -> Cell:
        is_hidden = cell.is_hidden or cell.name in hidden
        if all_mine.issuperset(cell.atoms):
            return replace(cell, atoms=split(cell.atoms), is_fixed=True, is_hidden=False, is_primary=False)
        return replace(cell, atoms=split(cell.atoms), is_hidden=is_hidden, is_primary=False)

    def is_for_others(cell: Cell) -> bool:
        is_hidden = cell.is_hidden or cell.name in hidden
        return bool(who) and is_hidden and not cell.is_primary and not all_mine.issuperset(cell.atoms)

    return System(
        values=values,
        relations=[Relation(split(one.plus), split(one.minus), one.is_equality) for one in system.relations],
        cells=[*(seen(cell) for cell in system.cells if not is_for_others(cell)), *known],
        guards=[
            Guard(one.name, split(one.plus), split(one.minus))
            for one in system.guards
            if not all_mine.issuperset((*one.plus, *one.minus))
        ],
        width=system.width,
    )


def _shown(name: Hashable, atom: Atom) -> Cell:
    return Cell(name, (atom,), is_fixed=True)
