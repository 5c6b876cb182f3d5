"""What the keeper keeps on its own disk, outside the database and its backups: pepper, shred keys, tombstones,
officers, which codes helpers have said, and the seals that open visitors' messages.

One SQLite file beside two key files. It has its own backup with a short life (35 days): what was erased is unreadable
live at once and in every backup when the last copy of its shred key is gone. ``secure_delete`` overwrites a key's bytes.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock

from samsyn.privacy import keys
from samsyn.privacy.custody.refusals import ERASED, EXISTS, OUTDATED, UNAVAILABLE, KeyRefused

PURPOSES = ("pepper", "duty")
_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS officer (person TEXT PRIMARY KEY, public BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS shred (subject TEXT PRIMARY KEY, key BLOB NOT NULL, version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tombstone (number INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT UNIQUE NOT NULL,
    event TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS attempt (kind TEXT NOT NULL, who BLOB NOT NULL, day TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (kind, who, day));
DROP TABLE IF EXISTS recovery;
CREATE TABLE IF NOT EXISTS waiting (person TEXT PRIMARY KEY, begun_at TEXT NOT NULL, boot TEXT NOT NULL, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS heard_code (subject TEXT PRIMARY KEY, locator BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS window (day TEXT PRIMARY KEY, public BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS window_seal (day TEXT NOT NULL, person TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (day, person));
CREATE TABLE IF NOT EXISTS clock (id INTEGER PRIMARY KEY CHECK (id = 1), latest TEXT NOT NULL);
COMMIT;
"""
Steady = tuple[str, float]
"""A clock that nobody sets: which start of the machine, and the seconds since then."""
_SEAL = "INSERT OR REPLACE INTO window_seal VALUES (?, ?, ?)"


