"""Work that a browser shows before it may write: own, without third parties, and with a slow way for those without script.

A challenge says what it is for and when it was made, and carries a keyed hash: the server keeps nothing until it is
spent. With script the browser finds a number whose hash with the challenge begins with zero bits (hashcash). Without
script time is the work: a challenge counts when it is old enough, which it is when somebody has written a few lines.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from threading import Lock

# About a second on a slow phone. What makes thousands of messages dear is this and, at the server, a queue of two.
BITS = 15
SECONDS_WITHOUT_SCRIPT = 15
LIFE = 3600
# Whoever wants to talk with somebody now does not wait for sums while nobody floods: so few wait, and so few come, that
# people alone may be the reason. A queue of forty holds four times as many, so a flood pays before it has filled it.
CALM_WAITING = 10
CALM_A_MINUTE = 10
_PARTS = 5


class NoWork(Exception):
    """The challenge is not ours, for something else, or too old."""


class TooSoon(Exception):
    """Without script one waits; ``seconds`` are left."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} seconds left")
        self.seconds = seconds


@dataclass(frozen=True)
class Shown:
    """Work that was shown: which challenge, until when it would count, and whether a number was found."""

    id: bytes
    expires: int
    by_script: bool


def _mac(body: str, key: bytes) -> str:
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()[:32]


def new_challenge(purpose: str, *, now: int, key: bytes, bits: int = BITS) -> str:
    """Return a challenge for one use."""
    body = f"{purpose}.{now}.{bits}.{secrets.token_hex(16)}"
    return f"{body}.{_mac(body, key)}"


def has_zeros(challenge: str, answer: str, bits: int) -> bool:
    """Say whether the hash of challenge and answer begins with so many zero bits."""
    digest = hashlib.sha256(f"{challenge}:{answer}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0


def is_calm(*, waiting: int, begun_in_a_minute: int) -> bool:
    """Say whether so few wait and come that nobody needs to show work."""
    return waiting < CALM_WAITING and begun_in_a_minute < CALM_A_MINUTE


def check(challenge: str, answer: str, *, purpose: str, now: int, key: bytes, calm: bool = False) -> Shown:
    """Return the work that was shown; raise NoWork, or TooSoon where neither number nor time is enough.

    While it is calm a challenge of ours is enough.
    """
    body, _dot, mac = challenge.rpartition(".")
    parts = challenge.split(".")
    if len(challenge) > 200 or len(parts) != _PARTS or not hmac.compare_digest(_mac(body, key).encode(), mac.encode()):
        raise NoWork
    said, made, bits = parts[0], int(parts[1]), int(parts[2])
    if said != purpose or not made <= now <= made + LIFE:
        raise NoWork
    identity = hashlib.sha256(challenge.encode()).digest()
    if answer.isascii() and answer.isdigit() and len(answer) < 20 and has_zeros(challenge, answer, bits):
        return Shown(identity, made + LIFE, by_script=True)
    waited = now - made
    if waited < SECONDS_WITHOUT_SCRIPT and not calm:
        raise TooSoon(SECONDS_WITHOUT_SCRIPT - waited)
    return Shown(identity, made + LIFE, by_script=False)


@dataclass
class Bucket:
    """So many a minute for everybody together, in the memory of one process: no address is looked at or kept."""

    calls: int
    minute: int = -1
    count: int = 0
    lock: Lock = field(default_factory=Lock)

    def has_room(self, *, now: int) -> bool:
        """Count one; say whether it was within the minute's number."""
        with self.lock:
            if now // 60 != self.minute:
                self.minute, self.count = now // 60, 0
            self.count += 1
            return self.count <= self.calls
