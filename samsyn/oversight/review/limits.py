"""Every number of the log review, in one place, with the day from which it holds. Pure.

All are proposals until the operator's own experience says otherwise. A number that is changed gets a new line with its
day, so that a week that has been reviewed can be computed again as it was.
"""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Limits:
    """What the rules count up to."""

    since: date
    # How long a key that a code or an emergency gave is held (security.md 0.3 and 3).
    held: timedelta = timedelta(minutes=60)
    # How long an owner's own grant lasts (cases.policies.OWNER_DAYS); the farthest that an explanation reaches back.
    owner: timedelta = timedelta(days=365)
    # The keeper refuses the thirteenth case in an hour (security.md 2); a flag comes earlier.
    cases_an_hour: int = 8
    cases_a_day: int = 20
    # Reading the same case so often without a word written is curiosity until it is explained.
    reads_without_writing: int = 5
    # A granted colleague who has read so often and written nothing.
    granted_reads: int = 3
    refused_codes: int = 3
    refused_cases: int = 3
    refused_keys: int = 4
    # Reading soon after somebody else changed how the person may be reached: what a family would look for.
    after_rules: timedelta = timedelta(hours=24)
    # An export so soon after the first reading was perhaps the purpose of it.
    export_after_reading: timedelta = timedelta(hours=24)
    emergencies: int = 2
    emergencies_within: timedelta = timedelta(days=30)
    reciprocal_within: timedelta = timedelta(days=30)
    # Accounts and roles are changed in the day (hours of Stockholm).
    night_begins: int = 22
    night_ends: int = 6
    # A review takes longer than this; so many in a row that didn't are none.
    seconds_a_review: int = 5
    quick_reviews: int = 5
    # Of what is explained, this share is looked at all the same, and never fewer than so many.
    sample_share: float = 0.05
    sample_least: int = 5
    # When a round should be done, counted from its last day.
    review_within: timedelta = timedelta(days=7)


VERSIONS = (Limits(since=date(2026, 1, 1)),)


def limits_on(day: date) -> Limits:
    """Return the limits that held on a day; the first ones for days before them."""
    return next((one for one in reversed(VERSIONS) if one.since <= day), VERSIONS[0])
