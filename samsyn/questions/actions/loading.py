"""Loading the versions that come with the programme from data/*.toml: as often as you like, with the same result."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from samsyn.people.actors import Actor
from samsyn.questions import content, models
from samsyn.questions.actions import instruments, templates, versions
from samsyn.questions.actions.templates import ItemChange, TemplateChange
from samsyn.questions.actions.versions import Publication, V

Source = Mapping[str, Any]


class LoadError(Exception):
    """The file can't be loaded; the message says what to do."""


def load_instrument(*, source: Source, by: Actor, at: datetime) -> bool:
    """Publish the question set of a file unless its version is published already; return whether anything was done.

    Raise LoadError if the published version of this number says something else, or somebody is writing it.
    """
    said = content.of_instrument_file(source)
    with transaction.atomic():
        models.Instrument.objects.get_or_create(
            code=source["code"], defaults={"title_sv": source["title_sv"], "title_en": source["title_en"]}
        )
        owner = models.Instrument.objects.select_for_update().get(code=source["code"])
        if _is_loaded(owner.versions.all(), source, content.fingerprint(said)):
            return False
        draft = models.InstrumentVersion.objects.create(
            instrument=owner,
            number=source["version"],
            reminder_sv=said["reminder_sv"],
            reminder_en=said["reminder_en"],
            created_at=at,
            edited_at=at,
            edited_by=by.pseudonym,
        )
        models.Section.objects.bulk_create(
            models.Section(version=draft, position=position, **section)
            for position, section in enumerate(said["sections"], start=1)
        )
        models.Question.objects.bulk_create(
            models.Question(version=draft, position=position, **question)
            for position, question in enumerate(said["questions"], start=1)
        )
        instruments.complete_publication(
            draft,
            replacing=versions.latest_published(owner.versions.all()),
            publication=Publication(source["valid_from"], source["level"], source["reason_sv"]),
            by=by,
            at=at,
        )
    return True


def load_template(*, source: Source, by: Actor, at: datetime) -> bool:
    """Publish a template of a file unless its version is published already; return whether anything was done.

    Raise LoadError if the published version of this number says something else, or somebody is writing it.
    """
    said = content.of_template_file(source)
    with transaction.atomic():
        models.Template.objects.get_or_create(code=source["code"])
        owner = models.Template.objects.select_for_update().get(code=source["code"])
        if _is_loaded(owner.versions.all(), source, content.fingerprint(said)):
            return False
        draft = models.TemplateVersion.objects.create(
            template=owner,
            number=source["version"],
            **{field: said[field] for field in content.TEMPLATE_FIELDS if field in said},
            created_at=at,
            edited_at=at,
            edited_by=by.pseudonym,
        )
        templates.fill(
            draft,
            TemplateChange(
                title_sv=said["title_sv"],
                title_en=said["title_en"],
                sector=said["sector"],
                situations=tuple(said["situations"]),
                standard_minutes=said["standard_minutes"],
                law=tuple(said["law"]),
                items=tuple(ItemChange(**item) for item in said["items"]),
                **{field: said[field] for field in content.LATER_FIELDS if field in said},
            ),
        )
        templates.complete_publication(
            draft,
            replacing=versions.latest_published(owner.versions.all()),
            publication=Publication(source["valid_from"], "major", source["reason_sv"]),
            by=by,
            at=at,
        )
    return True


def _is_loaded(existing: QuerySet[V], source: Source, fingerprint: str) -> bool:
    name = f"{source['code']} version {source['version']}"
    found = existing.filter(number=source["version"]).first()
    if found is None:
        latest = versions.latest_published(existing)
        if existing.filter(number__gt=source["version"]).exists():
            return True  # developed further in this installation
        if existing.filter(status=models.Version.Status.DRAFT).exists():
            raise LoadError(f"{name}: somebody is writing a draft; publish or discard it first.")
        if latest is not None and latest.valid_from is not None and source["valid_from"] < latest.valid_from:
            raise LoadError(f"{name}: valid_from must be {latest.valid_from} or later.")
        return False
    if found.status == models.Version.Status.DRAFT:
        raise LoadError(f"{name}: somebody is writing a draft with this number; publish or discard it first.")
    if found.content_hash != fingerprint:
        raise LoadError(f"{name}: a published version never changes. Give the file a new version number.")
    return True
