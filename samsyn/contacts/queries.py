"""Reads: an adviser's own drafts, what a page of the desk shows, and the facts for ``statistics``."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, BigIntegerField, Count, F, Func, Q, QuerySet
from django.utils import timezone

from samsyn.contacts import models
from samsyn.contacts.facts import Replies, Reply
from samsyn.people.actors import Actor

# One table of facts for each counting unit; where a caller works stands in a table of its own, beside nothing else.
Facts = Literal["contact", "matter", "person", "mentioned", "caller_place"]
FACTS: Mapping[Facts, type[models.Fact]] = {
    "contact": models.ContactFact,
    "matter": models.MatterFact,
    "person": models.PersonFact,
    "mentioned": models.MentionedFact,
    "caller_place": models.CallerPlaceFact,
}


@dataclass(frozen=True)
class DraftRow:
    """An open draft in the adviser's list: when and by which channel, nothing of what was told."""

    id: UUID
    channel: str
    opened_at: datetime
    saved_at: datetime


@dataclass(frozen=True)
class Person:
    """An exposed person of a draft."""

    id: UUID
    number: int
    replies: Replies


@dataclass(frozen=True)
class Answers:
    """What a contact holds, by unit."""

    replies: Replies
    persons: tuple[Person, ...]
    mentioned: Mapping[str, int]
    ticks: frozenset[str]


@dataclass(frozen=True)
class Draft:
    """Everything that the desk shows of an open contact."""

    id: UUID
    channel: str
    opened_at: datetime
    saved_at: datetime
    closed_at: datetime | None
    revision: int
    instrument_version_id: UUID
    template_version_id: UUID | None
    further: tuple[UUID, ...]
    is_repeat: bool
    has_code: bool
    answers: Answers

    @property
    def replies(self) -> Replies:
        """Return the answers about contact and matter."""
        return self.answers.replies

    @property
    def persons(self) -> tuple[Person, ...]:
        """Return the exposed persons with their answers."""
        return self.answers.persons

    @property
    def mentioned(self) -> Mapping[str, int]:
        """Return how many further persons were mentioned, by age group."""
        return self.answers.mentioned

    @property
    def ticks(self) -> frozenset[str]:
        """Return the ticked lines of the checklists."""
        return self.answers.ticks


def open_drafts(*, by: Actor) -> tuple[DraftRow, ...]:
    """Return the adviser's own open drafts, the newest first."""
    rows = models.Contact.objects.filter(adviser_id=by.account_id, closed_at=None).order_by("-opened_at")
    return tuple(DraftRow(row.id, row.channel, row.opened_at, row.saved_at) for row in rows)


def draft(*, contact_id: UUID, by: Actor) -> Draft:
    """Return the adviser's own contact; raise LookupError if there is none, or if it is a colleague's."""
    row = (
        models.Contact.objects.filter(id=contact_id, adviser_id=by.account_id)
        .annotate(has_code=Q(matter__code_hash__isnull=False))
        .first()
    )
    if row is None:
        raise LookupError("no such contact")
    return Draft(
        id=row.id,
        channel=row.channel,
        opened_at=row.opened_at,
        saved_at=row.saved_at,
        closed_at=row.closed_at,
        revision=row.revision,
        instrument_version_id=row.instrument_version_id,
        template_version_id=row.template_version_id,
        further=tuple(row.further),
        is_repeat=row.is_repeat,
        has_code=bool(row.has_code),
        answers=answers_of(row),
    )


def answers_of(contact: models.Contact) -> Answers:
    """Return the answers of a contact by unit, its mentioned persons and its ticks: four queries."""
    by_person: dict[UUID | None, dict[str, Reply]] = defaultdict(dict)
    for answer in contact.answers.all():
        by_person[answer.person_id][answer.code] = Reply(answer.state, tuple(answer.values))
    persons = tuple(
        Person(person.id, person.number, by_person.get(person.id, {})) for person in contact.persons.order_by("number")
    )
    return Answers(
        replies=by_person.get(None, {}),
        persons=persons,
        mentioned={row.age_group: row.count for row in contact.mentioned.all()},
        ticks=frozenset(contact.ticks.values_list("item", flat=True)),
    )


