"""What really happens in cases is explained by what the log says about it; what was slipped in is not."""

from uuid import UUID, uuid4

import pytest

from samsyn.audit import actions as audit
from samsyn.audit.models import Event
from samsyn.cases import events
from samsyn.cases.actions import cases, codes, keys, sharing
from samsyn.oversight import rounds
from samsyn.oversight.review import explaining
from samsyn.people.keeping import KeysLocked
from tests.cases.conftest import OFFICERS, House


def explanations(house: House) -> dict[UUID, str]:
    """Return what explains each access of the house's week, as the reviewer sees it."""
    period = [one for one in Event.objects.all() if one.kind in rounds.KINDS]
    seen = [rounds.Seen(str(one.pk), one.kind, one.at, one.actor_id, one.subject, one.facts) for one in period]
    by_id = explaining.explain_all(seen, grounds=seen, limits=rounds.limits_on(house.now.date()))
    return {UUID(key): one.by for key, one in by_id.items()}


def kinds_of(house: House) -> set[tuple[str, str]]:
    names = {str(account.pk): name for name, account in house.accounts.items()}
    told = explanations(house)
    return {(names[one.actor_id], told[one.pk]) for one in Event.objects.filter(pk__in=told)}


def test_own_shared_handed_over_and_supervised_readings_are_explained(house: House) -> None:
    case_id = house.case()
    house.note(case_id)
    house.read(case_id)
    for to, purpose in (("bo", "supervision"), ("cia", "handover")):
        sharing.share_case(
            case_id=case_id, to=house.id(to), purpose=purpose, rights=("read",), days=14, **house.who("anna")
        )  # type: ignore[arg-type] # fmt: skip
        house.read(case_id, to)
    assert kinds_of(house) == {("anna", "own"), ("bo", "supervision"), ("cia", "hand_over")}


def test_a_code_on_duty_and_an_emergency_are_explained(house: House) -> None:
    keys.begin_duty(by=house.actor("anna"), at=house.now)
    given = codes.create_by_code(
        concerns_child=False, with_duress=False, with_recovery=False, **house.who("anna")
    )  # type: ignore[arg-type] # fmt: skip
    keys.begin_duty(by=house.actor("bo"), at=house.now)
    opened = codes.open_by_code(code=given.code, **house.who("bo"))  # type: ignore[arg-type]
    house.read(opened.case_id, "bo")
    ordinary = house.case()
    handle = cases.Case.objects.get(pk=ordinary).handle
    asked = sharing.ask_emergency(handle=handle, ground="danger", by=house.actor("cia"), at=house.now)
    order = sorted(OFFICERS, key=lambda name: str(house.id(name)))
    house.unlock(*order)
    for officer in order[:2]:
        sharing.help_emergency(emergency_id=asked, **house.who(officer))  # type: ignore[arg-type]
    house.read(ordinary, "cia")
    told = kinds_of(house)
    assert {("bo", "code"), ("cia", "emergency")} <= told
    assert not {one for one in told if one[1] == "nothing"}


def test_a_reading_that_nobody_had_a_right_to_is_an_incident(house: House) -> None:
    house.case()
    strange = audit.record(events.CASE_READ, by=house.actor("bo"), at=house.now, subject=str(uuid4()))
    house.later(minutes=1)
    found = rounds.round_of(rounds.week_of(house.now.date()), at=house.now)
    assert [one.event.event_id for one in found.items if one.rule == "unexplained"] == [strange]


def test_a_reading_that_the_keeper_refused_is_told_from_one_that_happened(house: House) -> None:
    case_id = house.case()
    keys.lock(token=house.tokens["anna"], by=house.actor("anna"), at=house.now)
    with pytest.raises(KeysLocked):
        house.read(case_id)
    assert ("anna", "refused") in kinds_of(house)
