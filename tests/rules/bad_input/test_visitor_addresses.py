"""Rubbish in every address and every form of the visitors' site, by somebody whom it knows nothing about."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.rules.bad_input.doors import DIGITS, MARK, TEXTS, Doors
from tests.rules.hostile import House, Lines, filled, walked

pytestmark = pytest.mark.django_db(databases=["default", "public"])
HOLES = (
    {"code": "sv", "slug": MARK, "int": "0"},
    {"code": MARK, "slug": f"{MARK}%00", "int": DIGITS[:5000]},
    {"code": f"sv%00{MARK}", "slug": f"%ff{MARK}", "int": "-1"},
    {"code": "..%2f..", "slug": MARK * 400, "int": "%D9%A3"},
)
# All that the site's forms ask for, and what they send beside it.
NAMES = ("box", "do", "done", "own_id", "sure", "text", "words", "work", MARK)
METHODS = ("PUT", "DELETE", "PATCH", "TRACE", MARK.upper())


def test_every_address_of_the_visitors_bears_what_is_put_into_it(house: House, lines: Lines) -> None:
    visitor = Client(raise_request_exception=False, headers={"host": settings.SAMSYN_PUBLIC_HOST})
    doors = Doors(lines)
    # The way out and the sign of life answer whatever comes with them.
    answered = [200, 204, 302, 303, *range(400, 500)]
    for view in walked("visitor"):
        for holes in HOLES if "<" in view.route else HOLES[:1]:
            address = filled(view, **holes)
            if view.route.endswith("/stream"):
                break  # another process serves it
            for headers in ({}, {"accept": "application/json", "accept-language": MARK, "if-none-match": MARK * 900}):

                def read(address: str = address, headers: dict[str, str] = headers) -> Any:
                    return visitor.get(f"{address}?{MARK}={MARK}&n=%ff%00", headers=headers)

                answer = doors.knock(f"GET {address[:80]}", read, statuses=answered)
                assert MARK not in str(answer.headers)
                assert MARK not in answer.content.decode() or answer.status_code < 400, address
        first = filled(view, **HOLES[0])
        for method in METHODS:

            def other(address: str = first, method: str = method) -> Any:
                return visitor.generic(method, address, MARK)

            doors.knock(f"{method} {view.route}", other, statuses=range(400, 500))
        for name, value in TEXTS.items():

            def send(address: str = first, value: str = value) -> Any:
                return visitor.post(address, dict.fromkeys(NAMES, value))

            doors.knock(f"POST {view.route} with {name}", send, statuses=answered)
    doors.were_shut(at_least=200)


def test_no_form_of_another_site_is_taken(house: House, lines: Lines) -> None:
    """There is no session that another site could use; and where the browser says that it comes from there, it is refused."""
    doors = Doors(lines)
    for view in walked("visitor"):
        for said in ("cross-site", "same-site"):
            headers = {"host": settings.SAMSYN_PUBLIC_HOST, "sec-fetch-site": said}
            visitor = Client(raise_request_exception=False, headers=headers)

            def send(visitor: Client = visitor, address: str = filled(view, **HOLES[0])) -> Any:
                return visitor.post(address, {"text": MARK, "do": "say"})

            doors.knock(f"POST {view.route} with {said}", send, statuses=[403, 404, 405])
    doors.were_shut(at_least=20)
