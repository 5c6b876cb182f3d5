"""How often one client may ask the API: so many calls in a stretch of time, counted in the memory of each process.

No address is written down anywhere: the counts are forgotten with their stretch.
"""

from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from threading import Lock


@dataclass
class Window:
    """At most ``calls`` for each client in every stretch of ``seconds``; 0 calls is without a limit."""

    seconds: int
    stretch: int = -1
    counts: dict[str, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def wait(self, client: str, *, calls: int, now: float) -> int:
        """Count a call at ``now`` (seconds); return 0, or after how many seconds to come again."""
        if not calls:
            return 0
        with self.lock:
            stretch = int(now // self.seconds)
            if stretch != self.stretch:
                self.stretch = stretch
                self.counts.clear()
            self.counts[client] = self.counts.get(client, 0) + 1
            if self.counts[client] <= calls:
                return 0
        return max(1, self.seconds - int(now % self.seconds))


def client_of(address: str) -> str:
    """Return whom an address belongs to: of IPv6 a household has a whole /64."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(found)
