"""Question sets that are asked beside the main one for a time: put in force, drawn for a contact, ended.

The desk asks here what is in force and knows nothing of why; the room that plans it writes here and knows nothing of the
desk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from samsyn.people.actors import Actor
from samsyn.people.refusals import Refused
from samsyn.questions import queries
from samsyn.questions.actions import loading
from samsyn.questions.asking import Instrument
from samsyn.questions.models import InForce, InstrumentVersion


@dataclass(frozen=True)
class SampleRule:
    """Which contacts are asked: every one, every nth from ``start`` on, or those of ``days``."""

    kind: str = InForce.Sample.EVERY
    nth: int = 1
    start: int = 0
    days: tuple[date, ...] = ()


def put_in_force(
    *, source: Mapping[str, Any], first_on: date, last_on: date, sample: SampleRule, by: Actor, at: datetime
) -> UUID:
    """Publish the question set (in the form of data/*.toml), let it hold between two days, and return the row's id.

    Called in the transaction of what plans it. Raise Refused where another one holds on any of the days: the desk asks one
    further question set at a time.
    """
    if InForce.objects.filter(ended_at=None, first_on__lte=last_on, last_on__gte=first_on).exists():
        raise Refused(_("En annan mätning pågår någon av dagarna. Välj andra dagar, eller avbryt den först."))
    loading.load_instrument(source=source, by=by, at=at)
    version = InstrumentVersion.objects.get(instrument=source["code"], number=source["version"])
    row = InForce.objects.create(
        version=version,
        first_on=first_on,
        last_on=last_on,
        sample=sample.kind,
        nth=sample.nth,
        start=sample.start,
        days=list(sample.days),
    )
    return row.id


def end(*, in_force_id: UUID, at: datetime) -> None:
    """Ask no further contact; open ones keep what they were opened with."""
    InForce.objects.filter(id=in_force_id, ended_at=None).update(ended_at=at)


def draw(*, at: datetime) -> list[UUID]:
    """Return what a contact that opens now is asked beside the main question set: nearly always nothing."""
    today = timezone.localdate(at)
    drawn = []
    for row in InForce.objects.filter(ended_at=None, first_on__lte=today, last_on__gte=today):
        if row.sample == InForce.Sample.NTH:
            # The row stays locked until the caller's transaction ends: two that open at once are two in the row.
            InForce.objects.filter(id=row.id).update(seen=F("seen") + 1)
            row.refresh_from_db(fields=["seen"])
            is_drawn = (row.seen - 1) % row.nth == row.start
        else:
            is_drawn = row.sample == InForce.Sample.EVERY or today in row.days
        if is_drawn:
            drawn.append(row.id)
    return drawn


def instruments(*, ids: Sequence[UUID], on: date) -> dict[UUID, Instrument]:
    """Return the question sets of these rows as they are asked on a day."""
    if not ids:
        return {}
    versions = dict(InForce.objects.filter(id__in=ids).values_list("id", "version_id"))
    return {id_: queries.instrument_version(version_id=versions[id_], on=on) for id_ in ids if id_ in versions}


def over_since(*, before: date) -> list[UUID]:
    """Return the rows whose last day lies before this day, or that were ended before it."""
    rows = InForce.objects.filter(last_on__lt=before) | InForce.objects.filter(ended_at__date__lt=before)
    return list(rows.values_list("id", flat=True))


def version_of(*, in_force_id: UUID) -> UUID:
    """Return the version of the question set that a row puts in force."""
    version_id: UUID = InForce.objects.values_list("version_id", flat=True).get(id=in_force_id)
    return version_id
