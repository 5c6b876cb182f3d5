"""Questions to the table builder, the facts they are asked about, and what the tests look up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from samsyn.config.demonstration import world
from samsyn.contacts import queries as contact_queries
from samsyn.contacts.models import PersonFact
from samsyn.statistics.asked import answers
from samsyn.statistics.asked.questions import Filters, Population, Question, normal
from samsyn.statistics.periods import Quarter, Span

AT = datetime(2026, 7, 15, 7, 0, tzinfo=UTC)
REASON = "Underlag till en dragning för ledningen"


@cache
def made_up() -> world.World:
    return world.generate(scale=0.1)


def asking(
    row: str = "age_band",
    column: str = "",
    *,
    unit: str = "person",
    first: str = "2022-q1",
    last: str = "2026-q2",
    **filters: Sequence[str],
) -> Question:
    span = Span(Quarter.parse(first), Quarter.parse(last))
    return Question(row, column, Population(unit, normal(filters), span))  # type: ignore[arg-type]


def rows_of(unit: str) -> list[Mapping[str, Any]]:
    return list(contact_queries.facts(unit, first=(2014, 1), last=(2026, 4)))  # type: ignore[arg-type]


def conditions(axis: answers.Axis, place: int) -> dict[str, Sequence[str]]:
    """What a place of an axis demands of a row; the total demands nothing."""
    if place < len(axis.values):
        return {axis.column: [axis.values[place]]}
    if place < axis.size - 1:
        return {axis.column: [axis.values[at] for at in axis.groups[place - len(axis.values)][1]]}
    return {}


def with_one_more(question: Question) -> tuple[Question, int]:
    """The planted question with one more code that lets exactly one person in."""
    population = question.population
    PersonFact.objects.create(
        **(PersonFact.objects.values(*PersonFact.COLUMNS).filter(year=2026, quarter=1)[0]) | {"sex": "not_asked"}
    )
    filters: Filters = (("sex", ("girl_woman", "not_asked", "unknown")),)
    return replace(question, population=replace(population, filters=filters)), 1
