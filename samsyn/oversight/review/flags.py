"""What is worth a look: one rule, one function over events. Pure.

A rule gets the events of the period and those before it that it may need, in the order of time, and returns a flag for
each event that completes its pattern. It says what was seen, never that somebody did wrong.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from samsyn.oversight.review.explaining import NOTHING, Grounds, explained
from samsyn.oversight.review.limits import Limits
from samsyn.oversight.review.seen import ACCESSES, READS, WRITES, Seen

_STOCKHOLM = ZoneInfo("Europe/Stockholm")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Flag:
    """An event that a rule points at."""

    rule: str
    event: Seen


@dataclass(frozen=True)
class Period:
    """The events of a period and those that went before, oldest first."""

    events: Sequence[Seen]
    before: Sequence[Seen]
    limits: Limits

    @property
    def all(self) -> list[Seen]:
        """Return both, oldest first."""
        return [*self.before, *self.events]

    def grounds(self) -> Grounds:
        """Return what can explain an access."""
        return Grounds(self.all)


Rule = Callable[[Period], Iterator[Seen]]


def unexplained(period: Period) -> Iterator[Seen]:
    """An access that no grant, code, supervision, hand-over or emergency explains."""
    grounds = period.grounds()
    for one in period.events:
        if one.kind in ACCESSES and explained(one, grounds, period.limits).by == NOTHING:
            yield one


def emergency(period: Period) -> Iterator[Seen]:
    """Every case that was opened in an emergency."""
    yield from (one for one in period.events if one.kind == "emergency_opened")


def export(period: Period) -> Iterator[Seen]:
    """Every case that left the house."""
    yield from (one for one in period.events if one.kind == "case_exported")


def override(period: Period) -> Iterator[Seen]:
    """Every contact against what the person said of safe contact."""
    yield from (one for one in period.events if one.kind == "outbound_overridden")


def officer_replaced(period: Period) -> Iterator[Seen]:
    """Every exchange of one of the three officers."""
    yield from (one for one in period.events if one.kind == "officer_replaced")


def duress(period: Period) -> Iterator[Seen]:
    """A code for duress, or an erasure under force: somebody may be in danger."""
    yield from (
        one for one in period.events if one.kind in {"case_code_opened_under_duress", "case_erased_under_duress"}
    )


def helpers_words(period: Period) -> Iterator[Seen]:
    """A case that the helpers' words opened: two named people could, and the person may not have been on the line."""
    yield from (one for one in period.events if one.kind == "case_code_opened_by_helpers")


def ties_taken_back(period: Period) -> Iterator[Seen]:
    """Ties of one's own that were declared and aren't any more: whom they kept out of a case is let in again."""
    yield from (one for one in period.events if one.kind == "ties_taken_back")


def passkey_copied(period: Period) -> Iterator[Seen]:
    """A passkey whose own count went back: two of it exist, and one may be in somebody else's hand."""
    yield from (one for one in period.events if one.kind == "passkey_copied")


def outside_duty(period: Period) -> Iterator[Seen]:
    """A case read by somebody who was not on duty."""
    grounds = period.grounds()
    for one in period.events:
        if one.kind in READS and not grounds.was_on_duty(one.actor, one):
            yield one


def many_cases(period: Period) -> Iterator[Seen]:
    """Many different cases by one person within an hour, or within a day."""
    for of_actor in _by_actor(period, READS):
        yield from _first_over(of_actor, _HOUR, period.limits.cases_an_hour, distinct=True)
        yield from _first_over(of_actor, _DAY, period.limits.cases_a_day, distinct=True)


def reading_without_writing(period: Period) -> Iterator[Seen]:
    """The same case read again and again by somebody who wrote nothing in it in between."""
    reads: dict[tuple[str, str], int] = defaultdict(int)
    for one in period.events:
        key = (one.actor, one.subject)
        if one.kind in WRITES:
            reads[key] = 0
        elif one.kind in READS:
            reads[key] += 1
            if reads[key] == period.limits.reads_without_writing:
                yield one


def granted_and_only_read(period: Period) -> Iterator[Seen]:
    """Somebody who was let in to write, has read several times since, and written nothing."""
    reads: dict[tuple[str, str], int] = {}
    in_period = {one.id for one in period.events}
    for one in period.all:
        if one.kind == "case_shared" and "write" in one.says("rights").split("+"):
            reads[one.says("grantee"), one.subject] = 0
        elif one.kind in WRITES:
            reads.pop((one.actor, one.subject), None)
        elif one.kind in READS and (one.actor, one.subject) in reads:
            reads[one.actor, one.subject] += 1
            if reads[one.actor, one.subject] == period.limits.granted_reads and one.id in in_period:
                yield one


def after_closing(period: Period) -> Iterator[Seen]:
    """A case read after it was closed."""
    closed: set[str] = set()
    in_period = {one.id for one in period.events}
    for one in period.all:
        if one.kind == "case_closed":
            closed.add(one.subject)
        elif one.kind in READS and one.subject in closed and one.id in in_period:
            yield one


def after_new_rules(period: Period) -> Iterator[Seen]:
    """A case read soon after somebody else changed how the person may be reached."""
    changed: dict[str, Seen] = {}
    in_period = {one.id for one in period.events}
    for one in period.all:
        if one.kind == "case_written" and one.says("part") == "rules":
            changed[one.subject] = one
        elif one.kind in READS and one.id in in_period and one.subject in changed:
            latest = changed[one.subject]
            if latest.actor != one.actor and one.at - latest.at <= period.limits.after_rules:
                yield one


