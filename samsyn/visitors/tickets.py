"""What keeps a box open while somebody reads: a sealed value in the page's own forms instead of a cookie.

It is gone with the page, and worth nothing after its time. The server keeps nothing, the browser stores nothing.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from samsyn.visitors import codes, sealing

LIFE = timedelta(minutes=20)
_PLACE = "ticket"


class Expired(Exception):
    """The words have to be said again."""


@dataclass(frozen=True, repr=False)
class OpenBox:
    """A box whose words were right."""

    box_id: UUID
    private: bytes


def new_ticket(box: OpenBox, *, at: datetime) -> str:
    """Return the value for the page's forms."""
    said = {"box": str(box.box_id), "key": box.private.hex(), "until": int((at + LIFE).timestamp())}
    sealed = sealing.closed(json.dumps(said).encode(), key=codes.own_key("ticket"), place=_PLACE)
    return base64.urlsafe_b64encode(sealed).decode()


def read_ticket(text: str, *, at: datetime) -> OpenBox:
    """Return the box that is open; raise Expired for a value that is old, altered or not ours."""
    try:
        sealed = base64.urlsafe_b64decode(text.encode("ascii", errors="replace"))
        said = json.loads(sealing.opened(sealed, key=codes.own_key("ticket"), place=_PLACE))
    except (binascii.Error, sealing.DoesNotOpen):
        raise Expired from None
    if at.timestamp() > said["until"]:
        raise Expired
    return OpenBox(UUID(said["box"]), bytes.fromhex(said["key"]))
