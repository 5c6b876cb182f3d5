"""What a professional does on the public site: ask for a time, confirm it from the mail, change it, cancel it.

No name, no organisation, no reason: an address until the meeting is over, sealed. The links in mails are secrets of
which only hashes are kept, and each works once or until the meeting.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.bookings import events, local_times, notices, policies, proof, queries
from samsyn.bookings.actions import booking as single
from samsyn.bookings.availability import Slot
from samsyn.bookings.models import Attendee, Booking, Host, Participant
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import code_messages, sealing, spoken_codes

ADDRESS = "booking_address"
CODE = "booking_code"
# A door that the words of a booking open: long enough to change a time.
TICKET = timedelta(minutes=15)


@dataclass(frozen=True)
class Confirmed:
    """What is shown once: the words, and the way to change or cancel."""

    code: str
    secret: str


@transaction.atomic
def request_booking(*, kind: str, starts_at: datetime, address: str, form: str, work: str, at: datetime) -> None:
    """Hold a time and mail a link that confirms it; raise Taken, Invalid or Refused."""
    address = policies.check_address(address)
    chosen = queries.kind(kind)
    if not chosen.is_public:
        raise LookupError("no public kind")
    proof.spend(form=form, work=work, at=at)
    check_unconfirmed(address, at=at)
    until = at + policies.HOLD
    booking_id = _take(chosen, starts_at, at=at, held_until=until)
    seat = free_seat(booking_id, at=at)
    secret = new_secret()
    Attendee.objects.create(
        booking_id=booking_id,
        seat=seat,
        sealed_address=sealing.seal(ADDRESS, address),
        address_hash=address_hash(address),
        language=get_language() or "sv",
        confirm_hash=hashed(secret),
        held_until=until,
        made_at=at,
    )
    notices.ask_to_confirm(address=address, secret=secret, at=at)


@transaction.atomic
def confirm_booking(*, secret: str, at: datetime) -> Confirmed:
    """Let a held time stand, once; return the words and the secret that change or cancel it. Mail the invitation."""
    attendee = _attendee(Q(confirm_hash=hashed(secret)))
    if attendee is not None:
        # Of two who open the link at once the second finds nothing.
        single.locked(attendee.booking_id)
        attendee = _attendee(Q(confirm_hash=hashed(secret)))
    if attendee is None or attendee.held_until is None or attendee.held_until <= at:
        raise Refused(_("Länken gäller inte längre: den är redan använd, eller så har tiden gått ut."))
    if attendee.booking.capacity == 1:
        single.confirm_held(booking_id=attendee.booking_id, by=policies.VISITOR, at=at)
    elif attendee.booking.state != Booking.CONFIRMED:
        raise Refused(_("Tiden gäller inte längre: den är avbokad eller har gått ut."))
    return settle(attendee, at=at)


@transaction.atomic
def invite(*, booking_id: UUID, address: str, by: Actor, at: datetime) -> None:
    """Mail an invitation to a time that was booked for somebody, with the link that changes or cancels it.

    Raise Invalid for what is no address, Refused where the time holds no more or no mail goes out.
    """
    policies.check_can_book(by)
    address = policies.check_address(address)
    if single.locked(booking_id).state != Booking.CONFIRMED:
        raise Refused(_("Tiden gäller inte längre: den är avbokad eller har gått ut."))
    attendee = Attendee.objects.create(
        booking_id=booking_id,
        seat=free_seat(booking_id, at=at),
        sealed_address=sealing.seal(ADDRESS, address),
        address_hash=address_hash(address),
        language=get_language() or "sv",
        made_at=at,
    )
    audit.record(events.BOOKING_INVITED, by=by, at=at, subject=str(booking_id))
    settle(attendee, at=at, by=by)


def settle(attendee: Attendee, *, at: datetime, by: Actor = policies.VISITOR) -> Confirmed:
    """Give a confirmed attendee words and a secret, and mail the invitation."""
    code = _unused_code()
    secret = new_secret()
    attendee.confirm_hash, attendee.held_until, attendee.confirmed_at = None, None, at
    attendee.code_hash = spoken_codes.keyed_hash(CODE, code)
    attendee.manage_hash = hashed(secret)
    attendee.save(update_fields=["confirm_hash", "held_until", "confirmed_at", "code_hash", "manage_hash"])
    attendee.booking.refresh_from_db()
    notices.confirmed(attendee, address=address_of(attendee), secret=secret, at=at, by=by)
    return Confirmed(code, secret)


@transaction.atomic
def change_own(*, secret: str, starts_at: datetime, at: datetime) -> None:
    """Move one's own booking to another free time; the old one stands if that is taken."""
    _lock_for_change(secret, starts_at, at)
    attendee = _own(secret, at)
    old = attendee.booking
    kind = queries.kind(old.kind_id)
    if starts_at == old.starts_at:
        raise Invalid(_("Det är redan din tid. Välj en annan."))
    hosts = [*old.participants.values_list("host_id", flat=True)]
    if kind.capacity == 1 and starts_at in _starts(kind, starts_at, hosts, at, ignoring=old.pk):
        single.move(booking_id=old.pk, starts_at=starts_at, by=policies.VISITOR, at=at)
    else:
        new_id = _take(kind, starts_at, at=at, held_until=None)
        seat = free_seat(new_id, at=at)
        if old.capacity == 1:
            single.cancel(booking_id=old.pk, by=policies.VISITOR, at=at)
        Booking.objects.filter(pk=new_id, capacity=1).update(sequence=old.sequence + 2)
        attendee.booking_id, attendee.seat = new_id, seat
        attendee.save(update_fields=["booking", "seat"])
    notices.changed(Attendee.objects.select_related("booking").get(pk=attendee.pk), address=address_of(attendee), at=at)


