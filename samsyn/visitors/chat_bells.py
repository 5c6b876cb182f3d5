"""The two bells of a chat: the visitor's page hears one of them, the supporter's the other. Their names tell nothing."""

import hashlib
import hmac
from uuid import UUID

from samsyn.ui import bells
from samsyn.visitors import codes
from samsyn.visitors.models import Chat

VISITOR, DESK = "visitor", "desk"
_SIZE = 16


def name_of(chat_id: UUID, side: str) -> str:
    """Return the name of one side's bell; without this installation's key it leads to no chat."""
    return hmac.digest(codes.own_key("bell"), f"{side} {chat_id}".encode(), hashlib.sha256)[:_SIZE].hex()


def ring(chat_id: UUID, *sides: str) -> None:
    """Ring for these sides when the transaction is through."""
    bells.ring(*(name_of(chat_id, side) for side in sides))


def ring_queue() -> None:
    """Ring for everybody who waits: the queue has moved."""
    waiting = Chat.objects.filter(ending="", supporter_id=None).values_list("pk", flat=True)
    bells.ring(*(name_of(one, VISITOR) for one in waiting))
