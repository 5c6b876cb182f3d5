"""Links that hold once: the token is in the mail and nowhere else, the database knows a keyed digest of it."""

import re
import secrets

from django.conf import settings
from django.urls import reverse

from samsyn.privacy import sealing

PURPOSE = "follow_up_link"
# What is sealed for this purpose is where to reach a professional.
ADDRESS = "follow_up_address"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}\Z")


def new() -> tuple[str, bytes]:
    """Return a token of 192 bits and the digest that is stored of it."""
    token = secrets.token_urlsafe(24)
    return token, mark(token)


def mark(token: str) -> bytes:
    """Return what is stored of a token; for anything else that somebody typed, a digest that nobody has."""
    return sealing.mark(PURPOSE, token if _TOKEN.match(token) else "")


def url(token: str) -> str:
    """Return the address that goes into the mail: on the public site, with nothing in it but the token."""
    return settings.SAMSYN_PUBLIC_URL + reverse(
        "answers:answer", kwargs={"token": token}, urlconf="samsyn.config.urls_public"
    )
