"""Cleared cases leave with the quarter's package, as it was agreed, and the centre's door takes in nothing else."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from samsyn.aggregates import actions, queries, signing
from samsyn.aggregates.composed import actions as cases
from samsyn.aggregates.models import Package
from samsyn.audit.models import Event
from samsyn.deliveries import actions as deliveries
from samsyn.deliveries import completeness, signed_packages
from samsyn.deliveries import queries as centre
from samsyn.deliveries import retention as centres_retention
from samsyn.deliveries.checking import signed
from samsyn.deliveries.composed import files, parts
from samsyn.deliveries.models import DeliveredCase, Delivery
from samsyn.people.actors import SYSTEM
from samsyn.people.models import Account
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import retention
from tests.aggregates.conftest import AT, CODE, PERIOD, PERSONS, actor, agree
from tests.aggregates.test_composed import OTHER, WORDS, clear, composed
from tests.aggregates.test_packages import refusal, register_at_centre
from tests.aggregates.test_pages import browser

Line = dict[str, Account]
TABLE = list(parts.tables())[-1]
NEWEST = parts.newest()
IN_SEPTEMBER = datetime(2026, 9, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def cleared(three: Line) -> UUID:
    """A case that two cleared in the quarter before, and one that nobody has."""
    made = composed(three)
    clear(three, made, "second", "lead", at=IN_SEPTEMBER)
    composed(three, OTHER)
    return made


def believe(*, agreed: bool = True) -> None:
    """Do what the centre does, with composed cases among what is agreed."""
    register_at_centre()
    if agreed:
        sender = centre.sender_named(CODE, by=SYSTEM)
        new = deliveries.NewAgreement(parts.PACKAGE, NEWEST.number, parts.TABLE, "quarter", "2026K1")
        deliveries.make_agreement(deliverer_id=sender.deliverer_id, new=new, by=SYSTEM, at=AT)


def made(line: Line, **what: Any) -> Package:
    said = {"table": TABLE, "period": PERIOD, "at": AT, **what}
    return Package.objects.get(pk=actions.make_package(by=actor(line, "analyst"), **said))


def approved(line: Line, package: Package, *, at: datetime = AT) -> bytes:
    actions.approve_package(package_id=package.pk, by=actor(line, "publisher"), at=at)
    return bytes(Package.objects.get(pk=package.pk).content)


def stored() -> list[tuple[str, ...]]:
    return [tuple(one.words) for one in DeliveredCase.objects.order_by("words")]


def test_cases_leave_only_where_it_is_agreed_and_two_have_cleared_them_in_a_quarter_that_is_over(
    three: Line, cleared: UUID
) -> None:
    agree(three)
    assert TABLE in queries.offered()
    with pytest.raises(Refused):
        made(three)
    agree(three, tables=(PERSONS, TABLE))
    with pytest.raises(Refused):
        made(three, period="2026K2")  # nothing was cleared then
    with pytest.raises(Refused):
        made(three, period="2026K4")
    with pytest.raises(Invalid):
        made(three, table="composed_cases/9.0.0/case")
    choices = [one for one in queries.choices(today=AT.date()) if one[0] == TABLE]
    assert choices == [(TABLE, PERIOD)]
    package = made(three)
    with pytest.raises(Refused):
        made(three)
    # What leaves is what two have cleared, and says no word of who, when or out of what.
    file = signed.opened(approved(three, package)).file
    assert json.loads(file) == {"package": NEWEST.name, "cases": [list(WORDS)]}


def test_the_centre_takes_in_what_two_have_cleared_and_erases_what_is_stopped_later(three: Line, cleared: UUID) -> None:
    agree(three, tables=(TABLE,))
    believe()
    package = made(three)
    receipt = signed_packages.receive(content=approved(three, package), at=AT)
    assert (receipt.state, receipt.door, receipt.period, receipt.rows) == ("accepted", "package", PERIOD, 1)
    assert stored() == [WORDS]
    accepted = Event.objects.get(kind="delivery_accepted")
    assert accepted.facts["package"] == NEWEST.name
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveredCase.objects.update(words=["caller:self"])
    cases.stop(case_id=cleared, by=actor(three, "supporter"), at=AT)
    again = signed_packages.receive(content=approved(three, package), at=AT)
    assert (again.rows, stored()) == (0, [])
    assert Delivery.objects.get(pk=receipt.id).state == "replaced"


def test_a_delivery_taken_back_takes_its_cases_with_it(three: Line, cleared: UUID) -> None:
    agree(three, tables=(TABLE,))
    believe()
    receipt = signed_packages.receive(content=approved(three, made(three)), at=AT)
    deliveries.withdraw(delivery_id=receipt.id, sender=centre.sender_named(CODE, by=SYSTEM), at=AT)
    assert stored() == []
    rule = next(one for one in centres_retention.RULES if one.code == "delivery_receipts")
    assert rule.due is not None
    assert rule.due(AT + timedelta(days=91)) == 1
    assert rule in retention.declared_rules()


def test_what_is_altered_replayed_out_of_time_or_a_strangers_is_refused(three: Line, cleared: UUID) -> None:
    agree(three, tables=(TABLE,))
    believe()
    content = approved(three, made(three))
    at = content.index(b"exposure:control")
    assert refusal(content[:at] + b"a" + content[at + 1 :]) == "changed_file"
    assert refusal(content, at=AT + timedelta(days=31)) == "too_old"
    assert refusal(content, at=AT - timedelta(hours=1)) == "too_early"
    package = signed.opened(content)
    signer = signing.signer()
    stranger = replace(signer, seed=bytes(32))
    assert refusal(signed.make(package.file, statement=package.statement, signer=stranger)) == "bad_signature"
    unknown = replace(stranger, name="samsyn/x")
    assert refusal(signed.make(package.file, statement=package.statement, signer=unknown)) == "unknown_signer"
    for wrong, reason in (
        ({"period": "2026K4"}, "before_its_period"),
        ({"period": "2025K4"}, "not_agreed"),
        ({"organisation": "0180"}, "other_organisation"),
        ({"package": "composed_cases/2.0.0"}, "unknown_choice"),
        ({"table": "note"}, "unknown_choice"),
    ):
        said = replace(package.statement, **wrong)
        assert refusal(signed.make(package.file, statement=said, signer=signer)) == reason, wrong
    assert stored() == []
    # Cases under the name of figures are checked as figures, and are none.
    figures = replace(package.statement, package="support_line/1.1.0", table="person", number=1)
    assert (
        signed_packages.receive(content=signed.make(package.file, statement=figures, signer=signer), at=AT).state
        == "refused"
    )
    content = approved(three, Package.objects.get())
    assert signed_packages.receive(content=content, at=AT).state == "accepted"
    assert refusal(content) == "replayed"
    assert stored() == [WORDS]


def _file(*cases: Any, package: str = NEWEST.name, **more: Any) -> bytes:
    data = {"package": package, "cases": cases, **more}
    return json.dumps(data, separators=(",", ":"), sort_keys=True).encode()


NOTES = {
    "a note in a case": (_file([*WORDS, "Hon heter inget"]), "unknown_choice"),
    "a choice of no version": (_file([*WORDS[:-1], "fork:her_own"]), "unknown_choice"),
    "two ages": (_file([*WORDS[:2], "age:18_21", *WORDS[2:]]), "unknown_choice"),
    "no choice at all": (_file([]), "unknown_choice"),
    "a number": (_file([*WORDS, 7]), "unknown_choice"),
    "a note beside the cases": (_file(list(WORDS), note="Hon heter inget"), "other_content"),
    "a list in a case": (_file([[*WORDS]]), "other_content"),
    "the same case twice": (_file(list(WORDS), list(WORDS)), "other_content"),
    "another order": (_file(list(OTHER), list(WORDS)), "other_content"),
    "another version inside": (_file(list(WORDS), package="composed_cases/2.0.0"), "other_content"),
    "spaces": (_file(list(WORDS)).replace(b",", b", "), "other_content"),
    "no file": (b"Hon heter inget", "other_content"),
    "too deep": (b"[" * 50_000, "other_content"),
    "nothing": (b"", "other_content"),
}


@pytest.mark.parametrize("wrong", NOTES)
def test_a_signed_package_brings_in_no_note(three: Line, cleared: UUID, wrong: str) -> None:
    """Whoever holds the operator's key can still not tell the centre anything but the vocabulary."""
    agree(three, tables=(TABLE,))
    believe()
    said = signed.opened(approved(three, made(three))).statement
    file, reason = NOTES[wrong]
    assert refusal(signed.make(file, statement=said, signer=signing.signer())) == reason
    assert (stored(), Delivery.objects.count()) == ([], 0)
    assert Event.objects.get(kind="package_refused").facts["reason"] == reason


