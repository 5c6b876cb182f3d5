"""Charts as SVG, made by the server from figures that are already protected: bars, lines, shares, small multiples.

Axes of bars begin at zero. Preliminary figures are hatched (dashed lines), hidden ones are a marked gap and never a
zero, a break in a series is a gap with a dated note. Every chart stands beside its table, which says it all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from samsyn.ui import numbers
from samsyn.ui.svg import (
    FILE_WIDTH,
    HIDDEN_MARK,
    INK,
    LINE,
    LINE_STRONG,
    MISSING_MARK,
    PAPER,
    SERIES,
    SUNK,
    Frame,
    Standing,
    Text,
    Value,
    clean,
    element,
    entry,
    label,
    ticks,
    wrapped,
)

FONT = "system-ui, 'Noto Sans', 'Noto Sans Arabic', sans-serif"
MARGIN = 46
LABELS_THAT_FIT = 280 / 6.2  # characters along the narrowest chart, 320 px less its margins


@dataclass(frozen=True, kw_only=True)
class Series:
    """One row of figures with its name."""

    name: Text
    values: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Break:
    """From this category on the figures mean something else."""

    before: int
    note: Text


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What a chart shows. ``name`` is its id on the page; title and subtitle stand above it, on the page in HTML."""

    name: str
    title: Text
    subtitle: Text
    categories: tuple[Text, ...]
    series: tuple[Series, ...]
    breaks: tuple[Break, ...] = ()
    notes: tuple[Text, ...] = ()
    description: Text = ""
    height: int = 220
    maximum: float | None = None
    is_percent: bool = False
    show_key: bool = True
    rtl: bool = False

    def __post_init__(self) -> None:
        """Refuse series that don't fit the categories, and more of them than a reader can tell apart in grey."""
        if not self.name.replace("-", "").replace("_", "").isalnum():
            raise ValueError("The name is used as an id.")
        if any(len(series.values) != len(self.categories) for series in self.series):
            raise ValueError("Every series has one value a category.")
        if not 1 <= len(self.series) <= 3:
            raise ValueError("One to three series; for more, draw small multiples.")

    @property
    def values(self) -> tuple[Value, ...]:
        """Return all values."""
        return tuple(value for series in self.series for value in series.values)

    @property
    def top(self) -> float:
        """Return the largest figure, or what the caller set."""
        drawn = [float(value.amount) for value in self.values if value.amount is not None]
        return self.maximum if self.maximum is not None else max(drawn, default=0)


@dataclass(frozen=True, kw_only=True)
class Share:
    """One horizontal bar: a percentage of the whole; with unknowns in the denominator it is a least share."""

    label: Text
    value: Value
    is_least: bool = True


def notes(chart: Chart) -> tuple[str, ...]:
    """Return the lines that explain marks: breaks, preliminary figures, hidden and missing ones."""
    standings = {value.standing for value in chart.values}
    lines = [f"{_superscript(at)} {item.note}" for at, item in enumerate(chart.breaks, start=1)]
    if Standing.PRELIMINARY in standings:
        lines.append(gettext("Streckat: preliminära uppgifter."))
    return tuple(lines + _gap_notes(standings) + [str(note) for note in chart.notes])


def _gap_notes(standings: set[Standing]) -> list[str]:
    lines = []
    if Standing.HIDDEN in standings:
        lines.append(gettext("%(mark)s Döljs för att skydda enskilda. Värdet är inte noll.") % {"mark": HIDDEN_MARK})
    if Standing.MISSING in standings:
        lines.append(gettext("%(mark)s Uppgift saknas.") % {"mark": MISSING_MARK})
    return lines


def _superscript(digit: int) -> str:
    return "¹²³⁴⁵⁶⁷⁸⁹"[digit - 1]


def _amount(value: float, chart: Chart) -> str:
    return numbers.percent(value) if chart.is_percent else numbers.decimal(value, 0 if value == int(value) else 1)


