"""Opening hours: the week, and single dates. Holidays are computed and need nobody."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.channels import events, policies
from samsyn.channels.models import OpeningException, OpeningHours, Queue
from samsyn.channels.opening import Span
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid


@transaction.atomic
def add_opening_hours(*, queue: str, weekday: int, span: Span, by: Actor, at: datetime) -> None:
    """Open a queue this part of each week from now on; raise Invalid where it is open already."""
    policies.check_can_set_hours(by)
    policies.check_span(span)
    if not 0 <= weekday <= 6:
        raise Invalid(_("Veckodagen finns inte."))
    found = _queue(queue)
    others = OpeningHours.objects.filter(queue=found, weekday=weekday)
    if others.filter(first_minute__lt=span.last_minute, last_minute__gt=span.first_minute).exists():
        raise Invalid(_("Tiderna överlappar andra öppettider samma veckodag."))
    OpeningHours.objects.create(
        queue=found, weekday=weekday, first_minute=span.first_minute, last_minute=span.last_minute
    )
    audit.record(events.OPENING_CHANGED, by=by, at=at, subject=queue)


@transaction.atomic
def remove_opening_hours(*, hours_id: UUID, by: Actor, at: datetime) -> None:
    """Close a queue this part of each week; raise LookupError if there is none."""
    policies.check_can_set_hours(by)
    row = OpeningHours.objects.select_for_update().filter(pk=hours_id).first()
    if row is None:
        raise LookupError("no such hours")
    row.delete()
    audit.record(events.OPENING_CHANGED, by=by, at=at, subject=row.queue_id)


@transaction.atomic
def set_opening_exception(*, queue: str, day: date, span: Span | None, by: Actor, at: datetime) -> None:
    """Say what holds on one date instead of the week and of holidays: a span, or closed all day (None)."""
    policies.check_can_set_hours(by)
    policies.check_exception_day(day, at)
    if span is not None:
        policies.check_span(span)
    said = span or Span(0, 1440)
    OpeningException.objects.update_or_create(
        queue=_queue(queue),
        day=day,
        defaults={
            "is_open": span is not None,
            "first_minute": said.first_minute,
            "last_minute": said.last_minute,
        },
    )
    audit.record(events.OPENING_CHANGED, by=by, at=at, subject=queue)


@transaction.atomic
def remove_opening_exception(*, exception_id: UUID, by: Actor, at: datetime) -> None:
    """Let the week and holidays hold on the date again; raise LookupError if there is no such exception."""
    policies.check_can_set_hours(by)
    row = OpeningException.objects.select_for_update().filter(pk=exception_id).first()
    if row is None:
        raise LookupError("no such exception")
    row.delete()
    audit.record(events.OPENING_CHANGED, by=by, at=at, subject=row.queue_id)


def _queue(code: str) -> Queue:
    """Return the locked queue: two who change its hours wait for each other."""
    found = Queue.objects.select_for_update().filter(pk=code).first()
    if found is None:
        raise Invalid(_("Kön finns inte."))
    return found
