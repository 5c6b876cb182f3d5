"""One connection of a process that reads, for all its streams of chats together.

A chat's bell (``samsyn.ui.bells``) rings when something has happened in it; the chat's streams then ask what is new since
the number that their page has seen. A stream that missed a ring asks again each twenty seconds; a visitor's notes at the
same time that somebody sits at the page.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.utils import timezone

from samsyn.channels.actions.chat import PURPOSE, bell_of
from samsyn.privacy import sealing
from samsyn.ui import bells, signs_of_life

log = logging.getLogger("samsyn.channels")
# Whoever holds the row has just noted a sign of life, or the next beat does. Who has left the queue stands in it again when
# the page comes back, not by a beat (``note_sign_of_life``): that is a new call.
_BEAT = """
    UPDATE channels_chat SET seen_at = %(at)s WHERE id IN (
        SELECT id FROM channels_chat WHERE id = %(chat)s AND ended_at IS NULL AND code_hash IS NULL
        AND seen_at <= %(seldom)s AND (adviser_id IS NOT NULL OR seen_at > %(gone)s) FOR UPDATE SKIP LOCKED)
"""
# A chat's state and what is new in it, in one question: one row without a message where nothing is.
_NEW = """
    SELECT c.ended_at IS NOT NULL, c.adviser_id IS NOT NULL, c.seen_at, m.number, m.is_advisers, m.written_at, m.sealed
    FROM channels_chat c LEFT JOIN channels_chatmessage m ON m.chat_id = c.id AND m.number > %s
    WHERE c.id = %s ORDER BY m.number LIMIT 200
"""


class Reader:
    """What the streams of a process read."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._reader: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def events(self, chat_id: UUID, seen: int, *, is_visitors: bool) -> AsyncGenerator[str, None]:
        """Yield a chat's messages after number ``seen`` as server-sent events, until it ends.

        A visitor's end, too, when the chat has left the queue although the page is there (nothing could be written for
        minutes): the page comes back by itself, to the queue as well.
        """
        was_answered = False
        # The view that opened the stream has just noted the first sign of life.
        noted_at = timezone.now()
        with bells.house().hung(bell_of(chat_id)) as bell:
            while True:
                bell.clear()
                at = timezone.now()
                try:
                    if is_visitors and at - noted_at >= signs_of_life.SELDOM:
                        await self._note(chat_id, at)
                        noted_at = at
                    rows, is_over, is_answered, seen_at = await self._news(chat_id, seen)
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
                if is_visitors and not is_answered and signs_of_life.has_gone(seen_at, at=at):
                    return
                try:
                    await asyncio.wait_for(bell.wait(), bells.HEARTBEAT)
                except TimeoutError:
                    yield ": still here\n\n"

    async def _note(self, chat_id: UUID, at: datetime) -> None:
        """Note that somebody sits at the visitor's page."""
        times = {"at": at, "seldom": at - signs_of_life.SELDOM, "gone": at - signs_of_life.GONE}
        async with self._turn, self._connection() as reader:
            await reader.execute(_BEAT, {"chat": chat_id, **times})

    async def _news(self, chat_id: UUID, seen: int) -> tuple[list[Any], bool, bool, datetime | None]:
        """Return what is new, whether the chat is over, whether it was answered, and the visitor's latest sign of life."""
        async with self._turn, self._connection() as reader:
            rows = await (await reader.execute(_NEW, [seen, chat_id])).fetchall()
        is_over, is_answered, seen_at = rows[0][:3] if rows else (True, False, None)
        return [row[3:] for row in rows if row[3] is not None], is_over, is_answered, seen_at

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncGenerator[psycopg.AsyncConnection[Any], None]:
        """Give the connection, which is made anew after any trouble."""
        if self._reader is None or self._reader.closed:
            self._reader = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
            # It writes signs of life alone: nobody waits for the disk, because the next one makes good what is lost.
            await self._reader.execute("SET synchronous_commit TO off")
        try:
            yield self._reader
        except psycopg.Error:
            with contextlib.suppress(psycopg.Error):
                await self._reader.close()
            raise


@cache
def reader() -> Reader:
    """Return the process's reader."""
    return Reader(settings.DATABASE_URL)
