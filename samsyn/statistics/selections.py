"""What a program asks of a cube: values of its dimensions, in the words of PxWebApi 2 and of PxWeb's first API.

An expression is a code, a pattern (``*`` any characters, ``?`` one), or one of ``TOP(n)``, ``TOP(n,offset)``, ``BOTTOM(n)``,
``FROM(code)``, ``TO(code)`` and ``RANGE(code,code)``. The top of the quarters is the latest one. A dimension with a category for
the whole may be left out: then that category is meant, and the dimension goes. Nothing is ever added up.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from samsyn.statistics.cubes import TIME, Cube, Dimension

# More than this is cut into several requests by the readers themselves: they read the limit from us.
MOST_CELLS = 100_000
_CALL = re.compile(r"(?P<name>TOP|BOTTOM|FROM|TO|RANGE)\((?P<given>[^()]*)\)", re.IGNORECASE)
_LONGEST = 100


class BadSelection(ValueError):
    """What was asked for isn't there; the message says what to ask instead."""


class TooMuch(BadSelection):
    """More cells than are handed out at once."""


@dataclass(frozen=True)
class Asked:
    """A question: expressions by dimension, and in which order the dimensions stand in flat formats."""

    chosen: Mapping[str, Sequence[str]]
    stub: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()


def answer(cube: Cube, chosen: Mapping[str, Sequence[str]]) -> Cube:
    """Return the cells that were asked for; with nothing asked, the latest quarter of everything. Raise BadSelection."""
    for code in chosen:
        if code not in {one.code for one in cube.dimensions}:
            raise BadSelection(
                _("Det finns ingen variabel %(code)s. De som finns är %(all)s.")
                % {"code": told(code), "all": ", ".join(one.code for one in cube.dimensions)}
            )
    wanted = dict(chosen) or default(cube)
    left_out = [one for one in cube.dimensions if one.code not in wanted]
    for one in left_out:
        if not one.whole:
            raise BadSelection(_("Variabeln %(code)s måste vara med i urvalet.") % {"code": one.code})
    codes = {code: select(cube.dimension(code), expressions) for code, expressions in wanted.items()}
    codes |= {one.code: [one.whole] for one in left_out}
    count = 1
    for one in cube.dimensions:
        count *= len(codes[one.code])
    if count > MOST_CELLS:
        raise TooMuch(
            _("Urvalet har %(count)s celler. Högst %(most)s lämnas ut åt gången; dela upp det.")
            % {"count": count, "most": MOST_CELLS}
        )
    found = cube.select(codes)
    for one in left_out:
        found = found.without(one.code)
    return found


def default(cube: Cube) -> dict[str, list[str]]:
    """Return what is shown to somebody who asks for nothing in particular: all of the latest quarter."""
    return {one.code: ["TOP(1)"] if one.code == TIME else ["*"] for one in cube.dimensions}


def select(one: Dimension, expressions: Sequence[str]) -> list[str]:
    """Return the codes that expressions mean, each once, in the dimension's order; raise BadSelection."""
    if not expressions:
        raise BadSelection(_("Urvalet av %(code)s är tomt.") % {"code": one.code})
    found: set[str] = set()
    for expression in expressions:
        found.update(_meant(one, expression))
    return [category.code for category in one.categories if category.code in found]


def _meant(one: Dimension, expression: str) -> list[str]:
    codes = [category.code for category in one.categories]
    call = _CALL.fullmatch(expression)
    if call:
        return _called(one, codes, call["name"].upper(), [part.strip() for part in call["given"].split(",")])
    if "*" in expression or "?" in expression:
        matching = [code for code in codes if len(expression) <= _LONGEST and matches(code, expression)]
        if not matching:
            raise _nothing(one, expression)
        return matching
    if expression not in one.places:
        raise _nothing(one, expression)
    return [expression]


def _called(one: Dimension, codes: list[str], name: str, given: list[str]) -> list[str]:
    if name in {"TOP", "BOTTOM"}:
        if not (1 <= len(given) <= 2 and all(part.isascii() and part.isdigit() and len(part) < 7 for part in given)):
            raise BadSelection(_("%(name)s vill ha ett eller två tal.") % {"name": name})
        number, offset = int(given[0]), int(given[1]) if len(given) == 2 else 0
        is_from_end = (name == "BOTTOM") != (one.code == TIME)
        ordered = codes[::-1] if is_from_end else codes
        return ordered[offset : offset + number]
    if len(given) != (2 if name == "RANGE" else 1):
        raise BadSelection(_("%(name)s har fel antal värden.") % {"name": name})
    for code in given:
        if code not in one.places:
            raise _nothing(one, code)
    places = [one.places[code] for code in given]
    first = 0 if name == "TO" else places[0]
    last = len(codes) - 1 if name == "FROM" else places[-1]
    if first > last:
        raise BadSelection(_("%(first)s kommer efter %(last)s.") % {"first": given[0], "last": given[-1]})
    return codes[first : last + 1]


def _nothing(one: Dimension, expression: str) -> BadSelection:
    return BadSelection(
        _("%(value)s finns inte bland värdena för %(code)s.") % {"value": told(expression), "code": one.code}
    )


def told(text: str) -> str:
    """Return what somebody sent as it can be said again: short and printable."""
    return "".join(character if character.isprintable() else "�" for character in text[:40])


def matches(code: str, pattern: str) -> bool:
    """Tell whether a code is like a pattern with ``*`` and ``?``; in time proportional to both lengths multiplied."""
    at = place = 0
    star, mark = -1, 0
    while at < len(code):
        if place < len(pattern) and pattern[place] != "*" and pattern[place] in {"?", code[at]}:
            at, place = at + 1, place + 1
        elif place < len(pattern) and pattern[place] == "*":
            star, mark = place, at
            place += 1
        elif star >= 0:
            mark += 1
            at, place = mark, star + 1
        else:
            return False
    return all(character == "*" for character in pattern[place:])