@transaction.atomic
def cancel_own(*, secret: str, at: datetime) -> None:
    """Cancel one's own booking, or leave one's place in a meeting for several; the address goes with it."""
    attendee = _own(secret, at)
    address = address_of(attendee)
    if attendee.booking.capacity == 1:
        single.cancel(booking_id=attendee.booking_id, by=policies.VISITOR, at=at)
        attendee.booking.refresh_from_db()
    notices.cancelled(attendee, address=address, at=at)
    attendee.delete()


def ticket_for_code(*, code: str, at: datetime) -> str:
    """Return a secret that opens the booking with these words for a quarter of an hour; raise Invalid if none has them."""
    try:
        code_hash = spoken_codes.keyed_hash(CODE, spoken_codes.normalise(code))
    except spoken_codes.NotACode as error:
        raise Invalid(code_messages.message(error)) from error
    found = Attendee.objects.filter(code_hash=code_hash, booking__ends_at__gt=at).first()
    if found is None:
        raise Invalid(_("Ingen bokad tid har de orden. Kontrollera dem."))
    said = f"{found.pk.hex}.{int((at + TICKET).timestamp())}"
    return f"{said}.{sealing.mark('booking_ticket', said).hex()[:40]}"


def booking_of(secret: str, *, at: datetime) -> queries.Meeting:
    """Return the booking that a secret opens; raise LookupError for one that opens none."""
    found = _found(secret, at)
    if found is None:
        raise LookupError("no such booking")
    return queries.meetings_where(pk=found.booking_id)[0]


# Steps that several actions share


def new_secret() -> str:
    """Return a secret for a link: 192 bits."""
    return secrets.token_urlsafe(24)


