"""Reads: who delivers, what is agreed, receipts, and the figures that count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.deliveries import packages, periods, policies
from samsyn.deliveries.checking import plausibility
from samsyn.deliveries.checking.formats import TableFormat
from samsyn.deliveries.checking.texts import said
from samsyn.deliveries.composed import parts
from samsyn.deliveries.models import Agreement, Deliverer, Delivery, Key
from samsyn.people.actors import Actor
from samsyn.people.refusals import NotAllowed

# So many of the missing cells a page names; the receipt's file names all.
_ON_PAGE = 5
_LENGTHS = {periods.Frequency.MONTH: "M", periods.Frequency.QUARTER: "K", periods.Frequency.YEAR: "^[0-9]*$"}


@dataclass(frozen=True)
class Line:
    """One fault or warning in words; ``brief`` is what to do as a page says it, with the first of a long list only."""

    row: int
    column: str
    wrong: str
    do: str
    rule: str
    brief: str = ""


def deliverer_name(code: str) -> str:
    """Return the name of one who delivers; raise LookupError."""
    found = Deliverer.objects.filter(code=code).first()
    if found is None:
        raise LookupError(f"There is no deliverer {code}.")
    return found.name


@dataclass(frozen=True)
class Receipt:
    """A delivery as its sender sees it."""

    id: UUID
    deliverer: str
    deliverer_name: str
    state: str
    state_label: str
    door: str
    door_label: str
    is_test: bool
    received_at: datetime
    decided_at: datetime | None
    sha256: str
    size: int
    package: str
    version: str
    table: str
    period: str
    rows: int
    encoding: str
    delimiter: str
    number_of_faults: int
    faults: tuple[Line, ...]
    warnings: tuple[Line, ...]
    notes: tuple[Line, ...] = ()
    """What is told and asks nothing of the sender."""

    @property
    def awaits_sender(self) -> bool:
        """Say whether the sender has still to say that the figures are right."""
        return self.state == Delivery.State.CHECKED and not self.is_test

    def as_data(self) -> dict[str, Any]:
        """Return the receipt as it is handed to programs."""

        def lines(rows: tuple[Line, ...]) -> list[dict[str, Any]]:
            return [
                {"rule": r.rule, "row": r.row, "column": r.column, "message": r.wrong, "action": r.do} for r in rows
            ]

        return {
            "id": str(self.id),
            "organisation": self.deliverer,
            "state": self.state,
            "test": self.is_test,
            "door": self.door,
            "receivedAt": self.received_at.isoformat(),
            "decidedAt": self.decided_at.isoformat() if self.decided_at else None,
            "sha256": self.sha256,
            "size": self.size,
            "package": self.package,
            "version": self.version,
            "table": self.table,
            "period": self.period,
            "rows": self.rows,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "numberOfFaults": self.number_of_faults,
            "faults": lines(self.faults),
            "warnings": lines(self.warnings),
            "notes": lines(self.notes),
        }

    def as_text(self) -> bytes:
        """Return the receipt as a text file: what a person reads first, then every fault on a line."""
        row, unusual, note = _("rad"), _("ovanligt"), _("anmärkning")
        facts = (
            ("id", self.id),
            ("sha256", self.sha256),
            (_("mottagen"), self.received_at.isoformat(timespec="seconds")),
            (_("rader"), self.rows),
            (_("fel"), self.number_of_faults),
        )
        head = [f"{self.state_label.upper()} {self.period}".strip(), *(f"{name} {value}" for name, value in facts)]
        faults = [f"{row} {line.row or '-'}\t{line.column or '-'}\t{line.wrong}\t{line.do}" for line in self.faults]
        warned = [f"{unusual}\t{line.wrong}\t{line.do}" for line in self.warnings]
        noted = [f"{note}\t{line.wrong}\t{line.do}" for line in self.notes]
        return ("\r\n".join((*head, *faults, *warned, *noted)) + "\r\n").encode()


def deliverer_of(actor: Actor) -> policies.Sender:
    """Return for whom this person delivers; raise NotAllowed."""
    policies.check_can_deliver(actor)
    found = Deliverer.objects.filter(organisation__name=actor.organisation).first()
    if found is None:
        raise NotAllowed(_("Din organisation är inte upplagd som uppgiftslämnare än."))
    return sender_of(found, by=actor)


def sender_of(deliverer: Deliverer, *, by: Any) -> policies.Sender:
    """Return a deliverer as the one who sends."""
    return policies.Sender(deliverer_id=deliverer.pk, code=deliverer.code, is_test=deliverer.is_test, by=by)


def sender_named(code: str, *, by: Any) -> policies.Sender:
    """Return the deliverer with this code as the one who sends; raise LookupError."""
    found = Deliverer.objects.filter(code=code).first()
    if found is None:
        raise LookupError("no such deliverer")
    return sender_of(found, by=by)


def name_of(deliverer_id: UUID) -> str:
    """Return a deliverer's name."""
    return Deliverer.objects.values_list("name", flat=True).get(pk=deliverer_id)


