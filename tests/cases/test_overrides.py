"""Somebody must be reached against their own rules: two persons, a reason of the list, one contact, minutes, and the log."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.cases import outbound, queries, safe_contact
from samsyn.cases.actions import cases, codes, contact, keys, sharing
from samsyn.cases.models import ContactClearance, ContactOverride
from samsyn.cases.safe_contact import Rules
from samsyn.oversight import rounds
from samsyn.people import actions as people
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Role
from tests.cases.conftest import House
from tests.cases.test_pages import browser, page

NUMBER = "+46701740605"
RULES = Rules(
    channels=("email",), weekdays=(1, 2, 3, 4, 5), from_hour=9, to_hour=15, number=NUMBER, confirmed_on="2026-09-16"
)  # fmt: skip


@pytest.fixture
def case_id(house: House) -> UUID:
    made = house.case()
    cases.save_single(case_id=made, kind="rules", value=RULES.as_data(), **house.who("anna"))  # type: ignore[arg-type]
    return made


def ask(house: House, case_id: UUID, *, channel: str = "phone", ground: str = "danger", by: str = "anna") -> UUID:
    contact.ask_override(case_id=case_id, channel=channel, ground=ground, **house.who(by))  # type: ignore[arg-type]
    made: UUID = ContactOverride.objects.latest("asked_at").pk
    return made


def confirm(house: House, override_id: UUID, by: str = "bo") -> None:
    contact.confirm_override(override_id=override_id, by=house.actor(by), at=house.now)


def check(house: House, case_id: UUID, channel: str = "phone", **said: Any) -> contact.ContactAnswer:
    said = {"voicemail": False, **said}
    return contact.check_contact(case_id=case_id, channel=channel, **said, **house.who("anna"))


def reached(house: House, channel: str = "phone", by: str = "anna") -> bool:
    try:
        with transaction.atomic():
            outbound.permit(channel=channel, to=NUMBER, by=house.actor(by), at=house.now)
    except NotAllowed:
        return False
    return True


def test_what_two_persons_decide_lets_one_contact_out_and_no_second_one(house: House, case_id: UUID) -> None:
    assert check(house, case_id).why == safe_contact.CHANNEL
    override = ask(house, case_id)
    assert check(house, case_id).why == safe_contact.CHANNEL
    assert not reached(house)
    confirm(house, override)
    assert not reached(house)  # the confirmed one is used by asking the rules anew, so that the contact is in the log
    answer = check(house, case_id)
    assert (answer.why, answer.against) == ("", safe_contact.CHANNEL)
    assert answer.until is not None
    assert answer.until <= house.now + safe_contact.CLEARED_FOR
    assert reached(house)
    assert not reached(house)
    assert check(house, case_id).why == safe_contact.CHANNEL
    said = Event.objects.get(kind="outbound_overridden")
    assert said.facts == {"ground": "danger", "why": "channel", "confirmed_by": str(house.id("bo"))}
    assert (said.actor_id, said.subject) == (str(house.id("anna")), str(case_id))
    (row,) = queries.overrides_of(case_id)
    assert (row.asked, row.confirmed) == (house.actor("anna").pseudonym, house.actor("bo").pseudonym)


def test_each_use_is_looked_at_in_the_log_review(house: House, case_id: UUID) -> None:
    confirm(house, ask(house, case_id))
    assert [item.rule for item in rounds.round_of("2026-W38", at=house.now).items if item.rule == "override"] == []
    check(house, case_id)
    found = [item for item in rounds.round_of("2026-W38", at=house.now).items if item.rule == "override"]
    assert [item.event.kind for item in found] == ["outbound_overridden"]
    assert found[0].is_open


Change = Callable[[House, UUID], object]
TOO_LATE: dict[str, tuple[Change, Change]] = {
    "nobody_confirmed_within_the_hour": (lambda house, override: house.later(hours=1), confirm),
    "nobody_used_it_within_minutes": (
        confirm, lambda house, override: house.later(seconds=safe_contact.CLEARED_FOR.total_seconds())
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOO_LATE)
def test_it_lapses(house: House, case_id: UUID, what: str) -> None:
    override = ask(house, case_id)
    first, second = TOO_LATE[what]
    first(house, override)
    try:
        second(house, override)
    except LookupError:
        assert what.startswith("nobody_confirmed")
    house.unlock("anna")
    assert check(house, case_id).why == safe_contact.CHANNEL
    assert not ContactClearance.objects.exists()


def test_it_holds_for_the_way_the_person_and_no_answering_machine(house: House, case_id: UUID) -> None:
    confirm(house, ask(house, case_id))
    assert check(house, case_id, voicemail=True).why == safe_contact.CHANNEL
    assert check(house, case_id, "chat").why == safe_contact.CHANNEL
    assert check(house, case_id).why == ""
    assert not reached(house, "email")
    assert not reached(house, by="bo")


def second_self(house: House, case_id: UUID, override: UUID) -> None:
    confirm(house, override, "anna")


def second_withdrew(house: House, case_id: UUID, override: UUID) -> None:
    sharing.share_case(
        case_id=case_id, to=house.id("bo"), purpose="support", rights=("read", "write"), days=14, **house.who("anna")
    )  # type: ignore[arg-type] # fmt: skip
    sharing.withdraw(case_id=case_id, by=house.actor("bo"), at=house.now)
    assert queries.overrides_to_confirm(by=house.actor("bo"), at=house.now) == []
    confirm(house, override)


def second_is_somebody_the_person_will_not_meet(house: House, case_id: UUID, override: UUID) -> None:
    sharing.declare_ties(values=["Storköping"], by=house.actor("bo"), at=house.now)
    sharing.exclude(case_id=case_id, values=["storköping"], by=house.actor("anna"), at=house.now)
    confirm(house, override)


def second_looks_after_keys(house: House, case_id: UUID, override: UUID) -> None:
    confirm(house, override, "officer1")


@pytest.mark.parametrize(
    "wrongly",
    [second_self, second_withdrew, second_is_somebody_the_person_will_not_meet, second_looks_after_keys],
)
def test_the_second_person_is_another_one_without_ties(
    house: House, case_id: UUID, wrongly: Callable[[House, UUID, UUID], None]
) -> None:
    override = ask(house, case_id)
    with pytest.raises((NotAllowed, Refused)):
        wrongly(house, case_id, override)
    assert ContactOverride.objects.get().confirmed_by is None
    assert not Event.objects.filter(kind="override_confirmed").exists()


def test_a_team_lead_confirms_without_any_key(house: House, case_id: UUID) -> None:
    lead = people.create_account(
        name="lead", pseudonym="Samordnare 1", organisation=house.accounts["anna"].organisation,
        by=house.actor("administrator"), at=house.now,
    )  # fmt: skip
    people.give_role(account_id=lead.pk, role=Role.TEAM_LEAD, by=house.actor("administrator"), at=house.now)
    house.accounts["lead"] = lead
    confirm(house, ask(house, case_id), "lead")
    assert check(house, case_id).why == ""


def test_the_database_keeps_the_two_apart(house: House, case_id: UUID) -> None:
    ask(house, case_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactOverride.objects.update(confirmed_by=house.id("anna"), confirmed_at=house.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactOverride.objects.update(used_at=house.now)


def test_nobody_asks_for_what_is_allowed_without_a_reason_or_with_a_right_to_read_only(
    house: House, case_id: UUID
) -> None:
    with pytest.raises(Refused):
        ask(house, case_id, channel="email")
    with pytest.raises(Invalid):
        ask(house, case_id, ground="curiosity")
    sharing.share_case(
        case_id=case_id, to=house.id("bo"), purpose="support", rights=("read",), days=14, **house.who("anna")
    )  # type: ignore[arg-type] # fmt: skip
    with pytest.raises(NotAllowed):
        ask(house, case_id, by="bo")
    with pytest.raises(LookupError):
        ask(house, case_id, by="cia")
    assert not ContactOverride.objects.exists()
    assert not Event.objects.filter(kind="override_asked").exists()


def test_whoever_is_known_by_a_code_alone_is_never_reached_against_the_rules(house: House) -> None:
    keys.begin_duty(by=house.actor("anna"), at=house.now)
    given = codes.create_by_code(concerns_child=False, with_duress=True, with_recovery=False, **house.who("anna"))  # type: ignore[arg-type]
    for said in (given.code, given.duress):
        codes.open_by_code(code=said, **house.who("anna"))  # type: ignore[arg-type]
        assert not check(house, given.case_id).may_ask
        with pytest.raises(NotAllowed):
            ask(house, given.case_id)
    assert not ContactOverride.objects.exists()


def test_a_new_question_takes_the_place_of_the_earlier_one(house: House, case_id: UUID) -> None:
    first = ask(house, case_id)
    second = ask(house, case_id, channel="chat", ground="missed")
    with pytest.raises(LookupError):
        confirm(house, first)
    confirm(house, second)
    assert check(house, case_id).why == safe_contact.CHANNEL
    assert check(house, case_id, "chat").against == safe_contact.CHANNEL


def test_the_pages_from_the_no_to_the_contact(house: House) -> None:
    house.keeper.clock = timezone.now
    house.is_now(timezone.now())
    house.unlock("anna")
    case_id = house.case()
    anna, bo = browser(house, "anna"), browser(house, "bo")
    at = f"/cases/{case_id}/contact/"
    no = anna.post(at, {"channel": "phone"})
    assert no.status_code == 409
    assert "Personen måste nås ändå" in no.content.decode()
    assert anna.post(at, {"channel": "phone", "do": "override", "ground": "warning"}).status_code == 302
    assert "En andra person har fått frågan" in anna.post(at, {"channel": "phone"}).content.decode()
    assert "Bekräfta en enda kontakt" not in page(anna.get("/cases/overrides/"))
    assert "behöver dig som andra person" in page(bo.get("/cases/"))
    shown = page(bo.get("/cases/overrides/"))
    assert "Personen måste varnas" in shown
    assert "Inget är sagt om hur personen får kontaktas" in shown
    override = ContactOverride.objects.get()
    assert bo.post("/cases/overrides/", {"id": str(override.pk)}).status_code == 302
    yes = anna.post(at, {"channel": "phone"})
    assert yes.status_code == 200
    assert "bestämt att gå emot den en enda gång" in page(yes)
    assert "ja, nu går det" not in page(yes)
    assert "Mot reglerna" in page(anna.get(f"/cases/{case_id}/"))
    override.refresh_from_db()
    assert override.used_at is not None
    assert override.used_at - override.asked_at < timedelta(hours=1)
