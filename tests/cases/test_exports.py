"""A case leaves by two persons, sealed to its receiver, all of it, once; and everything that is refused."""

import base64
import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from samsyn.audit.models import Checkpoint, Event
from samsyn.cases import policies
from samsyn.cases.actions import cases, exports, keys, sharing
from samsyn.cases.models import CaseExport, CaseText
from samsyn.people.keeping import KeysLocked
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy.custody import exports as sealed
from samsyn.privacy.custody import sealing
from samsyn.privacy.custody.refusals import FORGED, WRONG_PLACE, KeyRefused
from tests.cases.conftest import House
from tests.cases.test_pages import browser, page

RECEIVER = sealing.from_private(bytes(range(128)))
OTHER = sealing.from_private(bytes(reversed(range(128))))


def ask(
    house: House, case_id: UUID, *, by: str = "anna", ground: str = "move", public: bytes = RECEIVER.public
) -> UUID:
    house.later(milliseconds=1)
    return exports.ask_export(
        case_id=case_id, recipient="Stödlinjen i grannlänet", public=public, ground=ground, by=house.actor(by),
        at=house.now,
    )  # fmt: skip


def approve(house: House, export_id: UUID, *, by: str = "officer1", reason: str = "wish_heard") -> None:
    house.unlock(by)
    exports.approve_export(export_id=export_id, reason=reason, **house.who(by))  # type: ignore[arg-type]


def fetch(house: House, export_id: UUID, *, by: str = "anna") -> bytes:
    return exports.export_case(export_id=export_id, **house.who(by))  # type: ignore[arg-type]


@pytest.fixture
def case_id(house: House) -> UUID:
    made = house.case()
    house.note(made)
    cases.save_single(case_id=made, kind="summary", value="Börja med veckan", **house.who("anna"))  # type: ignore[arg-type]
    return made


def test_the_receiver_and_nobody_else_reads_what_two_persons_let_leave(house: House, case_id: UUID) -> None:
    asked = ask(house, case_id)
    approve(house, asked)
    content = fetch(house, asked)
    assert "berättades".encode() not in content
    found = sealed.opened(content, pair=RECEIVER)
    said = [json.loads(text["said"]) for text in found["texts"]]
    assert said[0]["text"] == "Det som berättades"
    assert said[1] == {"value": "Börja med veckan"}
    assert found["approved_by"] == str(house.id("officer1"))
    with pytest.raises(KeyRefused) as refused:
        sealed.opened(content, pair=OTHER)
    assert refused.value.reason == WRONG_PLACE
    for at in (3, 20, 90, len(content) - 1):
        with pytest.raises(KeyRefused):
            sealed.opened(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :], pair=RECEIVER)
    # Both persons and both reasons stand in the log, and the export under a signed checkpoint before it left.
    told = {one.kind: one for one in Event.objects.filter(subject=str(case_id), kind__startswith="case_export")}
    assert told["case_export_asked"].facts["ground"] == "move"
    assert told["case_export_approved"].facts["reason"] == "wish_heard"
    assert told["case_export_approved"].facts["asked_by"] == str(house.id("anna"))
    assert told["case_exported"].facts["manifest"] == told["case_export_approved"].facts["manifest"]
    assert Checkpoint.objects.order_by("-size").first().signed_at == house.now  # type: ignore[union-attr]
    with pytest.raises(LookupError):
        fetch(house, asked)


def test_one_person_is_not_enough(house: House, case_id: UUID) -> None:
    asked = ask(house, case_id)
    with pytest.raises(Refused):
        fetch(house, asked)
    for by in ("anna", "bo"):  # neither the one who asks nor a colleague: an officer, who opens nothing
        with pytest.raises(NotAllowed):
            exports.approve_export(export_id=asked, reason="wish_heard", **house.who(by))  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseExport.objects.filter(pk=asked).update(approved_by=house.id("anna"))
    with pytest.raises(Invalid):
        approve(house, asked, reason="because")
    approve(house, asked)
    with pytest.raises(Refused):
        approve(house, asked, by="officer2")