def agreed(deliverer_id: UUID) -> list[policies.Agreed]:
    """Return what a deliverer delivers."""
    rows = Agreement.objects.filter(deliverer_id=deliverer_id).order_by("package", "table", "first_period")
    return [_agreed(row) for row in rows]


def _agreed(row: Agreement) -> policies.Agreed:
    return policies.Agreed(
        id=row.pk,
        package=row.package,
        version=row.version,
        table=row.table,
        frequency=row.frequency,
        first_period=row.first_period,
        last_period=row.last_period,
        due_days=row.due_days,
    )


def formats_for(sender: policies.Sender) -> dict[tuple[str, str], TableFormat]:
    """Return the tables that a sender may deliver; a vendor may try every one."""
    if sender.is_test:
        return dict(packages.formats())
    wanted = {(f"{one.package}/{one.version}", one.table) for one in agreed(sender.deliverer_id)}
    return {key: form for key, form in packages.formats().items() if key in wanted}


def earlier(sender: policies.Sender, form: TableFormat, period: str) -> list[plausibility.Earlier]:
    """Return the accepted figures of periods of the same length before this one, of every version, the latest first."""
    rows = (
        Delivery.objects.filter(
            deliverer_id=sender.deliverer_id,
            state=Delivery.State.ACCEPTED,
            package=form.package,
            table=form.table,
            period__lt=period,
            period__regex=_LENGTHS[periods.frequency_of(period)],
        )
        .order_by("-period")
        .values_list("period", "version", "counts", "statuses")[: plausibility.MOST_EARLIER]
    )
    known = packages.formats()
    return [
        plausibility.Earlier(period, known[f"{form.package}/{version}", form.table], counts, statuses.encode())
        for period, version, counts, statuses in rows
    ]


def receipt(delivery_id: UUID, *, sender: policies.Sender | None = None) -> Receipt:
    """Return a receipt, of this sender where one is given; raise LookupError."""
    rows = Delivery.objects.select_related("deliverer").defer("counts", "statuses")
    if sender is not None:
        rows = rows.filter(deliverer_id=sender.deliverer_id)
    found = rows.filter(pk=delivery_id).first()
    if found is None:
        raise LookupError("no such delivery")
    return as_receipt(found)


def receipts(sender: policies.Sender, *, most: int = 50) -> list[Receipt]:
    """Return a sender's latest receipts."""
    rows = Delivery.objects.filter(deliverer_id=sender.deliverer_id).select_related("deliverer")
    return [as_receipt(row) for row in rows.defer("counts", "statuses").order_by("-received_at", "id")[:most]]


def as_receipt(row: Delivery) -> Receipt:
    """Return a stored delivery in the reader's words."""
    language = "en" if (get_language() or "sv").startswith("en") else "sv"
    faults = tuple(
        Line(
            one["row"],
            one["column"],
            *said(one["rule"], one["named"], language=language),
            one["rule"],
            said(one["rule"], one["named"], language=language, most=_ON_PAGE)[1],
        )
        for one in row.report.get("faults", ())
    )
    warned, noted = (
        tuple(
            Line(0, "", *said(one["rule"], one["named"], language=language, rules=rules), one["rule"])
            for one in row.report.get(part, ())
        )
        for part, rules in (("warnings", plausibility.RULES), ("notes", plausibility.NOTES))
    )
    return Receipt(
        id=row.pk,
        deliverer=row.deliverer.code,
        deliverer_name=row.deliverer.name,
        state=row.state,
        state_label=str(Delivery.State(row.state).label),
        door=row.door,
        door_label=str(Delivery.Door(row.door).label),
        is_test=row.is_test,
        received_at=row.received_at,
        decided_at=row.decided_at,
        sha256=row.sha256,
        size=row.size,
        package=row.package,
        version=row.version,
        table=row.table,
        period=row.period,
        rows=row.reading.get("rows", 0),
        encoding=row.reading.get("encoding", ""),
        delimiter=row.reading.get("delimiter", ""),
        number_of_faults=row.report.get("number_of_faults", 0),
        faults=faults,
        warnings=warned,
        notes=noted,
    )


@dataclass(frozen=True)
class KeyRow:
    """A key as its organisation sees it."""

    id: UUID
    kind: str
    kind_label: str
    fingerprint: str
    made_at: datetime
    ended_at: datetime | None


def keys(deliverer_id: UUID) -> list[KeyRow]:
    """Return an organisation's keys, those in use first."""
    rows = Key.objects.filter(deliverer_id=deliverer_id).order_by("-ended_at", "-made_at")
    return [
        KeyRow(row.pk, row.kind, str(Key.Kind(row.kind).label), row.fingerprint, row.made_at, row.ended_at)
        for row in rows
    ]