def export_after_first_reading(period: Period) -> Iterator[Seen]:
    """An export that was asked for soon after the person had read the case for the first time."""
    first: dict[tuple[str, str], datetime] = {}
    in_period = {one.id for one in period.events}
    for one in period.all:
        key = (one.actor, one.subject)
        if one.kind in READS:
            first.setdefault(key, one.at)
        elif one.kind == "case_export_asked" and one.id in in_period:
            since = one.at - first.get(key, one.at)
            if since <= period.limits.export_after_reading:
                yield one


def refused_codes(period: Period) -> Iterator[Seen]:
    """Codes that opened nothing, several within a day by one person."""
    for of_actor in _by_actor(period, frozenset({"case_code_refused"})):
        yield from _first_over(of_actor, _DAY, period.limits.refused_codes)


def refused_cases(period: Period) -> Iterator[Seen]:
    """Cases that somebody had no right to, several within a day by one person."""
    for of_actor in _by_actor(period, frozenset({"case_denied"})):
        yield from _first_over(of_actor, _DAY, period.limits.refused_cases)


def refused_keys(period: Period) -> Iterator[Seen]:
    """Wrong secrets to one's own keys, several within a day: perhaps somebody else at the screen."""
    for of_actor in _by_actor(period, frozenset({"keys_refused"})):
        yield from _first_over(of_actor, _DAY, period.limits.refused_keys)


def frequent_emergencies(period: Period) -> Iterator[Seen]:
    """The same reader in several emergencies within a month."""
    limits, in_period = period.limits, {one.id for one in period.events}
    opened: dict[str, list[datetime]] = defaultdict(list)
    for one in period.all:
        if one.kind == "emergency_opened":
            times = opened[one.says("reader")]
            times.append(one.at)
            recent = [at for at in times if one.at - at <= limits.emergencies_within]
            if len(recent) >= limits.emergencies and one.id in in_period:
                yield one


def reciprocal_approvers(period: Period) -> Iterator[Seen]:
    """Two who approve each other's sharings, exports or contacts against the rules."""
    kinds = {"case_share_approved", "case_export_approved", "override_confirmed"}
    latest: dict[tuple[str, str], datetime] = {}
    in_period = {one.id for one in period.events}
    for one in period.all:
        if one.kind in kinds:
            approver, asker = one.actor, one.says("asked_by")
            back = latest.get((asker, approver))
            if back is not None and one.at - back <= period.limits.reciprocal_within and one.id in in_period:
                yield one
            latest[approver, asker] = one.at


def roles_at_night(period: Period) -> Iterator[Seen]:
    """Accounts or roles changed in the night."""
    kinds = {"account_created", "account_closed", "sign_in_reset", "role_given", "role_ended"}
    for one in period.events:
        hour = one.at.astimezone(_STOCKHOLM).hour
        if one.kind in kinds and (hour >= period.limits.night_begins or hour < period.limits.night_ends):
            yield one


def quick_reviews(period: Period) -> Iterator[Seen]:
    """A reviewer who decides on one thing after the other faster than anybody reads."""
    for of_actor in _by_actor(period, frozenset({"log_reviewed"})):
        run = 0
        for earlier, later in pairwise(of_actor):
            is_quick = later.at - earlier.at < timedelta(seconds=period.limits.seconds_a_review)
            run = run + 1 if is_quick else 0
            if run == period.limits.quick_reviews:
                yield later


def _by_actor(period: Period, kinds: frozenset[str]) -> Iterator[list[Seen]]:
    found: dict[str, list[Seen]] = defaultdict(list)
    for one in period.events:
        if one.kind in kinds:
            found[one.actor].append(one)
    yield from found.values()


def _first_over(events: Sequence[Seen], within: timedelta, most: int, *, distinct: bool = False) -> Iterator[Seen]:
    """Yield the event that makes the window full, then look on from after it: a burst is one flag, not twenty."""
    window: list[Seen] = []
    for one in events:
        window = [earlier for earlier in window if one.at - earlier.at < within]
        window.append(one)
        if (len({event.subject for event in window}) if distinct else len(window)) >= most:
            yield one
            window = []


# In the order in which a reviewer meets them: what should be impossible first.
RULES: tuple[tuple[str, Rule], ...] = (
    ("unexplained", unexplained),
    ("duress", duress),
    ("emergency", emergency),
    ("helpers_words", helpers_words),
    ("ties_taken_back", ties_taken_back),
    ("passkey_copied", passkey_copied),
    ("export", export),
    ("override", override),
    ("officer_replaced", officer_replaced),
    ("frequent_emergencies", frequent_emergencies),
    ("export_after_first_reading", export_after_first_reading),
    ("after_new_rules", after_new_rules),
    ("after_closing", after_closing),
    ("many_cases", many_cases),
    ("reading_without_writing", reading_without_writing),
    ("granted_and_only_read", granted_and_only_read),
    ("outside_duty", outside_duty),
    ("refused_codes", refused_codes),
    ("refused_cases", refused_cases),
    ("refused_keys", refused_keys),
    ("reciprocal_approvers", reciprocal_approvers),
    ("roles_at_night", roles_at_night),
    ("quick_reviews", quick_reviews),
)


def raised(period: Period) -> list[Flag]:
    """Return every flag of a period, rule by rule, each in the order of time."""
    return [Flag(name, one) for name, rule in RULES for one in rule(period)]
