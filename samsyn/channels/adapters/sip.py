"""Telephone by SIP signalling: what the process ``samsyn sip`` hears of a call, by the method of RFC 3261.

The step is the method, the body the Call-ID, the address the trunk's. ``From`` is never read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from samsyn.channels import call_states
from samsyn.channels.adapters import Capabilities, Delivery, Event, NotTrusted, Unreadable, check_size

_STEPS = {
    "INVITE": call_states.ARRIVED,
    "ACK": call_states.ANSWERED,
    "BYE": call_states.ENDED,
    "CANCEL": call_states.ENDED,
    # Ours: nobody took the call before the trunk's patience ended, or the line was closed.
    "REJECTED": call_states.MISSED,
    # The answer was never confirmed, or the session was never refreshed.
    "TIMEOUT": call_states.FAILED,
}


@dataclass(frozen=True)
class Sip:
    """A trunk, known by its addresses: signalling without a shared secret."""

    networks: Sequence[str]

    code = "sip"
    channel = "phone"
    capabilities = Capabilities(voice=True, commands=frozenset({"answer", "closed"}))

    def is_trusted(self, address: str) -> bool:
        """Say whether the address is the trunk's."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in ip_network(network) for network in self.networks)

    def events(self, delivery: Delivery) -> tuple[Event, ...]:
        """Return what the message says."""
        if not self.is_trusted(delivery.address):
            raise NotTrusted
        check_size(delivery.body)
        kind = _STEPS.get(delivery.step)
        if kind is None:
            raise Unreadable("the kind of event is not known")
        try:
            reference = delivery.body.decode("ascii")
        except UnicodeDecodeError as error:
            raise Unreadable("the reference is not one") from error
        return (Event(self.code, self.channel, reference, kind, delivery.received_at),)
