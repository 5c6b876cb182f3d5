"""Rubbish at every door: a clear refusal, nothing changed, nothing logged of what was sent, and never a fault of ours."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from samsyn.contacts.models import Contact, ContactFact
from samsyn.people.access import EVERYONE, SIGNED_IN
from samsyn.people.queries import actor_named
from samsyn.people.roles import GRANTS, Permission
from samsyn.questions.models import InstrumentVersion, TemplateVersion
from samsyn.vocabulary import actions as vocabulary
from tests.rules import hostile
from tests.rules.hostile import NOWHERE, STAFF, House, Lines, View, differences, fields, filled, picture, views

pytestmark = pytest.mark.django_db(databases=["default", "public"])
# In every value that a test sends, so that it can be looked for.
MARK = "zqxjkvw"
FORM = "application/x-www-form-urlencoded"
JSON = {"accept": "application/json"}
DIGITS = "9" * 100_000
TEXTS = {
    "nothing": "",
    "a NUL": f"{MARK}\x00{MARK}",
    "control characters": f"{MARK}\x1b[2J\x07\x7f",
    "right to left": f"{MARK}\u202e\u2066\u200f{MARK}",
    "very long": MARK * 20_000,
    "very many digits": DIGITS,
    "a negative number": "-9223372036854775809",
    "no number": "NaN",
    "a broken date": "2026-02-30",
    "a date before time": "0000-00-00",
    "markup": f"<script>{MARK}</script>",
    "quotes": f"'\"`; DROP TABLE {MARK} --",
    "a path": f"../../{MARK}",
    "half a character": f"{MARK}\ufffd",
}


@pytest.fixture
def house(db: None) -> House:
    cache.clear()
    call_command("load_vocabulary", verbosity=0)
    call_command("load_questions", verbosity=0)
    return hostile.made(timezone.now())


@pytest.fixture
def lines() -> Iterator[Lines]:
    with Lines() as found:
        yield found


@pytest.fixture
def adviser(house: House) -> Client:
    return house.browser("adviser")


@pytest.fixture
def contact(adviser: Client) -> Contact:
    assert adviser.post("/desk/").status_code == 302
    return Contact.objects.get()


def words(answer: Any) -> str:
    """The message of a refusal, as a person reads it."""
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        return str(json.loads(answer.content)["message"])
    if answer.headers.get("Content-Type") == "application/problem+json":
        return str(json.loads(answer.content)["title"])
    main = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0])).strip() if main else ""


def trouble(answer: Any, *, statuses: Sequence[int] = range(400, 500), language: str = "sv") -> list[str]:
    """What is wrong with a refusal."""
    found = []
    if answer.status_code not in statuses:
        found.append(f"status {answer.status_code}")
    if answer.status_code < 400:
        return found
    if len(words(answer)) < 10:
        found.append("no words")
    page = answer.content.decode()
    if "<html" in page and (f'<html lang="{language}"' not in page or "ui/layout" not in page):
        found.append("not a page of the house")
    return found


class Doors:
    """Sends one rubbish thing after the other, and keeps what went wrong."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.before = picture()
        self.wrong: list[str] = []
        self.tried = 0

    def knock(self, name: str, send: Callable[[], Any], **how: Any) -> Any:
        seen = len(self.lines.text)
        answer = send()
        self.tried += 1
        after = picture()
        found = trouble(answer, **how)
        found += [f"changed {table}" for table in differences(self.before, after)]
        said = self.lines.text[seen:]
        if MARK in said or "99999999" in said:
            found.append(f"logged: {said[:300]}")
        self.before = after
        self.wrong += [f"{name}: {one}" for one in found]
        return answer

    def were_shut(self, *, at_least: int) -> None:
        assert self.wrong == [], "\n".join(self.wrong)
        assert self.tried >= at_least, self.tried


