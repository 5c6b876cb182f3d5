"""The entry for the process that keeps streams open: ``python -m uvicorn samsyn.config.asgi:application``.

The pages are served elsewhere, by threads; a proxy leads addresses that end with ``/stream`` here.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from io import BytesIO
from typing import Any

import django
from django.core import signals
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponseBase

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samsyn.config.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 - needs the settings module's name
from django.db import connections  # noqa: E402 - as above
from django.urls import get_resolver  # noqa: E402 - as above
from django.utils import translation  # noqa: E402 - as above

from samsyn.config.installation import refuse_the_wrong_one  # noqa: E402 - needs the applications to be ready

OTHERS = ("/health", "/ready")


class Streams(BaseHandler):
    """Asks the views in one thread with one connection, and sends what streams say from the loop.

    Django's own handler gives each request a thread for as long as the answer takes, and the thread keeps its connection:
    with streams that is one of each for every open page, and the database has no more after a hundred. It also changes
    threads five times before a view is asked, which is most of what the opening of a stream costs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()
        self._thread = ThreadPoolExecutor(max_workers=1)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise ValueError(scope["type"])
        is_ours = scope["path"].endswith("/stream") or scope["path"] in OTHERS
        if not is_ours or scope["method"] not in {"GET", "HEAD"}:
            await _send(send, 404 if not is_ours else 405)
            return
        response = await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, scope)
        if response is None:
            await _send(send, 400)
        elif not response.streaming:
            await _send(send, response.status_code, _headers(response), response.content)  # type: ignore[attr-defined]
        else:
            await _until_gone(receive, self._stream(scope, response, send))

    async def _stream(self, scope: Any, response: Any, send: Any) -> None:
        """Send what the stream says. A person's own is asked for again before each part, signs of life included.

        So it ends when the screen locks or the session is over, and no word goes to a page that could not be opened now.
        """
        await send({"type": "http.response.start", "status": response.status_code, "headers": _headers(response)})
        is_persons = dict(scope["headers"]).get(b"host", b"").partition(b":")[0] == settings.SAMSYN_STAFF_HOST.encode()
        async with aclosing(aiter(response)) as parts:
            async for part in parts:
                if is_persons and not await self._may_still(scope):
                    break
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})

    async def _may_still(self, scope: Any) -> bool:
        again = await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, scope)
        # 204: the chat is over, and the page is told so.
        return again is not None and again.status_code in {200, 204}

    def _ask(self, scope: Any) -> HttpResponseBase | None:
        """Return the view's answer, behind all middleware; None for an address that is no text."""
        signals.request_started.send(sender=self.__class__, scope=scope)
        try:
            request = ASGIRequest(scope, BytesIO())
        except UnicodeDecodeError:
            return None
        request.META["HTTP_ACCEPT"] = "application/json"  # a script asks: no page is rendered for it
        request.META["HTTP_X_UNATTENDED"] = "1"  # a line that stands open is nobody's activity
        response = self.get_response(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        response.close()  # what streams needs nothing of the request any more
        return response


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    found = [(name.encode("ascii"), value.encode("latin1")) for name, value in response.items()]
    return found + [(b"Set-Cookie", one.output(header="").strip().encode("ascii")) for one in response.cookies.values()]


async def _send(send: Any, status: int, headers: list[tuple[bytes, bytes]] | None = None, body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers or []})
    await send({"type": "http.response.body", "body": body})


async def _until_gone(receive: Any, sending: Any) -> None:
    """Send until all is said or nobody reads any more."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    tasks = [asyncio.create_task(sending), asyncio.create_task(gone())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for trouble in ended:
        if isinstance(trouble, Exception):
            raise trouble


refuse_the_wrong_one()
connections.close_all()  # this thread needs none again
# The other rooms' addresses would load what they count and write with: a hundred megabytes that no stream needs.
settings.SAMSYN_URLCONFS = {
    settings.SAMSYN_STAFF_HOST: "samsyn.config.urls_streams_staff",
    settings.SAMSYN_PUBLIC_HOST: "samsyn.config.urls_streams_public",
}
# After a restart every page comes back at once: none of them waits for views and languages to be loaded.
for urls in sorted(set(settings.SAMSYN_URLCONFS.values())):
    get_resolver(urls).resolve("/health")
for language, _name in settings.LANGUAGES:
    with translation.override(language):
        translation.gettext("")
settings.SAMSYN_SERVES_STREAMS = True
application = Streams()
