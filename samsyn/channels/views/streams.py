"""What keeps a line open to a page: server-sent events, served by a process of its own (``samsyn.config.asgi``).

A stream holds no thread and no connection of the pool. It reads nothing through the models: see ``samsyn.channels.wake``.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from samsyn.channels import actions, queries, wake
from samsyn.channels.views.visitors import COOKIE
from samsyn.people.access import open_to_everyone, requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.ui import bells


@open_to_everyone
@require_GET
def visitors(request: HttpRequest) -> HttpResponseBase:
    """Stream the chat of the cookie; while the line is kept, somebody sits at the page."""
    token = request.COOKIES.get(COOKIE, "")[:60]
    if token:
        actions.note_sign_of_life(token=token, at=request.received_at)  # type: ignore[attr-defined]
    return _stream(request, queries.open_chat_of_visitor(token=token), is_visitors=True)


@requires(Permission.REGISTER_CONTACT)
@require_GET
def advisers(request: StaffRequest, chat_id: UUID) -> HttpResponseBase:
    """Stream the adviser's own chat."""
    try:
        return _stream(request, queries.open_chat_of_adviser(chat_id=chat_id, by=request.actor))
    except LookupError as error:
        raise Http404 from error


def _stream(request: HttpRequest, chat_id: UUID | None, *, is_visitors: bool = False) -> HttpResponseBase:
    if chat_id is None:
        return HttpResponse(status=204)  # tells the browser not to come again
    seen = request.headers.get("Last-Event-ID") or request.GET.get("seen", "0")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
    return bells.answer(_lines(chat_id, number, is_visitors=is_visitors))


async def _lines(chat_id: UUID, seen: int, *, is_visitors: bool) -> AsyncGenerator[str, None]:
    yield "retry: 1000\n\n"
    # A page that has gone leaves nothing behind that waits for the collector of garbage.
    async with aclosing(wake.reader().events(chat_id, seen, is_visitors=is_visitors)) as events:
        async for event in events:
            yield event