def test_who_may_not_share_it_may_not_export_it(house: House, case_id: UUID) -> None:
    with pytest.raises(LookupError):
        ask(house, case_id, by="bo")
    sharing.share_case(
        case_id=case_id, to=house.id("bo"), purpose="support", rights=("read", "write"), days=14, **house.who("anna")
    )  # type: ignore[arg-type] # fmt: skip
    with pytest.raises(NotAllowed):
        ask(house, case_id, by="bo")
    asked = ask(house, case_id)
    approve(house, asked)
    with pytest.raises(NotAllowed):
        fetch(house, asked, by="bo")
    with pytest.raises(LookupError):
        fetch(house, asked, by="cia")


def test_an_approval_in_the_database_alone_opens_nothing(house: House, case_id: UUID) -> None:
    asked = ask(house, case_id)
    row = CaseExport.objects.filter(pk=asked)
    row.update(approved_by=house.id("officer1"), approved_at=house.now, reason="wish_heard", signature=b"s" * 64)
    with pytest.raises(Refused):
        fetch(house, asked)
    # Somebody who is no officer, with a signature of their own that is perfectly good.
    row.update(approved_by=house.id("bo"))
    with pytest.raises(Refused):
        fetch(house, asked)
    assert CaseExport.objects.get(pk=asked).ended_at is None


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": "Någon annan"},
        {"public": OTHER.public},
        {"ground": "court"},
        {"public": OTHER.public, "manifest": ""},
    ],
)
def test_an_approval_is_for_this_receiver_and_this_ground_alone(
    house: House, case_id: UUID, change: dict[str, Any]
) -> None:
    asked = ask(house, case_id)
    approve(house, asked)
    CaseExport.objects.filter(pk=asked).update(**change)
    if "manifest" in change:  # even one who makes the digest fit: the signature is over the manifest itself
        row = CaseExport.objects.get(pk=asked)
        said = exports._manifest(
            case_id=case_id, copy=asked, asked_by=row.asked_by, recipient=row.recipient, public=OTHER.public,
            ground=row.ground,
        )  # fmt: skip
        import hashlib

        CaseExport.objects.filter(pk=asked).update(manifest=hashlib.sha256(said).hexdigest())
    with pytest.raises(Refused):
        fetch(house, asked)


def test_what_was_written_after_the_approval_does_not_slip_out(house: House, case_id: UUID) -> None:
    asked = ask(house, case_id)
    approve(house, asked)
    house.note(case_id, text="Efteråt")
    with pytest.raises(Refused):
        fetch(house, asked)
    again = ask(house, case_id)
    house.note(case_id, text="Än en gång")
    with pytest.raises(Refused):
        approve(house, again)


def test_a_text_that_was_tampered_with_lets_nothing_out(house: House, case_id: UUID) -> None:
    text = CaseText.objects.filter(case_id=case_id).first()
    assert text is not None
    whole = bytearray(bytes(text.sealed))
    whole[-1] ^= 1
    CaseText.objects.filter(pk=text.pk).update(sealed=bytes(whole))
    asked = ask(house, case_id)
    approve(house, asked)
    with pytest.raises(Refused):
        fetch(house, asked)


def test_an_approval_ends_after_a_day_and_a_new_request_ends_the_earlier_one(house: House, case_id: UUID) -> None:
    asked = ask(house, case_id)
    approve(house, asked)
    house.later(hours=24, seconds=1)
    house.unlock("anna")
    with pytest.raises(Refused):
        fetch(house, asked)
    again = ask(house, case_id)
    with pytest.raises(LookupError):
        approve(house, asked, by="officer2")
    approve(house, again, by="officer2")
    assert fetch(house, again)


def test_the_same_two_do_not_let_case_after_case_leave(house: House, case_id: UUID) -> None:
    for _time in range(3):
        approve(house, ask(house, case_id))
    fourth = ask(house, case_id)
    with pytest.raises(NotAllowed):
        approve(house, fourth)
    approve(house, fourth, by="officer2")
    house.later(days=31)
    approve(house, ask(house, case_id))


def test_locked_keys_and_a_log_that_cannot_be_signed_let_nothing_out(
    house: House, case_id: UUID, settings: Any, tmp_path: Path
) -> None:
    asked = ask(house, case_id)
    approve(house, asked)
    keys.lock(token=house.tokens["anna"], by=house.actor("anna"), at=house.now)
    with pytest.raises(KeysLocked):
        fetch(house, asked)
    house.unlock("anna")
    before, settings.SAMSYN_KEY_DIR = settings.SAMSYN_KEY_DIR, tmp_path
    with pytest.raises(Refused) as refused:
        fetch(house, asked)
    assert refused.value.status == 503
    settings.SAMSYN_KEY_DIR = before
    assert fetch(house, asked)


