"""The chat: ``python -m bench.chat [--streams 500]``: so many streams open at once against one process.

Makes its own PostgreSQL in a temporary folder, one chat for each stream, and takes everything away again. Then the same
pages without script beside it, in the same run: each fetches itself every 15 seconds, and the rate at which the web
process answers says what it would cost to be told as soon by asking as by the stream.

Goals: median of the first event under 1.5 s, under 200 MB, nothing left open when the pages have gone.
"""

import argparse
import asyncio
import http.client
import json
import os
import statistics
import threading
import time
from collections.abc import Sequence
from typing import Any

from bench.house import house
from bench.public import busy
from tests.channels import live

FIRST_LIMIT, MEMORY_LIMIT = 1.5, 200.0
ASKING_SECONDS, ASKING_THREADS = 10, 16
PAUSE_WITHOUT_SCRIPT = 15.0
# Of the process itself: uvicorn's, the listener to the database, and the one that counts them.
OWN_TASKS = 3


def begin_chats(count: int) -> list[tuple[str, str]]:
    """Make chats in which the visitor has written once, and return what opens them: cookie and id."""
    import uuid

    from django.utils import timezone

    from samsyn.channels import actions
    from samsyn.channels.models import Chat
    from samsyn.people.actors import Actor
    from samsyn.people.roles import Regime, Role

    by = Actor(uuid.UUID(int=101), "Rådgivare 3", "Centret", Regime.AUTHORITY, frozenset({Role.ADVISER}))
    made = []
    for _ in range(count):
        token = actions.begin_chat(language="sv", at=timezone.now())
        chat = Chat.objects.get(ended_at=None, adviser_id=None)  # answered at once: only so many may wait
        actions.answer_chat(chat_id=chat.pk, by=by, at=timezone.now())
        actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text="Hej", at=timezone.now())
        made.append((token, str(chat.pk)))
    return made


def say_in_all(chats: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Write once in each chat and return when, by its cookie."""
    import uuid

    from django.utils import timezone

    from samsyn.channels import actions

    said = {}
    for token, _chat_id in chats:
        actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text="Är du kvar?", at=timezone.now())
        said[token] = time.perf_counter()
    return said


class Page:
    """A page's stream in this program's loop: when it asked, when its first message came, and when its second."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.asked = self.first = self.second = 0.0
        self.writer: asyncio.StreamWriter | None = None
        self.trouble = ""

    async def open(self) -> None:
        """Ask, and return when the first message is there; what comes later is noted."""
        self.asked = time.perf_counter()
        reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"GET /chat/stream HTTP/1.1\r\nHost: {live.PUBLIC}\r\nCookie: __Host-s={self.token}\r\n\r\n"
        self.writer.write(head.encode())
        status = await reader.readline()
        if b" 200 " not in status:
            self.trouble = status.decode()
            return
        self.first = await self._message(reader)
        self.rest = asyncio.create_task(self._note_second(reader))

    async def _note_second(self, reader: asyncio.StreamReader) -> None:
        self.second = await self._message(reader)

    async def _message(self, reader: asyncio.StreamReader) -> float:
        while line := await reader.readline():
            if line.startswith(b'data: {"number"'):
                return time.perf_counter()
        self.trouble = "the stream ended"
        return 0.0

    def leave(self) -> None:
        if self.writer is not None:
            self.writer.transport.abort()


def state(port: int) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/bench/state", headers={"Host": live.PUBLIC})
    found: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return found


async def streams(running: live.Chat, chats: Sequence[tuple[str, str]]) -> None:
    port = running.streams.port
    pages = [Page(port, token) for token, _chat_id in chats]
    before = running.streams.processor_seconds()
    began = time.perf_counter()
    await asyncio.gather(*(page.open() for page in pages))
    took = time.perf_counter() - began
    worked = running.streams.processor_seconds() - before
    troubles = {page.trouble for page in pages if page.trouble}
    first = sorted(page.first - page.asked for page in pages if page.first)
    now = await asyncio.to_thread(state, port)
    said = await asyncio.to_thread(say_in_all, chats)
    for _ in range(200):
        if all(page.second for page in pages):
            break
        await asyncio.sleep(0.1)
    delays = sorted(page.second - said[page.token] for page in pages if page.second)
    memory = running.streams.status("VmHWM") / 1024
    print(f"{len(pages)} streams opened at once; {busy()}")
    print(
        f"  opened: {len(first)} in {took:.2f} s, of which the process worked {worked:.2f} s; it counts {now['streams']};"
        f" troubles: {troubles or 'none'}"
    )
    print(
        f"  first event: median {statistics.median(first):.2f} s (goal {FIRST_LIMIT}),"
        f" p95 {first[int(len(first) * 0.95)]:.2f} s, last {first[-1]:.2f} s"
    )
    print(
        f"  a message in each: {len(delays)} came; after its writing median {statistics.median(delays) * 1000:.0f} ms,"
        f" p95 {delays[int(len(delays) * 0.95)] * 1000:.0f} ms"
    )
    print(
        f"  memory at most {memory:.0f} MB (goal {MEMORY_LIMIT:.0f}), {running.streams.threads()} threads,"
        f" {await asyncio.to_thread(database_connections)} connections to the database"
    )
    for page in pages:
        page.leave()
    left = time.perf_counter()
    for _ in range(100):
        now = await asyncio.to_thread(state, port)
        if not now["streams"] and now["tasks"] <= OWN_TASKS:
            break
        await asyncio.sleep(0.1)
    print(
        f"  {now['streams']} live {time.perf_counter() - left:.1f} s after all had left; {now['tasks']} tasks left,"
        f" {OWN_TASKS} of them the process's own"
    )


def database_connections() -> int:
    """Return how many sessions the database has beside our own."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        row = cursor.fetchone()
    return int(row[0])


def asking(running: live.Chat, chats: Sequence[tuple[str, str]]) -> None:
    """Let pages without script fetch themselves, as fast as they are answered."""
    stop = time.perf_counter() + ASKING_SECONDS
    counts, sizes = [0] * ASKING_THREADS, [0] * ASKING_THREADS

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", running.web.port, timeout=30)
        while time.perf_counter() < stop:
            token = chats[(number + counts[number] * ASKING_THREADS) % len(chats)][0]
            connection.request("GET", "/chat/", headers={"Host": live.PUBLIC, "Cookie": f"__Host-s={token}"})
            answer = connection.getresponse()
            sizes[number] = len(answer.read())
            counts[number] += answer.status == 200
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(ASKING_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    speed = sum(counts) / ASKING_SECONDS
    print(
        f"baseline, pages without script: {speed:.0f} answers a second of {max(sizes):,} bytes from two processes; {busy()}"
    )
    print(
        f"  {len(chats)} pages that ask each {PAUSE_WITHOUT_SCRIPT:.0f} s need {len(chats) / PAUSE_WITHOUT_SCRIPT:.0f} a second"
        f" and learn after {PAUSE_WITHOUT_SCRIPT / 2:.1f} s on average; the web process full, they would ask each"
        f" {len(chats) / speed:.1f} s and learn after {len(chats) / speed / 2:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=500)
    chosen = parser.parse_args()
    with house(static=True):
        chats = begin_chats(chosen.streams)
        with live.chat(dict(os.environ), application="bench.chat_application:application") as running:
            asyncio.run(streams(running, chats))
            asking(running, chats)


if __name__ == "__main__":
    main()
