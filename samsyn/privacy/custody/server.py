"""The keeper's process: ``python -m samsyn.privacy.custody.server``. The only place where keys are open.

It listens on a Unix socket that its own user alone may reach, leaves no core dump, reads the log over a connection of its
own, and forgets everybody when it ends.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from samsyn.privacy.custody import derivation, wire
from samsyn.privacy.custody.base import StoredEvent
from samsyn.privacy.custody.officers import Keeper
from samsyn.privacy.custody.refusals import UNAVAILABLE, KeyRefused
from samsyn.privacy.custody.rights import Certificate
from samsyn.privacy.custody.store import Store

_PR_SET_DUMPABLE = 4
_DATABASE_SECONDS = 60
# Less than the thirty seconds for which whoever asks waits.
_PATIENCE = 15.0
PLACE_NAME = "samsyn keeper derives"
# The index over times finds it without a walk through the log.
UNSIGNED_SINCE = """
    SELECT min(at) FROM audit_event
    WHERE at > coalesce((SELECT signed_at FROM audit_checkpoint ORDER BY size DESC LIMIT 1), '-infinity')
"""
_SUPPORTERS = """
    SELECT a.id, k.public,
        (SELECT json_object_agg(c.officer_id::text, encode(c.signature, 'hex')) FROM cases_certification c
         WHERE c.keyring_id = k.account_id)
    FROM people_account a JOIN cases_keyring k ON k.account_id = a.id
    WHERE a.is_active AND EXISTS
        (SELECT 1 FROM people_roleassignment r WHERE r.account_id = a.id AND r.role = 'supporter' AND r.ended_at IS NULL)
"""


class Log:
    """What the keeper reads for itself: the stored events, who is on duty, what was erased."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None

    @contextlib.contextmanager
    def _reading(self) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
        with self._lock:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
                    self._connection.read_only = True
                yield self._connection
            except psycopg.Error:
                if self._connection is not None:
                    self._connection.close()
                self._connection = None
                # Without the log no key is used: whoever stops the database stops the keeper.
                raise KeyRefused(UNAVAILABLE) from None

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the installation's two places for a derivation; refuse when none gets free in time.

        Over a connection of its own: whoever dies gives the place back.
        """
        try:
            connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5, application_name=PLACE_NAME)
        except psycopg.Error:
            raise KeyRefused(UNAVAILABLE) from None
        with connection:
            until = time.monotonic() + _PATIENCE
            while not any(
                connection.execute("SELECT pg_try_advisory_lock(%s)", [number]).fetchone() == (True,)
                for number in derivation.PLACES
            ):
                if time.monotonic() > until:
                    raise KeyRefused(UNAVAILABLE)
                time.sleep(0.05)
            yield

    def event(self, event_id: str) -> StoredEvent | None:
        """Return a committed event: this connection sees no other."""
        try:
            known = UUID(event_id)
        except ValueError:
            return None
        with self._reading() as connection:
            row = connection.execute(
                "SELECT kind, actor_id, subject, at FROM audit_event WHERE id = %s", [known]
            ).fetchone()
        return StoredEvent(*row) if row else None

    def unsigned_since(self) -> datetime | None:
        """Return when the earliest event came that no checkpoint may cover yet."""
        with self._reading() as connection:
            row = connection.execute(UNSIGNED_SINCE).fetchone()
        return row[0] if row else None

    def is_on_duty(self, person: str) -> bool:
        """Say whether the person has begun a shift and not ended it."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT 1 FROM cases_dutyshift WHERE account_id = %s AND ended_at IS NULL"
                " AND begun_at > now() - interval '14 hours'", [UUID(person)],
            ).fetchone()  # fmt: skip
        return row is not None

    def erased(self) -> set[str]:
        """Return the cases that the log says were erased."""
        with self._reading() as connection:
            rows = connection.execute("SELECT subject FROM audit_event WHERE kind = 'case_erased'").fetchall()
        return {subject for (subject,) in rows}

    def supporters(self, installation: str) -> list[Certificate]:
        """Return the keys of those who hold the role now, with the officers' signatures as they stand."""
        with self._reading() as connection:
            rows = connection.execute(_SUPPORTERS).fetchall()
        return [
            Certificate(
                installation=installation, person=str(person), public=bytes(public),
                signatures={officer: bytes.fromhex(sign) for officer, sign in (signatures or {}).items()},
            )
            for person, public, signatures in rows
        ]  # fmt: skip


class _Asked(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Answer one question. A fault of ours tells its kind and never what was in it."""
        connection: socket.socket = self.request
        connection.settimeout(30)
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        if struct.unpack("3i", credentials)[1] not in self.server.welcome:  # type: ignore[attr-defined]
            return
        try:
            asked = wire.receive(connection)
            if asked["do"] not in wire.OPERATIONS:
                raise KeyRefused(UNAVAILABLE)
            answer = {"said": getattr(self.server.keeper, asked["do"])(**asked["with"])}  # type: ignore[attr-defined]
        except KeyRefused as refused:
            answer = {"refused": refused.reason}
        except Exception as error:
            line = {"level": "ERROR", "logger": "samsyn.keeper", "message": type(error).__name__}
            print(json.dumps(line), file=sys.stderr, flush=True)  # noqa: T201 (the log of this process)
            answer = {"refused": UNAVAILABLE}
        with contextlib.suppress(OSError):
            wire.send(connection, answer)


class Server(socketserver.ThreadingUnixStreamServer):
    """Listens until it is told to stop."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, place: Path, keeper: Keeper) -> None:
        place.unlink(missing_ok=True)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = os.umask(0o177)
        try:
            super().__init__(str(place), _Asked)
        finally:
            os.umask(before)
        self.keeper = keeper
        self.welcome = {os.geteuid()}


def keep_to_oneself() -> None:
    """Leave no core dump, let no other process of the user look inside, and keep out of the swap where that is allowed."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        libc = ctypes.CDLL("libc.so.6", use_errno=True)
        libc.prctl(_PR_SET_DUMPABLE, 0)


def main() -> int:
    """Serve until SIGTERM or SIGINT; stay closed where log and ledger disagree."""
    keep_to_oneself()
    place, folder = Path(os.environ["SAMSYN_KEEPER_SOCKET"]), Path(os.environ["SAMSYN_KEEPER_DIR"])
    log = Log(os.environ.get("SAMSYN_KEEPER_DATABASE_URL") or os.environ["DATABASE_URL"])
    keeper = Keeper(
        installation=os.environ["SAMSYN_INSTALLATION"], store=Store(folder), source=log, clock=lambda: datetime.now(UTC)
    )
    derivation.place = log.place
    deadline = time.monotonic() + _DATABASE_SECONDS
    while time.monotonic() < deadline:
        try:
            keeper.open_service()
            break
        except KeyRefused:
            time.sleep(0.2)
    with Server(place, keeper) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        server.serve_forever(poll_interval=0.2)
    place.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
