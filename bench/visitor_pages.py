"""The two sides of a visitor's chat as their pages behave, for ``bench.visitors``: what ``chat.js`` and ``bell.js`` do."""

import asyncio
import contextlib
import json
import random
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

# As in chat.js and bell.js, in seconds.
SOON, LATE, SELDOM, GROWS = 3.0, 15.0, 60.0, 1.2
FIRST, LONGEST, SILENCE, PATIENCE = 2.0, 60.0, 45.0, 10.0
TRIES = 6
# What is said is seen at the latest so long after the last line, or it is lost.
ENDS_QUIET = 15.0
# Pages are opened one after the other, as people come; nothing is counted meanwhile.
OPENING = 20.0
BELL, CLOCK, WHOLE = "Bells, then asking", "No bell: asking by the clock", "Baseline: the whole page each time"


@dataclass
class Site:
    """Asks a host of the installation; one connection a request, as a proxy without keep-alive would."""

    port: int
    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(self, path: str, form: dict[str, str] | None = None, *, json: bool = False) -> tuple[int, str]:
        async with asyncio.timeout(60):
            return await self._ask(path, form, json=json)

    async def _ask(self, path: str, form: dict[str, str] | None, *, json: bool) -> tuple[int, str]:
        body = urlencode(form).encode() if form is not None else b""
        lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.0", f"Host: {self.host}", "Connection: close"]
        lines += [f"Cookie: {'; '.join(f'{k}={v}' for k, v in self.cookies.items())}"] if self.cookies else []
        lines += ["Accept: application/json"] if json else []
        if form is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        answer = await reader.read()
        writer.close()
        head, _, text = answer.partition(b"\r\n\r\n")
        for name, value in re.findall(rb"(?i)set-cookie: ([^=]+)=([^;\r]*)", head):
            self.cookies[name.decode()] = value.decode()
        return int(head.split()[1]), text.decode(errors="replace")


