"""Telephone by webhooks in the manner of 46elks (https://46elks.com/docs): a form for each step, an action in answer.

Field names that could not be verified are marked in docs/operations/telephone.md. ``from`` and ``to`` are never read.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from samsyn.channels import call_states
from samsyn.channels.adapters import Capabilities, Command, Delivery, Event, NotTrusted, Unreadable, check_time
from samsyn.channels.adapters.form import fields

START, CONNECTED, HANGUP = "start", "connected", "hangup"
# What a connection that is over says of itself. Success means that somebody answered; otherwise our phone was busy or rang
# in vain, and the call ends there: who hangs up before that gets no such step.
_RESULTS = {"success": call_states.ANSWERED, "busy": call_states.MISSED, "failed": call_states.MISSED}
_SHORTEST_SECRET = 16


@dataclass(frozen=True)
class Elks:
    """A provider with a secret path and a list of addresses; without both nothing is believed."""

    secret: str
    networks: Sequence[str]
    connect_to: str = ""
    closed_audio: str = ""

    code = "elks"
    channel = "phone"
    # The call rings in a telephone that is lifted there: our page can't answer it.
    capabilities = Capabilities(voice=True, call_back=True, commands=frozenset({"connect", "closed"}))

    def is_trusted(self, delivery: Delivery) -> bool:
        """Say whether the delivery knows the secret and comes from an address of the provider."""
        if len(self.secret) < _SHORTEST_SECRET:
            return False
        if not hmac.compare_digest(self.secret.encode(), delivery.secret.encode()):
            return False
        try:
            address = ip_address(delivery.address)
        except ValueError:
            return False
        return any(address in ip_network(network) for network in self.networks)

    def events(self, delivery: Delivery) -> tuple[Event, ...]:
        """Return what the step says."""
        if not self.is_trusted(delivery):
            raise NotTrusted
        form = fields(delivery.body)
        # Documented as callid, and as id in one example.
        reference = form.get("callid") or form.get("id") or ""
        if delivery.step == START:
            if form.get("direction", "incoming") != "incoming":
                raise Unreadable("the call does not come in")
            return (self._event(reference, call_states.ARRIVED, _time(form.get("created"), delivery), delivery),)
        if delivery.step == CONNECTED:
            kind = _RESULTS.get(form.get("result", ""))
            if kind is None:
                raise Unreadable("the kind of event is not known")
            at = _time(form.get("start"), delivery)
            return (self._event(reference, kind, at, delivery),)
        if delivery.step == HANGUP:
            return self._ended(reference, form, delivery)
        raise Unreadable("the kind of event is not known")

    def _ended(self, reference: str, form: dict[str, str], delivery: Delivery) -> tuple[Event, ...]:
        """Return the end, and what it knows of the beginning: an earlier step may have been lost."""
        found = []
        if form.get("created"):
            found.append(self._event(reference, call_states.ARRIVED, _time(form["created"], delivery), delivery))
        if form.get("start"):
            found.append(self._event(reference, call_states.ANSWERED, _time(form["start"], delivery), delivery))
        found.append(self._event(reference, call_states.ENDED, _time(form.get("ended"), delivery), delivery))
        return tuple(found)

    def _event(self, reference: str, kind: str, at: datetime, delivery: Delivery) -> Event:
        return Event(self.code, self.channel, reference, kind, check_time(at, received_at=delivery.received_at))

    def answer(self, command: Command, *, next_address: str, end_address: str) -> dict[str, str]:
        """Return the action that the provider is asked for. Nothing here can make one that records."""
        if command.kind == "connect" and self.connect_to:
            return {"connect": self.connect_to, "next": next_address, "whenhangup": end_address}
        if command.kind == "closed" and self.closed_audio:
            return {"play": self.closed_audio, "whenhangup": end_address}
        return {"hangup": "reject" if command.kind == "closed" else "busy"}


def _time(text: str | None, delivery: Delivery) -> datetime:
    """Return a time of the provider's (UTC without saying so), or when the delivery came if it says none."""
    if not text:
        return delivery.received_at
    try:
        said = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable("the time is not one") from error
    return said if said.tzinfo else said.replace(tzinfo=UTC)