@dataclass(frozen=True)
class Figures:
    """An accepted delivery's figures, in the order of its format's cells."""

    deliverer: str
    county: str
    period: str
    format: TableFormat
    counts: list[int]
    statuses: str
    delivery_id: UUID


def accepted_figures(
    *, package: str, table: str, periods: Mapping[str, Any] | list[str] | None = None, deliverer: str = ""
) -> Iterator[Figures]:
    """Yield all figures that count, of every version: never a vendor's, never what was replaced or withdrawn."""
    rows: QuerySet[Delivery] = Delivery.objects.filter(
        state=Delivery.State.ACCEPTED, is_test=False, package=package, table=table
    )
    if periods is not None:
        rows = rows.filter(period__in=list(periods))
    if deliverer:
        rows = rows.filter(deliverer__code=deliverer)
    known = packages.formats()
    fields = ("deliverer__code", "deliverer__county", "period", "version", "counts", "statuses", "id")
    for code, county, period, version, counts, statuses, pk in rows.values_list(*fields).iterator(chunk_size=500):
        yield Figures(code, county, period, known[f"{package}/{version}", table], counts, statuses, pk)


def figures_of(ids: Sequence[str], *, table: str) -> list[Figures]:
    """Return the figures of these deliveries of a table, whatever has become of them since."""
    known = packages.formats()
    rows = Delivery.objects.filter(pk__in=ids, table=table).select_related("deliverer")
    return [
        Figures(
            deliverer=row.deliverer.code,
            county=row.deliverer.county,
            period=row.period,
            format=known[f"{row.package}/{row.version}", table],
            counts=row.counts,
            statuses=row.statuses,
            delivery_id=row.pk,
        )
        for row in rows
    ]


def periods_of(package: str, table: str, *, deliverer: str = "") -> list[str]:
    """Return the periods of which there are figures that count."""
    rows = Delivery.objects.filter(state=Delivery.State.ACCEPTED, is_test=False, package=package, table=table)
    if deliverer:
        rows = rows.filter(deliverer__code=deliverer)
    return sorted(set(rows.values_list("period", flat=True)))


def agreed_in(package: str, table: str, year: int) -> frozenset[str]:
    """Return who was to deliver a table for any period of a year: codes of deliverers, no vendor's."""
    rows = Agreement.objects.filter(
        Q(last_period="") | Q(last_period__gte=str(year)),
        deliverer__is_test=False,
        package=package,
        table=table,
        first_period__lt=str(year + 1),
    )
    return frozenset(rows.values_list("deliverer__code", flat=True))


@dataclass(frozen=True)
class DelivererRow:
    """A deliverer in the register."""

    id: UUID
    code: str
    name: str
    kind: str
    kind_label: str
    county: str
    is_test: bool


def deliverers() -> list[DelivererRow]:
    """Return the register, by code."""
    return [
        DelivererRow(one.pk, one.code, one.name, one.kind, str(Deliverer.Kind(one.kind).label), one.county, one.is_test)
        for one in Deliverer.objects.order_by("code")
    ]


def today_of(at: datetime) -> date:
    """Return the Swedish day of a time."""
    return localdate(at)


@dataclass(frozen=True)
class Delivered:
    """How many organisations of a kind deliver a table, since when: what the public may know of the registers."""

    package: str
    version: str
    table: str
    frequency: str
    kind: str
    organisations: int
    first_period: str


def delivered(*, using: str = "default") -> list[Delivered]:
    """Return what is delivered now, from the registers alone: no figure and no vendor."""
    rows = (
        Agreement.objects.using(using)
        .filter(deliverer__is_test=False, last_period="")
        .exclude(package=parts.PACKAGE)
        .values("package", "version", "table", "frequency", "deliverer__kind")
        .annotate(organisations=Count("deliverer", distinct=True), first=Min("first_period"))
        .order_by("package", "version", "table", "deliverer__kind")
    )
    return [
        Delivered(
            package=row["package"],
            version=row["version"],
            table=row["table"],
            frequency=str(Agreement.Frequency(row["frequency"]).label),
            kind=str(Deliverer.Kind(row["deliverer__kind"]).label),
            organisations=row["organisations"],
            first_period=row["first"],
        )
        for row in rows
    ]


def systems() -> list[tuple[str, int]]:
    """Return which case systems the deliverers use, and how many use each."""
    rows = Agreement.objects.filter(deliverer__is_test=False, last_period="").exclude(system="")
    counted = rows.values("system").annotate(number=Count("deliverer", distinct=True)).order_by("-number", "system")
    return [(row["system"], row["number"]) for row in counted]
