"""Pieces that charts and maps are drawn with: escaped elements, values with their standing, axes.

A drawing has two forms. On a page its lengths along the line are percentages, so that it fills 320 px or 1,000 px
with letters of the same size; the classes of components.css give it the colours of the screen. As a file it has a
width of its own and carries its looks in attributes. Neither ever has a ``style``
attribute: the content policy forbids it.
"""

import math
import re
import textwrap
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from django.utils.functional import Promise
from django.utils.html import escape

Number = int | float | Decimal
Text = str | Promise

FILE_WIDTH = 720
FILE_EDGE = 16
INK, INK_2, LINE, LINE_STRONG, SUNK, PAPER = "#1f2933", "#51606f", "#dcd8cf", "#8b8678", "#f3f1ec", "#fbfaf7"
SERIES = ("#0b5563", "#b87420", "#51606f")
HIDDEN_MARK = "▪"
MISSING_MARK = "–"
# Control characters are not allowed in XML 1.0, escaped or not.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Standing(Enum):
    """What is known of a figure."""

    FINAL = "final"
    PRELIMINARY = "preliminary"
    HIDDEN = "hidden"
    MISSING = "missing"


@dataclass(frozen=True)
class Value:
    """A figure, or the reason why there is none; a hidden figure never reaches a drawing."""

    amount: Number | None
    standing: Standing = Standing.FINAL

    def __post_init__(self) -> None:
        """Refuse a figure that must not be drawn, and a gap that pretends to be one."""
        if self.is_drawn != (self.amount is not None):
            raise ValueError("A hidden or missing value has no amount, and a shown one has.")
        if self.amount is not None and self.amount < 0:
            raise ValueError("Counts and shares are never negative.")

    @property
    def is_drawn(self) -> bool:
        """Say whether there is a figure to draw."""
        return self.standing in {Standing.FINAL, Standing.PRELIMINARY}


HIDDEN = Value(None, Standing.HIDDEN)
MISSING = Value(None, Standing.MISSING)


def clean(text: object) -> str:
    """Return the text escaped for XML."""
    return escape(FORBIDDEN.sub("", str(text)))


def element(name: str, *children: str, **attributes: object) -> str:
    """Return one element; children are markup already, attributes are escaped (``class_``, ``font_size``)."""
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        written = (
            key.rstrip("_").replace("_", "-") if key not in {"viewBox", "patternUnits", "patternTransform"} else key
        )
        if written == "style" or written.startswith("on"):
            raise ValueError(f"{written} is forbidden by the content policy.")
        parts.append(f'{written}="{clean(length(value) if isinstance(value, float) else value)}"')
    return f"<{' '.join(parts)}>{''.join(children)}</{name}>" if children else f"<{' '.join(parts)}/>"


def length(value: float) -> str:
    """Write a coordinate with two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def isolate(text: str) -> str:
    """Keep figures in their own order in a drawing that reads from right to left."""
    return f"\u2066{text}\u2069"


def ticks(maximum: float, *, whole: bool = True) -> list[float]:
    """Return an axis from zero to the first even figure at or above the maximum, in three or four steps."""
    if not whole:
        maximum = max(maximum, 0.01)  # finer shares are not drawn
    power = 10.0 ** math.floor(math.log10(maximum)) if maximum > 0 else 1.0
    found = []
    for scale in (power / 10, power):
        for factor in (1, 1.5, 2, 2.5, 3, 4, 5):
            step = round(factor * scale, 6)
            if whole and (step < 1 or step != int(step)):
                continue
            count = max(1, math.ceil(round(maximum / step, 9)))
            if count <= 4:
                found.append((count < 3, step * count, count, step))
    _few, _top, count, step = min(found, default=(False, 1.0, 1, 1.0))
    return [step * at for at in range(count + 1)]


def entry(text: str) -> str:
    """Keep a run of mixed signs and words together in a drawing that reads from right to left."""
    return f"\u2068{text}\u2069"


def wrapped(text: Text, characters: int) -> list[str]:
    """Break a text into lines, words whole where they can be."""
    return textwrap.wrap(str(text), characters, break_on_hyphens=False) or [""]


@dataclass(frozen=True)
class Frame:
    """Where things stand along the line: from 0 to 1, mirrored where one reads from right to left."""

    alone: bool = False
    rtl: bool = False
    margin: float = 0

    @property
    def _room(self) -> float:
        return FILE_WIDTH - 2 * FILE_EDGE - self.margin

    def x(self, share: float) -> str:
        """Return the place of a share of the width."""
        if self.rtl:
            share = 1 - share
        if self.alone:
            return length(FILE_EDGE + (0 if self.rtl else self.margin) + share * self._room)
        return f"{length(share * 100)}%"

    def width(self, share: float) -> str:
        """Return the length of a share of the width."""
        return length(share * self._room) if self.alone else f"{length(share * 100)}%"

    def from_edge(self, share: float, width: float) -> str:
        """Return where a box of this width begins whose near edge stands at the share."""
        return self.x(share + width) if self.rtl else self.x(share)

    def dx(self, distance: float) -> float:
        """Return a step forward along the line."""
        return float(-distance if self.rtl else distance)

    def figures(self, text: str) -> str:
        """Return figures that keep their order."""
        return isolate(text) if self.rtl else text


def label(
    frame: Frame, text: object, *, share: float, y: float, anchor: str = "start", dx: float = 0, **more: object
) -> str:
    """Return a text; ``start`` and ``end`` follow the direction of reading."""
    attributes = {"class_": None, "font_size": 12, "fill": INK_2} | more
    return element(
        "text", clean(text), x=frame.x(share), y=float(y), dx=frame.dx(dx) or None, text_anchor=anchor, **attributes
    )
