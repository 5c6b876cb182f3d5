"""The waiting list. An offer is a held time, so it is given to one; on silence it goes to the next."""

import contextlib
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.bookings import events, local_times, notices, policies, proof, queries
from samsyn.bookings.actions import booking as single
from samsyn.bookings.actions import public
from samsyn.bookings.models import Attendee, Booking, Host, Participant, WaitingEntry
from samsyn.people.actors import Actor
from samsyn.people.refusals import Refused
from samsyn.privacy import sealing

# Whoever has left two offers unanswered doesn't wait any more.
MOST_LAPSED = 2
# One run looks so many days ahead, and mails so many offers: the next run is a minute later.
MOST_OFFERS = 20


@transaction.atomic
def join_waiting_list(*, kind: str, address: str, form: str, work: str, at: datetime) -> None:
    """Write an address on a kind's waiting list and mail the link that confirms it."""
    address = policies.check_address(address)
    if not queries.kind(kind).is_public:
        raise LookupError("no public kind")
    proof.spend(form=form, work=work, at=at)
    mark = public.address_hash(address)
    if WaitingEntry.objects.filter(
        kind=kind, address_hash=mark, state__in=[WaitingEntry.WAITING, WaitingEntry.OFFERED]
    ).exists():
        raise Refused(_("Adressen står redan på väntelistan."))
    secret = public.new_secret()
    WaitingEntry.objects.create(
        kind_id=kind,
        sealed_address=sealing.seal(public.ADDRESS, address),
        address_hash=mark,
        language=get_language() or "sv",
        leave_hash=public.hashed(secret),
        made_at=at,
    )
    notices.ask_to_wait(address=address, secret=secret, at=at)


@transaction.atomic
def confirm_waiting(*, secret: str, at: datetime) -> None:
    """Confirm a place on the list; raise LookupError for a link that leads to none, Refused for a second time."""
    entry = _entry(leave_hash=public.hashed(secret))
    if entry.is_confirmed or entry.state != WaitingEntry.WAITING:
        raise Refused(_("Du står redan på väntelistan."))
    entry.is_confirmed = True
    entry.save(update_fields=["is_confirmed"])
    audit.record(events.WAITING_JOINED, by=policies.VISITOR, at=at, subject=str(entry.pk))


@transaction.atomic
def leave_waiting_list(*, secret: str, at: datetime) -> None:
    """Leave the list; an offer that was open is free for the next, a time that was taken stands."""
    entry = _entry(leave_hash=public.hashed(secret))
    if entry.state == WaitingEntry.OFFERED:
        _let_go(entry, at)
    entry.delete()
    audit.record(events.WAITING_LEFT, by=policies.VISITOR, at=at)


def make_offers(*, at: datetime, by: Actor) -> int:
    """Offer free times to those who wait, in order; return how many. Two runs at once never give the same."""
    _release(at)
    made = 0
    waiting = WaitingEntry.objects.filter(state=WaitingEntry.WAITING, is_confirmed=True)
    for kind_code in [*waiting.order_by("kind").values_list("kind", flat=True).distinct()]:
        kind = queries.kind(kind_code)
        entries = waiting.filter(kind=kind_code).order_by("-priority", "lapsed_offers", "made_at")
        for number in [*entries.values_list("pk", flat=True)[:MOST_OFFERS]]:
            if made >= MOST_OFFERS or (is_made := _offer_one(number, kind, at=at, by=by)) is False:
                break
            made += bool(is_made)
    return made


@transaction.atomic
def take_offer(*, secret: str, at: datetime) -> public.Confirmed:
    """Take an offered time, once; return the words and the secret that change or cancel it."""
    entry = _entry(offer_hash=public.hashed(secret))
    if entry.offered is None:
        raise LookupError("no offer")
    if entry.offered.capacity > 1:
        attendee = _place(entry).filter(held_until__gt=at).first()
        if attendee is None or entry.offered.state != Booking.CONFIRMED:
            raise Refused(_("Tiden gäller inte längre: den är avbokad eller har gått ut."))
        # When this place comes free it can be offered to somebody else.
        entry.offered = None
    else:
        single.confirm_held(booking_id=entry.offered.pk, by=policies.VISITOR, at=at)
        attendee = _attendee(entry, entry.offered.pk, seat=1, at=at)
    entry.state, entry.offer_hash = WaitingEntry.TAKEN, None
    entry.save(update_fields=["state", "offered", "offer_hash"])
    audit.record(events.OFFER_TAKEN, by=policies.VISITOR, at=at, subject=str(entry.pk))
    return public.settle(attendee, at=at)


@transaction.atomic
def decline_offer(*, secret: str, at: datetime) -> None:
    """Let an offered time go to the next; one's own place on the list stands."""
    entry = _entry(offer_hash=public.hashed(secret))
    if entry.offered is None:
        raise LookupError("no offer")
    _let_go(entry, at)
    entry.state, entry.offered, entry.offer_hash = WaitingEntry.WAITING, None, None
    entry.lapsed_offers = F("lapsed_offers") + 1
    entry.save(update_fields=["state", "offered", "offer_hash", "lapsed_offers"])


def _let_go(entry: WaitingEntry, at: datetime) -> None:
    """Let a locked entry's offer be free for the next."""
    if entry.offered is None:
        return
    if entry.offered.capacity > 1:
        _place(entry).delete()
    elif entry.offered.state == Booking.HELD:
        single.cancel(booking_id=entry.offered.pk, by=policies.VISITOR, at=at)


