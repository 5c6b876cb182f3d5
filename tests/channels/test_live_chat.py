"""The chat with the real processes: what is written reaches the other side once, whatever is killed in between."""

import contextlib
import socket
import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, Page, expect

from samsyn.people.middleware import SEEN, SEEN_EVERY
from samsyn.privacy import floods
from tests.channels import live
from tests.channels.live import PUBLIC, STAFF
from tests.conftest import CommittedDatabase
from tests.journeys.examination import examine

# A chat takes 500 messages; nobody waits for so many here.
MOST = 200
MANY = 40
# Milliseconds that a browser gets on a busy machine.
PATIENCE = 40_000


@pytest.fixture
def chat(committed_database: CommittedDatabase) -> Iterator[live.Chat]:
    with live.chat(committed_database.environment()) as running:
        running.begin()
        yield running


class Talk:
    """Both sides write at the same time, until they are told to stop."""

    def __init__(self, chat: live.Chat) -> None:
        self.chat = chat
        self.said: dict[str, list[str]] = {PUBLIC: [], STAFF: []}
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=[host]) for host in self.said]
        for thread in self.threads:
            thread.start()

    def _write(self, host: str) -> None:
        while not self.stopping.wait(0.2) and len(self.said[host]) < MOST:
            text = f"{host} {len(self.said[host])}"
            self.chat.write(host, text)
            self.said[host].append(text)

    def stop(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join(90)


@pytest.mark.timeout(240)
def test_killed_streams_and_pages_lose_and_double_nothing(chat: live.Chat) -> None:
    listeners = [chat.listener(PUBLIC), chat.listener(STAFF)]
    talk = Talk(chat)
    for number, what in enumerate((chat.streams, chat.web, chat.streams), start=1):
        so_far = len(listeners[0].came)
        for listener in listeners:
            assert listener.wait_until(lambda own, least=so_far + 3: len(own.came) >= least), listener.troubles
        what.kill()
        what.start()
        back = 1 + (number + 1) // 2
        for listener in listeners:
            assert listener.wait_until(lambda own, least=back: own.connections >= least), listener.troubles
    talk.stop()
    total = sum(len(said) for said in talk.said.values())
    for listener in listeners:
        listener.wait_for(total)
        assert [number for number, _text in listener.came] == list(range(1, total + 1))
        for host, said in talk.said.items():
            assert [text for _number, text in listener.came if text.startswith(host)] == said
    chat.post(PUBLIC, "/chat/end/")
    for listener in listeners:
        assert listener.is_over.wait(20)
        assert listener.kinds[-1] == "over"


@pytest.mark.timeout(120)
def test_who_comes_back_late_is_told_what_happened_meanwhile(chat: live.Chat) -> None:
    chat.write(PUBLIC, "one")
    first = chat.listener(STAFF)
    first.wait_for(1)
    first.stopping.set()
    chat.streams.kill()
    chat.write(PUBLIC, "two")
    chat.write(STAFF, "three")
    chat.streams.start()
    late = chat.listener(STAFF, seen=1)
    late.wait_for(2)
    assert late.came == [(2, "two"), (3, "three")]
    # A page that was loaded before the answer learns of it, though the answer came while nothing was streamed.
    assert late.kinds == ["answered"]
    chat.post(PUBLIC, "/chat/end/")
    assert late.is_over.wait(20)
    after = chat.listener(PUBLIC)
    assert after.is_over.wait(20)
    assert not after.came
    assert not after.connections, "an ended chat opens no stream: 204"


def lock_the_screen(chat: live.Chat, database: CommittedDatabase) -> None:
    status, _headers, _text = chat.post(STAFF, "/people/lock/", csrfmiddlewaretoken=chat.form_token)
    assert status == 302


def sign_out(chat: live.Chat, database: CommittedDatabase) -> None:
    status, _headers, _text = chat.post(STAFF, "/account/sign-out/", csrfmiddlewaretoken=chat.form_token)
    assert status == 302


def close_the_account(chat: live.Chat, database: CommittedDatabase) -> None:
    with database.owner() as owner:
        closed = owner.execute("UPDATE people_account SET is_active = false WHERE session_key = %s", [chat.session])
    assert closed.rowcount == 1


@pytest.mark.timeout(240)
def test_an_advisers_stream_ends_with_what_opened_it_and_tells_no_word_more(
    chat: live.Chat, committed_database: CommittedDatabase
) -> None:
    ends = (lock_the_screen, sign_out, close_the_account)
    rooms = [chat, *chat.others(2 * len(ends))]
    advisers, visitors = [room.listener(STAFF) for room in rooms], [room.listener(PUBLIC) for room in rooms]
    for room, adviser in zip(rooms, advisers, strict=True):
        room.write(PUBLIC, "one")
        adviser.wait_for(1)
    stays, quiet, loud = rooms[0], rooms[1 : 1 + len(ends)], rooms[1 + len(ends) :]
    for end, *both in zip(ends, quiet, loud, strict=True):
        for room in both:
            end(room, committed_database)
    for room in (stays, *loud):
        room.write(PUBLIC, "two")
    # Where nobody writes it is found out with the next sign of life, twenty seconds later at most.
    for number, adviser in enumerate(advisers[1:]):
        assert adviser.wait_until(lambda own: any("401" in trouble for trouble in own.troubles)), number
    for room in quiet:
        room.write(PUBLIC, "two")
    for visitor in visitors:
        visitor.wait_for(2)
        assert [text for _number, text in visitor.came] == ["one", "two"]
    advisers[0].wait_for(2)
    assert [[text for _number, text in adviser.came] for adviser in advisers] == [["one", "two"], *[["one"]] * 6]
    assert [adviser.connections for adviser in advisers] == [1] * 7


def last_used(chat: live.Chat, database: CommittedDatabase, *, ago: int) -> None:
    """Let the adviser have done nothing for so many seconds."""
    with database.owner() as owner:
        find = "SELECT session_data FROM django_session WHERE session_key = %s"
        row = owner.execute(find, [chat.session]).fetchone()
        assert row is not None
        store = SessionStore()
        kept = store.decode(row[0])
        assert SEEN in kept
        again = store.encode({**kept, SEEN: int(time.time()) - ago})
        owner.execute("UPDATE django_session SET session_data = %s WHERE session_key = %s", [again, chat.session])


@pytest.mark.timeout(300)
def test_a_screen_that_nobody_uses_locks_although_its_stream_is_open(committed_database: CommittedDatabase) -> None:
    environment = {**committed_database.environment(), "SAMSYN_STANDARD_LOCK_MINUTES": "1"}
    with live.chat(environment) as chat:
        chat.begin()
        adviser, visitor = chat.listener(STAFF), chat.listener(PUBLIC)
        chat.write(PUBLIC, "one")
        adviser.wait_for(1)
        # Longer than any activity stays unwritten (``SEEN_EVERY``): if what follows were one, the minute would begin anew.
        last_used(chat, committed_database, ago=SEEN_EVERY + 22)
        # Only the visitor writes on: what a stream brings is nobody's activity, and what is written after the lock stays away.
        written = ["one"]
        for number in range(40):
            if any("401" in trouble for trouble in adviser.troubles):
                break
            written.append(str(number))
            chat.write(PUBLIC, written[-1])
            time.sleep(1)
        assert any("401" in trouble for trouble in adviser.troubles), "the screen never locked"
        assert adviser.connections == 1
        told = [text for _number, text in adviser.came]
        chat.write(PUBLIC, "last")
        visitor.wait_for(len(written) + 1)
        assert [text for _number, text in visitor.came] == [*written, "last"]
        assert told == written[: len(told)]
        assert len(told) > 1, "it locks after its minute, not at once"
        assert [text for _number, text in adviser.came] == told
        # The page says so, and shows nothing of the chat.
        assert "last" not in chat.get(STAFF, f"/chats/{chat.chat_id}/")


@pytest.mark.timeout(120)
def test_the_process_of_streams_serves_nothing_else(chat: live.Chat) -> None:
    staff, public = f"__Host-samsyn={chat.session}", f"__Host-s={chat.token}"
    own, strange = f"/chats/{chat.chat_id}/stream", f"/chats/{uuid.uuid4()}/stream"
    for method, host, path, cookie, status in (
        ("GET", STAFF, "/ready", "", 200),
        ("GET", PUBLIC, "/chat/stream", "", 204),
        ("GET", STAFF, "/desk/", staff, 404),
        ("GET", PUBLIC, "/chat/", public, 404),
        ("POST", STAFF, own, staff, 405),
        ("GET", STAFF, own, "", 401),
        ("GET", STAFF, strange, staff, 404),
        ("GET", PUBLIC, own, staff, 404),
        ("GET", "elsewhere.example", own, staff, 400),
        ("GET", STAFF, f"{own}?seen=%ff", "", 401),
    ):
        assert chat.streams.ask(method, host, path, cookie) == status, path
    # Another site's page gets none of it, even with the cookie.
    assert chat.streams.ask("GET", STAFF, own, staff, {"Sec-Fetch-Site": "cross-site"}) == 403


@pytest.mark.timeout(120)
def test_many_streams_share_one_thread_and_three_connections(
    chat: live.Chat, committed_database: CommittedDatabase
) -> None:
    def connections() -> int:
        with committed_database.owner() as owner:
            row = owner.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
                [committed_database.name],
            ).fetchone()
        assert row is not None
        return int(row[0])

    chat.web.stop()  # its connections are not what is counted here
    listeners = [chat.listener(PUBLIC) for _ in range(MANY)]
    assert all(listener.wait_until(lambda own: "answered" in own.kinds) for listener in listeners)
    assert connections() <= 3  # who asks for a stream, who listens, who reads
    assert chat.streams.threads() <= 4
    for listener in listeners:
        listener.leave()
    # Who leaves is forgotten: the next to come is served as before.
    assert chat.listener(STAFF).wait_until(lambda own: "answered" in own.kinds)


