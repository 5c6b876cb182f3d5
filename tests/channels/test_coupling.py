"""From the first event to a contact: the queue, "Svara", what stands on the desk, and what is counted where."""

from datetime import datetime, timedelta

import pytest

from samsyn.audit.models import Event as Logged
from samsyn.channels import actions, queries
from samsyn.channels.adapters import Event
from samsyn.channels.models import Call, CallBack, CallFact
from samsyn.contacts import from_calls
from samsyn.contacts import queries as contacts
from samsyn.contacts.models import Contact, ContactFact
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import NotAllowed, Refused

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(line: None) -> None:
    """A line at a desk whose questions lie in the test database."""


def tell(kind: str, at: datetime, reference: str = "one") -> None:
    actions.take_events(told=(Event("sip", "phone", reference, kind, at),), at=at)


def test_a_call_is_seen_waiting_and_becomes_a_contact(desk: None, adviser: Actor, now: datetime) -> None:
    tell("arrived", now)
    (waiting,) = queries.board(by=adviser, at=now + 2 * MINUTE)
    assert waiting.waited == 2 * MINUTE
    contact_id = from_calls.answer_call(call_id=waiting.id, by=adviser, at=now + 2 * MINUTE)
    assert queries.board(by=adviser, at=now + 2 * MINUTE) == ()
    draft = contacts.draft(contact_id=contact_id, by=adviser)
    assert (draft.channel, draft.opened_at) == ("phone", now + 2 * MINUTE)
    line = from_calls.call_line(draft)
    assert line is not None
    assert line.parts == ("Yrkesverksamma", "väntade 02:00")
    tell("ended", now + 14 * MINUTE)
    line = from_calls.call_line(draft)
    assert line is not None
    assert line.parts[-1] == "varade 12:00"


def test_two_advisers_who_press_at_once_get_one_call(
    desk: None, adviser: Actor, team_lead: Actor, now: datetime
) -> None:
    tell("arrived", now)
    call = Call.objects.get()
    from_calls.answer_call(call_id=call.pk, by=adviser, at=now + MINUTE)
    with pytest.raises(Refused):
        from_calls.answer_call(call_id=call.pk, by=team_lead, at=now + MINUTE)
    assert Contact.objects.count() == 1


def test_who_lifts_the_receiver_first_registers_from_then(desk: None, adviser: Actor, now: datetime) -> None:
    tell("arrived", now)
    tell("answered", now + MINUTE)
    contact_id = from_calls.answer_call(call_id=Call.objects.get().pk, by=adviser, at=now + 5 * MINUTE)
    assert contacts.draft(contact_id=contact_id, by=adviser).opened_at == now + MINUTE


def test_a_caller_who_hung_up_cannot_be_answered_and_is_counted_as_such(
    desk: None, adviser: Actor, now: datetime
) -> None:
    tell("arrived", now)
    tell("ended", now + MINUTE)
    with pytest.raises(Refused):
        from_calls.answer_call(call_id=Call.objects.get().pk, by=adviser, at=now + 2 * MINUTE)
    assert queries.board(by=adviser, at=now + 2 * MINUTE) == ()
    actions.sweep_calls(by=SYSTEM, at=now + timedelta(hours=30))
    assert [fact.outcome for fact in CallFact.objects.all()] == ["abandoned"]
    assert not ContactFact.objects.exists()
    assert not Contact.objects.exists()


def test_only_who_works_at_the_desk_takes_calls(desk: None, analyst: Actor, now: datetime) -> None:
    tell("arrived", now)
    with pytest.raises(NotAllowed):
        from_calls.answer_call(call_id=Call.objects.get().pk, by=analyst, at=now)
    with pytest.raises(NotAllowed):
        queries.board(by=analyst, at=now)
    assert Call.objects.get().taken_by is None


def test_taking_a_call_is_logged_and_a_failing_log_leaves_it_waiting(
    desk: None, adviser: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from samsyn.channels.actions import calls

    tell("arrived", now)

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(calls.audit, "record", broken)
        with pytest.raises(RuntimeError):
            from_calls.answer_call(call_id=Call.objects.get().pk, by=adviser, at=now)
    assert Call.objects.get().taken_by is None
    assert not Contact.objects.exists()
    from_calls.answer_call(call_id=Call.objects.get().pk, by=adviser, at=now)
    assert set(Logged.objects.values_list("kind", flat=True)) >= {"call_taken", "contact_opened"}


def test_a_call_outside_the_hours_says_so(desk: None, adviser: Actor, now: datetime) -> None:
    tell("arrived", now + timedelta(hours=9))
    (waiting,) = queries.board(by=adviser, at=now + timedelta(hours=9))
    assert waiting.is_out_of_hours


def test_who_is_reached_when_called_back_becomes_a_contact_and_the_number_goes(
    desk: None, adviser: Actor, now: datetime
) -> None:
    promise = actions.promise_call_back(number="08-465 004 00", wished_part="any", by=adviser, at=now)
    contact_id = from_calls.open_called_back(call_back_id=promise, by=adviser, at=now + MINUTE)
    assert contacts.draft(contact_id=contact_id, by=adviser).opened_at == now + MINUTE
    gone = CallBack.objects.get()
    assert (gone.outcome, gone.sealed_number) == ("reached", None)
    with pytest.raises(Refused):
        from_calls.open_called_back(call_back_id=promise, by=adviser, at=now + 2 * MINUTE)
    assert Contact.objects.count() == 1
