"""The table builder: any crossing of what is approved, protected by default, and a log that finds two questions too near."""

import csv
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.config.demonstration import world
from samsyn.contacts import actions as contacts
from samsyn.contacts import queries as contact_queries
from samsyn.contacts.models import PersonFact
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy import retention
from samsyn.statistics import queries
from samsyn.statistics.asked import actions, answers, differencing, words
from samsyn.statistics.asked.questions import Filters, Population, Question, normal
from samsyn.statistics.asked.variables import TIME, load, variables
from samsyn.statistics.definitions.loader import BadDefinition
from samsyn.statistics.definitions.model import UNITS
from samsyn.statistics.models import AskedTable, NearTables
from samsyn.statistics.periods import Quarter, Span
from tests.oracle.tables import counted
from tests.rules import hostile
from tests.rules.hostile import House

AT = datetime(2026, 7, 15, 7, 0, tzinfo=UTC)
REASON = "Underlag till en dragning för ledningen"
pytestmark = pytest.mark.django_db


@cache
def made_up() -> world.World:
    return world.generate(scale=0.1)


@pytest.fixture
def facts(db: None) -> None:
    call_command("load_vocabulary", verbosity=0)
    made = made_up()
    contacts.add_facts(**vars(made))


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


CROSSINGS = (
    asking("age_band"),
    asking("age_band", "sex", exposure=["marriage", "fgm"]),
    asking("exposure", "age_band"),
    asking("age_band", "exposure", sex=["girl_woman"]),
    asking("exposure", "perpetrator_relation", age_band=["13_15", "16_17", "unknown"]),
    asking("county", "outcome", unit="contact", first="2014-q1"),
    asking("actors_engaged", "main_concern", unit="matter"),
    asking("age_group", unit="mentioned"),
)


def test_every_cell_is_what_looking_at_every_fact_gives(facts: None) -> None:
    for question in CROSSINGS:
        check_every_cell(question)


def check_every_cell(question: Question) -> None:
    found = answers.answer(question)
    population = question.population
    rows = rows_of(population.unit)
    where = dict(population.filters)
    within = [row for row in rows if counted([row], first=(2014, 1), last=(2026, 4), where=where)]
    for at in range(found.row.size):
        for across in range(found.column.size if found.column else 1):
            wanted = [conditions(found.row, at), conditions(found.column, across) if found.column else {}]
            number = sum(
                all(counted([row], first=(2014, 1), last=(2026, 4), where=one) for one in wanted)
                for row in within
                if population.span.first.pair <= (row["year"], row["quarter"]) <= population.span.last.pair
            )
            assert found.figures.counts[at, across] == number, (at, across)


def test_quarters_add_up_to_their_years(facts: None) -> None:
    found = answers.answer(asking(TIME, "sex", first="2023-q2", last="2025-q1"))
    counts = found.figures.counts
    assert [code for code, _members in found.row.groups] == ["2023", "2024", "2025"]
    assert counts[8].tolist() == counts[:3].sum(axis=0).tolist()
    assert counts[-1].tolist() == counts[:8].sum(axis=0).tolist()
    assert counts[-1, -1] == counted(rows_of("person"), first=(2023, 2), last=(2025, 1))


def test_the_same_people_have_the_same_figure_in_every_table(facts: None) -> None:
    crossed = answers.answer(asking("age_band", "exposure"))
    turned = answers.answer(asking("exposure", "age_band"))
    girls = answers.answer(asking("age_band", sex=["girl_woman"]))
    by_sex = answers.answer(asking("age_band", "sex"))
    married = answers.answer(asking("age_band", exposure=["marriage"]))
    assert crossed.figures.shown.T.tolist() == [
        turned.figures.shown[at].tolist()[: len(crossed.row.values)]
        + crossed.figures.shown.T[at].tolist()[len(crossed.row.values) : -1]
        + [turned.figures.shown[at, -1]]
        for at in range(turned.row.size)
    ]
    assert by_sex.column is not None
    assert (
        by_sex.figures.shown[:, by_sex.column.values.index("girl_woman")].tolist() == girls.figures.shown[:, 0].tolist()
    )
    assert crossed.column is not None
    assert (
        crossed.figures.shown[:, crossed.column.values.index("marriage")].tolist()
        == married.figures.shown[:, 0].tolist()
    )


