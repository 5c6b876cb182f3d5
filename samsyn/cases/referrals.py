"""Referrals (*slussning*): the kind of actor a person is guided to, the day of asking how it went, what became of it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

NOT_ASKED, TAKEN_ON, TURNED_AWAY, DECLINED, NOT_REACHED = (
    "not_asked",
    "taken_on",
    "turned_away",
    "declined",
    "not_reached",
)
OUTCOMES = (NOT_ASKED, TAKEN_ON, TURNED_AWAY, DECLINED, NOT_REACHED)
MOST = 20


class NotAReferral(ValueError):
    """What was sent is no referral."""


class NoDay(NotAReferral):
    """Nobody has asked yet, and no day is set to do it."""


@dataclass(frozen=True)
class Referral:
    """One referral. ``actor`` is a code of the list ``referral``; a day is kept only while the answer is waited for."""

    actor: str
    whom: str
    follow_up_on: date | None
    outcome: str

    def is_due(self, today: date) -> bool:
        """Say whether the day of asking has come."""
        return self.follow_up_on is not None and self.follow_up_on <= today


def build(*, actor: str, whom: str, follow_up_on: date | None, outcome: str) -> Referral:
    """Return a referral; raise NoDay, or NotAReferral for an outcome that isn't known.

    Whom nobody reached may be asked again on a day; every other outcome ends the waiting.
    """
    if outcome not in OUTCOMES:
        raise NotAReferral
    if outcome == NOT_ASKED and follow_up_on is None:
        raise NoDay
    return Referral(actor, whom, follow_up_on if outcome in (NOT_ASKED, NOT_REACHED) else None, outcome)


def as_data(referrals: Iterable[Referral]) -> list[dict[str, str]]:
    """Return what is encrypted."""
    return [
        {
            "actor": one.actor,
            "whom": one.whom,
            "follow_up_on": one.follow_up_on.isoformat() if one.follow_up_on else "",
            "outcome": one.outcome,
        }
        for one in referrals
    ]


def from_data(data: Sequence[Mapping[str, str]]) -> tuple[Referral, ...]:
    """Return what was encrypted."""
    return tuple(
        build(
            actor=row["actor"],
            whom=row["whom"],
            follow_up_on=date.fromisoformat(row["follow_up_on"]) if row["follow_up_on"] else None,
            outcome=row["outcome"],
        )
        for row in data
    )


def next_day(referrals: Iterable[Referral]) -> date | None:
    """Return the first day on which somebody is to ask how a referral went, or None."""
    return min((one.follow_up_on for one in referrals if one.follow_up_on), default=None)
