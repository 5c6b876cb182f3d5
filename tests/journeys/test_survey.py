"""The survey of methods in a browser: opened by the analyst, answered by a municipality, closed, and read by everybody."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import CommittedDatabase
from tests.journeys.examination import examine
from tests.journeys.sites import Site, opened

TODAY = datetime.now(UTC).date()


@pytest.fixture
def site(committed_database: CommittedDatabase, chromium: Browser) -> Iterator[Site]:
    with opened(committed_database, chromium, first=f"{TODAY.year - 1}K1") as made:
        yield made


def answer(site: Site, who: str, used: str) -> None:
    """Answer about PATRIARK, with the follow-ups where there are any."""
    page = site.page(who)
    page.goto(site.url("/deliveries/"))
    page.get_by_role("link", name="Svara på enkäten").click()
    follow_up = page.get_by_text("Hur många är utbildade i PATRIARK?")
    expect(follow_up).to_be_hidden()
    group = page.get_by_role("group", name="Använder ni PATRIARK?")
    group.get_by_role("radio", name=used, exact=True).check()
    if used == "Ja":
        target = page.get_by_role("group", name=re.compile("För vilka används PATRIARK"))
        target.get_by_role("checkbox", name="Vuxna utsatta").check()
        page.get_by_role("group", name="Hur många är utbildade i PATRIARK?").get_by_role("radio", name="1–4").check()
    else:
        expect(follow_up).to_be_hidden()
    page.get_by_role("button", name="Lämna svaret").click()
    expect(page.get_by_text("Besvarad")).to_be_visible()


def seen(page: Page, url: str) -> list[str]:
    got = page.goto(url)
    assert got is not None
    assert got.status == 200, url
    return examine(page, url, got)


@pytest.mark.timeout(300)
def test_a_round_goes_from_the_analyst_through_the_portal_to_the_public_map(site: Site) -> None:
    page = site.page("analyst")
    wrong = seen(page, site.url("/deliveries/register/survey/"))
    page.get_by_label("Sista svarsdag").fill((TODAY + timedelta(20)).isoformat())
    page.get_by_role("button", name="Öppna").click()
    expect(page.get_by_text("0 av 3 tillfrågade har svarat")).to_be_visible()
    made = page.url
    answer(site, "0580", "Ja")
    answer(site, "0581", "Nej")
    wrong += seen(site.page("0583"), site.url("/deliveries/survey/"))
    wrong += seen(page, made)
    expect(page.get_by_text("2 av 3 tillfrågade har svarat")).to_be_visible()
    page.get_by_role("button", name="Påmind nu Motala kommun").click()
    public = f"http://statistik.localhost:{site.web.port}"
    page.goto(f"{public}/methods/")
    expect(page.get_by_text("Ingen enkät är avslutad än")).to_be_visible()
    page.goto(made)
    page.get_by_role("button", name="Stäng för gott").click()
    expect(page.get_by_text("Stängd")).to_be_visible()
    wrong += seen(page, f"{public}/methods/")
    cells = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="PATRIARK")).locator("td")
    assert cells.all_inner_texts() == ["1", "1", "0", "0", "1", "0"]
    wrong += seen(page, f"{public}/methods/patriark/")
    expect(page.get_by_text("Linköpings kommun")).to_be_visible()
    assert page.get_by_text("Norrköpings kommun").count() == page.get_by_text("Motala kommun").count() == 0
    assert wrong == [], "\n".join(wrong)
