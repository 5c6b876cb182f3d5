"""What keeps a line open to a page, and the bells that ring on it (server-sent events).

A bell has a name and says nothing: PostgreSQL carries its ring (NOTIFY) to the process of streams, which has one connection
that listens for all its pages together. Who rings neither knows nor waits for those who listen. After a broken connection
every bell rings, because nobody knows what was missed.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator
from functools import cache

import psycopg
from django.conf import settings
from django.db import connection
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

log = logging.getLogger("samsyn.streams")
CHANNEL = "samsyn_bells"
HEARTBEAT = 20.0
AGAIN = 1.0
# After a broken connection: so many a second, because each page that is rung asks its question.
RINGS_A_SECOND = 100
# A process may have 4,096 files open (docs/operations); pages beyond this ask by the clock.
MOST = 3_000
# As long as the other, whatever has happened: whoever counts bytes on the line learns nothing from them.
QUIET, RINGS = "data: 0\n\n", "data: 1\n\n"


def ring(*names: str) -> None:
    """Ring these bells when the transaction is through, and not before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, name) FROM unnest(%s::text[]) AS name", [CHANNEL, list(names)])


class House:
    """The bells that hang in this process, by name: one for each page that listens."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._bells: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._listener: asyncio.Task[None] | None = None
        self._all: asyncio.Task[None] | None = None
        self.hears = asyncio.Event()
        # How many pages listen.
        self.hanging = 0

    @contextlib.contextmanager
    def hung(self, name: str) -> Iterator[asyncio.Event]:
        """Hang up a bell while somebody waits for it; who waits takes its ring back (``clear``)."""
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        bell = asyncio.Event()
        self._bells[name].add(bell)
        self.hanging += 1
        try:
            yield bell
        finally:
            self.hanging -= 1
            self._bells[name].discard(bell)
            if not self._bells[name]:
                del self._bells[name]

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as listening:
                    await listening.execute(f"LISTEN {CHANNEL}")
                    self.hears.set()
                    self._all = asyncio.create_task(self._ring_all())  # what happened while nobody listened
                    while True:
                        async for call in listening.notifies(timeout=HEARTBEAT):
                            self._ring(call.payload)
                        await listening.execute("SELECT 1")  # a connection can be dead and say nothing
            except psycopg.Error as error:
                log.warning("nobody listens, trying again: %s", type(error).__name__)
            self.hears.clear()
            await asyncio.sleep(AGAIN)

    def _ring(self, name: str) -> None:
        for bell in self._bells.get(name, ()):
            bell.set()

    async def _ring_all(self) -> None:
        for name in list(self._bells):
            self._ring(name)
            await asyncio.sleep(1 / RINGS_A_SECOND)


@cache
def house() -> House:
    """Return the process's bells."""
    return House(settings.DATABASE_URL)


async def rings(name: str) -> AsyncGenerator[str, None]:
    """Yield a sign that the line is there, another each twenty seconds, and the ring: all of one length.

    While nobody listens to the database there is no sign: a page that misses it asks by the clock.
    """
    with house().hung(name) as bell:
        await house().hears.wait()
        yield QUIET
        while True:
            try:
                await asyncio.wait_for(bell.wait(), HEARTBEAT)
            except TimeoutError:
                if house().hears.is_set():
                    yield QUIET
            else:
                bell.clear()
                yield RINGS


def answer(lines: AsyncGenerator[str, None]) -> HttpResponseBase:
    """Return the answer that keeps the line open; 503 in a process that keeps none, or that keeps too many."""
    if not getattr(settings, "SAMSYN_SERVES_STREAMS", False) or house().hanging >= MOST:
        return HttpResponse(_("Strömmar har en egen process."), status=503, content_type="text/plain; charset=utf-8")
    found = StreamingHttpResponse(lines, content_type="text/event-stream; charset=utf-8")
    found["X-Accel-Buffering"] = "no"
    return found
