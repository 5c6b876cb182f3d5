"""What is mailed about a booking: a time, a link, a calendar file. Nothing says what the meeting is about."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import translation

from samsyn.bookings import calendars, policies
from samsyn.bookings.models import Attendee, Booking
from samsyn.channels import actions as channels
from samsyn.people.actors import Actor
from samsyn.ui import numbers

Attachment = tuple[str, str, bytes]


def link(path: str, *, language: str) -> str:
    """Return an address of the public site, as it stands in a mail."""
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    if settings.SAMSYN_BEHIND_TLS:
        return f"https://{settings.SAMSYN_PUBLIC_HOST}{prefix}{path}"
    return f"http://{settings.SAMSYN_PUBLIC_HOST}:{settings.SAMSYN_PORT}{prefix}{path}"


def ask_to_confirm(*, address: str, secret: str, at: datetime) -> None:
    """Mail the link that confirms a held time."""
    language = translation.get_language() or "sv"
    _send(address, "booking_confirm", language, {"link": link(f"/booking/confirm/{secret}/", language=language)}, at)


def ask_to_wait(*, address: str, secret: str, at: datetime) -> None:
    """Mail the link that confirms a place on the waiting list, and leaves it."""
    language = translation.get_language() or "sv"
    _send(address, "booking_waiting", language, {"link": link(f"/booking/waiting/{secret}/", language=language)}, at)


def confirmed(attendee: Attendee, *, address: str, secret: str, at: datetime, by: Actor = policies.VISITOR) -> None:
    """Mail the invitation and the link that changes or cancels."""
    context = {"link": link(f"/booking/mine/{secret}/", language=attendee.language)}
    _about(attendee, "booking_confirmed", context, "REQUEST", address, at, by)


def changed(attendee: Attendee, *, address: str, at: datetime, by: Actor = policies.VISITOR) -> None:
    """Mail the new time."""
    _about(attendee, "booking_changed", {}, "REQUEST", address, at, by)


def cancelled(attendee: Attendee, *, address: str, at: datetime, by: Actor = policies.VISITOR) -> None:
    """Mail that the time is cancelled, with what takes it out of a calendar."""
    _about(attendee, "booking_cancelled", {}, "CANCEL", address, at, by)


def offer(*, address: str, language: str, secret: str, starts_at: datetime, until: datetime, at: datetime) -> None:
    """Mail an offer of the waiting list."""
    with translation.override(language):
        context = {
            "time": numbers.moment(starts_at),
            "until": numbers.moment(until),
            "link": link(f"/booking/offer/{secret}/", language=language),
        }
    _send(address, "booking_offer", language, context, at)


def invitation_of(attendee: Attendee, *, address: str, method: calendars.Method) -> bytes:
    """Return the calendar file of one receiver; each has an id and a file of their own."""
    booking = attendee.booking
    return calendars.invitation(
        uid=attendee.pk,
        # A place that is given up in a meeting that goes on is one more change.
        sequence=booking.sequence + (method == "CANCEL" and booking.state == Booking.CONFIRMED),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        made_at=booking.changed_at,
        method=method,
        organizer=settings.SAMSYN_MAIL_FROM,
        attendee=address,
        language=attendee.language,
    )


def _about(
    attendee: Attendee,
    kind: str,
    context: Mapping[str, str],
    method: calendars.Method,
    address: str,
    at: datetime,
    by: Actor,
) -> None:
    with translation.override(attendee.language):
        said = {"time": numbers.moment(attendee.booking.starts_at), **context}
    file = invitation_of(attendee, address=address, method=method)
    mime = f"text/calendar; charset=utf-8; method={method}"
    _send(address, kind, attendee.language, said, at, [(calendars.FILE_NAME, mime, file)], by)


def _send(
    address: str,
    kind: str,
    language: str,
    context: Mapping[str, str],
    at: datetime,
    attachments: Sequence[Attachment] = (),
    by: Actor = policies.VISITOR,
) -> None:
    # Mails are lines of plain text: a space that doesn't break is a space there.
    said = {name: value.replace(numbers.NO_BREAK_SPACE, " ") for name, value in context.items()}
    with translation.override(language):
        channels.send_neutral_mail(to=address, kind=kind, context=said, by=by, at=at, attachments=attachments)
