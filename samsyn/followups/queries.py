"""Reads: what a link asks, what is due, one follow-up, and results that are never of fewer than five."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from samsyn.followups import links, models, policies
from samsyn.people.actors import Actor
from samsyn.privacy import few
from samsyn.questions import queries as questions
from samsyn.questions.asking import Instrument, Question

DIRECT_CODE, EFFECT_CODE = "direct_follow_up", "effect_follow_up"
OPEN = ("planned", "asked", "reminded")


@dataclass(frozen=True)
class OpenLink:
    """What a link asks; whoever has a follow-up of effects can also end it."""

    instrument: Instrument
    can_be_withdrawn: bool


@dataclass(frozen=True)
class Wished:
    """What was agreed to during a call that is still open; where to reach the professional is not shown again."""

    way: str
    asks_direct: bool
    months: tuple[int, ...]


@dataclass(frozen=True)
class Due:
    """An occasion to call about."""

    id: UUID
    follow_up_id: UUID
    number: int
    month: int
    due_on: date


@dataclass(frozen=True)
class Told:
    """A question with the words of its answers."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class OccasionRow:
    """A time of a follow-up with what was told then."""

    id: UUID
    month: int
    due_on: date
    state: str
    can_be_called: bool
    told: tuple[Told, ...]


@dataclass(frozen=True)
class FollowUpRow:
    """One follow-up: a number instead of a name."""

    id: UUID
    number: int
    way: str
    state: str
    consented_on: date
    has_details: bool
    occasions: tuple[OccasionRow, ...]


@dataclass(frozen=True)
class Result:
    """One question's counted answers in some groups, with what may be shown of each."""

    question: Question
    columns: tuple[str, ...]
    shown: tuple[few.Shown, ...]


@dataclass(frozen=True)
class Planned:
    """When a matter is followed up, and how far that has come."""

    month: int
    due_on: date
    state: str


def occasions_of(matter_id: UUID) -> tuple[Planned, ...]:
    """Return the times at which a matter is followed up, as long as they are kept."""
    rows = models.Occasion.objects.filter(follow_up__matter_id=matter_id).order_by("due_on")
    return tuple(Planned(*row) for row in rows.values_list("month", "due_on", "state"))


def open_link(*, token: str, at: datetime) -> OpenLink:
    """Return what the link asks; raise LookupError for one that was used, has lapsed or never was."""
    mark = links.mark(token)
    today = timezone.localdate(at)
    invitation = models.Invitation.objects.filter(mark=mark, expires_at__gt=at).first()
    if invitation is not None:
        return OpenLink(questions.instrument_version(version_id=invitation.version_id, on=today), False)
    occasion = (
        models.Occasion.objects.select_related("follow_up")
        .filter(mark=mark, expires_at__gt=at, state__in=OPEN, follow_up__state=models.FollowUp.State.ACTIVE)
        .first()
    )
    if occasion is None:
        raise LookupError("no such link")
    return OpenLink(questions.instrument_version(version_id=occasion.follow_up.version_id, on=today), True)


def wish(*, contact_id: UUID) -> Wished | None:
    """Return what was agreed to during the call, if anything."""
    row = models.Wish.objects.filter(contact_id=contact_id).first()
    return None if row is None else Wished(row.way, row.asks_direct, tuple(row.months))


def due_calls(*, by: Actor, at: datetime) -> tuple[Due, ...]:
    """Return the occasions that somebody should call about, the oldest first."""
    policies.check_can_follow_up(by)
    rows = (
        models.Occasion.objects.select_related("follow_up")
        .filter(
            state=models.Occasion.State.PLANNED,
            due_on__lte=timezone.localdate(at),
            follow_up__way=models.PHONE,
            follow_up__state=models.FollowUp.State.ACTIVE,
        )
        .order_by("due_on", "follow_up__number")
    )
    return tuple(Due(row.id, row.follow_up_id, row.follow_up.number, row.month, row.due_on) for row in rows)


def follow_ups(*, by: Actor, most: int = 100) -> tuple[FollowUpRow, ...]:
    """Return the follow-ups, the latest first, without what was told."""
    policies.check_can_follow_up(by)
    rows = models.FollowUp.objects.select_related("details").prefetch_related("occasions").order_by("-number")[:most]
    return tuple(_row(row, ()) for row in rows)


def follow_up(*, follow_up_id: UUID, by: Actor, at: datetime) -> FollowUpRow:
    """Return one matter's follow-up with what was told each time; raise LookupError if there is none."""
    policies.check_can_follow_up(by)
    row = (
        models.FollowUp.objects.select_related("details")
        .prefetch_related("occasions__answers")
        .filter(id=follow_up_id)
        .first()
    )
    if row is None:
        raise LookupError("no such follow-up")
    today = timezone.localdate(at)
    instrument = questions.instrument_version(version_id=row.version_id, on=today)
    return _row(row, instrument.questions, today=today)