def hashed(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8")).digest()


def address_hash(address: str) -> bytes:
    """Return the keyed mark by which an address is counted."""
    return sealing.mark(ADDRESS, address.casefold())


def address_of(attendee: Attendee) -> str:
    """Return the address to write to."""
    return sealing.unseal(ADDRESS, bytes(attendee.sealed_address))


def check_unconfirmed(address: str, *, at: datetime) -> None:
    """Raise Refused for an address, or a site, with too many times that wait for confirmation."""
    waiting = Attendee.objects.filter(confirmed_at=None, held_until__gt=at).exclude(confirm_hash=None)
    if waiting.filter(address_hash=address_hash(address)).count() >= policies.MOST_UNCONFIRMED:
        raise Refused(_("Till den adressen är det redan skickat länkar som väntar på svar. Öppna en av dem först."))
    if waiting.count() >= policies.MOST_UNCONFIRMED_IN_ALL:
        raise Refused(_("Många bokningar väntar på svar just nu. Försök igen om en stund."), status=429)


def _take(kind: queries.KindRow, starts_at: datetime, *, at: datetime, held_until: datetime | None) -> UUID:
    """Return a booking at this time: a meeting with places left, or a new one with a host who is free; raise Taken."""
    if kind.capacity > 1:
        open_ones = queries.open_sessions(kind=kind, at=at)
        session = next((one for one in open_ones if one.starts_at == starts_at), None)
        if session is None:
            raise single.Taken
        return session.id
    free = [slot.host for slot in _slots(kind, starts_at, [one.id for one in queries.hosts(kind=kind.code)], at)
            if slot.starts_at == starts_at]  # fmt: skip
    # Nobody in particular is first: who has the lowest number should not have all bookings.
    for host in sorted(free, key=lambda _host: secrets.randbits(32)):
        with contextlib.suppress(single.Taken):
            return book_free(
                kind=kind,
                host=host,
                starts_at=starts_at,
                by=policies.VISITOR,
                at=at,
                origin="public",
                held_until=held_until,
            )
    raise single.Taken


@transaction.atomic
def book_free(
    *,
    kind: queries.KindRow,
    host: int,
    starts_at: datetime,
    by: Actor,
    at: datetime,
    origin: str,
    held_until: datetime | None,
) -> UUID:
    """Book a time that is free by the kind's standard, or raise Taken; the host is let go then.

    It is looked at with the host locked: two at once would both be the last that the day has room for.
    """
    single.lock_hosts([host], kind=kind.code)
    if all(slot.starts_at != starts_at for slot in _slots(kind, starts_at, [host], at)):
        raise single.Taken
    return single.book(
        kind=kind.code, hosts=[host], starts_at=starts_at, by=by, at=at, origin=origin, held_until=held_until
    )


def _slots(kind: queries.KindRow, starts_at: datetime, hosts: Iterable[int], at: datetime) -> list[Slot]:
    if not at < starts_at < at + timedelta(days=kind.lead_days + 1):
        return []
    day = local_times.day_of(starts_at)
    return queries.free_slots(kind=kind, hosts=[*hosts], first_day=day, last_day=day, at=at)


def _starts(
    kind: queries.KindRow, starts_at: datetime, hosts: list[int], at: datetime, *, ignoring: UUID
) -> set[datetime]:
    """Return the free starts of the day for hosts whose booking is about to move: it isn't in its own way."""
    if not at < starts_at < at + timedelta(days=kind.lead_days + 1):
        return set()
    day = local_times.day_of(starts_at)
    found = queries.free_slots(kind=kind, hosts=hosts, first_day=day, last_day=day, at=at, ignoring=ignoring)
    return {slot.starts_at for slot in found}


def free_seat(booking_id: UUID, *, at: datetime) -> int:
    """Return a free place of the locked booking; raise Taken when all are taken. Places that nobody confirmed are free."""
    booking = single.locked(booking_id)
    booking.attendees.filter(confirmed_at=None, held_until__lte=at).delete()
    taken = set(booking.attendees.values_list("seat", flat=True))
    free = next((seat for seat in range(1, booking.capacity + 1) if seat not in taken), None)
    if free is None:
        raise single.Taken
    return free


def _found(secret: str, at: datetime) -> Attendee | None:
    said, _dot, signature = secret.rpartition(".")
    if not said:
        return _attendee(Q(manage_hash=hashed(secret), booking__ends_at__gt=at))
    expected = sealing.mark("booking_ticket", said).hex()[:40]
    number, _dot, until = said.partition(".")
    if not secrets.compare_digest(expected.encode(), signature.encode()) or int(until) < at.timestamp():
        return None
    return _attendee(Q(pk=UUID(hex=number), booking__ends_at__gt=at))


def _attendee(condition: Q) -> Attendee | None:
    return Attendee.objects.select_related("booking").filter(condition).first()


def _own(secret: str, at: datetime) -> Attendee:
    found = _found(secret, at)
    if found is None:
        raise LookupError("no such booking")
    booking = single.locked(found.booking_id)
    if booking.state != Booking.CONFIRMED or booking.starts_at <= at:
        raise Refused(_("Tiden gäller inte längre: den är avbokad eller har gått ut."))
    found.booking = booking
    return found


def _lock_for_change(secret: str, starts_at: datetime, at: datetime) -> None:
    """Lock the host of one's own booking and all who may get it, in one order: two who change places would wait in a ring."""
    found = _found(secret, at)
    if found is not None:
        same = Participant.objects.filter(
            booking__kind=found.booking.kind_id, booking__starts_at__in=(found.booking.starts_at, starts_at)
        )
        may_get_it = Q(kinds__contains=[found.booking.kind_id]) | Q(pk__in=same.values("host"))
        [*Host.objects.select_for_update(no_key=True).filter(may_get_it).order_by("pk")]


def _unused_code() -> str:
    for _attempt in range(20):
        code = spoken_codes.new_code(words=3)
        if not Attendee.objects.filter(code_hash=spoken_codes.keyed_hash(CODE, code)).exists():
            return code
    raise Refused(_("Inga lediga ord just nu. Försök igen."))


def invitation(secret: str, *, at: datetime) -> bytes:
    """Return the calendar file of the booking that a secret opens; raise LookupError for one that opens none."""
    found = _found(secret, at)
    if found is None:
        raise LookupError("no such booking")
    return notices.invitation_of(found, address=address_of(found), method="REQUEST")
