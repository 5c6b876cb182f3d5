"""What is done to deliveries and their register: each checked, written and recorded in one transaction.

A file is checked while nothing of it is stored; then one row is written with its event. A process that is killed before
leaves nothing, one that is killed afterwards leaves the whole delivery: there is no state between.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.deliveries import completeness, events, packages, periods, policies, queries, reminders
from samsyn.deliveries.checking import checker, plausibility
from samsyn.deliveries.checking.findings import Checked, Fault
from samsyn.deliveries.composed import parts
from samsyn.deliveries.models import Agreement, Deliverer, Delivery, Key, Reminder
from samsyn.deliveries.policies import Sender
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.policies import DELIVERING
from samsyn.people.refusals import Invalid, Refused
from samsyn.people.roles import Regime

_CHUNK = 1 << 18


class KeyReused(Refused):
    """An idempotency key was sent again with another file."""

    status = 409


@dataclass(frozen=True)
class Received:
    """A file that came through a door: its bytes (seekable), the door, and how the sender wants it handled."""

    file: BinaryIO
    door: str
    idempotency: str = ""
    accepts_warnings: bool = False
    threshold: int = 0
    """Counts from 1 to below this are faults: a signed package is to be protected before it is sent."""


def receive(*, received: Received, sender: Sender, at: datetime) -> queries.Receipt:
    """Check a file and write its receipt: refused, checked (the sender has still to confirm) or accepted.

    The same file again gives the same receipt while it counts or waits; the same idempotency key with another file raises
    KeyReused.
    """
    digest, size = _digest(received.file)
    key = hashlib.sha256(received.idempotency.encode()).hexdigest() if received.idempotency else ""
    same = _same(sender, digest, key)
    if same is not None:
        return queries.receipt(same)
    received.file.seek(0)
    checked = checker.check(received.file, formats=queries.formats_for(sender), organisation=sender.code)
    _check_beyond_the_file(checked, received, sender, at)
    return queries.receipt(_store(checked, received, sender, at, digest=digest, size=size, key=key))


def _digest(file: BinaryIO) -> tuple[str, int]:
    found, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        found.update(chunk)
        size += len(chunk)
    return found.hexdigest(), size


def _same(sender: Sender, digest: str, key: str) -> UUID | None:
    """Return the receipt that this sending already has; raise KeyReused."""
    own = Delivery.objects.filter(deliverer_id=sender.deliverer_id)
    if key:
        found = own.filter(idempotency=key).values_list("pk", "sha256").first()
        if found is not None:
            if found[1] != digest:
                raise KeyReused(_("Nyckeln har redan använts för en annan fil. Ingenting togs emot."))
            return found[0]
    stands = own.filter(sha256=digest, state__in=[Delivery.State.ACCEPTED, Delivery.State.CHECKED])
    return stands.order_by("-received_at").values_list("pk", flat=True).first()


def _check_beyond_the_file(checked: Checked, received: Received, sender: Sender, at: datetime) -> None:
    """Add what can't be seen in the file alone: whether the period is wanted, and small counts of a protected package."""
    form = checked.format
    if checked.refusal is not None or form is None:
        return
    if checked.period:
        agreed = [
            one
            for one in queries.agreed(sender.deliverer_id)
            if (one.package, one.version, one.table) == (form.package, form.version, form.table)
        ]
        today = queries.today_of(at)
        for fault in policies.period_faults(checked.period, agreed=agreed, is_test=sender.is_test, today=today):
            checked.add(fault)
    if received.threshold and checked.is_clean:
        for number, (count, status) in enumerate(zip(checked.counts, checked.statuses, strict=True)):
            if 0 < count < received.threshold and chr(status) in "AE":
                head = form.headings[form.columns.index("count")]
                checked.add(Fault("small_cell", number + 2, head, {"threshold": received.threshold}))


