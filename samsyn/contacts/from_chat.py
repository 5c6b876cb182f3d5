"""A contact is registered from a chat or a mailbox: what was written stays there, the way in and the wait follow."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from samsyn.contacts import from_calls
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission


@requires(Permission.REGISTER_CONTACT)
@require_POST
def from_chat(request: StaffRequest, chat_id: UUID) -> HttpResponse:
    """Open a contact for the adviser's own chat."""
    try:
        contact_id = from_calls.answer_chat(chat_id=chat_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("desk:contact", contact_id)
