"""A cube as a PX file, the format of PC-Axis (AXIS-VERSION 2013, pxtools.net/px-file-format), Swedish and English in one.

A figure that isn't there is a symbol, never 0 or a gap: ``".."`` hidden, ``"..."`` missing, ``"."`` the table has no such cell.
A text cannot hold a quotation mark, so it becomes an apostrophe; it is cut into pieces of at most 200 characters, as the
format asks. The keywords stand in the order that the specification recommends.
"""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from samsyn.statistics import jsonstat, shown
from samsyn.statistics.cubes import CONTENT, DECIMALS, EMPTY, HIDDEN, MISSING, ROW, TIME, Cube, Dimension
from samsyn.statistics.documents import LANGUAGES
from samsyn.ui import numbers

SYMBOLS = {EMPTY: ".", HIDDEN: "..", MISSING: "..."}
_PIECE = 200
_NAME = 20


def as_bytes(cube: Cube) -> bytes:
    """Return the file, UTF-8 with CRLF; the figures of a row of the stub stand on one line."""
    return ("\r\n".join([*_head(cube), "DATA=", *_data(cube)]) + ";\r\n").encode()


def _quoted(text: str) -> str:
    """Write a text as one piece or several below each other."""
    plain = " ".join(text.replace('"', "'").split()) or "-"
    pieces = textwrap.wrap(plain, _PIECE, drop_whitespace=False, break_on_hyphens=False)
    return "\r\n".join(f'"{piece}"' for piece in pieces)


def _listed(texts: Sequence[str]) -> str:
    return (
        ",\r\n".join(_quoted(text) for text in texts) if len(texts) > 3 else ",".join(_quoted(text) for text in texts)
    )


def _moment(text: str) -> str:
    return f'"{numbers.local(datetime.fromisoformat(text)).strftime("%Y%m%d %H:%M")}"'


def _head(cube: Cube) -> Iterator[str]:
    places = max((DECIMALS.get(one.measure, 0) for one in cube.dimension(CONTENT).categories), default=0)
    yield 'CHARSET="ANSI";'
    yield 'AXIS-VERSION="2013";'
    yield 'CODEPAGE="utf-8";'
    yield f'LANGUAGE="{LANGUAGES[0]}";'
    yield f"LANGUAGES={_listed(LANGUAGES)};"
    yield f"CREATION-DATE={_moment(cube.updated)};"
    yield f"TABLEID={_quoted(cube.name)};"
    yield f"DECIMALS={places};"
    yield "SHOWDECIMALS=0;"
    yield f"MATRIX={_quoted(cube.latest['code'][:_NAME])};"
    yield "AGGREGALLOWED=NO;"
    yield f"SUBJECT-CODE={_quoted(cube.latest['report']['code'][:_NAME])};"
    for keyword in (_texts, _variables, _values, _facts):
        for language in LANGUAGES:
            with translation.override(language):
                yield from keyword(cube, "" if language == LANGUAGES[0] else f"[{language}]")


def _texts(cube: Cube, language: str) -> Iterator[str]:
    title = shown.text(cube.latest["title"])
    yield f"SUBJECT-AREA{language}={_quoted(shown.text(cube.latest['report']['title']))};"
    yield f"DESCRIPTION{language}={_quoted(jsonstat.label(cube))};"
    yield f"TITLE{language}={_quoted(jsonstat.label(cube))};"
    yield f"CONTENTS{language}={_quoted(title)};"
    yield f"UNITS{language}={_quoted(_('antal'))};"


def _variables(cube: Cube, language: str) -> Iterator[str]:
    yield f"STUB{language}={_listed([_name(cube, one) for one in cube.dimensions[:1]])};"
    yield f"HEADING{language}={_listed([_name(cube, one) for one in cube.dimensions[1:]])};"
    yield f"CONTVARIABLE{language}={_quoted(_name(cube, cube.dimension(CONTENT)))};"


def _values(cube: Cube, language: str) -> Iterator[str]:
    def each(keyword: str, say: Callable[[Dimension], str]) -> Iterator[str]:
        for one in cube.dimensions:
            said = say(one)
            if said:
                yield f"{keyword}{language}({_quoted(_name(cube, one))})={said};"

    yield from each("VALUES", lambda one: _listed([shown.text(category.label) for category in one.categories]))
    yield from each("TIMEVAL", _time)
    yield from each("CODES", lambda one: _listed([category.code for category in one.categories]))
    yield from each("ELIMINATION", _elimination)
    content = cube.dimension(CONTENT)
    for category in content.categories:
        of = _quoted(shown.text(category.label))
        places = DECIMALS.get(category.measure, 0)
        if places:
            yield f"PRECISION{language}({_quoted(_name(cube, content))},{of})={places};"
        yield f"UNITS{language}({of})={_quoted(jsonstat.unit(category.measure))};"


def _facts(cube: Cube, language: str) -> Iterator[str]:
    yield f"LAST-UPDATED{language}={_moment(cube.updated)};"
    yield f"SOURCE{language}={_quoted(shown.text(cube.latest['report']['title']))};"
    # What must be read before the figures are used comes with the table whether the reader asks or not.
    yield f"NOTEX{language}={_quoted(' '.join(shown.reservations(cube.latest)))};"
    told = [*shown.notes(cube.latest), *shown.marks(cube.latest)]
    if told:
        yield f"NOTE{language}={_quoted(' '.join(told))};"
    meanings = (_("tabellen har ingen sådan uppgift"), _("dold för att skydda enskilda"), _("uppgift saknas"))
    for number, meaning in enumerate(meanings, start=1):
        yield f"DATASYMBOL{number}{language}={_quoted(meaning)};"


def _name(cube: Cube, one: Dimension) -> str:
    """Name a dimension; no two have the same name, and a table over time has a row of years or quarters of its own."""
    name = shown.text(one.label)
    taken = [shown.text(other.label) for other in cube.dimensions]
    return name if taken.count(name) == 1 or one.code != ROW else f"{name} ({_('rad')})"


def _time(one: Dimension) -> str:
    if one.code != TIME:
        return ""
    scale = "Q1" if any("K" in category.code for category in one.categories) else "A1"
    return ",".join([f"TLIST({scale})", *(f'"{category.code.replace("K", "")}"' for category in one.categories)])


def _elimination(one: Dimension) -> str:
    found = [category for category in one.categories if category.code == one.whole]
    return _quoted(shown.text(found[0].label)) if found else ""


def _data(cube: Cube) -> Iterator[str]:
    codes = [one.code for one in cube.dimensions]
    for _heads, cells in cube.grid(codes[:1], codes[1:]):
        yield "".join(f"{_figure(cube, at)} " for at in cells)


def _figure(cube: Cube, at: int) -> str:
    standing = cube.standings[at]
    return f'"{SYMBOLS[standing]}"' if standing else str(cube.values[at])
