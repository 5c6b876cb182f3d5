"""The office of three is whole again after one has left: the page's two steps, what holds on, and what opens no more."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.cases import officers, queries
from samsyn.cases.actions import keys, sharing, succession
from samsyn.cases.models import (
    Case,
    Certification,
    Emergency,
    Keyring,
    OfficerSeal,
    RecoverySeal,
    Succession,
    SuccessionSeal,
)
from samsyn.oversight import rounds
from samsyn.people import actions as people
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Role
from tests.cases.conftest import OFFICERS, House
from tests.cases.test_leaving import close
from tests.cases.test_pages import browser, page


def in_order(house: House, *names: str) -> list[str]:
    return sorted(names or OFFICERS, key=lambda name: str(house.id(name)))


def newcomer(house: House, name: str = "officer4", role: Role = Role.KEY_OFFICER) -> None:
    """Somebody new with keys of their own and two ways to unlock."""
    made = people.create_account(
        name=name, pseudonym=f"Stödjare {20 + len(house.accounts)}", organisation=house.accounts["anna"].organisation,
        by=house.actor("administrator"), at=house.now,
    )  # fmt: skip
    people.give_role(account_id=made.pk, role=role, by=house.actor("administrator"), at=house.now)
    house.accounts[name] = made
    house.enrol(name)


def begin(house: House, gone: str, by: str | None = None, successor: str = "officer4") -> UUID:
    first = by or in_order(house, *(one for one in OFFICERS if one != gone))[0]
    house.unlock(first)
    succession.begin_succession(gone=house.id(gone), successor=house.id(successor), **house.who(first))  # type: ignore[arg-type]
    made: UUID = Succession.objects.get().pk
    return made


def finish(house: House, gone: str, begun: UUID, by: str | None = None) -> None:
    second = by or in_order(house, *(one for one in OFFICERS if one != gone))[1]
    house.unlock(second)
    succession.finish_succession(succession_id=begun, **house.who(second))  # type: ignore[arg-type]


def ask_emergency(house: House, case_id: UUID) -> UUID:
    handle = Case.objects.get(pk=case_id).handle
    return sharing.ask_emergency(handle=handle, ground="danger", by=house.actor("cia"), at=house.now)


def help_emergency(house: House, asked: UUID, *pair: str) -> None:
    first, second = in_order(house, *pair)
    house.unlock(first, second)
    sharing.help_emergency(emergency_id=asked, **house.who(first))  # type: ignore[arg-type]
    if Emergency.objects.get(pk=asked).officers != f"{house.id(first)} {house.id(second)}":
        sharing.help_emergency(emergency_id=asked, **house.who(first))  # type: ignore[arg-type]
    sharing.help_emergency(emergency_id=asked, **house.who(second))  # type: ignore[arg-type]


@pytest.mark.parametrize("gone", OFFICERS)
def test_with_the_successor_all_goes_on_and_the_account_of_who_left_is_closed(house: House, gone: str) -> None:
    case_id = house.case()
    house.note(case_id)
    newcomer(house)
    finish(house, gone, begin(house, gone))
    stay = [one for one in OFFICERS if one != gone]
    three = sorted(str(house.id(one)) for one in (*stay, "officer4"))
    assert house.keeper.trusted_officers() == three
    assert {pair for one in RecoverySeal.objects.all() for pair in one.officers.split()} == set(three)
    assert {pair for one in OfficerSeal.objects.all() for pair in one.officers.split()} == set(three)
    assert not Certification.objects.filter(officer_id=house.id(gone)).exists()
    assert not Succession.objects.exists()
    for name in ("anna", "bo", "cia"):
        assert queries.keys_of(house.id(name)).is_ready
    close(house, gone)
    house.unlock("anna", "cia")
    assert house.read(case_id) == ["Det som berättades"]
    # An emergency by each new pair; a colleague comes who is certified by the successor and another.
    for other in stay:
        asked = ask_emergency(house, case_id)
        help_emergency(house, asked, other, "officer4")
        house.unlock("cia")
        assert house.read(case_id, "cia") == ["Det som berättades"]
    newcomer(house, "eva", Role.SUPPORTER)
    for officer in (stay[0], "officer4"):
        house.unlock(officer)
        keys.certify(account_id=house.id("eva"), **house.who(officer))  # type: ignore[arg-type]
    house.unlock("anna", "eva")
    sharing.share_case(
        case_id=case_id, to=house.id("eva"), purpose="support", rights=("read", "write"), days=14, **house.who("anna")
    )  # type: ignore[arg-type] # fmt: skip
    assert house.read(case_id, "eva") == ["Det som berättades"]


def test_the_one_who_left_certifies_nobody_and_helps_in_no_emergency(house: House) -> None:
    case_id = house.case()
    gone, *_rest = in_order(house)
    asked = ask_emergency(house, case_id)
    house.unlock(gone)
    sharing.help_emergency(emergency_id=asked, **house.who(gone))  # type: ignore[arg-type]
    newcomer(house)
    newcomer(house, "eva", Role.SUPPORTER)
    finish(house, gone, begin(house, gone))
    house.unlock(gone)
    with pytest.raises(NotAllowed):
        keys.certify(account_id=house.id("eva"), **house.who(gone))  # type: ignore[arg-type]
    # The step that the one who left had taken is void: the emergency begins anew, with two who are officers.
    with pytest.raises(NotAllowed):
        sharing.help_emergency(emergency_id=asked, **house.who(gone))  # type: ignore[arg-type]
    help_emergency(house, asked, *(one for one in (*OFFICERS, "officer4") if one != gone and one != _rest[0]))
    house.unlock("cia")
    assert house.read(case_id, "cia") == []


@pytest.mark.parametrize("away", [1, 2])
def test_whoever_begins_turns_to_the_colleague_who_is_there(house: House, away: int) -> None:
    case_id = house.case()
    order = in_order(house)
    asked = ask_emergency(house, case_id)
    help_emergency(house, asked, *(one for number, one in enumerate(order) if number != away))
    house.unlock("cia")
    assert house.read(case_id, "cia") == []


def test_the_exchange_stands_in_the_log_and_is_looked_at(house: House) -> None:
    newcomer(house)
    gone = OFFICERS[0]
    begun = begin(house, gone)
    assert [one.rule for one in rounds.round_of("2026-W38", at=house.now).items] == []
    finish(house, gone, begun)
    subject = f"{house.id(gone)}:{house.id('officer4')}"
    assert Event.objects.filter(kind="succession_begun", subject=subject).count() == 1
    (item,) = rounds.round_of("2026-W38", at=house.now).items
    assert (item.rule, item.event.kind) == ("officer_replaced", "officer_replaced")


def somebody_without_the_role(house: House) -> None:
    begin(house, OFFICERS[0], successor="anna")


def second_one_begins(house: House) -> None:
    begin(house, OFFICERS[0], by=in_order(house, *OFFICERS[1:])[1])


def one_replaces_oneself(house: House) -> None:
    begin(house, OFFICERS[0], by=OFFICERS[0])


def successor_replaces(house: House) -> None:
    begin(house, OFFICERS[0], by="officer4")


def supporter_replaces(house: House) -> None:
    begin(house, OFFICERS[0], by="anna")


def one_does_both(house: House) -> None:
    first = in_order(house, *OFFICERS[1:])[0]
    finish(house, OFFICERS[0], begin(house, OFFICERS[0]), by=first)


def the_one_who_leaves_does_the_second(house: House) -> None:
    finish(house, OFFICERS[0], begin(house, OFFICERS[0]), by=OFFICERS[0])


@pytest.mark.parametrize(
    "wrongly",
    [
        somebody_without_the_role, second_one_begins, one_replaces_oneself, successor_replaces, supporter_replaces, one_does_both,
        the_one_who_leaves_does_the_second,
    ],
)  # fmt: skip
def test_two_others_replace_one_and_nobody_else(house: House, wrongly: Callable[[House], None]) -> None:
    newcomer(house)
    with pytest.raises((Refused, NotAllowed, Invalid)):
        wrongly(house)
    assert house.keeper.trusted_officers() == sorted(str(house.id(one)) for one in OFFICERS)
    assert not Event.objects.filter(kind="officer_replaced").exists()


def test_a_row_swapped_between_the_steps_is_refused(house: House) -> None:
    newcomer(house)
    begun = begin(house, OFFICERS[0])
    other = queries.certificate(house.id("anna"))["public"]
    Keyring.objects.filter(pk=house.id("officer4")).update(public=other)
    with pytest.raises(Refused):
        finish(house, OFFICERS[0], begun)
    assert house.keeper.trusted_officers() == sorted(str(house.id(one)) for one in OFFICERS)
    assert Succession.objects.filter(pk=begun).exists()


def test_what_came_between_the_steps_is_left_to_the_two_until_its_key_is_replaced(house: House) -> None:
    newcomer(house)
    gone = OFFICERS[0]
    begun = begin(house, gone)
    house.unlock("anna")
    case_id = house.case()
    finish(house, gone, begun)
    two = " ".join(sorted(str(house.id(one)) for one in OFFICERS[1:]))
    assert [one.officers for one in OfficerSeal.objects.filter(case_id=case_id)] == [two]
    house.unlock("anna")
    sharing.replace_key(case_id=case_id, **house.who("anna"))  # type: ignore[arg-type]
    assert OfficerSeal.objects.filter(case_id=case_id).count() == 3


def test_a_key_that_was_replaced_between_the_steps_keeps_its_new_seals(house: House) -> None:
    newcomer(house)
    case_id = house.case()
    begun = begin(house, OFFICERS[0])
    house.unlock("anna")
    sharing.replace_key(case_id=case_id, **house.who("anna"))  # type: ignore[arg-type]
    finish(house, OFFICERS[0], begun)
    asked = ask_emergency(house, case_id)
    help_emergency(house, asked, *OFFICERS[1:])
    house.unlock("cia")
    assert house.read(case_id, "cia") == []


def test_the_page_leads_through_both_steps_and_shows_the_new_three(house: House) -> None:
    house.keeper.clock = timezone.now
    house.is_now(timezone.now())
    newcomer(house)
    gone = OFFICERS[0]
    first, second = in_order(house, *OFFICERS[1:])
    house.unlock(first, second)
    one, other = browser(house, first), browser(house, second)
    shown = page(one.get("/cases/officers/"))
    assert house.actor("officer4").pseudonym in shown
    said = {"do": "replace", "id": str(house.id(gone)), "successor": str(house.id("officer4"))}
    assert one.post("/cases/officers/", said).status_code == 302
    begun = Succession.objects.get()
    assert "Det första steget togs" in page(other.get("/cases/officers/"))
    assert one.post("/cases/officers/", {"do": "replace_stop", "id": str(begun.pk)}).status_code == 302
    assert not SuccessionSeal.objects.exists()
    assert other.post("/cases/officers/", {"do": "replace_finish", "id": str(begun.pk)}).status_code == 404
    assert one.post("/cases/officers/", said).status_code == 302
    again = Succession.objects.get()
    assert other.post("/cases/officers/", {"do": "replace_finish", "id": str(again.pk)}).status_code == 302
    assert {one.pk for one in officers.office().trusted} == {house.id(n) for n in (first, second, "officer4")}


def test_officers_wait_for_nobodys_certificate(house: House) -> None:
    newcomer(house)
    newcomer(house, "eva", Role.SUPPORTER)
    waiting = queries.officer_work(by=house.actor(OFFICERS[0])).uncertified
    assert [one.pk for one in waiting] == [house.id("eva")]
