"""Small multiples: one small line a row, all on one scale, so that their heights can be compared at a glance.

Hidden figures are a marked gap, breaks a broken line with the sign of its note, preliminary figures open points on a
dashed line. The figures themselves stand in tables; only the last one of each line is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from samsyn.ui import numbers
from samsyn.ui.chart_parts import MARGIN, Break, Chart, Series, axis, break_marks, described, document, gap, notes
from samsyn.ui.svg import INK, PAPER, SERIES, Frame, Standing, Text, Value, element, label

HEIGHT = 84


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One small line with its name, a value for each category."""

    title: Text
    values: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Multiples:
    """What several small charts show together; ``name`` begins their ids, categories and breaks hold for all of them."""

    name: str
    subtitle: Text
    categories: tuple[Text, ...]
    panels: tuple[Panel, ...]
    breaks: tuple[Break, ...] = ()
    is_percent: bool = False
    rtl: bool = False

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Return each panel as a chart of its own, with the top that they share."""
        amounts = [float(one.amount) for panel in self.panels for one in panel.values if one.amount is not None]
        return tuple(
            Chart(
                name=f"{self.name}-{at}",
                title=panel.title,
                subtitle=self.subtitle,
                categories=self.categories,
                series=(Series(name=panel.title, values=panel.values),),
                breaks=self.breaks,
                height=HEIGHT,
                maximum=max(amounts, default=0),
                is_percent=self.is_percent,
                rtl=self.rtl,
            )
            for at, panel in enumerate(self.panels, start=1)
        )


def draw(about: Multiples) -> SafeString:
    """Draw the panels side by side, as many as there is room for, and below them what their marks mean, once."""
    charts = about.charts
    said = dict.fromkeys(line for chart in charts for line in notes(chart))
    figures = ((chart.title, _line(chart)) for chart in charts)
    return format_html(
        '<div class="multiples">{}</div>{}',
        format_html_join("", '<figure><figcaption class="chart-note">{}</figcaption>{}</figure>', figures),
        format_html_join("", '<p class="chart-note">{}</p>', ((line,) for line in said)),
    )


def _line(chart: Chart) -> SafeString:
    frame = Frame(rtl=chart.rtl, margin=MARGIN)
    above, bottom = 22.0, 22.0 + chart.height
    parts, top = axis(chart, frame, above=above, bottom=bottom)
    values, count = chart.values, len(chart.categories)
    breaks = {one.before for one in chart.breaks}

    def at_height(value: Value) -> float:
        return bottom - chart.height * float(value.amount or 0) / top

    for at, value in enumerate(values):
        if not value.is_drawn:
            parts.append(gap(frame, value, start=at / count, width=1 / count, above=above, bottom=bottom))
    for at, (one, other) in enumerate(pairwise(values), start=1):
        if one.is_drawn and other.is_drawn and at not in breaks:
            dashes = "2 5" if Standing.PRELIMINARY in {one.standing, other.standing} else None
            ends = {"x1": frame.x((at - 0.5) / count), "x2": frame.x((at + 0.5) / count)}
            look = {"stroke": SERIES[0], "class_": "l1", "stroke_width": 2, "stroke_linecap": "round"}
            parts.append(
                element("line", **ends, y1=at_height(one), y2=at_height(other), stroke_dasharray=dashes, **look)
            )
    for at, value in enumerate(values):
        if value.is_drawn:
            is_final = value.standing is Standing.FINAL
            look = {"fill": SERIES[0], "class_": "s1"}
            if not is_final:
                look = {"fill": PAPER, "stroke": SERIES[0], "class_": "ground l1"}
            parts.append(element("circle", cx=frame.x((at + 0.5) / count), cy=at_height(value), r=3, **look))
    parts += _last_figure(chart, frame, at_height)
    parts += break_marks(chart, frame, above=above, bottom=bottom)
    names = [(0, "start", 0.0)] if count == 1 else [(0, "start", 0.0), (count - 1, "end", 1.0)]
    for at, anchor, share in names:
        text = frame.figures(str(chart.categories[at]))
        parts.append(label(frame, text, share=share, y=bottom + 18, anchor=anchor, fill=INK, class_="strong"))
    return document(chart, frame, bottom + 26, parts, described(chart, gettext("Linjediagram")))


def _last_figure(chart: Chart, frame: Frame, at_height: Callable[[Value], float]) -> list[str]:
    """Return the last figure that is known, written above its point."""
    drawn = [(at, value) for at, value in enumerate(chart.values) if value.is_drawn]
    if not drawn:
        return []
    at, value = drawn[-1]
    text = numbers.percent(value.amount) if chart.is_percent else numbers.number(value.amount)
    look: dict[str, Any] = {
        "font_size": 13,
        "font_weight": 600,
        "fill": INK,
        "class_": "halo strong",
        "stroke": PAPER,
        "stroke_width": 4,
    }
    share = (at + 0.5) / len(chart.categories)
    y = at_height(value) - 8
    return [label(frame, frame.figures(text), share=share, y=y, anchor="middle", paint_order="stroke", **look)]