def test_a_file_has_one_spelling() -> None:
    file = files.write(NEWEST, [WORDS, OTHER, WORDS])
    assert files.read(file, version=NEWEST) == tuple(sorted([WORDS, OTHER]))
    many = [(WORDS[0], f"age:{age}", *WORDS[2:-1]) for age in ("16_17", "18_21", "22_25")]
    assert len(files.read(files.write(NEWEST, many), version=NEWEST)) == 3


def test_a_centre_that_has_not_agreed_takes_no_case(three: Line, cleared: UUID) -> None:
    agree(three, tables=(TABLE,))
    believe(agreed=False)
    assert refusal(approved(three, made(three))) == "not_agreed"
    assert stored() == []


def test_cases_are_agreed_upon_by_quarter(three: Line) -> None:
    register_at_centre()
    sender = centre.sender_named(CODE, by=SYSTEM)
    for wrong in (("month", "2026K1"), ("month", "2026M01"), ("year", "2026")):
        new = deliveries.NewAgreement(parts.PACKAGE, NEWEST.number, parts.TABLE, *wrong)
        with pytest.raises(Invalid):
            deliveries.make_agreement(deliverer_id=sender.deliverer_id, new=new, by=SYSTEM, at=AT)


def test_nobody_owes_cases_and_the_public_hears_nothing_of_them(three: Line) -> None:
    believe()
    due = completeness.of_all(today=AT.date())
    assert {one.package for period in due for one in period.late} == {"support_line"}
    assert {one.package for one in centre.delivered()} == {"support_line"}


def test_the_package_of_cases_is_read_before_it_is_signed(three: Line, cleared: UUID) -> None:
    agree(three, tables=(TABLE,))
    analyst, publisher = browser(three["analyst"]), browser(three["publisher"])
    assert f'value="{TABLE} {PERIOD}"' in analyst.get("/packages/").content.decode()
    address = analyst.post("/packages/make", {"what": f"{TABLE} {PERIOD}"})["Location"]
    page = publisher.get(address).content.decode()
    assert "En anhörig hörde av sig till stödlinjen." in page
    assert "A relative got in touch" in page
    assert "Prövning som angripare" not in page
    cases.stop(case_id=cleared, by=actor(three, "lead"), at=AT)
    assert publisher.post(f"{address}decide", {"do": "approve"}).status_code == 409
    assert "Inget fall som två har prövat" in publisher.get(address).content.decode()