def desk_posts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what no page of the desk sends."""
    yield "no group", {"sector": "school"}
    yield "unknown question", {"group": MARK, MARK: "school"}
    yield "unknown code", {"group": "sector", "sector": MARK}
    yield "unknown state", {"group": "sector", "sector": "not_applicable"}
    yield "two answers of one", {"group": "sector", "sector": ["school", "police"]}
    yield "a person that is not there", {"group": "p7-sex", "p7-sex": "boy_man"}
    yield "a person with too many digits", {"group": f"p{DIGITS}-sex", "sex": "boy_man"}
    yield "a person's question of the contact", {"group": "sex", "sex": "boy_man"}
    yield "the contact's question of a person", {"group": "p1-sector", "p1-sector": "school"}
    yield "a code of another list", {"group": "sector", "sector": "phone"}
    yield "a code without its parent", {"group": "municipality", "municipality": "9999"}
    yield "a code that is closed", {"group": "sector", "sector": "other"}
    yield "a channel that is closed", {"group": "channel", "channel": "email"}
    yield "too many values", {"group": "advice", "advice": ["law"] * 61}
    yield "sequence without end", {"group": "sector", "sector": "school", "tab": "a", "sequence": DIGITS}
    yield "negative sequence", {"group": "sector", "sector": "school", "tab": "a", "sequence": "-1"}
    yield "other digits", {"group": "mentioned", "mentioned-under_18": "\uff13"}
    yield "too many mentioned", {"group": "mentioned", "mentioned-under_18": "31"}
    for name, value in TEXTS.items():
        if not value:
            continue
        yield f"{name} as code", {"group": "sector", "sector": value}
        yield f"{name} as group", {"group": value, value: "school"}
        yield f"{name} as sequence", {"group": "sector", "sector": "school", "tab": "a", "sequence": value}
        yield f"{name} as count", {"group": "mentioned", "mentioned-under_18": value}
        yield f"{name} as channel", {"group": "channel", "channel": value}
        if not re.fullmatch(r"[\w-]{1,40}", value):  # a word is a tab's name, or a line of an earlier checklist
            yield f"{name} as tab", {"group": "sector", "sector": "school", "tab": value, "sequence": "1"}
            yield f"{name} as tick", {"group": "ask", "ask": value}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_desk_keeps_only_what_it_asked_for(house: House, lines: Lines, language: str) -> None:
    adviser = house.browser("adviser", language=language)
    adviser.post("/desk/")
    contact = Contact.objects.get()
    for list_code, value in (("channel", "email"), ("sector", "other")):
        vocabulary.close_code(
            list_code=list_code, value=value, last_day=timezone.localdate(), by=actor_named("lead"), at=timezone.now()
        )
    Contact.objects.update(opened_at=timezone.now() + timedelta(days=2))  # the codes' last day has passed then
    doors = Doors(lines)
    address = f"/desk/{contact.id}"
    for name, post in desk_posts():

        def save(post: dict[str, Any] = post) -> Any:
            return adviser.post(f"{address}/save/", post, headers=JSON)

        def close(post: dict[str, Any] = post) -> Any:
            return adviser.post(f"{address}/submit/", post | {"do": "close"})

        answer = doors.knock(name, save, statuses=[400, 422], language=language)
        assert answer.headers["Content-Type"].startswith("application/json"), name
        if name in {"unknown code", "a NUL as code", "a NUL as count"}:
            doors.knock(name, close, language=language)
    doors.were_shut(at_least=80)


PARTS = "multipart/form-data; boundary=x"


def part(head: str, body: bytes) -> bytes:
    return f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body + b"\r\n--x--\r\n"


BODIES: tuple[tuple[str, str, bytes, list[int]], ...] = (
    ("latin-1 bytes", FORM, f"group=sector&sector={MARK}\xe5".encode("latin-1"), [422]),
    ("no UTF-8", FORM, f"group=sector&sector={MARK}\xff\xfe\xc0\x80".encode("latin-1"), [422]),
    ("no UTF-8 in percent signs", FORM, f"group=sector&sector={MARK}%ff%c0%80".encode(), [422]),
    ("half a character in percent signs", FORM, f"group=sector&sector={MARK}%ed%a0%80".encode(), [422]),
    ("UTF-16", FORM, f"group=sector&sector={MARK}".encode("utf-16"), [422]),
    ("said to be latin-1", f"{FORM}; charset=latin-1", f"group=sector&sector={MARK}\xe5".encode("latin-1"), [415]),
    ("said to be UTF-16", f"{FORM}; charset=utf-16", f"group=sector&sector={MARK}".encode("utf-16"), [415]),
    ("said to be no text", f"{FORM}; charset=rot13", f"group=sector&sector={MARK}".encode(), [415]),
    ("said to be packed", f"{FORM}; charset=zlib", f"group=sector&sector={MARK}".encode(), [415]),
    ("parts in UTF-7", f"{PARTS}; charset=utf-7", b"--x--", [415]),
    ("parts without a boundary", "multipart/form-data", MARK.encode(), [400]),
    ("parts that never end", PARTS, f"--x\r\n{MARK}: {MARK}".encode(), [400, 422]),
    ("a part of no UTF-8", PARTS, part('name="group"', MARK.encode() + b"\xff\xc0\x80"), [422]),
    ("a file", PARTS, part(f'name="group"; filename="{MARK}"', MARK.encode()), [400]),
    (
        "a part in base64 that is none",
        PARTS,
        part('name="group"\r\nContent-Transfer-Encoding: base64', MARK.encode() + b"=\xff"),
        [400, 422],
    ),
    ("JSON where a form belongs", "application/json", json.dumps({"group": MARK}).encode(), [422]),
    ("broken JSON", "application/json", b'{"group": "' + MARK.encode(), [422]),
    ("XML", "text/xml", f"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///{MARK}'>]><x>&e;</x>".encode(), [422]),
    ("60 000 fields", FORM, b"&".join(b"%x=" % number for number in range(60_000)), [400]),
    ("600 kB", FORM, b"group=sector&sector=" + MARK.encode() * 90_000, [413]),
    ("600 kB in parts", PARTS, b"--x" + MARK.encode() * 90_000, [413]),
    ("a million fields", FORM, b"a=&" * 1_000_000, [413]),
)


def test_a_body_that_no_page_sends_is_refused(adviser: Client, contact: Contact, lines: Lines) -> None:
    doors = Doors(lines)
    for name, content_type, body, statuses in BODIES:
        for headers in ({}, JSON):

            def send(content_type: str = content_type, body: bytes = body, headers: dict[str, str] = headers) -> Any:
                return adviser.generic(
                    "POST", f"/desk/{contact.id}/save/", body, content_type=content_type, headers=headers
                )

            doors.knock(name, send, statuses=statuses)
    doors.were_shut(at_least=2 * len(BODIES))


def test_too_many_fields_in_an_address_are_refused(house: House, lines: Lines) -> None:
    reviewer = house.browser("reviewer")
    doors = Doors(lines)
    doors.knock("many fields", lambda: reviewer.get("/log/?" + f"{MARK}=&" * 5_000), statuses=[400])
    doors.were_shut(at_least=1)


def test_a_length_that_lies_is_refused(adviser: Client, lines: Lines) -> None:
    doors = Doors(lines)
    for length in (str(100 * 1024 * 1024), DIGITS, "-1", "1e3", "\u0663"):

        def send(length: str = length) -> Any:
            return adviser.generic("POST", "/desk/", b"", content_type=FORM, CONTENT_LENGTH=length)

        doors.knock(f"length {length[:9]}", send, statuses=[400, 413])
    doors.were_shut(at_least=5)


def test_a_host_that_is_not_ours_is_refused_and_ours_is_known_however_it_is_written(house: House, lines: Lines) -> None:
    browser = house.browser()
    doors = Doors(lines)
    for host in (
        f"{MARK}.example",
        f"{MARK}@centre.localhost",
        "127.0.0.1",
        "centre.localhost/x",
        "[::1",
        f"{MARK}\x00",
    ):

        def send(host: str = host) -> Any:
            return browser.get("/", headers={"host": host})

        doors.knock(f"host {host!r}", send, statuses=[400])
    doors.were_shut(at_least=6)
    for host in ("CENTRE.localhost", "centre.localhost.", "centre.localhost:8000"):
        assert browser.get("/health", headers={"host": host}).status_code == 200, host


COOKIES = (f'"\\000{MARK}"', MARK, MARK * 900, f'"\\377\\376{MARK}"', f"\xe5\xe4{MARK}", "a" * 32, "A" * 32)


def test_a_cookie_that_we_never_gave_is_nobodys(house: House, lines: Lines) -> None:
    doors = Doors(lines)
    browser = house.browser()
    for cookie in COOKIES:
        for name in (settings.SESSION_COOKIE_NAME, "__Host-csrf", MARK):
            for path in ("/desk/", "/account/sign-in/"):

                def send(path: str = path, name: str = name, cookie: str = cookie) -> Any:
                    return browser.get(path, headers={"cookie": f"{name}={cookie}"})

                answer = doors.knock(f"{name}={cookie[:20]}", send, statuses=[200, 302])
                assert MARK not in answer.content.decode() + str(answer.headers)
    doors.were_shut(at_least=40)


CLOSING = {"do": "close", "sector": "school", "outcome": "answered", "main_concern": "control"}


def test_two_tabs_close_a_contact_once(adviser: Client, contact: Contact, lines: Lines) -> None:
    address = f"/desk/{contact.id}"
    first = adviser.post(f"{address}/submit/", CLOSING)
    assert first.status_code == 302, words(first)
    assert ContactFact.objects.count() == 1
    doors = Doors(lines)
    for what in ("close", "save", "add_person", "remove_person-1", "give_code", "restart", "discard", MARK):

        def submit(what: str = what) -> Any:
            return adviser.post(f"{address}/submit/", CLOSING | {"do": what})

        doors.knock(what, submit, statuses=[409])
    doors.knock(
        "autosave",
        lambda: adviser.post(f"{address}/save/", CLOSING | {"group": "sector"}, headers=JSON),
        statuses=[409],
    )
    doors.were_shut(at_least=9)


def test_a_clock_that_goes_back_takes_nothing_away(adviser: Client, contact: Contact) -> None:
    ahead = timezone.now() + timedelta(days=1)
    Contact.objects.update(opened_at=ahead, saved_at=ahead)
    assert adviser.get(f"/desk/{contact.id}/").status_code == 200
    assert adviser.post(f"/desk/{contact.id}/save/", {"group": "sector", "sector": "school"}).status_code == 200
    contact.refresh_from_db()
    assert contact.saved_at == ahead
    assert adviser.post(f"/desk/{contact.id}/submit/", CLOSING).status_code == 302
    contact.refresh_from_db()
    assert contact.closed_at == contact.opened_at
    assert ContactFact.objects.get().length_band == "under_10"


def test_three_words_that_are_none_open_no_matter(adviser: Client, contact: Contact, lines: Lines) -> None:
    before = picture()
    for name, value in TEXTS.items():
        answer = adviser.post(f"/desk/{contact.id}/submit/", {"code": value, "do": "join"})
        assert trouble(answer, statuses=[422]) == [], name
        # What else was posted is kept: the revision moves.
        assert set(differences(before, picture())) <= {"contacts_contact"}, name
        assert MARK not in lines.text
        assert "\x00" not in answer.content.decode()
    contact.refresh_from_db()
    assert contact.matter is None


# Every address of every site


HOLES = (
    {"uuid": str(NOWHERE), "slug": MARK, "int": "0", "str": MARK},
    {"uuid": MARK, "slug": f"{MARK}%00", "int": DIGITS, "str": f"{MARK}%00"},
    {"uuid": f"{NOWHERE}{MARK}", "slug": f"%ff{MARK}", "int": "9" * 4000, "str": f"%ff{MARK}"},
    {
        "uuid": str(NOWHERE).replace("0", "%EF%BC%90"),
        "slug": f"{MARK}%E2%80%AE",
        "int": "-1",
        "str": "%2e%2e%2f" + MARK,
    },
    {"uuid": "0" * 36, "slug": MARK * 400, "int": "%D9%A3", "str": MARK * 400},
)
QUERIES = (
    f"?page=-1&before=-1&after=-1&kind={MARK}&person={MARK}&period={MARK}&next=//{MARK}.example",
    f"?page={'9' * 3000}&before={'9' * 3000}&after={'9' * 3000}&next={MARK}",
    f"?page=%00{MARK}&before=%00{MARK}&kind=%00{MARK}&person=%00{MARK}&period=%ff{MARK}&next=%00{MARK}&quarter=%ff{MARK}",
    f"?{MARK}=%ff%00&kind[]={MARK}&next=javascript:{MARK}&next=http://[{MARK}&page=NaN&before=1e9&after=%E2%80%AE{MARK}",
)


def who_may(view: View) -> str:
    """Somebody for whom a view is; nobody's name for one that is open."""
    if view.access.whom == EVERYONE:
        return ""
    if view.access.whom == SIGNED_IN:
        return "adviser"
    assert isinstance(view.access.whom, Permission)
    return next(name for name, role in STAFF.items() if view.access.whom in GRANTS[role])


