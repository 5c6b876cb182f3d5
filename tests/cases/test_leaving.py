"""Somebody leaves: nothing is orphaned, keys are forgotten, and an emergency that nobody reviews shuts an account."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.cases import leaving
from samsyn.cases.actions import cases, codes, endings, keys, sharing
from samsyn.cases.models import Case
from samsyn.config.management.commands import work
from samsyn.people import actions as people
from samsyn.people import keeping
from samsyn.people.keeping import KeysLocked
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.people.roles import Role
from samsyn.privacy.custody.refusals import UNAVAILABLE, KeyRefused
from tests.cases.conftest import OFFICERS, House
from tests.cases.test_pages import browser


def share_wholly(house: House, case_id: UUID, to: str) -> None:
    said = {
        "case_id": case_id,
        "to": house.id(to),
        "purpose": "handover",
        "rights": ("read", "write", "share"),
        "days": 90,
    }
    assert not sharing.share_case(**said, **house.who("anna"))  # type: ignore[arg-type]
    request = sharing.ShareRequest.objects.get(case_id=case_id)
    sharing.approve_share(request_id=request.pk, by=house.actor("cia" if to == "bo" else "bo"), at=house.now)
    assert sharing.share_case(**said, **house.who("anna"))  # type: ignore[arg-type]


def close(house: House, name: str) -> None:
    people.close_account(account_id=house.id(name), by=house.actor("administrator"), at=house.now)


def test_an_account_that_would_orphan_a_case_is_not_closed_and_the_refusal_says_what_to_do(house: House) -> None:
    first, second = house.case(), house.case()
    with pytest.raises(Refused) as refused:
        close(house, "anna")
    assert "2 ärenden" in str(refused.value.message)
    with pytest.raises(Refused):
        people.end_role(account_id=house.id("anna"), role=Role.SUPPORTER, by=house.actor("administrator"), at=house.now)
    house.accounts["anna"].refresh_from_db()
    assert house.accounts["anna"].is_active
    assert not Event.objects.filter(kind__in=["account_closed", "role_ended"]).exists()
    share_wholly(house, first, "bo")
    endings.erase_case(case_id=second, by=house.actor("anna"), at=house.now)
    close(house, "anna")
    assert Event.objects.filter(kind="account_closed").count() == 1


def test_who_only_reads_or_whose_time_is_over_or_who_is_gone_holds_nothing_up(house: House) -> None:
    case_id = house.case()
    sharing.share_case(
        case_id=case_id, to=house.id("bo"), purpose="support", rights=("read", "write"), days=14, **house.who("anna")
    )  # type: ignore[arg-type] # fmt: skip
    assert leaving.orphaned_without(house.id("anna"), at=house.now)
    assert not leaving.orphaned_without(house.id("bo"), at=house.now)
    share_wholly(house, case_id, "cia")
    close(house, "bo")
    assert not leaving.orphaned_without(house.id("anna"), at=house.now)
    assert leaving.orphaned_without(house.id("anna"), at=house.now + timedelta(days=91))
    people.end_role(account_id=house.id("cia"), role=Role.SUPPORTER, by=house.actor("administrator"), at=house.now)
    assert leaving.orphaned_without(house.id("anna"), at=house.now)


def test_a_case_that_only_its_code_opens_keeps_nobody(house: House) -> None:
    keys.begin_duty(by=house.actor("anna"), at=house.now)
    codes.create_by_code(
        concerns_child=False, with_duress=False, with_recovery=False, **house.who("anna")
    )  # type: ignore[arg-type] # fmt: skip
    close(house, "anna")


def test_none_of_the_three_officers_whom_the_keeper_trusts_is_closed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for leave in (
        lambda: close(house, "officer1"),
        lambda: people.end_role(
            account_id=house.id("officer1"), role=Role.KEY_OFFICER, by=house.actor("administrator"), at=house.now
        ),
    ):
        with pytest.raises(Refused) as refused:
            leave()
        assert "färre än tre" in str(refused.value.message)
        assert "efterträdare" in str(refused.value.message)
    house.accounts["officer1"].refresh_from_db()
    assert house.accounts["officer1"].is_active
    assert not Event.objects.filter(kind__in=["account_closed", "role_ended"]).exists()
    # Somebody with the role whom the keeper never trusted leaves no gap, and makes up for none.
    fourth = people.create_account(
        name="fourth", pseudonym="Stödjare 9", organisation=house.accounts["anna"].organisation,
        by=house.actor("administrator"), at=house.now,
    )  # fmt: skip
    said = {"account_id": fourth.pk, "by": house.actor("administrator"), "at": house.now}
    people.give_role(role=Role.KEY_OFFICER, **said)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        close(house, "officer1")
    people.close_account(**said)  # type: ignore[arg-type]

    def nobody() -> None:
        raise KeyRefused(UNAVAILABLE)

    # What the keeper can't confirm isn't done; a supporter's leaving doesn't need it.
    monkeypatch.setattr(keeping, "keeper", nobody)
    with pytest.raises(Refused):
        close(house, "officer1")
    close(house, "bo")


@pytest.mark.parametrize("way", ["close", "end_role", "suspend"])
def test_whoever_goes_has_no_open_keys_left(house: House, way: str, django_capture_on_commit_callbacks: object) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        said = {"account_id": house.id("anna"), "by": house.actor("administrator"), "at": house.now}
        if way == "close":
            people.close_account(**said)  # type: ignore[arg-type]
        elif way == "end_role":
            people.end_role(role=Role.SUPPORTER, **said)  # type: ignore[arg-type]
        else:
            people.suspend_account(**said)  # type: ignore[arg-type]
    assert not house.keeper.is_unlocked(token=house.tokens["anna"], person=str(house.id("anna")))


@pytest.fixture
def on_time(house: House) -> House:
    house.keeper.clock = timezone.now
    house.is_now(timezone.now())
    return house


@pytest.mark.parametrize("way", ["/people/lock/", "/account/sign-out/"])
def test_who_locks_or_signs_out_locks_the_keys_and_keeps_the_hour_of_a_code(on_time: House, way: str) -> None:
    house = on_time
    client: Client = browser(house, "anna")
    house.unlock("anna")
    keys.begin_duty(by=house.actor("anna"), at=house.now)
    given = codes.create_by_code(
        concerns_child=False, with_duress=False, with_recovery=False, **house.who("anna")
    )  # type: ignore[arg-type] # fmt: skip
    assert client.post(way).status_code == 302
    assert not house.keeper.is_unlocked(token=house.tokens["anna"], person=str(house.id("anna")))
    with pytest.raises(KeysLocked):
        house.read(given.case_id)
    house.unlock("anna")
    assert house.read(given.case_id) == []


def test_a_keeper_that_does_not_answer_does_not_keep_the_screen_open(
    on_time: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(on_time, "anna")

    def nobody() -> None:
        raise KeyRefused(UNAVAILABLE)

    monkeypatch.setattr(keeping, "keeper", nobody)
    assert client.post("/people/lock/").status_code == 302
    assert client.get("/cases/")["Location"].startswith("/people/locked/")


def emergency(house: House) -> UUID:
    case_id = house.case()
    asked = sharing.ask_emergency(
        handle=Case.objects.get(pk=case_id).handle, ground="danger", by=house.actor("bo"), at=house.now
    )
    order = sorted(OFFICERS, key=lambda name: str(house.id(name)))
    house.unlock(*order)
    for officer in order[:2]:
        sharing.help_emergency(emergency_id=asked, **house.who(officer))  # type: ignore[arg-type]
    return asked


def test_an_emergency_that_nobody_reviews_within_a_day_shuts_the_account_until_somebody_does(house: House) -> None:
    own = cases.create_case(concerns_child=False, **house.who("bo"))  # type: ignore[arg-type]
    asked = emergency(house)
    order = sorted(OFFICERS, key=lambda name: str(house.id(name)))
    third = house.actor(order[2])
    house.later(hours=23)
    house.unlock("bo")
    assert house.read(own, "bo") == []
    assert sharing.suspend_unreviewed(by=work.SYSTEM, at=house.now) == 0
    house.later(hours=1, seconds=1)
    # At once, whether or not the clock's work runs: no key, no case, no other emergency.
    with pytest.raises(NotAllowed):
        house.unlock("bo")
    with pytest.raises(NotAllowed):
        house.read(own, "bo")
    assert sharing.suspend_unreviewed(by=work.SYSTEM, at=house.now) == 1
    assert sharing.suspend_unreviewed(by=work.SYSTEM, at=house.now) == 0
    house.accounts["bo"].refresh_from_db()
    assert not house.accounts["bo"].is_active
    sharing.review_emergency(emergency_id=asked, by=third, at=house.now)
    house.accounts["bo"].refresh_from_db()
    assert house.accounts["bo"].is_active
    house.unlock("bo")
    assert house.read(own, "bo") == []
    kinds = Event.objects.filter(subject=str(house.id("bo")), kind__startswith="account_").values_list(
        "kind", flat=True
    )
    assert sorted(kinds) == ["account_created", "account_resumed", "account_suspended"]


def test_a_reviewed_emergency_shuts_nobody_and_a_closed_account_stays_closed(house: House) -> None:
    asked = emergency(house)
    order = sorted(OFFICERS, key=lambda name: str(house.id(name)))
    house.later(hours=25)
    close(house, "bo")
    assert sharing.suspend_unreviewed(by=work.SYSTEM, at=house.now) == 0
    sharing.review_emergency(emergency_id=asked, by=house.actor(order[2]), at=house.now)
    house.accounts["bo"].refresh_from_db()
    assert not house.accounts["bo"].is_active
    assert sharing.suspend_unreviewed(by=work.SYSTEM, at=house.now) == 0


def test_the_clocks_work_replays_erasures_so_that_a_restored_case_is_gone_and_the_keeper_serves(house: House) -> None:
    case_id = house.case()
    house.note(case_id)
    case = Case.objects.get(pk=case_id)
    endings.erase_case(case_id=case_id, by=house.actor("anna"), at=house.now)
    case.save(force_insert=True)  # yesterday's backup had it
    house.keeper.is_closed = True
    work._look_after_cases(house.now)
    assert not Case.objects.filter(pk=case_id).exists()
    assert not house.keeper.is_closed


def test_erasure_by_its_day_survives_a_keeper_that_does_not_answer(
    house: House, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    case_id = house.case()
    there = keeping.keeper

    def nobody() -> None:
        raise KeyRefused(UNAVAILABLE)

    monkeypatch.setattr(keeping, "keeper", nobody)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        endings.erase_rows(case_id=case_id, by=work.SYSTEM, at=house.now)
    work._look_after_cases(house.now)
    assert house.keeper.store.erased() == []
    monkeypatch.setattr(keeping, "keeper", there)
    work._look_after_cases(house.now)
    assert house.keeper.store.erased() == [str(case_id)]
    call_command("replay_erasures")
