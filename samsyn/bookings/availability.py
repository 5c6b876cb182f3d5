"""Free times: weekly rules by the clock, dated exceptions, what is taken, and a kind's standard. Pure: no Django."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import repeat
from typing import NamedTuple

from samsyn.bookings.local_times import minute_of

# Times begin at the quarters of an hour: people say them, and the list stays short.
STEP_MINUTES = 15
Span = tuple[int, int]


@dataclass(frozen=True)
class Rule:
    """A host's open hours on a weekday (Monday is 0), in minutes of the day on the clock."""

    host: int
    weekday: int
    first_minute: int
    last_minute: int
    first_day: date
    last_day: date | None = None


@dataclass(frozen=True)
class Exceptional:
    """A date on which a host (or, without one, everybody) is away or can be met beside the rules."""

    host: int | None
    day: date
    first_minute: int
    last_minute: int
    is_open: bool


@dataclass(frozen=True)
class Standard:
    """What a kind of meeting demands of a time."""

    minutes: int
    before_minutes: int = 0
    after_minutes: int = 0
    notice: timedelta = timedelta()
    lead: timedelta = timedelta(days=90)
    most_a_day: int = 1000


class Taken(NamedTuple):
    """A span that a host's booking takes, with the room around it; in seconds since 1970, as thousands are read."""

    host: int
    begins: int
    ends: int


class Slot(NamedTuple):
    """A free time of a host."""

    starts_at: datetime
    host: int


def free_slots(
    *,
    hosts: Sequence[int],
    rules: Iterable[Rule],
    exceptions: Iterable[Exceptional],
    taken: Iterable[Taken],
    standard: Standard,
    at: datetime,
    first_day: date,
    last_day: date,
) -> list[Slot]:
    """Return the free times from one day to another, both included, the earliest first; times are UTC.

    The meeting itself lies within the open hours; the room before and after may reach outside them, not into another
    booking's. ``at`` is now: what is nearer than the notice or farther than the lead is left out.
    """
    by_place = _rules_by_place(rules)
    away, extra = _exceptions_by_place(exceptions)
    busy = _spans_by_host(taken)
    earliest = _seconds(at + standard.notice)
    latest = _seconds(at + standard.lead)
    # Many hosts share a moment: each is made once, and nothing needs to be sorted but the moments.
    free: dict[int, list[int]] = defaultdict(list)
    for offset in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=offset)
        midnight, next_midnight = _seconds(minute_of(day, 0)), _seconds(minute_of(day, 1440))
        # On all days but two a minute of the clock is a minute after midnight.
        is_even = next_midnight - midnight == 86_400
        for host in sorted(hosts):
            spans = _open_minutes(day, host, by_place, away, extra)
            if not spans:
                continue
            counted, busy_spans = _of_day(busy.get(host, ([], [])), midnight, next_midnight)
            if counted >= standard.most_a_day:
                continue
            for first, last in spans:
                if is_even:
                    span = (midnight + first * 60, midnight + last * 60)
                else:
                    span = (_seconds(minute_of(day, first)), _seconds(minute_of(day, last)))
                for start in _starts(span, busy_spans, standard, earliest, latest):
                    free[start].append(host)
    return [
        slot for start in sorted(free) for slot in map(Slot, repeat(datetime.fromtimestamp(start, UTC)), free[start])
    ]


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _rules_by_place(rules: Iterable[Rule]) -> Mapping[tuple[int, int], list[Rule]]:
    found: dict[tuple[int, int], list[Rule]] = defaultdict(list)
    for rule in rules:
        found[rule.host, rule.weekday].append(rule)
    return found


Places = Mapping[tuple[int | None, date], list[Span]]


def _exceptions_by_place(exceptions: Iterable[Exceptional]) -> tuple[Places, Places]:
    away: dict[tuple[int | None, date], list[Span]] = defaultdict(list)
    extra: dict[tuple[int | None, date], list[Span]] = defaultdict(list)
    for one in exceptions:
        (extra if one.is_open else away)[one.host, one.day].append((one.first_minute, one.last_minute))
    return away, extra


def _spans_by_host(taken: Iterable[Taken]) -> dict[int, tuple[list[int], list[Span]]]:
    spans: dict[int, list[Span]] = defaultdict(list)
    for host, begins, ends in taken:
        spans[host].append((begins, ends))
    found = {}
    for host, own in spans.items():
        own.sort()
        # A host's spans never overlap (the database holds it), so their ends rise too.
        found[host] = ([end for _start, end in own], own)
    return found


def _of_day(own: tuple[list[int], list[Span]], midnight: int, next_midnight: int) -> tuple[int, list[Span]]:
    """Return how many bookings begin on the day, and the spans that could touch one of it."""
    ends, spans = own
    at = bisect_left(ends, midnight - 86_400)
    near = []
    counted = 0
    for span in spans[at:]:
        if span[0] >= next_midnight + 86_400:
            break
        near.append(span)
        counted += midnight <= span[0] < next_midnight
    return counted, near


def _open_minutes(
    day: date, host: int, by_place: Mapping[tuple[int, int], list[Rule]], away: Places, extra: Places
) -> list[Span]:
    spans = [
        (rule.first_minute, rule.last_minute)
        for rule in by_place.get((host, day.weekday()), ())
        if rule.first_day <= day and (rule.last_day is None or day <= rule.last_day)
    ]
    for shut in (*away.get((None, day), ()), *away.get((host, day), ())):
        spans = [part for span in spans for part in _without(span, shut)]
    spans += [*extra.get((None, day), ()), *extra.get((host, day), ())]
    return _joined(spans)


def _without(span: Span, shut: Span) -> list[Span]:
    first, last = span
    parts = [(first, min(last, shut[0])), (max(first, shut[1]), last)]
    return [part for part in parts if part[0] < part[1]]


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _starts(span: Span, busy: Sequence[Span], standard: Standard, earliest: int, latest: int) -> list[int]:
    """Return the starts within an open span: at quarters of an hour, and free with the room around them."""
    length, before, after = (60 * m for m in (standard.minutes, standard.before_minutes, standard.after_minutes))
    step = STEP_MINUTES * 60
    found: list[int] = []
    start = -(-max(span[0], earliest) // step) * step
    last = min(span[1] - length, latest)
    for begin, end in busy:
        # Up to the last start whose meeting, with the room after it, ends as this booking begins; on after its end.
        found += range(start, min(last, begin - length - after) + 1, step)
        start = max(start, -(-(end + before) // step) * step)
        if start > last:
            return found
    found += range(start, last + 1, step)
    return found
