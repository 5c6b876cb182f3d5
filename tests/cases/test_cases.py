"""Cases open for those who were given them, and every other way in meets a refusal and leaves an event."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from samsyn.audit.models import Event
from samsyn.cases.actions import cases, endings, keys, sharing
from samsyn.cases.models import Case, CaseGrant, CaseText, Emergency, Keyring, RecoverySeal, ShareRequest
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM
from samsyn.people.keeping import KeysLocked
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.people.roles import Regime, Role
from tests.cases.conftest import OFFICERS, PASSPHRASE, House, give, open_with
from tests.custody.conftest import sign_log


def kinds(subject: object = None) -> list[str]:
    found = Event.objects.order_by("at", "pk")
    if subject is not None:
        found = found.filter(subject=str(subject))
    return list(found.values_list("kind", flat=True))


def share(house: House, case_id: Any, to: str, *rights: str, by: str = "anna", days: int = 14) -> bool:
    return sharing.share_case(
        case_id=case_id, to=house.id(to), purpose="support", rights=rights or ("read", "write"), days=days,
        **house.who(by),  # type: ignore[arg-type]
    )  # fmt: skip


def test_what_is_told_is_read_by_its_supporter_and_lies_encrypted(house: House) -> None:
    case_id = house.case()
    house.note(case_id, text="Hon är rädd för sin farbror")
    assert house.read(case_id) == ["Hon är rädd för sin farbror"]
    assert kinds(case_id) == ["case_created", "case_written", "case_read"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(encode(sealed, 'escape'), '') FROM cases_casetext")
        assert "farbror" not in cursor.fetchone()[0]


def test_the_person_decides_what_the_next_supporter_reads(house: House) -> None:
    case_id = house.case()
    house.note(case_id, text="Det får alla läsa")
    cases.add_note(case_id=case_id, kind="support", text="Fråga mig först", asks_first=True, **house.who("anna"))  # type: ignore[arg-type]
    share(house, case_id, "bo")
    assert house.read(case_id) == ["Det får alla läsa", "Fråga mig först"]
    assert house.read(case_id, "bo") == ["Det får alla läsa", ""]
    opened = cases.open_case(case_id=case_id, **house.who("bo"))  # type: ignore[arg-type]
    (withheld,) = [note for note in opened.notes if note.is_withheld]
    with pytest.raises(LookupError):
        cases.open_case(case_id=case_id, agreed="0" * 32, **house.who("bo"))  # type: ignore[arg-type]
    assert "case_note_agreed" not in kinds(case_id)
    agreed = cases.open_case(case_id=case_id, agreed=withheld.object, **house.who("bo"))  # type: ignore[arg-type]
    assert [note.said["text"] for note in agreed.notes] == ["Det får alla läsa", "Fråga mig först"]
    assert sorted(kinds(case_id)[-2:]) == ["case_note_agreed", "case_read"]  # both of the same moment
    # The next time the person is asked again, and who wrote it may mend it without losing the wish.
    assert house.read(case_id, "bo") == ["Det får alla läsa", ""]
    cases.correct_note(case_id=case_id, object_name=withheld.object, text="Fråga mig", **house.who("anna"))  # type: ignore[arg-type]
    assert house.read(case_id, "bo") == ["Det får alla läsa", ""]
    with pytest.raises(NotAllowed):
        cases.correct_note(case_id=case_id, object_name=withheld.object, text="", **house.who("bo"))  # type: ignore[arg-type]


def test_another_supporters_case_is_like_one_that_does_not_exist(house: House) -> None:
    case_id = house.case()
    for wanted in (case_id, uuid4()):
        with pytest.raises(LookupError) as found:
            house.read(wanted, "bo")
        assert str(found.value) == "no such case"
        assert kinds(wanted)[-1] == "case_denied"


def test_no_role_reads_by_rank(house: House) -> None:
    case_id = house.case()
    for name in ("administrator", *OFFICERS):
        house.tokens.setdefault(name, b"x" * 32)
        with pytest.raises(NotAllowed):
            house.read(case_id, name)


def test_an_event_stands_before_every_use_even_one_that_is_refused(house: House) -> None:
    case_id = house.case()
    before = len(kinds(case_id))
    keys.lock(token=house.tokens["anna"], by=house.actor("anna"), at=house.now)
    with pytest.raises(KeysLocked):
        house.read(case_id)
    assert sorted(kinds(case_id)[before:]) == ["case_not_opened", "case_read"]


def test_a_colleague_reads_what_was_shared_until_it_ends(house: House) -> None:
    case_id = house.case()
    house.note(case_id)
    assert share(house, case_id, "bo", "read")
    assert house.read(case_id, "bo") == ["Det som berättades"]
    with pytest.raises(NotAllowed):
        house.note(case_id, "bo")
    house.later(days=14)
    house.unlock("bo")
    with pytest.raises(NotAllowed):
        house.read(case_id, "bo")


def test_a_grant_forged_in_the_table_opens_nothing(house: House) -> None:
    case_id = house.case()
    share(house, case_id, "bo", "read")
    CaseGrant.objects.filter(grantee_id=house.id("bo")).update(rights=["read", "write", "share"])
    with pytest.raises(Refused):
        house.read(case_id, "bo")


def test_swapped_public_keys_are_refused(house: House) -> None:
    case_id = house.case()
    other = Keyring.objects.get(pk=house.id("cia")).public
    Keyring.objects.filter(pk=house.id("bo")).update(public=other)
    with pytest.raises(Refused):
        share(house, case_id, "bo")
    assert not CaseGrant.objects.filter(grantee_id=house.id("bo")).exists()


def test_revoking_replaces_the_key_at_once(house: House) -> None:
    case_id = house.case()
    house.note(case_id)
    share(house, case_id, "bo")
    old = CaseGrant.objects.get(grantee_id=house.id("bo"))
    house.read(case_id, "bo")
    sharing.revoke(case_id=case_id, account_id=house.id("bo"), **house.who("anna"))  # type: ignore[arg-type]
    with pytest.raises(LookupError):
        house.read(case_id, "bo")
    # Yesterday's row, written back by somebody who may write in the table.
    old.save(force_insert=True)
    with pytest.raises(NotAllowed):
        house.read(case_id, "bo")
    assert house.read(case_id) == ["Det som berättades"]


def test_sharing_on_takes_a_third_person(house: House) -> None:
    case_id = house.case()
    assert not share(house, case_id, "bo", "read", "write", "share")
    request = ShareRequest.objects.get()
    for name in ("anna", "bo"):
        with pytest.raises(NotAllowed):
            sharing.approve_share(request_id=request.pk, by=house.actor(name), at=house.now)
    sharing.approve_share(request_id=request.pk, by=house.actor("cia"), at=house.now)
    assert share(house, case_id, "bo", "read", "write", "share")
    # Now two hold it: the first one can leave.
    sharing.withdraw(case_id=case_id, by=house.actor("anna"), at=house.now)
    with pytest.raises(LookupError):
        house.read(case_id)
    assert house.read(case_id, "bo") == []


def test_somebody_of_another_organisation_is_let_in_by_two(house: House) -> None:
    elsewhere = people.create_organisation(
        name="Samarbetet", kind="operator", regime=Regime.OPERATOR, by=SYSTEM, at=house.now
    )
    dag = people.create_account(name="dag", pseudonym="Stödjare 9", organisation=elsewhere, by=SYSTEM, at=house.now)
    people.give_role(account_id=dag.pk, role=Role.SUPPORTER, by=SYSTEM, at=house.now)
    house.accounts["dag"] = dag
    house.enrol("dag")
    house.certify("dag")
    case_id = house.case()
    for _time in range(2):  # asking again is no second person
        assert not share(house, case_id, "dag", "read")
    assert not CaseGrant.objects.filter(grantee=dag).exists()
    with pytest.raises(LookupError):
        house.read(case_id, "dag")
    request = ShareRequest.objects.get()
    for name in ("anna", "dag"):
        with pytest.raises(NotAllowed):
            sharing.approve_share(request_id=request.pk, by=house.actor(name), at=house.now)
    sharing.approve_share(request_id=request.pk, by=house.actor("cia"), at=house.now)
    # What was approved is this: more rights, another person and another case are asked for anew.
    assert not share(house, case_id, "dag", "read", "write")
    sharing.approve_share(request_id=ShareRequest.objects.get().pk, by=house.actor("cia"), at=house.now)
    assert not share(house, house.case(), "dag", "read", "write")
    assert not share(house, case_id, "bo", "read", "write", "share")
    assert share(house, case_id, "dag", "read", "write")
    assert house.read(case_id, "dag") == []
    assert not share(house, case_id, "dag", "read", "write")  # the approval is used up


def test_nothing_opens_in_an_emergency_while_the_log_is_not_signed(house: House, settings: Any, tmp_path: Path) -> None:
    case_id = house.case()
    house.note(case_id)
    asked = sharing.ask_emergency(handle=Case.objects.get().handle, ground="danger", by=house.actor("bo"), at=house.now)
    order = sorted(OFFICERS, key=lambda name: str(house.id(name)))
    house.unlock(*order)
    sharing.help_emergency(emergency_id=asked, **house.who(order[0]))  # type: ignore[arg-type]
    second = next(name for name in OFFICERS if str(house.id(name)) == Emergency.objects.get().officers.split()[1])
    before, settings.SAMSYN_KEY_DIR = settings.SAMSYN_KEY_DIR, tmp_path
    with pytest.raises(Refused) as refused:
        sharing.help_emergency(emergency_id=asked, **house.who(second))  # type: ignore[arg-type]
    assert refused.value.status == 503
    with pytest.raises(LookupError):
        house.read(case_id, "bo")
    settings.SAMSYN_KEY_DIR = before
    sharing.help_emergency(emergency_id=asked, **house.who(second))  # type: ignore[arg-type]
    assert house.read(case_id, "bo") == ["Det som berättades"]


def test_readings_stop_while_nobody_signs_the_log_and_go_on_when_somebody_does(house: House) -> None:
    case_id = house.case()
    house.note(case_id)
    sign_log(house.now)
    # A quiet day leaves nothing to sign, so the first reading after it is read.
    house.now += timedelta(hours=7)
    house.unlock("anna")
    assert house.read(case_id) == ["Det som berättades"]
    for _more in range(2):
        house.now += timedelta(minutes=8)
        house.unlock("anna")
    with pytest.raises(Refused) as refused:
        house.read(case_id)
    assert refused.value.status == 503
    assert "inte undertecknats på en kvart" in str(refused.value.message)
    assert Event.objects.filter(kind="case_not_opened", subject=str(case_id)).count() == 1
    house.note(case_id, text="Det som berättas nu")
    sign_log(house.now)
    assert house.read(case_id) == ["Det som berättades", "Det som berättas nu"]


def test_no_words_are_tried_while_nobody_signs_the_log(line: House) -> None:
    given = give(line)
    sign_log(line.now)
    for _more in range(3):
        line.now += timedelta(minutes=9)
        line.unlock("bo")
    with pytest.raises(Refused) as refused:
        open_with(line, given.code)
    assert refused.value.status == 503
    sign_log(line.now)
    opened = open_with(line, given.code)
    # It counts as no opening: the word that the caller knows is still the one.
    assert opened.word_before == given.word


def test_nobody_leaves_a_case_that_nobody_else_could_open(house: House) -> None:
    case_id = house.case()
    share(house, case_id, "bo")
    with pytest.raises(Refused):
        sharing.withdraw(case_id=case_id, by=house.actor("anna"), at=house.now)
    with pytest.raises(Refused):
        sharing.revoke(case_id=case_id, account_id=house.id("anna"), **house.who("anna"))  # type: ignore[arg-type]


def test_who_withdrew_is_never_let_in_again(house: House) -> None:
    case_id = house.case()
    share(house, case_id, "bo")
    sharing.withdraw(case_id=case_id, by=house.actor("bo"), at=house.now)
    with pytest.raises(NotAllowed):
        share(house, case_id, "bo")
    handle = Case.objects.get(pk=case_id).handle
    with pytest.raises(NotAllowed):
        sharing.ask_emergency(handle=handle, ground="danger", by=house.actor("bo"), at=house.now)


def test_ties_that_meet_a_persons_wish_are_refused_without_saying_which(house: House) -> None:
    case_id = house.case()
    sharing.declare_ties(values=["Åmål", "Svensson"], by=house.actor("bo"), at=house.now)
    sharing.exclude(case_id=case_id, values=["  ÅMÅL "], by=house.actor("anna"), at=house.now)
    with pytest.raises(Refused) as refused:
        share(house, case_id, "bo")
    assert str(refused.value.message) == "Välj en annan kollega."
    assert share(house, case_id, "cia")


def test_an_old_version_written_back_is_counted_as_unreadable(house: House) -> None:
    case_id = house.case()
    cases.save_single(
        case_id=case_id, kind="plan", value={"passport": {"state": "later", "text": ""}}, **house.who("anna")
    )  # type: ignore[arg-type]
    cases.save_single(
        case_id=case_id, kind="plan", value={"passport": {"state": "agreed", "text": ""}}, **house.who("anna")
    )  # type: ignore[arg-type]
    first, second = CaseText.objects.order_by("version")
    CaseText.objects.filter(pk=second.pk).update(sealed=first.sealed)
    opened = cases.open_case(case_id=case_id, **house.who("anna"))  # type: ignore[arg-type]
    assert opened.unreadable == 1


def test_a_closed_case_is_read_and_not_written_in(house: House) -> None:
    case_id = house.case()
    house.note(case_id)
    share(house, case_id, "bo", "read")
    with pytest.raises(NotAllowed):
        endings.close_case(case_id=case_id, **house.who("bo"))  # type: ignore[arg-type]
    endings.close_case(case_id=case_id, **house.who("anna"))  # type: ignore[arg-type]
    assert house.read(case_id) == ["Det som berättades"]
    with pytest.raises(Refused) as refused:
        house.note(case_id)
    assert str(refused.value.message) == "Ärendet är avslutat."
    assert not cases.open_case(case_id=case_id, **house.who("anna")).is_open  # type: ignore[arg-type]
    assert kinds(case_id).count("case_closed") == 1


def test_an_erased_case_leaves_no_row_and_no_key(house: House) -> None:
    case_id = house.case()
    house.note(case_id)
    grant, text = CaseGrant.objects.get(), CaseText.objects.get()
    case = Case.objects.get()
    endings.erase_case(case_id=case_id, by=house.actor("anna"), at=house.now)
    assert not Case.objects.exists()
    # Yesterday's backup with today's keeper.
    for row in (case, grant, text):
        row.save(force_insert=True)
    with pytest.raises(NotAllowed) as refused:
        house.read(case_id)
    assert "raderat" in str(refused.value.message)
    assert endings.replay_erasures(by=house.actor("anna"), at=house.now) == [str(case_id)]
    assert not Case.objects.exists()


def test_a_case_goes_on_its_last_day(house: House, django_capture_on_commit_callbacks: Any) -> None:
    case_id = house.case()
    assert Case.objects.get().erase_on == date(2028, 9, 15)
    Case.objects.update(erase_on=date(2020, 1, 1))
    with django_capture_on_commit_callbacks(execute=True):
        call_command("retention", verbosity=0, stdout=io.StringIO())
    assert not Case.objects.exists()
    assert house.keeper.store.erased() == [str(case_id)]


def test_an_emergency_takes_two_officers_ends_after_an_hour_and_is_reviewed_by_a_third(house: House) -> None:
    case_id = house.case()
    # In danger nobody can be asked: what the person wanted to be asked about is read too.
    cases.add_note(
        case_id=case_id,
        kind="support",
        text="Det som berättades",
        asks_first=True,
        **house.who("anna"),  # type: ignore[arg-type]
    )
    handle = Case.objects.get().handle
    asked = sharing.ask_emergency(handle=handle, ground="danger", by=house.actor("bo"), at=house.now)
    order = sorted(OFFICERS, key=lambda name: str(house.id(name)))
    house.unlock(*order)

    def help_with(officer: str) -> None:
        sharing.help_emergency(emergency_id=asked, **house.who(officer))  # type: ignore[arg-type]

    # One officer's second try is no second step: it turns to the other colleague, and nothing is open.
    for _ in range(2):
        help_with(order[0])
        with pytest.raises(LookupError):
            house.read(case_id, "bo")
    pair = Emergency.objects.get().officers.split()
    second = next(name for name in OFFICERS if str(house.id(name)) == pair[1])
    help_with(second)
    assert house.read(case_id, "bo") == ["Det som berättades"]
    with pytest.raises(NotAllowed):
        house.note(case_id, "bo")
    house.later(minutes=61)
    house.unlock("bo")
    with pytest.raises(LookupError):
        house.read(case_id, "bo")
    with pytest.raises(NotAllowed):
        sharing.review_emergency(emergency_id=asked, by=house.actor(second), at=house.now)
    house.later(hours=24)
    with pytest.raises(NotAllowed):
        sharing.ask_emergency(handle=handle, ground="danger", by=house.actor("bo"), at=house.now)
    third = next(name for name in OFFICERS if str(house.id(name)) not in pair)
    sharing.review_emergency(emergency_id=asked, by=house.actor(third), at=house.now)
    sharing.ask_emergency(handle=handle, ground="danger", by=house.actor("bo"), at=house.now)


def test_two_officers_and_a_day_give_a_colleague_their_keys_back(house: House) -> None:
    case_id = house.case("bo")
    house.note(case_id, "bo")
    keys.begin_recovery(passphrase="nya ord för mig nu då", by=house.actor("bo"), at=house.now)
    from samsyn.cases.models import Recovery

    asked = Recovery.objects.get().pk
    seal = RecoverySeal.objects.filter(keyring_id=house.id("bo")).order_by("officers").first()
    assert seal is not None
    names = [next(n for n in OFFICERS if str(house.id(n)) == one) for one in seal.officers.split()]

    def help_with(officer: str) -> None:
        house.unlock(officer)
        keys.help_recovery(recovery_id=asked, **house.who(officer))  # type: ignore[arg-type]

    help_with(names[0])
    with pytest.raises(Refused):
        help_with(names[1])
    house.later(hours=25)
    help_with(names[1])
    house.tokens["bo"] = keys.finish_recovery(passphrase="NYA ord för mig nu då", by=house.actor("bo"), at=house.now)
    house.add_passkey("bo")
    assert house.read(case_id, "bo") == ["Det som berättades"]
    with pytest.raises(Refused):
        keys.unlock(way=keys.PASSPHRASE, secret=PASSPHRASE, by=house.actor("bo"), at=house.now)


def test_a_new_passkey_in_the_sign_in_opens_no_bundle(house: House) -> None:
    """The administrator can reset how somebody signs in; what opens the keys is another secret."""
    with pytest.raises(Refused):
        keys.unlock(way=keys.PASSKEY, secret=b"n" * 32, credential=b"anna", by=house.actor("anna"), at=house.now)
    with pytest.raises(Refused):
        keys.unlock(way=keys.PASSKEY, secret=b"k" * 32, credential=b"new", by=house.actor("anna"), at=house.now)
