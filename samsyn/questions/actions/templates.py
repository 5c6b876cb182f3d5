"""Writing and publishing call templates."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.audit.events import EventKind
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.questions import content, differences, events, law, models, policies
from samsyn.questions.actions import versions
from samsyn.questions.actions.versions import Publication
from samsyn.questions.asking import adaptations
from samsyn.vocabulary import queries as vocabulary

DRAFTS = models.TemplateVersion.objects


@dataclass(frozen=True)
class ItemChange:
    """A line of a checklist; a new line has no code yet."""

    kind: str
    code: str
    text_sv: str
    text_en: str


@dataclass(frozen=True)
class TemplateChange:
    """Everything that a template says."""

    title_sv: str
    title_en: str
    sector: str
    situations: tuple[str, ...]
    standard_minutes: int
    law: tuple[str, ...]
    items: tuple[ItemChange, ...]
    contact_kind: str = ""
    adaptation: str = ""


def start_template_draft(*, template: str, by: Actor, at: datetime) -> UUID:
    """Copy the published version of a template into a new draft and return its id."""
    policies.check_can_edit(by)
    with transaction.atomic():
        owner = models.Template.objects.select_for_update().filter(code=template).first()
        source = versions.latest_published(owner.versions.all()) if owner else None
        if owner is None or source is None:
            raise Refused(_("Det finns ingen publicerad mall att utgå från."))
        draft = models.TemplateVersion.objects.create(
            template=owner,
            number=versions.next_number(owner.versions.all()),
            **{field: getattr(source, field) for field in content.TEMPLATE_FIELDS},
            created_at=at,
            edited_at=at,
            edited_by=by.pseudonym,
        )
        fields = (*content.ITEM_FIELDS, "position")
        models.TemplateItem.objects.bulk_create(
            models.TemplateItem(version=draft, **{field: getattr(item, field) for field in fields})
            for item in source.items.all()
        )
        _record(events.TEMPLATE_DRAFT_STARTED, draft, by=by, at=at)
    return draft.id


def create_template(*, code: str, title_sv: str, title_en: str, minutes: int, by: Actor, at: datetime) -> UUID:
    """Begin a template that has no earlier version and return the id of its draft."""
    policies.check_can_edit(by)
    with transaction.atomic():
        owner, is_new = models.Template.objects.get_or_create(code=code)
        if not is_new:
            raise Invalid(_("Det finns redan en mall med kortnamnet %(code)s.") % {"code": code})
        draft = models.TemplateVersion.objects.create(
            template=owner,
            number=1,
            title_sv=title_sv,
            title_en=title_en,
            standard_minutes=minutes,
            created_at=at,
            edited_at=at,
            edited_by=by.pseudonym,
        )
        _record(events.TEMPLATE_DRAFT_STARTED, draft, by=by, at=at)
    return draft.id


def change_template(*, version_id: UUID, seen_revision: int, change: TemplateChange, by: Actor, at: datetime) -> None:
    """Replace what the draft of a template says."""
    policies.check_can_edit(by)
    with transaction.atomic():
        draft = versions.locked_draft(DRAFTS.all(), version_id=version_id, seen_revision=seen_revision)
        known = set(draft.items.values_list("code", flat=True))
        if any(item.code and item.code not in known for item in change.items):
            raise Invalid(_("Okänd rad i mallen. Ingenting sparades."))
        fill(draft, change)
        versions.mark_edited(draft, by=by, at=at)
        _record(events.TEMPLATE_CHANGED, draft, by=by, at=at)


def fill(draft: models.TemplateVersion, change: TemplateChange) -> None:
    """Write what the template says into the draft, new lines with codes of their own."""
    _check_codes(change)
    for field in content.TEMPLATE_FIELDS:
        value = getattr(change, field)
        setattr(draft, field, list(value) if isinstance(value, tuple) else value)
    draft.save()
    draft.items.all().delete()
    taken = {item.code for item in change.items if item.code}
    rows = []
    for position, item in enumerate(sorted(change.items, key=lambda item: item.kind), start=1):
        code = item.code
        if not code:
            number = next(n for n in range(1, 1000) if f"{item.kind}_{n}" not in taken)
            code = f"{item.kind}_{number}"
            taken.add(code)
        rows.append(
            models.TemplateItem(
                version=draft,
                kind=item.kind,
                code=code,
                position=position,
                text_sv=item.text_sv,
                text_en=item.text_en,
            )
        )
    models.TemplateItem.objects.bulk_create(rows)


def _check_codes(change: TemplateChange) -> None:
    if change.sector and change.sector not in vocabulary.labels("sector"):
        raise Invalid(_("Okänd verksamhet. Ingenting sparades."))
    if change.contact_kind and change.contact_kind not in vocabulary.labels("contact_kind"):
        raise Invalid(_("Okänt slag av kontakt. Ingenting sparades."))
    if change.adaptation and change.adaptation not in adaptations():
        raise Invalid(_("Okänd anpassning. Ingenting sparades."))
    concerns = vocabulary.labels("main_concern")
    if any(code not in concerns for code in change.situations):
        raise Invalid(_("Okänd huvudoro. Ingenting sparades."))
    if any(key not in law.references() for key in change.law):
        raise Invalid(_("Okänd laghänvisning. Ingenting sparades."))
    codes = [item.code for item in change.items if item.code]
    if len(set(codes)) < len(codes):
        raise Invalid(_("Samma rad finns två gånger i mallen. Ingenting sparades."))


def discard_template_draft(*, version_id: UUID, seen_revision: int, by: Actor, at: datetime) -> None:
    """Throw the draft away; what is published stays. A template that was never published goes with it."""
    policies.check_can_edit(by)
    with transaction.atomic():
        draft = versions.locked_draft(DRAFTS.all(), version_id=version_id, seen_revision=seen_revision)
        _record(events.TEMPLATE_DRAFT_DISCARDED, draft, by=by, at=at)
        owner = draft.template
        draft.delete()
        if not owner.versions.exists():
            owner.delete()


def publish_template(
    *, version_id: UUID, seen_revision: int, publication: Publication, by: Actor, at: datetime
) -> None:
    """Publish the draft from a day on: it replaces the version before it and is never changed again."""
    policies.check_can_edit(by)
    with transaction.atomic():
        draft = versions.locked_draft(DRAFTS.all(), version_id=version_id, seen_revision=seen_revision)
        before = versions.latest_published(draft.template.versions.all())
        said = content.of_template(draft)
        earlier = content.of_template(before) if before else None
        versions.check_publication(
            replacing=before,
            earlier=earlier,
            said=said,
            lowest=differences.lowest_level_of_template,
            publication=publication,
            at=at,
        )
        complete_publication(draft, replacing=before, publication=publication, by=by, at=at)


def complete_publication(
    draft: models.TemplateVersion,
    *,
    replacing: models.TemplateVersion | None,
    publication: Publication,
    by: Actor,
    at: datetime,
) -> None:
    """Check that the template is whole, publish it and record it; the caller has checked who and when."""
    said = content.of_template(draft)
    policies.check_template_is_whole(said)
    fingerprint = content.fingerprint(said)
    versions.publish(draft, replacing=replacing, publication=publication, fingerprint=fingerprint, by=by, at=at)
    audit.record(
        events.TEMPLATE_PUBLISHED,
        by=by,
        at=at,
        subject=str(draft.id),
        facts={
            "template": draft.template_id,
            "version": draft.number,
            "valid_from": publication.valid_from.isoformat(),
            "level": publication.level,
            "content_hash": fingerprint,
        },
    )


def _record(kind: EventKind, draft: models.TemplateVersion, *, by: Actor, at: datetime) -> None:
    audit.record(
        kind, by=by, at=at, subject=str(draft.id), facts={"template": draft.template_id, "version": draft.number}
    )
