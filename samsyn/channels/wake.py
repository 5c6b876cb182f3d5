"""One connection of a process that listens, and one that reads, for all its streams together.

PostgreSQL wakes us (LISTEN) with the id of a chat in which something has happened; the chat's streams then ask what is new
since the number that their page has seen. A stream that missed a call asks again each twenty seconds, and after a
broken connection every stream asks.
"""

import asyncio
import contextlib
import json
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings

from samsyn.channels.actions.chat import PURPOSE, WAKE
from samsyn.privacy import sealing

log = logging.getLogger("samsyn.channels")
HEARTBEAT = 20.0
AGAIN = 1.0
# A chat's state and what is new in it, in one question: one row without a message where nothing is.
_NEW = """
    SELECT c.ended_at IS NOT NULL, c.adviser_id IS NOT NULL, m.number, m.is_advisers, m.written_at, m.sealed
    FROM channels_chat c LEFT JOIN channels_chatmessage m ON m.chat_id = c.id AND m.number > %s
    WHERE c.id = %s ORDER BY m.number LIMIT 200
"""


class Hub:
    """The streams of a process, by chat."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._bells: dict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._listener: asyncio.Task[None] | None = None
        self._reader: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    @property
    def open_streams(self) -> int:
        """Return how many streams are open."""
        return sum(len(bells) for bells in self._bells.values())

    async def events(self, chat_id: UUID, seen: int) -> AsyncGenerator[str, None]:
        """Yield a chat's messages after number ``seen`` as server-sent events, until it ends."""
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        bell = asyncio.Event()
        self._bells[chat_id].add(bell)
        was_answered = False
        try:
            while True:
                bell.clear()
                try:
                    rows, is_over, is_answered = await self._news(chat_id, seen)
                except psycopg.Error as error:
                    log.warning("a stream could not read, trying again: %s", type(error).__name__)
                    await asyncio.sleep(AGAIN)
                    continue
                if is_answered and not was_answered:
                    # Told to each that comes, too: it may have been answered while the stream was broken.
                    yield "event: answered\ndata: {}\n\n"
                was_answered = is_answered
                for number, is_advisers, written_at, sealed in rows:
                    seen = number
                    text = sealing.unseal(PURPOSE, bytes(sealed))
                    said = {"number": number, "advisers": is_advisers, "at": written_at.isoformat(), "text": text}
                    yield f"id: {number}\ndata: {json.dumps(said)}\n\n"
                if is_over:
                    yield "event: over\ndata: {}\n\n"
                    return
                try:
                    await asyncio.wait_for(bell.wait(), HEARTBEAT)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._bells[chat_id].discard(bell)
            if not self._bells[chat_id]:
                del self._bells[chat_id]

    async def _news(self, chat_id: UUID, seen: int) -> tuple[list[Any], bool, bool]:
        async with self._turn:
            if self._reader is None or self._reader.closed:
                self._reader = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
            try:
                rows = await (await self._reader.execute(_NEW, [seen, chat_id])).fetchall()
            except psycopg.Error:
                with contextlib.suppress(psycopg.Error):
                    await self._reader.close()
                raise
        is_over, is_answered = rows[0][:2] if rows else (True, False)
        return [row[2:] for row in rows if row[2] is not None], is_over, is_answered

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {WAKE}")
                    self._ring(list(self._bells))  # what happened while nobody listened
                    async for call in connection.notifies():
                        with contextlib.suppress(ValueError):
                            self._ring([UUID(call.payload)])
            except psycopg.Error as error:
                log.warning("nobody listens, trying again: %s", type(error).__name__)
            await asyncio.sleep(AGAIN)

    def _ring(self, chats: list[UUID]) -> None:
        for chat_id in chats:
            for bell in self._bells.get(chat_id, ()):
                bell.set()


@cache
def hub() -> Hub:
    """Return the process's hub."""
    return Hub(settings.DATABASE_URL)
