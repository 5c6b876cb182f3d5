"""Writing, deciding and following packages of standard questions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.audit.events import EventKind
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.questions import bank, events, models, policies
from samsyn.questions.actions.loading import LoadError
from samsyn.questions.exchange import additions, checking, editing, plain
from samsyn.questions.exchange.package import Package, Status, Text
from samsyn.vocabulary import queries as vocabulary

S = models.PackageVersion.Status
OPEN = (S.DRAFT, S.CONSULTATION)
# What the operator of a support line delivers goes under this name and comes with the programme.
RESERVED = ("support_line", "composed_cases")


def load_package(*, source: Package, by: Actor, at: datetime) -> bool:
    """Decide a version that comes with the programme unless it is decided already; return whether anything was done.

    Raise LoadError if the decided version of this number says something else, or the version isn't whole.
    """
    name = f"{source.code} {source.version}"
    with transaction.atomic():
        owner, _made = models.Package.objects.get_or_create(
            code=source.code, defaults={"title_sv": source.title.sv, "title_en": source.title.en}
        )
        models.Package.objects.select_for_update().get(code=owner.code)
        found = owner.versions.filter(version=source.version).first()
        if found is not None:
            if found.content_hash != plain.fingerprint(source):
                raise LoadError(f"{name}: a decided version never changes. Give the file a new version number.")
            return False
        decided = owner.versions.exclude(status__in=OPEN).values_list("version", flat=True)
        if any(_parts(one) > _parts(source.version) for one in decided):
            return (
                False  # this house has gone on by itself: what is older must not become what the next draft begins with
            )
        if owner.versions.filter(status__in=OPEN).exists():
            raise LoadError(f"{name}: somebody is writing a version; decide or discard it first.")
        row = _new(owner, source, by=by, at=at)
        _move(row, S.CONSULTATION)
        _decide(row, valid_from=date.fromisoformat(source.valid_from), by=by, at=at)
    return True


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def create_package(*, code: str, title: Text, purpose: Text, by: Actor, at: datetime) -> UUID:
    """Begin a package that has no earlier version and return the id of its draft."""
    policies.check_can_edit(by)
    with transaction.atomic():
        owner, is_new = models.Package.objects.get_or_create(
            code=code, defaults={"title_sv": title.sv, "title_en": title.en}
        )
        if not is_new or code in RESERVED:
            raise Invalid(_("Det finns redan ett paket med kortnamnet %(code)s.") % {"code": code})
        row = _new(owner, additions.begin(code=code, title=title, purpose=purpose), by=by, at=at)
        _record(events.PACKAGE_DRAFT_STARTED, row, by=by, at=at)
    return row.id


def start_package_draft(*, package: str, by: Actor, at: datetime) -> UUID:
    """Copy the version that was decided last into a new draft and return its id."""
    policies.check_can_edit(by)
    with transaction.atomic():
        owner = models.Package.objects.select_for_update().filter(code=package).first()
        before = bank.latest_decided(package)
        if owner is None or before is None:
            raise Refused(_("Det finns inget beslutat paket att utgå från."))
        if owner.versions.filter(status__in=OPEN).exists():
            raise Refused(_("Det finns redan ett utkast till en ny version. Fortsätt på det, eller kasta det först."))
        draft = editing.numbered(replace(before, reason=Text("", "")), before)
        row = _new(owner, draft, by=by, at=at)
        _record(events.PACKAGE_DRAFT_STARTED, row, by=by, at=at)
    return row.id


def change_package(
    *, version_id: UUID, seen_revision: int, edit: Callable[[Package, Package], Package], by: Actor, at: datetime
) -> None:
    """Change a draft by one of the functions of ``exchange.editing``; it gets the draft and the decided version."""
    policies.check_can_edit(by)
    with transaction.atomic():
        row = _locked(version_id, seen_revision, S.DRAFT)
        draft = bank.package_of(row)
        try:
            changed = edit(draft, bank.basis(draft))
        except editing.NotPossible as error:
            raise Invalid(in_reader_language(error.text)) from error
        except KeyError as error:
            raise Invalid(_("Det som skulle ändras finns inte i utkastet.")) from error
        _fill(row, changed)
        row.edited_at, row.edited_by, row.revision = at, by.pseudonym, row.revision + 1
        row.save()
        _record(events.PACKAGE_CHANGED, row, by=by, at=at)


def send_for_consultation(*, version_id: UUID, seen_revision: int, reason: Text, by: Actor, at: datetime) -> None:
    """Fix the draft for those who are asked to comment on it; it must be whole, and say why it was made."""
    policies.check_can_edit(by)
    with transaction.atomic():
        row = _locked(version_id, seen_revision, S.DRAFT)
        package = replace(bank.package_of(row), reason=reason)
        found = bank.faults(package)
        if found:
            raise Invalid(" ".join(f"{fault.where}: {in_reader_language(fault.text)}" for fault in found))
        _fill(row, package)
        row.edited_at, row.edited_by, row.revision = at, by.pseudonym, row.revision + 1
        row.status = S.CONSULTATION
        row.save()
        _record(events.PACKAGE_SENT_FOR_CONSULTATION, row, by=by, at=at)


def take_back(*, version_id: UUID, seen_revision: int, by: Actor, at: datetime) -> None:
    """Make a version that is out for consultation a draft again, to change it."""
    policies.check_can_edit(by)
    with transaction.atomic():
        row = _locked(version_id, seen_revision, S.CONSULTATION)
        _move(row, S.DRAFT)
        _record(events.PACKAGE_TAKEN_BACK, row, by=by, at=at)


def decide_package(*, version_id: UUID, seen_revision: int, valid_from: date, by: Actor, at: datetime) -> None:
    """Decide the version that was out for consultation: from now on it never changes."""
    policies.check_can_edit(by)
    with transaction.atomic():
        row = _locked(version_id, seen_revision, S.CONSULTATION)
        latest = models.PackageVersion.objects.filter(package=row.package_id).exclude(status__in=OPEN)
        newest = max((one.valid_from for one in latest if one.valid_from), default=None)
        policies.check_publication_date(valid_from=valid_from, today=timezone.localdate(at), latest=newest)
        _decide(row, valid_from=valid_from, by=by, at=at)
        _record(events.PACKAGE_DECIDED, row, by=by, at=at)


def put_in_use(*, version_id: UUID, seen_revision: int, by: Actor, at: datetime) -> None:
    """Say that a decided version is in use."""
    policies.check_can_edit(by)
    with transaction.atomic():
        row = _locked(version_id, seen_revision, S.DECIDED)
        _move(row, S.IN_USE)
        _record(events.PACKAGE_PUT_IN_USE, row, by=by, at=at)


def retire_package(*, version_id: UUID, seen_revision: int, valid_to: date, by: Actor, at: datetime) -> None:
    """Give a decided version its last day. What was delivered in it stays readable for ever."""
    policies.check_can_edit(by)
    with transaction.atomic():
        row = _locked(version_id, seen_revision, S.DECIDED, S.IN_USE)
        if row.valid_from is None or valid_to < row.valid_from:
            raise Invalid(_("Sista dagen kan inte vara före den första."))
        row.valid_to = valid_to
        _move(row, S.RETIRED)
        _record(events.PACKAGE_RETIRED, row, by=by, at=at)


def discard_package_draft(*, version_id: UUID, seen_revision: int, by: Actor, at: datetime) -> None:
    """Throw a draft away."""
    policies.check_can_edit(by)
    with transaction.atomic():
        row = _locked(version_id, seen_revision, S.DRAFT)
        _record(events.PACKAGE_DRAFT_DISCARDED, row, by=by, at=at)
        row.delete()
        if not row.package.versions.exists():
            row.package.delete()  # its first draft: the code is free again


def record_implementation(
    *, version_id: UUID, municipality: str, system: str, route: str, from_on: date, by: Actor, at: datetime
) -> UUID:
    """Write into the register that a municipality has a decided version in a system since a day."""
    policies.check_can_edit(by)
    with transaction.atomic():
        row = models.PackageVersion.objects.select_for_update().filter(id=version_id).first()
        if row is None or row.status in OPEN:
            raise Refused(_("Bara en beslutad version kan vara införd i ett system."))
        if municipality not in vocabulary.labels("municipality"):
            raise Invalid(_("Okänd kommun."))
        if route not in models.Implementation.Route.values:
            raise Invalid(_("Okänd väg in."))
        if from_on > timezone.localdate(at):
            raise Invalid(_("Dagen då versionen infördes kan inte ligga i framtiden."))
        same = row.implementations.filter(municipality=municipality, system=system, to_on=None)
        if same.exists():
            raise Invalid(_("Det står redan i registret."))
        made = models.Implementation.objects.create(
            package_version=row,
            municipality=municipality,
            system=system,
            route=route,
            from_on=from_on,
            recorded_at=at,
            recorded_by=by.pseudonym,
        )
        _record(events.IMPLEMENTATION_RECORDED, row, by=by, at=at, municipality=municipality)
    return made.id


def end_implementation(*, implementation_id: UUID, to_on: date, by: Actor, at: datetime) -> None:
    """Write into the register that a municipality no longer has the version in that system."""
    policies.check_can_edit(by)
    with transaction.atomic():
        made = models.Implementation.objects.select_for_update().filter(id=implementation_id, to_on=None).first()
        if made is None:
            raise Refused(_("Raden finns inte eller är redan avslutad."))
        if not made.from_on <= to_on <= timezone.localdate(at):
            raise Invalid(_("Sista dagen måste ligga efter den första och inte i framtiden."))
        made.to_on = to_on
        made.save(update_fields=["to_on"])
        _record(events.IMPLEMENTATION_ENDED, made.package_version, by=by, at=at, municipality=made.municipality)


def in_reader_language(text: Text) -> str:
    """Return the words in the active language."""
    return text.en if get_language() == "en" else text.sv


def _new(owner: models.Package, package: Package, *, by: Actor, at: datetime) -> models.PackageVersion:
    row = models.PackageVersion(package=owner, created_at=at, edited_at=at, edited_by=by.pseudonym)
    _fill(row, package)
    row.save()
    return row


def _fill(row: models.PackageVersion, package: Package) -> None:
    """Let the row say what the package says; how far it has come is the row's own."""
    said = replace(package, status=Status.DRAFT, valid_from="", valid_to="")
    row.content, row.content_hash, row.version = plain.to_plain(said), plain.fingerprint(said), said.version