@transaction.atomic
def _store(
    checked: Checked, received: Received, sender: Sender, at: datetime, *, digest: str, size: int, key: str
) -> UUID:
    # One delivery of an organisation at a time: two that replace the same period see each other.
    Deliverer.objects.select_for_update().get(pk=sender.deliverer_id)
    same = _same(sender, digest, key)
    if same is not None:
        return same
    form = checked.format
    warned: list[plausibility.Warned] = []
    noted: list[plausibility.Warned] = []
    if checked.is_clean and form is not None:
        before = queries.earlier(sender, form, checked.period)
        versions = packages.versions_if_any(form.package)
        warned, noted = plausibility.warnings(form, checked.counts, checked.statuses, earlier=before, packages=versions)
    faults = [checked.refusal] if checked.refusal else checked.faults
    state = Delivery.State.REFUSED
    if checked.is_clean:
        is_settled = not sender.is_test and (not warned or received.accepts_warnings)
        state = Delivery.State.ACCEPTED if is_settled else Delivery.State.CHECKED
    made = Delivery(
        deliverer_id=sender.deliverer_id,
        is_test=sender.is_test,
        door=received.door,
        state=state,
        received_at=at,
        received_by=sender.by.pseudonym,
        sha256=digest,
        size=size,
        idempotency=key,
        reading={
            "kind": checked.kind,
            "encoding": checked.encoding,
            "delimiter": checked.delimiter,
            "rows": checked.rows,
        },
        report={
            "number_of_faults": 1 if checked.refusal else checked.number_of_faults,
            "faults": [fault.as_data() for fault in faults],
            "warnings": [one.as_data() for one in warned],
            "notes": [one.as_data() for one in noted],
        },
    )
    if form is not None and not checked.refusal:
        made.package, made.version, made.table, made.period = form.package, form.version, form.table, checked.period
    if checked.is_clean and form is not None:
        made.format_hash, made.counts = form.content_hash, list(checked.counts)
        made.statuses = checked.statuses.decode("ascii")
    if state == Delivery.State.ACCEPTED:
        replace_earlier(made, at)
        made.decided_at = at
    made.save(force_insert=True)
    record_delivery(made, sender, at)
    return made.pk


def replace_earlier(made: Delivery, at: datetime) -> None:
    """Let a delivery take the place of the one that counts for its table and period."""
    Delivery.objects.filter(
        deliverer_id=made.deliverer_id,
        package=made.package,
        table=made.table,
        period=made.period,
        state=Delivery.State.ACCEPTED,
    ).exclude(pk=made.pk).update(state=Delivery.State.REPLACED, decided_at=at, replaced_by=made.pk)


def record_delivery(made: Delivery, sender: Sender, at: datetime) -> None:
    """Write in the log what became of a file."""
    facts: dict[str, str | int] = {"deliverer": sender.code, "door": made.door, "sha256": made.sha256}
    if made.state == Delivery.State.REFUSED:
        facts["faults"] = made.report["number_of_faults"]
        audit.record(events.DELIVERY_REFUSED, by=sender.by, at=at, subject=str(made.pk), facts=facts)
        return
    kind = events.DELIVERY_ACCEPTED if made.state == Delivery.State.ACCEPTED else events.DELIVERY_CHECKED
    facts |= {"package": f"{made.package}/{made.version}", "table": made.table, "period": made.period}
    audit.record(kind, by=sender.by, at=at, subject=str(made.pk), facts=facts)


@transaction.atomic
def accept(*, delivery_id: UUID, sender: Sender, at: datetime) -> queries.Receipt:
    """Let a checked delivery count: the sender says that what looked unlikely is right. Raise LookupError or Refused."""
    Deliverer.objects.select_for_update().get(pk=sender.deliverer_id)
    made = _own(delivery_id, sender)
    if made.is_test:
        raise Refused(_("En provleverans blir aldrig siffror."))
    policies.check_transition(made.state, Delivery.State.ACCEPTED)
    replace_earlier(made, at)
    made.state, made.decided_at = Delivery.State.ACCEPTED, at
    made.save(update_fields=["state", "decided_at"])
    record_delivery(made, sender, at)
    return queries.receipt(delivery_id)


