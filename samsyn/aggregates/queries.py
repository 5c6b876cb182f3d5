"""Reads: agreements, packages, and the counts that a package is made of."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language, gettext

from samsyn.aggregates import policies
from samsyn.aggregates.composed.queries import cleared_words, periods_with_cases
from samsyn.aggregates.models import Agreement, Package
from samsyn.aggregates.protecting import UNITS, Counted
from samsyn.contacts import queries as contacts
from samsyn.deliveries import packages, periods, support_line
from samsyn.deliveries.checking.formats import TableFormat
from samsyn.deliveries.composed import parts
from samsyn.deliveries.composed.queries import Story, story
from samsyn.people import queries as people
from samsyn.people.actors import Actor


@dataclass(frozen=True)
class AgreementRow:
    """An agreement as it is shown; ``state`` is proposed, approved or ended."""

    id: UUID
    receiver: str
    purpose: str
    organisation: str
    tables: tuple[str, ...]
    first_period: str
    last_period: str
    state: str
    proposed_by: UUID
    proposed: str
    approved: str
    approved_at: datetime | None


@dataclass(frozen=True)
class PackageRow:
    """A package in the list."""

    id: UUID
    table: str
    period: str
    state: str
    state_label: str
    hidden: int
    tried: int
    recovered: int
    made_by: UUID
    made: str
    decided: str
    decided_at: datetime | None
    number: int | None
    sha256: str
    handed_over_at: datetime | None


@dataclass(frozen=True)
class PackageFigures:
    """A package with its figures: None where a figure is hidden. Cases have no format."""

    row: PackageRow
    format: TableFormat | None
    figures: tuple[int | None, ...]


def form_of(name: str) -> TableFormat:
    """Return the format of ``package/version/table``; raise LookupError."""
    package, _slash, rest = name.partition("/")
    version, _slash, table = rest.partition("/")
    return packages.format_of(package, version, table)


def title_of(name: str) -> str:
    """Return the title of the table ``package/version/table`` in the active language; raise LookupError."""
    if name in parts.tables():
        return gettext("Sammansatta fall")
    form = form_of(name)
    return form.title_en if get_language() == "en" else form.title_sv


def offered() -> dict[str, str]:
    """Return what can be agreed upon, with its title: the newest tables of the line, and composed cases."""
    names = [f"{one.name}/{one.table}" for one in support_line.newest()] + list(parts.tables())[-1:]
    return {name: title_of(name) for name in names}


def agreements(*, by: Actor) -> list[AgreementRow]:
    """Return every agreement, the newest first."""
    policies.check_can_see(by)
    rows = list(Agreement.objects.order_by("-proposed_at"))
    names = people.pseudonyms({one for row in rows for one in (row.proposed_by, row.approved_by) if one})
    return [
        AgreementRow(
            id=row.pk,
            receiver=row.receiver,
            purpose=row.purpose,
            organisation=row.organisation,
            tables=tuple(row.tables),
            first_period=row.first_period,
            last_period=row.last_period,
            state="ended" if row.ended_at else "approved" if row.approved_at else "proposed",
            proposed_by=row.proposed_by,
            proposed=names.get(row.proposed_by, ""),
            approved=names.get(row.approved_by, "") if row.approved_by else "",
            approved_at=row.approved_at,
        )
        for row in rows
    ]


def package_rows(*, by: Actor) -> list[PackageRow]:
    """Return every package, the latest quarter first."""
    policies.check_can_see(by)
    rows = list(Package.objects.defer("counts", "statuses", "content").order_by("-period", "table", "-made_at"))
    names = people.pseudonyms({one for row in rows for one in (row.made_by, row.decided_by) if one})
    return [_row(row, names) for row in rows]


def _row(row: Package, names: dict[UUID, str]) -> PackageRow:
    return PackageRow(
        id=row.pk,
        table=row.table,
        period=row.period,
        state=row.state,
        state_label=str(Package.State(row.state).label),
        hidden=row.hidden,
        tried=row.tried,
        recovered=row.recovered,
        made_by=row.made_by,
        made=names.get(row.made_by, ""),
        decided=names.get(row.decided_by, "") if row.decided_by else "",
        decided_at=row.decided_at,
        number=row.number,
        sha256=row.sha256,
        handed_over_at=row.handed_over_at,
    )


def package_cases(row: PackageRow) -> list[Story]:
    """Return the cases that a package takes along, told; none where it is one of figures."""
    version = parts.tables().get(row.table)
    return [story(version.number, words) for words in cleared_words(version.number, row.period)] if version else []


def package(package_id: UUID, *, by: Actor) -> PackageFigures:
    """Return a package with its figures, of which a package of cases has none; raise LookupError."""
    policies.check_can_see(by)
    found = Package.objects.filter(pk=package_id).first()
    if found is None:
        raise LookupError("no such package")
    names = people.pseudonyms({one for one in (found.made_by, found.decided_by) if one})
    form = None if found.table in parts.tables() else form_of(found.table)
    figures = tuple(
        count if status == "A" else None for count, status in zip(found.counts, found.statuses, strict=True)
    )
    return PackageFigures(_row(found, names), form, figures)


def counted(form: TableFormat, period: str) -> Counted:
    """Count a quarter's facts for a table: by answer and breakdown, from the rows that closing a contact left."""
    first = periods.first_day(period)
    quarter = (first.year, (first.month + 2) // 3)
    name: contacts.Facts = "person" if form.table == "person" else "contact"
    facts = contacts.facts(name, first=quarter, last=quarter)
    divided = tuple(one.code for one in form.breakdowns)
    found: dict[str, list[tuple[str, tuple[str, ...], int]]] = {}
    for variable in form.variables:
        if variable.code == UNITS:
            cells = contacts.keyed_cells(facts, by=divided)
            found[UNITS] = [("all", tuple(cell[: len(divided)]), cell[-2]) for cell in cells]
            continue
        cells = contacts.keyed_cells(facts, by=(variable.code, *divided))
        found[variable.code] = [(cell[0], tuple(cell[1 : 1 + len(divided)]), cell[-2]) for cell in cells]
    return found


def choices(*, today: date) -> list[tuple[str, str]]:
    """Return what can be made now: table and quarter of agreements that hold, where none is made; the latest first."""
    days = settings.SAMSYN_WORKING_RECORD_DAYS
    made = set(
        Package.objects.exclude(state=Package.State.DISCARDED).values_list("table", "period").iterator(chunk_size=500)
    )
    cleared = {name: periods_with_cases(one.number) for name, one in parts.tables().items()}
    found: dict[tuple[str, str], None] = {}
    for row in Agreement.objects.exclude(approved_at=None).filter(ended_at=None).order_by("proposed_at"):
        for period in periods.between(row.first_period, today):
            if period > row.last_period or policies.settled_on(period, days=days) > today:
                break
            found |= {
                (table, period): None
                for table in row.tables
                if (table, period) not in made and period in cleared.get(table, {period})
            }
    return sorted(found, key=lambda one: (one[1], one[0]), reverse=True)