# What these do to the database is their purpose.
WRITES = {
    "account/sign-out/": "ends the session",
    "people/lock/": "locks the screen, and the log says so",
    "log/": "reading the log is logged",
    "log/<uuid:event_id>/": "reading the log is logged",
    "log/check/": "checking the log is logged",
    "log/checkpoint/": "taking a checkpoint is logged",
    "desk/": "a post opens a contact",
}


def test_every_address_of_the_staff_bears_what_is_put_into_it(house: House, lines: Lines) -> None:
    browsers = {name: house.browser(name) for name in ("", *STAFF)}
    doors = Doors(lines)
    for view in views("samsyn.config.urls_staff"):
        browser = browsers[who_may(view)]
        addresses = [filled(view, **holes) for holes in HOLES] if "<" in view.route else [f"/{view.route}"]
        if "<" not in view.route:
            addresses = [f"/{view.route}{query}" for query in QUERIES]
        for address in addresses:

            def read(browser: Client = browser, address: str = address) -> Any:
                return browser.get(address)

            if view.route not in WRITES:
                statuses = [404, 405] if "<" in view.route else [200, 302, *range(400, 500)]
                doors.knock(f"GET {address[:90]}", read, statuses=statuses)
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", MARK.upper()):

            def other(browser: Client = browser, address: str = addresses[0], method: str = method) -> Any:
                return browser.generic(method, address)

            answer = doors.knock(f"{method} {view.route}", other, statuses=[405])
            assert answer.headers["Allow"]
    doors.were_shut(at_least=400)


