"""Composed cases at the centre: read by its staff, in both languages, with their reservation; no column takes a note."""

import contextlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from samsyn.audit import notes
from samsyn.deliveries import actions, signed_packages
from samsyn.deliveries.checking import signed
from samsyn.deliveries.composed import files, parts, telling
from samsyn.deliveries.models import DeliveredCase, Delivery
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account
from samsyn.people.roles import Regime, Role
from tests.deliveries.conftest import AT, Deliverer, enrol
from tests.deliveries.test_signed_packages import CODE, SIGNER, add

pytestmark = pytest.mark.django_db
NEWEST = parts.newest()
CASE = (
    "caller:relative", "age:16_17", "exposure:control", "exposure:marriage:plan", "threatens:parents", "protects:sister",
    "needed:guidance", "tried:report:unchanged", "tried:meeting:better", "hindered:cooperation", "fork:duty_to_report",
)  # fmt: skip
OTHER = (
    "caller:self",
    "age:22_25",
    "exposure:control",
    "threatens:siblings",
    "needed:supporting_talk",
    "tried:care:better",
)


@dataclass(frozen=True)
class Line:
    """The operator in the register, as the one who signs."""

    deliverer: Deliverer

    def package(self, *cases: tuple[str, ...], number: int = 1, period: str = "2026K2", at: datetime = AT) -> bytes:
        said = signed.Statement("", number, at, CODE, NEWEST.name, parts.TABLE, period, 5, 0, "")
        return signed.make(files.write(NEWEST, cases), statement=said, signer=SIGNER)

    def send(self, *cases: tuple[str, ...], number: int = 1, period: str = "2026K2") -> Any:
        return signed_packages.receive(content=self.package(*cases, number=number, period=period), at=AT)


@pytest.fixture
def line(db: None) -> Line:
    made = enrol(CODE, "Stödlinjen", kind="operator", county="", number=9)
    add(made, SIGNER)
    new = actions.NewAgreement(parts.PACKAGE, NEWEST.number, parts.TABLE, "quarter", "2026K1")
    actions.make_agreement(deliverer_id=made.id, new=new, by=SYSTEM, at=AT)
    return Line(made)