def _place(entry: WaitingEntry) -> QuerySet[Attendee]:
    """Return the place that is held for whoever has an offer of one."""
    return queries.held_places().filter(booking=entry.offered, seat=entry.offered_seat)


def _attendee(
    entry: WaitingEntry, booking_id: UUID, *, seat: int, at: datetime, until: datetime | None = None
) -> Attendee:
    return Attendee.objects.create(
        booking_id=booking_id,
        seat=seat,
        sealed_address=bytes(entry.sealed_address),
        address_hash=bytes(entry.address_hash),
        language=entry.language,
        held_until=until,
        made_at=at,
    )


def _release(at: datetime) -> None:
    """Let go of all held times whose time is up, wherever they are, and of those who left too many offers unanswered.

    Whoever was offered a time that staff cancelled waits again, as if nothing had been offered. An entry that somebody works
    with at this moment is for the next run: who has hosts waits for no entry.
    """
    with transaction.atomic():
        over = WaitingEntry.objects.filter(state=WaitingEntry.OFFERED).exclude(
            pk__in=queries.open_offers(at=at).values("pk")
        )
        lapsed = Booking.objects.filter(state=Booking.HELD, held_until__lte=at)
        hosts = Participant.objects.filter(Q(booking__in=lapsed) | Q(booking__in=over.values("offered"))).values("host")
        numbers = [row.pk for row in Host.objects.select_for_update(no_key=True).filter(pk__in=hosts).order_by("pk")]
        single.release_lapsed(numbers, at=at)
        ended = WaitingEntry.objects.filter(
            pk__in=[*over.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)]
        )
        ended.filter(offered__state=Booking.CONFIRMED).update(lapsed_offers=F("lapsed_offers") + 1)
        ended.update(state=WaitingEntry.WAITING, offered=None, offer_hash=None)
    WaitingEntry.objects.filter(state=WaitingEntry.WAITING, lapsed_offers__gte=MOST_LAPSED).update(
        state=WaitingEntry.LEFT
    )


@transaction.atomic
def _offer_one(number: UUID, kind: queries.KindRow, *, at: datetime, by: Actor) -> bool | None:
    """Offer the first free time to one who waits; return whether there was one, None for who waits no more."""
    entry = (
        WaitingEntry.objects.select_for_update(skip_locked=True)
        .filter(pk=number, state=WaitingEntry.WAITING, is_confirmed=True)
        .first()
    )
    if entry is None:
        return None
    until = at + policies.OFFER
    found = _held_place(entry, kind, until, at=at) if kind.capacity > 1 else _held_time(kind, until, by=by, at=at)
    if found is None:
        return False
    entry.offered_id, entry.offered_seat, starts_at = found
    secret = public.new_secret()
    entry.state, entry.offer_hash = WaitingEntry.OFFERED, public.hashed(secret)
    entry.save(update_fields=["state", "offered", "offered_seat", "offer_hash"])
    audit.record(events.OFFER_MADE, by=by, at=at, subject=str(entry.pk))
    notices.offer(
        address=sealing.unseal(public.ADDRESS, bytes(entry.sealed_address)),
        language=entry.language,
        secret=secret,
        starts_at=starts_at,
        until=until,
        at=at,
    )
    return True


def _held_time(kind: queries.KindRow, until: datetime, *, by: Actor, at: datetime) -> tuple[UUID, int, datetime] | None:
    """Hold the first free time after ``until``; return the booking, its only place and its start."""
    first = local_times.day_of(at)
    slots = queries.free_slots(
        kind=kind,
        hosts=[one.id for one in queries.hosts(kind=kind.code)],
        first_day=first,
        last_day=first + timedelta(days=kind.lead_days),
        at=at,
    )
    for slot in slots:
        if slot.starts_at <= until:
            continue
        with contextlib.suppress(single.Taken):
            held = public.book_free(
                kind=kind, host=slot.host, starts_at=slot.starts_at, by=by, at=at, origin="waiting", held_until=until
            )
            return held, 1, slot.starts_at
    return None


def _held_place(
    entry: WaitingEntry, kind: queries.KindRow, until: datetime, *, at: datetime
) -> tuple[UUID, int, datetime] | None:
    """Hold a place in the first meeting after ``until`` that has one; return the meeting, the place and the start."""
    for session in queries.open_sessions(kind=kind, at=at):
        if session.starts_at <= until:
            continue
        with contextlib.suppress(single.Taken), transaction.atomic():
            seat = public.free_seat(session.id, at=at)
            # The place of an offer that has just lapsed is its own until a run lets it go.
            if WaitingEntry.objects.filter(offered=session.id, offered_seat=seat).exists():
                raise single.Taken
            _attendee(entry, session.id, seat=seat, at=at, until=until)
            return session.id, seat, session.starts_at
    return None


def _entry(**conditions: object) -> WaitingEntry:
    """Return the locked entry, its offered time locked before it, as everywhere; raise LookupError if there is none.

    Whoever has an entry waits for no host. Where an offer came or went meanwhile, the entry is let go and looked at anew.
    """
    while True:
        with transaction.atomic():
            seen = WaitingEntry.objects.filter(**conditions).values_list("offered_id").first()
            if seen is None:
                raise LookupError("nobody waits by this link")
            (offered,) = seen
            if offered is not None:
                with contextlib.suppress(LookupError):  # erased meanwhile
                    single.locked(offered)
            entry = WaitingEntry.objects.select_for_update(of=("self",)).filter(**conditions, offered=offered).first()
            if entry is not None:
                return entry
            transaction.set_rollback(True)
