"""Visitors' chats: ``python -m bench.visitors [--chats 500] [--supporters 60] [--seconds 60] [--every 20] [--kill]``.

Starts an operator's installation of its own (PostgreSQL, keeper, web, streams), opens the chats through its pages with the
work that a browser does, and lets both sides write, hear their bell and ask as ``chat.js`` and ``bell.js`` do. Beside it, in
the same run: pages that hear no bell and ask by the clock, and pages that fetch themselves whole. Times are those of whole
requests, at the client, which runs on the same machine; no key is derived from words meanwhile. Processor seconds are
counted for all of the installation's processes, and for this program apart: they mean the same on a busy machine.

``--kill`` lets the bells' half go through the sudden end of every process that serves pages, of the database and of the
streams, one after the other.
"""

import argparse
import asyncio
import base64
import contextlib
import os
import re
import secrets
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.visitor_pages import BELL, CLOCK, ENDS_QUIET, OPENING, WHOLE, Chat, Figures, Page, Site
from samsyn.config.cluster import Cluster
from samsyn.config.demonstration.__main__ import Installation, free_port, stop, wait_until_ready
from samsyn.config.process import stream_command

WITH_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ROW = re.compile(r'action="(/inbox/chats/[0-9a-f-]{36}/)".*?value="take">([^<]+)<', re.S)
WORK = re.compile(r'name="work" value="([^"]+)"')
PLACE_OF_BELL = re.compile(r'data-bell="http://[^/]+(/[^"]+)"')


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
    from samsyn.people.models import Account
    from samsyn.people.roles import Role

    officers = [queries.actor_named(name) for name in composed_cases.OFFICERS[:2]]
    said = composed_cases.spoken(composed_cases.PASSPHRASE)
    tokens = [
        keys.unlock(way=keys.PASSPHRASE, secret=said, by=one, at=timezone.now()) for one in officers
    ]  # fmt: skip
    organisation, made = Account.objects.get(name="supporter").organisation, []
    for place in range(number):
        at = timezone.now()
        account = people.create_account(
            name=f"bench{place}", pseudonym=f"Bänk {place}", organisation=organisation, by=SYSTEM, at=at
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
    from samsyn.privacy import floods

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
        bells = {
            is_desk: PLACE_OF_BELL.search((await site.ask(path))[1])
            for is_desk, site, path in ((True, supporter, waiting[0]), (False, visitor, "/sv/c/"))
        }
        places = {is_desk: found[1] for is_desk, found in bells.items() if found}
        chats.append(Chat(visitor, supporter, waiting[0], token, places))
    return chats


async def conversations(chats: list[Chat], seconds: float, *, how: str, stream_port: int, every: float) -> Figures:
    figures = Figures(counts_from=time.perf_counter() + OPENING)
    until = figures.counts_from + seconds
    pages = [
        Page(chat, number, is_desk, figures, how, stream_port, until, every)
        for number, chat in enumerate(chats)
        for is_desk in (True, False)
    ]
    quiet = asyncio.Barrier(len(pages))
    await asyncio.gather(*(page.live(quiet) for page in pages))
    return figures


def processor_seconds(processes: list[int]) -> float:
    """Return what these processes and all that came from them have taken of the processors, the ended ones included."""
    parents, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            said = stat.read_text().rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(said[1])
            used[int(stat.parent.name)] = sum(int(one) for one in said[11:15])
    wanted = set(processes)
    while more := {one for one, parent in parents.items() if parent in wanted} - wanted:
        wanted |= more
    return sum(used.get(one, 0) for one in wanted) / os.sysconf("SC_CLK_TCK")


def memory(processes: "list[subprocess.Popen[bytes]]") -> int:
    """Return the resident memory of these processes and their children in MB."""
    total, ids = 0, {one.pid for one in processes}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            rows = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(rows["Pid"]) in ids or int(rows["PPid"]) in ids:
            total += int(rows.get("VmRSS", "0 kB").split()[0])
    return total // 1024


@dataclass
class Running:
    """The installation's server for data, its processes, and where they listen."""

    operator: Installation
    cluster: Cluster
    processes: "list[subprocess.Popen[bytes]]"

    @property
    def ids(self) -> list[int]:
        server = self.cluster.process
        return [one.pid for one in self.processes] + ([server.pid] if server else [])

    def _named(self, name: str) -> int:
        return next(at for at, one in enumerate(self.processes) if name in str(one.args))

    def kill_pages(self) -> None:
        """Kill every process that serves pages; the one above them starts new ones."""
        children = Path(f"/proc/{self.processes[self._named('gunicorn')].pid}/task")
        for task in children.glob("*/children"):
            for child in task.read_text().split():
                os.kill(int(child), signal.SIGKILL)

    def kill_database(self) -> None:
        """Kill the database as a power cut would, and start it again."""
        if self.cluster.process is not None:
            self.cluster.process.kill()
            self.cluster.process.wait()
        self.cluster.stop()
        self.cluster.start()

    def kill_streams(self) -> None:
        """Kill the process of streams, and start it again after a second, as its unit does."""
        at = self._named("uvicorn")
        self.processes[at].kill()
        self.processes[at].wait()
        time.sleep(1)
        command = stream_command(self.operator.stream_port)
        environment = {**os.environ, **self.operator.environment}
        with (self.operator.state / "streams.log").open("ab") as log:
            self.processes[at] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)


