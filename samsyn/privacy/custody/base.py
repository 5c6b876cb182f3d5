"""What every key use passes: the stored event, the unlocked person, their certificate, their budget."""

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Protocol

from samsyn.privacy.custody import bundles, envelope, sealing
from samsyn.privacy.custody.derivation import CODE, PASSPHRASE, Cost, expand
from samsyn.privacy.custody.envelope import joined
from samsyn.privacy.custody.refusals import (
    CLOSED,
    LOCKED,
    NO_EVENT,
    NOT_READY,
    TOO_MANY,
    UNSIGNED,
    KeyRefused,
)
from samsyn.privacy.custody.rights import Certificate
from samsyn.privacy.custody.store import Steady, Store

IDLE = timedelta(minutes=10)
LONGEST = timedelta(hours=8)
# An event is for the use that follows at once; an old one would be a permission kept in a drawer.
EVENT_AGE = timedelta(seconds=60)
# The log is signed each minute. What it says of a reading could still be changed until then, so nothing is read for longer
# (security.md 9, 47); writing goes on, or what somebody is telling now would be lost.
UNSIGNED_FOR = timedelta(minutes=15)
# A supporter who opens more than this isn't supporting (security.md 2): the next one is refused until time has passed.
CASES_AN_HOUR = 12
CASES_A_DAY = 40
WRONG_SECRETS_A_DAY = 10
WAYS_NEEDED = 2
PAIRS_OF_OFFICERS = 3


def steady_time() -> Steady:
    """Return which start of the machine this is, and the seconds since then, sleep included: nobody sets that clock."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip(), time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True)
class StoredEvent:
    """An event as it stands in the log."""

    kind: str
    actor: str
    subject: str
    at: datetime


class Source(Protocol):
    """What the keeper reads for itself, over its own connection: it takes nobody's word."""

    def event(self, event_id: str) -> StoredEvent | None:
        """Return a stored event, or nothing."""

    def unsigned_since(self) -> datetime | None:
        """Return the time of the earliest event that came after the latest checkpoint, or nothing."""

    def is_on_duty(self, person: str) -> bool:
        """Say whether the person is on duty now."""

    def erased(self) -> set[str]:
        """Return what the log says was erased."""

    def supporters(self, installation: str) -> list[Certificate]:
        """Return the certificates of those who are supporters now."""


@dataclass(repr=False)
class Session:
    """An unlocked person. The keys lie encrypted under the token, which only the person's browser has."""

    person: str
    sealed: bytes
    public: bytes
    is_ready: bool
    began: datetime
    seen: datetime
    opened: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class Held:
    """A case key for a while, sealed to the one who may use it, in memory alone: no database, no backup has it."""

    sealed: bytes
    until: datetime
    rights: tuple[str, ...]
    version: int
    layer: str
    wants_new_code: bool = False


