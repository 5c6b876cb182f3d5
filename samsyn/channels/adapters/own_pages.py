"""What our own pages tell: a call that an adviser notes by hand, a chat, a mailbox.

A telephone without a switchboard, or one that is down, is noted. The secret is a mark that the page's own server side
has made for this one event; nothing that came from outside can know it.
"""

from dataclasses import dataclass
from datetime import datetime

from samsyn.channels.adapters import Capabilities, Delivery, Event, NotTrusted, Unreadable, check_time
from samsyn.channels.adapters.form import fields
from samsyn.channels.call_states import CHAT, MAILBOX

# What a page can tell: somebody waits, was answered, was missed, is gone.
_ANSWER = frozenset({"answer"})
STEPS = frozenset({"arrived", "answered", "missed", "ended"})


@dataclass
class OwnPages:
    """One kind of page; without a mark nothing is believed."""

    code: str
    channel: str
    capabilities: Capabilities
    mark: str

    def events(self, delivery: Delivery) -> tuple[Event, ...]:
        """Return what was told."""
        if not self.mark or delivery.secret != self.mark:
            raise NotTrusted
        form = fields(delivery.body)
        if delivery.step not in STEPS:
            raise Unreadable("the kind of event is not known")
        try:
            at = datetime.fromisoformat(form["at"]) if form.get("at") else delivery.received_at
        except ValueError as error:
            raise Unreadable("the time is not one") from error
        if at.tzinfo is None:
            raise Unreadable("the time has no zone")
        check_time(at, received_at=delivery.received_at)
        return (Event(self.code, self.channel, form.get("reference", ""), delivery.step, at),)


def by_hand(mark: str) -> OwnPages:
    """Return the adapter of calls that are noted by hand."""
    return OwnPages("manual", "phone", Capabilities(voice=True, call_back=True, commands=_ANSWER), mark)


def chat(mark: str) -> OwnPages:
    """Return the adapter of chats."""
    return OwnPages("chat", CHAT, Capabilities(text=True, commands=_ANSWER | {"end"}), mark)


def mailbox(mark: str) -> OwnPages:
    """Return the adapter of the mailbox: one comes back to it with words."""
    return OwnPages("mailbox", MAILBOX, Capabilities(text=True, receipt_code=True, commands=_ANSWER | {"end"}), mark)
