"""A supporter at the running operator: a passkey's PRF answer opens the keys, and the network is drawn by keyboard."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.conftest import Demonstration
from tests.journeys.examination import examine

PASSPHRASE = "apa banan citron dadel ek fikon"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "hasPrf": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def at_work(chromium: Browser, demonstration: Demonstration, persona: str) -> Page:
    """Return the browser of a supporter whose keys are open."""
    page = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.goto(f"{demonstration.operator}/personas/")
    page.get_by_role("button", name=persona).click()
    page.goto(f"{demonstration.operator}/cases/keys/")
    page.get_by_label("Lösenfras", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Lås upp med lösenfras").click()
    expect(page.get_by_role("heading", name="Upplåsta")).to_be_visible()
    return page


def draw_a_cousin(page: Page) -> None:
    """Add a cousin who is a threat to the network of the open case, by keyboard alone."""
    page.get_by_role("link", name="Ändra nätverket").press("Enter")
    page.wait_for_url("**/network/")  # and its scripts: a key before them is nobody's
    empty = page.locator("tbody tr").filter(has=page.locator('option[value=""]:checked')).first
    empty.locator("select").focus()
    page.keyboard.type("Kusin")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("img", name=re.compile("Kusin: är ett hot"))).to_be_visible()


def note(page: Page, text: str) -> None:
    """Write a note into the open case."""
    page.get_by_label("Anteckning", exact=True).first.fill(text)
    page.get_by_role("button", name="Spara anteckningen").click()
    expect(page.get_by_text(text).first).to_be_visible()


def after_a_button(page: Page, button: Locator) -> list[str]:
    """Press a button that leads to a page which no address shows, and return what is wrong with that page."""
    with page.expect_navigation() as shown:
        button.click()
    assert shown.value is not None
    return examine(page, f"{page.url} after its button", shown.value)


@pytest.fixture
def supporter(demonstration: Demonstration, chromium: Browser) -> Iterator[Page]:
    page = at_work(chromium, demonstration, "Stödjare 1")
    yield page
    page.context.close()  # a page that stays open would keep its line to the bells


def test_a_passkey_opens_the_keys_and_the_story_is_there(demonstration: Demonstration, supporter: Page) -> None:
    page = supporter
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.get_by_role("button", name="Lägg till nyckel").click()
    expect(page.get_by_text("(3 finns)")).to_be_visible()
    page.get_by_role("button", name="Lås nu").click()
    page.get_by_role("button", name="Lås upp med nyckel").click()
    expect(page.get_by_role("heading", name="Upplåsta")).to_be_visible()
    page.goto(f"{demonstration.operator}/cases/")
    page.locator("table a").first.click()
    expect(page.get_by_role("heading", name="Från första kontakten")).to_be_visible()
    draw_a_cousin(page)
    assert after_a_button(page, page.get_by_role("button", name="Kontrollera")) == []
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ringa:")
    kept = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert kept == [0, 0, ""]


def test_what_was_told_is_nowhere_in_the_operators_state(demonstration: Demonstration, supporter: Page) -> None:
    """The keeper's folder and the processes' log; the database's own files are searched by the test of canaries."""
    page = supporter
    page.goto(f"{demonstration.operator}/cases/")
    page.locator("table a").first.click()
    note(page, "Kanariefågel trettiosju")
    folder = demonstration.state / "operator"
    files = [file for file in folder.rglob("*") if file.is_file()] + [demonstration.state / "operator.log"]
    assert files
    assert [file.name for file in files if "Kanariefågel".encode() in file.read_bytes()] == []
