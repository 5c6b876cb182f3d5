"""A table over its quarters: every cell stands where it belongs, in the cube, in PX as pyaxis reads it, and in flat tables."""

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pyaxis import pyaxis

from samsyn.statistics import exports, jsonstat, px, selections
from samsyn.statistics.cubes import Cube, cube_of
from tests.statistics.test_pdf import row, table_document

HIDDEN = {"v": None, "hidden": True}


def quarter(number: int, *, rows: list[Any] | None = None, **changed: Any) -> dict[str, Any]:
    period = {"kind": "quarter", "quarter": f"2026-q{number}", "first_day": "2026-01-01", "last_day": "2026-06-30"}
    return table_document(period=period, **({"rows": rows} if rows else {}), **changed)


def figures(cube: Cube) -> dict[tuple[str, ...], tuple[Any, str]]:
    """Each cell by its codes, read in another way than the cube does: one counter over nested loops."""
    found = {}
    at = 0
    rows, contents, times = (one.categories for one in cube.dimensions)
    for one in rows:
        for content in contents:
            for time in times:
                found[one.code, content.code, time.code] = (cube.values[at], cube.standings[at])
                at += 1
    assert at == len(cube.values)
    return found


EARLIER = [
    row("a", "Skola", [{"v": 7}, {"v": 70}]),
    row("old", "Utgången", [{"v": 3}, {"v": 30}]),
    row("sum", "Summa", [{"v": 10}, {"v": 100}], kind="sum"),
]


@pytest.fixture
def cube() -> Cube:
    return cube_of([quarter(1, rows=EARLIER), quarter(2)])


def test_every_quarter_keeps_its_own_cells(cube: Cube) -> None:
    found = figures(cube)
    assert found["a", "count", "2026K1"] == (7, "")
    assert found["a", "count", "2026K2"] == (1234, "")
    assert found["b", "share", "2026K2"] == (None, "hidden")
    assert found["b", "count", "2026K1"] == (None, "empty"), "the table of that quarter has no such row"
    assert found["c", "count", "2026K2"] == (None, "missing")
    assert found["old", "share", "2026K2"] == (None, "empty")
    assert [one.code for one in cube.dimension("row").categories] == ["a", "old", "b", "c", "sum"]
    assert cube.dimension("row").whole == "sum"


def test_a_selection_takes_the_same_cells(cube: Cube) -> None:
    whole = figures(cube)
    part = selections.answer(cube, {"row": ["sum", "b"], "content": ["*"], "time": ["FROM(2026K1)"]})
    assert set(figures(part)) == {key for key in whole if key[0] in {"b", "sum"}}
    assert all(whole[key] == value for key, value in figures(part).items())


def test_what_is_left_out_is_the_whole_and_never_a_sum_of_ours(cube: Cube) -> None:
    made = selections.answer(cube, {"content": ["count"], "time": ["*"]})
    assert [one.code for one in made.dimensions] == ["content", "time"]
    assert made.values == (10, 1311)
    with pytest.raises(selections.BadSelection, match="time"):
        selections.answer(cube, {"content": ["count"]})


def test_nothing_asked_is_the_latest_quarter(cube: Cube) -> None:
    made = selections.answer(cube, {})
    assert [one.code for one in made.dimension("time").categories] == ["2026K2"]


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        ("TOP(1)", ["2026K4"]),
        ("top(2,1)", ["2026K2", "2026K3"]),
        ("BOTTOM(1)", ["2026K1"]),
        ("RANGE(2026K2,2026K3)", ["2026K2", "2026K3"]),
        ("TO(2026K2)", ["2026K1", "2026K2"]),
        ("FROM(2026K4)", ["2026K4"]),
        ("*K3", ["2026K3"]),
        ("2026K?", ["2026K1", "2026K2", "2026K3", "2026K4"]),
    ],
)
def test_expressions_of_time(expression: str, codes: list[str]) -> None:
    year = cube_of([quarter(number) for number in (1, 2, 3, 4)])
    assert selections.select(year.dimension("time"), [expression]) == codes


@pytest.mark.parametrize(
    "expression",
    [
        "TOP(x)",
        "TOP()",
        "TOP(1,2,3)",
        "TOP(-1)",
        "RANGE(2026K2)",
        "RANGE(2026K2,2026K1)",
        "FROM(9999K9)",
        "nothing",
        "zz*",
        "",
    ],
)
def test_what_is_no_expression_is_refused_with_words(cube: Cube, expression: str) -> None:
    with pytest.raises(selections.BadSelection) as refused:
        selections.answer(cube, {"time": [expression], "content": ["*"]})
    assert str(refused.value)


@given(st.text("ab*?", max_size=9), st.text("ab", max_size=9))
def test_patterns_are_what_file_names_know(pattern: str, code: str) -> None:
    def slow(pattern: str, code: str) -> bool:
        if not pattern:
            return not code
        if pattern[0] == "*":
            return any(slow(pattern[1:], code[at:]) for at in range(len(code) + 1))
        return bool(code) and pattern[0] in {"?", code[0]} and slow(pattern[1:], code[1:])

    assert selections.matches(code, pattern) is slow(pattern, code)


def test_a_pattern_made_to_be_slow_is_not() -> None:
    assert not selections.matches("a" * 40, "*a" * 45 + "b")


