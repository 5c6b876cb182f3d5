"""A fault of ours in any view, and a form of anybody else's: neither repeats or changes anything."""

import functools
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import ResolverMatch, URLPattern, URLResolver

from tests.rules.bad_input.doors import FORM, HOLES, MARK, Doors
from tests.rules.bad_input.test_staff_addresses import who_may
from tests.rules.hostile import STAFF, House, Lines, differences, filled, picture, walked

pytestmark = pytest.mark.django_db(databases=["default", "public"])
SITES = ["staff", settings.SAMSYN_URLCONFS[settings.SAMSYN_PUBLIC_HOST].rpartition("_")[2]]
REGEX = {
    "quarter": "2026-q1",
    "kind": "quarter",
    "code": "age",
    "edition": "1",
    "ending": "csv",
    "name": "age-quarter",
    "lang": "sv",
    "database": "support_call",
    "slug": "json",
    "secret": "a" * 43,
}
# Programs call these with a secret or a token of their own: they have no session that another site could use.
PROGRAMS = ("phone/", "deliveries/api/")


def broken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let every view fail from now on, with all that it was sent in the fault's words; return which did."""
    failed: list[str] = []
    resolve = BaseHandler.resolve_request

    def resolving(self: BaseHandler, request: HttpRequest) -> ResolverMatch:
        match: ResolverMatch = resolve(self, request)  # type: ignore[attr-defined]

        @functools.wraps(match.func)
        def fail(request: HttpRequest, *positional: Any, **named: Any) -> HttpResponse:
            failed.append(request.path)
            told = request.body
            raise ValueError(f"{told!r} {request.META} {positional} {named}")

        match.func = fail
        return match

    monkeypatch.setattr(BaseHandler, "resolve_request", resolving)
    return failed


@pytest.mark.parametrize("site", SITES)
def test_a_fault_in_any_view_is_told_without_what_was_sent(
    house: House, lines: Lines, monkeypatch: pytest.MonkeyPatch, site: str
) -> None:
    strangers = Client(raise_request_exception=False, headers={"host": settings.SAMSYN_PUBLIC_HOST})
    browsers = {name: house.browser(name) for name in ("", *STAFF)}
    # On the visitors' site an error is as neutral as a page.
    sorry = "kunde inte öppnas. Ingenting ändrades." if site == "visitor" else "Något gick fel hos oss"
    failed = broken(monkeypatch)
    before = picture()
    for view in walked(site):
        browser = browsers[who_may(view)] if site == "staff" else strangers
        seen, said = len(failed), len(lines.text)
        # The public site reads; what it refuses to take never comes to a view.
        address = (
            filled(view, **{**HOLES[0], **REGEX}).replace("^api/v[12](?:/.*)?$", "api/v2/nothing").replace("/?", "/")
        )
        answer = browser.generic(
            "POST" if site == "staff" else "GET",
            f"{address}?{MARK}={MARK}",
            f"{MARK}={MARK}",
            content_type=FORM,
            headers={"x-mark": MARK, "user-agent": MARK},
        )
        assert len(failed) == seen + 1, view.route
        assert answer.status_code == 500, view.route
        assert sorry in answer.content.decode(), view.route
        assert MARK not in answer.content.decode() + str(answer.headers), view.route
        assert '"exception": "ValueError"' in lines.text[said:], view.route
    assert MARK not in lines.text
    assert len(failed) > (50 if settings.SAMSYN_INSTALLATION == "centre" else 7)
    assert mail.outbox == []
    assert differences(before, picture()) == []


def exempt(urlconf: str) -> set[str]:
    """Return the addresses of a site whose forms are taken from anywhere."""

    def under(patterns: list[Any], prefix: str) -> set[str]:
        found: set[str] = set()
        for one in patterns:
            whole = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                found |= under(one.url_patterns, whole)
            elif isinstance(one, URLPattern) and getattr(one.callback, "csrf_exempt", False):
                found.add(whole)
        return found

    return under(import_module(urlconf).urlpatterns, "")


def test_no_form_of_the_staff_is_taken_without_the_sessions_own_mark(house: House, lines: Lines) -> None:
    browsers = {name: house.browser(name, enforce_csrf_checks=True) for name in ("", *STAFF)}
    marks = {name: browsers[name].get("/people/roles/").context["csrf_token"] for name in STAFF}
    free = exempt("samsyn.config.urls_staff")
    assert all(route.startswith(PROGRAMS) for route in free), free
    doors = Doors(lines)
    for view in walked("staff"):
        if view.route in free:
            continue
        name = who_may(view)
        anothers = next(str(mark) for who, mark in marks.items() if who != name)
        for mark in ("", MARK, anothers):

            def send(
                browser: Client = browsers[name], address: str = filled(view, **HOLES[0]), mark: str = mark
            ) -> Any:
                return browser.post(address, {"csrfmiddlewaretoken": mark, "name": MARK})

            doors.knock(f"POST {view.route} with {mark[:8]!r}", send, statuses=[403])
    doors.were_shut(at_least=200 if settings.SAMSYN_INSTALLATION == "centre" else 80)