def facts(name: Facts, *, first: tuple[int, int], last: tuple[int, int]) -> QuerySet[models.Fact, dict[str, object]]:
    """Return the facts of a table from one (year, quarter) to another, both included, as their statistical columns.

    No id, no time finer than the week, nothing that leads to a working record (tests/rules hold it).
    """
    model = FACTS[name]
    in_period = (Q(year__gt=first[0]) | Q(year=first[0], quarter__gte=first[1])) & (
        Q(year__lt=last[0]) | Q(year=last[0], quarter__lte=last[1])
    )
    rows: QuerySet[models.Fact, dict[str, object]] = (
        model._default_manager.filter(in_period).order_by().values(*columns(name))
    )
    return rows


class _SumOfRecordKeys(Aggregate):
    """Sums 32 bits of a digest of each fact's random id, modulo 2^32.

    A digest, so that no part of an id leaves the database; without a secret key, because the ids are 122 random bits
    that nobody knows but the database itself. SHA-256 is the same in every version of PostgreSQL: the noise that hangs
    on it is the same after an upgrade.
    """

    template = (
        "mod(coalesce(sum(('x' || left(encode(sha256(uuid_send(%(expressions)s)), 'hex'), 8))::bit(32)::bigint), 0),"
        " 4294967296)::bigint"
    )
    output_field = BigIntegerField()


def keyed_cells(facts: QuerySet[models.Fact, dict[str, object]], *, by: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return each cell of a crossing: the value of each column, the number of facts, the sum of their record keys.

    ``facts`` is what ``facts()`` gives, filtered further; the sum is taken modulo 2^32 (``statistics.cell_keys``). In a
    column of several codes a fact stands in each of its codes; raise ValueError where two such columns are crossed.
    """
    fields = {name: facts.model._meta.get_field(name) for name in by}
    if sum(isinstance(field, ArrayField) for field in fields.values()) > 1:
        raise ValueError("two columns of several codes can't be crossed in one pass")
    sums = {"cell_number": Count("*"), "cell_key": _SumOfRecordKeys("id")}
    if not by:
        found = facts.aggregate(**sums)
        return [(found["cell_number"], found["cell_key"])]
    named = {
        f"value_{at}": Func(F(name), function="unnest") if isinstance(field, ArrayField) else F(name)
        for at, (name, field) in enumerate(fields.items())
    }
    cells = facts.values(**named).annotate(**sums)
    return list(cells.values_list(*named, *sums))


def columns(name: Facts) -> tuple[str, ...]:
    """Return the columns of a table of facts."""
    chosen: tuple[str, ...] = FACTS[name].COLUMNS
    return chosen


def closed_today(*, by: Actor, at: datetime) -> int:
    """Return how many contacts the adviser has closed since midnight in Stockholm."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return models.Contact.objects.filter(
        adviser_id=by.account_id, closed_at__gte=midnight, closed_at__lte=F("closed_at")
    ).count()


@dataclass(frozen=True)
class Measured:
    """What a measurement found: contacts in the sample, those who answered anything, and each question's answers."""

    in_sample: int
    answered: int
    answers: Mapping[str, Mapping[tuple[str, ...], int]]
    still_open: int


def measured(*, in_force_id: UUID) -> Measured:
    """Return the counted answers to what was asked for a time: by question, how often each set of codes was answered."""
    asked: dict[tuple[str, ...], int] = {}
    answers: dict[str, dict[tuple[str, ...], int]] = defaultdict(dict)
    rows = models.MeasuredFact.objects.filter(in_force_id=in_force_id)
    for question, codes, number in rows.values_list("question", "answers").annotate(number=Count("*")):
        (answers[question] if question else asked)[tuple(codes)] = number
    return Measured(
        in_sample=sum(asked.values()),
        answered=asked.get(("asked",), 0),
        answers=answers,
        still_open=models.Contact.objects.filter(closed_at=None, further__contains=[in_force_id]).count(),
    )