def _move(row: models.PackageVersion, status: str) -> None:
    row.status = status
    row.revision += 0 if status in (S.IN_USE, S.RETIRED) else 1
    row.save()


def _decide(row: models.PackageVersion, *, valid_from: date, by: Actor, at: datetime) -> None:
    package = bank.package_of(row)
    found = bank.faults(package)
    if found:
        raise Invalid(" ".join(f"{fault.where}: {in_reader_language(fault.text)}" for fault in found))
    row.valid_from, row.decided_at, row.decided_by = valid_from, at, by.pseudonym
    _move(row, S.DECIDED)
    for (kind, code, version), mark in checking.parts(package).items():
        kept, _made = models.BankItem.objects.get_or_create(
            kind=kind, code=code, version=version, defaults={"content_hash": mark, "decided_in": row}
        )
        # Another package may have decided it too.
        if kept.content_hash != mark:
            raise Invalid(_("%(code)s är beslutad med annat innehåll i ett annat paket.") % {"code": code})


def _locked(version_id: UUID, seen_revision: int, *statuses: str) -> models.PackageVersion:
    row = models.PackageVersion.objects.select_for_update().filter(id=version_id).first()
    if row is None:
        raise Refused(_("Versionen finns inte längre. Någon kan ha kastat den."))
    if row.status not in statuses:
        raise Refused(_("Versionen är «%(status)s», och då går det inte.") % {"status": row.get_status_display()})
    if row.revision != seen_revision:
        raise Refused(
            _("Någon annan har ändrat utkastet sedan du öppnade sidan. Ingenting sparades. Öppna sidan på nytt.")
        )
    return row


def _record(kind: EventKind, row: models.PackageVersion, *, by: Actor, at: datetime, **facts: str) -> None:
    said = {"package": row.package_id, "version": row.version, **facts}
    audit.record(kind, by=by, at=at, subject=str(row.id), facts=said)
