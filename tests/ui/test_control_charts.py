"""Control charts and bars with intervals: marked by shape and letter, drawn anew after a break, never a hidden figure."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from samsyn.ui import charts, control_charts
from samsyn.ui.control_charts import Limits
from samsyn.ui.gallery import examples

NAME = "{http://www.w3.org/2000/svg}"


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)  # noqa: S314 (our own markup)


def kinds(root: ElementTree.Element, tag: str, kind: str) -> list[ElementTree.Element]:
    return [node for node in root.iter(NAME + tag) if kind in (node.get("class") or "").split()]


AMOUNTS = st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=1, max_size=30)


@settings(deadline=None)
@given(AMOUNTS, st.booleans(), st.booleans(), st.data())
def test_a_control_chart_is_well_formed_whatever_it_shows(
    amounts: list[float | None], rtl: bool, alone: bool, data: st.DataObject
) -> None:
    limits = [data.draw(st.one_of(st.none(), st.just(Limits(50, 40, 60.5)))) for _ in amounts]
    marks = {at: "A" for at, amount in enumerate(amounts) if amount is not None and amount > 60}
    chart = charts.Chart(
        name="c",
        title="<b>",
        subtitle="&",
        categories=tuple(f"<{at}>" for at in range(len(amounts))),
        series=(charts.Series(name="N", values=control_charts.values_of(amounts)),),
        breaks=(charts.Break(before=len(amounts) // 2, note="N"),) if len(amounts) > 2 else (),
        is_percent=True,
        rtl=rtl,
    )
    for markup in (
        control_charts.control_chart(chart, limits, marks, alone=alone),
        control_charts.interval_bars(chart, [(40.0, 60.0) if one else None for one in limits], alone=alone),
    ):
        root = parsed(markup)
        ids = [node.get("id") for node in root.iter() if node.get("id")]
        assert len(ids) == len(set(ids))
        assert root.get("role") == "img"
        assert not [key for node in root.iter() for key in node.attrib if key == "style" or key.startswith("on")]
    root = parsed(control_charts.control_chart(chart, limits, marks, alone=alone))
    drawn = [amount for amount in amounts if amount is not None]
    assert len(kinds(root, "circle", "s1")) == len(drawn) - len(marks)
    assert len(kinds(root, "rect", "signal")) == len(marks)
    assert len([node for node in root.iter(f"{NAME}text") if node.text == "A"]) == len(marks)
    assert len(kinds(root, "text", "gap-mark")) == len(amounts) - len(drawn)


def test_no_line_of_a_control_chart_is_drawn_across_a_break_or_a_hidden_point() -> None:
    chart, limits, marks = examples.controlled(rtl=False)
    root = parsed(control_charts.control_chart(chart, limits, marks))
    # 21 points: 20 steps, less 1 at the break and 2 around the hidden point
    (lines,) = kinds(root, "g", "l1")
    assert len(lines) == 17


def test_the_band_lies_between_the_limits_and_the_axis_leaves_out_what_nothing_reaches() -> None:
    chart, limits, marks = examples.controlled(rtl=False)
    root = parsed(control_charts.control_chart(chart, limits, marks))
    (bands,) = kinds(root, "g", "track")
    # All that is drawn lies from 51 to 95 per cent, so the axis goes from 40 to 100 and not from nought.
    for one, band in zip([one for one in limits if one], bands, strict=True):
        assert float(band.get("height") or 0) == pytest.approx(chart.height * (one.upper - one.lower) / 60, abs=0.02)
    low = replace(chart, series=(charts.Series(name="N", values=control_charts.values_of([5.0] * 21)),))
    with translation.override("sv"):
        markup = control_charts.control_chart(low, limits, {})
    texts = [node.text for node in parsed(markup).iter(f"{NAME}text")]
    assert "0\u00a0%" in texts


def test_a_control_chart_from_right_to_left_is_the_mirror_image() -> None:
    def places(rtl: bool) -> list[float]:
        chart, limits, marks = examples.controlled(rtl=rtl)
        root = parsed(control_charts.control_chart(chart, limits, marks))
        return [float((node.get("cx") or "").rstrip("%")) for node in kinds(root, "circle", "s1")]

    for one, other in zip(places(False), places(True), strict=True):
        assert one == pytest.approx(100 - other, abs=0.02)


def test_a_bar_with_an_interval_has_its_figure_and_a_hidden_one_has_neither() -> None:
    chart, intervals = examples.compared(rtl=False)
    root = parsed(control_charts.interval_bars(chart, intervals))
    assert len(kinds(root, "rect", "c2")) == 2
    assert len(kinds(root, "rect", "s1")) == 1
    assert len(kinds(root, "line", "whisker")) == 3
    assert [node.text for node in kinds(root, "text", "gap-mark")] == ["▪"]


def test_more_than_one_series_is_refused() -> None:
    chart, limits, _marks = examples.controlled(rtl=False)
    two = replace(chart, series=chart.series * 2)
    with pytest.raises(ValueError):
        control_charts.control_chart(two, limits, {})
    with pytest.raises(ValueError):
        control_charts.interval_bars(two, [None] * len(limits))
