"""Adapters: what a provider says, turned into events of one kind. Nothing above this package sees a provider.

An adapter says which channel it is and what it can do, and reads what is delivered into events; a caller's number is in
none of them. Every adapter passes the same tests (tests/channels/test_adapters.py). Where a provider asks what shall become
of a call (webhooks), its adapter turns a command into the answer; over SIP the line itself accepts and rejects (``sip.py``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from samsyn.channels.call_states import TOLD

# What an event may say beside its kind and time: the queue it came to.
METADATA = frozenset({"queue"})
LARGEST_DELIVERY = 4096
# A provider tries again for a day; what is older, or of another day's clock, is no event of ours.
OLDEST = timedelta(hours=48)
AHEAD = timedelta(minutes=5)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_REFERENCE = re.compile(r"[!-~]{1,200}\Z")


class Unreadable(ValueError):
    """What was delivered makes no event; the message says what is wrong and repeats nothing of it."""


class NotTrusted(Exception):
    """What was delivered does not come from the provider."""


@dataclass(frozen=True)
class Capabilities:
    """What a channel can do, as its adapter declares it and the conformance suite holds it to.

    ``call_back``: whoever called can be called; ``receipt_code``: one comes back with words. ``commands`` are what the house
    can ask of it: answer (a press on our page is the answer), end, and what a provider asks us: connect, closed. A page
    has no control for what isn't there.
    """

    voice: bool = False
    text: bool = False
    attachments: bool = False
    anonymous: bool = True
    call_back: bool = False
    receipt_code: bool = False
    commands: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Delivery:
    """What came in, before anybody has believed it."""

    secret: str
    address: str
    step: str
    body: bytes
    received_at: datetime


@dataclass(frozen=True)
class Event:
    """Something that happened to a call. ``reference`` is the provider's name of the call, the key of idempotency."""

    adapter: str
    channel: str
    reference: str
    kind: str
    at: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in TOLD:
            raise Unreadable("the kind of event is not known")
        if not _REFERENCE.match(self.reference):
            raise Unreadable("the reference is not one")
        if self.at.tzinfo is None:
            raise Unreadable("the time has no zone")
        if not set(self.metadata) <= METADATA or not all(_CODE.match(value) for value in self.metadata.values()):
            raise Unreadable("an event says more than it may")


@dataclass(frozen=True)
class Command:
    """What the house asks of a provider: ``kind`` is one of the adapter's commands. The effect comes back as an event."""

    kind: str
    reference: str


class Adapter(Protocol):
    """A provider."""

    code: str
    channel: str
    capabilities: Capabilities

    def events(self, delivery: Delivery) -> tuple[Event, ...]:
        """Return what the delivery says; raise NotTrusted or Unreadable, and then nothing of it counts."""


def check_time(at: datetime, *, received_at: datetime) -> datetime:
    """Return the time; raise Unreadable for one that no provider means."""
    if not received_at - OLDEST <= at <= received_at + AHEAD:
        raise Unreadable("the time is of another day")
    return at


def check_size(body: bytes) -> None:
    """Raise Unreadable for a body that is larger than any event."""
    if len(body) > LARGEST_DELIVERY:
        raise Unreadable("the delivery is too large")