def test_no_figure_that_is_shown_lies_between_nought_and_five(facts: None) -> None:
    found = answers.answer(asking("profession", "county", unit="contact", first="2014-q1"))
    shown = found.figures.shown
    assert ((found.figures.counts > 0) & (found.figures.counts < 5)).any()
    assert not ((shown > 0) & (shown < 5)).any()
    assert (shown[found.figures.counts == 0] == 0).all()
    assert (shown != found.figures.counts).any()


def test_a_question_has_one_normal_form(facts: None) -> None:
    assert asking(sex=["boy_man", "girl_woman", "boy_man"]) == asking(sex=["girl_woman", "boy_man"])
    every = {"sex": answers.values_of(variables()["person"]["sex"])}
    assert normal(every, values=every) == ()
    assert normal({"sex": []}) == ()
    one = asking("age_band", "sex", exposure=["fgm"])
    assert Question.from_json(one.as_json()) == one


def test_a_variable_is_counted_only_while_it_was_recorded(facts: None) -> None:
    asked = asking("disability", first="2018-q1")
    counted_ = answers.effective(asked)
    assert counted_.population.span.first == Quarter(2021, 1)
    found = answers.answer(counted_)
    assert any("2021" in note and "senare" in note for note in words.notes(asked, found, is_exact=False))
    with pytest.raises(answers.NeverTogether):
        answers.effective(asking("age_band", first="2018-q1", last="2020-q4", lgbtq=["yes"]))


def test_the_share_of_a_late_code_is_of_those_since_then(facts: None) -> None:
    found = answers.answer(asking("exposure", first="2014-q1", last="2018-q4"))
    shown = words.shown_of(found, is_exact=True)
    at = [row.code for row in shown.rows].index("sexual")
    base = counted(rows_of("person"), first=(2017, 1), last=(2018, 4))
    part = counted(rows_of("person"), first=(2014, 1), last=(2018, 4), where={"exposure": ["sexual"]})
    assert shown.shares[at] == [round(100 * part / base)]
    assert shown.shares[[row.code for row in shown.rows].index("virginity_check")] == [None]
    assert any("Sexuellt våld" in note for note in words.notes(found.question, found, is_exact=False))


def test_shares_are_of_the_protected_figures(facts: None) -> None:
    found = answers.answer(asking("age_band", "sex"))
    shown = words.shown_of(found, is_exact=False)
    for row, shares in zip(shown.rows, shown.shares, strict=True):
        for column, share in zip(shown.columns, shares, strict=True):
            whole = int(shown.figures[-1, column.at])
            assert share == (min(100, int(100 * shown.figures[row.at, column.at] / whole + 0.5)) if whole else None)


def test_a_state_that_shows_nought_is_not_told_by_its_row(facts: None) -> None:
    found = answers.answer(asking("age_band"))
    nothing = np.zeros_like(found.figures.shown)
    assert {one.code for one in words.places(found.row, "person", nothing)} == {
        "0_6", "7_12", "13_15", "16_17", "18_21", "22_25", "26_plus", "under_18", "18_plus", "total",
    }  # fmt: skip


def test_only_approved_columns_can_be_asked_for(tmp_path: Any) -> None:
    for unit in UNITS:
        assert set(variables()[unit]) <= set(contact_queries.columns(unit)) - {"year", "quarter", "week"}
    # The line's figures can't be used for numbers of matters or exposed persons by county.
    assert [unit for unit in UNITS if "county" in variables()[unit]] == ["contact"]
    file = tmp_path / "variables.toml"
    file.write_text('[[variables]]\nunit = "person"\ncolumn = "id"\nlist = "sex"\n')
    with pytest.raises(BadDefinition):
        load(file, columns={unit: contact_queries.columns(unit) for unit in UNITS})


def test_every_variable_has_its_list_and_its_words(facts: None) -> None:
    for unit, known in variables().items():
        for column, one in known.items():
            assert words.label(unit, column)
            assert len(answers.values_of(one)) > len(words.STATES)
            fact = contact_queries.FACTS[unit]._meta.get_field(column)
            assert one.is_multiple == (fact.get_internal_type() == "ArrayField"), column


# --- the log of questions ---


