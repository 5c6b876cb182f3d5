"""Visitors' chats: ``python -m bench.visitors [--chats 500] [--supporters 60] [--seconds 60] [--workers 2]``.

Starts an operator's installation of its own (PostgreSQL, keeper, web), opens the chats through its pages with the work that
a browser does, and lets both sides ask and write as ``chat.js`` does. Times are those of whole requests, at the client,
which runs on the same machine; no key is derived from words meanwhile. The baseline asks for the whole page instead.
"""

import argparse
import asyncio
import base64
import os
import random
import re
import secrets
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from samsyn.config.demonstration.__main__ import Installation, free_port, stop, wait_until_ready

SOON, LATE, GROWS = 1.5, 8.0, 1.2
WRITES_EVERY = 20.0
WITH_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ROW = re.compile(r'action="(/inbox/chats/[0-9a-f-]{36}/)".*?value="take">([^<]+)<', re.S)
WORK = re.compile(r'name="work" value="([^"]+)"')


@dataclass
class Site:
    """Asks a host of the installation; one connection a request, as a proxy without keep-alive would."""

    port: int
    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(self, path: str, form: dict[str, str] | None = None, *, json: bool = False) -> tuple[int, str]:
        body = urlencode(form).encode() if form is not None else b""
        lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.0", f"Host: {self.host}", "Connection: close"]
        lines += [f"Cookie: {'; '.join(f'{k}={v}' for k, v in self.cookies.items())}"] if self.cookies else []
        lines += ["Accept: application/json"] if json else []
        if form is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        answer = await asyncio.wait_for(reader.read(), 60)
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

    async def timed(self, kind: str, question: Coroutine[Any, Any, tuple[int, str]]) -> str:
        begun = time.perf_counter()
        try:
            status, text = await question
        except (OSError, TimeoutError, ValueError, IndexError):
            status, text = 0, ""
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
    # The number that each side's page has seen.
    seen: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})


def made_supporters(number: int) -> list[tuple[str, str]]:
    """Make supporters with certified keys, unlocked and signed in; return their two cookies."""
    from django.test import Client
    from django.utils import timezone

    from samsyn.cases.actions import keys
    from samsyn.config.demonstration import composed_cases
    from samsyn.people import actions as people
    from samsyn.people import queries
    from samsyn.people.actors import SYSTEM
    from samsyn.people.middleware import FACTOR
    from samsyn.people.models import Account, Organisation
    from samsyn.people.roles import Role

    officers = [queries.actor_named(name) for name in composed_cases.OFFICERS[:2]]
    said = composed_cases.spoken(composed_cases.PASSPHRASE)
    tokens = [
        keys.unlock(way=keys.PASSPHRASE, secret=said, by=one, at=timezone.now()) for one in officers
    ]  # fmt: skip
    made = []
    for place in range(number):
        at = timezone.now()
        account = people.create_account(
            name=f"bench{place}", pseudonym=f"Bänk {place}", organisation=Organisation.objects.get(), by=SYSTEM, at=at
        )
        people.give_role(account_id=account.pk, role=Role.SUPPORTER, by=SYSTEM, at=at)
        Account.objects.filter(pk=account.pk).update(password_is_temporary=False)
        by = queries.actor_named(f"bench{place}")
        token = keys.make_keys(way=keys.PASSKEY, secret=secrets.token_bytes(32), by=by, at=at)
        keys.add_way(way=keys.PASSKEY, secret=secrets.token_bytes(32), token=token, by=by, at=at)
        for officer, their in zip(officers, tokens, strict=True):
            keys.certify(account_id=by.account_id, token=their, by=officer, at=timezone.now())
        client = Client(headers={"host": "operator.localhost"})
        client.force_login(Account.objects.get(pk=account.pk))
        session = client.session
        session[FACTOR] = True
        session.save()
        made.append((str(session.session_key), base64.urlsafe_b64encode(token).decode().rstrip("=")))
    # A colleague who can read passes today's pair on by reading.
    from samsyn.visitors import actions as visitors
    from samsyn.visitors import queries as inbox

    colleague = queries.actor_named("supporter")
    token = keys.unlock(way=keys.PASSPHRASE, secret=said, by=colleague, at=timezone.now())
    visitors.read_box(box_id=inbox.boxes()[0].id, token=token, by=colleague, at=timezone.now())
    return made


def solved(challenge: str) -> str:
    from samsyn.visitors import floods

    bits = int(challenge.split(".")[2])
    return next(str(answer) for answer in range(10**7) if floods.has_zeros(challenge, str(answer), bits))


async def opened_chats(number: int, port: int, cookies: list[tuple[str, str]]) -> list[Chat]:
    """Open the chats, a few at a time: the queue takes forty."""
    supporters = [
        Site(port, "operator.localhost", {"__Host-samsyn": session, "__Host-samsyn-keys": keys})
        for session, keys in cookies
    ]
    tokens = []
    for one in supporters:
        _status, page = await one.ask("/inbox/chats/")
        found = WITH_TOKEN.search(page)
        if found is None:  # an empty queue has no form, the page's own has one for the language
            raise RuntimeError("a supporter is not signed in")
        tokens.append(found[1])
    chats: list[Chat] = []
    while len(chats) < number:
        visitor = Site(port, "visitor.localhost")
        _status, page = await visitor.ask("/sv/c/")
        work = WORK.search(page)
        if work is None:
            raise RuntimeError("the chat is closed")
        status, page = await visitor.ask("/sv/c/", {"do": "begin", "work": work[1], "done": solved(work[1])})
        place = len(chats) % len(supporters)
        supporter, token = supporters[place], tokens[place]
        _status, page = await supporter.ask("/inbox/chats/")
        waiting = [path for path, label in ROW.findall(page) if label == "Svara"]
        status, page = await supporter.ask(waiting[0], {"do": "take", "csrfmiddlewaretoken": token})
        if status != 302:
            raise RuntimeError(f"taking a chat answered {status}")
        chats.append(Chat(visitor, supporter, waiting[0], token))
    return chats


