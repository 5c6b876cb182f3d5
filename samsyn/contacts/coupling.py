"""From contact to booking and back: a time is booked out of a contact, a booked time opens a prepared one, and one line
of time shows both while the working record lives. What joins them is the matter's random id, which says nothing.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from samsyn.bookings import actions as bookings
from samsyn.bookings import queries as booked
from samsyn.contacts import actions
from samsyn.contacts.models import Contact, Matter
from samsyn.followups import queries as followed
from samsyn.people.actors import Actor
from samsyn.ui import numbers
from samsyn.ui.components import TimelineEvent

BOOKED_CHANNEL = "booked_call"
FOLLOWED = {
    "planned": _lazy("planerad"),
    "asked": _lazy("väntar på svar"),
    "reminded": _lazy("väntar på svar"),
    "answered": _lazy("besvarad"),
    "missed": _lazy("inte besvarad"),
    "withdrawn": _lazy("avslutad"),
}


@transaction.atomic
def matter_to_book_for(*, contact_id: UUID, by: Actor, at: datetime) -> UUID:
    """Return the id of the contact's matter, for what is booked out of it; make one without words where there is none."""
    contact = actions._own_open(contact_id, by)
    if contact.matter is None:
        contact.matter = Matter.objects.create(last_contact_at=at)
        contact.save(update_fields=["matter"])
    return contact.matter.pk


@transaction.atomic
def open_booked_contact(*, booking_id: UUID, by: Actor, at: datetime) -> UUID:
    """Open the contact of a booked time, once: its channel is set, and its matter where the time was booked out of one."""
    meeting = booked.meeting(booking_id, by=by)
    contact_id = actions.open_contact(by=by, at=at, channel=BOOKED_CHANNEL)
    contact = Contact.objects.get(pk=contact_id)
    matter = Matter.objects.filter(pk=meeting.reference).first() if meeting.reference else None
    # The matter was counted when its first contact was closed; a time that somebody booked for themselves begins one.
    contact.is_repeat = matter is not None
    contact.matter = matter or Matter.objects.create(last_contact_at=at)
    contact.save(update_fields=["is_repeat", "matter"])
    if contact.is_repeat:
        contact.persons.filter(answers=None).delete()
    bookings.mark_opened(booking_id=booking_id, reference=contact.matter.pk, by=by, at=at)
    return contact_id


def timeline(*, matter_id: UUID | None) -> list[TimelineEvent]:
    """Return a matter's contacts, booked times and follow-ups in their order: when and what kind, never what was told."""
    if matter_id is None:
        return []
    lines: list[tuple[datetime, str]] = []
    days: list[tuple[date, str]] = []
    for contact in Contact.objects.filter(matter_id=matter_id):
        lines.append((contact.opened_at, _("Kontakt öppnad")))
        if contact.closed_at is not None:
            lines.append((contact.closed_at, _("Kontakt avslutad")))
    titles = booked.titles()
    for meeting in booked.meetings_of(matter_id):
        title = titles.get(meeting.kind, meeting.kind)
        lines.append((meeting.made_at, _("%(title)s bokad") % {"title": title}))
        if meeting.state == "cancelled":
            lines.append((meeting.changed_at, _("%(title)s avbokad") % {"title": title}))
        elif meeting.state == "confirmed":
            lines.append((meeting.starts_at, _("%(title)s: bokad tid") % {"title": title}))
    for occasion in followed.occasions_of(matter_id):
        sentence = ngettext("Uppföljning efter %(n)s månad", "Uppföljning efter %(n)s månader", occasion.month)
        days.append((occasion.due_on, f"{sentence % {'n': occasion.month}}: {FOLLOWED[occasion.state]}"))
    events = [
        (timezone.localdate(when), when.isoformat(), numbers.moment(when), sentence) for when, sentence in sorted(lines)
    ]
    events += [(day, day.isoformat(), numbers.short_date(day), sentence) for day, sentence in days]
    return [
        TimelineEvent(when=when, sentence=sentence, machine_time=machine)
        for _day, machine, when, sentence in sorted(events, key=lambda event: event[0])
    ]


def matter_of(*, contact_id: UUID, by: Actor) -> UUID | None:
    """Return the id of the matter of the adviser's own contact."""
    return Contact.objects.filter(pk=contact_id, adviser_id=by.account_id).values_list("matter_id", flat=True).first()
