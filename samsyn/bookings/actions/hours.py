"""Who can be met for what, weekly hours, dated exceptions and the kinds of meetings."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.bookings import events, policies
from samsyn.bookings.models import DayException, Host, Kind, WeeklyRule
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid


@dataclass(frozen=True)
class KindStandard:
    """What a team lead decides of a kind of meeting."""

    minutes: int
    before_minutes: int
    after_minutes: int
    notice_hours: int
    lead_days: int
    capacity: int
    most_a_day: int
    is_public: bool


@transaction.atomic
def change_kind(*, kind: str, standard: KindStandard, by: Actor, at: datetime) -> None:
    """Change a kind's standard from now on; what is booked keeps its length and its room."""
    policies.check_can_manage(by)
    found = Kind.objects.select_for_update().filter(pk=kind).first()
    if found is None:
        raise LookupError("no such kind")
    policies.check_standard(
        minutes=standard.minutes,
        around=(standard.before_minutes, standard.after_minutes),
        lead_days=standard.lead_days,
        notice_hours=standard.notice_hours,
        capacity=standard.capacity,
        most_a_day=standard.most_a_day,
    )
    names = [field.name for field in fields(standard)]
    for name in names:
        setattr(found, name, getattr(standard, name))
    found.save(update_fields=names)
    audit.record(events.KIND_CHANGED, by=by, at=at, facts={"kind": kind})


@transaction.atomic
def set_host(*, account_id: UUID, kinds: Collection[str], by: Actor, at: datetime) -> int:
    """Say for which kinds an account can be booked, and return its number as a host; none of them ends new bookings."""
    policies.check_can_manage(by)
    wanted = sorted(set(kinds))
    if Kind.objects.filter(pk__in=wanted).count() != len(wanted):
        raise Invalid(_("Mötesslaget finns inte."))
    host, _made = Host.objects.update_or_create(account_id=account_id, defaults={"kinds": wanted})
    audit.record(events.HOST_CHANGED, by=by, at=at, subject=str(account_id))
    return host.pk


@transaction.atomic
def add_hours(
    *,
    host: int,
    weekday: int,
    first_minute: int,
    last_minute: int,
    first_day: date,
    last_day: date | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Open weekly hours, by the clock in Stockholm; raise Invalid if they overlap others of the host."""
    policies.check_can_change_times_of(_account(host), by)
    policies.check_minutes(first_minute, last_minute)
    if not 0 <= weekday <= 6:
        raise Invalid(_("Veckodagen finns inte."))
    if last_day is not None and last_day < first_day:
        raise Invalid(_("Sista dagen kan inte vara före den första."))
    rule = WeeklyRule(
        host_id=host,
        weekday=weekday,
        first_minute=first_minute,
        last_minute=last_minute,
        first_day=first_day,
        last_day=last_day,
    )
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid(_("Tiderna överlappar andra tider samma veckodag. Ändra eller avsluta dem först.")) from error
    audit.record(events.HOURS_ADDED, by=by, at=at, subject=str(rule.pk))
    return rule.pk


@transaction.atomic
def end_hours(*, rule_id: UUID, last_day: date, by: Actor, at: datetime) -> None:
    """Let weekly hours end with this day; hours that would end before they begin are taken away."""
    rule = WeeklyRule.objects.select_for_update(of=("self",)).select_related("host").filter(pk=rule_id).first()
    if rule is None:
        raise LookupError("no such hours")
    policies.check_can_change_times_of(rule.host.account_id, by)
    if last_day < rule.first_day:
        rule.delete()
    else:
        rule.last_day = last_day if rule.last_day is None else min(last_day, rule.last_day)
        rule.save(update_fields=["last_day"])
    audit.record(events.HOURS_ENDED, by=by, at=at, subject=str(rule_id))


@transaction.atomic
def add_exception(
    *,
    host: int | None,
    day: date,
    is_open: bool,
    first_minute: int = 0,
    last_minute: int = 1440,
    by: Actor,
    at: datetime,
) -> UUID:
    """Note that a host (or, without one, everybody) is away on a date, or can be met beside the weekly hours.

    What is booked already stays booked: the page shows it beside the exception.
    """
    policies.check_can_change_times_of(_account(host) if host is not None else None, by)
    policies.check_minutes(first_minute, last_minute)
    made = DayException(host_id=host, day=day, is_open=is_open, first_minute=first_minute, last_minute=last_minute)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid(_("Undantaget finns redan.")) from error
    audit.record(events.EXCEPTION_ADDED, by=by, at=at, subject=str(made.pk))
    return made.pk


@transaction.atomic
def remove_exception(*, exception_id: UUID, by: Actor, at: datetime) -> None:
    """Take an exception away."""
    found = DayException.objects.select_related("host").filter(pk=exception_id).first()
    if found is None:
        raise LookupError("no such exception")
    policies.check_can_change_times_of(found.host.account_id if found.host else None, by)
    audit.record(events.EXCEPTION_REMOVED, by=by, at=at, subject=str(exception_id))
    found.delete()


def _account(host: int) -> UUID:
    account = Host.objects.filter(pk=host).values_list("account_id", flat=True).first()
    if account is None:
        raise LookupError("no such host")
    return account
