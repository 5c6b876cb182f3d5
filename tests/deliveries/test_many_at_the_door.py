"""Many systems deliver at the same time and checking is slow: others' pages are answered, and whoever finds no room is told."""

import http.client
import json
import queue
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from samsyn.deliveries import doors
from tests.conftest import CommittedDatabase
from tests.deliveries.conftest import FORM
from tests.deliveries.figures import as_file
from tests.deliveries.rest_load import Client
from tests.deliveries.test_kill import CLIENTS
from tests.desk_at_work import HOST, Web

SENDERS, PROCESSES = 24, 2


def token_of(web: Web, client_id: str, secret: str) -> str:
    asked = f"grant_type=client_credentials&client_id={client_id}&client_secret={secret}"
    told = Client(web.port).insist("token", asked.encode(), {"Content-Type": "application/x-www-form-urlencoded"}, 200)
    return str(told["access_token"])


@pytest.mark.timeout(120)
def test_pages_are_answered_while_files_wait_and_whoever_finds_no_room_is_told_at_once(
    committed_database: CommittedDatabase, tmp_path: Path
) -> None:
    environment = committed_database.environment()
    done = subprocess.run([sys.executable, "-c", CLIENTS], env=environment, check=True, capture_output=True, text=True)
    client_id, secret = json.loads(done.stdout.splitlines()[-1])["0180"]
    file = as_file(FORM, "0180", "2025K1")
    answers: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
    web = Web(environment)
    web.start()
    try:
        headers = {"Host": HOST, "Authorization": f"Bearer {token_of(web, client_id, secret)}"}
        headers |= {"Content-Type": "text/csv", "Samsyn-Accept-Warnings": "true"}

        def send(number: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
            key = {"Idempotency-Key": f"key-{number}"}
            connection.request("POST", "/deliveries/api/v1/deliveries", file, headers | key)
            answer = connection.getresponse()
            answer.read()
            answers.put((answer.status, answer.getheader("Retry-After", "")))

        senders = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
        with psycopg.connect(committed_database.application_url) as slow:
            # Whoever checks a file of this municipality waits for this transaction.
            slow.execute("SELECT 1 FROM deliveries_deliverer WHERE code = '0180' FOR UPDATE")
            for sender in senders:
                sender.start()
            # Well before anybody has waited in vain for a turn.
            patience = doors.WAIT_SECONDS * 0.75
            refused = [answers.get(timeout=patience) for _ in range(SENDERS - 4 * PROCESSES)]
            for _page in range(8):
                connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=patience)
                connection.request("GET", "/ready", headers={"Host": HOST})
                assert connection.getresponse().status == 200
        for sender in senders:
            sender.join()
    finally:
        web.stop()
    later = [answers.get_nowait() for _ in range(SENDERS - len(refused))]
    assert set(refused) == {(503, "30")}
    # One process may have got fewer than it has room for, and the other turned more away.
    assert {one for one in later if one[0] != 503} == {(202, "")}
    with psycopg.connect(committed_database.application_url) as connection:
        assert connection.execute("SELECT count(*) FROM deliveries_delivery").fetchone() == (1,)
