"""From a call that is over to its fact: coarse time, bands, no way back. Pure: no Django."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from samsyn.channels.call_states import MAILBOX, CallState

STOCKHOLM = ZoneInfo("Europe/Stockholm")
# (upper limit of the hour on the clock, code): the line is open 9 to 12.
HOURS = ((9, "before_09"), (10, "09_10"), (11, "10_11"), (12, "11_12"))
HOUR_BANDS = (*(code for _limit, code in HOURS), "after_12")
# (upper limit in minutes, code)
WAITS = ((1, "under_1"), (3, "1_3"), (5, "3_5"), (10, "5_10"))
WAIT_BANDS = (*(code for _limit, code in WAITS), "10_plus", "unknown")
# The same for a mailbox, whose waits are counted in days.
MAILBOX_WAITS = ((1440, "under_1_day"), (2 * 1440, "1_2_days"), (4 * 1440, "2_4_days"))
MAILBOX_WAIT_BANDS = (*(code for _limit, code in MAILBOX_WAITS), "4_days_plus")
LENGTHS = ((10, "under_10"), (20, "10_20"), (40, "20_40"))


def fact(state: CallState, *, channel: str, queue: str, is_out_of_hours: bool) -> dict[str, str | int | bool]:
    """Return the columns of the fact of a call that is over."""
    clock = state.arrived_at.astimezone(STOCKHOLM)
    waits = (MAILBOX_WAITS, "4_days_plus") if channel == MAILBOX else (WAITS, "10_plus")
    # What is written over days has no length.
    has_length = state.answered_at is not None and channel != MAILBOX
    return {
        "year": clock.year,
        "quarter": (clock.month + 2) // 3,
        "hour_band": hour_band(state.arrived_at),
        "channel": channel,
        "queue": queue,
        "outcome": state.outcome,
        "wait_band": _band(state.wait, *waits),
        "length_band": _band(state.length, LENGTHS, "40_plus") if has_length else "not_applicable",
        "is_out_of_hours": is_out_of_hours,
        "is_stuck": state.is_stuck,
    }


def hour_band(moment: datetime) -> str:
    """Return the band of the hour on the clock in Stockholm."""
    hour = moment.astimezone(STOCKHOLM).hour
    return next((code for limit, code in HOURS if hour < limit), "after_12")


def _band(length: timedelta | None, limits: Sequence[tuple[int, str]], above: str) -> str:
    if length is None:
        return "unknown"
    return next((code for limit, code in limits if length < timedelta(minutes=limit)), above)
