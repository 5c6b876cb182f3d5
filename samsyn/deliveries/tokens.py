"""Access tokens of systems: short, signed, for one key; a key that is ended opens nothing, whatever was signed before."""

from uuid import UUID

from django.core import signing

from samsyn.deliveries import actions
from samsyn.deliveries.models import Key
from samsyn.deliveries.policies import Sender

SECONDS = 900
_SALT = "samsyn.deliveries.access"


def new_token(key: Key) -> str:
    """Return a token for a client."""
    return signing.dumps(str(key.pk), salt=_SALT)


def sender_of(token: str) -> Sender | None:
    """Return the organisation that a token acts for now; None for a token that isn't ours, is old, or of an ended key."""
    try:
        key_id = UUID(signing.loads(token, salt=_SALT, max_age=SECONDS))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    key = Key.objects.select_related("deliverer").filter(pk=key_id, kind=Key.Kind.CLIENT, ended_at=None).first()
    return actions.sender_by_key(key) if key is not None else None
