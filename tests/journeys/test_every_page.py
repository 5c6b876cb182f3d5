"""Every page of the demonstration in a real browser: barriers, valid HTML, no strangers, nothing stored, both widths."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import BrowserContext, Page, Response

from tests.journeys.conftest import Demonstration, become
from tests.journeys.test_supporters import PASSPHRASE

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
STAFF, PUBLIC = "samsyn.config.demonstration.urls", "samsyn.config.urls_public"
# The addresses of the operator's two sites are known to the operator's processes only.
OPERATOR, VISITOR = "operator", "visitor"
OPERATORS = ("supporter", "lead", "analyst", "publisher", "reviewer", "officer", "administrator", "adviser")
PERSONAS = ("adviser", "lead", "analyst", "publisher", "reviewer", "officer", "administrator")
COOKIES = {"__Host-samsyn", "__Host-samsyn-keys", "__Host-csrf", "__Host-language"}
MOST_PAGES = 60
# A stranded control or text shows as one that reaches outside the page.
OUTSIDE = """() => [...document.querySelectorAll('main *, header *, aside *, footer *')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width && !e.closest('.unseen, .skip, [role=region], svg, dialog') && (r.right > innerWidth + 1 || r.left < -1);
}).map(e => e.outerHTML.slice(0, 120))"""
# Two controls or headings that share more than a hair of each other's room cannot both be read.
OVERLAP = """() => {
  const seen = [...document.querySelectorAll('h1, h2, h3, a, button, input:not([type=radio]):not([type=checkbox]), select')]
    .filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true})
                 && !e.closest('.unseen, .skip, svg, dialog, [popover], .actions'));
  const boxes = seen.map(e => [e, e.getBoundingClientRect()]).filter(([, r]) => r.width > 1 && r.height > 1);
  const found = [];
  for (const [n, [a, p]] of boxes.entries()) for (const [b, q] of boxes.slice(n + 1)) {
    if (a.contains(b) || b.contains(a)) continue;
    const w = Math.min(p.right, q.right) - Math.max(p.left, q.left), h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (w > 3 && h > 3)
      found.push(a.outerHTML.slice(0, 80) + ' / ' + b.outerHTML.slice(0, 80));
  }
  return found;
}"""
STORED = """async () => ({
  local: localStorage.length, session: sessionStorage.length,
  databases: (await indexedDB.databases()).length, caches: window.caches ? (await caches.keys()).length : 0,
})"""
# Pages that no link leads to, because a step leads there or because they are machines' answers.
UNLINKED = {
    "health", "ready", "recovery/download/",
    "chat/end/", "chat/write/", "chat/stream", "chat/later/open/", "chat/later/close/", "svar/<slug:token>/",
    "en/chat/end/", "en/chat/write/", "en/chat/stream", "en/chat/later/open/", "en/chat/later/close/",
    "en/svar/<slug:token>/",
}  # fmt: skip
# Secret links of mails and calendars; tests/bookings/test_public.py opens them.
SECRET_LINKS = re.compile(r"\?P<secret>")


@dataclass
class Watch:
    """What a page must not do, heard while it was open."""

    heard: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("console", lambda message: message.type in {"error", "warning"} and self.heard.append(message.text))
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("request", lambda request: self._request(request.url))

    def _request(self, url: str) -> None:
        host = urlsplit(url).hostname or ""
        if not host.endswith(".localhost") and not url.startswith("data:"):
            self.heard.append(f"foreign request: {url}")


def route_of(path: str, urlconf: str) -> str:
    """Return the pattern of an address, or its shape where the pattern is not known here."""
    if urlconf in {OPERATOR, VISITOR}:
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|(?<=vocabulary/)\w+|(?<=indicators/)\w+", "n", path)
    return resolve(path, urlconf=urlconf).route


def links(page: Page, base: str) -> list[str]:
    """Return the page's own addresses that it links to."""
    found: list[str] = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
    return [urldefrag(one).url for one in dict.fromkeys(found) if one.startswith(base)]


