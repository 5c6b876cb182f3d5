"""A chat in a real Chromium: in Arabic on a small screen, through a killed web process, ended by a word, by a key, by words."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import Demonstration
from tests.journeys.examination import examine
from tests.journeys.test_supporters import supporter
from tests.journeys.test_visitor import ELSEWHERE, after_a_form, kept, leave_by_key

__all__ = ["supporter"]
SAID = "أخي يقرأ هاتفي. ماذا أفعل؟"
ANSWER = "Du är inte ensam."


# On a slow line the news that a chat is over is there before the answer to what ended it.
NEWS_FIRST = """() => {
  const news = Promise.withResolvers(), ask = fetch;
  window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    if (asked[1]?.method === 'POST') await news.promise;
    else if (asked[1]?.headers && (await answer.clone().text()).includes('"over"')) setTimeout(news.resolve, 500);
    return answer;
  };
}"""


def new_phone(chromium: Browser) -> Page:
    """Return a browser that reads Arabic on a small screen."""
    context: BrowserContext = chromium.new_context(viewport={"width": 320, "height": 800}, locale="ar")
    context.set_default_timeout(40_000)
    context.route(
        f"{ELSEWHERE}**", lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html")
    )
    return context.new_page()


@pytest.fixture
def phone(chromium: Browser, demonstration: Demonstration) -> Iterator[Page]:
    """The visitor's browser, apart from the supporter's; the page that the way out leads to is answered here."""
    page = new_phone(chromium)
    yield page
    page.context.close()


def workers(demonstration: Demonstration) -> list[int]:
    """Return the processes that serve the operator's pages: children of the server that listens on its port."""
    place, parents = f"127.0.0.1:{demonstration.port + 1}", {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if place in (folder / "cmdline").read_text():
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return [process for process, parent in parents.items() if parent in parents]


def begin(phone: Page, demonstration: Demonstration, edition: str = "ar") -> str:
    """Begin a chat and return the word for somebody who came."""
    phone.goto(f"{demonstration.visitors}/{edition}/c/")
    assert phone.context.cookies() == []
    phone.locator("main button.large").click()
    word = phone.locator("[data-alarm]").inner_text()
    cookies = phone.context.cookies()
    assert [(one["name"], one["expires"], one["httpOnly"]) for one in cookies] == [("__Host-i", -1, True)]
    return word


def say(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator("[data-say] button").first.click()


def take(supporter: Page, demonstration: Demonstration) -> None:
    supporter.goto(f"{demonstration.operator}/inbox/chats/")
    supporter.get_by_role("button", name="Svara").last.click()
    expect(supporter.get_by_role("heading", name="Chatt med en besökare")).to_be_visible()


def test_a_chat_in_arabic_through_a_killed_process_to_words_for_coming_back(
    demonstration: Demonstration, phone: Page, supporter: Page
) -> None:
    # The supporter's list tells by itself that somebody has come.
    supporter.goto(f"{demonstration.operator}/inbox/chats/")
    waiting = supporter.get_by_role("button", name="Svara")
    before = waiting.count()
    begin(phone, demonstration)
    expect(waiting).to_have_count(before + 1)
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    expect(phone.locator("[data-state]")).to_contain_text("قبلك في الانتظار")
    # A number of a person warns in the browser, and nothing is sent.
    phone.locator("#text").fill("121212-1212")
    expect(phone.locator("[data-warn=identity]")).to_be_visible()
    say(phone, SAID)
    expect(phone.locator("[data-lines] li")).to_have_count(1)
    take(supporter, demonstration)
    expect(supporter.locator("[data-lines]")).to_contain_text(SAID)
    say(supporter, ANSWER)
    expect(phone.locator("[data-lines]")).to_contain_text(ANSWER)
    expect(phone.locator("[data-state]")).to_contain_text("شخص داعم")
    # Both sides go on writing while the processes that serve them are killed; the server starts new ones.
    said = [f"{number} {SAID}" for number in range(6)]
    for number, text in enumerate(said):
        if number % 2:
            killed = workers(demonstration)
            assert killed
            for process in killed:
                os.kill(process, signal.SIGKILL)
        say(phone, text)
        say(supporter, f"{number} {ANSWER}")
        # Both write on at once: a page sends its lines again until somebody answers, half a minute at the most.
        say(phone, f"{text} ...")
    wanted = 2 + 3 * len(said)
    for page in (phone, supporter):
        expect(page.locator("[data-lines] li")).to_have_count(wanted, timeout=40_000)
        lines = page.locator("[data-lines] .said").all_inner_texts()
        assert [line for line in lines if SAID in line] == [
            SAID,
            *(f"{text}{end}" for text in said for end in ("", " ...")),
        ]
        assert [line for line in lines if ANSWER in line] == [
            ANSWER,
            *(f"{number} {ANSWER}" for number in range(len(said))),
        ]
    assert kept(phone) == [0, 0, 0]
    assert phone.title() == "Information"
    assert phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    for page, heaviest in ((phone, 50_000), (supporter, 100_000)):
        answer = page.reload()
        assert answer is not None
        assert examine(page, urlsplit(page.url).path, answer, heaviest=heaviest) == []

    phone.locator("summary").click()
    assert after_a_form(phone, phone.locator("button[value=words]")) == []
    expect(phone.locator(".code li")).to_have_count(6)
    assert phone.context.cookies() == []
    expect(supporter.locator("main")).to_contain_text("Besökaren fick sex ord")
    expect(supporter.locator("main")).not_to_contain_text(ANSWER)


def test_the_way_out_by_a_key_and_the_word_for_somebody_came(
    demonstration: Demonstration, phone: Page, supporter: Page
) -> None:
    phone.goto(f"{demonstration.public}/health")
    begin(phone, demonstration, "sv")
    take(supporter, demonstration)
    say(phone, "Hej")
    expect(phone.locator("[data-lines] li")).to_have_count(1)
    phone.locator("h1").click()
    leave_by_key(phone, "Escape")
    expect(supporter.locator("main")).to_contain_text("lämnade hastigt")
    # Nobody writes after somebody who has left.
    expect(supporter.locator("[data-say]")).to_have_count(0)
    assert phone.context.cookies(demonstration.visitors) == []
    phone.go_back()
    phone.wait_for_timeout(300)
    expect(phone.locator("body")).not_to_contain_text("Hej")

    word = begin(phone, demonstration, "sv")
    take(supporter, demonstration)
    phone.evaluate(NEWS_FIRST)
    say(phone, word.upper())
    # The way out is two steps, the second of which breaks the first off: what counts is where one is at last.
    expect(phone).to_have_url(re.compile(re.escape(ELSEWHERE)))
    expect(supporter.locator("main")).to_contain_text("att någon kom")
    assert phone.context.cookies(demonstration.visitors) == []


def asked_of(page: Page) -> list[str]:
    """Return the list into which every question of the page's for news goes from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if re.search(r"/\d+/$", request.url) else None)
    return asked


def port_of_bells(page: Page) -> int:
    return urlsplit(str(page.locator("[data-bell]").get_attribute("data-bell"))).port or 0


def lines_open(port: int) -> int:
    """Return how many lines the process at the port keeps open, as the kernel counts them."""
    here = f":{port:04X}"
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(here) and row[3] == "01" for row in rows)


def test_a_bell_calls_both_sides_and_nobody_asks_in_vain(
    demonstration: Demonstration, phone: Page, supporter: Page
) -> None:
    streamed: list[dict[str, str]] = []
    phone.on("request", lambda request: streamed.append(request.headers) if "/stream" in request.url else None)
    phone.goto(f"{demonstration.public}/health")
    begin(phone, demonstration, "sv")
    take(supporter, demonstration)
    for page in (phone, supporter):
        expect(page.locator("[data-hears]")).to_be_visible()
    say(supporter, ANSWER)
    expect(phone.locator("[data-lines]")).to_contain_text(ANSWER)
    say(phone, "Hej")
    expect(supporter.locator("[data-lines]")).to_contain_text("Hej")
    # While nothing happens nobody asks: without a bell it would be three times or four each.
    asked = [asked_of(page) for page in (phone, supporter)]
    phone.wait_for_timeout(12_000)
    assert [len(one) <= 1 for one in asked] == [True, True], asked
    assert streamed
    assert not any("cookie" in headers for headers in streamed)
    # The way out closes the lines, too: the visitor's at once, the supporter's when the bell has told of it.
    port = port_of_bells(phone)
    assert lines_open(port) >= 2
    phone.locator("h1").click()
    leave_by_key(phone, "Escape")
    expect(supporter.locator("main")).to_contain_text("lämnade hastigt")
    for _ in range(400):
        if not lines_open(port):
            break
        phone.wait_for_timeout(100)
    assert lines_open(port) == 0


def test_where_no_bell_is_heard_the_pages_ask(demonstration: Demonstration, phone: Page, supporter: Page) -> None:
    for page in (phone, supporter):
        page.route("**/stream", lambda route: route.abort())
    begin(phone, demonstration, "sv")
    take(supporter, demonstration)
    say(phone, "Hej")
    expect(supporter.locator("[data-lines]")).to_contain_text("Hej")
    say(supporter, ANSWER)
    expect(phone.locator("[data-lines]")).to_contain_text(ANSWER)
    assert [page.locator("[data-hears]").count() for page in (phone, supporter)] == [0, 0]
    supporter.get_by_role("button", name="Avsluta och radera").click()
    expect(phone.locator("main")).to_contain_text("Chatten är slut")
    assert examine(phone, "a chat that the supporter ended", None, heaviest=50_000) == []


def test_a_supporter_registers_the_contact_with_one_click(
    demonstration: Demonstration, phone: Page, supporter: Page
) -> None:
    begin(phone, demonstration, "sv")
    take(supporter, demonstration)
    say(phone, "Hej")
    expect(supporter.locator("[data-lines]")).to_contain_text("Hej")
    with supporter.expect_popup() as opened:
        supporter.get_by_role("button", name="Registrera kontakten i ett eget fönster").click()
    desk = opened.value
    expect(desk.locator(".who").first).to_contain_text("Chatt med en besökare · väntade")
    expect(desk.locator("body")).not_to_contain_text("Hej")


def without_script(chromium: Browser, demonstration: Demonstration) -> Page:
    """Begin a chat in a browser without script."""
    context = chromium.new_context(viewport={"width": 320, "height": 800}, locale="sv", java_script_enabled=False)
    context.set_default_timeout(60_000)
    phone = context.new_page()
    phone.goto(f"{demonstration.visitors}/sv/c/")
    phone.locator("main button.large").click()
    return phone


def test_without_script_the_page_fetches_itself_and_takes_nothing_that_is_typed(
    chromium: Browser, demonstration: Demonstration, supporter: Page
) -> None:
    # Two wait for the half minute at the same time: one types where the word is shown once, one only watches.
    typing, watching = (without_script(chromium, demonstration) for _ in range(2))
    word = typing.locator("[data-alarm]").inner_text()
    typing.locator("#text").fill("Hej")
    watching.get_by_role("link", name="Visa nya meddelanden").click()
    expect(watching.locator("#text")).to_be_hidden()
    take(supporter, demonstration)
    say(supporter, ANSWER)
    # The page fetches itself each half minute, and not while somebody writes.
    expect(watching.locator("[data-lines]")).to_contain_text(ANSWER, timeout=70_000)
    typing.wait_for_timeout(2_000)  # the one who types began to wait first
    expect(typing.locator("[data-alarm]")).to_have_text(word)
    expect(typing.locator("#text")).to_have_value("Hej")
    expect(watching.locator("meta[http-equiv=refresh]")).to_have_count(1)
    watching.get_by_role("link", name="Skriv ett meddelande").click()
    expect(watching.locator("meta[http-equiv=refresh]")).to_have_count(0)
    watching.locator("#text").fill("Hej")
    watching.get_by_role("button", name="Skicka").click()
    expect(supporter.locator("[data-lines]")).to_contain_text("Hej")
    expect(watching.locator("#text")).to_be_hidden()
    for phone in (typing, watching):
        assert phone.title() == "Information"
        phone.context.close()
