"""The table builder's pages."""

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.people.actors import Actor
from samsyn.statistics.asked import actions, answers
from samsyn.statistics.asked.questions import Question
from samsyn.statistics.models import AskedTable
from tests.rules import hostile
from tests.rules.hostile import House
from tests.statistics.asked.asking import AT, REASON, asking, with_one_more

pytestmark = pytest.mark.django_db


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