async def side(chat: Chat, figures: Figures, *, is_desk: bool, until: float, whole_pages: bool, number: int) -> None:
    """Look and write as the page's script does."""
    import json

    site, path = (chat.supporter, chat.path) if is_desk else (chat.visitor, "/sv/c/")
    who, place, pause = "supporter" if is_desk else "visitor", f"{number} {is_desk}", SOON
    chance = random.Random(place)
    await asyncio.sleep(chance.uniform(0, LATE))
    writes = time.perf_counter() + chance.uniform(0, WRITES_EVERY)
    while time.perf_counter() < until:
        if time.perf_counter() > writes and until - time.perf_counter() > 2 * LATE:
            text = f"{who} {number} {uuid4()}"
            form = {"do": "say", "text": text, "own_id": str(uuid4()), "csrfmiddlewaretoken": chat.token}
            figures.said_at[text] = time.perf_counter()
            await figures.timed(f"{who} sends", site.ask(path, form, json=True))
            writes, pause = time.perf_counter() + chance.uniform(0.5, 1.5) * WRITES_EVERY, SOON
        elif whole_pages:
            await figures.timed(f"{who} receives", site.ask(path))
        else:
            told = await figures.timed(f"{who} receives", site.ask(f"{path}{chat.seen[is_desk]}/", json=True))
            for line in json.loads(told)["lines"] if told else ():
                chat.seen[is_desk], pause = line["number"], SOON
                figures.seen[place].append(line["text"])
                if line["desk"] != is_desk:
                    figures.delays.append(time.perf_counter() - figures.said_at[line["text"]])
        pause = min(pause * GROWS, LATE)
        await asyncio.sleep(pause)


async def conversations(chats: list[Chat], seconds: float, *, whole_pages: bool) -> Figures:
    figures, until = Figures(), time.perf_counter() + seconds
    await asyncio.gather(
        *(
            side(chat, figures, is_desk=is_desk, until=until, whole_pages=whole_pages, number=number)
            for number, chat in enumerate(chats)
            for is_desk in (True, False)
        )
    )
    return figures


def memory(processes: list[int]) -> int:
    """Return the resident memory of these processes and their children in MB."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            rows = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(rows["Pid"]) in processes or int(rows["PPid"]) in processes:
            total += int(rows.get("VmRSS", "0 kB").split()[0])
    return total // 1024


@contextmanager
def installation(folder: Path, workers: int) -> Iterator[tuple[int, list[int]]]:
    """Give a running operator's port and processes."""
    from samsyn.config import database
    from samsyn.config.cluster import Cluster
    from samsyn.config.messages import compile_catalogue

    compile_catalogue()
    operator = Installation("operator", free_port(), folder, "operator.localhost", "visitor.localhost")
    with Cluster(folder / "cluster") as cluster:
        (folder / "operator").mkdir()
        operator.prepare(cluster.url())
        database.run("collectstatic", "--noinput", "--verbosity=0", environment=operator.environment)
        os.environ.update(operator.environment)
        processes = operator.start(workers)
        try:
            wait_until_ready(operator, processes)
            yield operator.port, [one.pid for one in processes]
        finally:
            stop(processes)


def told(figures: Figures, name: str) -> None:
    print(name)
    for kind in ("visitor sends", "supporter sends", "visitor receives", "supporter receives"):
        print(figures.told(kind))
    if figures.delays:
        delays = sorted(figures.delays)
        print(
            f"  from sent to seen: median {statistics.median(delays):.1f} s, p95 {delays[int(len(delays) * 0.95)]:.1f} s"
        )
        doubled = sum(len(lines) - len(set(lines)) for lines in figures.seen.values())
        lost = sum(
            (text not in figures.seen[f"{number} {is_desk}"])
            for text in figures.said_at
            for number in [text.split()[1]]
            for is_desk in (True, False)
        )
        print(f"  {len(figures.said_at):,} lines said; not seen by both sides: {lost}; seen twice: {doubled}")
    print(f"  not answered with 200: {dict(figures.failed) or 'none'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--supporters", type=int, default=60)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="samsyn-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with installation(folder, chosen.workers) as (port, processes):
            import django

            django.setup()
            cookies = made_supporters(chosen.supporters)
            chats = asyncio.run(opened_chats(chosen.chats, port, cookies))
            print(f"{len(chats)} chats open, {len(cookies)} supporters, load {os.getloadavg()[0]:.1f}", flush=True)
            sizes = [memory(processes)]
            for half in ("first", "second"):
                figures = asyncio.run(conversations(chats, chosen.seconds / 2, whole_pages=False))
                told(figures, f"Asking for what is new, {half} half")
                sizes.append(memory(processes))
            print(f"  memory of web, keeper and work: {' -> '.join(map(str, sizes))} MB", flush=True)
            told(
                asyncio.run(conversations(chats, chosen.seconds / 4, whole_pages=True)),
                "Baseline: the whole page each time",
            )


if __name__ == "__main__":
    main()
