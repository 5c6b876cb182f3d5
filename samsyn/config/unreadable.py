"""What no page of ours sends is stopped before it is read: too large, of another kind, or with a cookie of nobody's."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samsyn.config.middleware import asks, is_published, takes_forms
from samsyn.config.uploads import takes_file
from samsyn.people.middleware import wants_json

GetResponse = Callable[[HttpRequest], HttpResponseBase]

READING = ("GET", "HEAD")
METHODS = (*READING, "POST")
# A session's key as Django makes it. A quoted cookie can hold any character at all, which the database would not take.
_SESSION_KEY = re.compile(r"[a-z0-9]{32}\Z")
_HEADINGS: dict[int, Promise] = {
    405: _("Sidan går inte att öppna så"),
    413: _("Det är för stort"),
    415: _("Det gick inte att läsa"),
}
_WORDS: dict[int, Promise] = {
    400: _("Det som skickades hade fel form eller var för stort. Ingenting ändrades."),
    403: _("Formuläret var för gammalt eller kom från en annan sida. Ladda om sidan och försök igen."),
    404: _("Det som söktes finns inte. Ladda om sidan."),
    405: _("Gå till sidan med en länk eller en knapp i Samsyn."),
    413: _("Det som skickades är större än något formulär i Samsyn."),
    415: _("Det som skickades är inte skrivet så att Samsyn kan läsa det (UTF-8)."),
    500: _("Något gick fel hos oss. Försök igen om en stund."),
}


class SessionCookieMiddleware:
    """Forget a session cookie that we never gave."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = settings.SESSION_COOKIE_NAME
        if not _SESSION_KEY.match(request.COOKIES.get(name, "")):
            request.COOKIES.pop(name, None)
        return self.get_response(request)


class UnreadableMiddleware:
    """Refuse by the request's headers alone what cannot be a form of ours, and give every bare refusal its words."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_for_systems(request):
            return self.get_response(request)
        status = _refusal(request)
        if status:
            return _say(request, status)
        response = self.get_response(request)
        is_bare = response.status_code in _HEADINGS and not getattr(response, "content", b"-")
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_bare or (response.status_code in _WORDS and is_page and wants_json(request)):
            return _say(request, response.status_code, allow=response.headers.get("Allow", ""))
        return response


def is_for_systems(request: HttpRequest) -> bool:
    """Say whether a program of another organisation asks: it is answered by views that refuse in a program's words."""
    return getattr(request, "site_name", "") == "staff" and request.path.startswith(settings.SAMSYN_SYSTEMS)


def _most(request: HttpRequest) -> int:
    """Return how large a body may be: what our forms weigh, and a file on the pages that take one."""
    most = settings.FILE_UPLOAD_MAX_MEMORY_SIZE if takes_file(request) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return int(most)


def _refusal(request: HttpRequest) -> int:
    """Return the status of a refusal; 0 where the request may be read."""
    takes_post = takes_forms(request) if is_published(request) else True
    if request.method not in {*READING, *(("POST",) if takes_post else asks(request))}:
        return 405
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        return 400
    if len(length) > 12 or int(length) > _most(request):
        return 413
    if (request.content_params or {}).get("charset", "utf-8").strip().lower() not in {"utf-8", "utf8"}:
        return 415
    return 0


def _say(request: HttpRequest, status: int, *, allow: str = "") -> HttpResponse:
    """Answer with words, as a page or as data for a script."""
    answer: HttpResponse
    if wants_json(request):
        answer = JsonResponse({"message": str(_WORDS[status])}, status=status)
    elif status in _HEADINGS:
        context = {"title": _HEADINGS[status], "message": _WORDS[status]}
        answer = render(request, "ui/refused.html", context, status=status)
    else:
        answer = render(request, f"ui/{status}.html", status=status)
    if status == 405:
        answer["Allow"] = allow or ", ".join(METHODS)
    return answer