def test_a_declined_request_is_over(house: House, case_id: UUID) -> None:
    asked = ask(house, case_id)
    with pytest.raises(NotAllowed):
        exports.decline_export(export_id=asked, by=house.actor("bo"), at=house.now)
    exports.decline_export(export_id=asked, by=house.actor("officer1"), at=house.now)
    with pytest.raises(LookupError):
        approve(house, asked)


def test_only_a_whole_key_is_taken(house: House, case_id: UUID) -> None:
    assert exports.read_key(base64.encodebytes(RECEIVER.public).decode()) == RECEIVER.public
    for text in ("", "aGVq", "inte base64 å", base64.b64encode(RECEIVER.public[:-1]).decode()):
        with pytest.raises(Invalid):
            exports.read_key(text)
    with pytest.raises(Invalid):
        ask(house, case_id, ground="curiosity")
    with pytest.raises(KeyRefused) as refused:
        sealed.opened(b"something else", pair=RECEIVER)
    assert refused.value.reason == FORGED


def test_the_receiver_opens_the_file_with_nothing_but_a_key_and_the_program(
    house: House, case_id: UUID, tmp_path: Path
) -> None:
    program = [sys.executable, "-m", "samsyn.privacy.custody.recipient"]
    made = subprocess.run([*program, "new", tmp_path / "key"], capture_output=True, text=True, check=True)
    asked = ask(house, case_id, public=exports.read_key(made.stdout))
    approve(house, asked)
    (tmp_path / "file").write_bytes(fetch(house, asked))
    opened = subprocess.run(
        [*program, "open", tmp_path / "key", tmp_path / "file"], capture_output=True, text=True, check=True
    )
    assert "Det som berättades" in opened.stdout
    (tmp_path / "wrong").write_bytes(OTHER.private)
    wrong = subprocess.run([*program, "open", tmp_path / "wrong", tmp_path / "file"], capture_output=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (1, b"")


def test_the_pages_lead_from_the_request_to_the_file(house: House) -> None:
    from django.utils import timezone

    house.keeper.clock = timezone.now
    house.is_now(timezone.now())
    house.unlock("anna")
    case_id = house.case()
    anna, officer = browser(house, "anna"), browser(house, "officer1")
    address = f"/cases/{case_id}/export/"
    assert "Lämna ut ärendet" in page(anna.get(f"/cases/{case_id}/end/"))
    said = {"recipient": "Grannlänet", "ground": "move", "public": base64.b64encode(RECEIVER.public).decode()}
    assert anna.post(address, {**said, "public": "x"}).status_code == 422
    assert anna.post(address, said).status_code == 302
    assert "Väntar på en nyckelansvarig" in page(anna.get(address))
    asked = str(CaseExport.objects.get().pk)
    assert anna.post(address, {"do": "fetch", "id": asked}).status_code == 409
    shown = page(officer.get("/cases/officers/"))
    assert "Grannlänet" in shown
    assert officer.post("/cases/officers/", {"do": "export", "id": asked, "reason": "wish_heard"}).status_code == 302
    file = anna.post(address, {"do": "fetch", "id": asked})
    assert (file.status_code, file["Content-Type"]) == (200, "application/octet-stream")
    assert sealed.opened(file.content, pair=RECEIVER)["texts"] == []
    assert browser(house, "bo").get(address).status_code == 404
    assert timedelta(0) < timezone.now() - house.now


# A child's case


KIND = policies.Guardian(who="father", reads="threat", receives=False)


@pytest.fixture
def child_id(house: House) -> UUID:
    made = cases.create_case(concerns_child=True, **house.who("anna"))  # type: ignore[arg-type]
    house.note(made)
    return made


def ask_about(house: House, case_id: UUID, guardian: policies.Guardian | None) -> UUID:
    house.later(milliseconds=1)
    return exports.ask_export(
        case_id=case_id, recipient="Socialnämnden", public=RECEIVER.public, ground="duty", guardian=guardian,
        by=house.actor("anna"), at=house.now,
    )  # fmt: skip


def test_a_childs_case_is_not_asked_for_without_what_is_known_of_the_guardian(house: House, child_id: UUID) -> None:
    for guardian in (None, replace(KIND, who="uncle"), replace(KIND, reads="perhaps")):
        with pytest.raises(Invalid) as refused:
            ask_about(house, child_id, guardian)
        assert "gäller ett barn" in str(refused.value.message)
    assert not CaseExport.objects.exists()
    assert not Event.objects.filter(kind="case_export_asked").exists()


@pytest.mark.parametrize("reads", ["threat", "harm", "unknown"])
def test_no_case_goes_to_a_guardian_who_may_not_read(house: House, child_id: UUID, reads: str) -> None:
    with pytest.raises(NotAllowed):
        ask_about(house, child_id, policies.Guardian(who="both", reads=reads, receives=True))
    asked = ask_about(house, child_id, policies.Guardian(who="both", reads=reads, receives=False))
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseExport.objects.filter(pk=asked).update(guardian_receives=True)


def test_the_second_person_tries_the_secrecy_before_a_childs_case_leaves(house: House, child_id: UUID) -> None:
    asked = ask_about(house, child_id, KIND)
    house.unlock("officer1")
    with pytest.raises(Invalid):
        approve(house, asked)
    assert CaseExport.objects.get(pk=asked).approved_by is None
    with pytest.raises(Refused):
        fetch(house, asked)
    exports.approve_export(export_id=asked, reason="decision_seen", tried_secrecy=True, **house.who("officer1"))  # type: ignore[arg-type]
    found = sealed.opened(fetch(house, asked), pair=RECEIVER)
    # The receiver is told, under the officer's signature, whom it must not reach.
    assert json.loads(found["manifest"])["guardian"] == {"who": "father", "reads": "threat", "receives": "no"}
    told = Event.objects.get(kind="case_export_approved")
    assert told.facts["secrecy"] == "tried"
    assert "father" not in str(list(Event.objects.values_list("facts", flat=True)))


def test_another_answer_than_the_one_approved_lets_nothing_out(house: House, child_id: UUID) -> None:
    asked = ask_about(house, child_id, KIND)
    house.unlock("officer1")
    exports.approve_export(export_id=asked, reason="decision_seen", tried_secrecy=True, **house.who("officer1"))  # type: ignore[arg-type]
    CaseExport.objects.filter(pk=asked).update(guardian_reads="may_read")
    with pytest.raises(Refused):
        fetch(house, asked)


def test_of_other_cases_nothing_is_asked_about_a_guardian(house: House, case_id: UUID) -> None:
    with pytest.raises(Invalid):
        ask_about(house, case_id, KIND)
    asked = ask(house, case_id)
    approve(house, asked)
    assert "guardian" not in json.loads(sealed.opened(fetch(house, asked), pair=RECEIVER)["manifest"])
    assert Event.objects.get(kind="case_export_approved").facts["secrecy"] == "no_child"


def test_the_pages_ask_about_the_guardian_and_show_the_officer_the_answers(house: House) -> None:
    from django.utils import timezone

    house.keeper.clock = timezone.now
    house.is_now(timezone.now())
    house.unlock("anna")
    child = cases.create_case(concerns_child=True, **house.who("anna"))  # type: ignore[arg-type]
    anna, officer = browser(house, "anna"), browser(house, "officer1")
    address = f"/cases/{child}/export/"
    assert "Vem är vårdnadshavare?" in page(anna.get(address))
    said = {"recipient": "Nämnden", "ground": "duty", "public": base64.b64encode(RECEIVER.public).decode()}
    assert anna.post(address, said).status_code == 422
    answers = {"guardian": "mother", "guardian_reads": "threat", "guardian_receives": "no"}
    assert anna.post(address, {**said, **answers, "guardian_reads": ""}).status_code == 422
    assert anna.post(address, {**said, **answers, "guardian_receives": "yes"}).status_code == 403
    assert anna.post(address, {**said, **answers}).status_code == 302
    assert "står nära hotet" in page(officer.get("/cases/officers/"))
    do = {"do": "export", "id": str(CaseExport.objects.get().pk), "reason": "decision_seen"}
    assert officer.post("/cases/officers/", do).status_code == 422
    assert officer.post("/cases/officers/", {**do, "tried_secrecy": "1"}).status_code == 302
    assert "Får vårdnadshavaren läsa?" in page(anna.get(address))
