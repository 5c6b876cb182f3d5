"""What question sets and templates have in common: drafts are locked while they change, published versions replaced."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from samsyn.audit.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.questions import models, policies
from samsyn.questions.content import Content

V = TypeVar("V", models.InstrumentVersion, models.TemplateVersion)


@dataclass(frozen=True)
class Publication:
    """From when a version holds, how large the change is, and why it was made."""

    valid_from: date
    level: str
    reason: str


def locked_draft(versions: QuerySet[V], *, version_id: UUID, seen_revision: int) -> V:
    """Return the draft, locked until the transaction ends; raise Refused if it is gone, published or changed since."""
    draft = versions.select_for_update().filter(id=version_id).first()
    if draft is None:
        raise Refused(_("Utkastet finns inte längre. Någon kan ha kastat det."))
    policies.check_is_current(status=draft.status, revision=draft.revision, seen_revision=seen_revision)
    return draft


def latest_published(versions: QuerySet[V]) -> V | None:
    """Return the version that was published last, whether it holds yet or not."""
    return versions.filter(status=models.Version.Status.PUBLISHED).order_by("-number").first()


def next_number(versions: QuerySet[V]) -> int:
    """Return the number of the next version; raise Refused if somebody is already writing it."""
    if versions.filter(status=models.Version.Status.DRAFT).exists():
        raise Refused(_("Det finns redan ett utkast till en ny version. Fortsätt på det, eller kasta det först."))
    highest: int | None = versions.aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


def mark_edited(draft: models.Version, *, by: Actor, at: datetime) -> None:
    """Write down who changed the draft, so that a second editor's older page is refused."""
    draft.revision += 1
    draft.edited_by = by.pseudonym
    draft.edited_at = at
    draft.save(update_fields=["revision", "edited_by", "edited_at"])


def check_publication(
    *,
    replacing: V | None,
    earlier: Content | None,
    said: Content,
    lowest: Callable[[Content, Content], str],
    publication: Publication,
    at: datetime,
) -> None:
    """Raise Invalid unless the draft says something new, for a day and as large a change as it may be published."""
    latest = replacing.valid_from if replacing else None
    today = timezone.localdate(at)
    policies.check_publication_date(valid_from=publication.valid_from, today=today, latest=latest)
    if earlier is not None:
        if earlier == said:
            raise Invalid(_("Utkastet skiljer sig inte från den publicerade versionen."))
        policies.check_level(level=publication.level, lowest=lowest(earlier, said))


def publish(
    draft: V, *, replacing: V | None, publication: Publication, fingerprint: str, by: Actor, at: datetime
) -> None:
    """Make the draft a published version, and give the one it replaces its last day."""
    if replacing is not None and replacing.valid_from is not None:
        replacing.status = models.Version.Status.RETIRED
        # Replaced on its own first day it keeps that day: contacts of that morning were asked by it.
        replacing.valid_to = max(replacing.valid_from, publication.valid_from - timedelta(days=1))
        replacing.save(update_fields=["status", "valid_to"])
    draft.status = models.Version.Status.PUBLISHED
    draft.valid_from = publication.valid_from
    draft.level = publication.level
    draft.reason = publication.reason
    draft.content_hash = fingerprint
    draft.published_by = by.pseudonym
    draft.published_at = at
    draft.save()