def test_more_than_the_limit_is_refused_before_anything_is_made() -> None:
    many = [row(f"r{number}", f"Rad {number}", [{"v": number}, {"v": 1}]) for number in range(5001)]
    wide = cube_of([quarter(1, rows=many)])
    columns = {"row": ["*"], "content": ["*"], "time": ["*"]}
    assert len(selections.answer(wide, columns).values) == 10002
    huge = cube_of([quarter(number, rows=many * 3 if number == 0 else many) for number in (1, 2, 3, 4)] * 3)
    with pytest.raises(selections.TooMuch, match="100000"):
        selections.answer(huge, columns)


# PX


def read_px(content: bytes, folder: Path, **how: Any) -> dict[str, Any]:
    file = folder / "table.px"
    file.write_bytes(content)
    return dict(pyaxis.parse(str(file), encoding="utf-8", **how))


def test_a_foreign_reader_reads_the_px_file(cube: Cube, tmp_path: Path) -> None:
    read = read_px(px.as_bytes(cube), tmp_path)
    told, data = read["METADATA"], read["DATA"]
    assert told["AXIS-VERSION"] == ["2013"]
    assert told["LANGUAGES"] == ["sv", "en"]
    assert told["CODES(År)"] == ["a", "old", "b", "c", "sum"]
    assert told["CODES(Kvartal)"] == ["2026K1", "2026K2"]
    assert told["TIMEVAL(Kvartal)"] == ["20261", "20262"]
    assert read_px(px.as_bytes(cube), tmp_path, lang="en")["METADATA"]["VALUES(Quarter)"] == [
        "Quarter 1, 2026",
        "Quarter 2, 2026",
    ]
    assert told["ELIMINATION(År)"] == ["Summa"]
    assert "förbehåll" in " ".join(told["NOTEX"]), "reservations follow"
    assert told["DATASYMBOL2"] == ["dold för att skydda enskilda"]
    labels = {one.code: {category.code: category.label["sv"] for category in one.categories} for one in cube.dimensions}
    seen = {tuple(line[:3]): line[3] for line in data.itertuples(index=False)}
    for (at_row, content, time), (value, standing) in figures(cube).items():
        figure = seen[labels["row"][at_row], labels["content"][content], labels["time"][time]]
        # pyaxis reads two of the three symbols as a gap, and leaves the third as it stands.
        assert figure in {"", '"..."'} or math.isnan(figure) if standing else float(figure) == value


def test_the_px_file_says_why_a_figure_is_not_there(cube: Cube) -> None:
    lines = px.as_bytes(cube).decode().split("DATA=\r\n")[1].rstrip(";\r\n").split("\r\n")
    assert [line.split() for line in lines] == [
        ["7", "1234", "70", "77"],
        ["3", '"."', "30", '"."'],
        ['"."', '".."', '"."', '".."'],
        ['"."', '"..."', '"."', '"."'],
        ["10", "1311", "100", "100"],
    ]


def test_no_text_can_end_a_keyword(tmp_path: Path) -> None:
    evil = row("evil", 'En "rad"; DATA\r\n2 3 4', [{"v": 1}, {"v": 2}])
    long = {"sv": "Ett långt förbehåll. " * 40, "en": "A long reservation. " * 40}
    one = cube_of([quarter(1, rows=[evil, row("b", "=1+1", [{"v": 5}, {"v": 6}])], reservations=[long])])
    content = px.as_bytes(one)
    assert all(len(line) <= 256 for line in content.decode().split("\r\n"))
    plain = content.replace(b"=1+1", b"1+1")  # pyaxis takes every sign of equality for the end of a keyword
    read = read_px(plain, tmp_path)
    assert read["METADATA"]["VALUES(År)"] == ["En 'rad'; DATA 2 3 4", "1+1"]
    assert list(map(int, read["DATA"]["DATA"])) == [1, 2, 5, 6]


# Flat tables and JSON-stat


def test_flat_tables_hold_the_same_cells_and_no_formula(cube: Cube) -> None:
    evil = cube_of([quarter(1, rows=[row("=1+1", "=SUM(A1)", [{"v": 1}, HIDDEN])])])
    rows = list(
        csv.reader(
            io.StringIO(
                exports.flat_csv(
                    exports.flat(evil, ["row"], ["content", "time"], heads="usecodes"), delimiter=";"
                ).decode("utf-8-sig")
            ),
            delimiter=";",
        )
    )
    assert rows == [["År", "count 2026K1", "share 2026K1"], ["'=1+1", "1", ".."]]
    book = load_workbook(
        io.BytesIO(
            exports.workbook(
                evil.latest, exports.flat(evil, ["row"], ["content", "time"], heads="usetexts"), frozen="B4"
            )
        )
    )
    assert (book.worksheets[0]["A4"].value, book.worksheets[0]["A4"].data_type) == ("=SUM(A1)", "s")
    long = exports.flat(cube, ["row", "content", "time"], [], heads="usecodes")[1:]
    signs = {"hidden": "..", "missing": "-", "empty": "-"}
    assert {tuple(line[:3]): line[3] for line in long} == {
        key: signs[standing] if standing else value for key, (value, standing) in figures(cube).items()
    }


@pytest.mark.parametrize("language", ["sv", "en"])
def test_json_stat_of_a_part_without_a_dimension(cube: Cube, language: str) -> None:
    with translation.override(language):
        made = json.loads(jsonstat.as_bytes(selections.answer(cube, {"content": ["*"], "time": ["TOP(1)"]})))
    assert made["id"] == ["content", "time"]
    assert made["size"] == [2, 1]
    assert made["value"] == [1311, 100]
    assert made["dimension"]["content"]["category"]["unit"]["share"]["base"] == (
        "procent" if language == "sv" else "per cent"
    )
    assert made["extension"]["px"]["aggregallowed"] is False
