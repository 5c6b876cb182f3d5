"""What a person does with the table builder: ask, and ask for exact figures. Both are stored and told by the log."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.contacts import queries as contacts
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.statistics import events, policies, queries
from samsyn.statistics.asked import answers, differencing
from samsyn.statistics.asked.answers import Answer
from samsyn.statistics.asked.questions import Population, Question
from samsyn.statistics.counting import UnknownValue
from samsyn.statistics.models import AskedTable, NearTables
from samsyn.statistics.periods import FIRST_QUARTER, Quarter
from samsyn.ui import numbers

# Two who ask at the same moment are compared with each other: one waits for the other ("asked" in ASCII).
ASKING_LOCK = 0x61736B6564


@dataclass(frozen=True)
class Exact:
    """What became of asking for exact figures: the answer, and whether they may be seen."""

    asked: AskedTable
    answer: Answer
    is_refused: bool


def answer_to(question: Question) -> Answer:
    """Count a question; raise Refused with the reason where it can't be answered."""
    try:
        return answers.answer(answers.effective(question))
    except answers.TooLarge as error:
        message = _("Tabellen blir för stor: %(cells)s celler, högst %(most)s visas. Välj färre rader eller kolumner.")
        raise Invalid(
            str(message) % {"cells": numbers.number(error.cells), "most": numbers.number(answers.MOST_SHOWN)}
        ) from error
    except answers.NeverTogether as error:
        raise Invalid(_("En av variablerna började registreras efter perioden. Välj en senare period.")) from error
    except UnknownValue as error:
        raise Refused(_("En uppgift har ett värde som ingen tabell visar. Tabellen räknades inte.")) from error


@transaction.atomic
def ask_table(*, question: Question, by: Actor, at: datetime) -> AskedTable:
    """Count the question once, store it, and find the earlier ones that it is too near; raise Refused."""
    policies.check_can_ask(by)
    _check_quarters(question.population, at)
    _wait_for_turn()
    answer = answer_to(question)
    asked, near = _store(question, answer, by=by, at=at)
    audit.record(events.TABLE_ASKED, by=by, at=at, subject=str(asked.pk), facts={"unit": asked.unit})
    _tell(asked, near, by=by, at=at)
    return asked


@transaction.atomic
def see_exactly(*, asked_id: UUID, reason: str, by: Actor, at: datetime) -> Exact:
    """Count an asked table anew and say whether its exact figures may be seen; both ways it is stored and told.

    Refused (not raised: the log keeps it) where the population differs by a few from an earlier question of anybody, or
    is itself a few. Raise Refused without a reason in words.
    """
    words = " ".join(reason.split())[:300]
    policies.check_can_see_exactly(by, reason=words)
    _wait_for_turn()
    question = Question.from_json(queries.asked_table(asked_id).question)
    answer = answer_to(question)
    asked, near = _store(question, answer, by=by, at=at, reason=words)
    kind = events.EXACT_TABLE_REFUSED if asked.is_refused else events.EXACT_TABLE_SHOWN
    audit.record(kind, by=by, at=at, subject=str(asked.pk), facts={"unit": asked.unit})
    _tell(asked, near, by=by, at=at)
    return Exact(asked, answer, asked.is_refused)


def _check_quarters(population: Population, at: datetime) -> None:
    running = Quarter.of(numbers.local(at).date())
    if population.span.first < FIRST_QUARTER or population.span.last > running:
        raise Invalid(_("Perioden ska ligga mellan det första kvartalet 2014 och det kvartal som pågår."))


def _store(
    question: Question, answer: Answer, *, by: Actor, at: datetime, reason: str = ""
) -> tuple[AskedTable, list[differencing.Near]]:
    population = answer.question.population
    running = Quarter.of(numbers.local(at).date())
    facts_now = contacts.facts(population.unit, first=FIRST_QUARTER.pair, last=running.pair).count()
    near = differencing.near(
        population,
        size=answer.size,
        facts_now=facts_now,
        earlier=queries.earlier_populations(population.unit, at=at),
    )
    is_shown = policies.may_show_exactly(size=answer.size, near=len(near), threshold=differencing.THRESHOLD)
    asked = AskedTable.objects.create(
        asked_at=at,
        asked_by_id=by.account_id,
        asked_by=by.pseudonym,
        unit=population.unit,
        question=question.as_json(),
        population=population.as_json(),
        size=answer.size,
        facts_then=facts_now,
        is_exact=bool(reason),
        is_refused=bool(reason) and not is_shown,
        reason=reason,
    )
    NearTables.objects.bulk_create(
        NearTables(asked=asked, earlier_id=one.earlier, only_asked=one.only_new, only_earlier=one.only_earlier)
        for one in near
    )
    return asked, near


def _tell(asked: AskedTable, near: list[differencing.Near], *, by: Actor, at: datetime) -> None:
    if near:
        fewest = min(one.only_new + one.only_earlier for one in near)
        facts: dict[str, str | int] = {"unit": asked.unit, "pairs": len(near), "fewest": fewest}
        audit.record(events.NEAR_TABLES_FOUND, by=by, at=at, subject=str(asked.pk), facts=facts)


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ASKING_LOCK])
