"""The operator's signed package: taken in once; changed, replayed, out of time or of somebody else: refused with a reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from samsyn.audit import notes
from samsyn.audit.models import Event
from samsyn.deliveries import actions, signed_packages
from samsyn.deliveries.checking import signed
from samsyn.deliveries.forms import KeyForm
from samsyn.deliveries.models import Delivery, Key
from tests.deliveries.conftest import AT, FORM, Deliverer, enrol
from tests.deliveries.figures import as_rows, counts
from tests.deliveries.files import as_csv

SIGNER = notes.Signer(name="samsyn/operator", seed=bytes(range(32)))
CODE = "556000-0002"


@pytest.fixture
def operator(db: None) -> Deliverer:
    made = enrol(CODE, "Stödlinjen", kind="operator", county="", number=9)
    add(made, SIGNER)
    return made


def add(deliverer: Deliverer, signer: notes.Signer) -> None:
    form = KeyForm({"kind": "signer", "material": signer.verifier().to_text()})
    assert form.is_valid(), form.errors
    actions.add_key(sender=deliverer.sender, at=AT, **form.cleaned_data)


def content(period: str = "2026K2", *, least: int = 5, seed: str = "p") -> bytes:
    figures = [0 if count < least else count for count in counts(FORM, persons=90, seed=seed)]
    return as_csv(FORM, as_rows(FORM, CODE, period, figures))


def statement(**changed: Any) -> signed.Statement:
    said = signed.Statement("", 1, AT, CODE, FORM.name, FORM.table, "2026K2", 5, 0, "")
    return replace(said, **changed)


def package(file: bytes | None = None, *, signer: notes.Signer = SIGNER, **changed: Any) -> bytes:
    return signed.make(file or content(), statement=statement(**changed), signer=signer)


def refusal(made: bytes, **when: Any) -> str:
    with pytest.raises(signed_packages.PackageRefused) as refused:
        signed_packages.receive(content=made, at=when.get("at", AT))
    assert Event.objects.filter(kind="package_refused", facts__reason=refused.value.reason).exists()
    assert not Delivery.objects.filter(state="accepted").exclude(period="2026K2", door="package").exists()
    return refused.value.reason


def test_a_package_is_taken_in_once(operator: Deliverer) -> None:
    receipt = signed_packages.receive(content=package(), at=AT)
    assert (receipt.state, receipt.door, receipt.period) == ("accepted", "package", "2026K2")
    assert Key.objects.get().last_number == 1
    assert refusal(package()) == "replayed"
    assert refusal(package(content(seed="q"), number=1)) == "replayed"
    assert signed_packages.receive(content=package(content(seed="q"), number=2), at=AT).state == "accepted"


def test_a_byte_changed_anywhere_makes_it_worthless(operator: Deliverer) -> None:
    made = package()
    note_ends = made.index(b"\r\n") - 100
    for at in [*range(note_ends), *range(note_ends, len(made), 97)]:
        for bit in (1, 32):
            wrong = bytearray(made)
            wrong[at] ^= bit
            with pytest.raises(signed.BadPackage):
                signed.opened(bytes(wrong)).check(SIGNER.verifier())
    assert refusal(made[:-1]) == "changed_file"
    assert refusal(made + b"x") == "changed_file"
    assert refusal(b"") == "not_a_package"
    assert refusal(content()) == "not_a_package"


def test_each_lie_has_its_reason(operator: Deliverer) -> None:
    stranger = notes.Signer(name="samsyn/stranger", seed=bytes(32))
    impostor = notes.Signer(name="samsyn/operator", seed=bytes(32))
    assert refusal(package(signer=stranger)) == "unknown_signer"
    assert refusal(package(signer=impostor)) == "bad_signature"
    assert refusal(package(organisation="0180")) == "other_organisation"
    assert refusal(package(threshold=3)) == "not_protected"
    assert refusal(package(), at=AT + timedelta(days=31)) == "too_old"
    assert refusal(package(issued=AT + timedelta(hours=1))) == "too_early"
    assert refusal(package(content("2026K4"), period="2026K4")) == "before_its_period"
    assert refusal(package(period="2026K1")) == "other_content"
    actions.end_key(key_id=Key.objects.get().pk, sender=operator.sender, at=AT)
    assert refusal(package()) == "unknown_signer"


def test_small_counts_are_refused_whatever_is_signed(operator: Deliverer) -> None:
    receipt = signed_packages.receive(content=package(content(least=1)), at=AT)
    assert receipt.state == "refused"
    assert {line.rule for line in receipt.faults} == {"small_cell"}


def test_a_package_comes_by_rest_without_a_token(operator: Deliverer) -> None:
    system = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    address = "/deliveries/api/v1/packages"
    fresh = package(issued=timezone.now().replace(microsecond=0))
    kind = "application/octet-stream"
    told = system.post(address, fresh, content_type=kind)
    assert (told.status_code, told.json()["state"]) == (202, "accepted")
    again = system.post(address, fresh, content_type=kind, headers={"accept-language": "en"})
    assert (again.status_code, again["Content-Type"]) == (422, "application/problem+json")
    assert system.post(address, fresh, content_type="text/csv").status_code == 415