class Store:
    """The keeper's folder; safe for its threads, and every change is on the disk when it returns."""

    def __init__(self, folder: Path) -> None:
        keys.create_missing(folder, PURPOSES)
        self.folder = folder
        self._lock = RLock()
        file = folder / "keeper.sqlite3"
        file.touch(mode=0o600)
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        for pragma in ("secure_delete=ON", "synchronous=FULL", "journal_mode=DELETE"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.executescript(_SCHEMA)

    def key(self, purpose: str) -> bytes:
        """Return the pepper or the duty key."""
        try:
            return keys.read(self.folder, purpose)
        except keys.KeyUnusable:
            raise KeyRefused(UNAVAILABLE) from None

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _row(self, statement: str, *values: object) -> tuple[object, ...] | None:
        with self._lock:
            found: tuple[object, ...] | None = self._database.execute(statement, values).fetchone()
            return found

    # Officers

    def officers(self) -> dict[str, bytes]:
        """Return the officers whom the keeper trusts, with their public keys."""
        with self._lock:
            return dict(self._database.execute("SELECT person, public FROM officer ORDER BY person").fetchall())

    def found_officers(self, officers: Mapping[str, bytes]) -> None:
        """Write down the first officers; they are never written a second time."""
        with self._change() as database:
            if self.officers():
                raise KeyRefused(EXISTS)
            database.executemany("INSERT INTO officer VALUES (?, ?)", list(officers.items()))

    def replace_officer(self, gone: str, *, successor: str, public: bytes) -> None:
        """Write a successor in an officer's place; a second time changes nothing."""
        with self._change() as database:
            database.execute("DELETE FROM officer WHERE person = ?", (gone,))
            database.execute("INSERT OR REPLACE INTO officer VALUES (?, ?)", (successor, public))

    # Shred keys

    def make_shred_key(self, subject: str, key: bytes) -> None:
        """Keep a new shred key; raise KeyRefused if the subject has or had one."""
        with self._change() as database:
            if self._row("SELECT 1 FROM tombstone WHERE subject = ?", subject):
                raise KeyRefused(ERASED)
            if self._row("SELECT 1 FROM shred WHERE subject = ?", subject):
                raise KeyRefused(EXISTS)
            database.execute("INSERT INTO shred VALUES (?, ?, 1)", (subject, key))

    def shred_key(self, subject: str, *, version: int) -> bytes:
        """Return the shred key; raise KeyRefused if it was erased, or if the case key has been replaced since."""
        row = self._row("SELECT key, version FROM shred WHERE subject = ?", subject)
        if row is None:
            raise KeyRefused(ERASED)
        key, latest = row
        if not isinstance(key, bytes) or not isinstance(latest, int) or version < latest:
            raise KeyRefused(OUTDATED)
        if version > latest:
            with self._change() as database:
                database.execute("UPDATE shred SET version = ? WHERE subject = ?", (version, subject))
        return key

    def erase(self, subject: str, *, event: str, at: datetime) -> None:
        """Destroy a shred key and write its tombstone; a second time changes nothing."""
        with self._change() as database:
            database.execute("DELETE FROM shred WHERE subject = ?", (subject,))
            database.execute("DELETE FROM heard_code WHERE subject = ?", (subject,))
            database.execute(
                "INSERT OR IGNORE INTO tombstone (subject, event, at) VALUES (?, ?, ?)",
                (subject, event, at.isoformat()),
            )

    def erased(self) -> list[str]:
        """Return the ledger of erasure: every subject whose key was destroyed, in order."""
        with self._lock:
            return [row[0] for row in self._database.execute("SELECT subject FROM tombstone ORDER BY number")]

    # Codes that helpers have said

    def mark_heard(self, subject: str, locator: bytes) -> None:
        """Note that others have said the words of the code with this locator: the case wants a new one."""
        with self._change() as database:
            database.execute("INSERT OR REPLACE INTO heard_code VALUES (?, ?)", (subject, locator))

    def is_heard(self, subject: str, locator: bytes) -> bool:
        """Say whether others have said the words of this code; a new code has another locator, and is not heard."""
        return self._row("SELECT 1 FROM heard_code WHERE subject = ? AND locator = ?", subject, locator) is not None

    # Visitors' messages: a pair a day, its private half sealed to each supporter

    def window(self, day: str) -> bytes | None:
        """Return the day's public half, or nothing if there is none yet."""
        row = self._row("SELECT public FROM window WHERE day = ?", day)
        return row[0] if row and isinstance(row[0], bytes) else None

    def make_window(self, day: str, public: bytes, seals: Mapping[str, bytes]) -> None:
        """Keep a new day's pair."""
        with self._change() as database:
            database.execute("INSERT INTO window VALUES (?, ?)", (day, public))
            database.executemany(_SEAL, [(day, person, sealed) for person, sealed in seals.items()])

    def window_seals(self) -> dict[str, dict[str, bytes]]:
        """Return every day that is left, with its seals by person."""
        with self._lock:
            days = [row[0] for row in self._database.execute("SELECT day FROM window ORDER BY day")]
            found: dict[str, dict[str, bytes]] = {day: {} for day in days}
            for day, person, sealed in self._database.execute("SELECT day, person, sealed FROM window_seal"):
                found[day][person] = sealed
            return found

    def change_window(self, day: str, *, new: Mapping[str, bytes], gone: Iterable[str]) -> None:
        """Add seals of those who came later and destroy those of people who left."""
        with self._change() as database:
            database.executemany(_SEAL, [(day, person, sealed) for person, sealed in new.items()])
            database.executemany("DELETE FROM window_seal WHERE day = ? AND person = ?", [(day, one) for one in gone])

    def forget_windows(self, *, up_to: str) -> None:
        """Destroy the pairs of this day and all before it."""
        if self._row("SELECT 1 FROM window WHERE day <= ?", up_to) is None:
            return
        with self._change() as database:
            database.execute("DELETE FROM window_seal WHERE day <= ?", (up_to,))
            database.execute("DELETE FROM window WHERE day <= ?", (up_to,))

    # Limits and waiting times

    def attempts(self, kind: str, who: bytes, *, at: datetime) -> int:
        """Return how often this was tried today."""
        row = self._row(
            "SELECT count FROM attempt WHERE kind = ? AND who = ? AND day = ?", kind, who, at.date().isoformat()
        )
        return int(str(row[0])) if row else 0

    def count_attempt(self, kind: str, who: bytes, *, at: datetime) -> None:
        """Count one more, and forget those of earlier days."""
        day = at.date().isoformat()
        with self._change() as database:
            database.execute("DELETE FROM attempt WHERE day < ?", ((at - timedelta(days=1)).date().isoformat(),))
            database.execute(
                "INSERT INTO attempt VALUES (?, ?, ?, 1) ON CONFLICT (kind, who, day) DO UPDATE SET count = count + 1",
                (kind, who, day),
            )

    def begin_recovery(self, person: str, *, at: datetime, steady: Steady) -> None:
        """Let the waiting time of a recovery begin, by both clocks; a new one begins anew."""
        with self._change() as database:
            database.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?)", (person, at.isoformat(), *steady))

    def recovery_begun_at(self, person: str) -> tuple[datetime, Steady] | None:
        """Return when the recovery that waits began, by both clocks."""
        row = self._row("SELECT begun_at, boot, seconds FROM waiting WHERE person = ?", person)
        return (datetime.fromisoformat(str(row[0])), (str(row[1]), float(str(row[2])))) if row else None

    def end_recovery(self, person: str) -> None:
        """Forget a recovery that is done or withdrawn."""
        with self._change() as database:
            database.execute("DELETE FROM waiting WHERE person = ?", (person,))
