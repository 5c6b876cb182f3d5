"""An agreement takes two, a package takes two, and what leaves is what the centre's door takes in."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction

from samsyn.aggregates import actions, protecting, queries, signing
from samsyn.aggregates.models import Agreement, Package
from samsyn.audit.models import Event
from samsyn.deliveries import actions as deliveries
from samsyn.deliveries import queries as centre
from samsyn.deliveries import signed_packages, support_line
from samsyn.deliveries.checking import signed
from samsyn.deliveries.forms import KeyForm
from samsyn.deliveries.models import Delivery
from samsyn.people.actors import SYSTEM
from samsyn.people.models import Account
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy import keys
from samsyn.statistics import attack
from samsyn.statistics.delivered import line as shown
from tests.aggregates.conftest import AT, CODE, CONTACTS, PERIOD, PERSONS, actor, agree, new

Line = dict[str, Account]


def made(line: Line, *, table: str = PERSONS, period: str = PERIOD) -> Package:
    return Package.objects.get(pk=actions.make_package(table=table, period=period, by=actor(line, "analyst"), at=AT))


def approved(line: Line, **what: Any) -> Package:
    package = made(line, **what)
    actions.approve_package(package_id=package.pk, by=actor(line, "publisher"), at=AT)
    package.refresh_from_db()
    return package


def register_at_centre() -> None:
    """Do what the centre does: write the operator into the register and believe its key."""
    pk = deliveries.add_deliverer(
        new=deliveries.NewDeliverer(CODE, "Operatören i registret", "operator"), by=SYSTEM, at=AT
    )
    for form in support_line.newest():
        agreed = deliveries.NewAgreement(form.package, form.version, form.table, "quarter", "2026K1")
        deliveries.make_agreement(deliverer_id=pk, new=agreed, by=SYSTEM, at=AT)
    form = KeyForm({"kind": "signer", "material": signing.signer().verifier().to_text()})
    assert form.is_valid(), form.errors
    deliveries.add_key(sender=centre.sender_named(CODE, by=SYSTEM), at=AT, **form.cleaned_data)


def refusal(content: bytes, **when: Any) -> str:
    with pytest.raises(signed_packages.PackageRefused) as refused:
        signed_packages.receive(content=content, at=when.get("at", AT))
    return refused.value.reason


def test_an_agreement_holds_when_a_second_person_has_approved_it(line: Line) -> None:
    proposed = actions.propose_agreement(new=new(), by=actor(line, "both"), at=AT)
    with pytest.raises(NotAllowed):
        actions.approve_agreement(agreement_id=proposed, by=actor(line, "both"), at=AT)
    with pytest.raises(NotAllowed):
        actions.approve_agreement(agreement_id=proposed, by=actor(line, "analyst"), at=AT)
    with pytest.raises(Refused):
        made(line)
    actions.approve_agreement(agreement_id=proposed, by=actor(line, "publisher"), at=AT)
    with pytest.raises(Refused):
        actions.approve_agreement(agreement_id=proposed, by=actor(line, "publisher"), at=AT)
    kinds = list(Event.objects.filter(subject=str(proposed)).order_by("at", "id").values_list("kind", flat=True))
    assert sorted(kinds) == ["hand_over_approved", "hand_over_proposed"]
    row = queries.agreements(by=actor(line, "analyst"))[0]
    assert (row.state, row.proposed, row.approved) == ("approved", "Analytiker 2", "Publicist 1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"tables": ()},
        {"tables": ("support_line/1.1.0/matter",)},
        {"purpose": "statistik"},
        {"first_period": "2026"},
        {"first_period": "2026K4", "last_period": "2026K1"},
    ],
)
def test_an_agreement_says_what_for_which_and_when(line: Line, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        actions.propose_agreement(new=new(**wrong), by=actor(line, "analyst"), at=AT)
    assert not Agreement.objects.exists()


def test_a_package_is_made_only_of_what_is_agreed_and_over(line: Line, facts: object) -> None:
    ended = agree(line, tables=(PERSONS,), last_period="2026K3")
    for table, period in ((CONTACTS, PERIOD), (PERSONS, "2025K4"), (PERSONS, "2026K4")):
        with pytest.raises(Refused):
            made(line, table=table, period=period)
    with pytest.raises(Refused):  # the quarter is over, but its contacts can still be corrected
        actions.make_package(table=PERSONS, period=PERIOD, by=actor(line, "analyst"), at=AT.replace(month=10, day=5))
    with pytest.raises(NotAllowed):
        actions.make_package(table=PERSONS, period=PERIOD, by=actor(line, "supporter"), at=AT)
    with pytest.raises(Invalid):
        actions.make_package(table="municipal_core/9/case", period=PERIOD, by=actor(line, "analyst"), at=AT)
    waiting = made(line)
    with pytest.raises(Refused):
        made(line)
    actions.end_agreement(agreement_id=ended, by=actor(line, "publisher"), at=AT)
    with pytest.raises(Refused):
        actions.approve_package(package_id=waiting.pk, by=actor(line, "publisher"), at=AT)


def test_small_counts_are_hidden_and_an_attacker_finds_none(line: Line, facts: Any) -> None:
    agree(line)
    for table in (PERSONS, CONTACTS):
        package = made(line, table=table)
        form = queries.form_of(table)
        true = protecting.placed(form, queries.counted(form, PERIOD))
        shown_counts = [c for c, status in zip(package.counts, package.statuses, strict=True) if status == "A"]
        assert not [count for count in shown_counts if 0 < count < 5]
        assert all(count == 0 for count, status in zip(package.counts, package.statuses, strict=True) if status == "Q")
        assert package.hidden == package.statuses.count("Q") > 0
        hidden = {at for at, status in enumerate(package.statuses) if status == "Q"}
        audit = attack.audit(protecting.system_of(form, true, threshold=5), hidden)
        assert (audit.is_safe, audit.tried, package.recovered) == (True, package.tried, 0)
        # Every fact of the quarter stands where it belongs, counted here once more in the plainest way.
        rows = facts.person if table == PERSONS else facts.contact
        of_quarter = [row for row in rows if (row["year"], row["quarter"]) == (2026, 3)]
        assert sum(true[at] for at in range(form.places["units"]["all"], form.width)) == len(of_quarter)
        for variable in form.variables[1:]:
            for answer, at in form.places[variable.code].items():
                wanted = sum(answer in (v if isinstance(v := row[variable.code], list) else [v]) for row in of_quarter)
                assert sum(true[at : at + form.width]) == wanted


def test_one_persons_work_never_leaves(line: Line, facts: object) -> None:
    agree(line)
    both = actor(line, "both")
    own = actions.make_package(table=PERSONS, period=PERIOD, by=both, at=AT)
    with pytest.raises(NotAllowed):
        actions.approve_package(package_id=own, by=both, at=AT)
    with pytest.raises(NotAllowed):
        actions.approve_package(package_id=own, by=actor(line, "analyst"), at=AT)
    with pytest.raises(Refused):
        actions.hand_over(package_id=own, by=both, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Package.objects.filter(pk=own).update(
            state="approved", decided_by=both.account_id, decided_at=AT, number=1, sha256="0" * 64
        )
    for change in ({"counts": [9] * 200}, {"statuses": "A" * 200}, {"recovered": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Package.objects.filter(pk=own).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM aggregates_package")
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.update(purpose="Något helt annat än det som två godkände")


def test_an_approved_package_is_what_the_centres_door_takes_in_and_shows(line: Line, facts: object) -> None:
    agree(line)
    register_at_centre()
    package = approved(line)
    name, content = actions.hand_over(package_id=package.pk, by=actor(line, "publisher"), at=AT)
    assert name == "support_line-1.1.0-person-2026K3-1.samsyn"
    receipt = signed_packages.receive(content=content, at=AT)
    assert (receipt.state, receipt.door, receipt.period, receipt.faults) == ("accepted", "package", PERIOD, ())
    stored = Delivery.objects.get(pk=receipt.id)
    assert (list(stored.counts), stored.statuses) == (package.counts, package.statuses)
    table = next(one for one in shown.handed_over() if one.quarters == (PERIOD,))
    form = queries.form_of(PERSONS)
    for (_title, lines), variable in zip(table.sections, form.variables, strict=True):
        for one, at in zip(lines, form.places[variable.code].values(), strict=True):
            is_whole = "Q" not in package.statuses[at : at + form.width]
            assert one.figures == ((sum(package.counts[at : at + form.width]) if is_whole else None),)


def test_a_quarter_that_was_divided_by_other_codes_has_no_figure_and_is_no_nought(
    line: Line, facts: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(line)
    register_at_centre()
    signed_packages.receive(content=bytes(approved(line).content), at=AT)
    for file in support_line.FILES.glob("*.json"):
        shutil.copy(file, tmp_path)
    newer = json.loads((tmp_path / "1.1.0.json").read_text())
    for table in newer:
        table["version"] = "1.2.0"
        for division in table["breakdowns"]:
            division["codes"].pop()
    (tmp_path / "1.2.0.json").write_text(json.dumps(newer))
    monkeypatch.setattr(support_line, "FILES", tmp_path)
    support_line.formats.cache_clear()
    try:
        table = next(one for one in shown.handed_over() if one.quarters == (PERIOD,))
    finally:
        support_line.formats.cache_clear()
    assert {one.figures for _title, lines in table.sections for one in lines} == {(None,)}


def test_what_is_altered_replayed_out_of_time_or_a_strangers_is_refused(line: Line, facts: object) -> None:
    agree(line)
    register_at_centre()
    content = bytes(approved(line).content)
    at = content.index(b"undertryckt") - 30
    assert refusal(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]) == "changed_file"
    assert refusal(content, at=AT + timedelta(days=31)) == "too_old"
    assert refusal(content, at=AT - timedelta(hours=1)) == "too_early"
    said = signed.opened(content).statement
    file = signed.opened(content).file
    stranger = replace(signing.signer(), seed=bytes(32))
    assert refusal(signed.make(file, statement=said, signer=stranger)) == "bad_signature"
    assert refusal(signed.make(file, statement=said, signer=replace(stranger, name="samsyn/x"))) == "unknown_signer"
    early = replace(said, period="2026K4")
    assert refusal(signed.make(file, statement=early, signer=signing.signer())) == "before_its_period"
    assert signed_packages.receive(content=content, at=AT).state == "accepted"
    assert refusal(content) == "replayed"
    assert Delivery.objects.filter(state="accepted").count() == 1


def test_a_package_that_grew_too_old_is_signed_again_with_the_same_figures(line: Line, facts: object) -> None:
    agree(line)
    register_at_centre()
    package = approved(line)
    other = approved(line, table=CONTACTS)
    later = AT + timedelta(days=40)
    actions.approve_package(package_id=package.pk, by=actor(line, "publisher"), at=later)
    again = Package.objects.get(pk=package.pk)
    assert (again.number, other.number, again.counts) == (3, 2, package.counts)
    assert signed_packages.receive(content=bytes(again.content), at=later).state == "accepted"
    # The lower number of the other table is a replay by now: it is signed again, too.
    assert refusal(bytes(other.content), at=AT) == "replayed"


def test_a_discarded_package_makes_room_for_another(line: Line, facts: object) -> None:
    agree(line)
    first = made(line)
    actions.discard_package(package_id=first.pk, by=actor(line, "analyst"), at=AT)
    with pytest.raises(Refused):
        actions.approve_package(package_id=first.pk, by=actor(line, "publisher"), at=AT)
    second = approved(line)
    with pytest.raises(Refused):
        actions.discard_package(package_id=second.pk, by=actor(line, "publisher"), at=AT)


def test_the_commands_write_files_and_take_them_in(
    line: Line, facts: object, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    agree(line)
    call_command("package", "key")
    assert capsys.readouterr().out.strip() == signing.signer().verifier().to_text()
    with pytest.raises(CommandError):
        call_command("package", "hand-over", PERIOD, to=tmp_path)
    from django.utils import timezone

    package = made(line)
    actions.approve_package(package_id=package.pk, by=actor(line, "publisher"), at=timezone.now())
    call_command("package", "hand-over", PERIOD, to=tmp_path)
    (file,) = tmp_path.iterdir()
    with pytest.raises(CommandError, match="unknown_signer"):
        call_command("take_package", str(file))
    register_at_centre()
    call_command("take_package", str(file))
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"accepted {CODE} person {PERIOD}")
    assert Event.objects.filter(kind="package_handed_over", subject=str(package.pk)).count() == 1


def test_without_its_key_nothing_is_signed(line: Line, facts: object, tmp_path: Any, settings: Any) -> None:
    agree(line)
    package = made(line)
    settings.SAMSYN_KEY_DIR = tmp_path
    keys.read.cache_clear()
    with pytest.raises(Refused) as refused:
        actions.approve_package(package_id=package.pk, by=actor(line, "publisher"), at=AT)
    assert refused.value.status == 503


def test_the_newest_version_has_a_cell_for_every_code_of_the_lists() -> None:
    from samsyn.vocabulary import files

    lists = {one.code: [code.value for code in one.codes] for one in files.read().lists}
    for form in support_line.newest():
        for variable in form.variables[1:]:
            assert [one.code for one in variable.codes] == lists[variable.code], variable.code
    frozen = {f"{one.name}/{one.table}": one.content_hash[:16] for one in support_line.formats()}
    assert frozen == {
        "support_line/1.0.0/contact": "41793fbff70c9e45",
        "support_line/1.0.0/person": "e41d496ba1fb1346",
        CONTACTS: "5ca8d6917e2d1468",
        PERSONS: "7125a22a1c23f3d0",
    }
