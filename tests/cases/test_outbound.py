"""Safe contact is coupled to the channels: whatever leaves the operator's house asks the person's own rules first."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction

from samsyn.audit.models import Event
from samsyn.bookings import actions as bookings
from samsyn.cases import outbound, safe_contact
from samsyn.cases.actions import cases, codes, contact, keys
from samsyn.cases.models import ContactClearance
from samsyn.cases.safe_contact import Rules
from samsyn.channels import actions as channels
from samsyn.channels import letter_reading, mails, permits
from samsyn.channels.models import OutgoingMail
from samsyn.followups import actions as followups
from samsyn.followups import mail as follow_up_mail
from samsyn.followups.models import LINK, ContactDetails, FollowUp
from samsyn.followups.policies import Agreed
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.people.roles import Role
from samsyn.privacy import sealing
from tests.cases.conftest import House
from tests.cases.test_pages import browser, page

ROOT = Path(__file__).resolve().parent.parent.parent / "samsyn"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
TO = "anna.exempel@skola.example"
# 16 September 2026 is a Wednesday; half past ten in Stockholm.
WORKDAYS = Rules(
    channels=("phone", "email"), weekdays=(1, 2, 3, 4, 5), from_hour=9, to_hour=15, name_to_use="Biblioteket",
    number="+46701740605", address=TO, confirmed_on="2026-09-16",
)  # fmt: skip


@pytest.fixture
def desk(house: House, settings: Any) -> House:
    """Anna supports persons and works at the desk too, so that she both knows the rules and reaches people."""
    settings.SAMSYN_SENDS_MAIL = True
    for command in ("load_channels", "load_bookings"):
        call_command(command, verbosity=0)
    for role in (Role.ADVISER, Role.TEAM_LEAD):
        people.give_role(account_id=house.id("anna"), role=role, by=house.actor("administrator"), at=house.now)
    return house


def case_with(house: House, rules: Rules | None) -> UUID:
    case_id = house.case()
    if rules is not None:
        cases.save_single(case_id=case_id, kind="rules", value=rules.as_data(), **house.who("anna"))  # type: ignore[arg-type]
    return case_id


def check(house: House, case_id: UUID, channel: str) -> contact.ContactAnswer:
    return contact.check_contact(case_id=case_id, channel=channel, voicemail=False, **house.who("anna"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("said", "why"), [("never", safe_contact.NO_VOICEMAIL), ("neutral", safe_contact.ALLOWED)])
def test_a_voice_mail_is_left_only_where_a_neutral_one_was_allowed(desk: House, said: str, why: str) -> None:
    case_id = case_with(desk, replace(WORKDAYS, voicemail=said))
    assert check(desk, case_id, "phone").why == safe_contact.ALLOWED
    answer = contact.check_contact(case_id=case_id, channel="phone", voicemail=True, **desk.who("anna"))  # type: ignore[arg-type]
    assert answer.why == why


# Everything that leaves the house, and how its own room does it


def call_back(house: House) -> None:
    promise = channels.promise_call_back(
        number="070-174 06 05", wished_part="any", by=house.actor("anna"), at=house.now
    )
    channels.show_number(call_back_id=promise, by=house.actor("anna"), at=house.now)


def answer_letter(house: House) -> None:
    words = letter_reading.read(f"From: {TO}\nSubject: Hej\n\nHej".encode())
    channels.take_letter(place=str(house.now), words=words, refusal="", arrived_at=house.now, by=SYSTEM, at=house.now)
    from samsyn.channels.models import Letter

    letter = Letter.objects.latest("arrived_at")
    channels.answer_letter(letter_id=letter.pk, by=house.actor("anna"), at=house.now)


def follow_up_by_phone(house: House) -> None:
    version = UUID(int=7)
    made = FollowUp.objects.create(
        number=1, matter_id=None, version_id=version, way="phone", consented_on=house.now.date()
    )
    ContactDetails.objects.create(follow_up=made, sealed=sealing.seal("follow_up_address", "+46701740605"))
    followups.read_details(follow_up_id=made.id, by=house.actor("anna"), at=house.now)


def follow_up_link(house: House) -> None:
    follow_up_mail.send_link(to=TO, kind=follow_up_mail.DIRECT, token="t" * 20, by=house.actor("anna"), at=house.now)


def _booked(house: House) -> UUID:
    by = house.actor("anna")
    host = bookings.set_host(account_id=house.id("anna"), kinds=["advice"], by=by, at=house.now)
    starts = datetime(2026, 9, 21, 7, 0, tzinfo=UTC) + timedelta(hours=FollowUp.objects.count())
    return bookings.book(kind="advice", hosts=[host], starts_at=starts, by=by, at=house.now)


def booking_invitation(house: House) -> None:
    bookings.invite(booking_id=_booked(house), address=TO, by=house.actor("anna"), at=house.now)


MAILS = {
    kind: (lambda house, kind=kind: channels.send_neutral_mail(
        to=TO, kind=kind, context=dict.fromkeys(mails.texts()[kind]["sv"].places, "x"), by=house.actor("anna"), at=house.now,
    ))
    for kind in mails.texts()
}  # fmt: skip
OUTBOUND: dict[str, tuple[str, Callable[[House], None]]] = {
    "call_back": ("phone", call_back),
    "follow_up_by_phone": ("phone", follow_up_by_phone),
    "follow_up_link": ("email", follow_up_link),
    "letter_is_answered": ("email", answer_letter),
    "booking_invitation": ("email", booking_invitation),
    **{f"mail_{kind}": ("email", send) for kind, send in MAILS.items()},
}
# The doors in the code: what seals up an address or a number again, and what hands a mail over.
ASKS_ITSELF = {
    "channels.actions.outbox.send_neutral_mail",
    "channels.actions.call_backs.show_number",
    "followups.actions.planning.read_details",
}
GOES_THROUGH_THE_OUTBOX = {
    "channels.actions.letters.answer_letter",
    "bookings.notices._send",
    "bookings.actions.public.address_of",
    "bookings.actions.waiting._offer_one",
    "followups.mail.send_link",
    "followups.actions.planning.plan_follow_up",
    "followups.actions.sending._ask",
    "deliveries.reminders.tell",
}
SENDS_WHAT_WAS_ASKED_FOR = {
    "channels.actions.outbox.send_due_mail",
    "channels.actions.outbox._hand_over",
    "channels.actions.outbox._message",
}
# Words that somebody wrote to the house; reading them reaches nobody.
COMES_IN = {"channels.wake.events", "channels.actions.letters._words", "channels.queries.chat._shown"}
DOORS = {"send_neutral_mail", "EmailMessage", "get_connection", "urlopen", "create_connection"}

# Django's own function; a connection of somebody's that is asked for itself is no door.
BARE = {"get_connection"}
PLACES = {("sealing", "unseal"), ("OutgoingMail.objects", "create")}


def doors() -> Iterator[str]:
    """Find each function that opens a door, by reading the code."""
    for file in ROOT.rglob("*.py"):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        if module.startswith(("config.", "privacy.")):
            continue
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
                if (
                    (name in DOORS and (not owner or name not in BARE))
                    or (owner, name) in PLACES
                    or owner.startswith("smtplib")
                ):
                    yield f"{module}.{function.name}"


def test_who_asks_asks_before_anything_is_queued_told_or_in_the_log() -> None:
    for name in ASKS_ITSELF:
        module, _dot, function = name.rpartition(".")
        tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
        (found,) = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == function]
        calls = [ast.unparse(call.func) for call in ast.walk(found) if isinstance(call, ast.Call)]
        lines = {ast.unparse(call.func): call.lineno for call in ast.walk(found) if isinstance(call, ast.Call)}
        assert "permits.ask" in calls, name
        told = [one.lineno for one in ast.walk(found) if isinstance(one, ast.Return)]
        done = [line for call, line in lines.items() if call.endswith((".create", "audit.record"))]
        assert all(lines["permits.ask"] < line for line in told + done)


def test_every_door_of_the_house_is_on_the_list() -> None:
    listed = ASKS_ITSELF | GOES_THROUGH_THE_OUTBOX | SENDS_WHAT_WAS_ASKED_FOR | COMES_IN
    assert set(doors()) == listed


@pytest.mark.parametrize("what", OUTBOUND)
def test_nothing_leaves_before_the_rules_have_been_asked(desk: House, what: str) -> None:
    _channel, do = OUTBOUND[what]
    with pytest.raises(NotAllowed) as refused, transaction.atomic():
        do(desk)
    assert "kontrollera trygg kontakt först" in str(refused.value.message)
    assert not OutgoingMail.objects.exists()
    assert not Event.objects.filter(kind__in=["mail_queued", "call_back_read", "follow_up_details_read"]).exists()


@pytest.mark.parametrize("what", OUTBOUND)
def test_a_yes_for_the_way_lets_one_contact_out_and_no_other(desk: House, what: str) -> None:
    channel, do = OUTBOUND[what]
    case_id = case_with(desk, WORKDAYS)
    other = "email" if channel == "phone" else "phone"
    assert check(desk, case_id, other).why == safe_contact.ALLOWED
    with pytest.raises(NotAllowed), transaction.atomic():
        do(desk)
    assert check(desk, case_id, channel).why == safe_contact.ALLOWED
    do(desk)
    assert ContactClearance.objects.get().used_at is not None
    with pytest.raises(NotAllowed):
        outbound.permit(channel=channel, to=TO, by=desk.actor("anna"), at=desk.now)


@pytest.mark.parametrize("what", OUTBOUND)
def test_a_yes_in_one_case_is_none_for_the_person_of_another(desk: House, what: str) -> None:
    """A clearance is of one case and its person: the number or address of anybody else, or of nobody, meets a refusal."""
    channel, do = OUTBOUND[what]
    for number, address in (("+46701740606", "nagon.annan@skola.example"), ("", "")):
        case_id = case_with(desk, replace(WORKDAYS, number=number, address=address))
        assert check(desk, case_id, channel).why == safe_contact.ALLOWED
        with pytest.raises(NotAllowed) as refused, transaction.atomic():
            do(desk)
        assert "inte den som personen har sagt" in str(refused.value.message)
        assert not OutgoingMail.objects.exists()
        assert ContactClearance.objects.get().used_at is None
    stored = ContactClearance.objects.get()
    check(desk, case_with(desk, WORKDAYS), channel)
    mark = bytes(ContactClearance.objects.get().recipient)
    assert (bytes(stored.recipient), len(mark)) == (b"", 32)
    assert TO.encode() not in mark


def test_a_colleague_or_the_clock_does_not_use_somebodys_yes(desk: House) -> None:
    check(desk, case_with(desk, WORKDAYS), "email")
    for by in (desk.actor("bo"), SYSTEM):
        with pytest.raises(NotAllowed):
            permits.ask(channel="email", to=TO, by=by, at=desk.now)
    assert permits.ask(channel="email", to=TO, by=desk.actor("anna"), at=desk.now) > desk.now  # type: ignore[operator]


AT_A_TIME = {
    "nothing_said": (None, None, safe_contact.NO_RULES),
    "no_channel": (Rules(confirmed_on="2026-09-16"), None, safe_contact.CHANNEL),
    "evening": (WORKDAYS, datetime(2026, 9, 16, 15, 0, tzinfo=STOCKHOLM), safe_contact.HOUR),
    "saturday": (WORKDAYS, datetime(2026, 9, 19, 10, 0, tzinfo=STOCKHOLM), safe_contact.DAY),
    "thirty_one_days": (WORKDAYS, datetime(2026, 10, 19, 10, 0, tzinfo=STOCKHOLM), safe_contact.STALE),
}


@pytest.mark.parametrize("when", AT_A_TIME)
def test_a_no_clears_nothing_and_takes_an_earlier_yes_away(desk: House, when: str) -> None:
    rules, at, why = AT_A_TIME[when]
    check(desk, case_with(desk, WORKDAYS), "email")
    case_id = case_with(desk, rules)
    if at is not None:
        desk.is_now(at.astimezone(UTC))
        desk.unlock("anna")
    assert check(desk, case_id, "email").why == why
    assert not ContactClearance.objects.exists()
    with pytest.raises(NotAllowed):
        follow_up_link(desk)
    assert Event.objects.filter(kind="outbound_refused", subject=str(case_id)).count() == 1


def test_the_forced_words_clear_nothing(desk: House) -> None:
    keys.begin_duty(by=desk.actor("anna"), at=desk.now)
    given = codes.create_by_code(concerns_child=False, with_duress=True, with_recovery=False, **desk.who("anna"))  # type: ignore[arg-type]
    said = WORKDAYS.as_data()
    cases.save_single(case_id=given.case_id, kind="rules", value=said, **desk.who("anna"))  # type: ignore[arg-type]
    codes.open_by_code(code=given.duress, **desk.who("anna"))  # type: ignore[arg-type]
    assert check(desk, given.case_id, "phone").why == safe_contact.NO_RULES
    with pytest.raises(NotAllowed):
        call_back(desk)


def test_a_mail_that_nobody_took_in_time_does_not_go_out_later(desk: House) -> None:
    """The yes was given at 14.59: the mail server that comes back at a quarter past three gets nothing."""
    desk.is_now(datetime(2026, 9, 16, 14, 59, tzinfo=STOCKHOLM).astimezone(UTC))
    desk.unlock("anna")
    check(desk, case_with(desk, WORKDAYS), "email")
    follow_up_link(desk)
    waiting = OutgoingMail.objects.get()
    assert waiting.not_after == datetime(2026, 9, 16, 15, 0, tzinfo=STOCKHOLM)
    assert channels.send_due_mail(by=SYSTEM, at=desk.now + timedelta(minutes=16)) == 0
    assert not OutgoingMail.objects.exists()
    assert Event.objects.filter(kind="mail_too_late").count() == 1


@pytest.mark.parametrize(
    ("rules", "at", "until"),
    [
        (WORKDAYS, datetime(2026, 9, 16, 10, 30, tzinfo=STOCKHOLM), datetime(2026, 9, 16, 10, 45, tzinfo=STOCKHOLM)),
        (WORKDAYS, datetime(2026, 9, 16, 14, 50, tzinfo=STOCKHOLM), datetime(2026, 9, 16, 15, 0, tzinfo=STOCKHOLM)),
        # The thirtieth day ends at midnight, and so does what was said of it.
        (
            Rules(channels=("email",), weekdays=(5,), to_hour=24, confirmed_on="2026-09-16"),
            datetime(2026, 10, 16, 23, 55, tzinfo=STOCKHOLM),
            datetime(2026, 10, 17, 0, 0, tzinfo=STOCKHOLM),
        ),
        # The night when the clock goes back: three o'clock comes after two has come twice.
        (
            Rules(channels=("email",), weekdays=(7,), to_hour=3, confirmed_on="2026-10-24"),
            datetime(2026, 10, 25, 0, 50, tzinfo=UTC),
            datetime(2026, 10, 25, 1, 5, tzinfo=UTC),
        ),
        (
            Rules(channels=("email",), weekdays=(7,), to_hour=3, confirmed_on="2026-10-24"),
            datetime(2026, 10, 25, 1, 50, tzinfo=UTC),
            datetime(2026, 10, 25, 2, 0, tzinfo=UTC),
        ),
    ],
)
def test_a_yes_holds_for_minutes_and_never_past_what_was_said(rules: Rules, at: datetime, until: datetime) -> None:
    assert safe_contact.why_not(rules, channel="email", at=at) == safe_contact.ALLOWED
    assert safe_contact.lasts_until(rules, at=at) == until


def test_links_that_would_go_out_by_the_clock_are_not_promised(desk: House) -> None:
    wish = Agreed(to=TO, way=LINK, asks_direct=True, months=(3,))
    with pytest.raises(Refused) as refused:
        followups.note_wish(contact_id=UUID(int=1), agreed=wish, by=desk.actor("anna"), at=desk.now)
    assert "trygg kontakt" in str(refused.value.message)
    assert followups.ask_due(by=SYSTEM, at=desk.now) == 0


def test_the_page_says_what_was_agreed_and_until_when(house: House) -> None:
    from django.utils import timezone

    house.keeper.clock = timezone.now
    house.is_now(timezone.now())
    house.unlock("anna")
    always = Rules(
        channels=("phone",), weekdays=(1, 2, 3, 4, 5, 6, 7), from_hour=0, to_hour=24, name_to_use="Biblioteket",
        code_word="regnkappa", confirmed_on=timezone.localdate().isoformat(),
    )  # fmt: skip
    case_id = case_with(house, always)
    said = page(browser(house, "anna").post(f"/cases/{case_id}/contact/", {"channel": "phone"}))
    for words in ("Biblioteket", "regnkappa", "Aldrig", "bara personen själv", "Det gäller en kontakt, av dig"):
        assert words in said
    assert date.fromisoformat(always.confirmed_on) == timezone.localdate()
