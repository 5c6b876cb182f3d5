"""A supporter at the running operator: a passkey's PRF answer opens the keys, and the network is drawn by keyboard."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Demonstration

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


@pytest.fixture
def supporter(demonstration: Demonstration, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto(f"{demonstration.operator}/personas/")
    page.get_by_role("button", name="Stödjare 1").click()
    page.goto(f"{demonstration.operator}/cases/keys/")
    page.get_by_label("Lösenfras", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Lås upp med lösenfras").click()
    expect(page.get_by_role("heading", name="Upplåsta")).to_be_visible()
    yield page
    context.close()  # a page that stays open would keep its line to the bells


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
    # The network by keyboard alone: the next empty row takes a role and a mark.
    page.get_by_role("link", name="Ändra nätverket").press("Enter")
    empty = page.locator("tbody tr").filter(has=page.locator('option[value=""]:checked')).first
    empty.locator("select").focus()
    page.keyboard.type("Kusin")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("img", name=re.compile("Kusin: är ett hot"))).to_be_visible()
    kept = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert kept == [0, 0, ""]


def test_what_was_told_is_nowhere_in_the_operators_state(demonstration: Demonstration, supporter: Page) -> None:
    """The keeper's folder and the processes' log; the database's own files are searched by the test of canaries."""
    page = supporter
    page.goto(f"{demonstration.operator}/cases/")
    page.locator("table a").first.click()
    page.get_by_label("Anteckning", exact=True).first.fill("Kanariefågel trettiosju")
    page.get_by_role("button", name="Spara anteckningen").click()
    expect(page.get_by_text("Kanariefågel trettiosju").first).to_be_visible()
    folder = demonstration.state / "operator"
    files = [file for file in folder.rglob("*") if file.is_file()] + [demonstration.state / "operator.log"]
    assert files
    assert [file.name for file in files if "Kanariefågel".encode() in file.read_bytes()] == []
