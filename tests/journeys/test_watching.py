"""A journey fails on what a page may not do, whichever browser it does it in."""

import re

import pytest
from playwright.sync_api import Browser

from tests.journeys.watching import watched

ADDRESS = "http://centre.localhost/page/"
POLICY = {"Content-Security-Policy": "default-src 'self'; script-src 'nonce-own'; img-src *"}


@pytest.fixture(autouse=True)
def watch() -> None:
    """Nobody else watches here: what is planted is meant to be heard once."""


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ("<script>let a = 1</script>", "Content Security Policy"),
        ("<img src='http://stranger.example/a.png' alt=''>", "foreign request: http://stranger.example/a.png"),
        ("<script nonce='own'>nothing.there</script>", "nothing is not defined"),
        ("<script nonce='own'>localStorage.setItem('a', '1'); localStorage.clear()</script>", "stores setItem"),
        ("<script nonce='own'>sessionStorage.a = '1'</script>", "stores {'session': 1}"),
        ("<script nonce='own'>indexedDB.open('a')</script>", "stores open a"),
        ("<img src='/static/gone.svg' alt=''>", "Failed to load resource"),
    ],
)
def test_what_a_page_may_not_do_fails_its_journey(chromium: Browser, planted: str, said: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(said)):
        open_watched(chromium, planted)


def open_watched(chromium: Browser, planted: str) -> None:
    with watched():
        context = chromium.new_context()
        context.route("**", lambda route: route.fulfill(status=404, body=""))
        context.route(ADDRESS, lambda route: route.fulfill(body=planted, content_type="text/html", headers=POLICY))
        context.new_page().goto(ADDRESS)


def test_a_quiet_page_and_its_refusals_fail_nothing(chromium: Browser) -> None:
    with watched():
        context = chromium.new_context()
        context.route("**", lambda route: route.fulfill(status=422, body="<p>Nej</p>", content_type="text/html"))
        context.new_page().goto(ADDRESS)
