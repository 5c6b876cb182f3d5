"""A referral: to which kind of actor, when it is followed up, what became of it, and how little of that lies in the open."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from samsyn.cases import referrals
from samsyn.cases.models import Case, CaseText
from tests.cases.conftest import House
from tests.cases.test_pages import browser, house_on_time, page

__all__ = ["house_on_time"]
SHELTER = "Skyddat boende Vaktelboet, påhittat"
DUE = "Slussningar att följa upp"


def today() -> date:
    return timezone.localdate()


def send(client: Client, url: str, *rows: tuple[str, str, str, str]) -> Any:
    """Post a page of rows: kind of actor, whom, day, outcome; the rest of the page is empty."""
    names = ("actor", "whom", "day", "outcome")
    filled = [*rows, *[("", "", "", referrals.NOT_ASKED)] * (referrals.MOST - len(rows))]
    fields = {f"{name}-{at}": value for at, row in enumerate(filled) for name, value in zip(names, row, strict=True)}
    return client.post(f"{url}referrals/", fields)


@pytest.fixture
def at_work(house: House) -> tuple[Client, str]:
    """A supporter's browser and the address of an ordinary case of theirs."""
    client = browser(house, "anna")
    return client, client.post("/cases/create/", {"kind": "ordinary"})["Location"]


@pytest.mark.parametrize("outcome", referrals.OUTCOMES)
def test_an_outcome_is_kept_and_only_waiting_keeps_a_day(at_work: tuple[Client, str], outcome: str) -> None:
    client, url = at_work
    day = today() + timedelta(days=7)
    assert send(client, url, ("non_profit", SHELTER, day.isoformat(), outcome)).status_code == 302
    form = page(client.get(f"{url}referrals/"))
    waits = outcome in (referrals.NOT_ASKED, referrals.NOT_REACHED)
    assert f'value="{SHELTER}"' in form
    assert f'<option value="{outcome}" selected>' in form
    assert (f'value="{day.isoformat()}"' in form) == waits
    assert Case.objects.get().follow_up_on == (day if waits else None)
    shown = page(client.get(url))
    assert SHELTER in shown
    assert "Ideell" in shown
    assert DUE not in shown


def test_whose_day_has_come_stands_on_the_case_and_on_the_first_page(at_work: tuple[Client, str], house: House) -> None:
    client, url = at_work
    late, later = today() - timedelta(days=1), today() + timedelta(days=9)
    rows = (
        ("non_profit", SHELTER, today().isoformat(), referrals.NOT_ASKED),
        ("police", "", late.isoformat(), referrals.NOT_REACHED),
        ("other", "", later.isoformat(), referrals.NOT_ASKED),
    )
    send(client, url, *rows)
    assert Case.objects.get().follow_up_on == late
    notice = page(client.get(url)).partition(DUE)[2].partition("</div>")[0]
    assert SHELTER in notice
    assert "Polis" in notice
    assert "Annan" not in notice
    listed = page(client.get("/cases/"))
    assert f'<a href="{url}"' in listed.partition(DUE)[2].partition("</section>")[0]
    # A day, and no word of what is to be asked of whom; nobody else has it at all.
    assert "Vaktelboet" not in listed
    assert DUE not in page(browser(house, "bo").get("/cases/"))
    send(client, url, ("non_profit", SHELTER, "", referrals.TAKEN_ON), ("police", "", "", referrals.NOT_REACHED))
    assert Case.objects.get().follow_up_on is None
    assert DUE not in page(client.get(url)) + page(client.get("/cases/"))


def test_a_closed_case_reminds_nobody(at_work: tuple[Client, str]) -> None:
    client, url = at_work
    send(client, url, ("non_profit", SHELTER, today().isoformat(), referrals.NOT_ASKED))
    client.post(f"{url}end/", {"do": "close"})
    assert Case.objects.get().follow_up_on is None
    shown = page(client.get(url))
    assert SHELTER in shown
    assert DUE not in shown + page(client.get("/cases/"))


def test_nothing_of_a_referral_lies_in_the_open_and_of_a_case_by_code_not_even_the_day(house: House) -> None:
    client = browser(house, "anna")
    client.post("/cases/duty/", {"do": "begin"})
    client.post("/cases/create/", {"kind": "by_code"})
    case = Case.objects.get()
    url = f"/cases/{case.pk}/"
    assert send(client, url, ("non_profit", SHELTER, today().isoformat(), referrals.NOT_ASKED)).status_code == 302
    assert SHELTER in page(client.get(url)).partition(DUE)[2].partition("</div>")[0]
    case.refresh_from_db()
    assert case.follow_up_on is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(encode(sealed, 'escape'), '') FROM cases_casetext")
        (sealed,) = cursor.fetchone()
    for word in ("Vaktelboet", "non_profit", "not_asked", today().isoformat()):
        assert word not in sealed


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("non_profit", "", "", "not_asked"), "Välj en dag"),
        (("non_profit", "", "2026-02-30", "not_asked"), "Skriv dagen som"),
        (("non_profit", "", "i morgon", "not_reached"), "Skriv dagen som"),
        (("non_profit", "", "9999-12-31", "not_asked"), "för långt fram"),
        (("shelter", "", "2026-12-01", "not_asked"), "Okänd kod"),
        (("non_profit", "", "2026-12-01", "gone"), "Okänd kod"),
        (("non_profit", "x" * 201, "2026-12-01", "taken_on"), "för lång"),
        (("", SHELTER, "2026-12-01", "not_asked"), "Välj vilket slags aktör"),
    ],
)
def test_what_is_no_referral_changes_nothing(
    at_work: tuple[Client, str], row: tuple[str, str, str, str], said: str
) -> None:
    client, url = at_work
    answer = send(client, url, row)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CaseText.objects.exists()
    assert Case.objects.get().follow_up_on is None
