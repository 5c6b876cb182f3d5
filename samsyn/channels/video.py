"""A booked meeting by video: nothing but a link, good for the time of the meeting and shown after sign-in or a code.

The room's name is a keyed digest of the meeting's id, so it is stored nowhere, guessed by nobody and the same for all who
come. The pass (a JSON Web Token, as Jitsi Meet reads it) names a pseudonym and forbids what would leave a trace. The link
never stands in a mail, a calendar or a log.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import jwt
from django.conf import settings
from django.http import HttpResponse

from samsyn.privacy import sealing

# Whoever comes early waits a moment; whoever talks on is not cut off at the minute.
BEFORE = timedelta(minutes=10)
AFTER = timedelta(minutes=30)
# What a meeting is never: recorded, streamed, written down by a machine, dialled out of.
FORBIDDEN = ("recording", "livestreaming", "transcription", "outbound-call", "sip-outbound-call", "file-upload")


@dataclass(frozen=True)
class Video:
    """The organisation's own video service."""

    base: str
    application: str
    secret: str


def configured() -> Video | None:
    """Return the service of this installation, or None where there is none."""
    if not settings.SAMSYN_VIDEO_URL:
        return None
    return Video(settings.SAMSYN_VIDEO_URL, settings.SAMSYN_VIDEO_APPLICATION, settings.SAMSYN_VIDEO_SECRET)


def is_open(*, starts_at: datetime, ends_at: datetime, at: datetime) -> bool:
    """Say whether the meeting's link is good at this moment."""
    return starts_at - BEFORE <= at < ends_at + AFTER


def link(
    *, meeting: UUID, starts_at: datetime, ends_at: datetime, pseudonym: str, is_host: bool, at: datetime
) -> str | None:
    """Return the link for one who comes to the meeting, or None before and after it and where there is no service."""
    service = configured()
    if service is None or not is_open(starts_at=starts_at, ends_at=ends_at, at=at):
        return None
    room = sealing.mark("video_room", str(meeting)).hex()
    # Not the same from one meeting to the next, not the account's id.
    person = hashlib.sha256(f"{room} {pseudonym}".encode()).hexdigest()[:32]
    said: Mapping[str, object] = {
        "aud": "jitsi",
        "iss": service.application,
        "sub": urlsplit(service.base).hostname,
        "room": room,
        "nbf": int((starts_at - BEFORE).timestamp()),
        "exp": int((ends_at + AFTER).timestamp()),
        "context": {
            "user": {"id": person, "name": pseudonym, "moderator": "true" if is_host else "false"},
            "features": dict.fromkeys(FORBIDDEN, "false"),
        },
    }
    token = jwt.encode(dict(said), service.secret, algorithm="HS256")
    return f"{service.base}/{room}?jwt={token}"


def leave_for(address: str) -> HttpResponse:
    """Return the answer that leads to the meeting, and tells the other place nothing of where somebody came from."""
    answer = HttpResponse(status=303)
    answer["Location"] = address
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer
