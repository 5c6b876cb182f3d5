"""Reads of the bank: which packages exist in which versions, what they say, and who has them in use."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from samsyn.questions import models
from samsyn.questions.asking import in_active_language
from samsyn.questions.decided import order, versions
from samsyn.questions.exchange import checking, editing, plain
from samsyn.questions.exchange.package import Package, Status, Text
from samsyn.vocabulary import queries as vocabulary

S = models.PackageVersion.Status
OPEN = (S.DRAFT, S.CONSULTATION)
_ITEM = ("kind", "code", "version", "content_hash")


@dataclass(frozen=True)
class PackageRow:
    """A version of a package in a list; ``systems`` counts where it is in use today."""

    id: UUID
    code: str
    title: str
    version: str
    status: str
    status_label: str
    valid_from: date | None
    valid_to: date | None
    edited_by: str
    edited_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    content_hash: str
    revision: int
    systems: int

    @property
    def is_draft(self) -> bool:
        """Say whether its content can be changed."""
        return self.status == S.DRAFT

    @property
    def is_decided(self) -> bool:
        """Say whether it can be handed out as something that holds."""
        return self.status not in OPEN


@dataclass(frozen=True)
class ImplementationRow:
    """A line of the register."""

    id: UUID
    municipality: str
    municipality_code: str
    system: str
    route_label: str
    version: str
    version_id: UUID
    from_on: date
    to_on: date | None


def package_of(row: models.PackageVersion) -> Package:
    """Return the plain data of a version, with how far it has come."""
    return replace(
        plain.from_plain(row.content),
        status=Status(row.status),
        valid_from=row.valid_from.isoformat() if row.valid_from else "",
        valid_to=row.valid_to.isoformat() if row.valid_to else "",
    )


def decided(code: str) -> tuple[Package, ...]:
    """Return every decided version of a package as plain data, the oldest first; retired ones are among them."""
    return tuple(one.package for one in versions(code))


def latest_decided(code: str) -> Package | None:
    """Return the version that was decided last, if there is one."""
    found = decided(code)
    return found[-1] if found else None


def basis(package: Package) -> Package:
    """Return what a draft is held against: the version decided last, or nothing at all where it is the first."""
    return latest_decided(package.code) or editing.nothing_before(package)


def others(code: str) -> tuple[Package, ...]:
    """Return every other package in the version that was decided last."""
    return tuple({one.package.code: one.package for one in versions() if one.package.code != code}.values())


def parts_of_others(code: str) -> dict[tuple[str, str, int], str]:
    """Return the checksum of each concept, code list and variable that another package has decided."""
    rows = models.BankItem.objects.exclude(decided_in__package=code)
    return {(kind, name, version): mark for kind, name, version, mark in rows.values_list(*_ITEM)}


def faults(package: Package) -> tuple[checking.Fault, ...]:
    """Return what must be put right in a draft, beside its own earlier versions and beside other packages."""
    return checking.faults(package, earlier=decided(package.code), elsewhere=parts_of_others(package.code))


def package_version(code: str, version: str) -> Package:
    """Return a decided version as plain data; raise LookupError if there is none."""
    for one in decided(code):
        if one.version == version:
            return one
    raise LookupError(f"There is no decided version {version} of {code}.")


def version_by_id(version_id: UUID) -> tuple[PackageRow, Package]:
    """Return a version with its plain data; raise LookupError if it doesn't exist."""
    row = models.PackageVersion.objects.filter(id=version_id).first()
    if row is None:
        raise LookupError(f"There is no version {version_id}.")
    package = package_of(row)
    return _row(row, package), package


def versions_before(package: Package) -> tuple[Package, ...]:
    """Return the decided versions that come before this one, the oldest first."""
    return tuple(one for one in decided(package.code) if order(one.version) < order(package.version))


def version_before(package: Package) -> Package | None:
    """Return the decided version that comes right before this one."""
    return next(reversed(versions_before(package)), None)


def packages() -> tuple[tuple[str, tuple[PackageRow, ...]], ...]:
    """Return every package's code with its versions, the newest first."""
    found: dict[str, list[models.PackageVersion]] = {}
    for row in models.PackageVersion.objects.order_by("package"):
        found.setdefault(row.package_id, []).append(row)
    return tuple(
        (
            code,
            tuple(_row(row, package_of(row)) for row in sorted(rows, key=lambda row: order(row.version), reverse=True)),
        )
        for code, rows in found.items()
    )


def implementations(code: str) -> tuple[ImplementationRow, ...]:
    """Return the register of a package: what is in use first, then what has ended."""
    rows = models.Implementation.objects.filter(package_version__package=code).select_related("package_version")
    found = [
        ImplementationRow(
            id=row.id,
            municipality=vocabulary.label("municipality", row.municipality),
            municipality_code=row.municipality,
            system=row.system,
            route_label=row.get_route_display(),
            version=row.package_version.version,
            version_id=row.package_version_id,
            from_on=row.from_on,
            to_on=row.to_on,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda row: (row.to_on is not None, row.municipality, row.system)))


def implemented_on(code: str, on: date) -> frozenset[str]:
    """Return the municipalities that had any version of the package in use on this day: the denominator."""
    return frozenset(
        row.municipality_code
        for row in implementations(code)
        if row.from_on <= on and (row.to_on is None or row.to_on >= on)
    )


def _row(row: models.PackageVersion, package: Package) -> PackageRow:
    return PackageRow(
        id=row.id,
        code=row.package_id,
        title=said(package.title),
        version=row.version,
        status=row.status,
        status_label=row.get_status_display(),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        edited_by=row.edited_by,
        edited_at=row.edited_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=said(package.reason),
        content_hash=row.content_hash,
        revision=row.revision,
        systems=row.implementations.filter(to_on=None).count(),
    )


def said(text: Text) -> str:
    """Return the words in the active language."""
    return in_active_language(text.sv, text.en)
