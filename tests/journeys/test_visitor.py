"""Somebody who reads Arabic: reads, writes, keeps six words, leaves by a key, comes back; a supporter answers between."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.conftest import SWITCHES
from tests.journeys.conftest import Demonstration
from tests.journeys.examination import examine
from tests.journeys.test_supporters import PASSPHRASE
from tests.journeys.watching import ELSEWHERE

TEXT = "أخي يقرأ هاتفي. ماذا أفعل؟"
ANSWER = "Du kan byta koden på telefonen. Det är inte ditt fel."
IS_ELSEWHERE = re.compile(re.escape(ELSEWHERE))
LEFT_ON_PAGE = "left on the page: ${document.body.childNodes.length}"
FIVE_SECONDS_LATER = "Date.now = (now => () => now() + 5001)(Date.now)"


@pytest.fixture
def requests(context: BrowserContext) -> Iterator[list[str]]:
    """Every address that the browser asked for; the page that the way out leads to is answered here."""
    asked: list[str] = []
    context.set_default_timeout(40_000)
    context.on("request", lambda request: asked.append(request.url))
    context.route(
        f"{ELSEWHERE}**", lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html")
    )
    yield asked


def leave_by_key(page: Page, key: str, times: int = 3) -> None:
    """Press the key; the page is empty when its last press is over, and then it is another one."""
    page.evaluate(f"addEventListener('keyup', () => console.info(`{LEFT_ON_PAGE}`))")
    with page.expect_console_message(lambda said: said.text == "left on the page: 0"):
        for _ in range(times):
            page.keyboard.press(key)
    expect(page).to_have_url(IS_ELSEWHERE)


def after_a_form(page: Page, button: Locator) -> list[str]:
    """Press the button of a form and return what is wrong with the page that its answer makes."""
    page.locator("main").evaluate("main => { main.dataset.before = '' }")
    button.click()
    expect(page.locator("main[data-before]")).to_have_count(0, timeout=40_000)
    return examine(page, f"{page.url} after its form", None, heaviest=50_000)


def kept(page: Page) -> list[int]:
    """Return how much the site keeps in the browser."""
    return [int(page.evaluate(f"{place}.length")) for place in ("localStorage", "sessionStorage", "document.cookie")]


def test_a_visitor_who_reads_arabic_writes_leaves_and_comes_back(
    page: Page, demonstration: Demonstration, requests: list[str]
) -> None:
    site, before = demonstration.visitors, f"{demonstration.public}/health"
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(before)
    page.goto(f"{site}/ar/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    # The way out comes first, and only a key used alone counts: writing in capitals is no alarm.
    page.keyboard.press("Tab")
    expect(page.locator(".exit")).to_be_focused()
    page.locator("a[href='/ar/8/']").click()
    page.wait_for_url("**/ar/8/")
    expect(page.locator("h1")).to_be_visible()
    page.goto(f"{site}/ar/m/")
    page.locator("#text").press_sequentially("ABC")
    page.keyboard.press("Shift+D")
    page.keyboard.press("Shift+E")
    page.keyboard.press("Shift+F")
    assert page.url.endswith("/ar/m/")
    page.locator("#text").fill("121212-1212")
    expect(page.locator("[data-warn=identity]")).to_be_visible()
    page.locator("#text").fill(TEXT)
    expect(page.locator("[data-warn=identity]")).to_be_hidden()
    assert after_a_form(page, page.locator("button.large")) == []
    words = page.locator(".code li")
    expect(words).to_have_count(6)
    code = " ".join(words.all_inner_texts())
    assert kept(page) == [0, 0, 0]
    # A press is announced, three within five seconds lead away, and Back does not lead to what was written.
    left = page.locator("[data-left]")
    page.keyboard.press("Shift")
    expect(left).to_contain_text("2")
    page.keyboard.press("Shift")
    expect(left).to_contain_text("1")
    page.evaluate(FIVE_SECONDS_LATER)
    page.keyboard.press("Shift")
    expect(left).to_contain_text("2")
    leave_by_key(page, "Shift", times=2)
    page.go_back()
    page.wait_for_timeout(300)
    assert "/m/" not in page.url
    expect(page.locator("body")).not_to_contain_text(code.split()[0])

    desk = page.context.new_page()
    desk.goto(f"http://operator.localhost:{demonstration.port + 1}/personas/")
    desk.locator("button[name=name][value=supporter]").click()
    desk.wait_for_load_state()
    desk.goto(f"{demonstration.operator}/inbox/")
    desk.locator("tbody tr", has_text="العربية").filter(has_text="Väntar på svar").last.locator("a").click()
    # Signed in is not enough to read: the keys are locked, and the page comes back when they are open.
    desk.get_by_label("Lösenfras", exact=True).fill(PASSPHRASE)
    desk.get_by_role("button", name="Lås upp med lösenfras").click()
    expect(desk.locator("main")).to_contain_text(TEXT)
    desk.goto(f"http://operator.localhost:{demonstration.port + 1}/inbox/")
    desk.locator("tbody tr", has_text="العربية").filter(has_text="Väntar på svar").last.locator("a").click()
    expect(desk.locator("main")).to_contain_text(TEXT)
    desk.locator("#text").fill(ANSWER)
    desk.locator("main form button").click()
    expect(desk.locator(".timeline")).to_contain_text(ANSWER)

    page.goto(f"{site}/ar/k/")
    steps = page.evaluate("history.length")
    page.locator("#words").fill(" ".join([*code.split()[:5], "fel"]))
    assert after_a_form(page, page.locator("button.large")) == []
    expect(page.get_by_role("alert").filter(visible=True)).to_have_count(1)
    page.locator("#words").fill(code.upper())
    assert after_a_form(page, page.locator("button.large")) == []
    expect(page.locator(".thread .answer")).to_contain_text(ANSWER)
    assert page.evaluate("history.length") == steps
    leave_by_key(page, "Escape")
    page.go_back()
    page.wait_for_timeout(300)
    expect(page.locator("body")).not_to_contain_text(ANSWER)
    # What the way out clears is this site's: the supporter at the other host name is still signed in.
    desk.reload()
    expect(desk.locator(".timeline")).to_contain_text(ANSWER)
    hosts = {address.split("/")[2].split(":")[0] for address in requests}
    assert hosts == {"visitor.localhost", "operator.localhost", "statistik.localhost", "www.smhi.se"}


def test_back_after_the_way_out_leads_to_where_somebody_was_before(
    page: Page, demonstration: Demonstration, requests: list[str]
) -> None:
    before = f"{demonstration.public}/health"
    page.goto(before)
    page.goto(f"{demonstration.visitors}/sv/")
    steps = page.evaluate("history.length")
    for number in (1, 9):
        page.locator(f"a[href='/sv/{number}/']").click()
        page.wait_for_url(f"**/sv/{number}/")
        page.locator("main a[href='/sv/']").click()
        page.wait_for_url("**/sv/")
    page.locator(".exit").click()
    expect(page).to_have_url(IS_ELSEWHERE)
    assert page.evaluate("history.length") == steps
    page.go_back()
    page.wait_for_url(before)


def test_a_page_that_the_browser_kept_shows_nothing_of_what_it_was(
    chromium: Browser, demonstration: Demonstration
) -> None:
    """Playwright turns the back-forward cache off; here it is on, as everywhere else."""
    kept_pages = chromium.browser_type.launch(
        executable_path=shutil.which("chromium") or shutil.which("chromium-browser"), args=list(SWITCHES),
        ignore_default_args=["--disable-back-forward-cache"],
    )  # fmt: skip
    page = kept_pages.new_page()
    page.goto(f"{demonstration.visitors}/sv/m/")
    page.locator("#text").fill(TEXT)
    page.evaluate("addEventListener('pageshow', event => console.info(`kept: ${event.persisted}`))")
    page.goto(f"{demonstration.public}/health")
    with page.expect_console_message(lambda said: said.text == "kept: true"):
        page.go_back(wait_until="commit")
    expect(page).to_have_url(f"{demonstration.visitors}/sv/")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(TEXT)
    kept_pages.close()
