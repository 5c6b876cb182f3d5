"""Rubbish in every address of the public."""

import re
from typing import Any

import pytest
from django.conf import settings

from tests.rules.bad_input.doors import DIGITS, MARK, QUERIES, Doors
from tests.rules.hostile import House, Lines, View, filled, views

pytestmark = pytest.mark.django_db(databases=["default", "public"])

PUBLIC_HOLES = (
    {
        "slug": MARK,
        "quarter": "2026-q1",
        "kind": "quarter",
        "code": MARK,
        "ending": "csv",
        "edition": "1",
        "name": "sex-quarter",
        "lang": "xx",
        "database": MARK,
        "secret": MARK * 4,
    },
    {
        "slug": "x" * 40,
        "quarter": "2099-q4",
        "kind": "quarter",
        "code": "x" * 40,
        "ending": "xlsx",
        "edition": "9" * 400,
        "name": "x" * 40 + "-cumulative",
        "lang": "sv",
        "database": "x" * 40,
        "secret": "x" * 64,
    },
    {
        "slug": MARK * 90,
        "quarter": f"{MARK}-q1",
        "kind": MARK,
        "code": f"%00{MARK}",
        "ending": MARK,
        "edition": MARK,
        "name": f"%00{MARK}-quarter",
        "lang": MARK,
        "database": f"%ff{MARK}",
        "secret": f"%ff{MARK}",
    },
    {
        "slug": DIGITS[:5000],
        "quarter": DIGITS[:5000],
        "kind": "-1",
        "code": f"%ff{MARK}",
        "ending": "csv",
        "edition": DIGITS[:5000],
        "name": f"{DIGITS[:5000]}-quarter",
        "lang": "%00",
        "database": DIGITS[:5000],
        "secret": DIGITS[:5000],
    },
    {
        "slug": "x%0A",
        "quarter": "20%D9%A3%D9%A3-q1",
        "kind": "quarter%00",
        "code": "x%0A",
        "ending": "csv%0A",
        "edition": f"%00{MARK}",
        "name": "sex-quarter%0A",
        "lang": "sv%0A",
        "database": "x%0A",
        "secret": f"{MARK * 4}%0A",
    },
    {
        "slug": "..",
        "quarter": "2026-q0",
        "kind": "..%2f..",
        "code": "%2e%2e",
        "ending": "csv",
        "edition": "0",
        "name": "..%2f..-quarter",
        "lang": "..",
        "database": "..",
        "secret": "..................",
    },
)


def of_reading(address: str, *, has_holes: bool, is_api: bool) -> list[int]:
    """What a page may answer: no history is loaded and nothing published here, so much is not there yet."""
    if is_api:
        return [200] if address == "/api/v1/sv/?" else [400, 404]
    if "booking/confirm" in address or "/svar/" in address:
        return [404, 410]  # a link that is no longer good is told so
    if re.search(r"chat/(write|end|stream|later/(open|close))", address):
        return [204, 405]  # they take forms, or keep a line open to a chat that is there
    if has_holes or "catalogue" in address:
        return [404]
    return [200, 404] if "history" in address else [200]


def of_asking(view: View, method: str, *, is_api: bool) -> list[int]:
    """What is answered to what only some pages take."""
    if method == "POST" and is_api:
        return [400, 404, 405]
    if method == "POST" and "booking/" in view.route:
        return [404, 405, 409, 422]
    if method == "POST" and "svar/" in view.route:
        return [404, 405, 410]
    return [405]


@pytest.mark.timeout(600)
def test_every_address_of_the_public_bears_what_is_put_into_it(
    house: House, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SAMSYN_API_CALLS", 0)  # each question is read, not only the first thirty
    browser = house.browser()
    doors = Doors(lines)
    host = {"host": settings.SAMSYN_PUBLIC_HOST}
    for view in views("samsyn.config.urls_public"):
        language = "en" if view.route.lstrip("^").startswith("en/") else "sv"
        has_holes = "<" in view.route
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

                statuses = of_reading(address, has_holes=has_holes, is_api=is_api)
                doors.knock(f"GET {address[:80]}", read, statuses=statuses, language=language)
        methods = ("POST", "PUT", "DELETE", MARK.upper())
        if "chat/" in view.route:
            methods = methods[1:]  # a post begins or ends a chat: tests/channels/test_chat.py
        for method in methods:

            def other(address: str = addresses[0], method: str = method) -> Any:
                return browser.generic(method, address, MARK, headers=host)

            asked = of_asking(view, method, is_api=is_api)
            doors.knock(f"{method} {view.route}", other, statuses=asked, language=language)
    doors.were_shut(at_least=150)
