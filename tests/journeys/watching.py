"""What no page may do while a journey goes on: break its security policy, ask a stranger, fail in its script, store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError

# Where the visitors' way out leads; journeys answer it themselves.
ELSEWHERE = "https://www.smhi.se/"
# Chromium says so of every answer from 400 on, and journeys ask for these; a file of ours that fails is a fault.
NO_SUCCESS = "Failed to load resource"
# A store that is emptied again was a store.
STORES = """(() => {
  const tell = (kind, name) => {
    const first = kind.prototype[name];
    kind.prototype[name] = function (...given) { console.error("stores", name, given[0]); return first.apply(this, given); };
  };
  tell(Storage, "setItem");
  tell(IDBFactory, "open");
  if (window.CacheStorage) tell(CacheStorage, "open");
})()"""
STORED = """async () => ({
  local: localStorage.length, session: sessionStorage.length,
  databases: (await indexedDB.databases()).length, caches: window.caches ? (await caches.keys()).length : 0,
})"""


def stored(page: Page) -> dict[str, int]:
    """Return where the page's site has stored how many things."""
    return {name: number for name, number in page.evaluate(STORED).items() if number}


@dataclass
class Watch:
    """What was heard in every browser that was opened meanwhile, each with its page."""

    heard: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        self.contexts.append(context)
        context.add_init_script(STORES)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        asked = urlsplit(message.location["url"]).path
        is_expected = message.text.startswith(NO_SUCCESS) and not asked.startswith("/static/")
        if message.type in {"error", "warning"} and not is_expected:
            self.heard.append(f"{message.page.url if message.page else asked}: {message.text}")

    def _error(self, error: WebError) -> None:
        self.heard.append(f"{error.page.url if error.page else ''}: {error.error}")

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        is_way_out = request.is_navigation_request() and request.url == ELSEWHERE
        if not (host.endswith(".localhost") or is_way_out or request.url.startswith(("data:", "blob:", "about:"))):
            self.heard.append(f"foreign request: {request.url}")

    def look(self, context: BrowserContext) -> None:
        """Look what the open pages of a context have stored."""
        for page in context.pages:
            if page.url.startswith("http") and (found := stored(page)):
                self.heard.append(f"{page.url}: stores {found}")


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch every browser context that is made meanwhile, close what is left open, and fail on what was heard."""
    watch = Watch()
    with pytest.MonkeyPatch.context() as patch:
        make, close = Browser.new_context, BrowserContext.close

        def new_context(browser: Browser, **options: Any) -> BrowserContext:
            context = make(browser, **options)
            watch.listen(context)
            return context

        def look_and_close(context: BrowserContext, **options: Any) -> None:
            if context in watch.contexts:
                watch.contexts.remove(context)
                watch.look(context)
            close(context, **options)

        patch.setattr(Browser, "new_context", new_context)
        patch.setattr(BrowserContext, "close", look_and_close)
        yield watch
        for context in [*watch.contexts]:
            context.close()
    assert watch.heard == [], "\n".join(watch.heard)
