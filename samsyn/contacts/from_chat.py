"""A contact is registered from a chat or a mailbox: what was written stays there, the way in and the wait follow."""

from uuid import UUID

from django.apps import apps
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from samsyn.contacts import from_calls, queries
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission


@requires(Permission.REGISTER_CONTACT)
@require_POST
def from_chat(request: StaffRequest, chat_id: UUID) -> HttpResponse:
    """Open a contact for one's own chat: with a visitor at the operator, with a professional at the centre."""
    by, at = request.actor, request.received_at
    try:
        if _has_visitors():
            from samsyn.contacts import from_visitors

            return redirect("desk:contact", from_visitors.open_contact(chat_id=chat_id, by=by, at=at))
        contact_id = from_calls.answer_chat(chat_id=chat_id, by=by, at=at)
    except LookupError as error:
        raise Http404 from error
    return redirect("desk:contact", contact_id)


def chat_line(draft: queries.Draft) -> from_calls.CallLine | None:
    """Return what the desk says of the visitor's chat that a contact was opened for, or nothing."""
    if not _has_visitors():
        return None
    from samsyn.contacts import from_visitors

    return from_visitors.chat_line(draft)


def _has_visitors() -> bool:
    return apps.is_installed("samsyn.visitors")
