"""Every page of the demonstration in a real browser: barriers, valid HTML, no strangers, nothing stored, both widths."""

import html
import http.client
import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Page, Response

from tests.journeys.addresses import Addresses, addresses, routes_of
from tests.journeys.conftest import Demonstration, become
from tests.journeys.examination import examine
from tests.journeys.test_supporters import PASSPHRASE

STAFF = Addresses(list(routes_of("samsyn.config.demonstration.urls")))
PUBLIC = Addresses(list(routes_of("samsyn.config.urls_public")))
OPERATORS = ("supporter", "lead", "analyst", "publisher", "reviewer", "officer", "administrator", "adviser")
PERSONAS = ("adviser", "lead", "analyst", "publisher", "reviewer", "officer", "administrator")
MOST_PAGES = 90
# What a page and all that it is made of may weigh, as they come over the line (compressed, without headers).
HEAVIEST_OF_STAFF, HEAVIEST_OF_PUBLIC = 100_000, 50_000
# What is laid out for one who delivers is walked by itself; what an account and a draft of a package have, and an open
# chat, is examined where they are made.
OF_A_DELIVERER = {
    "deliveries/", "deliveries/<uuid:delivery_id>/", "deliveries/keys/", "deliveries/survey/", "delivered/",
    "deliveries/form/<slug:package>/<str:version>/<slug:table>/<slug:period>/",
}  # fmt: skip
OF_AN_ACCOUNT = {
    f"account/{rest}"
    for rest in (
        *("sign-in/", "sign-out/", "closed/", "password/", "again/", "second/", "second/again/"),
        *("second/factors/", "passkeys/", "passkeys/add/", "passkeys/again/", "passkeys/<int:pk>/edit/"),
        *("passkeys/<int:pk>/remove/", "recovery/", "recovery/generate/", "totp/", "totp/remove/"),
    )
}
OF_A_DRAFT = {
    f"questions/packages/versions/<uuid:version_id>/{rest}"
    for rest in (
        *("", "description", "preview", "differences", "consultation", "decide", "variables/<slug:code>/"),
        *("variables/<slug:code>/condition", "variables/<slug:code>/split", "variables/new", "variables/take-in"),
        *("lists/<slug:code>/<int:number>/", "lists/<slug:code>/<int:number>/earlier"),
        *("requirements/new", "requirements/<slug:code>/", "compare/written"),
    )
}
OF_A_CHAT = {"chats/<uuid:chat_id>/"}
# What the staff's site answers to machines, hands out as a file or sends on: nothing to look at.
NO_PAGES = {
    "health", "ready", "account/no-sign-up/", "queue/changes/", "chats/<uuid:chat_id>/stream",
    "bookings/<uuid:booking_id>/video/", "anonymity/tables/<uuid:table_id>", "delivered/figures.pdf", "account/passkeys/sign-in/",
    "account/recovery/download/", "deliveries/format/<slug:package>/<str:version>/<slug:table>.zip",
    "deliveries/template/<slug:package>/<str:version>/<slug:table>/<slug:period>.xlsx",
    "deliveries/<uuid:delivery_id>/receipt.txt",
}  # fmt: skip
# Pages that no link leads to, because a step leads there or because they are machines' answers.
UNLINKED = {
    "health", "ready", "recovery/download/",
    "chat/end/", "chat/write/", "chat/stream", "chat/later/open/", "chat/later/close/", "svar/<slug:token>/",
    "en/chat/end/", "en/chat/write/", "en/chat/stream", "en/chat/later/open/", "en/chat/later/close/",
    "en/svar/<slug:token>/",
}  # fmt: skip
# What both installations have is looked at at the centre's, but the desk, where each asks its own questions.
OF_THE_CENTRE = STAFF.pages - {"desk/", "desk/<uuid:contact_id>/"}
# What the operator alone has: an open chat, examined where it is made, and what scripts read.
MADE_BY_THE_OPERATOR = {
    "inbox/chats/<uuid:chat_id>/",
    "inbox/chats/<slug:name>/stream", "inbox/chats/<uuid:chat_id>/<int:seen>/",
    # The form of composing, which is walked, with a case in it: only while one waits, and another journey clears it.
    "packages/composed/<uuid:case_id>/change/",
}  # fmt: skip
# What the visitors' site answers to machines and scripts.
NO_PAGES_FOR_VISITORS = {"health", "ready", "s/<slug:name>/stream", "<slug:code>/c/<int:seen>/"}
# Secret links of mails and calendars; tests/bookings/test_public.py opens them.
SECRET_LINKS = re.compile(r"\?P<secret>")


