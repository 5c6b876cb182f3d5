"""A contact is registered from a chat: what was written there stays there, only the way in follows."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from samsyn.channels import queries as channels
from samsyn.contacts import actions
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission


@requires(Permission.REGISTER_CONTACT)
@require_POST
def from_chat(request: StaffRequest, chat_id: UUID) -> HttpResponse:
    """Open a contact for the adviser's own chat."""
    try:
        channels.own_chat(chat_id=chat_id, by=request.actor)
    except LookupError as error:
        raise Http404 from error
    return redirect("desk:contact", actions.open_contact(by=request.actor, at=request.received_at, channel="chat"))
