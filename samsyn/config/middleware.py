"""What every request meets first: its time, its site, its safety headers, and the page for a refusal."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase, JsonResponse
from django.http.request import split_domain_port
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Nothing inline, nothing from elsewhere, nothing framed: one policy for all pages (security.md 7).
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
# For the one page that other sites may frame: a published chart with nothing to press.
FRAMED_POLICY = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb", "browsing-topics")
)


def is_published(request: HttpRequest) -> bool:
    """Tell whether the request is for the site where everything is published."""
    return settings.SAMSYN_INSTALLATION == "centre" and getattr(request, "site_name", "") == "public"


def is_for_visitors(request: HttpRequest) -> bool:
    """Tell whether the request is for the site of those who may be watched."""
    return settings.SAMSYN_INSTALLATION == "operator" and getattr(request, "site_name", "") == "public"


def asks(request: HttpRequest) -> tuple[str, ...]:
    """Return the methods beside reading with which programs may ask there: only the API's, and they change nothing."""
    return ("POST", "OPTIONS") if is_published(request) and request.path.startswith("/api/") else ()


def takes_forms(request: HttpRequest) -> bool:
    """Tell whether the page stands on the public site and takes a form, from this site alone."""
    path = request.path.removeprefix("/en")
    return is_published(request) and path.startswith(settings.SAMSYN_PUBLIC_FORMS)


def is_own_stream(request: HttpRequest) -> bool:
    """Tell whether one of this host's own pages asks, over the host's other port, for the line that is kept open to it."""
    origin = urlsplit(request.headers.get("Origin", ""))
    return (
        getattr(settings, "SAMSYN_SERVES_STREAMS", False)
        and request.method == "GET"
        and request.path.endswith("/stream")
        and origin.scheme == request.scheme
        and origin.hostname == split_domain_port(request.get_host())[0]
    )


class ReceivedAtMiddleware:
    """Give the request the time at which it came: rules take time as an argument and never read the clock."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.received_at = timezone.now()  # type: ignore[attr-defined]
        return self.get_response(request)


class SafetyHeadersMiddleware:
    """Send the headers that keep a page to itself; only what is published may be kept by anybody."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["X-Content-Type-Options"] = "nosniff"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        is_asset = request.path.startswith(settings.STATIC_URL)
        if is_asset and response.status_code in {200, 304}:
            return response  # a style or a script is no page: the rest would only weigh, a dozen times for each first visit
        stream = {"staff": settings.SAMSYN_STAFF_STREAM_ORIGIN, "public": settings.SAMSYN_STREAM_ORIGIN}.get(
            getattr(request, "site_name", ""), ""
        )
        is_framed = is_published(request) and getattr(response, "samsyn_may_be_framed", False)
        policy = FRAMED_POLICY if is_framed else CONTENT_SECURITY_POLICY
        if settings.SAMSYN_OIDC and request.path.startswith("/account/"):
            policy = policy.replace("form-action 'self'", f"form-action 'self' {settings.SAMSYN_OIDC_ORIGIN}")
        response["Content-Security-Policy"] = policy.replace(
            "connect-src 'self'", f"connect-src 'self' {stream}" if stream else "connect-src 'self'"
        )
        if is_own_stream(request):
            response["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response["Access-Control-Allow-Credentials"] = "true"
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        # Not "no-referrer": with it Chromium sends "Origin: null" with a form, which the protection of forms refuses.
        # To other sites both say the same: nothing.
        response["Referrer-Policy"] = "same-origin"
        if is_for_visitors(request):
            # No form there rests on its origin: it has no cookie that another site could use.
            response["Referrer-Policy"] = "no-referrer"
            response["Request-OTR"] = "1"
        if is_framed:
            response["Cross-Origin-Resource-Policy"] = "cross-origin"
        else:
            response["X-Frame-Options"] = "DENY"
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        response["Cross-Origin-Embedder-Policy"] = "require-corp"
        is_public = is_published(request)
        if not is_asset and not (is_public and response.has_header("Cache-Control")):
            response["Cache-Control"] = "no-store"
        if not is_public:
            response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response


class SiteMiddleware:
    """Choose the site by host name: staff and public never share an address, a cookie or a page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            # Upper case and the root's full stop make no other host of it.
            host = split_domain_port(request.get_host())[0]
        except DisallowedHost:
            # Answered here: Django's own handler asks for a session, which a request without a site does not have.
            return HttpResponseBadRequest(render_to_string("ui/400.html"), headers={"Content-Language": "sv"})
        request.urlconf = settings.SAMSYN_URLCONFS[host]
        request.site_name = "staff" if host == settings.SAMSYN_STAFF_HOST else "public"  # type: ignore[attr-defined]
        return self.get_response(request)


class FetchMetadataMiddleware:
    """Refuse what another site makes a browser send here; following a link to a page is all that others may do.

    Browsers say where a request comes from (W3C Fetch Metadata); programs that don't are left to the other protections.
    What is published may be fetched from anywhere.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_strange = request.headers.get("Sec-Fetch-Site", "none") in {"cross-site", "same-site"}
        is_link = (
            request.method in {"GET", "HEAD"}
            and request.headers.get("Sec-Fetch-Mode") == "navigate"
            and request.headers.get("Sec-Fetch-Dest") == "document"
        )
        if (
            is_strange
            and not is_link
            and not is_own_stream(request)
            and not (is_published(request) and request.method in {"GET", "HEAD", *asks(request)})
        ):
            message = _("En annan webbplats försökte göra något här. Det är stoppat och inget är ändrat.")
            return render(request, "ui/refused.html", {"message": message}, status=403)
        return self.get_response(request)


class RefusalMiddleware:
    """Turn a rule's refusal into a clear page (or JSON for a script) with the right status; nothing was changed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer refusals only; every other exception is a fault of ours."""
        from samsyn.people.refusals import Refused

        if not isinstance(exception, Refused):
            return None
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"message": str(exception.message)}, status=exception.status)
        return render(request, "ui/refused.html", {"message": exception.message}, status=exception.status)