def links(page: Page, base: str) -> list[str]:
    """Return the page's own addresses that it links to."""
    found: list[str] = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
    return [urldefrag(one).url for one in dict.fromkeys(found) if one.startswith(base)]


def pages(
    page: Page, base: str, site: Addresses, *, seen: dict[str, int], first: list[str]
) -> Iterator[tuple[str, Response]]:
    """Follow links from the first addresses; each pattern is opened once (with a query once more).

    What somebody before has opened is read for its links only: another role's page leads elsewhere.
    """
    waiting = deque(first)
    known = set(first)
    passed: set[str] = set()
    while waiting and len(passed) < MOST_PAGES:
        address = waiting.popleft()
        parts = urlsplit(base + address)
        route = site.route_of(parts.path) + ("?" if parts.query else "")
        if route in passed:
            continue
        passed.add(route)
        if (
            re.search(r"\.(csv|txt|xlsx|zip|json|px|ttl|jsonld|pdf|atom|ics)$|^/api/v", parts.path)
            or "documents/" in parts.path
            or "/files/" in parts.path
            or "/template/" in parts.path
            or parts.path == "/x/"  # the visitors’ way out leads to another site
        ):
            seen[route] = 1
            continue
        if route in seen:
            found = read_links(page, base, address)
        else:
            answer = page.goto(base + address)
            assert answer is not None
            seen[route] = 1
            yield address, answer
            found = links(page, base)
        for one in found:
            rest = one.removeprefix(base) or "/"
            if rest not in known and "sign-out" not in rest:
                known.add(rest)
                waiting.append(rest)
    assert not waiting, "more pages than this test allows for"


def read_links(page: Page, base: str, address: str) -> list[str]:
    """Return the site's own addresses that a page links to, without showing it."""
    site = urlsplit(base)
    kept = {str(one.get("name")): str(one.get("value")) for one in page.context.cookies()}
    headers = {"Host": site.netloc, "Cookie": "; ".join(f"{name}={value}" for name, value in kept.items())}
    for _ in range(4):
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        connection.close()
        onward = answer.headers.get("Location")
        if onward is None:
            break
        address = urljoin(base + address, onward).removeprefix(base)
    found = [urljoin(base + address, html.unescape(one)) for one in re.findall(r'<a [^>]*?href="([^"]+)"', text)]
    return [urldefrag(one).url for one in dict.fromkeys(found) if one.startswith(base)]


def walk(
    page: Page, base: str, site: Addresses, *, seen: dict[str, int], first: list[str], heaviest: int = HEAVIEST_OF_STAFF
) -> list[str]:
    """Open every page within reach and return what is wrong."""
    wrong: list[str] = []
    for address, answer in pages(page, base, site, seen=seen, first=first):
        if answer.status != 200:
            wrong.append(f"{address}: {answer.status}")
            continue
        wrong += examine(page, address, answer, heaviest=heaviest)
    return wrong


def missed(site: Addresses, seen: dict[str, int], elsewhere: set[str]) -> list[str]:
    """Return the pages of a site that nobody opened here, and that are not looked at elsewhere either."""
    return sorted(site.pages - {route.removesuffix("?") for route in seen} - elsewhere)


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
    parts = ["/components/", "/components/?density=public"]
    wrong = walk(page, demonstration.staff, STAFF, seen=seen, first=["/personas/", "/releases/", draft, *parts])
    for persona in PERSONAS:
        become(page, demonstration, persona)
        first = ["/", urlsplit(page.url).path]
        if persona == "adviser":
            first += [_new_contact(page, demonstration.staff), "/people/second-factor/"]
            wrong += _after_a_button(page, demonstration, "/letters/", "Läs")
        if persona == "analyst":
            exact, answer = _asked_tables(page, demonstration)
            wrong += examine(page, urlsplit(exact).path, answer)
            first += [urlsplit(exact).path.removesuffix("exact/")]
        if persona == "reviewer":
            wrong += _after_a_button(page, demonstration, "/log/", "Kontrollera hela loggen")
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
        if persona == "adviser":
            wrong += _locked(page, demonstration)
            seen["people/locked/"] = 1
    page.context.clear_cookies()
    wrong += walk(page, demonstration.staff, STAFF, seen=seen, first=["/account/sign-in/"])
    assert wrong == [], "\n".join(wrong)
    assert {"needs/?", "components/?"} <= set(seen)
    elsewhere = OF_A_DELIVERER | OF_AN_ACCOUNT | OF_A_DRAFT | OF_A_CHAT
    of_programs = {route for route in STAFF.pages if route.startswith("deliveries/api/")}
    assert missed(STAFF, seen, elsewhere | NO_PAGES | of_programs) == []


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
    assert set(seen) >= OF_A_DELIVERER


