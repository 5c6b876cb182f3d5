"""Pages that belong to no room: the start page, health, and what an expired form answers."""

from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from samsyn.config.navigation import entries
from samsyn.people.access import EVERYONE, access_of, any_signed_in, open_to_everyone
from samsyn.people.middleware import wants_json


@open_to_everyone
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Answer that the process lives."""
    return JsonResponse({"alive": True})


@open_to_everyone
@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, 503 otherwise."""
    try:
        for alias in ("default", "public"):
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ready": False}, status=503)
    return JsonResponse({"ready": True, "installation": settings.SAMSYN_INSTALLATION})


@any_signed_in
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead the signed-in person to the first room that is theirs."""
    links = entries(request)
    if links:
        return redirect(links[0].url)
    return render(request, "config/nothing_here.html")


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose protection token is missing or old; where the session is over, that is the reason to tell."""
    access = access_of(request.resolver_match.func) if request.resolver_match else None
    if request.actor is None and access is not None and access.whom != EVERYONE:  # type: ignore[attr-defined]
        message = _("Du är inte inloggad längre. Logga in igen.")
        if wants_json(request):
            return JsonResponse({"message": message}, status=401)
    else:
        message = _("Formuläret var för gammalt eller kom från en annan sida. Ladda om sidan och försök igen.")
    return render(request, "ui/refused.html", {"message": message}, status=403)
