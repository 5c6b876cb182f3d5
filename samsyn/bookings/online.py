"""A confirmed booking may be held by video: a link about its time, for those who have signed in or opened the booking."""

from datetime import datetime

from samsyn.bookings.queries import Meeting
from samsyn.channels import video
from samsyn.channels.video import leave_for

__all__ = ["address", "is_open", "leave_for"]


def is_open(meeting: Meeting, *, at: datetime) -> bool:
    """Say whether there is a meeting by video to go to at this moment."""
    has_time = video.is_open(starts_at=meeting.starts_at, ends_at=meeting.ends_at, at=at)
    return meeting.state == "confirmed" and video.configured() is not None and has_time


def address(meeting: Meeting, *, pseudonym: str, is_host: bool, at: datetime) -> str | None:
    """Return where the meeting is held, or None where there is none at this moment."""
    if meeting.state != "confirmed":
        return None
    return video.link(
        meeting=meeting.id,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        pseudonym=pseudonym,
        is_host=is_host,
        at=at,
    )
