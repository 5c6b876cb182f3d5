"""The anonymity meter at both installations: counted in the browser, by keyboard, and nothing of it leaves the page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Demonstration, become, in_english
from tests.journeys.examination import examine


@pytest.fixture
def meter(demonstration: Demonstration, page: Page) -> Iterator[Page]:
    become(page, demonstration, "adviser")
    page.goto(f"{demonstration.staff}/anonymity/")
    expect(page.locator("[data-shows=green]")).to_be_visible()
    yield page


def colour(page: Page) -> str:
    return str(page.evaluate("document.querySelector('[data-shows]:not([hidden])').dataset.shows"))


def people(page: Page) -> list[int]:
    """Return the range that is shown."""
    text = page.locator("[data-people]").inner_text()
    return [int(re.sub(r"\D", "", part)) for part in text.split("–")]


def test_what_is_told_by_keyboard_narrows_until_the_meter_stops_and_nothing_is_sent(meter: Page) -> None:
    sent: list[str] = []
    meter.on("request", lambda request: sent.append(request.url))
    expect(meter.get_by_text("Påhittade siffror.")).to_be_visible()
    before = people(meter)[0]
    assert before >= 10_000_000
    meter.get_by_label("Kommun eller län").focus()
    meter.keyboard.type("Boxh")
    meter.keyboard.press("Tab")
    meter.keyboard.type("17")
    meter.keyboard.press("Tab")
    meter.keyboard.type("Fli")
    assert people(meter)[0] < before / 1000
    twin = meter.get_by_label("Tvilling")
    twin.focus()
    meter.keyboard.press("Space")
    assert colour(meter) == "red"
    expect(meter.get_by_role("heading", name="Stanna upp innan du frågar mer")).to_be_visible()
    expect(meter.locator("[data-most]")).to_have_text("Ålder")
    expect(meter.get_by_text("kan söka fram personen.")).to_be_visible()
    # Nothing more may be told without a reason, and what was told can be taken back.
    other = meter.get_by_label("Hbtqi-person")
    expect(other).to_be_disabled()
    expect(twin).to_be_enabled()
    meter.get_by_label("Skäl att fråga vidare ändå").focus()
    meter.keyboard.type("Fara")
    expect(other).to_be_enabled()
    meter.get_by_label("En resa").check()
    expect(meter.get_by_text("känner igen det som är berättat.")).to_be_visible()
    few = people(meter)[-1]
    meter.get_by_role("button", name="Fråga bredare i stället").press("Enter")
    assert meter.get_by_label("Kommun eller län").evaluate("e => [e.value.length, e === document.activeElement]") == [
        2,
        True,
    ]
    assert people(meter)[-1] > few
    assert sent == []
    assert meter.evaluate("[localStorage.length, sessionStorage.length, location.search]") == [0, 0, ""]


def _is_for_everybody(meter: Page) -> list[str]:
    answer = meter.reload()
    assert answer is not None
    expect(meter.locator("[data-shows=green]")).to_be_visible()
    wrong = examine(meter, "/anonymity/", answer)
    meter.locator("#m-country").check()
    meter.locator("#m-work").check()
    expect(meter.locator("[data-stop]")).to_be_visible()
    return wrong + examine(meter, "/anonymity/", answer)


def test_the_page_is_for_everybody_before_and_after_the_stop_in_both_languages(meter: Page) -> None:
    assert _is_for_everybody(meter) == []
    with in_english(meter):
        expect(meter.get_by_role("heading", name="Anonymity meter")).to_be_visible()
        assert _is_for_everybody(meter) == []
    expect(meter.get_by_role("heading", name="Anonymitetsmätare")).to_be_visible()


def test_the_meter_stays_in_sight_on_a_narrow_screen_and_says_its_colour_in_words(meter: Page) -> None:
    meter.set_viewport_size({"width": 320, "height": 640})
    meter.get_by_label("En resa").scroll_into_view_if_needed()
    expect(meter.get_by_text("Grön.")).to_be_in_viewport()
    assert meter.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_table_that_does_not_come_leaves_the_meter_at_unknown(
    demonstration: Demonstration, context: BrowserContext
) -> None:
    page = context.new_page()
    become(page, demonstration, "adviser")
    page.route("**/anonymity/tables/*", lambda route: route.fulfill(status=503))
    page.goto(f"{demonstration.staff}/anonymity/")
    page.get_by_label("Tvilling").check()
    expect(page.get_by_text("Räkna med att personen kan kännas igen.")).to_be_visible()
    assert colour(page) == "unknown"
    expect(page.get_by_role("heading", name="Stanna upp innan du frågar mer")).to_be_visible()


def test_the_supporters_have_it_too_and_the_page_is_light(
    demonstration: Demonstration, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(f"{demonstration.operator}/personas/")
    page.get_by_role("button", name="Stödjare 1").click()
    page.goto(f"{demonstration.operator}/cases/")
    weights: list[int] = []
    page.context.on("requestfinished", lambda request: weights.append(request.sizes()["responseBodySize"]))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Anonymitetsmätare, i en ny flik").click()
    meter = opened.value
    expect(meter.locator("[data-shows=green]")).to_be_visible()
    meter.wait_for_load_state("networkidle")
    assert 20_000 < sum(weights) <= 100_000
