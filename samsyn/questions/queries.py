"""What others read: the question set and the templates in force, as frozen values; and the versions that exist.

A published version never changes, so its rows are read once a process. Labels and validity of the answer options come
from ``vocabulary`` for the day asked about.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from samsyn.questions import content, decided, differences, law, models
from samsyn.questions.asking import (
    STATES,
    Instrument,
    Item,
    Option,
    Question,
    Section,
    Template,
    digit,
    in_active_language,
)
from samsyn.questions.bank import implemented_on, package_version
from samsyn.questions.decided import Decided, InUse
from samsyn.vocabulary import queries as vocabulary

__all__ = [
    "STATES",
    "Decided",
    "InUse",
    "Instrument",
    "Item",
    "Option",
    "Question",
    "Section",
    "Template",
    "TemplateRow",
    "VersionRow",
    "decided_packages",
    "implemented_on",
    "instrument_changes",
    "instrument_in_force",
    "instrument_version",
    "instrument_version_row",
    "instrument_versions",
    "instruments",
    "options_kept",
    "package_version",
    "packages_in_use",
    "template_changes",
    "template_version",
    "template_version_row",
    "template_versions",
    "templates",
    "templates_in_force",
]

# Packages for others' systems: what is decided, and who has it in use.
decided_packages = decided.versions
packages_in_use = decided.in_use

V = TypeVar("V", models.InstrumentVersion, models.TemplateVersion)


@dataclass(frozen=True)
class VersionRow:
    """A version in a list: who wrote it, when it holds, why it was published."""

    id: UUID
    of: str
    title: str
    number: int
    status: str
    status_label: str
    valid_from: date | None
    valid_to: date | None
    level: str
    level_label: str
    reason: str
    content_hash: str
    edited_by: str
    edited_at: datetime
    published_by: str
    published_at: datetime | None
    revision: int

    @property
    def is_draft(self) -> bool:
        """Say whether it can still be changed."""
        return self.status == models.Version.Status.DRAFT


@dataclass(frozen=True)
class TemplateRow:
    """A template in a list: what was published last, and what somebody is writing."""

    published: VersionRow | None
    draft: VersionRow | None

    @property
    def title(self) -> str:
        """Return the title that readers know it by."""
        row = self.published or self.draft
        return row.title if row else ""


# Reading what is in force


def instrument_in_force(code: str = "", *, at: datetime) -> Instrument:
    """Return the version of the question set, the line's own if none is named, that is asked at this time.

    Raise LookupError if there is none.
    """
    code = code or settings.SAMSYN_LINE
    on = timezone.localdate(at)
    versions = models.InstrumentVersion.objects.filter(instrument=code)
    version_id = _in_force(versions, on).values_list("id", flat=True).first()
    if version_id is None:
        raise LookupError(f"No version of {code} is in force on {on}: run load_questions.")
    return instrument_version(version_id=version_id, on=on)


def instrument_version(*, version_id: UUID, on: date) -> Instrument:
    """Return this version as it would be asked on this day; raise LookupError if it doesn't exist."""
    lists = vocabulary.state()
    known = _in_words.get((version_id, on))
    if known is not None and known[0] is lists:
        return known[1]
    stored = _stored_instrument(version_id)
    assembled = _assembled(stored, on)
    if stored.version.status != models.Version.Status.DRAFT:
        if len(_in_words) >= DAYS_KEPT:
            _in_words.clear()
        _in_words[version_id, on] = (lists, assembled)
    return assembled


def templates_in_force(*, at: datetime) -> tuple[Template, ...]:
    """Return the templates of this time, one version each, by code."""
    on = timezone.localdate(at)
    ids: dict[str, UUID] = {}
    versions = _in_force(models.TemplateVersion.objects.all(), on)
    for code, version_id in versions.values_list("template_id", "id"):
        ids.setdefault(code, version_id)
    return tuple(template_version(version_id=ids[code]) for code in sorted(ids))


def template_version(*, version_id: UUID) -> Template:
    """Return this version of a template; raise LookupError if it doesn't exist."""
    return _stored_template(version_id)


def published_template(*, version_id: UUID) -> Template:
    """Return this version of a template; raise LookupError if it doesn't exist or is a draft: nobody has used it."""
    if template_version_row(version_id=version_id).is_draft:
        raise LookupError(f"Version {version_id} is not published.")
    return _stored_template(version_id)