def _hatch(chart: Chart) -> str:
    """Return the patterns of preliminary figures, one a series."""
    return element(
        "defs",
        *(
            element(
                "pattern",
                element("rect", width=6, height=6, fill=PAPER, class_="ground"),
                element("rect", width=3, height=6, fill=SERIES[at], class_=f"s{at + 1}"),
                id=f"{chart.name}-hatch{at + 1}",
                width=6,
                height=6,
                patternUnits="userSpaceOnUse",
                patternTransform="rotate(45)",
            )
            for at in range(len(chart.series))
        ),
    )


def _document(chart: Chart, frame: Frame, height: float, parts: Iterable[str], description: str) -> SafeString:
    """Wrap the parts; a file gets its heading and its notes too, since there is no page around it."""
    head = [
        element("title", clean(chart.title), id=f"{chart.name}-title"),
        element("desc", clean(description), id=f"{chart.name}-desc"),
    ]
    body = list(parts)
    above = 0.0
    if frame.alone:
        above, heading = _heading(chart, frame)
        below, footing = _footing(chart, frame, above + height)
        body = [*heading, element("g", *body, transform=f"translate(0 {above:g})"), *footing]
        height = above + height + below
    ground = [element("rect", width="100%", height="100%", fill=PAPER)] if frame.alone else []
    markup = element(
        "svg",
        *head,
        *ground,
        *body,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart" if frame.alone or not frame.margin else "chart axed",
        role="img",
        aria_labelledby=f"{chart.name}-title {chart.name}-desc",
        width=FILE_WIDTH if frame.alone else "100%",
        height=float(height),
        viewBox=f"0 0 {FILE_WIDTH} {height:g}" if frame.alone else None,
        direction="rtl" if frame.rtl else "ltr",
        font_family=FONT,
        fill=INK,
    )
    return mark_safe(markup)  # noqa: S308 (every text and attribute went through clean)


def _heading(chart: Chart, frame: Frame) -> tuple[float, list[str]]:
    plain = Frame(alone=True, rtl=frame.rtl)
    y, parts = 8.0, []
    for line in wrapped(chart.title, 70):
        y += 22
        parts.append(label(plain, line, share=0.02, y=y, font_size=18, font_weight=650, fill=INK))
    for line in wrapped(chart.subtitle, 100):
        y += 19
        parts.append(label(plain, line, share=0.02, y=y, font_size=13))
    return y + 16, parts


def _footing(chart: Chart, frame: Frame, y: float) -> tuple[float, list[str]]:
    plain = Frame(alone=True, rtl=frame.rtl)
    lines = [line for note in notes(chart) for line in wrapped(note, 105)]
    parts = [label(plain, line, share=0.02, y=y + 20 + at * 17) for at, line in enumerate(lines)]
    return 20.0 + 17 * len(lines), parts


def _key(chart: Chart, frame: Frame) -> tuple[float, list[str]]:
    """Return the key's height and parts: one series a line, so that it fits any width."""
    if len(chart.series) < 2 or not chart.show_key:
        return 6, []
    side_by_side = sum(len(str(series.name)) + 5 for series in chart.series) < LABELS_THAT_FIT
    spans = [
        element("tspan", "■", fill=SERIES[at], class_=f"s{at + 1}", font_size=15) + " " + clean(series.name)
        for at, series in enumerate(chart.series)
    ]
    if frame.rtl:
        spans = [entry(span) for span in spans]
    lines = ["\u2003".join(spans)] if side_by_side else spans
    shift = -frame.margin
    parts = [
        element(
            "text", line, x=frame.x(0), dx=frame.dx(shift) or None, y=14.0 + 20 * at, font_size=13, text_anchor="start"
        )
        for at, line in enumerate(lines)
    ]
    return 20.0 * len(lines) + 12, parts


def _axis(chart: Chart, frame: Frame, *, above: float, bottom: float) -> tuple[list[str], float]:
    """Return gridlines with their figures, and the figure at the top of the axis."""
    steps = ticks(chart.top, whole=not chart.is_percent)
    parts = []
    for step in steps:
        y = bottom - (bottom - above) * step / steps[-1]
        is_base = step == 0
        line = {"stroke": LINE_STRONG if is_base else LINE, "class_": "axis" if is_base else "grid"}
        parts.append(element("line", x1=frame.x(0), x2=frame.x(1), y1=y, y2=y, **line))
        text = frame.figures(_amount(step, chart))
        parts.append(label(frame, text, share=0, y=y + 4, anchor="end", dx=-8, font_size=11))
    return parts, steps[-1]