def pages(
    page: Page, base: str, urlconf: str, *, seen: dict[str, int], first: list[str]
) -> Iterator[tuple[str, Response]]:
    """Follow links from the first addresses; each pattern is opened once (with a query once more)."""
    waiting = deque(first)
    known = set(first)
    opened = 0
    while waiting and opened < MOST_PAGES:
        address = waiting.popleft()
        parts = urlsplit(base + address)
        route = route_of(parts.path, urlconf) + ("?" if parts.query else "")
        if route in seen:
            continue
        if (
            re.search(r"\.(csv|xlsx|zip|json|px|ttl|jsonld|pdf|atom|ics)$|^/api/v", parts.path)
            or "documents/" in parts.path
            or "/files/" in parts.path
            or "/template/" in parts.path
            or parts.path == "/x/"  # the visitors’ way out leads to another site
        ):
            seen[route] = 1
            continue
        answer = page.goto(base + address)
        assert answer is not None
        seen[route] = 1
        opened += 1
        yield address, answer
        for one in links(page, base):
            rest = one.removeprefix(base) or "/"
            if rest not in known and "sign-out" not in rest:
                known.add(rest)
                waiting.append(rest)
    assert not waiting, "more pages than this test allows for"


def examine(page: Page, address: str, answer: Response) -> list[str]:
    """Return what is wrong with the page that is open; its width is set back afterwards."""
    wrong: list[str] = []

    def say(check: str, detail: object) -> None:
        if detail:
            wrong.append(f"{address}: {check}: {detail}")

    parser = html5lib.HTMLParser(strict=False)
    parser.parse(answer.body().decode())
    say("HTML", [(code, position) for position, code, _data in parser.errors])
    say("not one h1", page.locator("h1").count() != 1)
    say("no title", not page.title())
    say("no skip link", page.locator("nav").count() and page.locator("a.skip").count() == 0)
    stored = page.evaluate(STORED)
    say("stores", {name: number for name, number in stored.items() if number})
    strange = {str(one.get("name")) for one in page.context.cookies()} - COOKIES
    say("cookies", strange)
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        page.set_viewport_size({"width": 1366, "height": 4000})  # nothing lies below a bar that sticks to the edge
        found = Axe().run(page, options=RULES)
        page.set_viewport_size({"width": 1366, "height": 768})
        violations = found.response["violations"]
        say(f"axe {direction}", [(one["id"], [node["html"][:140] for node in one["nodes"][:3]]) for one in violations])
        say(f"overlap {direction}", page.evaluate(OVERLAP))
        page.set_viewport_size({"width": 320, "height": 640})
        say(f"wider than 320 {direction}", page.evaluate("document.documentElement.scrollWidth") > 320)
        say(f"outside {direction}", page.evaluate(OUTSIDE))
        say(f"overlap at 320 {direction}", page.evaluate(OVERLAP))
        page.set_viewport_size({"width": 1366, "height": 768})
    return wrong


def walk(page: Page, base: str, urlconf: str, *, seen: dict[str, int], first: list[str]) -> list[str]:
    """Open every page within reach and return what is wrong."""
    watch = Watch()
    watch.listen(page)
    wrong: list[str] = []
    for address, answer in pages(page, base, urlconf, seen=seen, first=first):
        if answer.status != 200:
            wrong.append(f"{address}: {answer.status}")
            continue
        wrong += examine(page, address, answer)
        wrong += [f"{address}: {heard}" for heard in watch.heard]
        watch.heard.clear()
    return wrong


