"""Pages for what went wrong before any room was reached; ``config`` names them as handlers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what could not be read; the request's own host may be what is wrong, so nothing is asked of it."""
    return HttpResponse(get_template("ui/400.html").render(), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a person whose role doesn't reach."""
    return render(request, "ui/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that doesn't exist."""
    return render(request, "ui/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours with a page that needs nothing: no context, no static files, no database."""
    return HttpResponse(get_template("ui/500.html").template.source, status=500)  # type: ignore[attr-defined]
