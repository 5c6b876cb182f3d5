"""Times on the clock in Stockholm, and the two hours of a year that it skips or shows twice. Pure: no Django."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class NoSuchTime(ValueError):
    """The clock skips this time: in spring it goes from 02.00 to 03.00."""


class TwoSuchTimes(ValueError):
    """The clock shows this time twice: in autumn it goes from 03.00 back to 02.00."""


def exact(local: datetime, *, fold: int | None = None) -> datetime:
    """Return the moment (UTC) of a time on the clock.

    Raise NoSuchTime for a time that the clock skips, TwoSuchTimes for one that it shows twice unless ``fold`` says
    which: 0 is the first, in summer time, 1 the second.
    """
    if local.tzinfo is not None:
        raise ValueError("a time on the clock has no zone")
    first, second = (local.replace(tzinfo=STOCKHOLM, fold=number).astimezone(UTC) for number in (0, 1))
    if first == second:
        return first
    if first.astimezone(STOCKHOLM).replace(tzinfo=None, fold=0) != local:
        raise NoSuchTime(local.isoformat())
    if fold is None:
        raise TwoSuchTimes(local.isoformat())
    return second if fold else first


def on_the_clock(moment: datetime) -> datetime:
    """Return the time on the clock of a moment, without a zone."""
    return moment.astimezone(STOCKHOLM).replace(tzinfo=None, fold=0)


def minute_of(day: date, minute: int) -> datetime:
    """Return the moment at which a span that begins or ends at this minute of the day does so.

    A skipped minute is the moment of the change, a doubled one the first of the two; 1440 is the next midnight.
    """
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    try:
        return exact(local, fold=0)
    except NoSuchTime:
        # The later offset gives a moment before the change, the earlier one a moment after it; between them it lies.
        before = local.replace(tzinfo=STOCKHOLM, fold=1).astimezone(UTC)
        while on_the_clock(before) < local:
            before += timedelta(minutes=1)
        return before


def day_of(moment: datetime) -> date:
    """Return the date in Stockholm."""
    return moment.astimezone(STOCKHOLM).date()
