"""Calls that a person notes by hand: a telephone without a switchboard, or a switchboard that is down."""

from datetime import datetime

from samsyn.channels.adapters import Capabilities, Delivery, Event, NotTrusted, Unreadable, check_time
from samsyn.channels.adapters.form import fields

# What a person can note: somebody waits, nobody answered, somebody gave up.
STEPS = frozenset({"arrived", "answered", "missed", "ended"})


class Manual:
    """Notes by hand. The secret is the form's own mark, given with the page to somebody who may note."""

    code = "manual"
    channel = "phone"
    capabilities = Capabilities(voice=True, call_back=True)

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def events(self, delivery: Delivery) -> tuple[Event, ...]:
        """Return what was noted."""
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
