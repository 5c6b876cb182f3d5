"""Rubbish at the desk, in bodies, headers and cookies."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from samsyn.contacts.models import Contact, ContactFact
from samsyn.people.queries import actor_named
from samsyn.vocabulary import actions as vocabulary
from tests.rules.bad_input.doors import DIGITS, FORM, JSON, MARK, TEXTS, Doors, trouble, words
from tests.rules.hostile import House, Lines, differences, picture

pytestmark = pytest.mark.django_db(databases=["default", "public"])


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
