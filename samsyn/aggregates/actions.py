"""What is done to agreements and packages: each checked, written and recorded in one transaction."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from samsyn.aggregates import events, policies, protecting, queries, signing
from samsyn.aggregates.composed import queries as composed
from samsyn.aggregates.models import Agreement, Package
from samsyn.audit import actions as audit
from samsyn.deliveries.checking import offline, signed
from samsyn.deliveries.checking.formats import STATUS_WORDS, WITH_COUNT
from samsyn.deliveries.composed import files, parts
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import keys
from samsyn.statistics import disclosure

_NO_CASE = _("Inget fall som två har prövat finns kvar för kvartalet.")


@dataclass(frozen=True)
class NewAgreement:
    """What is to be agreed."""

    receiver: str
    purpose: str
    organisation: str
    tables: tuple[str, ...]
    first_period: str
    last_period: str


@transaction.atomic
def propose_agreement(*, new: NewAgreement, by: Actor, at: datetime) -> UUID:
    """Write an agreement down; it holds when somebody else has approved it."""
    policies.check_can_make(by)
    policies.check_periods(new.first_period, new.last_period)
    if len(new.purpose.strip()) < policies.SHORTEST_PURPOSE:
        raise Invalid(_("Skriv i en mening vad siffrorna ska användas till."))
    if not new.tables or not set(new.tables) <= queries.offered().keys():
        raise Invalid(_("Välj de tabeller som överenskommelsen gäller."))
    made = Agreement.objects.create(
        receiver=new.receiver,
        purpose=new.purpose,
        organisation=new.organisation,
        tables=sorted(set(new.tables)),
        first_period=new.first_period,
        last_period=new.last_period,
        proposed_by=by.account_id,
        proposed_at=at,
    )
    audit.record(events.AGREEMENT_PROPOSED, by=by, at=at, subject=str(made.pk))
    return made.pk


@transaction.atomic
def approve_agreement(*, agreement_id: UUID, by: Actor, at: datetime) -> None:
    """Let an agreement hold, as somebody else than who proposed it. Raise LookupError."""
    found = _agreement(agreement_id)
    policies.check_can_approve(by, made_by=found.proposed_by)
    if found.approved_at or found.ended_at:
        raise Refused(_("Överenskommelsen har redan fått ett annat läge. Ingenting ändrades."))
    found.approved_by, found.approved_at = by.account_id, at
    found.save(update_fields=["approved_by", "approved_at"])
    audit.record(events.AGREEMENT_APPROVED, by=by, at=at, subject=str(agreement_id))


@transaction.atomic
def end_agreement(*, agreement_id: UUID, by: Actor, at: datetime) -> None:
    """End an agreement at once: no package is made or approved under it any more. Raise LookupError."""
    policies.check_can_see(by)
    found = _agreement(agreement_id)
    if found.ended_at:
        raise Refused(_("Överenskommelsen har redan fått ett annat läge. Ingenting ändrades."))
    found.ended_by, found.ended_at = by.account_id, at
    found.save(update_fields=["ended_by", "ended_at"])
    audit.record(events.AGREEMENT_ENDED, by=by, at=at, subject=str(agreement_id))


def _agreement(agreement_id: UUID) -> Agreement:
    found = Agreement.objects.select_for_update().filter(pk=agreement_id).first()
    if found is None:
        raise LookupError("no such agreement")
    return found


def make_package(*, table: str, period: str, by: Actor, at: datetime) -> UUID:
    """Count a quarter of a table, hide what must be hidden, and attack the result; or take its cleared cases together.

    Raise Refused or Invalid.
    """
    policies.check_can_make(by)
    try:
        queries.title_of(table)
        policies.check_periods(period, period)
    except LookupError as error:
        raise Invalid(_("Välj tabell och kvartal.")) from error
    policies.check_settled(period, days=settings.SAMSYN_WORKING_RECORD_DAYS, today=localdate(at))
    agreement = _agreed(table, period)
    facts: dict[str, str | int] = {"table": table, "period": period}
    if table in parts.tables():
        kind, content = events.CASES_GATHERED, _cases(table, period)
    else:
        kind, content = events.PACKAGE_MADE, _figures(table, period)
        facts["hidden"] = content.hidden
    try:
        with transaction.atomic():
            made = Package.objects.create(
                agreement=agreement, table=table, period=period, made_by=by.account_id, made_at=at, **vars(content)
            )
            audit.record(kind, by=by, at=at, subject=str(made.pk), facts=facts)
    except IntegrityError as error:
        raise Refused(_("Det finns redan ett paket för kvartalet. Kassera det först.")) from error
    return made.pk


def _cases(table: str, period: str) -> protecting.Protected:
    """Return the content of a package of cases, which has no figure: the cases stand apart. Raise Refused for none."""
    if not composed.cleared_words(parts.tables()[table].number, period):
        raise Refused(_NO_CASE)
    return protecting.Protected(counts=[], statuses="", hidden=0, tried=0, recovered=0)


def _figures(table: str, period: str) -> protecting.Protected:
    form = queries.form_of(table)
    try:
        return protecting.protect(
            form, protecting.placed(form, queries.counted(form, period)), threshold=policies.THRESHOLD
        )
    except disclosure.CannotProtect as error:
        raise Refused(_("Tabellen går inte att skydda: något tal kan räknas ut vad som än döljs.")) from error
    except protecting.UnknownValue as error:
        raise Refused(_("Ett svar saknas i tabellens format. Tabellen behöver en ny version.")) from error


def _agreed(table: str, period: str) -> Agreement:
    """Return an agreement that holds and is about this table and quarter; raise Refused."""
    refusal = Refused(_("Ingen överenskommelse gäller. Två personer behöver godkänna en först."))
    for one in Agreement.objects.exclude(approved_at=None).filter(ended_at=None).order_by("-proposed_at"):
        try:
            policies.check_agreed(table, period, tables=one.tables, first=one.first_period, last=one.last_period)
        except Refused as refused:
            refusal = refused
        else:
            return one
    raise refusal


@transaction.atomic
def approve_package(*, package_id: UUID, by: Actor, at: datetime) -> None:
    """Approve and sign what somebody else made; once more where the receiver finds it too old. Raise LookupError."""
    found = _package(package_id)
    policies.check_can_approve(by, made_by=found.made_by)
    if found.state == Package.State.DISCARDED:
        raise Refused(_("Paketet har redan fått ett annat läge. Ingenting ändrades."))
    if found.agreement.ended_at:
        raise Refused(_("Överenskommelsen är avslutad. Inget mer lämnas över."))
    if found.recovered:
        raise Refused(_("Något tal kan räknas ut. Paketet lämnar inte huset."))
    try:
        signer = signing.signer()
    except keys.KeyUnusable as error:
        raise Refused(_("Nyckeln som undertecknar paket saknas. Säg till driften."), status=503) from error
    # One signature at a time, over all packages: the receiver takes only numbers that rise.
    list(Package.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    number = (Package.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    content = signed.make(_file_of(found), statement=_statement(found, number, at), signer=signer)
    found.state, found.number, found.content = Package.State.APPROVED, number, content
    found.sha256 = hashlib.sha256(content).hexdigest()
    found.decided_by, found.decided_at = by.account_id, at
    found.save(update_fields=["state", "number", "content", "sha256", "decided_by", "decided_at"])
    said = {"table": found.table, "period": found.period, "sha256": found.sha256}
    audit.record(events.PACKAGE_APPROVED, by=by, at=at, subject=str(package_id), facts={**said, "number": number})


def _file_of(found: Package) -> bytes:
    """Return the file that the package is about: figures as any organisation would deliver them, or cases."""
    if version := parts.tables().get(found.table):
        cases = composed.cleared_words(version.number, found.period)
        # Signed once more without a case that was stopped, were it the only one, it takes the case back at the receiver.
        if not cases and found.state == Package.State.MADE:
            raise Refused(_NO_CASE)
        return files.write(version, cases)
    form = queries.form_of(found.table)
    rows = []
    for key, count, status in zip(form.each_cell(), found.counts, found.statuses, strict=True):
        figure = str(count) if status in WITH_COUNT else ""
        head = [found.agreement.organisation, found.period, form.name, form.table]
        rows.append([*head, *key, figure, STATUS_WORDS[status]])
    return offline.as_csv(form, rows)


def _statement(found: Package, number: int, at: datetime) -> signed.Statement:
    package, table = found.table.rsplit("/", 1)
    return signed.Statement(
        signer="",
        number=number,
        issued=at.replace(microsecond=0),
        organisation=found.agreement.organisation,
        package=package,
        table=table,
        period=found.period,
        threshold=policies.THRESHOLD,
        size=0,
        sha256="",
    )


@transaction.atomic
def discard_package(*, package_id: UUID, by: Actor, at: datetime) -> None:
    """Put a package aside that nobody has approved, so that another can be made. Raise LookupError."""
    policies.check_can_see(by)
    found = _package(package_id)
    if found.state != Package.State.MADE:
        raise Refused(_("Paketet har redan fått ett annat läge. Ingenting ändrades."))
    found.state, found.decided_by, found.decided_at = Package.State.DISCARDED, by.account_id, at
    found.save(update_fields=["state", "decided_by", "decided_at"])
    facts = {"table": found.table, "period": found.period}
    audit.record(events.PACKAGE_DISCARDED, by=by, at=at, subject=str(package_id), facts=facts)


@transaction.atomic
def hand_over(*, package_id: UUID, by: Actor, at: datetime) -> tuple[str, bytes]:
    """Return an approved package as a file with its name, and note that it left. Raise LookupError."""
    policies.check_can_see(by)
    found = _package(package_id)
    if found.state != Package.State.APPROVED:
        raise Refused(_("Bara ett paket som två har godkänt lämnas över."))
    found.handed_over_at = at
    found.save(update_fields=["handed_over_at"])
    facts = {"table": found.table, "period": found.period, "sha256": found.sha256}
    audit.record(events.PACKAGE_HANDED_OVER, by=by, at=at, subject=str(package_id), facts=facts)
    name = f"{found.table.replace('/', '-')}-{found.period}-{found.number}.samsyn"
    return name, bytes(found.content)


def _package(package_id: UUID) -> Package:
    found = Package.objects.select_for_update(of=("self",)).select_related("agreement").filter(pk=package_id).first()
    if found is None:
        raise LookupError("no such package")
    return found
