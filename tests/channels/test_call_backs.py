"""Calling back: the number is sealed, read with a line in the log, and gone when it has served."""

from datetime import datetime, timedelta

import pytest

from samsyn.audit.models import Event as Logged
from samsyn.channels import actions, queries
from samsyn.channels.models import CallBack
from samsyn.channels.retention import RULES
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused

NUMBER = "08-465 004 00"


def test_a_number_is_read_with_a_line_in_the_log_and_erased_when_reached(
    line: None, adviser: Actor, now: datetime
) -> None:
    promise = actions.promise_call_back(number=NUMBER, wished_part="morning", by=adviser, at=now)
    assert b"46500400" not in bytes(CallBack.objects.get().sealed_number or b"")
    assert actions.show_number(call_back_id=promise, by=adviser, at=now) == "+46846500400"
    assert Logged.objects.filter(kind="call_back_read", subject=str(promise)).count() == 1
    actions.record_attempt(call_back_id=promise, result="no_answer", by=adviser, at=now)
    (row,) = queries.open_call_backs(by=adviser)
    assert (row.attempts, row.tried_at) == (1, now)
    actions.record_attempt(call_back_id=promise, result="reached", by=adviser, at=now)
    gone = CallBack.objects.get()
    assert (gone.sealed_number, gone.outcome) == (None, "reached")
    with pytest.raises(Refused):
        actions.show_number(call_back_id=promise, by=adviser, at=now)
    assert queries.open_call_backs(by=adviser) == ()


def test_the_third_attempt_in_vain_is_the_last(line: None, adviser: Actor, now: datetime) -> None:
    promise = actions.promise_call_back(number=NUMBER, wished_part="any", by=adviser, at=now)
    for result in ("no_answer", "busy", "no_answer"):
        actions.record_attempt(call_back_id=promise, result=result, by=adviser, at=now)
    assert CallBack.objects.get().outcome == "given_up"
    assert CallBack.objects.get().sealed_number is None


@pytest.mark.parametrize("number", ["", "112", "hej", "0", "+", "070", "1" * 40, "\x00"])
def test_what_is_no_number_is_refused(line: None, adviser: Actor, now: datetime, number: str) -> None:
    with pytest.raises(Invalid):
        actions.promise_call_back(number=number, wished_part="any", by=adviser, at=now)
    assert not CallBack.objects.exists()


def test_only_who_works_at_the_desk_sees_whom_to_call(line: None, analyst: Actor, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        queries.open_call_backs(by=analyst)
    with pytest.raises(NotAllowed):
        actions.promise_call_back(number=NUMBER, wished_part="any", by=analyst, at=now)


def test_a_promise_goes_after_a_week(line: None, adviser: Actor, now: datetime) -> None:
    actions.promise_call_back(number=NUMBER, wished_part="any", by=adviser, at=now)
    (rule,) = [rule for rule in RULES if rule.code == "call_backs"]
    assert rule.due is not None
    assert rule.erase_batch is not None
    assert rule.due(now + timedelta(days=6)) == 0
    rule.erase_batch(now + timedelta(days=8), 10)
    assert not CallBack.objects.exists()
