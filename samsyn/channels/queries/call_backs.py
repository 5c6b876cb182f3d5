"""Reads: whom to call back, without their numbers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max

from samsyn.channels import policies
from samsyn.channels.models import CallBack
from samsyn.people.actors import Actor


@dataclass(frozen=True)
class CallBackRow:
    """A promise that is open."""

    id: UUID
    wished_part: str
    made_at: datetime
    attempts: int
    tried_at: datetime | None


def open_call_backs(*, by: Actor) -> tuple[CallBackRow, ...]:
    """Return the open promises, the oldest first."""
    policies.check_can_take_calls(by)
    rows = (
        CallBack.objects.filter(closed_at=None)
        .annotate(tries=Count("attempts"), tried_at=Max("attempts__tried_at"))
        .order_by("made_at")
    )
    return tuple(CallBackRow(row.pk, row.wished_part, row.made_at, row.tries, row.tried_at) for row in rows)
