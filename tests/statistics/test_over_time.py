"""A table over its quarters: stored figures only, gaps that say why, breaks drawn, one scale for all lines."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from samsyn.statistics import over_time, queries
from samsyn.statistics.definitions.loader import standard_report
from samsyn.statistics.models import PublishedTable
from samsyn.ui.chart_parts import Break
from samsyn.ui.small_multiples import Multiples, Panel, draw
from samsyn.ui.svg import HIDDEN, MISSING, Standing, Value
from tests.statistics.test_pdf import row, table_document
from tests.statistics.test_releases import AT

SVG = "{http://www.w3.org/2000/svg}"
CELL = st.one_of(st.integers(5, 10**6).map(lambda n: {"v": n}), st.just({"v": None, "hidden": True}), st.none())


def document(quarter: str, *rows: dict[str, Any], **changed: Any) -> dict[str, Any]:
    period = {"kind": "quarter", "quarter": quarter, "first_day": "2026-04-01", "last_day": "2026-06-30"}
    return table_document(period=period, rows=list(rows), status="final", **changed)


def one_row(amount: Any, share: Any = None) -> dict[str, Any]:
    return row("school", "Skola", [amount, share if share is not None else amount])


def test_one_quarter_is_no_development() -> None:
    assert over_time.multiples([document("2026-q2", one_row({"v": 7}, {"v": 70}))]) is None


def test_a_quarter_that_was_never_published_is_a_gap_and_a_hidden_figure_stays_hidden() -> None:
    found = over_time.multiples(
        [
            document("2025-q4", one_row({"v": None, "hidden": True})),
            document("2026-q2", one_row({"v": 7}, {"v": 70})),
        ]
    )
    assert found is not None
    assert [panel.values for panel in found.panels] == [(HIDDEN, MISSING, Value(70, Standing.FINAL))]
    assert len(found.categories) == 3
    with translation.override("sv"):
        markup = str(draw(found))
    assert "Värdet är inte noll" in markup
    assert markup.count("<circle") == 1


def test_years_stand_beside_years_and_one_that_cannot_be_read_is_a_gap() -> None:
    found = over_time.multiples(
        [
            document(f"{year}-q4", one_row({"v": amount})) | {"period": {"kind": "year", "quarter": f"{year}-q4"}}
            for year, amount in ((2025, 30), (2026, None), (2028, 40))
        ]
    )
    assert found is not None
    assert found.categories == ("2025", "2026", "2027", "2028")
    assert [panel.values for panel in found.panels] == [
        (Value(30, Standing.FINAL), MISSING, MISSING, Value(40, Standing.FINAL))
    ]


def test_a_new_definition_breaks_the_line_and_says_so() -> None:
    older = document("2026-q1", one_row({"v": 9}, {"v": 90}), definitions=[{"code": "example", "version": 2}])
    newer = document("2026-q2", one_row({"v": 7}, {"v": 70}), definitions=[{"code": "example", "version": 3}])
    with translation.override("sv"):
        found = over_time.multiples([older, newer])
        assert found is not None
        assert [one.before for one in found.breaks] == [1]
        markup = str(draw(found))
    assert "Ny definition: example 3." in markup
    assert 'class="l1"' not in markup, "no line across a break"


def test_at_most_six_rows_the_largest_in_the_tables_order() -> None:
    rows = [row(f"r{n}", f"Rad {n}", [{"v": 10 + n}, {"v": n}]) for n in range(9)]
    found = over_time.multiples([document("2026-q1", *rows), document("2026-q2", *rows)])
    assert found is not None
    assert [str(panel.title) for panel in found.panels] == [f"Rad {n}" for n in range(3, 9)]
    assert {chart.top for chart in found.charts} == {8.0}, "one scale"


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8))
def test_only_shown_figures_are_drawn_whatever_is_hidden(rows: list[tuple[Any, Any, Any]]) -> None:
    documents = [
        document(f"2026-q{at + 1}", *(row(f"r{n}", f"Rad {n}", [cells[at], cells[at]]) for n, cells in enumerate(rows)))
        for at in range(3)
    ]
    found = over_time.multiples(documents)
    assert found is not None
    for panel in found.panels:
        cells = rows[int(str(panel.title).removeprefix("Rad "))]
        drawn = [one.amount for one in panel.values]
        assert drawn == [cell["v"] if cell else None for cell in cells]


@given(
    st.lists(st.one_of(st.integers(0, 10**6).map(Value), st.just(HIDDEN), st.just(MISSING)), min_size=1, max_size=20)
)
def test_every_drawing_is_well_formed_and_has_no_style(values: list[Value]) -> None:
    about = Multiples(
        name="lines", subtitle="<i>&", categories=tuple(f"kv {n}" for n in range(len(values))),
        panels=(Panel(title="<b>", values=tuple(values)), Panel(title="tva", values=tuple(values))),
        breaks=(Break(before=len(values) // 2, note="\x00<"),),
    )  # fmt: skip
    markup = str(draw(about))
    assert "style" not in markup
    ids = re.findall(r' id="([^"]+)"', markup)
    assert len(ids) == len(set(ids))
    for svg in re.findall(r"<svg.*?</svg>", markup, re.DOTALL):
        root = ElementTree.fromstring(svg)  # noqa: S314 - our own markup
        assert len(root.findall(f"{SVG}circle")) == sum(one.is_drawn for one in values)


@pytest.mark.django_db
def test_the_tables_page_follows_what_later_quarters_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PUBLIC", "default")
    reader = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})

    def publish(quarter: str, share: int) -> None:
        made = document(quarter, one_row({"v": 7}, {"v": share})) | {"chart": "none", "map": False}
        PublishedTable.objects.create(
            source="release", quarter=quarter, revision=0, kind="quarter", code="example", position=1, document=made,
            content_hash=(quarter * 10)[:64], published_at=AT,
        )  # fmt: skip

    publish("2026-q1", 61)
    alone = reader.get("/2026-q1/quarter/example/")
    assert "Över tid" not in alone.content.decode()
    publish("2026-q2", 62)
    two = reader.get("/2026-q1/quarter/example/", headers={"if-none-match": alone["ETag"]})
    assert two.status_code == 200
    assert "Över tid" in two.content.decode()
    publish("2026-q3", 63)
    three = reader.get("/2026-q1/quarter/example/", headers={"if-none-match": two["ETag"]})
    assert three.status_code == 200
    assert three.content.decode().count("<circle") == 3
    assert "Over time" in reader.get("/en/2026-q1/quarter/example/").content.decode()


def test_every_table_of_the_report_says_how_it_is_read() -> None:
    for table in standard_report().tables:
        assert table.reading is not None, table.code
        assert len(table.reading.sv) > 60, table.code
        assert len(table.reading.en) > 60, table.code
