"""Writing and publishing a question set."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.audit.events import EventKind
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.questions import content, differences, events, models, policies
from samsyn.questions.actions import versions
from samsyn.questions.actions.versions import Publication
from samsyn.vocabulary import queries as vocabulary

DRAFTS = models.InstrumentVersion.objects


@dataclass(frozen=True)
class QuestionChange:
    """What may be changed of a question that is not locked; no options means the whole code list."""

    wording_sv: str
    wording_en: str
    hint_sv: str
    hint_en: str
    options: tuple[str, ...]
    required_at_close: bool
    more: bool


@dataclass(frozen=True)
class LocalQuestion:
    """A question of our own, answered from a code list that exists."""

    code: str
    section: str
    kind: str
    list_code: str
    wording_sv: str
    wording_en: str
    hint_sv: str
    hint_en: str


def start_instrument_draft(*, instrument: str, by: Actor, at: datetime) -> UUID:
    """Copy the published version into a new draft and return its id."""
    policies.check_can_edit(by)
    with transaction.atomic():
        owner = models.Instrument.objects.select_for_update().filter(code=instrument).first()
        source = versions.latest_published(owner.versions.all()) if owner else None
        if owner is None or source is None:
            raise Refused(_("Det finns inget publicerat frågeformulär att utgå från."))
        draft = models.InstrumentVersion.objects.create(
            instrument=owner,
            number=versions.next_number(owner.versions.all()),
            reminder_sv=source.reminder_sv,
            reminder_en=source.reminder_en,
            created_at=at,
            edited_at=at,
            edited_by=by.pseudonym,
        )
        for section in source.sections.all():
            section.pk, section.version = None, draft
            section.save(force_insert=True)
        models.Question.objects.bulk_create(copies(source.questions.all(), into=draft))
        _record(events.INSTRUMENT_DRAFT_STARTED, draft, by=by, at=at)
    return draft.id


def copies(questions: Iterable[models.Question], *, into: models.InstrumentVersion) -> list[models.Question]:
    """Return unsaved copies of the questions for another version."""
    fields = (*content.QUESTION_FIELDS, "position")
    return [
        models.Question(version=into, **{field: getattr(question, field) for field in fields}) for question in questions
    ]


def change_reminder(
    *, version_id: UUID, seen_revision: int, reminder_sv: str, reminder_en: str, by: Actor, at: datetime
) -> None:
    """Change what the adviser reads before the first question."""
    policies.check_can_edit(by)
    with transaction.atomic():
        draft = versions.locked_draft(DRAFTS.all(), version_id=version_id, seen_revision=seen_revision)
        draft.reminder_sv, draft.reminder_en = reminder_sv, reminder_en
        draft.save(update_fields=["reminder_sv", "reminder_en"])
        versions.mark_edited(draft, by=by, at=at)
        _record(events.REMINDER_CHANGED, draft, by=by, at=at)


def change_question(
    *, version_id: UUID, seen_revision: int, question: str, change: QuestionChange, by: Actor, at: datetime
) -> None:
    """Change wording, hint, options and place of a question that is not locked."""
    policies.check_can_edit(by)
    with transaction.atomic():
        draft = versions.locked_draft(DRAFTS.all(), version_id=version_id, seen_revision=seen_revision)
        row = _question(draft, question)
        policies.check_question_is_open(core=row.core)
        known = vocabulary.labels(row.list_code)
        if any(value not in known for value in change.options):
            raise Invalid(_("Okänd kod bland svarsalternativen. Ingenting sparades."))
        if len(set(change.options)) < len(change.options):
            raise Invalid(_("Samma svarsalternativ finns två gånger. Ingenting sparades."))
        row.wording_sv, row.wording_en = change.wording_sv, change.wording_en
        row.hint_sv, row.hint_en = change.hint_sv, change.hint_en
        row.options = list(change.options)
        row.required_at_close, row.more = change.required_at_close, change.more
        row.save()
        versions.mark_edited(draft, by=by, at=at)
        _record(events.QUESTION_CHANGED, draft, by=by, at=at, question=row.code)


def move_question(*, version_id: UUID, seen_revision: int, question: str, up: bool, by: Actor, at: datetime) -> None:
    """Let a question change places with the one before or after it under the same heading."""
    policies.check_can_edit(by)
    with transaction.atomic():
        draft = versions.locked_draft(DRAFTS.all(), version_id=version_id, seen_revision=seen_revision)
        row = _question(draft, question)
        policies.check_question_is_open(core=row.core)
        beside = list(draft.questions.filter(section=row.section))
        at_index = [other.code for other in beside].index(row.code)
        if at_index == (0 if up else len(beside) - 1):
            raise Invalid(_("Frågan står redan ytterst under sin rubrik."))
        other = beside[at_index + (-1 if up else 1)]
        row.position, other.position = other.position, row.position
        row.row, other.row = other.row, row.row
        row.save(update_fields=["position", "row"])
        other.save(update_fields=["position", "row"])
        order = list(draft.questions.order_by("position"))
        policies.check_conditions_follow(
            [q.code for q in order], {q.code: q.condition_question for q in order if q.condition_question}
        )
        versions.mark_edited(draft, by=by, at=at)
        _record(events.QUESTION_MOVED, draft, by=by, at=at, question=row.code)


def add_local_question(*, version_id: UUID, seen_revision: int, new: LocalQuestion, by: Actor, at: datetime) -> None:
    """Add a question of our own last under a heading; its answers are never part of the nation's figures."""
    policies.check_can_edit(by)
    with transaction.atomic():
        draft = versions.locked_draft(DRAFTS.all(), version_id=version_id, seen_revision=seen_revision)
        if draft.questions.filter(code=new.code).exists():
            raise Invalid(_("Det finns redan en fråga med kortnamnet %(code)s.") % {"code": new.code})
        if not known_codes(new.list_code):
            raise Invalid(_("Okänd kodlista."))
        order = list(draft.questions.order_by("position"))
        beside = [question for question in order if question.section == new.section]
        if not beside:
            raise Invalid(_("Okänd rubrik."))
        last = beside[-1]
        for question in reversed(order[order.index(last) + 1 :]):
            question.position += 1
            question.save(update_fields=["position"])
        models.Question.objects.create(
            version=draft,
            concept=new.code,
            code=new.code,
            unit=last.unit,
            section=new.section,
            row=last.row + 1,
            position=last.position + 1,
            kind=new.kind,
            list_code=new.list_code,
            wording_sv=new.wording_sv,
            wording_en=new.wording_en,
            hint_sv=new.hint_sv,
            hint_en=new.hint_en,
            states=["unknown"],
            local=True,
            more=True,
        )
        versions.mark_edited(draft, by=by, at=at)
        _record(events.LOCAL_QUESTION_ADDED, draft, by=by, at=at, question=new.code)


