"""Ways to a table: every table has a topic, and words lead to the tables that are about them."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from samsyn.statistics import queries
from samsyn.statistics.definitions.loader import standard_report
from samsyn.statistics.definitions.of_deliveries import delivered_report
from samsyn.statistics.models import PublishedTable
from samsyn.statistics.views import finding
from tests.statistics.test_pdf import row, table_document

AT = datetime(2026, 7, 15, 7, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stored(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PUBLIC", "default")
    rows = [row("school", "Skola", [{"v": 7}, {"v": 70}]), row("social", "Socialtjänst", [{"v": 3}, {"v": 30}])]
    ages = [row("0_6", "0–6", [{"v": 7}, {"v": 70}])]
    tables = {
        "callers": table_document(code="callers", title={"sv": "Vilka som ringer", "en": "Who calls"}, rows=rows),
        "age": table_document(code="age", title={"sv": "De utsattas ålder", "en": "Age of the exposed"}, rows=ages),
    }
    for place, (code, document) in enumerate(tables.items()):
        PublishedTable.objects.create(
            source="release", quarter="2026-q2", revision=0, kind="quarter", code=code, position=place,
            document=document | {"chart": "none", "map": False}, content_hash=(code * 22)[:64], published_at=AT,
        )  # fmt: skip


@pytest.fixture
def reader() -> Client:
    return Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})


def codes(words: str) -> list[str]:
    return [one.code for one in finding.matching(words)]


def test_every_table_of_the_report_stands_under_one_topic() -> None:
    listed = [code for one in finding.topics() for code in one["tables"]]
    known = (*standard_report().tables, *delivered_report().tables)
    assert sorted(listed) == sorted(table.code for table in known)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("skolor", ["callers"]),
        ("SOCIALTJÄNSTEN", ["callers"]),
        ("social", ["callers"]),
        ("åldern", ["age"]),
        ("kontakter", ["callers", "age"]),
        ("skola ålder", []),
        ("finnsinte", []),
        ("", []),
        ("och", []),
        ("' OR 1=1 --", []),
        ("!!! & | ( :* <->", []),
        ("\x00", []),
    ],
)
def test_words_lead_to_the_tables_that_are_about_them(words: str, found: list[str]) -> None:
    with translation.override("sv"):
        assert codes(words) == found


def test_english_words_are_searched_by_english_grammar() -> None:
    with translation.override("en"):
        assert codes("ages") == ["age"]
        assert codes("calling") == ["callers"]


def test_the_search_page_says_what_it_found_and_what_to_do_otherwise(reader: Client) -> None:
    page = reader.get("/search/", {"words": "skolor"}).content.decode()
    assert "/2026-q2/quarter/callers/" in page
    nothing = reader.get("/en/search/", {"words": "<script>alert(1)</script>" * 90})
    assert nothing.status_code == 200
    assert "<script>alert" not in nothing.content.decode()
    assert "/en/topics/people/" in nothing.content.decode()


def test_a_topic_shows_its_tables_and_no_others(reader: Client) -> None:
    page = reader.get("/topics/callers/").content.decode()
    assert "/2026-q2/quarter/callers/" in page
    assert "/2026-q2/quarter/age/" not in page
    assert "<svg" not in page
    assert ">30</td>" in page or ">30 %</td>" in page.replace("\N{NO-BREAK SPACE}", " "), (
        "without a chart the table itself"
    )
    assert reader.get("/topics/nothing/").status_code == 404
    assert reader.get("/en/topics/help/").status_code == 200, "a topic without tables yet is a page all the same"


def test_definitions_are_read_in_words_and_not_in_codes(reader: Client) -> None:
    page = reader.get("/definitions/").content.decode()
    assert "Oskuldskontroll har registrerats från slutet av 2025." in page
    assert "virginity_check" not in page
    assert "recorded since the end of 2025" in reader.get("/en/definitions/").content.decode()


def test_only_the_chart_alone_may_be_framed_by_other_sites(reader: Client) -> None:
    shares = {"chart": "shares", "is_least": True, "map": False}
    PublishedTable.objects.create(
        source="release", quarter="2026-q2", revision=0, kind="cumulative", code="sex", position=0,
        document=table_document(code="sex") | shares, content_hash="a" * 64, published_at=AT,
    )  # fmt: skip
    alone = reader.get(
        "/2026-q2/cumulative/sex/chart/", headers={"sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe"}
    )
    assert alone.status_code == 200
    assert "frame-ancestors *" in alone["Content-Security-Policy"]
    assert "X-Frame-Options" not in alone
    page = alone.content.decode()
    assert "<svg" in page
    assert 'href="/2026-q2/cumulative/sex/"' in page
    for element in ("<form", "<script", "<button", "<input"):
        assert element not in page
    for path in ("/", "/2026-q2/quarter/callers/", "/2026-q2/quarter/callers/chart/", "/en/nothing/"):
        other = reader.get(path)
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
        assert other["X-Frame-Options"] == "DENY"
    assert reader.get("/2026-q2/quarter/callers/chart/").status_code == 404, "that table has no chart"
    unchanged = reader.get("/2026-q2/cumulative/sex/chart/", headers={"if-none-match": alone["ETag"]})
    assert (unchanged.status_code, "X-Frame-Options" in unchanged) == (304, False)
