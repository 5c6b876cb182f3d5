"""All adapters, for the pages: what a channel can do is looked up here and nowhere else."""

from collections.abc import Mapping

from samsyn.channels.adapters import Capabilities, elks, own_pages, sip

CAPABILITIES: Mapping[str, Capabilities] = {
    one.code: one.capabilities
    for one in (elks.Elks, sip.Sip, own_pages.by_hand(""), own_pages.chat(""), own_pages.mailbox(""))
}


def can(adapter: str) -> Capabilities:
    """Return what an adapter can do; one that was taken away since can do nothing."""
    return CAPABILITIES.get(adapter, Capabilities())


def can_call_back() -> bool:
    """Say whether somebody can be called back by any channel: otherwise nobody is asked for a number."""
    return any(one.call_back for one in CAPABILITIES.values())