def callable_occasion(*, occasion_id: UUID, by: Actor, at: datetime) -> tuple[FollowUpRow, Instrument]:
    """Return the follow-up and the questions of an occasion whose time has come; raise LookupError otherwise."""
    policies.check_can_follow_up(by)
    occasion = models.Occasion.objects.filter(id=occasion_id).first()
    if occasion is None:
        raise LookupError("no such occasion")
    found = follow_up(follow_up_id=occasion.follow_up_id, by=by, at=at)
    if not any(one.id == occasion_id and one.can_be_called for one in found.occasions):
        raise LookupError("its time has not come, or is over")
    version_id = models.FollowUp.objects.values_list("version_id", flat=True).get(id=found.id)
    return found, questions.instrument_version(version_id=version_id, on=timezone.localdate(at))


def _row(row: models.FollowUp, asked: Sequence[Question], *, today: date | None = None) -> FollowUpRow:
    return FollowUpRow(
        id=row.id,
        number=row.number,
        way=row.way,
        state=row.state,
        consented_on=row.consented_on,
        has_details=hasattr(row, "details"),
        occasions=tuple(
            OccasionRow(
                id=one.id,
                month=one.month,
                due_on=one.due_on,
                state=one.state,
                can_be_called=today is not None
                and row.state == models.FollowUp.State.ACTIVE
                and one.state in OPEN
                and one.due_on <= today,
                told=_told(one, asked),
            )
            for one in row.occasions.all()
        ),
    )


def _told(occasion: models.Occasion, asked: Sequence[Question]) -> tuple[Told, ...]:
    if not asked:
        return ()
    answers = {answer.code: answer for answer in occasion.answers.all()}
    return tuple(
        Told(
            question.wording,
            tuple(question.label(value) for value in answers[question.code].values or [answers[question.code].state]),
        )
        for question in asked
        if question.code in answers
    )


# Results


def direct_quarters(*, by: Actor, at: datetime) -> tuple[tuple[int, int], ...]:
    """Return the quarters with counted answers that are over, the latest first. What is running still moves."""
    policies.check_can_see(by)
    today = timezone.localdate(at)
    running = (today.year, (today.month + 2) // 3)
    found = models.DirectFact.objects.exclude(year=None).values_list("year", "quarter").distinct()
    whole = ((year, quarter) for year, quarter in found if year is not None and quarter is not None)
    return tuple(sorted((one for one in whole if one < running), reverse=True))


def direct_results(*, year: int, quarter: int, by: Actor, at: datetime) -> tuple[Result, ...]:
    """Return the answers of a quarter that is over, question by question."""
    policies.check_can_see(by)
    facts = list(models.DirectFact.objects.filter(year=year, quarter=quarter))
    instrument = questions.instrument_in_force(DIRECT_CODE, at=at)
    return tuple(
        Result(question, ("",), (_one_answer([getattr(fact, question.code) for fact in facts], question),))
        for question in instrument.questions
    )


def effect_years(*, by: Actor, at: datetime) -> tuple[int, ...]:
    """Return the years with counted answers that are over, the latest first."""
    policies.check_can_see(by)
    found = models.EffectFact.objects.filter(year__lt=timezone.localdate(at).year).values_list("year", flat=True)
    return tuple(sorted({year for year in found if year is not None}, reverse=True))


def effect_results(*, year: int, by: Actor, at: datetime) -> tuple[Result, ...]:
    """Return the answers of a year that is over, by how many months after the call they were given."""
    policies.check_can_see(by)
    facts = list(models.EffectFact.objects.filter(year=year))
    instrument = questions.instrument_in_force(EFFECT_CODE, at=at)
    months = sorted({fact.month for fact in facts})
    return tuple(
        Result(
            question,
            tuple(str(month) for month in months),
            tuple(
                (_many_answers if question.is_multiple else _one_answer)(
                    [getattr(fact, question.code) for fact in facts if fact.month == month], question
                )
                for month in months
            ),
        )
        for question in instrument.questions
    )


def _one_answer(answers: Sequence[str], question: Question) -> few.Shown:
    """Count those who answered with a code; a declined or unasked question is no part of the base."""
    counts = Counter(answer for answer in answers if answer in question.known)
    return few.shown({option.value: counts[option.value] for option in question.options}, total=counts.total())


def _many_answers(answers: Sequence[Sequence[str]], question: Question) -> few.Shown:
    given = [frozenset(answer) & question.known for answer in answers]
    told = [answer for answer in given if answer]
    counts = Counter(code for answer in told for code in answer)
    return few.shown(
        {option.value: counts[option.value] for option in question.options}, total=len(told), is_multiple=True
    )
