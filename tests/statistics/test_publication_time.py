"""A time of publication: nothing is read before it, one publication at it, by the clock, in the name of who set it."""

import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client

from samsyn.audit.models import Event
from samsyn.people import actions as people
from samsyn.people import queries as people_queries
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Regime, Role
from samsyn.statistics import actions, queries, timetable
from samsyn.statistics.models import PublishedFile, PublishedTable, PublishedTime, Release, ReleaseTable
from samsyn.statistics.periods import Quarter
from tests.conftest import CommittedDatabase
from tests.statistics.test_pdf import table_document

AT = datetime(2026, 7, 15, 7, 0, tzinfo=UTC)
THEN = datetime(2026, 8, 20, 6, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PUBLIC", "default")


def account(role: Role) -> Account:
    organisation = people.create_organisation(
        name=f"Centret {role}", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=AT
    )
    made = people.create_account(name=f"en.{role}", pseudonym=f"{role} 1", organisation=organisation, by=SYSTEM, at=AT)
    people.give_role(account_id=made.pk, role=role, by=SYSTEM, at=AT)
    Account.objects.filter(pk=made.pk).update(password_is_temporary=False)
    return made


@pytest.fixture
def publicist(db: None) -> Actor:
    """A publisher with an account, as the clock needs one."""
    return people_queries.actor_of(account(Role.PUBLISHER))


def counted(quarter: Quarter, by: Actor, *, revises: Release | None = None, note: str = "") -> Release:
    """A draft with one small table; how real ones are counted and protected is tested elsewhere."""
    release = Release.objects.create(
        year=quarter.year, quarter=quarter.number, is_preliminary=False, freeze_at=AT, place=queries.published_count(),
        revision=revises.revision + 1 if revises else 0, revision_of=revises, revision_note=note,
        report_code="support_call", report_version=1, leaves={}, structure={}, audit_tried=0, audit_recovered=0,
        audit_unsafe=0, audit_seconds=0, drafted_by_id=by.account_id, drafted_by=by.pseudonym, drafted_at=AT,
    )  # fmt: skip
    document = table_document(code="sex", revision=release.revision, revision_note=note, chart="shares", map=False)
    document["period"]["quarter"] = str(quarter)
    document |= {
        "is_least": False,
        "is_multiple": False,
        "title": {"sv": f"Utgåva {release.revision}", "en": "Edition"},
    }
    ReleaseTable.objects.create(
        release=release, kind="quarter", code="sex", position=0, document=document, public_document=document
    )
    return release


def made_and_approved(
    quarter: Quarter, analyst: Actor, publisher: Actor, *, revises: Release | None = None, note: str = ""
) -> Release:
    release = counted(quarter, analyst, revises=revises, note=note)
    actions.submit_for_approval(release_id=release.pk, by=analyst, at=AT)
    return actions.approve_release(release_id=release.pk, by=publisher, at=AT)


@pytest.fixture
def approved(db: None, analyst: Actor, publicist: Actor) -> Release:
    return made_and_approved(Quarter(2026, 2), analyst, publicist)


@pytest.fixture
def timed(approved: Release, publicist: Actor) -> Release:
    return actions.set_publication_time(release_id=approved.pk, publish_at=THEN, by=publicist, at=AT)


def kinds() -> list[str]:
    told = Event.objects.filter(
        kind__in=[f"release_{one}" for one in ("timed", "retimed", "untimed", "not_published", "published")]
    )
    return [one.removeprefix("release_") for one in told.order_by("at").values_list("kind", flat=True)]


def test_it_is_published_at_its_time_once_and_never_a_second_before(timed: Release, publicist: Actor) -> None:
    assert actions.publish_due(at=THEN - SECOND) is None
    assert not PublishedTable.objects.exists()
    made = actions.publish_due(at=THEN)
    assert made is not None
    assert (made.status, made.published_at, made.published_by_id) == ("published", THEN, publicist.account_id)
    tables = PublishedTable.objects.count()
    assert tables > 0
    assert PublishedFile.objects.exists()
    assert actions.publish_due(at=THEN + SECOND) is None
    assert PublishedTable.objects.count() == tables
    assert not PublishedTime.objects.exists(), "what has come out is no longer to come"
    assert kinds() == ["timed", "published"]


def test_the_public_reads_nothing_before_but_the_time(timed: Release) -> None:
    reader = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    for path in ("/2026-q2/quarter/", "/en/2026-q2/quarter/sex/", "/2026-q2/quarter/sex.csv", "/2026-q2/quarter/sex.pdf",
                 "/2026-q2/quarter/report.pdf", "/2026-q2/quarter/sex/?edition=0", "/2026-q2/quarter/sex/chart/",
                 "/api/v2/tables/sex_quarter/metadata", "/api/v1/sv/"):  # fmt: skip
        answer = reader.get(path)
        assert answer.status_code == 404 or answer.json() == [], path
    for path in (
        "/feed.atom",
        "/catalogue.ttl",
        "/catalogue.jsonld",
        "/api/v2/tables",
        "/topics/people/",
        "/search/?words=kön",
    ):
        told = reader.get(path).content.decode()
        for word in ("2026-q2", "2026K2", "Kvartal 2, 2026"):
            assert word not in told, path
    for path in ("/", "/calendar/", "/calendar.ics", "/quality/"):
        told = reader.get(path).content.decode()
        for word in ("/2026-q2/", "Utgåva 0", "1234", "1 234"):
            assert word not in told, path
    assert [(one.quarter, one.at) for one in PublishedTime.objects.all()] == [("2026-q2", THEN)]
    assert {field.name for field in PublishedTime._meta.get_fields()} == {"quarter", "at"}


def test_the_database_refuses_to_publish_before_the_time_and_to_touch_what_was_approved(timed: Release) -> None:
    for change in (
        "status = 'published', published_at = publish_at - interval '1 second', published_by_id = timed_by_id",
        "timed_by_id = drafted_by_id",
        "publish_at = NULL",
        "approved_by = 'Någon annan'",
        "is_preliminary = NOT is_preliminary",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE statistics_release SET {change} WHERE id = %s", [timed.pk])


def test_the_time_is_moved_taken_away_and_overtaken(timed: Release, publicist: Actor) -> None:
    later = THEN + timedelta(days=1)
    actions.set_publication_time(release_id=timed.pk, publish_at=later, by=publicist, at=AT + SECOND)
    assert actions.publish_due(at=THEN) is None
    assert PublishedTime.objects.get().at == later
    actions.withdraw_publication_time(release_id=timed.pk, by=publicist, at=AT + 2 * SECOND)
    assert not PublishedTime.objects.exists()
    assert actions.publish_due(at=later) is None
    actions.set_publication_time(release_id=timed.pk, publish_at=later, by=publicist, at=AT + 3 * SECOND)
    made = actions.publish_release(release_id=timed.pk, by=publicist, at=AT + 4 * SECOND)
    assert (made.status, made.publish_at) == ("published", None)
    assert sorted(kinds()) == sorted(["timed", "retimed", "untimed", "timed", "untimed", "published"])


def test_a_release_that_is_given_back_loses_its_time(timed: Release, publicist: Actor) -> None:
    release = actions.send_back_release(release_id=timed.pk, by=publicist, at=AT + SECOND)
    assert (release.status, release.publish_at) == ("draft", None)
    assert not PublishedTime.objects.exists()
    assert actions.publish_due(at=THEN) is None


def test_nothing_comes_out_in_the_name_of_somebody_who_may_no_longer_publish(timed: Release, publicist: Actor) -> None:
    people.end_role(account_id=publicist.account_id, role=Role.PUBLISHER, by=SYSTEM, at=AT)
    assert actions.publish_due(at=THEN) is None
    release = Release.objects.get(pk=timed.pk)
    assert (release.status, release.publish_at) == ("approved", None)
    assert not PublishedTable.objects.exists()
    assert set(kinds()) == {"timed", "not_published", "untimed"}


def test_only_another_person_who_may_publish_sets_a_time_and_only_when_approved(
    approved: Release, analyst: Actor, adviser: Actor, publicist: Actor
) -> None:
    both = Actor(analyst.account_id, analyst.pseudonym, "", analyst.regime, frozenset({Role.ANALYST, Role.PUBLISHER}))
    for actor in (analyst, adviser, both):
        with pytest.raises(NotAllowed):
            actions.set_publication_time(release_id=approved.pk, publish_at=THEN, by=actor, at=AT)
    for wrong in (AT, AT - SECOND, AT + timedelta(days=400)):
        with pytest.raises(Invalid):
            actions.set_publication_time(release_id=approved.pk, publish_at=wrong, by=publicist, at=AT)
    actions.send_back_release(release_id=approved.pk, by=publicist, at=AT)
    with pytest.raises(Refused):
        actions.set_publication_time(release_id=approved.pk, publish_at=THEN, by=publicist, at=AT)
    assert kinds() == []


def signed_in(name: str) -> Client:
    client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    client.force_login(Account.objects.get(name=name))
    session = client.session
    session[FACTOR] = True
    session.save()
    return client


@pytest.mark.parametrize(
    "written",
    ["2099-01-01T08:00", "2020-01-01T08:00", "2027-03-28T02:30", "", "i morgon", "2026-13-01T08:00", "9999-12-31T23:59",
     "0001-01-01T00:00", "2027-01-01T08:00\x00", "²026-11-20T08:00", "2027-01-01T08:00" * 900],
    ids=range(11),
)  # fmt: skip
def test_the_form_says_what_is_wrong_and_changes_nothing(approved: Release, written: str) -> None:
    answer = signed_in("en.publisher").post(f"/releases/{approved.pk}/time/", {"publish_at": written})
    assert answer.status_code in {400, 422}
    assert "Ingenting ändrades" in answer.content.decode()
    assert Release.objects.get(pk=approved.pk).publish_at is None


def test_the_release_page_sets_and_takes_away_a_time(approved: Release) -> None:
    client = signed_in("en.publisher")
    there = f"/releases/{approved.pk}/"
    written = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT12:00")
    assert "Ta bort tiden" not in client.get(there).content.decode()
    assert client.post(f"{there}time/", {"publish_at": written}).status_code == 302
    page = client.get(there).content.decode()
    assert "Ta bort tiden" in page
    assert f'value="{written}"' in page
    assert Release.objects.get(pk=approved.pk).publish_at == timetable.at_clock(written)
    assert client.post(f"{there}time/", {"do": "withdraw"}).status_code == 302
    assert Release.objects.get(pk=approved.pk).publish_at is None


def test_swedish_clocks_are_understood_at_both_changes_of_time() -> None:
    assert timetable.at_clock("2026-11-20T08:00") == datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    assert timetable.at_clock("2026-08-20 08:00") == datetime(2026, 8, 20, 6, 0, tzinfo=UTC)
    with pytest.raises(timetable.NoSuchHour):
        timetable.at_clock("2027-03-28T02:00")
    assert timetable.at_clock("2027-03-28T03:00") == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert timetable.at_clock("2026-10-25T02:30") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "the later of the two"


def test_the_plan_is_the_twentieth_of_the_second_month_or_the_weekday_after() -> None:
    told = {str(quarter): timetable.planned(quarter) for quarter in (Quarter(2026, n) for n in (1, 2, 3, 4))}
    assert told == {
        "2026-q1": datetime(2026, 5, 20, 6, 0, tzinfo=UTC),
        "2026-q2": datetime(2026, 8, 20, 6, 0, tzinfo=UTC),
        "2026-q3": datetime(2026, 11, 20, 7, 0, tzinfo=UTC),
        "2026-q4": datetime(2027, 2, 22, 7, 0, tzinfo=UTC),  # the 20th is a Saturday
    }
    days = [timetable.planned(Quarter(year, n)).date() for year in range(2014, 2060) for n in (1, 2, 3, 4)]
    assert all(one.weekday() < 5 and 20 <= one.day <= 22 for one in days)
    assert days == sorted(days)


@pytest.mark.parametrize(
    "text",
    [
        "rules = []",
        '[[rules]]\nfrom = "2015-q1"\nmonth = 2\nday = 20\ntime = "08:00"',
        '[[rules]]\nfrom = "2014-q1"\nmonth = 2\nday = 31\ntime = "08:00"',
        '[[rules]]\nfrom = "2014-q1"\nmonth = 2\nday = 20\ntime = "8"',
        '[[rules]]\nfrom = "2014-q1"\nmonth = 2\nday = 20\ntime = "08:00"\nweekday = 1',
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        timetable.read_rules(text)


def test_a_new_rule_leaves_the_plans_of_earlier_quarters() -> None:
    text = timetable.FILE.read_text(encoding="utf-8")
    changed = timetable.read_rules(text + '\n[[rules]]\nfrom = "2027-q1"\nmonth = 1\nday = 15\ntime = "09:00"\n')
    assert timetable.planned(Quarter(2026, 4), by=changed) == timetable.planned(Quarter(2026, 4))
    assert timetable.planned(Quarter(2027, 1), by=changed) == datetime(2027, 4, 15, 7, 0, tzinfo=UTC)


def test_what_is_to_come_follows_what_is_published_and_decided() -> None:
    now = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    found = timetable.coming(published={}, decided={}, now=now)
    assert [str(one.quarter) for one in found] == ["2026-q3", "2026-q4", "2027-q1", "2027-q2", "2027-q3"]
    assert [one.is_late for one in found] == [True, False, False, False, False]
    published = {Quarter(2026, 3): datetime(2026, 11, 20, 7, tzinfo=UTC), Quarter(2026, 4): now}
    decided = {Quarter(2026, 3): datetime(2026, 12, 1, 7, tzinfo=UTC)}
    found = timetable.coming(published=published, decided=decided, now=now)
    assert [(str(one.quarter), one.is_decided, one.is_correction) for one in found[:2]] == [
        ("2026-q3", True, True), ("2026-q4", False, False)
    ]  # fmt: skip
    assert found[0].at.date() == date(2026, 12, 1)
    assert len({one.quarter for one in found}) == len(found)


SET_A_TIME = """
from datetime import UTC, datetime, timedelta
from django.utils import timezone
from samsyn.people import actions as people, queries
from samsyn.people.actors import SYSTEM
from samsyn.people.roles import Role
from samsyn.statistics import actions
from samsyn.statistics.periods import Quarter
from tests.conftest import somebody
from tests.statistics.test_publication_time import account, made_and_approved
people.set_up_installation(name="centre", by=SYSTEM, at=timezone.now())
publisher = queries.actor_of(account(Role.PUBLISHER))
release = made_and_approved(Quarter(2026, 2), somebody(103, "Analytiker 1", Role.ANALYST), publisher)
now = timezone.now()
actions.set_publication_time(release_id=release.pk, publish_at=now + timedelta(seconds=SECONDS), by=publisher, at=now)
"""


def test_two_clocks_publish_once_at_the_time_also_after_a_restart(committed_database: CommittedDatabase) -> None:
    environment = committed_database.environment()
    setup = "import django; django.setup()" + SET_A_TIME.replace("SECONDS", "12")
    subprocess.run([sys.executable, "-c", setup], env=environment, check=True, timeout=120)
    started = []
    try:
        killed = subprocess.Popen([sys.executable, "-m", "samsyn", "work"], env=environment)
        started.append(killed)
        time.sleep(2)
        killed.kill()
        started += [subprocess.Popen([sys.executable, "-m", "samsyn", "work"], env=environment) for _ in range(2)]
        with committed_database.owner() as owner:
            deadline = time.monotonic() + 90
            while time.monotonic() < deadline:
                # In one statement: between two the publication might fall.
                row = owner.execute(
                    "SELECT status, publish_at, published_at, timed_by_id = published_by_id,"
                    " (SELECT count(*) FROM statistics_publishedtable) FROM statistics_release"
                ).fetchone()
                assert row is not None
                if row[0] == "published":
                    break
                assert row[4] == 0
                time.sleep(0.2)
            assert row[0] == "published"
            assert row[1] <= row[2] <= row[1] + timedelta(seconds=90)
            assert row[3] is True
            time.sleep(2)
            assert owner.execute("SELECT count(*) FROM statistics_publishedtable").fetchone() == (1,)
            assert owner.execute("SELECT count(*) FROM audit_event WHERE kind = 'release_published'").fetchone() == (1,)
            assert owner.execute("SELECT count(*) FROM statistics_publishedtime").fetchone() == (0,)
    finally:
        for one in started:
            one.kill()
            one.wait()