def _categories(chart: Chart, frame: Frame, y: float) -> list[str]:
    """Return the names below the axis, as many as fit the narrowest screen, counted from the latest."""
    count = len(chart.categories)
    longest = max((len(str(name)) for name in chart.categories), default=1)
    every = 1
    while (count / every) * (longest + 1.2) > LABELS_THAT_FIT and every < count:
        every += 1
    return [
        label(
            frame, frame.figures(str(name)), share=(at + 0.5) / count, y=y, anchor="middle", fill=INK, class_="strong"
        )
        for at, name in enumerate(chart.categories)
        if (count - 1 - at) % every == 0
    ]


def _breaks(chart: Chart, frame: Frame, *, above: float, bottom: float) -> list[str]:
    parts = []
    for at, item in enumerate(chart.breaks, start=1):
        share = item.before / len(chart.categories)
        line = {"stroke": LINE_STRONG, "stroke_dasharray": "3 3", "class_": "axis"}
        parts.append(element("line", x1=frame.x(share), x2=frame.x(share), y1=above - 6, y2=bottom, **line))
        parts.append(
            label(frame, _superscript(at), share=share, y=above + 4, dx=3, font_size=17, fill=INK, class_="strong")
        )
    return parts


def _gap(frame: Frame, value: Value, *, start: float, width: float, above: float, bottom: float) -> str:
    """Return a marked band where a figure would stand: a gap that nobody can read as a number."""
    mark = HIDDEN_MARK if value.standing is Standing.HIDDEN else MISSING_MARK
    band = ""
    if value.standing is Standing.HIDDEN:
        band = element(
            "rect",
            x=frame.from_edge(start, width),
            width=frame.width(width),
            y=above,
            height=bottom - above,
            fill=SUNK,
            class_="track gap",
        )
    middle = start + width / 2
    return band + label(
        frame, mark, share=middle, y=bottom - 6, anchor="middle", font_size=13, fill=INK, class_="strong gap-mark"
    )


def _auto_description(chart: Chart, kind: str) -> str:
    return str(chart.description) or gettext(
        "%(kind)s. %(subtitle)s. Från %(first)s till %(last)s. Alla värden står i tabellen."
    ) % {
        "kind": kind,
        "subtitle": chart.subtitle,
        "first": chart.categories[0],
        "last": chart.categories[-1],
    }


def grouped_bars(chart: Chart, *, alone: bool = False) -> SafeString:
    """Draw upright bars, one group a category; ``alone`` makes a file that needs no page."""
    frame = Frame(alone=alone, rtl=chart.rtl, margin=MARGIN)
    above, parts = _key(chart, frame)
    bottom = above + chart.height
    axis, top = _axis(chart, frame, above=above, bottom=bottom)
    parts += [_hatch(chart), *axis]
    group = 1 / len(chart.categories)
    count = len(chart.series)
    bar = group * 0.78 / count
    for at in range(len(chart.categories)):
        for nth, series in enumerate(chart.series):
            value = series.values[at]
            start = at * group + group * 0.11 + nth * bar
            if value.amount is None:
                parts.append(_gap(frame, value, start=start, width=bar, above=above, bottom=bottom))
                continue
            if value.amount == 0:  # a nought is written, so that it differs from a gap
                parts.append(label(frame, "0", share=start + bar / 2, y=bottom - 6, anchor="middle"))
                continue
            height = chart.height * float(value.amount) / top
            is_final = value.standing is Standing.FINAL
            look = {"fill": SERIES[nth], "class_": f"s{nth + 1}"}
            if not is_final:
                look = {"fill": f"url(#{chart.name}-hatch{nth + 1})", "stroke": SERIES[nth], "class_": f"l{nth + 1}"}
            width = bar * (0.93 if count > 1 else 0.9)
            parts.append(
                element(
                    "rect",
                    x=frame.from_edge(start, width),
                    width=frame.width(width),
                    y=bottom - height,
                    height=height,
                    **look,
                )
            )
    parts += _breaks(chart, frame, above=above, bottom=bottom)
    parts += _categories(chart, frame, bottom + 18)
    return _document(chart, frame, bottom + 26, parts, _auto_description(chart, gettext("Stapeldiagram")))


