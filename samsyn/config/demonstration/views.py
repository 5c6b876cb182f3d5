"""The page where a newcomer becomes one of the personas with one button."""

from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from samsyn.config.demonstration.personas import at
from samsyn.people import queries as people
from samsyn.people.access import open_to_everyone
from samsyn.people.middleware import FACTOR


def _only_from_this_machine(request: HttpRequest) -> None:
    """Raise Http404 for anybody who comes over a network or through a proxy."""
    try:
        is_here = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        is_here = False
    if not is_here or "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        raise Http404


@open_to_everyone
@require_GET
def personas(request: HttpRequest) -> HttpResponse:
    """Show who one can be and what each one does."""
    _only_from_this_machine(request)
    return render(request, "demonstration/personas.html", {"personas": at(settings.SAMSYN_INSTALLATION)})


@open_to_everyone
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Sign in as the chosen persona."""
    _only_from_this_machine(request)
    chosen = next((p for p in at(settings.SAMSYN_INSTALLATION) if p.name == request.POST.get("name")), None)
    if chosen is None:
        raise Http404
    account = people.account_named(chosen.name)
    if account is None:
        raise Http404
    request.session.flush()
    login(request, account, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session[FACTOR] = True
    return redirect("start")
