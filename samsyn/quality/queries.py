"""Reads: measurements with their plans and reports, deviations with what became of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from samsyn.contacts import queries as contacts
from samsyn.people.actors import Actor
from samsyn.privacy import few
from samsyn.quality import policies
from samsyn.quality.models import Deviation, Period
from samsyn.questions import queries as questions
from samsyn.questions.asking import in_active_language
from samsyn.vocabulary import queries as vocabulary


@dataclass(frozen=True)
class PeriodRow:
    """A measurement in a list and on its page."""

    id: UUID
    number: int
    in_force_id: UUID
    title: str
    first_on: date
    last_on: date
    sample: str
    nth: int
    seed: int
    days: tuple[date, ...]
    is_over: bool
    was_stopped: bool
    planned_by: str
    planned_at: datetime
    ended_at: datetime | None
    report: dict[str, Any] | None
    questions: tuple[str, ...] = ()
    # While it runs: how many were in the sample so far, None under five; the answers wait for the end.
    in_sample: int | None = None


@dataclass(frozen=True)
class DeviationRow:
    """A deviation, and the version of the template that took it up, if any has."""

    id: UUID
    template: str
    number: int
    item: str
    kind: str
    reason: str
    reported_on: date
    decision: str
    taken_up_by: int | None
    taken_up_from: date | None


def periods(*, by: Actor) -> tuple[PeriodRow, ...]:
    """Return the measurements, the latest first."""
    policies.check_can_see(by)
    return tuple(_row(row) for row in Period.objects.order_by("-number"))


def period(*, period_id: UUID, by: Actor) -> PeriodRow:
    """Return one measurement with its questions; raise LookupError if there is none."""
    policies.check_can_see(by)
    row = Period.objects.filter(id=period_id).first()
    if row is None:
        raise LookupError("no such measurement")
    instrument = questions.instrument_version(version_id=row.version_id, on=row.first_on)
    number = contacts.measured(in_force_id=row.in_force_id).in_sample if row.report is None else 0
    return _row(
        row,
        questions=tuple(question.wording for question in instrument.questions),
        in_sample=number if number >= few.FEWEST else None,
    )


def deviations(*, by: Actor) -> tuple[DeviationRow, ...]:
    """Return the deviations, undecided first, then the latest."""
    policies.check_can_see(by)
    rows = Deviation.objects.order_by("-reported_on", "id")
    return tuple(sorted((_deviation(row) for row in rows), key=lambda row: row.decision != Deviation.Decision.OPEN))


def _row(row: Period, **more: Any) -> PeriodRow:
    return PeriodRow(
        id=row.id,
        number=row.number,
        in_force_id=row.in_force_id,
        title=in_active_language(row.title_sv, row.title_en),
        first_on=row.first_on,
        last_on=row.last_on,
        sample=row.sample,
        nth=row.nth,
        seed=row.seed,
        days=tuple(row.days),
        is_over=row.state != Period.State.PLANNED,
        was_stopped=row.state == Period.State.STOPPED,
        planned_by=row.planned_by,
        planned_at=row.planned_at,
        ended_at=row.ended_at,
        report=row.report,
        **more,
    )


def _deviation(row: Deviation) -> DeviationRow:
    template = questions.template_version(version_id=row.template_version_id)
    lines = {line.code: line.text for line in (*template.ask, *template.inform)}
    later = None
    if row.decision == Deviation.Decision.REVISE:
        published = [
            one for one in questions.template_versions(code=row.template) if one.published_at and not one.is_draft
        ]
        after = [
            one
            for one in published
            if one.published_at
            and row.decided_at
            and one.published_at >= row.decided_at
            and one.number > row.template_number
        ]
        later = min(after, key=lambda one: one.number, default=None)
    return DeviationRow(
        id=row.id,
        template=template.title,
        number=row.template_number,
        item=lines.get(row.item, ""),
        kind=vocabulary.label("deviation_kind", row.kind),
        reason=vocabulary.label("deviation_reason", row.reason),
        reported_on=row.reported_on,
        decision=row.decision,
        taken_up_by=later.number if later else None,
        taken_up_from=later.valid_from if later else None,
    )
