"""A small server for looking at the component page in a browser: our pages, files and headers, no database."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.shortcuts import render
from django.test import RequestFactory
from django.urls import set_urlconf
from django.utils import translation

from samsyn.config.middleware import CONTENT_SECURITY_POLICY

STATIC = Path(__file__).resolve().parent.parent.parent / "samsyn" / "ui" / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/ui" in item.path.as_posix():
            item.add_marker(pytest.mark.no_server)


@dataclass(frozen=True)
class SomebodyAtWork:
    """What templates ask of an actor."""

    pseudonym: str = "Rådgivare 3"


def page(address: str) -> str:
    """Render the component page as the site would."""
    from samsyn.ui.gallery import examples

    request = RequestFactory().get(address, headers={"host": "centre.localhost"})
    density = "public" if request.GET.get("density") == "public" else "staff"
    rtl = request.GET.get("dir") == "rtl"
    set_urlconf("tests.ui.urls")
    with translation.override(request.GET.get("lang", "sv")):
        context = examples.everything(rtl=rtl, wrong="errors" in request.GET, now=datetime.now(UTC))
        context |= {"rtl": rtl, "density": density, "actor": SomebodyAtWork()}
        context["navigation"] = [("Samtal", "/", True), ("Publiceringar", "/releases/", False)]
        try:
            return render(request, f"ui/gallery/{density}.html", context).content.decode()
        finally:
            set_urlconf(None)


@dataclass
class Site:
    """The running server; tests say what autosave answers and read what it was sent."""

    address: str = ""
    posts: list[dict[str, list[str]]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    extra: str = ""


def handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            pass

        def answer(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path.startswith("/static/"):
                # Hashed names (tokens.0f3a.css) and plain ones are the same file.
                parts = Path(path.removeprefix("/static/"))
                pieces = parts.name.split(".")
                file = STATIC / parts.parent / f"{pieces[0]}.{pieces[-1]}"
                self.answer(file.read_bytes(), KINDS[file.suffix])
            elif path == "/locked":
                self.answer(b"<!doctype html><title>Samsyn</title><p>locked", "text/html")
            else:
                html = page(self.path)
                if site.extra:
                    html = html.replace('<form id="desk" method="get">', site.extra)
                    html = html.replace(
                        '<script type="module" src="',
                        '<script type="module" src="/static/ui/js/autosave.js"></script><script type="module" src="',
                        1,
                    )
                self.answer(html.encode(), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path != "/autosave":
                self.answer(b"<!doctype html><title>Samsyn</title><p id=locked>locked", "text/html")
                return
            site.posts.append(parse_qs(body, keep_blank_values=True))
            status, content = site.answers.pop(0) if site.answers else (200, {"saved_at": "09:14"})
            self.answer(json.dumps(content).encode(), "application/json", status)

    return Handler


@pytest.fixture(scope="module")
def site_server() -> Iterator[Site]:
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(site))
    server.daemon_threads = True
    site.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(site_server: Site) -> Site:
    site_server.posts.clear()
    site_server.answers.clear()
    site_server.extra = ""
    return site_server


@pytest.fixture
def open_page(chromium: Any, site: Site) -> Iterator[Any]:
    """Open an address at a width; every complaint of the console and every foreign request fails the test."""
    contexts, complaints = [], []

    def opened(address: str, *, width: int = 1366, height: int = 768, **options: Any) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(5_000)
        tab.on(
            "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
        )
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on(
            "request", lambda request: None if request.url.startswith(site.address) else complaints.append(request.url)
        )
        tab.goto(site.address + address)
        return tab

    opened.complaints = complaints  # type: ignore[attr-defined]
    yield opened
    for context in contexts:
        context.close()
    assert [text for text in complaints if "Failed to load resource" not in text] == []
