"""Who has delivered what, how soon, and who has not: the register of completeness and timeliness. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from samsyn.deliveries import periods
from samsyn.deliveries.composed import parts
from samsyn.deliveries.models import Agreement, Delivery, Reminder

DELIVERED, WAITING, DUE, LATE = "delivered", "waiting", "due", "late"


@dataclass(frozen=True)
class Expected:
    """One period of one agreement, and what became of it."""

    agreement_id: int
    deliverer: str
    name: str
    package: str
    version: str
    table: str
    period: str
    due_on: date
    state: str
    days_late: int = 0
    delivery_id: UUID | None = None
    reminded_at: datetime | None = None


@dataclass(frozen=True)
class Summary:
    """A period over all who deliver it."""

    period: str
    expected: int
    delivered: int
    on_time: int
    late: tuple[Expected, ...]


def expected(*, today: date, agreements: Iterable[Agreement]) -> list[Expected]:
    """Return every period that is over by a day, of these agreements, with its delivery if there is one."""
    # Nobody owes composed cases: a quarter in which none was cleared has none.
    known = {one.pk: one for one in agreements if one.package != parts.PACKAGE}
    stands: dict[tuple[UUID, str, str, str], tuple[str, datetime, UUID]] = {}
    first: dict[tuple[UUID, str, str, str], datetime] = {}
    rows = Delivery.objects.filter(
        deliverer_id__in={one.deliverer_id for one in known.values()}, state__in=["accepted", "checked", "replaced"]
    )
    fields = ("deliverer_id", "package", "table", "period", "state", "received_at", "id")
    for deliverer_id, package, table, period, state, received_at, pk in rows.values_list(*fields):
        key = (deliverer_id, package, table, period)
        if state != "checked":
            first[key] = min(received_at, first.get(key, received_at))
        if state != "replaced" and stands.get(key, ("",))[0] != "accepted":
            stands[key] = (state, received_at, pk)
    reminders = Reminder.objects.filter(agreement_id__in=known).order_by("reminded_at")
    reminded = {
        (agreement_id, period): at
        for agreement_id, period, at in reminders.values_list("agreement_id", "period", "reminded_at")
    }
    found = []
    for one in known.values():
        for period in periods.between(one.first_period, today):
            if one.last_period and periods.first_day(period) > periods.first_day(one.last_period):
                break
            key = (one.deliverer_id, one.package, one.table, period)
            due_on = periods.last_day(period) + timedelta(days=one.due_days)
            state, late = _state(stands.get(key), first.get(key), due_on, today)
            found.append(
                Expected(
                    agreement_id=one.pk,
                    deliverer=one.deliverer.code,
                    name=one.deliverer.name,
                    package=one.package,
                    version=one.version,
                    table=one.table,
                    period=period,
                    due_on=due_on,
                    state=state,
                    days_late=late,
                    delivery_id=stands[key][2] if key in stands else None,
                    reminded_at=reminded.get((one.pk, period)),
                )
            )
    return found


def _state(
    stands: tuple[str, datetime, UUID] | None, first: datetime | None, due_on: date, today: date
) -> tuple[str, int]:
    if stands is not None and stands[0] == "accepted":
        came_on = first.date() if first is not None else due_on
        return DELIVERED, max(0, (came_on - due_on).days)
    if stands is not None:
        return WAITING, max(0, (today - due_on).days)
    return (LATE, (today - due_on).days) if today > due_on else (DUE, 0)


def of_deliverer(deliverer_id: UUID, *, today: date) -> list[Expected]:
    """Return what one organisation was to deliver, the latest period first."""
    rows = Agreement.objects.filter(deliverer_id=deliverer_id).select_related("deliverer")
    return sorted(expected(today=today, agreements=rows), key=lambda one: (one.due_on, one.table), reverse=True)


def of_all(*, today: date, most: int = 8) -> list[Summary]:
    """Return the latest periods over all deliverers, the latest first."""
    rows = Agreement.objects.select_related("deliverer").order_by("deliverer__code", "table")
    by_period: dict[tuple[date, str], list[Expected]] = {}
    for one in expected(today=today, agreements=rows):
        by_period.setdefault((periods.last_day(one.period), one.period), []).append(one)
    return [
        Summary(
            period=period,
            expected=len(by_period[last, period]),
            delivered=sum(one.state == DELIVERED for one in by_period[last, period]),
            on_time=sum(one.state == DELIVERED and not one.days_late for one in by_period[last, period]),
            late=tuple(one for one in by_period[last, period] if one.state in {LATE, WAITING, DUE}),
        )
        for last, period in sorted(by_period, reverse=True)[:most]
    ]


def lacking(period: str, *, agreement_id: int | None, today: date) -> list[Expected]:
    """Return what an agreement has not delivered of a period that is over; without one, what is late of all of them."""
    rows = Agreement.objects.select_related("deliverer").order_by("deliverer__code", "table")
    asked = rows if agreement_id is None else rows.filter(pk=agreement_id)
    states = {LATE} if agreement_id is None else {LATE, WAITING, DUE}
    return [one for one in expected(today=today, agreements=asked) if one.period == period and one.state in states]