@pytest.fixture
def planted(facts: None) -> Question:
    """A population of 2026 in which one single person more has been taken abroad and cut; the others have not."""
    PersonFact.objects.create(
        **(PersonFact.objects.values(*PersonFact.COLUMNS).filter(year=2026, quarter=1)[0])
        | {"sex": "boy_man", "age_band": "0_6", "exposure": ["fgm"], "case_kind": "siblings"}
    )
    rest = PersonFact.objects.filter(year=2026, quarter__lte=2)
    others = rest.filter(sex="boy_man", age_band="0_6")
    assert others.exists()
    return asking("exposure", first="2026-q1", last="2026-q2", sex=["girl_woman", "unknown"])


def with_one_more(question: Question) -> tuple[Question, int]:
    """The planted question with one more code that lets exactly one person in."""
    population = question.population
    PersonFact.objects.create(
        **(PersonFact.objects.values(*PersonFact.COLUMNS).filter(year=2026, quarter=1)[0]) | {"sex": "not_asked"}
    )
    filters: Filters = (("sex", ("girl_woman", "not_asked", "unknown")),)
    return replace(question, population=replace(population, filters=filters)), 1


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


# --- the pages ---


@pytest.fixture
def house(facts: None) -> House:
    return hostile.made(timezone.now())


@pytest.fixture
def browser(house: House) -> Client:
    return house.browser("analyst")


def sent(question: Question) -> dict[str, Any]:
    population = question.population
    form: dict[str, Any] = {
        "unit": population.unit, "row": question.row, "column": question.column,
        "first": str(population.span.first), "last": str(population.span.last),
    }  # fmt: skip
    return form | {f"where.{column}": list(codes) for column, codes in population.filters}


@pytest.fixture
def ask(browser: Client) -> Callable[[Question], str]:
    def asked(question: Question) -> str:
        answer = browser.post("/tables/", sent(question))
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"])

    return asked


def test_the_form_offers_each_unit_its_own_variables_and_remembers_a_question(browser: Client) -> None:
    page = browser.get("/tables/").content.decode()
    assert "Tabellbyggare" in page
    assert "where.exposure" in page
    assert "where.channel" not in page
    query = urlencode(sent(asking("sex", "exposure", age_band=["13_15"])), doseq=True)
    again = browser.get(f"/tables/?{query}").content.decode()
    assert '<option value="exposure" selected>' in again
    assert 'value="13_15" id="where.age_band-13_15" checked' in again
    assert "where.channel" in browser.get("/tables/?unit=contact").content.decode()


def test_an_asked_table_is_read_protected_and_says_so(browser: Client, ask: Callable[[Question], str]) -> None:
    question = asking("exposure", "sex", age_band=["13_15", "16_17"])
    address = ask(question)
    page = browser.get(address).content.decode()
    assert "Talen är skyddade" in page
    assert "ger inte 100 procent" in page
    assert "Ålder: 13–15 eller 16–17" in page
    assert "Alla" in page
    found = answers.answer(question)
    assert str(found.figures.shown[-1, -1]) in page


def test_the_file_is_the_protected_table_and_starts_no_formula(browser: Client, ask: Callable[[Question], str]) -> None:
    answer = browser.get(f"{ask(asking('age_band', 'sex'))}table.csv")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    found = answers.answer(asking("age_band", "sex"))
    (under,) = [row for row in rows if row and row[0] == "under_18"]
    assert [int(one) for one in under[2:4]] == found.figures.shown[len(found.row.values)][:2].tolist()
    assert not [
        cell for row in rows for cell in row if cell[:1] in ("=", "+", "@") or (cell[:1] == "-" and cell != "-")
    ]
    assert any("Talen är skyddade" in cell for row in rows for cell in row)


def test_exact_figures_are_shown_once_marked_and_never_as_a_file(
    browser: Client, ask: Callable[[Question], str]
) -> None:
    address = ask(asking("age_band", "sex", first="2025-q1"))
    page = browser.post(f"{address}exact/", {"reason": REASON})
    assert page.status_code == 200
    text = page.content.decode()
    assert "Exakta tal." in text
    assert "färre än fem" in text
    assert "table.csv" not in text
    assert page["Cache-Control"] == "no-store"
    assert browser.get(f"{address}exact/").status_code == 405
    assert AskedTable.objects.get(is_exact=True).reason == REASON
    assert Event.objects.filter(kind="exact_table_shown").count() == 1
    listed = browser.get("/tables/asked/").content.decode()
    assert REASON in listed
    exact = AskedTable.objects.get(is_exact=True)
    assert "Talen är skyddade" in browser.get(f"/tables/{exact.pk}/").content.decode()


