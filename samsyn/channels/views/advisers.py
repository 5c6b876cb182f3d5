"""Chats and mailboxes as an adviser sees them: one page for each. The queue leads here."""

import uuid
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_POST

from samsyn.channels import actions, queries
from samsyn.channels.views.visitors import is_watched, own_id
from samsyn.people.access import requires
from samsyn.people.refusals import Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission

who_answers = requires(Permission.REGISTER_CONTACT)


@who_answers
@require_POST
def answer(request: StaffRequest, chat_id: UUID) -> HttpResponse:
    """Take a chat."""
    try:
        actions.answer_chat(chat_id=chat_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("chats:chat", chat_id)


@who_answers
@require_GET
def chat(request: StaffRequest, chat_id: UUID) -> HttpResponse:
    """Show one's own chat."""
    return _page(request, chat_id)


@who_answers
@require_POST
def write(request: StaffRequest, chat_id: UUID) -> HttpResponse:
    """Take a message; a script gets its number, a form the page."""
    wants_json = "application/json" in request.headers.get("Accept", "")
    text = request.POST.get("text", "")
    try:
        number = actions.write_as_adviser(
            chat_id=chat_id, own_id=own_id(request), text=text, by=request.actor, at=request.received_at
        )
    except LookupError as error:
        raise Http404 from error
    except Refused as refused:
        if wants_json:
            raise
        return _page(request, chat_id, error=str(refused.message), text=text, status=refused.status)
    return JsonResponse({"number": number}) if wants_json else redirect("chats:chat", chat_id)


@who_answers
@require_POST
def end(request: StaffRequest, chat_id: UUID) -> HttpResponse:
    """End the chat: what was written is erased."""
    try:
        actions.end_chat(chat_id=chat_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("queue:board")


def _page(request: StaffRequest, chat_id: UUID, *, error: str = "", text: str = "", status: int = 200) -> HttpResponse:
    try:
        shown = queries.own_chat(chat_id=chat_id, by=request.actor, at=request.received_at)
    except LookupError as missing:
        raise Http404 from missing
    context = {
        "chat": shown,
        "write": reverse("chats:write", args=[chat_id]),
        "end": reverse("chats:end", args=[chat_id]),
        "stream": f"{settings.SAMSYN_STAFF_STREAM_ORIGIN}{reverse('chats:stream', args=[chat_id])}",
        "register": _address("desk:from_chat", chat_id) if shown.can_be_registered else "",
        "here": reverse("chats:chat", args=[chat_id]),
        "own_id": uuid.uuid4(),
        "is_advisers": True,
        "is_watched": is_watched(request, shown, error),
        "error": error,
        "text": text,
    }
    return render(request, "channels/chat_answered.html", context, status=status)


def _address(name: str, chat_id: UUID) -> str:
    """Return an address of the room above, or nothing where that room is not open."""
    try:
        return reverse(name, args=[chat_id])
    except NoReverseMatch:
        return ""