@contextmanager
def installation(folder: Path, workers: int) -> Iterator[Running]:
    """Give a running operator."""
    from samsyn.config import database
    from samsyn.config.keys import create_missing
    from samsyn.config.messages import compile_catalogue

    compile_catalogue()
    operator = Installation("operator", free_port(), folder, "operator.localhost", "visitor.localhost")
    with Cluster(folder / "cluster") as cluster:
        create_missing(operator.keys)
        operator.prepare(cluster.url())
        database.run("collectstatic", "--noinput", "--verbosity=0", environment=operator.environment)
        os.environ.update(operator.environment)
        running = Running(operator, cluster, operator.start(workers))
        try:
            wait_until_ready(operator, running.processes)
            yield running
        finally:
            stop(running.processes)


async def through_kills(running: Running, seconds: float) -> None:
    """Kill what serves, one after the other, in the first half of the time."""
    for kill in (running.kill_pages, running.kill_database, running.kill_streams):
        await asyncio.sleep(seconds / 6)
        await asyncio.to_thread(kill)
        print(f"  {kill.__name__}", flush=True)


async def measured(
    running: Running, chats: list[Chat], seconds: float, *, how: str, every: float, kills: bool = False
) -> None:
    """Let the conversations go on for a while and print what came of it."""
    used: list[float] = []

    async def begin_to_count() -> None:
        await asyncio.sleep(OPENING)
        used.extend((processor_seconds(running.ids), time.process_time()))

    counting = asyncio.create_task(begin_to_count())
    killing = asyncio.create_task(through_kills(running, seconds)) if kills else None
    figures = await conversations(chats, seconds, how=how, stream_port=running.operator.stream_port, every=every)
    if killing is not None:
        await killing
    told(figures, how)
    await counting
    taken, own = processor_seconds(running.ids) - used[0], time.process_time() - used[1]
    number = len(figures.said_at)
    asked = sum(len(times) for kind, times in figures.took.items() if kind != "a last look")
    if number and not kills:
        print(
            f"  processor: {taken:.1f} s in {seconds:.0f} s for {asked:,} requests and {number:,} lines:"
            f" {taken / asked * 1000:.1f} ms a request, {taken / number * 1000:.1f} ms a line; this program {own:.1f} s"
        )
    print(
        f"  memory of all processes but the database: {memory(running.processes)} MB; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def told(figures: Figures, name: str) -> None:
    print(name)
    for kind in ("visitor sends", "supporter sends", "visitor receives", "supporter receives"):
        print(figures.told(kind))
    if figures.delays:
        delays = sorted(figures.delays)
        print(
            f"  from sent to seen by the other: median {statistics.median(delays):.2f} s,"
            f" p95 {delays[int(len(delays) * 0.95)]:.2f} s, last {delays[-1]:.1f} s"
        )
        doubled = sum(len(lines) - len(set(lines)) for lines in figures.seen.values())
        lost = sum(
            (text not in figures.seen[f"{number} {is_desk}"])
            for text in figures.said_at
            for number in [text.split()[1]]
            for is_desk in (True, False)
        )
        print(
            f"  {len(figures.said_at):,} lines said; not seen by both sides: {lost}; seen twice: {doubled};"
            f" given back to who wrote: {figures.given_back}"
        )
    print(f"  not answered with 200: {dict(figures.failed) or 'none'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--supporters", type=int, default=60)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=float, default=20, help="seconds between two lines of one side, on average")
    parser.add_argument("--kill", action="store_true")
    chosen = parser.parse_args()
    if chosen.seconds <= ENDS_QUIET:
        parser.error(f"nothing is said in the last {ENDS_QUIET:.0f} seconds: give it more")
    with tempfile.TemporaryDirectory(prefix="samsyn-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with installation(folder, chosen.workers) as running:
            import django

            django.setup()
            cookies = made_supporters(chosen.supporters)
            chats = asyncio.run(opened_chats(chosen.chats, running.operator.port, cookies))
            print(
                f"{len(chats)} chats open, {len(cookies)} supporters, memory {memory(running.processes)} MB,"
                f" load {os.getloadavg()[0]:.1f}", flush=True,
            )  # fmt: skip
            if chosen.kill:
                asyncio.run(measured(running, chats, chosen.seconds, how=BELL, every=chosen.every, kills=True))
                return
            for how, seconds in ((BELL, chosen.seconds), (CLOCK, chosen.seconds), (WHOLE, chosen.seconds / 2)):
                asyncio.run(measured(running, chats, seconds, how=how, every=chosen.every))


if __name__ == "__main__":
    main()
