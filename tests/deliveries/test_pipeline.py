"""One pipeline: receipts, states, replacement as a whole, the same again, and what the database itself refuses."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from samsyn.audit import actions as audit
from samsyn.audit.models import Event
from samsyn.deliveries import actions, queries
from samsyn.deliveries.models import Delivery
from samsyn.people.refusals import Refused
from samsyn.privacy import retention
from tests.deliveries.conftest import AT, FORM, Deliverer
from tests.deliveries.figures import as_rows, counts
from tests.deliveries.files import as_csv


def test_a_file_in_order_is_accepted_and_counts(stockholm: Deliverer) -> None:
    receipt = stockholm.send(stockholm.file())
    assert (receipt.state, receipt.period, receipt.rows, receipt.warnings) == ("accepted", "2026K2", FORM.size, ())
    assert len(receipt.sha256) == 64
    (figures,) = queries.accepted_figures(package="municipal_core", table="case")
    assert (figures.deliverer, figures.county, sum(figures.counts[:4])) == ("0180", "01", 60)
    event = Event.objects.get(kind="delivery_accepted")
    assert (event.pseudonym, event.facts["period"], event.subject) == ("Uppgiftslämnare 1", "2026K2", str(receipt.id))


def test_a_later_file_replaces_the_whole_earlier_one(stockholm: Deliverer) -> None:
    first = stockholm.send(stockholm.file())
    second = stockholm.send(stockholm.file(persons=61), at=AT + timedelta(hours=1))
    before = Delivery.objects.get(pk=first.id)
    assert (before.state, before.replaced_by) == ("replaced", second.id)
    (figures,) = queries.accepted_figures(package="municipal_core", table="case")
    assert sum(figures.counts[:4]) == 61


def test_the_same_file_again_is_the_same_receipt(stockholm: Deliverer) -> None:
    first = stockholm.send(stockholm.file())
    assert stockholm.send(stockholm.file(), door="sftp", at=AT + timedelta(days=1)) == first
    assert Delivery.objects.count() == Event.objects.filter(kind="delivery_accepted").count() == 1


def test_an_idempotency_key_is_for_one_file(stockholm: Deliverer) -> None:
    first = stockholm.send(stockholm.file(), idempotency="a")
    assert stockholm.send(stockholm.file(), idempotency="a").id == first.id
    with pytest.raises(actions.KeyReused):
        stockholm.send(stockholm.file(persons=61), idempotency="a")
    faulty = stockholm.send(b"organisation;period;count\n1;2;3\n", idempotency="b")
    assert stockholm.send(b"organisation;period;count\n1;2;3\n", idempotency="b").id == faulty.id


def test_a_faulty_file_leaves_its_report_and_no_figure(stockholm: Deliverer) -> None:
    good = stockholm.send(stockholm.file())
    rows = as_rows(FORM, "0180", "2026K2", counts(FORM, persons=9, seed="x"))
    rows[3][-2] = "tre"
    receipt = stockholm.send(as_csv(FORM, rows))
    assert (receipt.state, receipt.number_of_faults) == ("refused", 1)
    (line,) = receipt.faults
    assert (line.row, line.column, line.rule) == (5, "antal", "count_form")
    stored = Delivery.objects.get(pk=receipt.id)
    assert (stored.counts, stored.statuses) == ([], "")
    (figures,) = queries.accepted_figures(package="municipal_core", table="case")
    assert figures.delivery_id == good.id


def test_a_file_about_persons_leaves_nothing_of_itself(stockholm: Deliverer) -> None:
    receipt = stockholm.send(stockholm.file() + b"8112189876;Anna Andersson\r\n")
    assert (receipt.state, receipt.faults[0].rule) == ("refused", "personal_number")
    stored = Delivery.objects.get(pk=receipt.id)
    assert "8112189876" not in repr(vars(stored)) + repr(list(Event.objects.values()))
    assert "Anna" not in repr(vars(stored))


def test_what_looks_unlikely_is_shown_to_the_sender_first(stockholm: Deliverer) -> None:
    for quarter in ("2025K3", "2025K4", "2026K1"):
        stockholm.send(stockholm.file(quarter))
    receipt = stockholm.send(stockholm.file(persons=400))
    assert (receipt.state, receipt.awaits_sender, [one.rule for one in receipt.warnings]) == (
        "checked",
        True,
        ["units_jump"],
    )
    assert "2026K2" not in queries.periods_of("municipal_core", "case")
    assert actions.accept(delivery_id=receipt.id, sender=stockholm.sender, at=AT).state == "accepted"
    assert "2026K2" in queries.periods_of("municipal_core", "case")
    with pytest.raises(Refused):
        actions.accept(delivery_id=receipt.id, sender=stockholm.sender, at=AT)
    assert stockholm.send(stockholm.file(persons=401), accepts_warnings=True).state == "accepted"


def test_sums_that_do_not_agree_and_copies_are_told(stockholm: Deliverer) -> None:
    figures = counts(FORM, persons=40, seed="x")
    stockholm.send(as_csv(FORM, as_rows(FORM, "0180", "2026K1", figures)))
    copied = stockholm.send(as_csv(FORM, as_rows(FORM, "0180", "2026K2", figures)))
    assert [one.rule for one in copied.warnings] == ["same_as_before"]
    figures[FORM.places["age_band"]["0_12"]] += 100
    wrong = stockholm.send(as_csv(FORM, as_rows(FORM, "0180", "2026K2", figures)))
    assert {one.rule for one in wrong.warnings} == {"sum_differs", "more_than_all"}
    assert all("%(" not in one.wrong for one in wrong.warnings)


@pytest.mark.parametrize(
    ("period", "rule"),
    [
        ("2026K4", "period_not_over"),
        ("2023K4", "period_not_agreed"),
        ("2026M05", "period_not_agreed"),
        ("2026-04", "period_form"),
    ],
)
def test_only_agreed_periods_that_are_over(stockholm: Deliverer, period: str, rule: str) -> None:
    receipt = stockholm.send(stockholm.file(period))
    assert (receipt.state, [line.rule for line in receipt.faults]) == ("refused", [rule])


def test_nobody_delivers_for_another(stockholm: Deliverer, uppsala: Deliverer) -> None:
    assert uppsala.send(stockholm.file()).faults[0].rule == "organisation_other"
    receipt = stockholm.send(stockholm.file())
    for act in (actions.accept, actions.withdraw):
        with pytest.raises(LookupError):
            act(delivery_id=receipt.id, sender=uppsala.sender, at=AT)
    with pytest.raises(LookupError):
        queries.receipt(receipt.id, sender=uppsala.sender)


def test_what_is_withdrawn_counts_no_longer_and_goes_after_its_time(stockholm: Deliverer) -> None:
    receipt = stockholm.send(stockholm.file())
    assert actions.withdraw(delivery_id=receipt.id, sender=stockholm.sender, at=AT).state == "withdrawn"
    assert not list(queries.accepted_figures(package="municipal_core", table="case"))
    again = stockholm.send(stockholm.file())
    assert again.id != receipt.id
    (rule,) = [one for one in retention.declared_rules() if one.code == "delivery_receipts"]
    assert rule.erase_batch is not None
    assert rule.due is not None
    assert rule.due(AT + timedelta(days=89)) == 0
    assert rule.erase_batch(AT + timedelta(days=90), 10) == {"deliveries.Delivery": 1}
    assert Delivery.objects.get().pk == again.id


def test_a_vendor_tries_and_never_becomes_a_figure(vendor: Deliverer, stockholm: Deliverer) -> None:
    receipt = vendor.send(vendor.file(), accepts_warnings=True)
    assert (receipt.state, receipt.is_test, receipt.awaits_sender) == ("checked", True, False)
    with pytest.raises(Refused):
        actions.accept(delivery_id=receipt.id, sender=vendor.sender, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=receipt.id).update(state="accepted")
    assert not list(queries.accepted_figures(package="municipal_core", table="case"))
    assert vendor.send(b"a;b\n1;2\n").state == "refused"


def test_the_database_keeps_figures_as_they_were_checked(stockholm: Deliverer) -> None:
    receipt = stockholm.send(stockholm.file())
    row = Delivery.objects.filter(pk=receipt.id)
    for change in ({"counts": [1]}, {"period": "2026K1"}, {"sha256": "0" * 64}, {"state": "checked"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_a_log_that_fails_takes_the_delivery_along(stockholm: Deliverer, monkeypatch: pytest.MonkeyPatch) -> None:
    content = stockholm.file()

    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        stockholm.send(content)
    assert not Delivery.objects.exists()


def test_a_protected_package_has_no_small_counts(stockholm: Deliverer) -> None:
    receipt = stockholm.send(stockholm.file(), door="package", threshold=5)
    assert {line.rule for line in receipt.faults} == {"small_cell"}
    figures = [0 if count < 5 else count for count in counts(FORM, persons=90, seed="y")]
    content = as_csv(FORM, as_rows(FORM, "0180", "2026K2", figures))
    assert stockholm.send(content, door="package", threshold=5, accepts_warnings=True).state == "accepted"


def test_unknown_ids_are_nobodys(stockholm: Deliverer) -> None:
    with pytest.raises(LookupError):
        queries.receipt(uuid4())
    assert actions.client_sender(client_id="x", secret="x") is None
    assert io.BytesIO(b"").read() == b""