@transaction.atomic
def withdraw(*, delivery_id: UUID, sender: Sender, at: datetime) -> queries.Receipt:
    """Take a delivery back: its figures count no longer, and none stands in its place. Raise LookupError or Refused."""
    Deliverer.objects.select_for_update().get(pk=sender.deliverer_id)
    made = _own(delivery_id, sender)
    policies.check_transition(made.state, Delivery.State.WITHDRAWN)
    made.state, made.decided_at = Delivery.State.WITHDRAWN, at
    made.save(update_fields=["state", "decided_at"])
    made.cases.all().delete()
    facts = {"deliverer": sender.code, "period": made.period}
    audit.record(events.DELIVERY_WITHDRAWN, by=sender.by, at=at, subject=str(delivery_id), facts=facts)
    return queries.receipt(delivery_id)


def _own(delivery_id: UUID, sender: Sender) -> Delivery:
    found = Delivery.objects.filter(pk=delivery_id, deliverer_id=sender.deliverer_id).first()
    if found is None:
        raise LookupError("no such delivery")
    return found


# The register


@dataclass(frozen=True)
class NewDeliverer:
    """An organisation that is to deliver."""

    code: str
    name: str
    kind: str
    county: str = ""
    organisation_id: int | None = None


@transaction.atomic
def add_deliverer(*, new: NewDeliverer, by: Actor, at: datetime) -> UUID:
    """Write an organisation into the register; raise Invalid where its code is taken."""
    policies.check_can_manage(by)
    if Deliverer.objects.filter(code=new.code).exists():
        raise Invalid(_("Koden finns redan i registret."))
    organisation_id = new.organisation_id
    if organisation_id is None:
        # So that the administrator can give its people accounts; who added the deliverer stands in the next event.
        organisation_id = people.create_organisation(
            name=new.name, kind=DELIVERING, regime=Regime.AUTHORITY, by=SYSTEM, at=at
        ).pk
    made = Deliverer.objects.create(
        code=new.code,
        name=new.name,
        kind=new.kind,
        county=new.county,
        organisation_id=organisation_id,
        is_test=new.kind == Deliverer.Kind.VENDOR,
        made_at=at,
    )
    facts = {"deliverer": new.code, "kind": new.kind}
    audit.record(events.DELIVERER_ADDED, by=by, at=at, subject=str(made.pk), facts=facts)
    return made.pk


@dataclass(frozen=True)
class NewAgreement:
    """What a deliverer is to deliver from a period on."""

    package: str
    version: str
    table: str
    frequency: str
    first_period: str
    due_days: int = 30
    system: str = ""


@transaction.atomic
def make_agreement(*, deliverer_id: UUID, new: NewAgreement, by: Actor, at: datetime) -> None:
    """Write down what is delivered from a period on; what was agreed of the table before ends the period before."""
    policies.check_can_manage(by)
    deliverer = Deliverer.objects.select_for_update().get(pk=deliverer_id)
    try:
        lengths = {periods.frequency_of(new.first_period), periods.Frequency(new.frequency)}
        if f"{new.package}/{new.version}/{new.table}" in parts.tables():
            lengths.add(periods.Frequency.QUARTER)
        else:
            packages.format_of(new.package, new.version, new.table)
        if len(lengths) > 1:
            raise ValueError("another length")
    except (LookupError, ValueError) as error:
        raise Invalid(_("Tabellen eller perioden finns inte.")) from error
    open_ones = Agreement.objects.filter(deliverer=deliverer, package=new.package, table=new.table, last_period="")
    for one in open_ones:
        last = _before(new.first_period, one)
        one.last_period = last
        one.save(update_fields=["last_period"])
    Agreement.objects.create(deliverer=deliverer, made_at=at, **vars(new))
    facts: dict[str, str | int] = {
        "deliverer": deliverer.code,
        "package": new.package,
        "version": new.version,
        "table": new.table,
        "period": new.first_period,
    }
    audit.record(events.AGREEMENT_MADE, by=by, at=at, subject=str(deliverer_id), facts=facts)