def remove_local_question(*, version_id: UUID, seen_revision: int, question: str, by: Actor, at: datetime) -> None:
    """Take a question of our own out of the draft; earlier versions and their answers stay."""
    policies.check_can_edit(by)
    with transaction.atomic():
        draft = versions.locked_draft(DRAFTS.all(), version_id=version_id, seen_revision=seen_revision)
        row = _question(draft, question)
        policies.check_question_is_open(core=row.core)
        policies.check_question_is_local(local=row.local)
        row.delete()
        versions.mark_edited(draft, by=by, at=at)
        _record(events.LOCAL_QUESTION_REMOVED, draft, by=by, at=at, question=question)


def discard_instrument_draft(*, version_id: UUID, seen_revision: int, by: Actor, at: datetime) -> None:
    """Throw the draft away; what is published stays."""
    policies.check_can_edit(by)
    with transaction.atomic():
        draft = versions.locked_draft(DRAFTS.all(), version_id=version_id, seen_revision=seen_revision)
        _record(events.INSTRUMENT_DRAFT_DISCARDED, draft, by=by, at=at)
        draft.delete()


def publish_instrument(
    *, version_id: UUID, seen_revision: int, publication: Publication, by: Actor, at: datetime
) -> None:
    """Publish the draft from a day on: it replaces the version before it and is never changed again."""
    policies.check_can_edit(by)
    with transaction.atomic():
        draft = versions.locked_draft(DRAFTS.all(), version_id=version_id, seen_revision=seen_revision)
        before = versions.latest_published(draft.instrument.versions.all())
        said = content.of_instrument(draft)
        earlier = content.of_instrument(before) if before else None
        versions.check_publication(
            replacing=before,
            earlier=earlier,
            said=said,
            lowest=differences.lowest_level_of_instrument,
            publication=publication,
            at=at,
        )
        if earlier is not None:
            policies.check_core_is_kept(before=earlier, after=said)
        complete_publication(draft, replacing=before, publication=publication, by=by, at=at)


def complete_publication(
    draft: models.InstrumentVersion,
    *,
    replacing: models.InstrumentVersion | None,
    publication: Publication,
    by: Actor,
    at: datetime,
) -> None:
    """Check that the question set is whole, publish it and record it; the caller has checked who and when."""
    said = content.of_instrument(draft)
    lists = {question["list_code"] for question in said["questions"]}
    policies.check_instrument_is_whole(said, known={code: known_codes(code) for code in lists})
    fingerprint = content.fingerprint(said)
    versions.publish(draft, replacing=replacing, publication=publication, fingerprint=fingerprint, by=by, at=at)
    audit.record(
        events.INSTRUMENT_PUBLISHED,
        by=by,
        at=at,
        subject=str(draft.id),
        facts={
            "instrument": draft.instrument_id,
            "version": draft.number,
            "valid_from": publication.valid_from.isoformat(),
            "level": publication.level,
            "content_hash": fingerprint,
        },
    )


def known_codes(list_code: str) -> frozenset[str]:
    """Return every code that a list ever had; nothing if there is no such list."""
    try:
        return frozenset(vocabulary.labels(list_code))
    except LookupError:
        return frozenset()


def _question(draft: models.InstrumentVersion, code: str) -> models.Question:
    row = draft.questions.filter(code=code).first()
    if row is None:
        raise Invalid(_("Okänd fråga. Ingenting sparades."))
    return row


def _record(kind: EventKind, draft: models.InstrumentVersion, *, by: Actor, at: datetime, **facts: str) -> None:
    audit.record(
        kind,
        by=by,
        at=at,
        subject=str(draft.id),
        facts={"instrument": draft.instrument_id, "version": draft.number, **facts},
    )
