"""What a reader's request costs: a small page, few queries, and nothing but stored cells."""

import gzip
import re
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page

from samsyn.config.demonstration import world
from samsyn.contacts import actions as contacts
from samsyn.people.actors import Actor
from samsyn.statistics import actions, queries
from samsyn.statistics.periods import Quarter
from tests.journeys.conftest import Demonstration
from tests.journeys.watching import Watch
from tests.statistics.test_releases import AT

PUBLIC_LIMIT = 50_000


def fetched(url: str, host: str) -> bytes:
    """The bytes that travel, compressed as the server sends them."""
    request = urllib.request.Request(url, headers={"Host": host, "Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        body: bytes = answer.read()
        return body


def text_of(body: bytes) -> str:
    return (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()


def weight(base: str, path: str, host: str) -> int:
    """A first visit: the page and every style, script and picture that it names."""
    body = fetched(base + path, host)
    named = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text_of(body)))
    return len(body) + sum(len(fetched(urljoin(base, one), host)) for one in named)


@pytest.mark.parametrize(
    "path", ["/", "/2026-q2/quarter/", "/2026-q2/cumulative/", "/2026-q2/cumulative/county/", "/history/", "/about/"]
)
def test_a_public_page_weighs_at_most_50_kb(demonstration: Demonstration, path: str) -> None:
    host = f"statistik.localhost:{demonstration.port}"
    assert weight(f"http://127.0.0.1:{demonstration.port}", path, host) <= PUBLIC_LIMIT


@pytest.mark.django_db
def test_a_table_costs_its_first_reader_four_queries_of_published_tables_alone_and_the_next_one_one(
    analyst: Actor, publisher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PUBLIC", "default")
    made = world.generate(scale=0.1)
    contacts.add_facts(**vars(made))
    release = actions.draft_release(quarter=Quarter(2026, 2), by=analyst, at=AT)
    actions.submit_for_approval(release_id=release.pk, by=analyst, at=AT)
    actions.approve_release(release_id=release.pk, by=publisher, at=AT)
    actions.publish_release(release_id=release.pk, by=publisher, at=AT)
    reader = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    for path in (
        "/",
        "/2026-q2/quarter/",
        "/2026-q2/cumulative/age/",
        "/2026-q2/cumulative/age.csv",
        "/2026-q2/quarter/report.pdf",
    ):
        for most in (6, 1):
            with CaptureQueriesContext(connection) as asked:
                assert reader.get(path).status_code == 200
            assert len(asked) <= most, path
            tables = {name for one in asked.captured_queries for name in re.findall(r'FROM "(\w+)"', one["sql"])}
            assert tables <= {"statistics_publishedtable", "statistics_publishedfile", "statistics_publishedtime"}, path


def test_another_site_shows_the_chart_and_no_other_page(demonstration: Demonstration, page: Page, watch: Watch) -> None:
    page.goto(f"{demonstration.public}/2026-q2/quarter/sex/")
    snippet = page.locator(".embedding code").first.text_content()
    assert snippet
    # Another site with two frames: the chart, and the table's page, which refuses to be framed.
    body = f"<!doctype html><title>Another site</title>{snippet}{snippet.replace('/chart/', '/')}".encode()

    class Newspaper(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Newspaper) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page.goto(f"http://newspaper.localhost:{server.server_port}/")
        framed = page.frame_locator("iframe").first
        framed.locator("h1").wait_for()
        server.shutdown()
    (refused,) = watch.heard  # what the other page may not do is the refusal
    assert "frame-ancestors" in refused
    watch.heard.clear()
    assert framed.locator("svg").count() == 1
    assert page.frames[2].locator("table").count() == 0
    assert page.frames[2].url.startswith("chrome-error:")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.frames[1].evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
