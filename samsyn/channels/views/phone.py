"""What a phone provider calls: a form for each step, an action in answer."""

from dataclasses import replace

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from samsyn.channels import actions, call_states, policies, queries
from samsyn.channels.adapters import LARGEST_DELIVERY, Command, Delivery, NotTrusted, Unreadable, elks
from samsyn.people.access import open_to_everyone


def provider() -> elks.Elks:
    """Return the provider that the environment names."""
    return elks.Elks(
        secret=settings.SAMSYN_PHONE_SECRET,
        networks=settings.SAMSYN_PHONE_NETWORKS,
        connect_to=settings.SAMSYN_PHONE_CONNECT,
        closed_audio=settings.SAMSYN_PHONE_CLOSED_AUDIO,
    )


@csrf_exempt
@open_to_everyone
@require_POST
def phone_event(request: HttpRequest, secret: str, step: str) -> HttpResponse:
    """Keep what the provider tells; answer a new call with what shall become of it.

    A stranger gets the page that every wrong address gets. What makes no sense is refused, and the provider tries again:
    a fault of ours can be mended within its day.
    """
    at = request.received_at  # type: ignore[attr-defined]
    adapter = provider()
    is_large = int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_DELIVERY
    delivery = Delivery(secret, _address(request), step, b"" if is_large else request.body, at)
    if not adapter.is_trusted(delivery):
        raise Http404
    if is_large:
        return HttpResponse(status=413)
    try:
        told = adapter.events(delivery)
        actions.take_events(told=told, at=at)
    except NotTrusted as error:
        raise Http404 from error
    except Unreadable:
        return HttpResponse(status=400)
    if step != elks.START:
        return HttpResponse(status=204)
    is_open = queries.hours(queue=policies.DEFAULT_QUEUE).is_open(at)
    command = Command("connect" if is_open else "closed", told[0].reference)
    action = adapter.answer(
        command,
        next_address=request.build_absolute_uri(reverse("phone:event", args=[secret, elks.CONNECTED])),
        end_address=request.build_absolute_uri(reverse("phone:event", args=[secret, elks.HANGUP])),
    )
    if "hangup" in action:  # no step tells this end: we made it ourselves, and nobody shall wait on the board
        actions.take_events(told=[replace(told[0], kind=call_states.MISSED)], at=at)
    return JsonResponse(action)


def _address(request: HttpRequest) -> str:
    """Return who asks: behind our proxy the last address that it added, otherwise the peer's."""
    if settings.SAMSYN_BEHIND_TLS:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