class Proxy:
    """Stands before the streams as nginx does: passes on what comes, and answers 502 while nobody is behind it."""

    def __init__(self, behind: int) -> None:
        self.behind = behind
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        self.refused = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                page, _address = self.server.accept()
            except OSError:
                return
            try:
                streams = socket.create_connection(("127.0.0.1", self.behind))
            except OSError:
                self.refused += 1
                page.recv(65536)
                page.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                page.close()
                continue
            for one, other in ((page, streams), (streams, page)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := one.recv(65536):
                other.sendall(said)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.mark.browser
@pytest.mark.timeout(240)
def test_two_browsers_talk_through_broken_lines(chromium: Browser, committed_database: CommittedDatabase) -> None:
    stream_port = live.free_port()
    proxy = Proxy(stream_port)
    with (
        live.chat(committed_database.environment(), stream_port=stream_port, seen_port=proxy.port) as chat,
        chromium.new_context(locale="sv-SE") as visitors,
        chromium.new_context(locale="sv-SE") as advisers,
    ):
        visitors.set_default_timeout(60_000)
        advisers.set_default_timeout(60_000)
        visitor, adviser = visitors.new_page(), advisers.new_page()
        visitor.goto(f"http://{PUBLIC}:{chat.web.port}/chat/")
        visitor.get_by_role("button", name="Börja").click()
        expect(visitor.locator("[data-waiting]")).to_be_visible()
        advisers.add_cookies([chat.session_cookie()])
        adviser.goto(f"http://{STAFF}:{chat.web.port}/queue/")
        adviser.get_by_role("button", name="Svara").click()
        adviser.wait_for_url("**/chats/*/")  # and its script: a key before it is nobody's
        expect(visitor.locator("[data-waiting]")).to_be_hidden(timeout=PATIENCE)
        said = [say(visitor, "Hej"), say(adviser, "Hej, berätta")]
        both_show(visitor, adviser, said)
        answer = adviser.reload()
        assert answer is not None
        assert examine(adviser, "the adviser's side", answer) == []

        # The streams are gone, and the proxy says so: the pages write on, and take the line up again by themselves.
        chat.streams.kill()
        said += [say(visitor, "Är du kvar?"), say(adviser, "Ja")]
        visitor.wait_for_timeout(2_500)
        assert proxy.refused >= 2
        chat.streams.start()
        both_show(visitor, adviser, said)

        # The pages' own server is gone: what is written waits, and what is typed meanwhile stays in the field.
        chat.web.kill()
        said += [say(visitor, "Ett", is_taken=False), say(visitor, "Två", is_taken=False)]
        visitor.locator("#text").fill("Tre")
        expect(visitor.locator("[data-unsent='']")).to_have_count(2, timeout=PATIENCE)
        chat.web.start()
        both_show(visitor, adviser, said)
        expect(visitor.locator("#text")).to_have_value("Tre")

        # What the server refuses comes back into the field with the reason.
        visitor.locator("#text").fill("\u202e")
        visitor.locator("#text").press("Control+Enter")
        expect(visitor.locator("#text-error")).to_contain_text("tecken som inte kan visas", timeout=PATIENCE)
        expect(visitor.locator("#text")).to_have_value("\u202e")

        # Ended while the stream is broken: the page learns it all the same.
        chat.streams.kill()
        adviser.get_by_role("button", name="Avsluta och radera").click()
        chat.streams.start()
        expect(visitor.get_by_text("Det som skrevs är raderat")).to_be_visible(timeout=PATIENCE)
        expect(visitor.locator(".said")).to_have_count(0, timeout=PATIENCE)


def say(page: Page, text: str, *, is_taken: bool = True) -> str:
    page.locator("#text").fill(text)
    page.locator("#text").press("Control+Enter")
    if is_taken:  # by the server: until then the other's words may come first
        expect(page.locator("[data-unsent='']")).to_have_count(0, timeout=PATIENCE)
    return text


def both_show(visitor: Page, adviser: Page, said: list[str]) -> None:
    for page in (visitor, adviser):
        expect(page.locator(".said[data-number] p")).to_have_text(said, timeout=PATIENCE)
        expect(page.locator("[data-unsent]")).to_have_count(0, timeout=PATIENCE)


@pytest.mark.browser
@pytest.mark.timeout(240)
def test_a_browser_finds_what_a_chat_costs_while_many_come(
    chromium: Browser, committed_database: CommittedDatabase
) -> None:
    with live.chat(committed_database.environment()) as chat, chromium.new_context(locale="sv-SE") as visitors:
        visitors.set_default_timeout(60_000)
        for _ in range(floods.CALM_WAITING):
            chat.post(PUBLIC, "/chat/")
        page = visitors.new_page()
        page.goto(f"http://{PUBLIC}:{chat.web.port}/chat/")
        expect(page.locator("form[data-proof]")).to_have_count(1)
        page.get_by_role("button", name="Börja").click()
        expect(page.locator("[data-waiting]")).to_be_visible()
