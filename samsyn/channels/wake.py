"""One connection of a process that reads, for all its streams of chats together.

A chat's bell (``samsyn.ui.bells``) rings when something has happened in it; the chat's streams then ask what is new since
the number that their page has seen. A stream that missed a ring asks again each twenty seconds.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings

from samsyn.channels.actions.chat import PURPOSE, bell_of
from samsyn.privacy import sealing
from samsyn.ui import bells

log = logging.getLogger("samsyn.channels")
# A chat's state and what is new in it, in one question: one row without a message where nothing is.
_NEW = """
    SELECT c.ended_at IS NOT NULL, c.adviser_id IS NOT NULL, m.number, m.is_advisers, m.written_at, m.sealed
    FROM channels_chat c LEFT JOIN channels_chatmessage m ON m.chat_id = c.id AND m.number > %s
    WHERE c.id = %s ORDER BY m.number LIMIT 200
"""


class Reader:
    """What the streams of a process read."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._reader: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def events(self, chat_id: UUID, seen: int) -> AsyncGenerator[str, None]:
        """Yield a chat's messages after number ``seen`` as server-sent events, until it ends."""
        was_answered = False
        with bells.house().hung(bell_of(chat_id)) as bell:
            while True:
                bell.clear()
                try:
                    rows, is_over, is_answered = await self._news(chat_id, seen)
                except psycopg.Error as error:
                    log.warning("a stream could not read, trying again: %s", type(error).__name__)
                    await asyncio.sleep(bells.AGAIN)
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
                    await asyncio.wait_for(bell.wait(), bells.HEARTBEAT)
                except TimeoutError:
                    yield ": still here\n\n"

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


@cache
def reader() -> Reader:
    """Return the process's reader."""
    return Reader(settings.DATABASE_URL)
