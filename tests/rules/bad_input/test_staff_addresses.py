"""Rubbish in every address of the staff."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from samsyn.people.access import EVERYONE, SIGNED_IN
from samsyn.people.roles import GRANTS, Permission
from tests.rules.bad_input.doors import HOLES, MARK, QUERIES, Doors
from tests.rules.hostile import STAFF, House, Lines, View, filled, walked

pytestmark = pytest.mark.django_db(databases=["default", "public"])


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
    **dict.fromkeys(
        (f"cases/<uuid:case_id>/{part}" for part in ("", "<slug:kind>/", "share/", "end/", "export/")),
        "asking for a case without a right to it is logged",
    ),
    "inbox/chats/<slug:name>/stream": "another process serves it",
}


@pytest.mark.timeout(600)
def test_every_address_of_the_staff_bears_what_is_put_into_it(house: House, lines: Lines) -> None:
    browsers = {name: house.browser(name) for name in ("", *STAFF)}
    doors = Doors(lines)
    for view in walked("staff"):
        browser = browsers[who_may(view)]
        addresses = [filled(view, **holes) for holes in HOLES] if "<" in view.route else [f"/{view.route}"]
        if "<" not in view.route:
            addresses = [f"/{view.route}{query}" for query in QUERIES]
        for address in addresses:

            def read(browser: Client = browser, address: str = address) -> Any:
                return browser.get(address)

            if view.route not in WRITES:
                # Systems of others prove themselves with a token before anything is looked up.
                holed = [401, 404, 405] if "/api/" in view.route else [404, 405]
                # This house's deliverer belongs to no organisation that delivers, and is told so first.
                holed += [403] if view.route.startswith("deliveries/") else []
                # Whose keys are locked is led to where they are opened, before anything is looked up.
                holed += [302] if view.route.startswith("inbox/") else []
                statuses = holed if "<" in view.route else [200, 302, *range(400, 500)]
                doors.knock(f"GET {address[:90]}", read, statuses=statuses)
        methods = ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", MARK.upper())
        for method in methods:

            def other(browser: Client = browser, address: str = addresses[0], method: str = method) -> Any:
                return browser.generic(method, address)

            answer = doors.knock(f"{method} {view.route}", other, statuses=[405])
            assert answer.headers["Allow"]
    doors.were_shut(at_least=400 if settings.SAMSYN_INSTALLATION == "centre" else 250)