def reader(role: Role) -> Client:
    organisation = people.create_organisation(
        name=f"Centret {role}", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=AT
    )
    account = people.create_account(name=f"en.{role}", pseudonym="Någon 1", organisation=organisation, by=SYSTEM, at=AT)
    people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=AT)
    Account.objects.filter(pk=account.pk).update(password_is_temporary=False)
    client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    client.force_login(account)
    session = client.session
    session[FACTOR] = True
    session.save()
    return client


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9) | st.sampled_from(parts.vocabulary()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def as_file(data: Any) -> bytes:
    return json.dumps({"package": NEWEST.name, "cases": data}, separators=(",", ":"), sort_keys=True).encode()


@given(st.binary(max_size=200) | JSON.map(as_file))
def test_whatever_is_sent_is_cases_of_known_words_or_is_refused(content: bytes) -> None:
    with contextlib.suppress(files.NotAFile):
        cases = files.read(content, version=NEWEST)
        assert files.write(NEWEST, cases) == content
        assert {word for case in cases for word in case} <= set(parts.vocabulary())


@st.composite
def whole_cases(draw: st.DrawFn) -> tuple[str, ...]:
    """A case by the rules of the file alone: each part as often as it may be chosen, each exposure and step once."""
    words: list[str] = []
    for part in NEWEST.parts:
        once = st.lists(
            st.sampled_from(part.words()),
            min_size=part.least,
            max_size=part.most,
            unique_by=lambda word: word.split(":")[1],
        )
        words += draw(once)
    under = parts.chosen(words, "age")[0] in {"0_6", "7_12", "13_15", "16_17"}
    elsewhere = {"fork:police_report_adult"} if under else {"fork:duty_to_report", "fork:police_report"}
    return parts.spelt(NEWEST, (word for word in words if word not in elsewhere))


@given(st.lists(whole_cases(), max_size=3))
def test_every_case_by_the_rules_is_told_and_comes_through_as_it_left(cases: list[tuple[str, ...]]) -> None:
    assert set(files.read(files.write(NEWEST, cases), version=NEWEST)) == set(cases)
    for words in cases:
        for language in telling.LANGUAGES:
            told = telling.paragraphs(NEWEST, words, language)
            assert len(told) == 3 + any(word.startswith("fork:") for word in words)
            for text in told:
                assert text[0].isupper()
                assert text.endswith(".")
                assert "{" not in text


@pytest.mark.parametrize("role", [Role.ADVISER, Role.TEAM_LEAD, Role.ANALYST, Role.PUBLISHER])
def test_the_centres_staff_reads_what_was_taken_in_in_both_languages(line: Line, role: Role) -> None:
    client = reader(role)
    assert "Inget fall är mottaget än" in client.get("/deliveries/composed/").content.decode()
    line.send(CASE, OTHER)
    page = client.get("/deliveries/composed/").content.decode()
    assert "16–17 år: kontroll i vardagen och planer på barn- eller tvångsäktenskap" in page
    assert page.count('<th scope="row">') == 2
    made = DeliveredCase.objects.get(words=list(CASE))
    page = client.get(f"/deliveries/composed/{made.pk}/").content.decode()
    for said in (
        "Hotet kom från föräldrarna.",
        "The threat came from the parents.",
        "återger inget av dem",
        "renders none",
    ):
        assert said in page
    assert page.index("Hotet kom") < page.index("The threat came")
    assert "<textarea" not in page


@pytest.mark.parametrize("role", [Role.LOG_REVIEWER, Role.SYSTEM_ADMINISTRATOR, Role.DELIVERER, Role.SUPERVISOR])
def test_nobody_else_reads_them(line: Line, role: Role) -> None:
    line.send(CASE)
    client, made = reader(role), DeliveredCase.objects.get()
    for address in ("/deliveries/composed/", f"/deliveries/composed/{made.pk}/"):
        assert client.get(address).status_code == 403


def test_a_later_package_of_the_quarter_takes_the_place_of_the_earlier_and_of_no_other(line: Line) -> None:
    line.send(CASE, number=1, period="2026K1")
    line.send(CASE, OTHER, number=2)
    gone = DeliveredCase.objects.get(words=list(CASE), delivery__period="2026K2")
    line.send(OTHER, number=3)
    assert sorted(DeliveredCase.objects.values_list("delivery__period", "words")) == [
        ("2026K1", list(CASE)),
        ("2026K2", list(OTHER)),
    ]
    assert reader(Role.ADVISER).get(f"/deliveries/composed/{gone.pk}/").status_code == 404


def test_no_column_of_a_delivered_case_takes_a_note(line: Line) -> None:
    """The regime: what the centre keeps of a case is words of the vocabulary and a version, whatever the code does."""
    line.send(CASE)
    delivery = Delivery.objects.get()
    for wrong in ({"words": [*CASE, "Hon heter inget"]}, {"version": "Hon heter inget"}, {"words": []}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeliveredCase.objects.create(**{"delivery": delivery, "version": "1.0.0", "words": list(CASE), **wrong})
    kinds = {field.name: type(field) for field in DeliveredCase._meta.concrete_fields}
    assert not {models.TextField, models.BinaryField, models.JSONField, models.DateTimeField} & set(kinds.values())


def test_a_package_of_cases_comes_by_rest_as_one_of_figures_does(line: Line) -> None:
    system = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    package = line.package(CASE, at=timezone.now().replace(microsecond=0))

    def send(content: bytes) -> Any:
        return system.post("/deliveries/api/v1/packages", content, content_type="application/octet-stream")

    altered = send(package.replace(b"age:16_17", b"age:18_21"))
    assert (altered.status_code, DeliveredCase.objects.count()) == (422, 0)
    taken = send(package)
    assert (taken.status_code, taken.json()["state"], taken.json()["rows"]) == (202, "accepted", 1)
    assert send(package).status_code == 422
    assert DeliveredCase.objects.count() == 1


def test_a_stranger_and_a_vendor_send_none(line: Line) -> None:
    vendor = enrol("vendor-9", "Leverantören", kind="vendor", number=8)
    signer = notes.Signer(name="samsyn/vendor", seed=bytes(32))
    add(vendor, signer)
    said = signed.Statement("", 1, AT, vendor.code, NEWEST.name, parts.TABLE, "2026K2", 5, 0, "")
    package = signed.make(files.write(NEWEST, [CASE]), statement=said, signer=signer)
    with pytest.raises(signed_packages.PackageRefused) as refused:
        signed_packages.receive(content=package, at=AT)
    assert refused.value.reason == "not_agreed"
    assert not DeliveredCase.objects.exists()


def test_the_deliverers_receipt_speaks_of_cases(line: Line) -> None:
    receipt = line.send(CASE, OTHER)
    client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    client.force_login(Account.objects.get(pk=line.deliverer.actor.account_id))
    session = client.session
    session[FACTOR] = True
    session.save()
    page = client.get(f"/deliveries/{receipt.id}/").content.decode()
    assert "Fallen är mottagna" in page
    assert client.get("/deliveries/").status_code == 200
    assert client.post(f"/deliveries/{receipt.id}/decide", {"do": "withdraw"}).status_code == 302
    assert not DeliveredCase.objects.exists()
