"""The chat as a supporter sees it: who waits, and one page for each conversation."""

import hashlib
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from samsyn.people.keeping import KeysLocked, token
from samsyn.people.refusals import Refused
from samsyn.people.requests import StaffRequest
from samsyn.visitors import chat_bells, chat_policies, chat_queries, chats, content, forms
from samsyn.visitors.keeper import with_keys
from samsyn.visitors.views.chat import own_id, told, wants_json
from samsyn.visitors.views.inbox import at_the_inbox


@at_the_inbox
@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    """Show who waits, and one's own open chats; a script asks only whether the list is another now."""
    found = chat_queries.queue(by=request.actor, at=request.received_at)
    mark = hashlib.sha256(repr(found).encode()).hexdigest()[:16]
    if wants_json(request):
        return JsonResponse({"mark": mark})
    rows = [{"row": row, "edition": content.editions().get(row.edition)} for row in found]
    return render(request, "visitors/desk/chats.html", {"rows": rows, "mark": mark})


@at_the_inbox
@require_http_methods(["GET", "POST"])
@with_keys
def chat(request: StaffRequest, chat_id: UUID) -> HttpResponse:
    """Show one's own chat; a post takes it, says something or ends it."""
    try:
        if request.method == "POST":
            return _do(request, chat_id, request.POST.get("do", ""))
        return _page(request, chat_id)
    except LookupError as error:
        raise Http404 from error


@at_the_inbox
@require_GET
@with_keys
def news(request: StaffRequest, chat_id: UUID, seen: int) -> HttpResponse:
    """Tell a script what has happened since the line that its page saw last."""
    try:
        shown = chat_queries.supporters_chat(
            chat_id=chat_id, token=token(request), by=request.actor, at=request.received_at, seen=seen
        )
    except LookupError as error:
        raise Http404 from error
    return JsonResponse(told(shown))


def _do(request: StaffRequest, chat_id: UUID, what: str) -> HttpResponse:
    by, at = request.actor, request.received_at
    if what == "take":
        chats.take_chat(chat_id=chat_id, token=token(request), by=by, at=at)
        return redirect("inbox:chat", chat_id)
    if what == "end":
        chats.end_as_supporter(chat_id=chat_id, by=by, at=at)
        return redirect("inbox:chat", chat_id)
    text = forms.cleaned(request.POST.get("text", ""))
    try:
        number = chats.say_as_supporter(
            chat_id=chat_id, token=token(request), own_id=own_id(request), text=text, by=by, at=at
        )  # fmt: skip
    except KeysLocked:
        raise
    except Refused as refused:
        if wants_json(request):
            return JsonResponse({"message": str(refused.message)}, status=refused.status)
        return _page(request, chat_id, error=str(refused.message), text=text, status=refused.status)
    return JsonResponse({"number": number}) if wants_json(request) else redirect("inbox:chat", chat_id)


def _page(request: StaffRequest, chat_id: UUID, *, error: str = "", text: str = "", status: int = 200) -> HttpResponse:
    shown = chat_queries.supporters_chat(
        chat_id=chat_id, token=token(request), by=request.actor, at=request.received_at
    )
    bell = reverse("inbox:bell", args=[chat_bells.name_of(chat_id, chat_bells.DESK)])
    said = {
        "chat": shown,
        "bell": f"{settings.SAMSYN_STAFF_STREAM_ORIGIN}{bell}",
        "edition": content.editions().get(shown.edition),
        "here": reverse("inbox:chat", args=[chat_id]),
        "own_id": uuid4(),
        "error": error,
        "text": text,
        "longest": chat_policies.LONGEST_LINE,
    }
    return render(request, "visitors/desk/chat.html", said, status=status)