def lines(chart: Chart, *, alone: bool = False) -> SafeString:
    """Draw lines with their names at their ends; a gap where a figure is hidden, missing, or means something else."""
    frame = Frame(alone=alone, rtl=chart.rtl, margin=MARGIN)
    above, bottom = 24.0, 24.0 + chart.height
    parts, top = _axis(chart, frame, above=above, bottom=bottom)
    count = len(chart.categories)
    breaks = {item.before for item in chart.breaks}

    def height(value: Value) -> float:
        return bottom - chart.height * float(value.amount or 0) / top

    for at in range(count):
        gaps = [series.values[at] for series in chart.series if not series.values[at].is_drawn]
        if gaps:
            hidden = next((value for value in gaps if value.standing is Standing.HIDDEN), gaps[0])
            parts.append(_gap(frame, hidden, start=at / count, width=1 / count, above=above, bottom=bottom))
    for nth, series in enumerate(chart.series):
        look = {"stroke": SERIES[nth], "class_": f"l{nth + 1}", "stroke_width": 2.5, "stroke_linecap": "round"}
        for at, (one, other) in enumerate(zip(series.values, series.values[1:], strict=False)):
            if not (one.is_drawn and other.is_drawn) or at + 1 in breaks:
                continue
            dashes = "2 5" if Standing.PRELIMINARY in {one.standing, other.standing} else None
            ends = {"x1": frame.x((at + 0.5) / count), "x2": frame.x((at + 1.5) / count)}
            parts.append(element("line", **ends, y1=height(one), y2=height(other), stroke_dasharray=dashes, **look))
        for at, value in enumerate(series.values):
            if value.is_drawn:
                parts.append(
                    _point(
                        chart,
                        frame,
                        nth,
                        share=(at + 0.5) / count,
                        y=height(value),
                        is_final=value.standing is Standing.FINAL,
                    )
                )
    parts += _breaks(chart, frame, above=above, bottom=bottom)
    if chart.show_key:
        parts += _end_labels(chart, frame, height, bottom=bottom)
    parts += _categories(chart, frame, bottom + 18)
    return _document(chart, frame, bottom + 26, parts, _auto_description(chart, gettext("Linjediagram")))


def _point(chart: Chart, frame: Frame, nth: int, *, share: float, y: float, is_final: bool) -> str:
    """Return a point; the second series has squares, so that two lines differ in grey too."""
    colours = f"s{nth + 1}" if is_final else f"ground l{nth + 1}"
    look = {"fill": SERIES[nth] if is_final else PAPER, "stroke": None if is_final else SERIES[nth], "class_": colours}
    size = 3.5 if len(chart.categories) <= 16 else 2.2
    if nth == 1:
        return element(
            "rect",
            x=frame.x(share),
            y=y - size,
            width=size * 2,
            height=size * 2,
            transform=f"translate(-{size:g} 0)",
            **look,
        )
    return element("circle", cx=frame.x(share), cy=y, r=size, **look)


def _end_labels(chart: Chart, frame: Frame, height: Callable[[Value], float], *, bottom: float) -> list[str]:
    """Return the names at the last drawn points, the higher line's above it and the lower one's below."""
    ends = []
    for nth, series in enumerate(chart.series):
        drawn = [at for at, value in enumerate(series.values) if value.is_drawn]
        if drawn:
            ends.append((float(series.values[drawn[-1]].amount or 0), nth, drawn[-1], series))
    parts = []
    for place, (_amount_there, nth, at, series) in enumerate(sorted(ends, key=lambda end: -end[0])):
        share = (at + 0.5) / len(chart.categories)
        anchor, dx = ("end", 6) if share > 0.4 else ("start", -6)
        # The name stands clear of the points beside which it runs, some 35 % of the narrowest drawing.
        reach = max(1, round(len(chart.categories) * 0.35))
        beside = series.values[max(0, at + 1 - reach) : at + 1] if anchor == "end" else series.values[at : at + reach]
        ys = [height(value) for value in beside if value.is_drawn]
        y = min(ys) - 10 if place == 0 else max(ys) + 20
        if y > bottom - 4:
            y = min(ys) - 10
        halo = {"stroke": PAPER, "stroke_width": 4, "paint_order": "stroke", "font_weight": 650}
        mark = ("● ", "■ ", "● ")[nth]
        parts.append(
            element(
                "text",
                element("tspan", mark, fill=SERIES[nth], class_=f"s{nth + 1}") + clean(series.name),
                x=frame.x(share), y=y, dx=frame.dx(dx), text_anchor=anchor, font_size=13, class_="halo strong", **halo,
            )
        )  # fmt: skip
    return parts


