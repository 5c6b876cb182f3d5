"""Editions and quality: what was once published stays readable and says what replaced it, and times come from what is stored."""

from datetime import UTC, datetime, timedelta

import html5lib
import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from samsyn.people.actors import Actor
from samsyn.statistics import actions, editions, queries
from samsyn.statistics.editions import Edition
from samsyn.statistics.models import PublishedTable, Release
from samsyn.statistics.periods import Quarter
from tests.statistics.test_pdf import table_document
from tests.statistics.test_releases import AT, facts, published

__all__ = ["facts", "published"]
HEADINGS = (
    "Relevans", "Noggrannhet och tillförlitlighet", "Aktualitet och punktlighet", "Jämförbarhet och samstämmighet",
    "Tillgänglighet och tydlighet", "Sekretess", "Revideringar",
)  # fmt: skip


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PUBLIC", "default")


@pytest.fixture
def reader() -> Client:
    return Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})


def text(reader: Client, path: str) -> str:
    answer = reader.get(path)
    assert answer.status_code == 200, path
    found = answer.content.decode()
    html5lib.HTMLParser(strict=True).parse(found)
    return found


@pytest.mark.django_db
def test_an_edition_that_was_corrected_is_readable_at_its_address_and_says_so(
    published: Release, analyst: Actor, publisher: Actor, reader: Client
) -> None:
    first = "/2026-q2/quarter/sex/edition-1/"
    alone = reader.get(first)
    assert "ersatt" not in alone.content.decode()
    before = PublishedTable.objects.get(quarter="2026-q2", kind="quarter", code="sex").document
    assert reader.get("/2026-q2/quarter/sex/edition-2/").status_code == 404

    later = AT + timedelta(days=20)
    revised = actions.revise_release(release_id=published.pk, note="Dubbelt räknat.", by=analyst, at=later)
    assert reader.get("/2026-q2/quarter/sex/edition-2/").status_code == 404, "not before it is published"
    actions.submit_for_approval(release_id=revised.pk, by=analyst, at=later)
    actions.approve_release(release_id=revised.pk, by=publisher, at=later)
    actions.publish_release(release_id=revised.pk, by=publisher, at=later)

    kept = reader.get(first, headers={"if-none-match": alone["ETag"]})
    assert kept.status_code == 200, "the reader's old copy does not say that it is replaced"
    old = text(reader, first)
    assert "Den här utgåvan är ersatt." in old
    assert 'href="/2026-q2/quarter/sex/"' in old
    assert "Inga rättelser" not in old
    assert ".csv" not in old, "the files are those of the latest edition"
    for row in before["rows"]:
        for cell in row["cells"]:
            assert cell["v"] is None or f">{cell['v']}" in old.replace("\N{NO-BREAK SPACE}", "")
    new = text(reader, "/2026-q2/quarter/sex/edition-2/")
    assert "ersatt" not in new
    assert "Dubbelt räknat." in new
    assert "Utgåva 2. <code>http://" in new
    assert "/2026-q2/quarter/sex/edition-2/</code>" in text(reader, "/2026-q2/quarter/sex/")
    assert first in text(reader, "/2026-q2/quarter/sex/")

    old_report = text(reader, "/en/2026-q2/quarter/edition-1/")
    assert "This edition has been replaced." in old_report
    assert "/en/2026-q2/quarter/sex/edition-1/" in old_report
    assert "report.pdf" not in old_report

    declared = text(reader, "/quality/")
    assert declared.count("ersatt</span>") == 1
    assert "Dubbelt räknat." in declared
    for address in ("/2026-q2/quarter/edition-1/", "/2026-q2/quarter/edition-2/"):
        assert address in declared


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/2026-q2/quarter/example/edition-0/",
        "/2026-q2/quarter/example/edition-7/",
        "/2026-q2/quarter/example/edition-01/",
        "/2026-q2/quarter/example/edition-9999/",
        "/2026-q2/quarter/example/edition--1/",
        "/2026-q2/quarter/example/edition-٣/",
        "/2026-q2/quarter/edition-2/",
        "/2019-q1/quarter/edition-1/",
        "/en/2026-q2/cumulative/example/edition-1/",
    ],
)
def test_an_unknown_edition_is_not_found(reader: Client, path: str) -> None:
    document = table_document() | {"chart": "none", "map": False}
    PublishedTable.objects.create(
        source="release", quarter="2026-q2", revision=0, kind="quarter", code="example", position=1,
        document=document, content_hash="a" * 64, published_at=AT,
    )  # fmt: skip
    assert reader.get("/2026-q2/quarter/example/edition-1/").status_code == 200
    answer = reader.get(path)
    assert answer.status_code == 404
    assert "<h1" in answer.content.decode()


@pytest.mark.django_db
def test_quality_is_declared_under_the_headings_of_the_code_of_practice(reader: Client) -> None:
    empty = reader.get("/quality/")
    assert "Ingen rapport är publicerad än." in empty.content.decode()
    for quarter, at, status in (
        ("2026-q1", datetime(2026, 5, 20, 6, tzinfo=UTC), "final"),
        ("2026-q2", datetime(2026, 6, 15, 6, tzinfo=UTC), "preliminary"),
    ):
        PublishedTable.objects.create(
            source="release", quarter=quarter, revision=0, kind="quarter", code="example", position=1,
            document=table_document(status=status), content_hash=(quarter * 10)[:64], published_at=at,
        )  # fmt: skip
    found = reader.get("/quality/", headers={"if-none-match": empty["ETag"]})
    assert found.status_code == 200
    page = text(reader, "/quality/")
    for heading in HEADINGS:
        assert f"<h2>{heading}" in page
    assert "European Statistics Code of Practice" in page
    assert "vanligen 50 dagar" in page, "the preliminary report is no measure of timeliness"
    assert page.count("preliminär</span>") == 1
    assert "usually comes 50 days" in text(reader, "/en/quality/")


MOMENT = st.datetimes(datetime(2014, 4, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given to hypothesis
EDITION = st.builds(
    Edition, st.builds(Quarter, st.integers(2015, 2020), st.integers(1, 4)), st.integers(1, 4), MOMENT, st.just(""),
    is_preliminary=st.booleans(),
)  # fmt: skip


@given(st.lists(EDITION, max_size=20, unique_by=lambda one: (one.quarter, one.number)))
def test_timeliness_is_that_of_the_first_whole_edition(found: list[Edition]) -> None:
    chosen = editions.first_whole(found)
    assert [one.quarter for one in chosen] == sorted({one.quarter for one in found if not one.is_preliminary})[::-1]
    for one in chosen:
        assert not any(
            other.quarter == one.quarter and not other.is_preliminary and other.number < one.number for other in found
        )
    days = editions.usual_days(found)
    assert (days is None) == (not chosen)
    if days is not None:
        assert min(one.days for one in chosen) <= days <= max(one.days for one in chosen)


def test_days_are_counted_by_swedish_clocks() -> None:
    just_after_midnight = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert Edition(Quarter(2026, 2), 1, just_after_midnight, "", is_preliminary=False).days == 1