@dataclass
class Figures:
    """How long requests took, by kind, and what was said and seen."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    said_at: dict[str, float] = field(default_factory=dict)
    seen: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    delays: list[float] = field(default_factory=list)
    # Lines that nobody took in time and that the page gave back to who wrote them.
    given_back: int = 0
    counts_from: float = 0.0

    async def timed(self, kind: str, question: Coroutine[Any, Any, tuple[int, str]]) -> str:
        begun = time.perf_counter()
        try:
            status, text = await question
        except (OSError, TimeoutError, ValueError, IndexError):
            status, text = 0, ""
        if begun >= self.counts_from:
            self.took[kind].append(time.perf_counter() - begun)
        if status != 200:
            self.failed[f"{kind} {status}"] += 1
            return ""
        return text

    def told(self, kind: str) -> str:
        times = sorted(self.took[kind])
        if not times:
            return f"  {kind}: nothing"
        p95 = times[int(len(times) * 0.95)] * 1000
        return f"  {kind}: {len(times):,}, median {statistics.median(times) * 1000:.0f} ms, p95 {p95:.0f} ms"


@dataclass
class Chat:
    visitor: Site
    supporter: Site
    path: str
    token: str
    # The bell that each side's page hears, and the number that it has seen, by whether it is the desk's.
    bells: dict[bool, str]
    seen: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})


@dataclass
class Page:
    """One side's page: what ``chat.js`` and ``bell.js`` do."""

    chat: Chat
    number: int
    is_desk: bool
    figures: Figures
    how: str
    stream_port: int
    until: float
    # How long a side waits on average before it writes again.
    every: float
    pause: float = SOON
    hears: bool = False
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.site = self.chat.supporter if self.is_desk else self.chat.visitor
        self.path = self.chat.path if self.is_desk else "/sv/c/"
        self.who = "supporter" if self.is_desk else "visitor"
        self.place = f"{self.number} {self.is_desk}"
        self.chance = random.Random(self.place)

    async def live(self, quiet: asyncio.Barrier) -> None:
        """Write, hear and ask until the time is over."""
        await asyncio.sleep(self.chance.uniform(0, OPENING - SOON))
        line = asyncio.create_task(self._hear()) if self.how == BELL else None
        writes = self.figures.counts_from + self.chance.uniform(0, self.every)
        looks = time.perf_counter() + SOON
        while (now := time.perf_counter()) < self.until:
            with_time = now < self.until - ENDS_QUIET
            if with_time and now > writes:
                if not await self._write():
                    looks = 0.0
                writes = time.perf_counter() + self.chance.uniform(0.5, 1.5) * self.every
            elif self.rung.is_set() or now > looks:
                self.pause = SOON if self.rung.is_set() else self.pause
                self.rung.clear()
                is_answered = await self._look()
                self.pause = min(self.pause * GROWS, LATE)
                wait = SELDOM if is_answered and self.hears else self.pause
                looks = time.perf_counter() + wait * self.chance.uniform(0.75, 1.25)
            else:
                next_at = min(looks, writes if with_time else looks, self.until)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.rung.wait(), max(0.0, next_at - now))
        await quiet.wait()  # nobody looks a last time while others still write
        await self._look(is_timed=False)
        if line is not None:
            line.cancel()

    async def _write(self) -> bool:
        """Say something; return False where the page has to ask what came before it."""
        text = f"{self.who} {self.number} {uuid4()}"
        form = {"do": "say", "text": text, "own_id": str(uuid4()), "csrfmiddlewaretoken": self.chat.token}
        self.figures.said_at[text] = time.perf_counter()
        for tries in range(TRIES):
            told = await self.figures.timed(f"{self.who} sends", self.site.ask(self.path, form, json=True))
            if told:
                break
            await asyncio.sleep(0.5 * 2**tries)
        else:
            del self.figures.said_at[text]
            self.figures.given_back += 1
            return True
        if json.loads(told)["number"] != self.chat.seen[self.is_desk] + 1:
            return False
        self._show(json.loads(told)["number"], text, is_own=True)
        return True

    async def _look(self, *, is_timed: bool = True) -> bool:
        kind = f"{self.who} receives" if is_timed else "a last look"
        if self.how == WHOLE and is_timed:
            return bool(await self.figures.timed(kind, self.site.ask(self.path)))
        seen = self.chat.seen[self.is_desk]
        told = await self.figures.timed(kind, self.site.ask(f"{self.path}{seen}/", json=True))
        for line in json.loads(told)["lines"] if told else ():
            self._show(line["number"], line["text"], is_own=line["desk"] == self.is_desk)
        return bool(told)

    def _show(self, number: int, text: str, *, is_own: bool) -> None:
        if number <= self.chat.seen[self.is_desk]:
            return
        self.chat.seen[self.is_desk], self.pause = number, SOON
        self.figures.seen[self.place].append(text)
        if not is_own and text in self.figures.said_at:
            self.figures.delays.append(time.perf_counter() - self.figures.said_at[text])

    async def _hear(self) -> None:
        wait = FIRST
        while True:
            with contextlib.suppress(OSError, TimeoutError, EOFError):
                await self._line()
            was_heard, self.hears = self.hears, False
            wait = FIRST if was_heard else wait
            await asyncio.sleep(wait * self.chance.uniform(0.75, 1.25))
            wait = min(wait * 2, LONGEST)
            if was_heard:
                self.rung.set()

    async def _line(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.stream_port)
        head = f"GET {self.chat.bells[self.is_desk]} HTTP/1.1\r\nHost: {self.site.host}\r\n\r\n"
        try:
            writer.write(head.encode())
            while said := await asyncio.wait_for(reader.readline(), SILENCE):
                if said == b"data: 1\n" or (said == b"data: 0\n" and not self.hears):
                    self.hears = True
                    self.rung.set()
        finally:
            writer.transport.abort()
