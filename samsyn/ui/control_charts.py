"""Control charts, and small bars with the interval that each figure may lie in: SVG in the manner of the other charts.

A point that shows a pattern is a square with a letter, the others are small circles: neither needs colour to be told
apart. Limits are a shaded band, drawn anew after a break.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from samsyn.ui import numbers
from samsyn.ui.chart_parts import MARGIN, Chart, amount, break_marks, category_names, described, document, gap
from samsyn.ui.svg import (
    HIDDEN,
    INK,
    LINE,
    LINE_STRONG,
    PAPER,
    SERIES,
    SUNK,
    Frame,
    Standing,
    Value,
    clean,
    element,
    entry,
    label,
    ticks,
)

LIGHT = "#a9cfd5"
LETTERS_THAT_FIT = 230 / 6.2  # along a drawing on a screen of 320 px, less its margins
EVERY = (1, 2, 4, 8, 12, 16)


@dataclass(frozen=True)
class Limits:
    """The centre line of a point and the limits around it."""

    centre: float
    lower: float
    upper: float


def control_chart(
    chart: Chart, limits: Sequence[Limits | None], marks: Mapping[int, str], *, alone: bool = False
) -> SafeString:
    """Draw one series with its centre line and limits; ``marks`` gives the letters of points that show a pattern."""
    if len(limits) != len(chart.categories) or len(chart.series) != 1:
        raise ValueError("One series, and limits (or none) for each of its values.")
    frame = Frame(alone=alone, rtl=chart.rtl, margin=MARGIN)
    above, bottom = 44.0, 44.0 + chart.height
    count, values = len(chart.categories), chart.series[0].values
    breaks = {item.before for item in chart.breaks}
    steps = _steps(chart, limits)

    def height(figure: float) -> float:
        return bottom - chart.height * (figure - steps[0]) / (steps[-1] - steps[0])

    parts = [_key(frame, has_marks=bool(marks)), *_band(frame, limits, height, count)]
    parts += _grid(chart, frame, steps, height)
    parts += _limit_lines(frame, limits, height, count)
    for at, value in enumerate(values):
        if value.standing is Standing.HIDDEN:
            parts.append(gap(frame, value, start=at / count, width=1 / count, above=above, bottom=bottom))
    joined = []
    for at in range(count - 1):
        one, other = values[at].amount, values[at + 1].amount
        if one is None or other is None or at + 1 in breaks:
            continue
        ends = {"x1": frame.x((at + 0.5) / count), "x2": frame.x((at + 1.5) / count)}
        joined.append(element("line", **ends, y1=height(float(one)), y2=height(float(other))))
    parts.append(element("g", *joined, class_="l1 thin", **_look(frame, stroke=SERIES[0], stroke_width=1.5)))
    for at, value in enumerate(values):
        if value.amount is not None:
            parts += _point(frame, share=(at + 0.5) / count, y=height(float(value.amount)), letters=marks.get(at, ""))
    parts += break_marks(chart, frame, above=above, bottom=bottom)
    parts += _names(chart, frame, bottom + 18)
    return document(chart, frame, bottom + 26, parts, described(chart, gettext("Styrdiagram")))


def _names(chart: Chart, frame: Frame, y: float) -> list[str]:
    """Return the names below the axis, counted from the latest: every fourth, say, so that each is the same season."""
    count = len(chart.categories)
    longest = max(map(len, map(str, chart.categories)))
    every = next((one for one in EVERY if -(-count // one) * (longest + 2) <= LETTERS_THAT_FIT), count)
    return [
        label(
            frame, frame.figures(str(name)), share=(at + 0.5) / count, y=y, anchor="middle", fill=INK, class_="strong"
        )
        for at, name in enumerate(chart.categories)
        if (count - 1 - at) % every == 0
    ]


def _key(frame: Frame, *, has_marks: bool) -> str:
    """Return the line that says what is what; it begins at the drawing's outer edge."""
    signs = [
        (element("tspan", "●", fill=SERIES[0], class_="s1"), gettext("värde")),
        (element("tspan", "━", fill=LINE_STRONG, class_="hatch"), gettext("medel")),
        (element("tspan", "▒", fill=LINE_STRONG, class_="hatch"), gettext("gränser")),
    ]
    if has_marks:
        signs.append((element("tspan", "■", fill=INK, class_="strong"), gettext("mönster")))
    spans = [f"{sign} {clean(words)}" for sign, words in signs]
    if frame.rtl:
        spans = [entry(span) for span in spans]
    shift = frame.dx(-frame.margin) or None
    return element("text", "\u2003".join(spans), x=frame.x(0), dx=shift, y=14.0, font_size=13, text_anchor="start")


