"""The log of questions finds two that are too near each other; exact figures only with a reason."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.contacts.models import PersonFact
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy import retention
from samsyn.statistics import queries
from samsyn.statistics.asked import actions, answers, differencing
from samsyn.statistics.asked.questions import Question, normal
from samsyn.statistics.asked.variables import TIME, variables
from samsyn.statistics.models import AskedTable, NearTables
from tests.statistics.asked.asking import AT, REASON, asking, with_one_more

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_turned", [False, True])
def test_two_questions_that_differ_by_one_person_are_found_whoever_asks_in_whatever_order(
    planted: Question, analyst: Actor, publisher: Actor, is_turned: bool
) -> None:
    larger, _one = with_one_more(planted)
    first, second = (larger, planted) if is_turned else (planted, larger)
    earlier = actions.ask_table(question=first, by=analyst, at=AT)
    asked = actions.ask_table(question=second, by=publisher, at=AT + timedelta(minutes=5))
    (pair,) = NearTables.objects.all()
    assert (pair.asked_id, pair.earlier_id) == (asked.pk, earlier.pk)
    assert (pair.only_asked, pair.only_earlier) == ((0, 1) if is_turned else (1, 0))
    event = Event.objects.get(kind="near_tables_found")
    assert event.facts == {"unit": "person", "pairs": 1, "fewest": 1}
    refused = actions.see_exactly(asked_id=asked.pk, reason=REASON, by=publisher, at=AT + timedelta(minutes=6))
    assert refused.is_refused
    assert refused.asked.is_refused
    assert Event.objects.filter(kind="exact_table_refused").count() == 1
    assert not Event.objects.filter(kind="exact_table_shown").exists()


def test_questions_about_different_people_are_not_near(facts: None, analyst: Actor) -> None:
    actions.ask_table(question=asking(sex=["girl_woman"]), by=analyst, at=AT)
    actions.ask_table(question=asking(sex=["boy_man"]), by=analyst, at=AT)
    actions.ask_table(question=asking("sex", exposure=["marriage"]), by=analyst, at=AT)
    asked = actions.ask_table(question=asking("outcome", unit="contact"), by=analyst, at=AT)
    assert not NearTables.objects.exists()
    assert not actions.see_exactly(asked_id=asked.pk, reason=REASON, by=analyst, at=AT).is_refused


def test_the_same_people_in_another_table_are_no_difference(facts: None, analyst: Actor) -> None:
    actions.ask_table(question=asking("age_band"), by=analyst, at=AT)
    actions.ask_table(question=asking("sex", "age_band"), by=analyst, at=AT)
    assert not NearTables.objects.exists()


def test_who_has_come_since_is_a_difference_too(facts: None, analyst: Actor) -> None:
    question = asking("age_band", sex=["girl_woman"])
    actions.ask_table(question=question, by=analyst, at=AT)
    fact = PersonFact.objects.filter(year=2026, quarter=2, sex="girl_woman").values(*PersonFact.COLUMNS)[0]
    PersonFact.objects.create(**fact)
    actions.ask_table(question=question, by=analyst, at=AT + timedelta(days=1))
    (pair,) = NearTables.objects.all()
    assert (pair.only_asked, pair.only_earlier) == (1, 0)


def test_a_few_are_never_shown_exactly_even_if_nobody_asked_before(facts: None, analyst: Actor) -> None:
    fact = PersonFact.objects.filter(year=2026, quarter=1).values(*PersonFact.COLUMNS)[0]
    for _ in range(2):
        PersonFact.objects.create(**fact | {"sex": "not_asked"})
    asked = actions.ask_table(question=asking(sex=["not_asked"]), by=analyst, at=AT)
    assert asked.size == 2
    assert actions.see_exactly(asked_id=asked.pk, reason=REASON, by=analyst, at=AT).is_refused


def test_exact_figures_need_a_reason_in_words(facts: None, analyst: Actor) -> None:
    asked = actions.ask_table(question=asking(), by=analyst, at=AT)
    for reason in ("", "   ", "test", "för att"):
        with pytest.raises(Refused) as refused:
            actions.see_exactly(asked_id=asked.pk, reason=reason, by=analyst, at=AT)
        assert refused.value.status == 422
    assert AskedTable.objects.count() == 1


def test_who_sees_no_drafts_asks_nothing(facts: None, adviser: Actor, outsider: Actor) -> None:
    for actor in (adviser, outsider):
        with pytest.raises(NotAllowed):
            actions.ask_table(question=asking(), by=actor, at=AT)
    assert not AskedTable.objects.exists()


def test_a_question_that_cannot_be_told_is_not_stored(
    facts: None, analyst: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(actions.audit, "record", fail)
    with pytest.raises(DatabaseError):
        actions.ask_table(question=asking(), by=analyst, at=AT)
    assert not AskedTable.objects.exists()


def test_a_period_that_has_not_begun_is_not_asked_for(facts: None, analyst: Actor) -> None:
    with pytest.raises(Invalid):
        actions.ask_table(question=asking(last="2026-q4"), by=analyst, at=AT)


def test_a_table_that_nobody_could_read_is_refused_before_it_is_counted(facts: None, analyst: Actor) -> None:
    with CaptureQueriesContext(connection) as asked, pytest.raises(Invalid) as refused:
        actions.ask_table(question=asking("profession", TIME, unit="contact", first="2014-q1"), by=analyst, at=AT)
    assert "högst" in str(refused.value.message)
    assert not any("sha256" in one["sql"] for one in asked.captured_queries)


STATEMENTS = (
    "UPDATE statistics_askedtable SET reason = ''",
    "DELETE FROM statistics_askedtable",
    "UPDATE statistics_neartables SET only_asked = 4",
    "DELETE FROM statistics_neartables",
    "TRUNCATE statistics_askedtable CASCADE",
)


def test_what_was_asked_stays_as_it_was_asked(planted: Question, analyst: Actor) -> None:
    now = timezone.now()
    actions.ask_table(question=planted, by=analyst, at=now)
    actions.ask_table(question=with_one_more(planted)[0], by=analyst, at=now)
    for statement in STATEMENTS:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert NearTables.objects.get().only_asked == 1


def test_what_was_asked_goes_after_its_time_with_its_pairs(planted: Question, analyst: Actor) -> None:
    old = timezone.now() - timedelta(days=731)
    stored = [
        AskedTable.objects.create(
            asked_at=old + timedelta(hours=at),
            asked_by_id=analyst.account_id,
            asked_by=analyst.pseudonym,
            unit="person",
            question=planted.as_json(),
            population=planted.population.as_json(),
            size=at,
            facts_then=9,
        )
        for at in range(2)
    ]
    NearTables.objects.create(asked=stored[1], earlier=stored[0], only_asked=1, only_earlier=0)
    young = actions.ask_table(question=planted, by=analyst, at=AT)
    rule = next(one for one in retention.declared_rules() if one.code == "asked_tables")
    assert rule.due is not None
    assert rule.erase_batch is not None
    assert rule.due(timezone.now()) == 2
    erased = rule.erase_batch(timezone.now(), 500)
    assert erased == {"statistics.AskedTable": 2, "statistics.NearTables": 1}
    assert list(AskedTable.objects.values_list("pk", flat=True)) == [young.pk]


def test_comparing_with_a_thousand_questions_costs_little(facts: None, analyst: Actor) -> None:
    """Sizes that can't be near are left out; the rest, at worst all thousand, are compared in a bounded time."""
    rng = np.random.default_rng(9)
    known = variables()["person"]
    now_there = PersonFact.objects.filter(year__lte=2026).count()

    def stored(at: int, size: int) -> AskedTable:
        column = list(known)[at % len(known)]
        values = answers.values_of(known[column])
        codes = [value for value in values if rng.random() < 0.5] or [values[0]]
        population = replace(
            asking(first=f"{2014 + at % 12}-q1").population, filters=normal({column: codes, "sex": ["girl_woman"]})
        )
        return AskedTable(
            asked_at=AT - timedelta(minutes=at), asked_by_id=analyst.account_id, asked_by="Analytiker 1", unit="person",
            question=asking().as_json(), population=population.as_json() | {"mark": at}, size=size, facts_then=now_there,
        )  # fmt: skip

    AskedTable.objects.bulk_create(stored(at, 10 * at) for at in range(1_000))
    earlier = queries.earlier_populations("person", at=AT)
    assert len(earlier) == 1_000
    population = asking().population
    size = PersonFact.objects.filter(answers.matching(population)).count()
    with CaptureQueriesContext(connection) as asked:
        differencing.near(population, size=size, facts_now=now_there, earlier=earlier)
    assert len(asked) <= 1
    worst = [replace(one, size=size) for one in earlier]
    started = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        differencing.near(population, size=size, facts_now=now_there, earlier=worst)
    assert len(asked) == 1
    assert time.perf_counter() - started < 5


def test_the_system_may_not_ask(facts: None) -> None:
    with pytest.raises(NotAllowed):
        actions.ask_table(question=asking(), by=SYSTEM, at=AT)