def _new_contact(page: Page, base: str) -> str:
    """Open a contact by its keys and return its path."""
    page.goto(f"{base}/desk/")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/desk/[0-9a-f-]{36}/"))
    return urlsplit(page.url).path


def _locked(page: Page, demonstration: Demonstration) -> list[str]:
    """Lock the screen with its key, and return what is wrong with what is left on it."""
    page.goto(f"{demonstration.staff}/desk/")
    page.keyboard.press("F8")
    page.wait_for_url(re.compile(r"/people/locked/"))
    answer = page.reload()
    assert answer is not None
    return examine(page, "/people/locked/", answer)


def _after_a_button(page: Page, demonstration: Demonstration, path: str, name: str) -> list[str]:
    """Press a button that shows what is never shown by an address alone, and return what is wrong with its page."""
    page.goto(demonstration.staff + path)
    with page.expect_navigation() as shown:
        page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    assert shown.value is not None
    return examine(page, f"{path} {name}", shown.value)


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
    """Start a draft of the instrument and of a template, and return their addresses and where the second is published."""
    page.goto(f"{demonstration.staff}/questions/")
    page.locator("form[action$='new-version'] button").first.click()
    page.wait_for_url(re.compile(r"/questions/versions/"))
    instrument = urlsplit(page.url).path
    page.goto(f"{demonstration.staff}/questions/")
    page.locator("a[href^='/questions/templates/versions/']").first.click()
    published = page.url
    page.locator("form[action$='new-version'] button").click()
    page.wait_for_url(re.compile(r"/questions/templates/versions/"))
    page.wait_for_function("published => location.href !== published", arg=published)
    template = urlsplit(page.url).path
    return [instrument, template, f"{template}publish"]


@pytest.mark.timeout(600)
def test_every_page_of_the_public_is_for_everybody(demonstration: Demonstration, page: Page) -> None:
    seen: dict[str, int] = {}
    # A chart alone is linked from a table that has one, and the walk opens one table only.
    first = [home + more for home in ("/", "/en/") for more in ("", "2026-q2/quarter/age/chart/")]
    wrong = walk(page, demonstration.public, PUBLIC, seen=seen, first=first, heaviest=HEAVIEST_OF_PUBLIC)
    assert wrong == [], "\n".join(wrong)
    # The addresses of the API stand in its OpenAPI document, and tests/statistics/test_public_api.py asks each of them.
    of_the_api = {one for one in PUBLIC.pages if one.lstrip("^").startswith("api/v")}
    of_mails = {one for one in PUBLIC.pages if SECRET_LINKS.search(one)}
    assert missed(PUBLIC, seen, UNLINKED | of_the_api | of_mails) == []


@pytest.mark.parametrize("path", ["/nothing/", "/account/no-such/"])
def test_what_is_not_there_is_said_calmly(demonstration: Demonstration, page: Page, path: str) -> None:
    for base in (demonstration.staff, demonstration.public):
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.status == 404
        assert examine(page, path, answer) == []


@pytest.mark.timeout(900)
def test_every_page_of_the_operators_staff_is_for_everybody(demonstration: Demonstration, page: Page) -> None:
    site = addresses(demonstration, "operator", "samsyn.config.demonstration.urls")
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
            first.append(_new_contact(page, demonstration.operator))
        wrong += walk(page, demonstration.operator, site, seen=seen, first=[*first, "/"])
    assert wrong == [], "\n".join(wrong)
    assert missed(site, seen, OF_THE_CENTRE | MADE_BY_THE_OPERATOR) == []


def test_the_visitors_page_is_for_everybody(demonstration: Demonstration, page: Page) -> None:
    site = addresses(demonstration, "operator", "samsyn.config.urls_visitor")
    seen: dict[str, int] = {}
    wrong = walk(page, demonstration.visitors, site, seen=seen, first=["/"], heaviest=HEAVIEST_OF_PUBLIC)
    assert wrong == [], "\n".join(wrong)
    assert missed(site, seen, NO_PAGES_FOR_VISITORS) == []