def _look(frame: Frame, **attributes: object) -> dict[str, object]:
    """Return colours for a file; on a page the classes give them, and a chart of many points stays light."""
    return attributes if frame.alone else {}


def _steps(chart: Chart, limits: Sequence[Limits | None]) -> list[float]:
    """Return the figures of the axis. It begins at zero unless all that is drawn lies in the upper part of it."""
    drawn = [float(value.amount) for value in chart.values if value.amount is not None]
    drawn += [limit for one in limits if one for limit in (one.lower, one.upper)]
    low, high = min(drawn, default=0), max(drawn, default=0)
    if low < 0.4 * high:
        return ticks(high, whole=not chart.is_percent)
    step = ticks(max(high - low, high / 20), whole=not chart.is_percent)[1]
    first, last = int(low // step), -int(-high // step)
    return [step * at for at in range(first, max(last, first + 1) + 1)]


def _grid(chart: Chart, frame: Frame, steps: Sequence[float], height: Callable[[float], float]) -> list[str]:
    """Return gridlines with their figures."""
    parts = []
    for at, step in enumerate(steps):
        line = {"stroke": LINE if at else LINE_STRONG, "class_": "grid" if at else "axis"}
        parts.append(element("line", x1=frame.x(0), x2=frame.x(1), y1=height(step), y2=height(step), **line))
        text = frame.figures(amount(step, chart))
        parts.append(label(frame, text, share=0, y=height(step) + 4, anchor="end", dx=-8, font_size=11))
    return parts


def _runs(amounts: Sequence[Limits | None]) -> list[tuple[int, int, Limits]]:
    """Return where limits stay the same: the first point, the one after the last, and the limits."""
    found: list[tuple[int, int, Limits]] = []
    for at, one in enumerate(amounts):
        if one is None:
            continue
        if found and found[-1][1:] == (at, one):
            found[-1] = (found[-1][0], at + 1, one)
        else:
            found.append((at, at + 1, one))
    return found


def _band(frame: Frame, limits: Sequence[Limits | None], height: Callable[[float], float], count: int) -> list[str]:
    """Return the shaded room between the limits; neighbours overlap by a hair, so that no seam is seen."""
    parts = []
    for first, end, one in _runs(limits):
        joins = end < count and limits[end] is not None
        width = (end - first + (0.04 if joins else 0)) / count
        place = {"x": frame.from_edge(first / count, width), "width": frame.width(width)}
        upper, lower = height(one.upper), height(one.lower)
        parts.append(element("rect", **place, y=upper, height=lower - upper))
    return [element("g", *parts, class_="track", **_look(frame, fill=SUNK))]


def _limit_lines(
    frame: Frame, limits: Sequence[Limits | None], height: Callable[[float], float], count: int
) -> list[str]:
    """Return the centre line and, broken, both limits: in steps, as the base of a point is its own."""
    lines = []
    for first, end, one in _runs(limits):
        ends = {"x1": frame.x(first / count), "x2": frame.x(end / count)}
        for limit in sorted({one.lower, one.upper}):
            lines.append(element("line", **ends, y1=height(limit), y2=height(limit)))
    parts = [element("g", *lines, class_="limit", **_look(frame, stroke=LINE_STRONG, stroke_dasharray="3 3"))]
    look = _look(frame, stroke=LINE_STRONG) | {"class_": "axis"}
    for first, end, one in _runs([limit and Limits(limit.centre, 0, 0) for limit in limits]):
        ends = {"x1": frame.x(first / count), "x2": frame.x(end / count)}
        parts.append(element("line", **ends, y1=height(one.centre), y2=height(one.centre), stroke_width=1.5, **look))
    return parts


def _point(frame: Frame, *, share: float, y: float, letters: str) -> list[str]:
    if not letters:
        return [element("circle", cx=frame.x(share), cy=y, r=3, class_="s1", **_look(frame, fill=SERIES[0]))]
    look = {"fill": INK, "class_": "signal", "stroke": PAPER, "stroke_width": 1.5}
    square = element("rect", x=frame.x(share), y=y - 5, width=10, height=10, transform="translate(-5 0)", **look)
    look = {"fill": INK, "class_": "halo strong", "stroke": PAPER, "stroke_width": 4, "paint_order": "stroke"}
    text = element(
        "text", clean(letters), x=frame.x(share), y=y - 10, text_anchor="middle", font_size=12, font_weight=650, **look
    )
    return [square, text]


def interval_bars(chart: Chart, intervals: Sequence[tuple[float, float] | None], *, alone: bool = False) -> SafeString:
    """Draw a few upright bars of percentages, the last one strong, each with its figure and its interval; no axis."""
    if len(intervals) != len(chart.categories) or len(chart.series) != 1:
        raise ValueError("One series, and an interval (or none) for each of its values.")
    frame = Frame(alone=alone, rtl=chart.rtl)
    values = chart.series[0].values
    top = max([chart.top, *(one[1] for one in intervals if one), 1e-9])
    above, bottom = 18.0, 18.0 + chart.height
    count = len(values)
    parts = [element("line", x1=frame.x(0), x2=frame.x(1), y1=bottom, y2=bottom, stroke=LINE_STRONG, class_="axis")]

    def height(figure: float) -> float:
        return bottom - chart.height * figure / top

    for at, (value, interval) in enumerate(zip(values, intervals, strict=True)):
        start, width = at / count + 0.14 / count, 0.72 / count
        if value.amount is None:
            parts.append(gap(frame, value, start=start, width=width, above=above, bottom=bottom))
            continue
        look = {"fill": SERIES[0], "class_": "s1"} if at == count - 1 else {"fill": LIGHT, "class_": "c2"}
        place = {"x": frame.from_edge(start, width), "width": frame.width(width)}
        y = height(float(value.amount))
        parts.append(element("rect", **place, y=y, height=bottom - y, **look))
        middle = start + width / 2
        if interval:
            parts += _whisker(frame, share=middle, low=height(interval[0]), high=height(interval[1]))
        over = min(y, height(interval[1]) if interval else y)
        text = frame.figures(numbers.percent(value.amount))
        weight = 650 if at == count - 1 else 400
        parts.append(
            label(frame, text, share=middle, y=over - 5, anchor="middle", fill=INK, class_="strong", font_weight=weight)
        )
    parts += category_names(chart, frame, bottom + 16)
    return document(chart, frame, bottom + 22, parts, described(chart, gettext("Stapeldiagram med osäkerhet")))


def _whisker(frame: Frame, *, share: float, low: float, high: float) -> list[str]:
    """Return a line from the low to the high end, with a light edge so that it is seen on a dark bar too."""
    x = frame.x(share)
    parts = [
        element("line", x1=x, x2=x, y1=low, y2=high, stroke=PAPER, stroke_width=3.5, class_="halo"),
        element("line", x1=x, x2=x, y1=low, y2=high, stroke=INK, stroke_width=1.5, class_="whisker"),
    ]
    cap = {"width": 8, "height": 1.5, "transform": "translate(-4 0)", "fill": INK, "class_": "strong"}
    return parts + [element("rect", x=x, y=y - 0.75, **cap) for y in (low, high)]


def values_of(amounts: Sequence[float | None]) -> tuple[Value, ...]:
    """Return figures for a chart; None is one that is too few to be shown."""
    return tuple(HIDDEN if one is None else Value(one) for one in amounts)