def _in_force(versions: QuerySet[V], on: date) -> QuerySet[V]:
    """Return the versions that hold on this day, the one that counts first of each."""
    return versions.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), status__in=("published", "retired"), valid_from__lte=on
    ).order_by("-valid_from", "-number")


# Published content is kept by id for the life of the process: it cannot change.
_instruments: dict[UUID, "_StoredInstrument"] = {}
_templates: dict[UUID, Template] = {}
# Put together with the answers of a day, for as long as the code lists are as they were; the days of open contacts are few.
_in_words: dict[tuple[UUID, date], tuple[object, Instrument]] = {}
DAYS_KEPT = 64


@dataclass(frozen=True)
class _StoredInstrument:
    version: models.InstrumentVersion
    sections: tuple[models.Section, ...]
    questions: tuple[models.Question, ...]


def _stored_instrument(version_id: UUID) -> _StoredInstrument:
    if version_id in _instruments:
        return _instruments[version_id]
    version = models.InstrumentVersion.objects.select_related("instrument").filter(id=version_id).first()
    if version is None:
        raise LookupError(f"There is no version {version_id}.")
    stored = _StoredInstrument(version, tuple(version.sections.all()), tuple(version.questions.all()))
    if version.status != models.Version.Status.DRAFT:
        _instruments[version_id] = stored
    return stored


def _assembled(stored: _StoredInstrument, on: date) -> Instrument:
    version = stored.version
    questions = tuple(_asked(row, on) for row in stored.questions)
    sections = tuple(
        Section(
            section.code,
            section.title_sv,
            section.title_en,
            tuple(question for question in questions if question.section == section.code),
        )
        for section in stored.sections
    )
    return Instrument(
        code=version.instrument_id,
        title_sv=version.instrument.title_sv,
        title_en=version.instrument.title_en,
        version_id=version.id,
        version=version.number,
        reminder_sv=version.reminder_sv,
        reminder_en=version.reminder_en,
        sections=sections,
        questions=tuple(question for section in sections for question in section.questions),
    )


def _asked(row: models.Question, on: date) -> Question:
    wanted = frozenset(row.options)
    in_force = [code for code in vocabulary.codes(row.list_code, on=on) if not wanted or code.value in wanted]
    return Question(
        id=row.id,
        concept=row.concept,
        code=row.code,
        unit=row.unit,
        section=row.section,
        row=row.row,
        kind=row.kind,
        list_code=row.list_code,
        options=tuple(
            Option(code.value, code.label_sv, code.label_en, digit=digit(number), parent=code.parent, group=code.group)
            for number, code in enumerate(in_force, start=1)
        ),
        known=frozenset(value for value in vocabulary.labels(row.list_code) if not wanted or value in wanted),
        wording_sv=row.wording_sv,
        wording_en=row.wording_en,
        hint_sv=row.hint_sv,
        hint_en=row.hint_en,
        states=tuple(row.states),
        required_at_close=row.required_at_close,
        core=row.core,
        local=row.local,
        more=row.more,
        condition=(row.condition_question, tuple(row.condition_values)) if row.condition_question else None,
    )


def _stored_template(version_id: UUID) -> Template:
    if version_id in _templates:
        return _templates[version_id]
    version = models.TemplateVersion.objects.filter(id=version_id).first()
    if version is None:
        raise LookupError(f"There is no version {version_id}.")
    items = list(version.items.order_by("position"))
    known = law.references()
    template = Template(
        code=version.template_id,
        version_id=version.id,
        version=version.number,
        title_sv=version.title_sv,
        title_en=version.title_en,
        sector=version.sector or None,
        situations=tuple(version.situations),
        contact_kind=version.contact_kind or None,
        adaptation=version.adaptation or None,
        standard_minutes=version.standard_minutes,
        ask=tuple(Item(i.code, i.text_sv, i.text_en) for i in items if i.kind == models.TemplateItem.Kind.ASK),
        inform=tuple(Item(i.code, i.text_sv, i.text_en) for i in items if i.kind == models.TemplateItem.Kind.INFORM),
        law=tuple(known[key] for key in version.law if key in known),
    )
    if version.status != models.Version.Status.DRAFT:
        _templates[version_id] = template
    return template


# The versions that exist, for those who write them


def instruments() -> tuple[tuple[str, str], ...]:
    """Return code and title of every question set."""
    rows = models.Instrument.objects.order_by("code")
    return tuple((row.code, in_active_language(row.title_sv, row.title_en)) for row in rows)


