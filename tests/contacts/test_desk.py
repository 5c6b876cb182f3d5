"""The desk's actions: allowed, refused, recorded, and counted once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from samsyn.audit.models import Event
from samsyn.contacts import actions, queries
from samsyn.contacts.actions import NotComplete, Saved
from samsyn.contacts.models import Contact, ContactFact, Matter, MatterFact, PersonFact
from samsyn.people.actors import SYSTEM
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy import retention
from tests.contacts.conftest import ADVISER, ANALYST, COLLEAGUE, counts, save

pytestmark = pytest.mark.django_db
NOTHING = {"contact": 0, "matter": 0, "person": 0, "mentioned": 0, "caller_place": 0}


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def close(contact_id: UUID, at: datetime, **answers: Any) -> None:
    if answers:
        save(contact_id, at, **answers)
    actions.close_contact(contact_id=contact_id, saved=Saved(), by=ADVISER, at=at)


def test_only_the_desk_opens_contacts(desk: None, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        actions.open_contact(by=ANALYST, at=now)
    assert not Contact.objects.exists()


def test_opening_and_closing_are_recorded_without_content(opened: UUID, now: datetime) -> None:
    close(opened, now, sector="school", outcome="answered", p1_sex="boy_man")
    assert {"contact_opened", "contact_closed"} <= set(kinds())
    told = Event.objects.filter(kind__startswith="contact_")
    assert not any("school" in str(event.facts) for event in told)


def test_closing_writes_the_facts_of_each_unit(opened: UUID, now: datetime) -> None:
    actions.save_answers(
        contact_id=opened,
        saved=Saved(mentioned={"under_18": 2, "18_plus": 0, "unknown": 0}),
        by=ADVISER,
        at=now,
    )
    close(
        opened, now + timedelta(minutes=12), sector="school", municipality="0583", outcome="referred", p1_sex="boy_man"
    )
    assert counts() == {"contact": 1, "matter": 1, "person": 1, "mentioned": 2, "caller_place": 1}
    fact = ContactFact.objects.get()
    assert (fact.sector, fact.county, fact.length_band, fact.year, fact.quarter) == ("school", "05", "10_20", 2026, 3)
    assert fact.week == now.date() - timedelta(days=2)
    assert MatterFact.objects.get().person_count == 1
    assert PersonFact.objects.get().exposure == ["not_asked"]


def test_closing_demands_an_outcome_and_then_the_core(opened: UUID, now: datetime) -> None:
    with pytest.raises(NotComplete) as first:
        close(opened, now)
    assert [missing.field for missing in first.value.missing] == ["outcome"]
    with pytest.raises(NotComplete) as second:
        close(opened, now, outcome="answered", p1_age_band="13_15")
    assert "sector" in [missing.field for missing in second.value.missing]
    assert counts() == NOTHING
    assert queries.draft(contact_id=opened, by=ADVISER).persons[0].replies["age_band"].one == "13_15"


@pytest.mark.parametrize("outcome", ["silent", "wrong_number", "hang_up", "test", "information_only"])
def test_a_call_that_was_none_needs_only_its_outcome(opened: UUID, now: datetime, outcome: str) -> None:
    close(opened, now, outcome=outcome, p1_sex="boy_man")
    assert counts() == NOTHING | {"contact": 1}


def test_a_second_close_is_refused_and_counts_nothing(opened: UUID, now: datetime) -> None:
    close(opened, now, sector="school", outcome="answered")
    before = counts()
    with pytest.raises(Refused):
        close(opened, now)
    with pytest.raises(Refused):
        save(opened, now, sector="police")
    assert counts() == before


def test_a_colleague_does_not_find_the_draft(opened: UUID, now: datetime) -> None:
    for contact_id in (opened, uuid4()):
        with pytest.raises(LookupError):
            queries.draft(contact_id=contact_id, by=COLLEAGUE)
        with pytest.raises(LookupError):
            save(contact_id, now, by=COLLEAGUE, sector="school")
    assert queries.open_drafts(by=COLLEAGUE) == ()
    assert [row.id for row in queries.open_drafts(by=ADVISER)] == [opened]


def test_a_late_arrival_of_a_group_never_overwrites_a_newer_one(opened: UUID, now: datetime) -> None:
    def arrive(sequence: int, sector: str, tab: str = "tab-1") -> None:
        actions.save_answers(
            contact_id=opened,
            saved=Saved(answers={"sector": (sector,)}, tab=tab, sequence=sequence),
            by=ADVISER,
            at=now,
        )

    arrive(5, "police")
    arrive(4, "school")
    assert queries.draft(contact_id=opened, by=ADVISER).replies["sector"].one == "police"
    arrive(6, "health_care")
    arrive(1, "non_profit", tab="tab-2")
    assert queries.draft(contact_id=opened, by=ADVISER).replies["sector"].one == "non_profit"


@pytest.mark.parametrize(
    "answers",
    [
        {"sector": "no_such_code"},
        {"sector": ("school", "police")},
        {"no_such_question": "yes"},
        {"p9-sex": "boy_man"},
        {"p1-sector": "school"},
        {"sex": "boy_man"},
        {"p1-exposure": ("control", "unknown")},
        {"outcome": "declined"},
    ],
)
def test_what_no_page_sends_is_refused_and_nothing_is_kept(
    opened: UUID, now: datetime, answers: dict[str, Any]
) -> None:
    posted = {name: value if isinstance(value, tuple) else (value,) for name, value in answers.items()}
    with pytest.raises(Invalid):
        actions.save_answers(
            contact_id=opened, saved=Saved(answers={"profession": ("unknown",), **posted}), by=ADVISER, at=now
        )
    assert queries.draft(contact_id=opened, by=ADVISER).replies == {}


def test_persons_come_and_go_with_their_answers(opened: UUID, now: datetime) -> None:
    number = actions.add_person(contact_id=opened, saved=Saved(answers={"p1-sex": ("boy_man",)}), by=ADVISER, at=now)
    assert number == 2
    save(opened, now, p2_sex="girl_woman")
    actions.remove_person(contact_id=opened, number=1, saved=Saved(), by=ADVISER, at=now)
    persons = queries.draft(contact_id=opened, by=ADVISER).persons
    assert [(person.number, person.replies["sex"].one) for person in persons] == [(2, "girl_woman")]
    assert actions.add_person(contact_id=opened, saved=Saved(), by=ADVISER, at=now) == 3


def test_words_join_contacts_and_only_their_hash_is_kept(opened: UUID, now: datetime) -> None:
    words = actions.give_reference_code(contact_id=opened, by=ADVISER, at=now)
    close(opened, now, sector="school", outcome="answered", p1_sex="boy_man")
    again = actions.open_contact(by=ADVISER, at=now)
    actions.join_matter(contact_id=again, code=words.upper().replace(" ", "-"), by=ADVISER, at=now)
    close(again, now, sector="school", outcome="answered")
    assert counts() == {"contact": 2, "matter": 1, "person": 1, "mentioned": 0, "caller_place": 0}
    assert set(ContactFact.objects.values_list("contact_order", flat=True)) == {"first", "repeat"}
    stored = bytes(Matter.objects.get().code_hash)
    assert len(stored) == 32
    assert not any(word.encode() in stored for word in words.split())


def test_unknown_words_join_nothing(opened: UUID, now: datetime) -> None:
    from samsyn.privacy import spoken_codes

    with pytest.raises(Invalid):
        actions.join_matter(contact_id=opened, code=spoken_codes.new_code(words=3), by=ADVISER, at=now)
    assert queries.draft(contact_id=opened, by=ADVISER).is_repeat is False


def test_a_clock_that_goes_back_closes_all_the_same(opened: UUID, now: datetime) -> None:
    close(opened, now - timedelta(hours=3), sector="school", outcome="answered")
    contact = Contact.objects.get(id=opened)
    assert contact.closed_at == contact.opened_at
    assert ContactFact.objects.get().length_band == "under_10"


def test_a_failing_log_undoes_the_close(opened: UUID, now: datetime) -> None:
    save(opened, now, sector="school", outcome="answered")
    before = Event.objects.count()
    # The application cannot break its own log; a kind that nobody declared is the nearest fault there is.
    declared = actions.events.CONTACT_CLOSED
    actions.events.CONTACT_CLOSED = type(declared)("never_declared", declared.sentence, ())  # type: ignore[misc]
    try:
        with pytest.raises(Exception, match="never_declared"):
            close(opened, now)
    finally:
        actions.events.CONTACT_CLOSED = declared  # type: ignore[misc]
    assert counts() == NOTHING
    assert Contact.objects.get(id=opened).closed_at is None
    assert Event.objects.count() == before


def test_working_records_go_after_seven_days_and_no_figure_moves(opened: UUID, now: datetime) -> None:
    close(opened, now, sector="school", outcome="answered", p1_sex="boy_man")
    before = counts()
    rules = retention.declared_rules()
    retention.run(rules, at=now + timedelta(days=6, hours=23), dry_run=False, by=SYSTEM)
    assert Contact.objects.exists()
    retention.run(rules, at=now + timedelta(days=7, minutes=1), dry_run=True, by=SYSTEM)
    assert Contact.objects.exists()
    retention.run(rules, at=now + timedelta(days=7, minutes=1), dry_run=False, by=SYSTEM)
    assert not Contact.objects.exists()
    assert counts() == before


def test_abandoned_drafts_and_old_words_go_too(opened: UUID, now: datetime) -> None:
    actions.give_reference_code(contact_id=opened, by=ADVISER, at=now)
    rules = retention.declared_rules()
    retention.run(rules, at=now + timedelta(days=3), dry_run=False, by=SYSTEM)
    assert not Contact.objects.exists()
    assert Matter.objects.exists()
    retention.run(rules, at=now + timedelta(days=366), dry_run=False, by=SYSTEM)
    assert not Matter.objects.exists()


def test_the_desk_asks_the_database_few_questions(opened: UUID, now: datetime) -> None:
    from django.test.utils import CaptureQueriesContext

    from samsyn.contacts import desk as desks

    save(opened, now, sector="school", p1_sex="boy_man")
    with CaptureQueriesContext(connection) as page:
        desks.desk(draft=queries.draft(contact_id=opened, by=ADVISER), at=now)
    assert len(page) <= 12
    with CaptureQueriesContext(connection) as saving:
        actions.save_answers(
            contact_id=opened, saved=Saved(answers={"sector": ("police",)}, tab="a", sequence=1), by=ADVISER, at=now
        )
    assert len(saving) <= 20
