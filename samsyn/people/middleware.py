"""Who asks, in which language, whether the screen is locked, and whether the view may be opened at all."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from samsyn.people import actions, events, leaving, queries
from samsyn.people.access import DURING_SET_UP, EVERYONE, SIGNED_IN, WHILE_LOCKED, access_of
from samsyn.people.refusals import NotAllowed

GetResponse = Callable[[HttpRequest], HttpResponseBase]

BEGAN = "samsyn_began"
SEEN = "samsyn_seen"
LOCKED = "samsyn_locked"
FACTOR = "samsyn_second_factor"
# What a page asks by itself is nobody's activity: a queue that stands open on an empty desk locks too.
UNATTENDED = "X-Unattended"
# The time of activity is written to the session at most this often: every request would be a write otherwise.
SEEN_EVERY = 30


def wants_json(request: HttpRequest) -> bool:
    """Say whether a script asked."""
    return "application/json" in request.headers.get("Accept", "")


class ActorMiddleware:
    """Set ``request.actor`` on the staff site, with one short query; end sessions that are over or were replaced."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = None  # type: ignore[attr-defined]
        request.account = None  # type: ignore[attr-defined]
        if getattr(request, "site_name", "") == "staff" and request.session.get(SESSION_KEY):
            self._recognise(request)
        return self.get_response(request)

    def _recognise(self, request: HttpRequest) -> None:
        if not request.user.is_authenticated:
            return
        account = queries.recognise(request.user)
        now: datetime = request.received_at  # type: ignore[attr-defined]
        session = request.session
        actor = queries.actor_of(account)
        if BEGAN not in session:
            # The first request after a sign-in: from now on this is the person's only session.
            actions.begin_session(account_id=account.pk, session_key=str(session.session_key), by=actor, at=now)
            session[BEGAN] = session[SEEN] = int(now.timestamp())
        elif account.session_key != session.session_key or self._is_over(session[BEGAN], now):
            logout(request)
            return
        request.actor = actor  # type: ignore[attr-defined]
        request.account = account  # type: ignore[attr-defined]

    @staticmethod
    def _is_over(began: int, now: datetime) -> bool:
        limit = timedelta(hours=settings.SAMSYN_SESSION_HOURS)
        return now.timestamp() - began > limit.total_seconds()


class LanguageMiddleware:
    """Speak the person's language on the staff site, and the address's on the public site (``/en/``)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        account = request.account  # type: ignore[attr-defined]
        if account is not None:
            language = account.language
        elif getattr(request, "site_name", "") == "staff":
            language = request.session.get("samsyn_language", "sv") if request.COOKIES else "sv"
        else:
            language = "en" if request.path == "/en" or request.path.startswith("/en/") else "sv"
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class IdleLockMiddleware:
    """Lock the screen after a time without activity; a locked session opens nothing but the way back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        actor = request.actor  # type: ignore[attr-defined]
        if actor is not None:
            self._watch(request)
        request.is_locked = actor is not None and LOCKED in request.session  # type: ignore[attr-defined]
        return self.get_response(request)

    def _watch(self, request: HttpRequest) -> None:
        session = request.session
        now: datetime = request.received_at  # type: ignore[attr-defined]
        stamp = int(now.timestamp())
        if LOCKED in session:
            if self._has_proved_again(request, session[LOCKED]):
                unlock(request)
            return
        if stamp - session.get(SEEN, stamp) > settings.SAMSYN_IDLE_LOCK_SECONDS:
            lock(request)
        elif UNATTENDED not in request.headers and stamp - session.get(SEEN, 0) >= SEEN_EVERY:
            session[SEEN] = stamp

    @staticmethod
    def _has_proved_again(request: HttpRequest, locked: float) -> bool:
        """Say whether the person has given password, code or passkey since the lock, by allauth's own record."""
        return any(record.get("at", 0) > locked for record in get_authentication_records(request, request.user))


def lock(request: HttpRequest) -> None:
    """Lock the session; what was being written is on the server already."""
    actor, now = request.actor, request.received_at  # type: ignore[attr-defined]
    # allauth stamps its records with the clock of the process, so the lock does too.
    request.session[LOCKED] = time.time()
    actions.record_screen(kind=events.LOCKED, by=actor, at=now)
    leaving.forget(actor.account_id, is_gone=False)


def unlock(request: HttpRequest) -> None:
    """Open the session again under a new key."""
    actor, now = request.actor, request.received_at  # type: ignore[attr-defined]
    del request.session[LOCKED]
    request.session[SEEN] = int(now.timestamp())
    request.session.cycle_key()
    actions.move_session(account_id=actor.account_id, session_key=str(request.session.session_key))
    actions.record_screen(kind=events.UNLOCKED, by=actor, at=now)


class DeclaredAccessMiddleware:
    """Open a view only to those whom it declares; a view without a declaration does not exist."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return nothing where the view may be opened; an answer, or an exception, where it may not."""
        access = access_of(view)
        if access is None:
            raise Http404
        if access.whom == EVERYONE:
            return None
        actor = request.actor  # type: ignore[attr-defined]
        if actor is None:
            return self._to(request, settings.SAMSYN_SIGN_IN_URL, _("Du är inte inloggad längre. Logga in igen."))
        if request.is_locked and access.when != WHILE_LOCKED:  # type: ignore[attr-defined]
            return self._to(request, reverse("people:locked"), _("Skärmen är låst. Lås upp och försök igen."))
        if access.when not in {DURING_SET_UP, WHILE_LOCKED}:
            unfinished = self._unfinished(request)
            if unfinished:
                return redirect(unfinished)
        if access.whom == SIGNED_IN or actor.may(access.whom):
            return None
        refused = NotAllowed(_("Din roll får inte öppna den här sidan."))
        if wants_json(request):
            return JsonResponse({"message": str(refused.message)}, status=refused.status)
        return render(request, "ui/refused.html", {"message": refused.message}, status=refused.status)

    @staticmethod
    def _to(request: HttpRequest, url: str, message: str) -> HttpResponse:
        if wants_json(request):
            return JsonResponse({"message": message}, status=401)
        if request.method == "GET" and request.path != "/":
            url = f"{url}?{urlencode({'next': request.get_full_path()})}"
        return redirect(url)

    @staticmethod
    def _unfinished(request: HttpRequest) -> str:
        """Return where a person must go who has a start password or no second factor yet."""
        account = request.account  # type: ignore[attr-defined]
        if account.password_is_temporary:
            return reverse("account_change_password")
        if request.session.get(FACTOR):
            return ""
        if queries.has_second_factor(account.pk):
            request.session[FACTOR] = True
            return ""
        return reverse("people:second_factor")
