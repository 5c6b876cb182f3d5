"""A corrected year beside what was published of it before: what changed, and what the reader of both can subtract. Pure.

The attacker has every edition and is taken to know which counts are the same in two of them. What changed is a figure too:
it is shown anew only where at least three deliverers changed theirs and none of them makes up most of the change.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from samsyn.statistics.definitions.model import Source
from samsyn.statistics.delivered.years import Contributions, Year, gives_away
from samsyn.statistics.disclosure import Relation, System


def after(before: tuple[Year, ...], now: Year, *, source: Source, threshold: int) -> Year:
    """Return a correction that knows the year's earlier editions, in order, and hides what would give a change away."""
    away = set(now.away)
    for earlier in before:
        old = {_name(earlier, key): found for key, found in earlier.behind.items() if key not in earlier.classes}
        for key, found in now.behind.items():
            was = old.get(_name(now, key))
            if was is not None and _change_gives_away(was, found, source=source, threshold=threshold):
                away.add(key)
    return replace(now, away=frozenset(away), before=before)


def _change_gives_away(was: Contributions, found: Contributions, *, source: Source, threshold: int) -> bool:
    changes = [abs(found.get(code, 0) - was.get(code, 0)) for code in was.keys() | found.keys()]
    made = [one for one in changes if one]
    return bool(made) and (sum(made) < threshold or gives_away(made, source=source, threshold=threshold))


def _name(year: Year, key: str) -> str:
    """Return the name of a count that is the same in every edition."""
    return key.replace(year.mark, "", 1)


def tied(system: System, year: Year) -> System:
    """Return the system with what is the same in two editions said to be the same."""
    atoms: dict[str, tuple[int, ...]] = {}
    for atom, key in enumerate(system.keys):
        atoms[key] = (*atoms.get(key, ()), atom)
    same = [
        Relation(atoms[one], atoms[other])
        for earlier, later in pairwise((*year.before, year))
        for one, other in _same(earlier, later)
        if one in atoms and other in atoms
    ]
    return replace(system, relations=[*system.relations, *same])


def _same(earlier: Year, later: Year) -> Iterator[tuple[str, str]]:
    """Yield the keys of two editions behind which the same deliverers stand with the same figures."""
    names = {_name(later, key): key for key in later.behind if key not in later.classes}
    for key, found in earlier.behind.items():
        if key in earlier.classes:
            yield from ((key, other) for other in later.classes if later.behind[other] == found)
        elif (other := names.get(_name(earlier, key))) is not None and later.behind[other] == found:
            yield key, other
