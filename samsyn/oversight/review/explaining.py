"""Which piece of data explains an access: a grant, duty and a code, supervision, a hand-over, broken glass. Pure.

What nothing explains should be impossible, since the keeper lets nobody in without a ground; so it is an incident.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from samsyn.oversight.review.limits import Limits
from samsyn.oversight.review.seen import ACCESSES, Seen

OWN, GRANT, HAND_OVER, SUPERVISION = "own", "grant", "hand_over", "supervision"
CODE, EMERGENCY, REFUSED, NOTHING = "code", "emergency", "refused", "nothing"
_BY_PURPOSE = {"support": GRANT, "handover": HAND_OVER, "supervision": SUPERVISION}
_CODES = ("case_code_opened", "case_code_opened_under_duress")


@dataclass(frozen=True)
class Explained:
    """An access with what explains it, and the event that does."""

    access: Seen
    by: str
    ground: Seen | None = None


class Grounds:
    """Everything that can explain an access, by case and by person."""

    def __init__(self, events: Iterable[Seen]) -> None:
        self.of_case: dict[str, list[Seen]] = defaultdict(list)
        self.duty: dict[str, list[Seen]] = defaultdict(list)
        for one in sorted(events, key=lambda event: (event.at, event.id)):
            if one.kind.startswith("duty_"):
                self.duty[one.actor].append(one)
            elif one.subject:
                self.of_case[one.subject].append(one)

    def was_on_duty(self, person: str, event: Seen) -> bool:
        """Say whether the person's latest shift had begun and not ended."""
        shifts = [one for one in self.duty[person] if one.at <= event.at]
        return bool(shifts) and shifts[-1].kind == "duty_begun"


def explained(access: Seen, grounds: Grounds, limits: Limits) -> Explained:
    """Return what explains an access, the strongest ground first."""
    before = [one for one in grounds.of_case[access.subject] if one.at <= access.at]
    if any(one.kind == "case_not_opened" and (one.actor, one.at) == (access.actor, access.at) for one in before):
        return Explained(access, REFUSED)
    for one in reversed(before):
        found = _ground(one, access, grounds, limits)
        if found == NOTHING:  # taken away: what came earlier explains nothing any more
            break
        if found:
            return Explained(access, found, one)
    return Explained(access, NOTHING)


def _ground(one: Seen, access: Seen, grounds: Grounds, limits: Limits) -> str:
    """Say what an earlier event of the case means for this access: a ground, its end, or "" for neither."""
    age = access.at - one.at
    if one.kind == "case_revoked" and one.says("account") == access.actor:
        return NOTHING
    if one.kind == "case_withdrawn" and one.actor == access.actor:
        return NOTHING
    if one.kind == "emergency_opened" and one.says("reader") == access.actor:
        return EMERGENCY if age <= limits.held else ""
    if one.kind == "case_shared" and one.says("grantee") == access.actor and one.id != access.id:
        # A new grant takes the place of the earlier one: when it is over, the earlier one is not there any more.
        return _BY_PURPOSE.get(one.says("purpose"), NOTHING) if age <= timedelta(hours=_hours(one)) else NOTHING
    if one.actor != access.actor:
        return ""
    if one.kind == "case_created" and one.says("kind") == "ordinary":
        return OWN if age <= limits.owner else ""
    if one.kind in _CODES or one.kind == "case_created":
        return CODE if age <= limits.held and grounds.was_on_duty(access.actor, one) else ""
    return ""


def _hours(one: Seen) -> int:
    hours = one.facts.get("hours", 0)
    return hours if isinstance(hours, int) else 0


def explain_all(events: Sequence[Seen], *, grounds: Iterable[Seen], limits: Limits) -> Mapping[str, Explained]:
    """Return the explanation of every access among the events, by the access's id."""
    known = Grounds(grounds)
    return {one.id: explained(one, known, limits) for one in events if one.kind in ACCESSES}
