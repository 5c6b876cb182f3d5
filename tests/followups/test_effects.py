"""Follow-up of single matters: planned, asked by link or phone, reminded, withdrawn, done; the address goes with it."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from samsyn.contacts import actions as contacts
from samsyn.contacts import coupling
from samsyn.contacts.actions import Saved
from samsyn.contacts.models import Matter
from samsyn.followups import actions, policies, queries
from samsyn.followups.models import ContactDetails, EffectAnswer, EffectFact, FollowUp, Occasion
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.privacy import retention
from tests.followups.conftest import ADDRESS, PHONE, agreed, call, path_of, sent, token_of

pytestmark = pytest.mark.django_db(databases=["default", "public"])
TOLD = {
    "done": ("report", "meeting"),
    "done_by": ("social_services", "school"),
    "changed": ("better",),
    "hindered": ("cooperation",),
}


def ask(at: datetime) -> list[str]:
    """Let the clock work and return the tokens that went out."""
    before = len(sent())
    actions.ask_due(by=SYSTEM, at=at)
    return [token_of(mail) for mail in sent()[before:]]


def test_closing_plans_the_occasions_and_keeps_the_address_apart_and_sealed(
    line: None, adviser: Actor, now: datetime
) -> None:
    call(adviser, now, wish=agreed(months=(1, 3, 6)))
    follow_up = FollowUp.objects.get()
    assert list(follow_up.occasions.values_list("month", "due_on")) == [
        (1, date(2026, 10, 16)),
        (3, date(2026, 12, 16)),
        (6, date(2027, 3, 16)),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(row_to_json(d)::text, '') FROM followups_contactdetails d")
        stored = cursor.fetchone()[0]
    assert ADDRESS not in stored
    assert ADDRESS.encode().hex() not in stored
    assert "sealed" not in {field.name for field in FollowUp._meta.concrete_fields}


@pytest.mark.parametrize(
    ("begun", "month", "due"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months_end_where_they_end(begun: date, month: int, due: date) -> None:
    assert policies.due_on(begun, month) == due


def test_a_matter_is_followed_by_links_until_it_is_done_and_the_address_is_gone(
    line: None, adviser: Actor, now: datetime
) -> None:
    call(adviser, now, wish=agreed(months=(1, 3)))
    assert ask(now + timedelta(days=29)) == []
    [first] = ask(now + timedelta(days=30))
    assert ask(now + timedelta(days=30)) == []
    actions.answer_by_link(token=first, raw=TOLD, at=now + timedelta(days=31))
    with pytest.raises(LookupError):
        actions.answer_by_link(token=first, raw=TOLD, at=now + timedelta(days=31))
    assert ContactDetails.objects.exists()
    [second] = ask(now + timedelta(days=91))
    actions.answer_by_link(token=second, raw={"changed": ("too_early",)}, at=now + timedelta(days=92))
    follow_up = FollowUp.objects.get()
    assert follow_up.state == "done"
    assert not ContactDetails.objects.exists()
    shown = queries.follow_up(follow_up_id=follow_up.id, by=adviser, at=now + timedelta(days=92))
    assert [told.answers for told in shown.occasions[0].told][:2] == [
        ("Anmälan till socialtjänsten", "Möte med flera verksamheter"),
        ("Socialtjänst", "Skola"),
    ]
    retention.run(retention.declared_rules(), at=now + timedelta(days=92 + 366), dry_run=False, by=SYSTEM)
    assert not FollowUp.objects.exists()
    assert not EffectAnswer.objects.exists()
    assert EffectFact.objects.count() == 2


def test_a_reminder_has_a_fresh_link_and_silence_ends_the_occasion(line: None, adviser: Actor, now: datetime) -> None:
    call(adviser, now, wish=agreed(months=(1,)))
    asked_at = now + timedelta(days=30)
    [first] = ask(asked_at)
    [again] = ask(asked_at + timedelta(days=10))
    assert ask(asked_at + timedelta(days=20)) == []
    with pytest.raises(LookupError):
        queries.open_link(token=first, at=asked_at + timedelta(days=11))
    assert queries.open_link(token=again, at=asked_at + timedelta(days=11)).can_be_withdrawn
    assert len({mail.subject for mail in sent()}) == 2
    assert ask(asked_at + timedelta(days=30)) == []
    assert Occasion.objects.get().state == "missed"
    assert FollowUp.objects.get().state == "done"
    assert not ContactDetails.objects.exists()


def test_the_professional_takes_the_consent_back_by_the_link(
    line: None, adviser: Actor, now: datetime, public: Client
) -> None:
    begun = datetime.now(tz=now.tzinfo) - timedelta(days=40)
    call(adviser, begun, wish=agreed(months=(1, 3)))
    ask(datetime.now(tz=now.tzinfo))
    path = path_of(sent()[-1])
    page = public.get(path).content.decode()
    assert "Fråga mig inte igen" in page
    assert public.post(path, {"do": "withdraw"}).status_code == 200
    assert FollowUp.objects.get().state == "withdrawn"
    assert not ContactDetails.objects.exists()
    assert set(Occasion.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert public.get(path).status_code == 410
    assert ask(datetime.now(tz=now.tzinfo) + timedelta(days=200)) == []


def test_calls_stand_in_a_list_and_whoever_reads_the_number_is_in_the_log(
    line: None, adviser: Actor, analyst: Actor, now: datetime
) -> None:
    call(adviser, now, wish=agreed(to=PHONE, way="phone", months=(1,)))
    due_at = now + timedelta(days=31)
    assert ask(due_at) == []
    assert queries.due_calls(by=adviser, at=now) == ()
    [due] = queries.due_calls(by=adviser, at=due_at)
    with pytest.raises(NotAllowed):
        queries.due_calls(by=analyst, at=due_at)
    with pytest.raises(NotAllowed):
        actions.read_details(follow_up_id=due.follow_up_id, by=analyst, at=due_at)
    assert actions.read_details(follow_up_id=due.follow_up_id, by=adviser, at=due_at) == PHONE
    with pytest.raises(LookupError):
        actions.answer_by_phone(occasion_id=due.id, raw=TOLD, by=adviser, at=now)
    actions.answer_by_phone(occasion_id=due.id, raw=TOLD, by=adviser, at=due_at)
    assert queries.due_calls(by=adviser, at=due_at) == ()
    with pytest.raises(LookupError):
        actions.read_details(follow_up_id=due.follow_up_id, by=adviser, at=due_at)


@pytest.mark.parametrize("way", ["link", "phone"])
def test_one_three_and_six_months_later_somebody_is_asked_once_by_the_way_that_was_agreed(
    line: None, adviser: Actor, now: datetime, way: str
) -> None:
    call(adviser, now, wish=agreed(to=PHONE if way == "phone" else ADDRESS, way=way, months=(1, 3, 6)))
    asked_on = []
    for day in range(0, 200, 5):
        at = now + timedelta(days=day)
        tokens, due = ask(at), queries.due_calls(by=adviser, at=at)
        for token in tokens:
            actions.answer_by_link(token=token, raw=TOLD, at=at)
        for one in due:
            actions.answer_by_phone(occasion_id=one.id, raw=TOLD, by=adviser, at=at)
        asked_on += [(day, len(tokens), len(due))] if tokens or due else []
    # The days that the calendar gives from the 16th of September on, and the first look after each.
    expected = (1, 0) if way == "link" else (0, 1)
    assert asked_on == [(30, *expected), (95, *expected), (185, *expected)]
    assert FollowUp.objects.get().state == "done"
    assert not ContactDetails.objects.exists()
    assert sorted(EffectFact.objects.values_list("month", flat=True)) == [1, 3, 6]


def test_planned_follow_ups_stand_on_the_matters_line_of_time(line: None, adviser: Actor, now: datetime) -> None:
    contact_id = contacts.open_contact(by=adviser, at=now)
    matter_id = coupling.matter_to_book_for(contact_id=contact_id, by=adviser, at=now)
    actions.note_wish(contact_id=contact_id, agreed=agreed(to=PHONE, way="phone", months=(1, 3)), by=adviser, at=now)
    saved = Saved(answers={"sector": ("school",), "outcome": ("answered",)})
    contacts.close_contact(contact_id=contact_id, saved=saved, by=adviser, at=now + timedelta(minutes=9))
    follow_up = FollowUp.objects.get()
    actions.answer_by_phone(
        occasion_id=follow_up.occasions.get(month=1).id, raw=TOLD, by=adviser, at=now + timedelta(days=31)
    )
    events = [event.sentence for event in coupling.timeline(matter_id=matter_id)]
    assert events == [
        "Kontakt öppnad",
        "Kontakt avslutad",
        "Uppföljning efter 1 månad: besvarad",
        "Uppföljning efter 3 månader: planerad",
    ]


@pytest.mark.parametrize("has_words", [True, False])
def test_a_follow_up_knows_a_matter_only_where_something_could_come_back_to_it(
    line: None, adviser: Actor, now: datetime, has_words: bool
) -> None:
    contact_id = contacts.open_contact(by=adviser, at=now)
    if has_words:
        contacts.give_reference_code(contact_id=contact_id, by=adviser, at=now)
    actions.note_wish(contact_id=contact_id, agreed=agreed(to=PHONE, way="phone", months=(1,)), by=adviser, at=now)
    saved = Saved(answers={"sector": ("school",), "outcome": ("answered",)})
    contacts.close_contact(contact_id=contact_id, saved=saved, by=adviser, at=now + timedelta(minutes=9))
    matters = list(Matter.objects.values_list("pk", flat=True))
    assert len(matters) == has_words
    assert [FollowUp.objects.get().matter_id] == (matters or [None])


def test_staff_end_a_follow_up_once(line: None, adviser: Actor, analyst: Actor, now: datetime) -> None:
    call(adviser, now, wish=agreed(to=PHONE, way="phone", months=(1,)))
    follow_up = FollowUp.objects.get()
    with pytest.raises(NotAllowed):
        actions.withdraw(follow_up_id=follow_up.id, by=analyst, at=now)
    actions.withdraw(follow_up_id=follow_up.id, by=adviser, at=now)
    assert not ContactDetails.objects.exists()
    with pytest.raises(Refused):
        actions.withdraw(follow_up_id=follow_up.id, by=adviser, at=now)


def test_themes_are_shown_by_time_after_the_call_for_years_that_are_over(
    line: None, adviser: Actor, now: datetime
) -> None:
    for number in range(6):
        call(adviser, now + timedelta(minutes=number), wish=agreed(to=PHONE, way="phone", months=(1,)))
    due_at = now + timedelta(days=31)
    for due in queries.due_calls(by=adviser, at=due_at):
        actions.answer_by_phone(occasion_id=due.id, raw=TOLD, by=adviser, at=due_at)
    assert queries.effect_years(by=adviser, at=due_at) == ()
    later = now + timedelta(days=120)
    assert queries.effect_years(by=adviser, at=later) == (2026,)
    results = {one.question.code: one for one in queries.effect_results(year=2026, by=adviser, at=later)}
    assert results["hindered"].columns == ("1",)
    # Five are counted together, the sixth waits.
    assert results["hindered"].shown[0].total == 5
    assert results["hindered"].shown[0].share("cooperation") == 100
    assert results["changed"].shown[0].counts["better"] == 5