class Base:
    """Sessions, events and budgets of the keeper."""

    def __init__(
        self,
        *,
        installation: str,
        store: Store,
        source: Source,
        clock: Callable[[], datetime],
        steady: Callable[[], Steady] = steady_time,
        passphrase_cost: Cost = PASSPHRASE,
        code_cost: Cost = CODE,
    ) -> None:
        self.installation = installation
        self.store = store
        self.source = source
        self.clock = clock
        self.steady = steady
        self.passphrase_cost = passphrase_cost
        self.code_cost = code_cost
        self._sessions: dict[bytes, Session] = {}
        self._held: dict[tuple[str, str], Held] = {}
        self._chats: dict[tuple[str, str], Held] = {}
        self._used: dict[str, datetime] = {}
        self._opened: dict[str, dict[str, datetime]] = {}
        self._mutex = RLock()
        self.is_closed = True

    # Service

    def open_service(self) -> bool:
        """Begin to serve if log and ledger agree on what was erased; otherwise stay closed until ``replay``."""
        self.is_closed = self.source.erased() != set(self.store.erased())
        return not self.is_closed

    def replay(self) -> list[str]:
        """Erase again whatever the log says was erased, then serve; return the whole ledger for the database to follow."""
        known = set(self.store.erased())
        for subject in sorted(self.source.erased() - known):
            self.store.erase(subject, event="replayed", at=self.clock())
        self.is_closed = False
        return self.store.erased()

    # Every key use

    def _use(self, event_id: str, *, kinds: tuple[str, ...], person: str, subject: str = "") -> StoredEvent:
        """Take an event for one use; raise KeyRefused unless it is stored, fresh, this person's and about this."""
        if self.is_closed:
            raise KeyRefused(CLOSED)
        now = self.clock()
        with self._mutex:
            if event_id in self._used:
                raise KeyRefused(NO_EVENT)
            found = self.source.event(event_id)
            is_fresh = found is not None and abs(now - found.at) <= EVENT_AGE
            if (
                found is None
                or not is_fresh
                or (found.kind, found.actor, found.subject) not in {(kind, person, subject) for kind in kinds}
            ):
                raise KeyRefused(NO_EVENT)
            self._used = {used: at for used, at in self._used.items() if now - at <= 2 * EVENT_AGE}
            self._used[event_id] = now
        return found

    def _check_signed(self) -> None:
        """Raise KeyRefused where an event has waited too long for a signed checkpoint."""
        since = self.source.unsigned_since()
        if since is not None and self.clock() - since > UNSIGNED_FOR:
            raise KeyRefused(UNSIGNED)

    def _session(self, token: bytes) -> Session:
        now = self.clock()
        with self._mutex:
            place = hashlib.sha256(token).digest()
            session = self._sessions.get(place)
            if session is None or now - session.seen > IDLE or now - session.began > LONGEST:
                self._sessions.pop(place, None)
                raise KeyRefused(LOCKED)
            session.seen = now
            return session

    def _pair(self, token: bytes, session: Session) -> sealing.Pair:
        key = expand(token, info=joined(b"samsyn session v1", session.person.encode()))
        private = envelope.open_(session.sealed, key=key, context=session.person.encode())
        return sealing.from_private(private)

    def _ready(self, token: bytes) -> tuple[Session, sealing.Pair]:
        session = self._session(token)
        if not session.is_ready:
            raise KeyRefused(NOT_READY)
        return session, self._pair(token, session)

    def _spend(
        self, person: str, case: str, *, kind: str = "case", an_hour: int = CASES_AN_HOUR, a_day: int = CASES_A_DAY
    ) -> None:
        """Count a case (or another thing of its kind) that the person opens; raise KeyRefused beyond the budget."""
        now, account = self.clock(), f"{kind} {person}"
        with self._mutex:
            mine = {c: at for c, at in self._opened.get(account, {}).items() if now - at < timedelta(days=1)}
            others = {c: at for c, at in mine.items() if c != case}
            in_the_hour = sum(now - at < timedelta(hours=1) for at in others.values())
            if in_the_hour >= an_hour or len(others) >= a_day:
                raise KeyRefused(TOO_MANY)
            mine[case] = now
            self._opened[account] = mine

    # Unlocking

    def enrol(self, *, person: str, way: str, secret: bytes, event: str) -> dict[str, object]:
        """Make a person's keys, wrap them under a first secret and seal them to the officers; the person is unlocked."""
        self._use(event, kinds=("keys_made",), person=person)
        pair = sealing.new_pair()
        wrap = self._wrapped(pair, way=way, secret=secret, person=person)
        token = self._begin(person, pair, is_ready=False)
        return {"public": pair.public, "wrap": wrap, "recovery": self._recovery(person, pair), "token": token}

    def add_way(self, *, token: bytes, way: str, secret: bytes, event: str) -> dict[str, object]:
        """Wrap the unlocked person's keys under one more secret, and seal them to the officers of today."""
        session = self._session(token)
        self._use(event, kinds=("key_way_added",), person=session.person)
        pair = self._pair(token, session)
        recovery = self._recovery(session.person, pair)
        session.is_ready = len(recovery) == PAIRS_OF_OFFICERS or session.person in self.store.officers()
        return {"wrap": self._wrapped(pair, way=way, secret=secret, person=session.person), "recovery": recovery}

    def unlock(
        self, *, person: str, wrap: Mapping[str, object], secret: bytes, ways: int, pairs: int, event: str
    ) -> dict[str, object]:
        """Open a person's keys with a secret; they lie under a new token that only the person's browser keeps."""
        now = self.clock()
        self._use(event, kinds=("keys_asked",), person=person)
        if self.store.attempts("unlock", person.encode(), at=now) >= WRONG_SECRETS_A_DAY:
            raise KeyRefused(TOO_MANY)
        try:
            private = bundles.unwrap(
                _wrap(wrap), secret=secret, person=person, pepper=self.store.key("pepper"), cost=self.passphrase_cost
            )
        except KeyRefused:
            self.store.count_attempt("unlock", person.encode(), at=now)
            raise
        pair = sealing.from_private(private)
        is_officer = person in self.store.officers()
        is_ready = ways >= WAYS_NEEDED and (pairs == PAIRS_OF_OFFICERS or is_officer)
        return {"token": self._begin(person, pair, is_ready=is_ready), "public": pair.public}

    def lock(self, *, token: bytes) -> None:
        """Forget the keys of this session."""
        with self._mutex:
            self._sessions.pop(hashlib.sha256(token).digest(), None)

    def lock_person(self, *, person: str, keeps_held: bool = False) -> None:
        """Forget every key of this person: off duty, account closed, cookie seen elsewhere.

        Where only the screen is locked, keys held for an hour stay: they open nothing before the person unlocks again.
        """
        with self._mutex:
            self._sessions = {k: s for k, s in self._sessions.items() if s.person != person}
            if not keeps_held:
                self._held = {k: h for k, h in self._held.items() if k[0] != person}
                self._chats = {k: h for k, h in self._chats.items() if k[0] != person}

    def is_unlocked(self, *, token: bytes, person: str) -> bool:
        """Say whether this browser's keys are open; asking is no use of a key, and no sign of life."""
        with self._mutex:
            session = self._sessions.get(hashlib.sha256(token).digest())
            now = self.clock()
            return bool(
                session and session.person == person and now - session.seen <= IDLE and now - session.began <= LONGEST
            )

    def _begin(self, person: str, pair: sealing.Pair, *, is_ready: bool) -> bytes:
        token = secrets.token_bytes(32)
        key = expand(token, info=joined(b"samsyn session v1", person.encode()))
        now = self.clock()
        sealed = envelope.close(pair.private, key=key, context=person.encode())
        with self._mutex:
            # One unlocked browser a person: a token that was copied elsewhere ends when its owner unlocks.
            self._sessions = {k: s for k, s in self._sessions.items() if s.person != person}
            self._sessions[hashlib.sha256(token).digest()] = Session(person, sealed, pair.public, is_ready, now, now)
        return token

    def _wrapped(self, pair: sealing.Pair, *, way: str, secret: bytes, person: str) -> dict[str, object]:
        made = bundles.wrap(
            pair.private, way=way, secret=secret, person=person, pepper=self.store.key("pepper"),
            cost=self.passphrase_cost,
        )  # fmt: skip
        return {"way": made.way, "salt": made.salt, "sealed": made.sealed}

    def _recovery(self, person: str, pair: sealing.Pair) -> dict[str, bytes]:
        officers = {name: public for name, public in self.store.officers().items() if name != person}
        if len(officers) != PAIRS_OF_OFFICERS:
            return {}
        return bundles.seal_to_pairs(pair.private, officers=officers, subject=f"person:{person}")


def _wrap(said: Mapping[str, object]) -> bundles.Wrap:
    way, salt, sealed = said["way"], said["salt"], said["sealed"]
    if not (isinstance(way, str) and isinstance(salt, bytes) and isinstance(sealed, bytes)):
        raise KeyRefused(LOCKED)
    return bundles.Wrap(way, salt, sealed)
