"""How often somebody comes back by their words: counted in the log, and nothing of fewer than five."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from samsyn.cases import returns
from samsyn.cases.actions import codes, endings, keys
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM
from samsyn.people.roles import Role
from tests.cases.conftest import House
from tests.cases.test_pages import browser, page

LATER = date(2027, 2, 1)


@pytest.fixture
def line(house: House) -> House:
    keys.begin_duty(by=house.actor("anna"), at=house.now)
    return house


def give(house: House, number: int) -> list[codes.GivenCode]:
    house.unlock("anna")
    return [
        codes.create_by_code(concerns_child=False, with_duress=True, with_recovery=True, **house.who("anna"))  # type: ignore[arg-type]
        for _ in range(number)
    ]


def come_back(house: House, code: str) -> None:
    codes.open_by_code(code=code, **house.who("anna"))  # type: ignore[arg-type]


def test_who_comes_back_with_the_words_after_the_talk_is_counted_once(line: House) -> None:
    given = give(line, 12)
    come_back(line, given[0].code)  # in the same talk
    line.later(days=3)
    line.unlock("anna")
    for one in given[1:6]:
        come_back(line, one.code)
        come_back(line, one.code)
    come_back(line, given[6].recovery)
    come_back(line, given[7].duress)
    line.later(days=91)
    line.unlock("anna")
    come_back(line, given[8].code)
    (quarter,) = returns.by_quarter(today=LATER)
    assert (quarter.year, quarter.number) == (2026, 3)
    assert (quarter.cases, quarter.returned, quarter.share) == (12, 6, 50)


def test_a_quarter_is_shown_when_its_cases_have_had_their_time_and_does_not_change_when_one_is_erased(
    line: House,
) -> None:
    given = give(line, 10)
    line.later(hours=2)
    line.unlock("anna")
    for one in given[:5]:
        come_back(line, one.code)
    last = date(2026, 10, 1) + returns.WITHIN
    assert returns.by_quarter(today=last) == ()
    before = returns.by_quarter(today=last + timedelta(days=1))
    assert before[0].returned == 5
    endings.erase_case(case_id=given[0].case_id, by=line.actor("anna"), at=line.now)
    assert returns.by_quarter(today=last + timedelta(days=1)) == before


@pytest.mark.parametrize(("number", "back", "shown"), [(4, 4, (None, None)), (7, 3, (7, None)), (7, 6, (7, None))])
def test_nothing_of_fewer_than_five_is_shown_and_nothing_gives_it_away(
    line: House, number: int, back: int, shown: tuple[int | None, int | None]
) -> None:
    given = give(line, number)
    line.later(hours=2)
    line.unlock("anna")
    for one in given[:back]:
        come_back(line, one.code)
    (quarter,) = returns.by_quarter(today=LATER)
    assert (quarter.cases, quarter.returned) == shown
    assert quarter.share is None


def test_an_ordinary_case_is_no_case_by_code(line: House) -> None:
    line.case()
    assert returns.by_quarter(today=LATER) == ()


def test_the_team_lead_sees_it_and_the_supporter_does_not(line: House) -> None:
    line.now -= timedelta(days=365)
    give(line, 5)
    line.keeper.clock = timezone.now
    account = people.create_account(
        name="lead", pseudonym="Samordnare 1", organisation=line.accounts["anna"].organisation, by=SYSTEM, at=line.now
    )
    people.give_role(account_id=account.pk, role=Role.TEAM_LEAD, by=SYSTEM, at=line.now)
    line.accounts["lead"] = account
    lead: Client = browser(line, "lead", unlocked=False)
    text = page(lead.get("/cases/returns/"))
    assert re.search(r'2025, kvartal 3</th><td class="num">5</td><td class="num">0</td><td class="num">0.%', text)
    assert '<a href="/cases/returns/" aria-current="page">Återkomster</a>' in text
    assert browser(line, "anna", unlocked=False).get("/cases/returns/").status_code == 403
