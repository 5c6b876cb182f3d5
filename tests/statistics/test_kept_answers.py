"""Answers that are kept in memory: right at every publication, one reader's words never shown to another, bounded."""

import hashlib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver

from samsyn.people.access import EVERYONE, Access
from samsyn.statistics import queries
from samsyn.statistics.limits import Window
from samsyn.statistics.models import PublishedTable
from samsyn.statistics.views import endpoints, kept, pages
from samsyn.statistics.views.kept import Answer, Answers
from tests.statistics.test_pdf import row, table_document
from tests.statistics.test_releases import AT

pytestmark = pytest.mark.django_db
PAGE = "/2026-q2/quarter/sex/"
DATA = "/api/v2/tables/sex-quarter/data"
FIGURES = (PAGE, "/en" + PAGE, "/2026-q2/quarter/", "/2026-q2/quarter/sex.csv", "/2026-q2/quarter/sex.px", DATA)


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """The test's own memory, and one database for rows of the test's transaction."""
    monkeypatch.setattr(queries, "PUBLIC", "default")
    monkeypatch.setattr(endpoints, "_window", Window(3600))
    monkeypatch.setattr(settings, "SAMSYN_API_CALLS", 0)
    own = Answers(kept.MOST_BYTES)
    monkeypatch.setattr(kept, "answers", own)
    return own


@pytest.fixture
def reader() -> Client:
    return Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})


def publish(amount: int = 71, *, revision: int = 0, quarter: str = "2026-q2") -> None:
    """Store a table as a publication does."""
    period = {"kind": "quarter", "quarter": quarter, "first_day": "2026-04-01", "last_day": "2026-06-30"}
    rows = [row("a", "Flickor", [{"v": amount}, {"v": 70}]), row("b", "Pojkar", [{"v": 31}, {"v": 30}])]
    changed = {"period": period, "rows": rows, "chart": "shares", "is_least": False, "map": False}
    changed |= {"revision": revision, "revision_note": "En dubblett." if revision else ""}
    mark = hashlib.sha256(f"{quarter} {amount} {revision}".encode()).hexdigest()
    PublishedTable.objects.create(
        source="release", quarter=quarter, revision=revision, kind="quarter", code="sex", position=1,
        document=table_document(code="sex", **changed), content_hash=mark, published_at=AT,
    )  # fmt: skip


def test_a_page_of_an_earlier_program_is_sent_anew(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    publish()
    before = reader.get(PAGE)["ETag"]
    assert reader.get(PAGE, headers={"If-None-Match": before}).status_code == 304
    monkeypatch.setattr(pages, "program", lambda: "another")
    monkeypatch.setattr(kept, "answers", Answers(kept.MOST_BYTES))
    assert reader.get(PAGE, headers={"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize("address", FIGURES)
def test_a_correction_is_seen_at_once_and_what_is_right_is_not_sent_again(reader: Client, address: str) -> None:
    publish(71)
    first = reader.get(address)
    again = reader.get(address)
    assert b"71" in first.content
    assert again.content == first.content
    assert again.headers == first.headers
    unchanged = reader.get(address, headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", first["ETag"])
    publish(68, revision=1)
    corrected = reader.get(address, headers={"If-None-Match": first["ETag"]})
    assert corrected.status_code == 200
    assert b"68" in corrected.content
    assert b"71" not in corrected.content
    assert corrected["ETag"] != first["ETag"]


def test_another_quarter_is_seen_at_once_on_start_topic_and_api(reader: Client) -> None:
    every = f"{DATA}?valuecodes[row]=*&valuecodes[content]=*&valuecodes[time]=*"
    said = {"/": "2026-q2", "/topics/people/": "2026-q2", every: "2026K2"}
    publish(quarter="2026-q1")
    for address, expected in said.items():
        assert expected not in reader.get(address).content.decode()
    publish(quarter="2026-q2")
    for address, expected in said.items():
        assert expected in reader.get(address).content.decode()


def test_a_kept_answer_costs_one_question_to_the_database(reader: Client) -> None:
    publish()
    for address in FIGURES:
        reader.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(address).status_code == 200
        assert len(asked) == 1, address


def test_what_a_reader_brings_along_is_shown_to_nobody(reader: Client, memory: Answers) -> None:
    publish()
    tagged = reader.get(f"{PAGE}?from=anna.example&from2=x").content.decode()
    assert "anna.example" not in tagged
    assert reader.get(PAGE).content.decode() == tagged
    weight = memory.weight
    for word in range(20):
        reader.get(f"{PAGE}?word={word}")
    assert memory.weight == weight, "links that are shared with words of their own are one page"


def test_languages_addresses_and_questions_have_answers_of_their_own(reader: Client) -> None:
    publish()
    said = {reader.get(one).content for one in (*FIGURES, f"{DATA}?lang=en", f"{DATA}?outputFormat=csv")}
    assert len(said) == len(FIGURES) + 2
    secure = reader.get(f"{DATA.removesuffix('/data')}", secure=True)
    assert b'"href": "http://' not in secure.content


def test_refusals_are_not_kept(reader: Client, memory: Answers) -> None:
    for address in (PAGE, DATA, "/2026-q2/quarter/sex.csv", "/2026-q2/quarter/sex/chart/", "/topics/nothing/"):
        assert reader.get(address).status_code == 404
    assert reader.get(f"{DATA}?lang=fi").status_code == 400
    assert reader.post(PAGE).status_code == 405
    assert memory.weight == 0
    publish()
    for address in (PAGE, DATA, "/2026-q2/quarter/sex.csv", "/2026-q2/quarter/sex/chart/"):
        assert reader.get(address).status_code == 200


def test_who_asks_too_often_is_told_so_for_kept_answers_too(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    publish()
    monkeypatch.setattr(settings, "SAMSYN_API_CALLS", 3)
    assert [reader.get(DATA).status_code for _again in range(4)] == [200, 200, 200, 429]


def test_a_chart_for_other_sites_may_be_framed_when_it_is_kept_too(reader: Client) -> None:
    publish()
    for _again in range(2):
        assert "frame-ancestors *" in reader.get(f"{PAGE}chart/")["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in reader.get(PAGE)["Content-Security-Policy"]


def views(urlconf: str) -> Iterator[Any]:
    def below(patterns: list[URLPattern | URLResolver]) -> Iterator[Any]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from below(one.url_patterns)
            else:
                yield one.callback

    yield from below(import_module(urlconf).urlpatterns)


def test_no_page_of_the_staff_is_ever_kept(memory: Answers) -> None:
    assert not [one for one in views("samsyn.config.urls_staff") if getattr(one, "samsyn_is_kept", False)]
    kept_ones = [one for one in views("samsyn.config.urls_public") if getattr(one, "samsyn_is_kept", False)]
    assert len({one.__name__ for one in kept_ones}) == 7
    assert {one.samsyn_access for one in kept_ones} == {Access(EVERYONE)}
    staff = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    for address in ("/", "/releases/", PAGE, DATA, "/account/sign-in/"):
        staff.get(address)
    assert memory.weight == 0


def test_the_memory_is_bounded_and_forgets_what_nobody_asks_for() -> None:
    small = Answers(100_000)
    for number in range(100):
        small.put((str(number),), Answer(b"x" * 9_000, {}, may_be_framed=False))
        assert small.get(("0",)) is not None, "asked for each time"
        assert small.weight <= 100_000
    assert small.get(("1",)) is None
    assert small.get(("99",)) is not None
    small.put(("large",), Answer(b"x" * 50_000, {}, may_be_framed=False))
    assert small.get(("large",)) is None
