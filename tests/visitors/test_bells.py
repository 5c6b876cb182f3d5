"""The bells of a chat: who is called by what, that a bell says nothing, and what the process that rings them does not know."""

import http.client
import json
import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from samsyn.people.actors import SYSTEM
from samsyn.privacy import retention
from samsyn.ui import bells
from samsyn.visitors import chat_bells, chat_policies, chats
from samsyn.visitors import retention as rules
from samsyn.visitors.chat_bells import DESK, VISITOR
from samsyn.visitors.models import Chat
from tests.channels.live import Streams, free_port
from tests.conftest import CommittedDatabase
from tests.visitors.conftest import SUPPORTER, Desk, work

NAME = "0123456789abcdef0123456789abcdef"
PLACE = re.compile(r'data-bell="http://[^/"]+(/[^"]+)"|data-bell="(/[^"]+)"')
pytestmark = pytest.mark.django_db


def rung(asked: CaptureQueriesContext) -> set[str]:
    """Return the bells that were asked of the database to ring."""
    said = " ".join(one["sql"] for one in asked.captured_queries if "pg_notify" in one["sql"])
    return set(re.findall(r"\b[0-9a-f]{32}\b", said))


def of(chat: Chat, *sides: str) -> set[str]:
    return {chat_bells.name_of(chat.pk, side) for side in sides}


def test_only_the_other_side_is_called_for_a_line_and_both_for_the_end(desk: Desk, now: datetime) -> None:
    token, by = desk.tokens[SUPPORTER.account_id], SUPPORTER
    first, later = (chats.begin_chat(edition="sv", shown=work("chat", now), at=now) for _ in range(2))
    (chat, waiting) = (Chat.objects.get(token_hash=chats.token_hash(one.token)) for one in (first, later))
    assert not of(chat, VISITOR) & of(chat, DESK) & of(waiting, VISITOR)

    def say_to_desk() -> None:
        chats.say_as_visitor(token=first.token, own_id=uuid4(), text="Hej", at=now)

    def say_to_visitor() -> None:
        chats.say_as_supporter(chat_id=chat.pk, token=token, own_id=uuid4(), text="Hej", by=by, at=now)

    def take() -> None:
        chats.take_chat(chat_id=chat.pk, token=token, by=by, at=now)

    def fall_silent() -> None:
        retention.run(rules.RULES, at=now + chat_policies.SILENCE, dry_run=False, by=SYSTEM)

    for act, called in (
        (say_to_desk, of(chat, DESK)),
        (take, of(chat, VISITOR) | of(waiting, VISITOR)),  # the queue has moved
        (say_to_visitor, of(chat, VISITOR)),
        (lambda: chats.end_as_supporter(chat_id=chat.pk, by=by, at=now), of(chat, VISITOR, DESK)),
        (fall_silent, of(waiting, VISITOR, DESK)),
    ):
        with CaptureQueriesContext(connection) as asked:
            act()
        assert rung(asked) == called


def test_a_bells_name_leads_to_no_chat(desk: Desk, visitor: Client, now: datetime) -> None:
    begun = chats.begin_chat(edition="sv", shown=work("chat", now), at=now)
    chat = Chat.objects.get()
    visitor.cookies["__Host-i"] = begun.token
    found = PLACE.search(visitor.get("/sv/c/").content.decode())
    assert found
    place = found[1] or found[2]
    assert place == f"/s/{chat_bells.name_of(chat.pk, VISITOR)}/stream"
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM visitors_chat t")
        row = str(cursor.fetchall())
    assert chat_bells.name_of(chat.pk, VISITOR) not in row
    assert chat.pk.hex not in place
    assert begun.token not in place
    # Pages are served by processes that keep no line open: they say so, and take no cookie for it.
    visitor.cookies.clear()
    answer = visitor.get(place)
    assert (answer.status_code, answer.has_header("Set-Cookie")) == (503, False)


# The process itself


@pytest.fixture
def streams(committed_database: CommittedDatabase) -> Iterator[Streams]:
    environment = committed_database.environment()
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    made = Streams(environment, free_port())
    made.start()
    yield made
    made.stop()


