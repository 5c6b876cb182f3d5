"""Reads: a composed case as it is shown, and those that have been taken in."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language

from samsyn.deliveries import policies
from samsyn.deliveries.composed import parts, telling
from samsyn.deliveries.models import DeliveredCase, Delivery
from samsyn.people.actors import Actor


@dataclass(frozen=True)
class Told:
    """A case told in one language."""

    language: str
    paragraphs: tuple[str, ...]
    reservation: str


@dataclass(frozen=True)
class Story:
    """A case as people read it: what it is called, and the case told in the active language and in the other."""

    title: str
    told: tuple[Told, ...]


def story(version: str, words: Sequence[str]) -> Story:
    """Tell a case; raise KeyError for a version that there isn't."""
    known = parts.versions()[version]
    active = "en" if (get_language() or "sv").startswith("en") else "sv"
    order = sorted(telling.LANGUAGES, key=lambda language: language != active)
    told = tuple(
        Told(one, telling.paragraphs(known, words, one), str(getattr(known, f"reservation_{one}"))) for one in order
    )
    return Story(telling.capital(telling.title(known, words, active)), told)


@dataclass(frozen=True)
class Delivered:
    """A case that was taken in: who sent it, and the quarter in which two had cleared it."""

    id: UUID
    story: Story
    sender: str
    period: str


def delivered(*, by: Actor) -> list[Delivered]:
    """Return every case that counts, the latest quarter first."""
    policies.check_can_read_cases(by)
    return [_delivered(row) for row in _standing().order_by("-delivery__period", "words", "id")]


def delivered_case(case_id: UUID, *, by: Actor) -> Delivered:
    """Return one case that counts; raise LookupError."""
    policies.check_can_read_cases(by)
    found = _standing().filter(pk=case_id).first()
    if found is None:
        raise LookupError("no such case")
    return _delivered(found)


def _standing() -> QuerySet[DeliveredCase]:
    return DeliveredCase.objects.filter(delivery__state=Delivery.State.ACCEPTED).select_related("delivery__deliverer")


def _delivered(row: DeliveredCase) -> Delivered:
    return Delivered(row.pk, story(row.version, row.words), row.delivery.deliverer.name, row.delivery.period)
