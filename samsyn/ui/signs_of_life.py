"""Whether somebody still sits at a page that asks by itself, by its last sign of life. Pure: no Django.

A page says so each 15 to 75 seconds: a stream by its heartbeat, a script by its questions, a page without script by fetching
itself. A browser that was closed says nothing at all, so time alone tells.
"""

from datetime import datetime, timedelta

# What came sooner after the last sign is not written down: a row is not changed for each question.
SELDOM = timedelta(seconds=10)
# Longer than the longest pause between two questions (75 seconds) and a network that stumbles once.
PERHAPS_AWAY = timedelta(minutes=2)
# Three questions in a row are missing. A telephone that its owner put away for a moment is back by then.
GONE = timedelta(minutes=5)


def is_perhaps_away(seen_at: datetime | None, *, at: datetime) -> bool:
    """Say whether a page is silent for longer than any page is by itself."""
    return seen_at is not None and at - seen_at >= PERHAPS_AWAY


def has_gone(seen_at: datetime | None, *, at: datetime) -> bool:
    """Say whether nobody sits there any more. Of whom no sign was ever kept nothing is said."""
    return seen_at is not None and at - seen_at >= GONE