def title_of(what: str, code: str) -> str:
    """Return the title of an instrument, a template or a package, or a question's wording, as it is newest.

    Raise LookupError where there is none of this code.
    """
    rows: QuerySet[Any] = {
        "instrument": models.Instrument.objects.filter(code=code),
        "template": models.TemplateVersion.objects.filter(template=code).order_by("-number"),
        "question": models.Question.objects.filter(code=code).order_by("-version__number"),
        "package": models.Package.objects.filter(code=code),
    }[what]
    row = rows.first()
    if row is None:
        raise LookupError(f"There is no {what} {code}.")
    if what == "question":
        return in_active_language(row.wording_sv, row.wording_en)
    return in_active_language(row.title_sv, row.title_en)


def instrument_versions(*, code: str) -> tuple[VersionRow, ...]:
    """Return all versions of a question set, the newest first."""
    rows = models.InstrumentVersion.objects.filter(instrument=code).select_related("instrument").order_by("-number")
    return tuple(_version_row(row) for row in rows)


def template_versions(*, code: str) -> tuple[VersionRow, ...]:
    """Return all versions of a template, the newest first."""
    rows = models.TemplateVersion.objects.filter(template=code).order_by("-number")
    return tuple(_version_row(row) for row in rows)


def templates() -> tuple[TemplateRow, ...]:
    """Return every template with its newest published version and its draft, by title."""
    newest: dict[str, dict[bool, VersionRow]] = {}
    for version in models.TemplateVersion.objects.order_by("-number"):
        row = _version_row(version)
        newest.setdefault(row.of, {}).setdefault(row.is_draft, row)
    rows = (TemplateRow(published=found.get(False), draft=found.get(True)) for found in newest.values())
    return tuple(sorted(rows, key=lambda row: row.title.casefold()))


def instrument_version_row(*, version_id: UUID) -> VersionRow:
    """Return one version of a question set; raise LookupError if it doesn't exist."""
    row = models.InstrumentVersion.objects.select_related("instrument").filter(id=version_id).first()
    if row is None:
        raise LookupError(f"There is no version {version_id}.")
    return _version_row(row)


def template_version_row(*, version_id: UUID) -> VersionRow:
    """Return one version of a template; raise LookupError if it doesn't exist."""
    row = models.TemplateVersion.objects.filter(id=version_id).first()
    if row is None:
        raise LookupError(f"There is no version {version_id}.")
    return _version_row(row)


def _version_row(row: models.InstrumentVersion | models.TemplateVersion) -> VersionRow:
    if isinstance(row, models.InstrumentVersion):
        of, titles = row.instrument_id, (row.instrument.title_sv, row.instrument.title_en)
    else:
        of, titles = row.template_id, (row.title_sv, row.title_en)
    return VersionRow(
        id=row.id,
        of=of,
        title=in_active_language(*titles),
        number=row.number,
        status=row.status,
        status_label=row.get_status_display(),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        level=row.level,
        level_label=row.get_level_display(),
        reason=row.reason,
        content_hash=row.content_hash,
        edited_by=row.edited_by,
        edited_at=row.edited_at,
        published_by=row.published_by,
        published_at=row.published_at,
        revision=row.revision,
    )


def options_kept(*, question_id: UUID) -> tuple[str, ...]:
    """Return the subset of codes that a question is limited to, closed ones included; nothing for the whole list."""
    return tuple(models.Question.objects.values_list("options", flat=True).get(id=question_id))


def instrument_changes(*, version_id: UUID) -> tuple[str, ...]:
    """Return how a version of a question set differs from the one before it, as sentences; nothing for the first."""
    version = models.InstrumentVersion.objects.get(id=version_id)
    before = _version_before(models.InstrumentVersion.objects.filter(instrument=version.instrument_id), version)
    if before is None:
        return ()
    old, new = content.of_instrument(before), content.of_instrument(version)
    return tuple(differences.of_instrument(old, new, label=vocabulary.label))


def template_changes(*, version_id: UUID) -> tuple[str, ...]:
    """Return how a version of a template differs from the one before it, as sentences; nothing for the first."""
    version = models.TemplateVersion.objects.get(id=version_id)
    before = _version_before(models.TemplateVersion.objects.filter(template=version.template_id), version)
    if before is None:
        return ()
    old, new = content.of_template(before), content.of_template(version)
    return tuple(differences.of_template(old, new, label=vocabulary.label))


def _version_before(versions: QuerySet[V], version: models.Version) -> V | None:
    return (
        versions.filter(number__lt=version.number)
        .exclude(status=models.Version.Status.DRAFT)
        .order_by("-number")
        .first()
    )
