"""Charts as SVG, made by the server from figures that are already protected: bars, lines, shares, small multiples.

Axes of bars begin at zero. Preliminary figures are hatched (dashed lines), hidden ones are a marked gap and never a
zero, a break in a series is a gap with a dated note. Every chart stands beside its table, which says it all.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from samsyn.ui import numbers
from samsyn.ui.chart_parts import (
    MARGIN,
    Break,
    Chart,
    Series,
    Share,
    axis,
    break_marks,
    category_names,
    described,
    document,
    gap,
    hatch,
    key,
    notes,
)
from samsyn.ui.svg import (
    HIDDEN_MARK,
    INK,
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
    label,
    wrapped,
)

__all__ = [
    "Break",
    "Chart",
    "Series",
    "Share",
    "grouped_bars",
    "lines",
    "notes",
    "share_chart",
    "shares",
    "small_multiples",
]


def grouped_bars(chart: Chart, *, alone: bool = False) -> SafeString:
    """Draw upright bars, one group a category; ``alone`` makes a file that needs no page."""
    frame = Frame(alone=alone, rtl=chart.rtl, margin=MARGIN)
    above, parts = key(chart, frame)
    bottom = above + chart.height
    grid, top = axis(chart, frame, above=above, bottom=bottom)
    parts += [hatch(chart), *grid]
    group = 1 / len(chart.categories)
    count = len(chart.series)
    bar = group * 0.78 / count
    for at in range(len(chart.categories)):
        for nth, series in enumerate(chart.series):
            value = series.values[at]
            start = at * group + group * 0.11 + nth * bar
            if value.amount is None:
                parts.append(gap(frame, value, start=start, width=bar, above=above, bottom=bottom))
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
    parts += break_marks(chart, frame, above=above, bottom=bottom)
    parts += category_names(chart, frame, bottom + 18)
    return document(chart, frame, bottom + 26, parts, described(chart, gettext("Stapeldiagram")))


def lines(chart: Chart, *, alone: bool = False) -> SafeString:
    """Draw lines with their names at their ends; a gap where a figure is hidden, missing, or means something else."""
    frame = Frame(alone=alone, rtl=chart.rtl, margin=MARGIN)
    above, bottom = 24.0, 24.0 + chart.height
    parts, top = axis(chart, frame, above=above, bottom=bottom)
    count = len(chart.categories)
    breaks = {item.before for item in chart.breaks}

    def height(value: Value) -> float:
        return bottom - chart.height * float(value.amount or 0) / top

    for at in range(count):
        gaps = [series.values[at] for series in chart.series if not series.values[at].is_drawn]
        if gaps:
            hidden = next((value for value in gaps if value.standing is Standing.HIDDEN), gaps[0])
            parts.append(gap(frame, hidden, start=at / count, width=1 / count, above=above, bottom=bottom))
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
    parts += break_marks(chart, frame, above=above, bottom=bottom)
    if chart.show_key:
        parts += _end_labels(chart, frame, height, bottom=bottom)
    parts += category_names(chart, frame, bottom + 18)
    return document(chart, frame, bottom + 26, parts, described(chart, gettext("Linjediagram")))


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
    parts = [hatch(chart)]
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
    return document(chart, frame, y, parts, described(chart, gettext("Liggande staplar")))


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
        head = format_html('<h3 class="chart-note">{}</h3>', chart.title)
        figures.append((head, draw(small)))
    return format_html('<div class="multiples">{}</div>', format_html_join("", "<figure>{}{}</figure>", figures))
