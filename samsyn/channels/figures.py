"""Availability: what became of those who came, by channel, hour and wait, never exact where few. Pure: no Django.

Every figure is rounded to five and none below five is shown, each by itself: what is subtracted from a sum is as rough
as the sum.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from samsyn.channels.call_facts import HOUR_BANDS, MAILBOX_WAIT_BANDS, WAIT_BANDS
from samsyn.channels.call_states import CHAT, MAILBOX, OUTCOMES

FEWEST = 5
CHANNELS = ("phone", CHAT, MAILBOX)


@dataclass(frozen=True)
class Figure:
    """A rounded number, or None for one to four."""

    number: int | None


@dataclass(frozen=True)
class Availability:
    """What became of those who came in a period, by channel and outcome.

    A mailbox is always open, so only calls and chats are told by hour band and outcome, with the sum over the day, and
    as a number that came out of hours. Waits are those of the answered: calls and chats in minutes, mailboxes in days.
    """

    channels: dict[str, dict[str, Figure]]
    total: Figure
    outcomes: dict[str, Figure]
    by_hour: dict[str, dict[str, Figure]]
    out_of_hours: Figure
    waits: dict[str, Figure]
    mailbox_waits: dict[str, Figure]


def rounded(number: int) -> Figure:
    """Return the number to the nearest five; one to four are not told."""
    if 0 < number < FEWEST:
        return Figure(None)
    return Figure((number + 2) // 5 * 5)


def availability(rows: Iterable[tuple[str, str, str, str, bool, int]]) -> Availability:
    """Return the figures of (channel, hour band, outcome, wait band, out of hours, number) rows."""
    by_channel: Counter[tuple[str, str]] = Counter()
    by_hour: Counter[tuple[str, str]] = Counter()
    waits: Counter[str] = Counter()
    out_of_hours = 0
    for channel, hour, outcome, wait, is_out, number in rows:
        if is_out:
            out_of_hours += number
            continue
        by_channel[channel, outcome] += number
        if channel != MAILBOX:
            by_hour[hour, outcome] += number
        if outcome == OUTCOMES[0]:
            waits[wait] += number
    return Availability(
        channels={one: {outcome: rounded(by_channel[one, outcome]) for outcome in OUTCOMES} for one in CHANNELS},
        total=rounded(sum(by_hour.values())),
        outcomes={outcome: rounded(sum(by_hour[hour, outcome] for hour in HOUR_BANDS)) for outcome in OUTCOMES},
        by_hour={hour: {outcome: rounded(by_hour[hour, outcome]) for outcome in OUTCOMES} for hour in HOUR_BANDS},
        out_of_hours=rounded(out_of_hours),
        waits={wait: rounded(waits[wait]) for wait in WAIT_BANDS},
        mailbox_waits={wait: rounded(waits[wait]) for wait in MAILBOX_WAIT_BANDS},
    )
