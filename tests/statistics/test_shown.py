"""What stands in a chart is said beside it: least shares by name, and every mark with its meaning."""

from typing import Any

from samsyn.statistics import shown


def row(code: str, kind: str, value: int, *, note: int | None = None) -> dict[str, Any]:
    return {"code": code, "label": {"sv": code, "en": code}, "kind": kind, "cells": [{"v": value}], "note": note}


def document(rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    text = {"sv": "Rubrik", "en": "Heading"}
    return {
        "code": "age", "status": "final", "headline": text, "counted": text, "title": text, "rows": rows, "breaks": [],
        "row_notes": [], "period": {"kind": "quarter"}, **more,
    }  # fmt: skip


def test_a_group_of_ages_is_a_least_share_as_its_ages_are_and_the_unknown_is_not() -> None:
    rows = [row("0_17", "code", 20), row("under_18", "group", 58), row("unknown", "state", 6), row("total", "sum", 100)]
    drawing = str(shown.chart(document(rows, chart="shares", is_least=True, columns=[{"measure": "share"}])))
    assert "minst 20\N{NO-BREAK SPACE}%" in drawing
    assert "minst 58\N{NO-BREAK SPACE}%" in drawing
    assert "minst 6\N{NO-BREAK SPACE}%" not in drawing


def test_hatching_gaps_and_stretches_that_are_not_whole_are_explained_below_the_chart() -> None:
    rows = [row("2026-q1", "time", 10), row("2026-q2", "time", 4, note=1), row("total", "sum", 14)]
    rows[0]["cells"] = [{"v": None, "hidden": True}]
    column = {"measure": "count", "label": {"sv": "Ärenden", "en": "Matters"}}
    told = document(
        rows, chart="bars", columns=[column], period={"kind": "year_to_date"},
        row_notes=[{"sv": "Till och med 2026-05-01.", "en": "Up to and including 2026-05-01."}],
    )  # fmt: skip
    told["status"] = "preliminary"
    drawing = str(shown.chart(told))
    svg, _, below = drawing.partition("</svg>")
    assert "2026-q2*" in svg
    for words in ("* Inte hela kvartalet.", "Streckat: preliminära uppgifter.", "Döljs för att skydda enskilda"):
        assert words in below


def by_county(values: list[int | None]) -> dict[str, Any]:
    """A table by county with these shares; None is hidden. A municipality, the unknown and the sum are no counties."""
    rows = [row(f"{at + 3:02}", "code", value or 0) for at, value in enumerate(values)]
    for made, value in zip(rows, values, strict=True):
        made["cells"] = [{"v": value, "hidden": True} if value is None else {"v": value}]
    rows += [row("0180", "code", 90), row("unknown", "state", 91), row("total", "sum", 100)]
    return document(rows, map=True, columns=[{"measure": "share"}])


def test_four_different_shown_values_are_a_map_and_fewer_are_none() -> None:
    assert "<svg" in str(shown.county_map(by_county([1, 2, 3, 4])))
    assert shown.county_map(by_county([1, 2, 3])) is None
    assert shown.county_map(by_county([1, 2, 3, 3, 2, 1])) is None, "six counties, three values"
    assert shown.county_map(by_county([1, 2, 3, None, None])) is None, "hidden values are not shown"
    assert shown.county_map(by_county([])) is None
    assert shown.county_map(by_county([1, 2, 3, 4]) | {"map": False}) is None