def test_near_questions_are_said_on_the_page_and_in_the_list_but_not_by_how_many(
    planted: Question, browser: Client, ask: Callable[[Question], str]
) -> None:
    ask(planted)
    address = ask(with_one_more(planted)[0])
    page = browser.get(address).content.decode()
    assert "Frågan ligger nära en tidigare" in page
    refused = browser.post(f"{address}exact/", {"reason": REASON})
    assert refused.status_code == 409
    text = refused.content.decode()
    assert "De exakta talen visas inte" in text
    assert "Talen är skyddade" in text
    assert "Talen är exakta" not in text
    listed = browser.get("/tables/asked/").content.decode()
    assert listed.count("ligger nära") >= 1
    assert "exakta, nekade" in listed


SENSELESS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"row": "id"}, "Välj vad raderna ska visa"),
    ({"row": "channel"}, "Välj vad raderna ska visa"),
    ({"column": "week"}, "Välj vad kolumnerna ska visa"),
    ({"column": "age_band"}, "olika saker"),
    ({"where.county": ["01"]}, "inte hör till enheten"),
    ({"where.sex": ["cat"]}, "inte finns i kodlistan"),
    ({"first": "2026-q2", "last": "2024-q1"}, "före det första"),
    ({"first": "tomorrow"}, "första och sista kvartal"),
    ({"last": "2031-q1"}, "det kvartal som pågår"),
    ({"row": "disability", "first": "2016-q1", "last": "2018-q1"}, "började registreras efter"),
    ({"unit": "person' OR 1=1"}, "enheten finns inte"),
)


def test_what_makes_no_sense_is_said_and_not_stored(browser: Client) -> None:
    for change, message in SENSELESS:
        answer = browser.post("/tables/", sent(asking()) | change)
        assert answer.status_code == 422, change
        assert message in answer.content.decode(), change
    assert not AskedTable.objects.exists()


def test_filters_that_contradict_each_other_give_an_empty_table(
    browser: Client, ask: Callable[[Question], str]
) -> None:
    address = ask(
        asking("sex", exposure=["control"], marriage_status=["plan"], fgm_status=["worry"], age_band=["declined"])
    )
    page = browser.get(address).content.decode()
    assert "Tabellen är tom" in page
    assert browser.post(f"{address}exact/", {"reason": REASON}).status_code == 200


def test_others_have_no_table_builder(house: House, analyst: Actor) -> None:
    asked = actions.ask_table(question=asking(), by=analyst, at=AT)
    for name in ("adviser", "lead", "reviewer", "officer", "administrator"):
        browser = house.browser(name)
        for address in ("/tables/", "/tables/asked/", f"/tables/{asked.pk}/", f"/tables/{asked.pk}/table.csv"):
            assert browser.get(address).status_code == 403, (name, address)
        assert browser.post(f"/tables/{asked.pk}/exact/", {"reason": REASON}).status_code == 403


def test_a_reason_with_hidden_characters_is_refused(browser: Client, ask: Callable[[Question], str]) -> None:
    address = ask(asking())
    answer = browser.post(f"{address}exact/", {"reason": "ett skäl \u202e som vänder sig"})
    assert answer.status_code == 422
    assert not AskedTable.objects.filter(is_exact=True).exists()


def test_the_page_is_english_for_those_who_read_english(house: House, analyst: Actor) -> None:
    asked = actions.ask_table(question=asking("exposure", "disability", first="2018-q1"), by=analyst, at=AT)
    browser = house.browser("analyst", language="en")
    page = browser.get(f"/tables/{asked.pk}/").content.decode()
    assert "Exposed persons" in page
    assert "Talen" not in page
    assert "Tabellbyggare" not in browser.get("/tables/").content.decode()


@pytest.fixture(autouse=True)
def no_copy_from_another_test() -> Iterator[None]:
    from samsyn.vocabulary import queries as vocabulary

    vocabulary.forget()
    yield
    vocabulary.forget()


def test_the_system_may_not_ask(facts: None) -> None:
    with pytest.raises(NotAllowed):
        actions.ask_table(question=asking(), by=SYSTEM, at=AT)