def names(urlconf: str) -> set[str]:
    """Return all patterns of a site."""

    def under(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
        for one in patterns:
            whole = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from under(one.url_patterns, whole)
            else:
                yield whole

    return set(under(get_resolver(urlconf).url_patterns, ""))


@pytest.fixture
def draft(demonstration: Demonstration, page: Page) -> Iterator[str]:
    """The address of a draft, made by the analyst; put aside afterwards, since only one may be open at a time."""
    become(page, demonstration, "analyst")
    page.goto(f"{demonstration.staff}/releases/")
    page.get_by_role("button", name="Räkna och skydda").click()
    page.wait_for_url(re.compile(r"/releases/[0-9a-f-]{36}/"))
    made = page.url
    yield urlsplit(made).path
    become(page, demonstration, "analyst")
    page.goto(made)
    page.get_by_role("button", name="Kassera").click()
    page.get_by_role("button", name="Kassera").wait_for(state="detached")


@pytest.mark.timeout(900)
def test_every_page_of_the_staff_is_for_everybody(demonstration: Demonstration, page: Page, draft: str) -> None:
    seen: dict[str, int] = {}
    wrong = walk(page, demonstration.staff, STAFF, seen=seen, first=["/personas/", "/releases/", draft])
    for persona in PERSONAS:
        become(page, demonstration, persona)
        first = ["/", urlsplit(page.url).path]
        if persona == "adviser":
            page.goto(f"{demonstration.staff}/desk/")
            page.keyboard.press("Control+Enter")
            page.wait_for_url(re.compile(r"/desk/[0-9a-f-]{36}/"))
            first += [
                urlsplit(page.url).path,
                "/people/second-factor/",
                "/account/passkeys/",
                "/account/second/factors/",
            ]
        if persona == "analyst":
            exact, answer = _asked_tables(page, demonstration)
            wrong += examine(page, urlsplit(exact).path, answer)
            first += [urlsplit(exact).path.removesuffix("exact/")]
        if persona == "lead":
            first += _drafts_of_questions(page, demonstration)
        if persona in {"lead", "analyst", "publisher"}:
            page.goto(f"{demonstration.staff}/")
            link = page.get_by_role("navigation").get_by_role("link", name="Behov", exact=True)
            if not link.is_visible():
                page.get_by_text("Mer", exact=True).click()
            link.click()
            page.get_by_role("heading", name="Behov och mönster", level=1).wait_for()
        wrong += walk(page, demonstration.staff, STAFF, seen=seen, first=first)
    page.context.clear_cookies()
    wrong += walk(page, demonstration.staff, STAFF, seen=seen, first=["/account/sign-in/"])
    assert wrong == [], "\n".join(wrong)
    assert len(seen) >= 25, sorted(seen)
    assert {"needs/", "needs/?", "needs/indicators/", "needs/indicators/<slug:code>/"} <= set(seen)


@pytest.mark.timeout(600)
def test_every_page_of_a_deliverer_is_for_everybody(demonstration: Demonstration, page: Page) -> None:
    """What one who delivers sees is laid out for them alone, so it is walked by itself."""
    become(page, demonstration, "deliverer")
    page.goto(f"{demonstration.staff}/deliveries/")
    # Everything due has been delivered, so nothing links to the form just now.
    archive = page.locator("a[href^='/deliveries/format/']").first.get_attribute("href")
    assert archive is not None
    form = archive.replace("/format/", "/form/").replace(".zip", "/2026K3/")
    seen: dict[str, int] = {}
    wrong = walk(page, demonstration.staff, STAFF, seen=seen, first=["/deliveries/", form, "/"])
    assert wrong == [], "\n".join(wrong)
    assert {
        "deliveries/", "deliveries/<uuid:delivery_id>/", "deliveries/keys/", "deliveries/survey/", "delivered/",
        "deliveries/form/<slug:package>/<str:version>/<slug:table>/<slug:period>/",
    } <= set(seen)  # fmt: skip


def _asked_tables(page: Page, demonstration: Demonstration) -> tuple[str, Response]:
    """Ask for a table by keyboard alone, then for its exact figures; return the page of these."""
    page.goto(f"{demonstration.staff}/tables/")
    page.locator("#row").focus()
    page.keyboard.type("Uts")
    page.keyboard.press("Tab")
    page.keyboard.type("Kön")
    page.get_by_role("button", name="Visa tabellen").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tables/[0-9a-f-]{36}/"))
    assert page.locator("h1").inner_text() == "Utsatta personer: utsatthet och kön"
    page.locator("summary", has_text="Exakta tal").press("Enter")
    page.locator("#reason").fill("Underlag till en dragning för ledningen")
    with page.expect_navigation() as shown:
        page.get_by_role("button", name="Visa exakta tal").click()
    assert shown.value is not None
    return page.url, shown.value


def _drafts_of_questions(page: Page, demonstration: Demonstration) -> list[str]:
    """Start a draft of the instrument and of a template, and return their addresses."""
    found = []
    for at in range(2):
        page.goto(f"{demonstration.staff}/questions/")
        starts = page.locator("form[action$='new-version'] button")
        if starts.count() <= at:
            break
        starts.nth(at * (starts.count() - 1)).click()
        page.wait_for_load_state()
        found.append(urlsplit(page.url).path)
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_of_the_public_is_for_everybody(demonstration: Demonstration, page: Page, language: str) -> None:
    seen: dict[str, int] = {}
    # A chart alone is linked from a table that has one, and the walk opens one table only.
    home = "/" if language == "sv" else "/en/"
    first = [home, f"{home}2026-q2/quarter/age/chart/"]
    wrong = walk(page, demonstration.public, PUBLIC, seen=seen, first=first)
    assert wrong == [], "\n".join(wrong)
    # The addresses of the API stand in its OpenAPI document, and tests/statistics/test_public_api.py asks each of them.
    of_the_api = {one for one in names(PUBLIC) if one.lstrip("^").startswith("api/v")}
    missed = names(PUBLIC) - {route.removesuffix("?") for route in seen} - UNLINKED - of_the_api
    missed = {one for one in missed if not SECRET_LINKS.search(one)}
    assert not {one for one in missed if (language == "en") == one.lstrip("^").startswith("en/")}


@pytest.mark.parametrize("path", ["/nothing/", "/account/no-such/"])
def test_what_is_not_there_is_said_calmly(demonstration: Demonstration, page: Page, path: str) -> None:
    for base in (demonstration.staff, demonstration.public):
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.status == 404
        assert examine(page, path, answer) == []


@pytest.mark.timeout(900)
def test_every_page_of_the_operators_staff_is_for_everybody(demonstration: Demonstration, page: Page) -> None:
    seen: dict[str, int] = {}
    wrong: list[str] = []
    for persona in OPERATORS:
        page.context.clear_cookies()
        page.goto(f"{demonstration.operator}/personas/")
        page.locator(f"button[name=name][value={persona}]").click()
        page.wait_for_url(re.compile(r"^(?!.*personas).*$"))
        first = [urlsplit(page.url).path]
        if persona == "supporter":
            page.goto(f"{demonstration.operator}/cases/keys/")
            page.get_by_label("Lösenfras", exact=True).fill(PASSPHRASE)
            page.get_by_role("button", name="Lås upp med lösenfras").click()
            page.get_by_role("heading", name="Upplåsta").wait_for()
        wrong += walk(page, demonstration.operator, OPERATOR, seen=seen, first=[*first, "/"])
    assert wrong == [], "\n".join(wrong)
    assert {"/cases/n/", "/cases/n/network/", "/cases/n/rules/", "/inbox/n/", "/inbox/chats/", "/packages/"} <= set(
        seen
    )


def test_the_visitors_page_is_for_everybody(demonstration: Demonstration, context: BrowserContext) -> None:
    page = context.new_page()
    base = f"http://visitor.localhost:{demonstration.port + 1}"
    assert walk(page, base, VISITOR, seen={}, first=["/"]) == []