class Line:
    """A page's line to a bell."""

    def __init__(self, streams: Streams, name: str = NAME, *, is_desk: bool = False) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", streams.port, timeout=60)
        host, place = (
            (settings.SAMSYN_STAFF_HOST, f"/inbox/chats/{name}/stream")
            if is_desk
            else (settings.SAMSYN_PUBLIC_HOST, f"/s/{name}/stream")
        )
        self.connection.request("GET", place, headers={"Host": host})
        self.answer = self.connection.getresponse()

        # The line is there: from now on its bell hangs.
        self.first = self._sign()

    def _sign(self) -> str:
        return (self.answer.readline() + self.answer.readline()).decode()

    def ring(self) -> str:
        """Wait for a ring; signs of life come in between."""
        while (sign := self._sign()) == bells.QUIET:
            pass
        return sign

    def is_quiet(self) -> bool:
        """Say whether nothing but signs of life has come."""
        while select.select([self.connection.sock], [], [], 0)[0]:
            if self._sign() != bells.QUIET:
                return False
        return True


def test_a_bell_rings_for_its_name_alone_and_all_signs_weigh_the_same(
    streams: Streams, committed_database: CommittedDatabase
) -> None:
    Line(streams)  # with the first one the process begins to listen
    lines, other = [Line(streams), Line(streams, is_desk=True)], Line(streams, NAME[::-1])
    assert {line.first for line in (*lines, other)} == {bells.QUIET}
    assert {line.answer.status for line in (*lines, other)} == {200}
    assert {line.answer.getheader("Set-Cookie") for line in (*lines, other)} == {None}
    with committed_database.owner() as owner:
        for _ in range(3):
            owner.execute("SELECT pg_notify(%s, %s)", [bells.CHANNEL, NAME])
            assert [line.ring() for line in lines] == [bells.RINGS] * 2
        assert other.is_quiet()
        # The connection that listens is lost: every bell rings, because nobody knows what was missed.
        with psycopg.connect(committed_database.admin_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename LIKE '%%_app'",
                [committed_database.name],
            )
        assert [line.ring() for line in (*lines, other)] == [bells.RINGS] * 3
        owner.execute("SELECT pg_notify(%s, %s)", [bells.CHANNEL, NAME])
        assert [line.ring() for line in lines] == [bells.RINGS] * 2
    assert len(bells.QUIET) == len(bells.RINGS)


def test_the_process_serves_bells_and_no_page_of_the_site(streams: Streams) -> None:
    visitors, staff = settings.SAMSYN_PUBLIC_HOST, settings.SAMSYN_STAFF_HOST
    for method, host, path, status in (
        ("GET", visitors, "/health", 200),
        ("GET", visitors, "/sv/c/", 404),
        ("GET", visitors, "/chat/stream", 404),
        ("GET", visitors, f"/inbox/chats/{NAME}/stream", 404),
        ("GET", staff, f"/s/{NAME}/stream", 404),
        ("POST", visitors, f"/s/{NAME}/stream", 405),
        ("GET", staff, "/inbox/", 404),
    ):
        assert streams.ask(method, host, path, "") == status, path
    # Another site's page hears nothing.
    assert streams.ask("GET", visitors, f"/s/{NAME}/stream", "", {"Sec-Fetch-Site": "cross-site"}) == 403


def test_the_process_has_loaded_nothing_of_the_room_that_opens_or_reads() -> None:
    program = "import samsyn.config.asgi, sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ)
    loaded = set(json.loads(done.stdout))
    assert "samsyn.visitors.views.bell" in loaded
    assert not {f"samsyn.visitors.{name}" for name in ("keeper", "chats", "sealing", "codes", "chat_queries")} & loaded


@override_settings(SAMSYN_SERVES_STREAMS=True)
def test_beyond_what_a_process_may_hold_a_page_is_told_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bells.answer(bells.rings(NAME)).status_code == 200
    monkeypatch.setattr(bells.house(), "hanging", bells.MOST)
    assert bells.answer(bells.rings(NAME)).status_code == 503
