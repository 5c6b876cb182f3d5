"""Municipalities that deliver through the REST door of the real web server, while it is killed: what bench and tests share.

A client that got no answer sends the same file under the same key again: nobody knows what became of the first.
"""

import http.client
import json
import queue
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from tests.desk_at_work import HOST, Web

# Half a second between two tries: a killed server is there again within a minute.
TRIES = 240


@dataclass(frozen=True)
class Place:
    """A municipality with its credentials and its files: period, path, cases in it."""

    code: str
    client_id: str
    secret: str
    files: tuple[tuple[str, Path, int], ...]


class Unanswered(Exception):
    """No answer came: nobody knows what became of the file."""


@dataclass
class Client:
    """One client of the door; sends one file at a time and never gives up before ``TRIES``."""

    port: int
    connection: http.client.HTTPConnection | None = None
    again: int = 0
    seconds: list[float] = field(default_factory=list)

    def ask(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Return status and body; raise Unanswered."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            self.connection.request("POST", f"/deliveries/api/v1/{path}", body, {"Host": HOST, **headers})
            answer = self.connection.getresponse()
            told = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.connection = None
            raise Unanswered(type(error).__name__) from error
        if answer.getheader("Connection", "").lower() == "close":
            self.connection.close()
            self.connection = None
        return answer.status, told

    def insist(self, path: str, body: bytes, headers: dict[str, str], wanted: int) -> dict[str, object]:
        """Send until it is answered as it should be; what is answered otherwise than by a busy server is an error."""
        for _try in range(TRIES):
            try:
                status, told = self.ask(path, body, headers)
            except Unanswered:
                status, told = 503, {}
            if status == wanted:
                return told
            if status not in {502, 503, 504}:
                raise RuntimeError(f"{path}: {status} {told}")
            self.again += 1
            time.sleep(0.5)
        raise RuntimeError(f"{path}: no answer after {TRIES} tries")

    def deliver(self, place: Place, count: threading.Semaphore) -> None:
        """Ask for a token and deliver every file of a municipality."""
        asked = {"grant_type": "client_credentials", "client_id": place.client_id, "client_secret": place.secret}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        token = self.insist("token", urlencode(asked).encode(), kind, 200)["access_token"]
        for period, path, _cases in place.files:
            headers = {
                "Authorization": f"Bearer {token}",
                "Content-Type": "text/csv",
                "Idempotency-Key": path.stem,
                "Samsyn-Accept-Warnings": "true",
            }
            begun = time.perf_counter()
            told = self.insist("deliveries", path.read_bytes(), headers, 202)
            self.seconds.append(time.perf_counter() - begun)
            if told["state"] != "accepted":
                raise RuntimeError(f"{place.code} {period}: {told}")
            count.release()


def load(places: list[Place], web: Web, *, clients: int, kills: int) -> tuple[list[Client], float]:
    """Let the clients deliver everything while the server is killed so often; return them and the seconds."""
    work: queue.SimpleQueue[Place] = queue.SimpleQueue()
    for place in places:
        work.put(place)
    team = [Client(web.port) for _ in range(clients)]
    faults: list[BaseException] = []
    delivered = threading.Semaphore(0)

    def at_work(client: Client) -> None:
        try:
            while True:
                client.deliver(work.get_nowait(), delivered)
        except queue.Empty:
            return
        except BaseException as error:  # told below, whatever it was
            faults.append(error)

    threads = [threading.Thread(target=at_work, args=(client,)) for client in team]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    number = sum(len(place.files) for place in places)
    for _kill in range(kills):
        for _file in range(number // (kills + 1)):
            if not delivered.acquire(timeout=120):
                break
        web.kill()
        web.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(f"{len(faults)} clients stopped: {faults[0]}")
    return team, time.perf_counter() - begun