# On every page: the switch of language.
SWITCH = {"next", "language"}
# A ticked box and a pressed button have any value at all; Django takes these two numbers from its own class.
ANYTHING = {"required_at_close", "more", "publish", "line-MIN_NUM_FORMS", "line-MAX_NUM_FORMS"}
IN_WORDS = ("a NUL", "control characters", "right to left", "half a character", "very long")
IN_ONE = ("a NUL", "right to left", "very many digits", "a negative number")


def hostile_forms(page: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a page's fields with rubbish in all of them, and in one after the other."""
    there = {name: values[-1] for name, values in fields(page).items() if name not in SWITCH}
    for name, value in TEXTS.items():
        yield name, dict.fromkeys(there, value)
    alike = set()
    for one in there:
        kind = re.sub(r"\d+", "", one)  # line-0-text_sv is as line-1-text_sv
        if kind in alike or kind in ANYTHING:
            continue
        alike.add(kind)
        is_words = one.endswith(("_sv", "_en", "reason"))
        for name in IN_WORDS if is_words else IN_ONE:
            yield f"{name} in {one}", there | {one: TEXTS[name]}


@pytest.fixture
def drafts(house: House) -> dict[str, str]:
    """A draft of the questions and one of a template."""
    lead = house.browser("lead")
    assert lead.post("/questions/instruments/support_call/new-version").status_code == 302
    template = TemplateVersion.objects.select_related("template").first()
    assert template is not None
    assert lead.post(f"/questions/templates/{template.template.code}/new-version").status_code == 302
    return {
        "instrument": str(InstrumentVersion.objects.get(status="draft").pk),
        "template": str(TemplateVersion.objects.get(status="draft").pk),
    }


def test_every_form_of_the_editor_bears_what_is_written_into_it(
    house: House, lines: Lines, drafts: dict[str, str]
) -> None:
    lead = house.browser("lead")
    version = f"/questions/versions/{drafts['instrument']}"
    template = f"/questions/templates/versions/{drafts['template']}"
    pages = (
        f"{version}/reminder",
        f"{version}/local",
        f"{version}/publish",
        f"{version}/questions/profession/",
        f"{template}/",
        f"{template}/publish",
        "/questions/templates/new",
    )
    doors = Doors(lines)
    for address in pages:
        page = lead.get(address).content.decode()
        for name, post in hostile_forms(page):

            def send(address: str = address, post: dict[str, Any] = post) -> Any:
                return lead.post(address, post)

            doors.knock(f"{address[-20:]}: {name}", send)
    for name, value in TEXTS.items():
        for action in ("questions/profession/move", "questions/profession/remove", "discard"):

            def press(action: str = action, value: str = value) -> Any:
                return lead.post(f"{version}/{action}", {"revision": value, "direction": value})

            doors.knock(f"{action}: {name}", press)
    doors.were_shut(at_least=200)
    # All that was refused for what it was: a post that is in order is still taken.
    reminder = fields(lead.get(pages[0]).content.decode())
    assert lead.post(pages[0], {name: values[-1] for name, values in reminder.items()}).status_code == 302


def test_every_form_of_the_others_bears_what_is_written_into_it(house: House, lines: Lines) -> None:
    forms = (
        ("administrator", "/people/accounts/"),
        ("analyst", "/releases/"),
        ("analyst", "/tables/"),
        ("", "/account/sign-in/"),
        ("", "/account/passkeys/sign-in/"),
        ("", "/account/second/"),
        ("", "/people/language/"),
        ("adviser", "/people/language/"),
        ("adviser", "/account/totp/"),
        ("adviser", "/account/passkeys/add/"),
        ("adviser", "/account/password/"),
        ("adviser", "/account/again/"),
        ("adviser", "/account/second/again/"),
        ("adviser", "/account/passkeys/again/"),
        ("adviser", "/account/recovery/generate/"),
        ("adviser", "/account/totp/remove/"),
    )
    doors = Doors(lines)
    for who, address in forms:
        browser = house.browser(who)
        page = browser.get(address).content.decode()
        names = {
            "credential": [""],
            "code": [""],
            "quarter": [""],
            "language": [""],
            "next": [""],
            "login": [""],
            "do": [""],
        }
        there = dict.fromkeys(names | fields(page), "x")
        doors.before = picture()
        for name in ("nothing", *IN_WORDS, "very many digits"):
            posts = [dict.fromkeys(there, TEXTS[name])]
            if "passkeys" in address or "second" in address:
                posts.append(there | {"credential": json.dumps({"id": TEXTS[name], "type": [TEXTS[name]]})})
            for post in posts:

                def send(browser: Client = browser, address: str = address, post: dict[str, str] = post) -> Any:
                    return browser.post(address, post)

                cache.clear()
                doors.knock(f"{address}: {name}", send, statuses=[200, 302, *range(400, 500)])
    doors.were_shut(at_least=120)


def test_a_version_that_is_published_or_thrown_away_is_changed_by_nobody(
    house: House, lines: Lines, drafts: dict[str, str]
) -> None:
    lead = house.browser("lead")
    published = InstrumentVersion.objects.exclude(status="draft").get()
    draft = InstrumentVersion.objects.get(status="draft")
    assert lead.post(f"/questions/versions/{draft.pk}/discard", {"revision": draft.revision}).status_code == 302
    template = TemplateVersion.objects.exclude(status="draft").first()
    assert template is not None
    doors = Doors(lines)
    places = [f"/questions/versions/{one.pk}" for one in (published, draft)]
    addresses = [
        f"{place}/{rest}"
        for place in places
        for rest in ("reminder", "local", "publish", "discard", "questions/profession/", "questions/profession/move")
    ]
    addresses += [f"/questions/templates/versions/{template.pk}/{rest}" for rest in ("", "publish", "discard")]
    for address in addresses:
        for revision in ("1", str(published.revision), DIGITS, MARK):

            def send(address: str = address, revision: str = revision) -> Any:
                return lead.post(address, {"revision": revision, "wording_sv": MARK, "note": MARK, "title_sv": MARK})

            doors.knock(address, send, statuses=[404, 409, 422])
    doors.were_shut(at_least=60)


def test_a_release_that_does_not_fit_is_refused(house: House, lines: Lines) -> None:
    analyst, publisher = house.browser("analyst"), house.browser("publisher")
    doors = Doors(lines)
    for quarter in (
        "2026-q5",
        "2026-Q1",
        "0000-q1",
        "9999-q4",
        "2012-q1",
        f"{DIGITS}-q1",
        f"2026-q1{MARK}",
        "2026-q1\n",
        "\u0662026-q1",
    ):

        def draft(quarter: str = quarter) -> Any:
            return analyst.post("/releases/", {"quarter": quarter})

        doors.knock(f"quarter {quarter[:12]!r}", draft)
    for browser in (analyst, publisher):
        for address in (
            f"/releases/{NOWHERE}/step/",
            f"/releases/{NOWHERE}/revise/",
            f"/releases/{NOWHERE}/documents/",
        ):
            for post in ({"do": MARK, "step": MARK, "note": MARK}, {"do": "publish", "step": "publish"}, {}):

                def step(browser: Client = browser, address: str = address, post: dict[str, str] = post) -> Any:
                    return browser.post(address, post)

                doors.knock(address, step)
    doors.were_shut(at_least=20)


PUBLIC_HOLES = (
    {
        "quarter": "2026-q1",
        "kind": "quarter",
        "code": MARK,
        "ending": "csv",
        "edition": "1",
        "name": "sex-quarter",
        "lang": "xx",
        "database": MARK,
    },
    {
        "quarter": "2099-q4",
        "kind": "quarter",
        "code": "x" * 40,
        "ending": "xlsx",
        "edition": "9" * 400,
        "name": "x" * 40 + "-cumulative",
        "lang": "sv",
        "database": "x" * 40,
    },
    {
        "quarter": f"{MARK}-q1",
        "kind": MARK,
        "code": f"%00{MARK}",
        "ending": MARK,
        "edition": MARK,
        "name": f"%00{MARK}-quarter",
        "lang": MARK,
        "database": f"%ff{MARK}",
    },
    {
        "quarter": DIGITS[:5000],
        "kind": "-1",
        "code": f"%ff{MARK}",
        "ending": "csv",
        "edition": DIGITS[:5000],
        "name": f"{DIGITS[:5000]}-quarter",
        "lang": "%00",
        "database": DIGITS[:5000],
    },
    {
        "quarter": "20%D9%A3%D9%A3-q1",
        "kind": "quarter%00",
        "code": "x%0A",
        "ending": "csv%0A",
        "edition": f"%00{MARK}",
        "name": "sex-quarter%0A",
        "lang": "sv%0A",
        "database": "x%0A",
    },
    {
        "quarter": "2026-q0",
        "kind": "..%2f..",
        "code": "%2e%2e",
        "ending": "csv",
        "edition": "0",
        "name": "..%2f..-quarter",
        "lang": "..",
        "database": "..",
    },
)


def test_every_address_of_the_public_bears_what_is_put_into_it(
    house: House, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SAMSYN_API_CALLS", 0)  # each question is read, not only the first thirty
    browser = house.browser()
    doors = Doors(lines)
    host = {"host": settings.SAMSYN_PUBLIC_HOST}
    for view in views("samsyn.config.urls_public"):
        language = "en" if view.route.lstrip("^").startswith("en/") else "sv"
        has_holes = "(?P<" in view.route
        is_api = view.route.lstrip("^").startswith("api/") and view.route != "api/"
        addresses = (
            [filled(view, **holes) for holes in PUBLIC_HOLES] if has_holes else [f"/{view.route}{q}" for q in QUERIES]
        )
        for address in addresses:
            for headers in (
                {},
                {"if-none-match": MARK * 900, "accept-language": MARK, "range": f"bytes={DIGITS[:99]}-"},
            ):

                def read(address: str = address, headers: dict[str, str] = headers) -> Any:
                    return browser.get(address, headers=host | headers)

                # No history is loaded and nothing published here: their pages and the catalogue are not there yet.
                statuses = (
                    [404] if has_holes or "catalogue" in address else [200, 404] if "history" in address else [200]
                )
                if is_api:
                    statuses = [200] if address == "/api/v1/sv/?" else [400, 404]
                doors.knock(f"GET {address[:80]}", read, statuses=statuses, language=language)
        for method in ("POST", "PUT", "DELETE", MARK.upper()):

            def other(address: str = addresses[0], method: str = method) -> Any:
                return browser.generic(method, address, MARK, headers=host)

            asked = [400, 404, 405] if is_api and method == "POST" else [405]
            doors.knock(f"{method} {view.route}", other, statuses=asked, language=language)
    doors.were_shut(at_least=150)


GROUPS = st.sampled_from(["sector", "channel", "mentioned", "ask", "inform", "p1-sex", "p1-exposure", "municipality"])
NAMES = GROUPS | st.text(max_size=90)
VALUES = st.sampled_from(["school", "unknown", "control", "not_asked", "0180", "boy_man"]) | st.text(max_size=90)
POSTS = st.dictionaries(NAMES, st.lists(VALUES, max_size=4), max_size=6)


@effort(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(groups=st.lists(NAMES, max_size=5), post=POSTS, extra=st.dictionaries(
    st.sampled_from(["tab", "sequence", "do", "code", "mentioned-under_18", "mentioned-unknown"]), VALUES, max_size=3
), submit=st.booleans())  # fmt: skip
def test_whatever_is_posted_to_the_desk_is_kept_or_refused(
    adviser: Client,
    contact: Contact,
    groups: list[str],
    post: dict[str, list[str]],
    extra: dict[str, str],
    submit: bool,
) -> None:
    """Lone surrogates cannot be put in a form by a browser; the client that sends them is told so before it sends."""
    data = {k: [v.encode("utf-8", "replace").decode() for v in vs] for k, vs in (post | {"group": groups}).items()}
    data |= {name: [value.encode("utf-8", "replace").decode()] for name, value in extra.items()}
    if submit and extra.get("do") in {"discard", "close"}:
        data["do"] = ["save"]
    data = {name.encode("utf-8", "replace").decode(): values for name, values in data.items()}
    answer = adviser.post(
        f"/desk/{contact.id}/{'submit' if submit else 'save'}/", urlencode(data, doseq=True), content_type=FORM
    )
    assert answer.status_code in {200, 302, 400, 409, 422}
    assert adviser.get(f"/desk/{contact.id}/").status_code == 200
