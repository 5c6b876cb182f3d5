"""Reads of the survey: rounds, who was asked and who has answered, and what of closed rounds is public."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Count, Q, QuerySet

from samsyn.deliveries.models import Deliverer, Reply, Round
from samsyn.deliveries.policies import Sender
from samsyn.deliveries.survey.answers import Answers, still_known
from samsyn.questions import queries as questions
from samsyn.questions.exchange import methods
from samsyn.questions.exchange.package import Package


@dataclass(frozen=True)
class RoundRow:
    """A round with its response."""

    id: UUID
    year: int
    version: str
    opened_at: datetime
    closes_on: date
    closed_at: datetime | None
    asked: int
    answered: int
    from_figures: dict[str, int | None] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """Return how many have answered, in per cent of those asked."""
        return 100 * self.answered / self.asked if self.asked else None


def _counted() -> QuerySet[Round]:
    answered = Count("replies", filter=Q(replies__answers__isnull=False))
    return Round.objects.filter(package=methods.CODE).annotate(asked=Count("replies"), answered=answered)


def _row(one: Any) -> RoundRow:
    return RoundRow(
        *(one.pk, one.year, one.version, one.opened_at, one.closes_on, one.closed_at, one.asked, one.answered),
        one.from_figures,
    )


def rounds() -> list[RoundRow]:
    """Return every round, the latest first."""
    return [_row(one) for one in _counted().order_by("-year")]


def round_by_id(round_id: UUID) -> RoundRow:
    """Return a round; raise LookupError."""
    found = _counted().filter(pk=round_id).first()
    if found is None:
        raise LookupError("no such round")
    return _row(found)


def package_of(version: str) -> Package:
    """Return the questions of a round; raise LookupError."""
    return questions.package_version(methods.CODE, version)


def versions() -> list[str]:
    """Return the versions that a round can be opened with, the latest first."""
    known = [one.package for one in questions.decided_packages(methods.CODE)]
    return [one.version for one in reversed(known) if one.status != "retired"]


def to_ask() -> QuerySet[Deliverer]:
    """Return whom a round asks: every organisation of the register but vendors and the operators of support lines."""
    return Deliverer.objects.filter(is_test=False).exclude(kind=Deliverer.Kind.OPERATOR).order_by("code")


@dataclass(frozen=True)
class ReplyRow:
    """An organisation that is asked, as the centre sees it."""

    code: str
    name: str
    county: str
    answers: Answers | None
    answered_at: datetime | None
    reminded_at: datetime | None


def replies(round_id: UUID) -> list[ReplyRow]:
    """Return who was asked in a round and what they answered, by code."""
    rows = Reply.objects.filter(round_id=round_id).order_by("deliverer__code")
    names = ("deliverer__code", "deliverer__name", "deliverer__county", "answers", "answered_at", "reminded_at")
    return [ReplyRow(*row) for row in rows.values_list(*names)]


def not_asked(round_id: UUID) -> int:
    """Return how many organisations have come into the register since a round was opened."""
    return to_ask().exclude(pk__in=Reply.objects.filter(round_id=round_id).values("deliverer")).count()


@dataclass(frozen=True)
class Question:
    """What the survey asks one organisation: the open round, and what stands in the form when it is opened."""

    round_id: UUID
    year: int
    version: str
    closes_on: date
    answered_at: datetime | None
    reminded_at: datetime | None
    answers: Answers
    taken_from: int | None
    """The year of the round whose answers stand in the form; None where they are this round's or none."""


def asked(sender: Sender) -> Question | None:
    """Return what an organisation is asked now; None where it is asked nothing."""
    own = Reply.objects.filter(deliverer_id=sender.deliverer_id, round__package=methods.CODE).select_related("round")
    now = own.filter(round__closed_at=None).first()
    if now is None:
        return None
    answers, taken_from = now.answers, None
    if answers is None:
        before = own.filter(answers__isnull=False, round__year__lt=now.round.year).order_by("-round__year").first()
        answers = still_known(package_of(now.round.version), before.answers or {}) if before else {}
        taken_from = before.round.year if before else None
    return Question(
        round_id=now.round_id,
        year=now.round.year,
        version=now.round.version,
        closes_on=now.round.closes_on,
        answered_at=now.answered_at,
        reminded_at=now.reminded_at,
        answers=answers,
        taken_from=taken_from,
    )


@dataclass(frozen=True)
class ClosedRound:
    """A closed round as the public's role reads it: organisations and their answers, no person and no time of theirs."""

    year: int
    package: Package
    opened_at: datetime
    closed_at: datetime
    from_figures: dict[str, int | None]
    replies: tuple[tuple[str, str, Answers | None], ...]
    """Name, county and answers of everybody who was asked."""


def latest_closed(*, using: str = "default") -> ClosedRound | None:
    """Return the latest closed round, if there is one."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT id, version, year, opened_at, closed_at, from_figures::text FROM deliveries_closed_round"
            " WHERE package = %s ORDER BY year DESC LIMIT 1",
            [methods.CODE],
        )
        found = cursor.fetchone()
        if found is None:
            return None
        cursor.execute(
            "SELECT name, county, answers::text FROM deliveries_closed_reply WHERE round_id = %s ORDER BY name",
            [found[0]],
        )
        rows = cursor.fetchall()
    decided = {one.package.version: one.package for one in questions.decided_packages(methods.CODE, using=using)}
    return ClosedRound(
        year=found[2],
        package=decided[found[1]],
        opened_at=found[3],
        closed_at=found[4],
        from_figures=json.loads(found[5]),
        replies=tuple((name, county, json.loads(said) if said else None) for name, county, said in rows),
    )
