"""The picture of the network: server-made SVG with words, signs and lines, readable in grey."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from samsyn.cases import network, words
from samsyn.cases.network import Relative

_SIGNS = {"threat": "!", "protects": "+", "knows": "•", "abroad": "→"}


@dataclass(frozen=True)
class Drawn:
    """One relative as it is drawn."""

    x: int
    y: int
    # Above the sign in the upper half and below it in the lower one: no line runs through a word.
    name_at: int
    label: str
    signs: str
    said: str
    is_threat: bool
    protects: bool
    is_abroad: bool


@dataclass(frozen=True)
class Picture:
    """The whole picture, and the same in words."""

    size: int
    middle: int
    relatives: tuple[Drawn, ...]
    key: tuple[tuple[str, str | Promise], ...]
    said: str


def label(relatives: tuple[Relative, ...], one: Relative) -> str:
    """Return a role in words, with its number where there are several."""
    name = str(words.RELATIONS[one.relation])
    return f"{name} {one.number}" if network.several(relatives, one.relation) else name


def picture(relatives: tuple[Relative, ...]) -> Picture:
    """Return the network ready to draw."""
    drawn = tuple(
        Drawn(
            x=place.x,
            y=place.y,
            name_at=-28 if place.y < network.SIZE // 2 else 36,
            label=label(relatives, place.relative),
            signs="".join(_SIGNS[mark] for mark in network.MARKS if mark in place.relative.marks),
            said=said(relatives, place.relative),
            is_threat="threat" in place.relative.marks,
            protects="protects" in place.relative.marks,
            is_abroad="abroad" in place.relative.marks,
        )
        for place in network.places(relatives)
    )
    return Picture(
        size=network.SIZE,
        middle=network.SIZE // 2,
        relatives=drawn,
        key=tuple((_SIGNS[mark], words.MARKS[mark]) for mark in network.MARKS),
        said=_("Den hjälpsökande i mitten.") + " " + " ".join(f"{one.said}." for one in drawn),
    )


def said(relatives: tuple[Relative, ...], one: Relative) -> str:
    """Return a relative and what matters about them as words."""
    marks = ", ".join(str(words.MARKS[mark]).lower() for mark in network.MARKS if mark in one.marks)
    return label(relatives, one) + (f": {marks}" if marks else "")