def _before(first: str, one: Agreement) -> str:
    """Return the last period of an agreement that ends where another begins; raise Invalid."""
    found = list(periods.between(one.first_period, periods.first_day(first)))
    if not found:
        raise Invalid(_("Den nya överenskommelsen måste börja efter den som gäller."))
    return found[-1]


@transaction.atomic
def remind(*, agreement_id: int | None, period: str, by: Actor, at: datetime) -> None:
    """Remind a deliverer of a period, or without an agreement all who are late with it; raise LookupError."""
    policies.check_can_manage(by)
    found = completeness.lacking(period, agreement_id=agreement_id, today=queries.today_of(at))
    if not found:
        raise LookupError("nothing to remind of")
    for one in found:
        Reminder.objects.create(agreement_id=one.agreement_id, period=period, reminded_at=at, reminded_by=by.pseudonym)
        facts = {"deliverer": one.deliverer, "period": period}
        audit.record(events.DELIVERER_REMINDED, by=by, at=at, facts=facts)
    reminders.tell((one.deliverer for one in found), by=by, at=at)


# Keys


def secret_hash(secret: str) -> str:
    """Return what is kept of a client's secret: it has 256 random bits, so a plain digest can't be guessed from."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_client(*, sender: Sender, at: datetime) -> tuple[UUID, str]:
    """Make credentials for an organisation's own system: the id, and the secret, which is shown once."""
    secret = secrets.token_urlsafe(32)
    made = Key.objects.create(
        deliverer_id=sender.deliverer_id,
        kind=Key.Kind.CLIENT,
        material=secret_hash(secret),
        fingerprint=secrets.token_hex(8),
        made_at=at,
    )
    facts = {"deliverer": sender.code, "kind": made.kind}
    audit.record(events.KEY_ADDED, by=sender.by, at=at, subject=str(made.pk), facts=facts)
    return made.pk, secret


@transaction.atomic
def add_key(*, kind: str, material: str, fingerprint: str, sender: Sender, at: datetime) -> UUID:
    """Add a public key of an organisation's system; raise Invalid where somebody uses it already."""
    if Key.objects.filter(kind=kind, fingerprint=fingerprint, ended_at=None).exists():
        raise Invalid(_("Nyckeln används redan."))
    made = Key.objects.create(
        deliverer_id=sender.deliverer_id, kind=kind, material=material, fingerprint=fingerprint, made_at=at
    )
    facts = {"deliverer": sender.code, "kind": kind}
    audit.record(events.KEY_ADDED, by=sender.by, at=at, subject=str(made.pk), facts=facts)
    return made.pk


@transaction.atomic
def end_key(*, key_id: UUID, sender: Sender, at: datetime) -> None:
    """End a key at once: what was made with it opens nothing any more. Raise LookupError."""
    found = Key.objects.filter(pk=key_id, deliverer_id=sender.deliverer_id, ended_at=None).first()
    if found is None:
        raise LookupError("no such key")
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    facts = {"deliverer": sender.code, "kind": found.kind}
    audit.record(events.KEY_ENDED, by=sender.by, at=at, subject=str(key_id), facts=facts)


def client_sender(*, client_id: str, secret: str) -> tuple[Key, Sender] | None:
    """Return who proves itself with these credentials; None where nobody does. Always compares, whoever is named."""
    found = Key.objects.select_related("deliverer").filter(kind=Key.Kind.CLIENT, ended_at=None)
    try:
        row = found.filter(pk=UUID(client_id)).first()
    except ValueError:
        row = None
    kept = row.material if row is not None else "0" * 64
    if not hmac.compare_digest(kept, secret_hash(secret)) or row is None:
        return None
    return row, sender_by_key(row)


def sender_by_key(key: Key) -> Sender:
    """Return the organisation that a key acts for."""
    machine = policies.Machine(actor_id=str(key.pk), pseudonym=f"System {key.deliverer.code}")
    return queries.sender_of(key.deliverer, by=machine)