def shares(chart: Chart, rows: Sequence[Share], *, full: float = 100, alone: bool = False) -> SafeString:
    """Draw horizontal bars of percentages with name and figure above each, so that long names fit a phone."""
    frame = Frame(alone=alone, rtl=chart.rtl)
    inner = Frame(alone=alone, rtl=chart.rtl)
    parts = [_hatch(chart)]
    y = 4.0
    for row in rows:
        lines_of_name = wrapped(row.label, 30)
        for at, line in enumerate(lines_of_name):
            parts.append(label(inner, line, share=0, y=y + 12 + 16 * at, font_size=13, fill=INK, class_="strong"))
        y += 16 * len(lines_of_name)
        value = row.value
        if value.amount is None:
            text = gettext("döljs") if value.standing is Standing.HIDDEN else gettext("uppgift saknas")
            mark = HIDDEN_MARK if value.standing is Standing.HIDDEN else MISSING_MARK
            text = f"{mark} {text}"
        else:
            text = numbers.at_least(value.amount) if row.is_least else numbers.percent(value.amount)
        parts.append(
            label(
                inner,
                inner.figures(text) if value.amount is not None else text,
                share=1,
                y=y - 4,
                anchor="end",
                font_size=13,
                font_weight=600,
                fill=INK,
                class_="strong",
            )
        )
        track = {"fill": SUNK, "class_": "track"}
        if value.amount is None:
            track = {"fill": "none", "stroke": LINE_STRONG, "stroke_dasharray": "2 4", "class_": "axis gap"}
        parts.append(element("rect", x=inner.from_edge(0, 1), width=inner.width(1), y=y + 3, height=9, rx=2, **track))
        if value.amount is not None:
            width = min(1.0, float(value.amount) / full)
            is_final = value.standing is Standing.FINAL
            look = (
                {"fill": SERIES[0], "class_": "s1"}
                if is_final
                else {"fill": f"url(#{chart.name}-hatch1)", "class_": ""}
            )
            parts.append(
                element("rect", x=inner.from_edge(0, width), width=inner.width(width), y=y + 3, height=9, rx=2, **look)
            )
        y += 25
    return _document(chart, frame, y, parts, _auto_description(chart, gettext("Liggande staplar")))


def share_chart(
    *, name: str, title: Text, subtitle: Text, rows: Sequence[Share], rtl: bool = False, more: tuple[Text, ...] = ()
) -> Chart:
    """Return the description that goes with a drawing of shares."""
    return Chart(
        name=name,
        title=title,
        subtitle=subtitle,
        categories=tuple(row.label for row in rows),
        series=(Series(name=subtitle, values=tuple(row.value for row in rows)),),
        is_percent=True,
        notes=more,
        rtl=rtl,
    )


def small_multiples(charts: Sequence[Chart], *, kind: str = "bars") -> SafeString:
    """Draw several small charts on one scale, so that heights can be compared across them."""
    top = max((chart.top for chart in charts), default=0)
    draw = lines if kind == "lines" else grouped_bars
    figures = []
    for chart in charts:
        small = replace(chart, height=90, maximum=top, show_key=False)
        head = format_html('<h4 class="chart-note">{}</h4>', chart.title)
        figures.append((head, draw(small)))
    return format_html('<div class="multiples">{}</div>', format_html_join("", "<figure>{}{}</figure>", figures))
