"""Pages between the desk and the bookings: book a time out of a contact, open the contact of a booked time."""

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from samsyn.bookings.views import making as bookings
from samsyn.contacts import coupling, queries
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission

at_the_desk = requires(Permission.REGISTER_CONTACT)


@at_the_desk
@require_http_methods(["GET", "POST"])
def book(request: StaffRequest, contact_id: UUID) -> HttpResponse:
    """Show free times beside the matter's line of time; a post books one for the matter."""
    try:
        draft = queries.draft(contact_id=contact_id, by=request.actor)
    except LookupError as error:
        raise Http404 from error
    if draft.closed_at is not None:
        return redirect("desk:contact", contact_id)
    here = reverse("desk:book", args=[contact_id])
    with transaction.atomic():
        matter_id = coupling.matter_of(contact_id=contact_id, by=request.actor)
        if request.method == "POST":
            matter_id = coupling.matter_to_book_for(contact_id=contact_id, by=request.actor, at=request.received_at)
        more = {
            "aside_events": coupling.timeline(matter_id=matter_id),
            "back_url": reverse("desk:contact", args=[contact_id]),
        }
        answer = bookings.booking_page(request, action=here, back=here, reference=matter_id, more=more)
        if answer.status_code != 302:
            transaction.set_rollback(True)  # a time that was not booked leaves no matter behind
    return answer


@at_the_desk
@require_POST
def open_booked(request: StaffRequest, booking_id: UUID) -> HttpResponse:
    """Open the prepared contact of a booked time."""
    try:
        contact_id = coupling.open_booked_contact(booking_id=booking_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("desk:contact", contact_id)
