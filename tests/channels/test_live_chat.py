"""The chat with the real processes: what is written reaches the other side once, whatever is killed in between."""

import threading
from collections.abc import Iterator

import pytest

from tests.channels import live
from tests.channels.live import PUBLIC, STAFF
from tests.conftest import CommittedDatabase

# A chat takes 500 messages; nobody waits for so many here.
MOST = 200
MANY = 40


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
