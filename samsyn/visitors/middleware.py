"""What every page of the visitors' site has: a database role that knows no case, and an error page that says nothing."""

from collections.abc import Callable

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port
from django.shortcuts import render
from django.utils import translation

from samsyn.visitors import content

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def is_here(request: HttpRequest) -> bool:
    """Tell whether the request came to the visitors' host name."""
    return split_domain_port(request.META.get("HTTP_HOST", ""))[0] == settings.SAMSYN_PUBLIC_HOST


class NarrowRoleMiddleware:
    """Let the visitors' pages ask the database as the public's role, which may use the visitors' tables alone (``grants``).

    A slip or an injected statement there meets a refusal by PostgreSQL: no case, no person, no log.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Inside somebody's transaction, which only a test has open here, another connection would see nothing of it.
        if not is_here(request) or connections[DEFAULT_DB_ALIAS].in_atomic_block:
            return self.get_response(request)
        of_the_application = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = connections["public"]
        try:
            return self.get_response(request)
        finally:
            connections[DEFAULT_DB_ALIAS] = of_the_application


class NeutralErrorsMiddleware:
    """Answer every refusal and every fault with one neutral page in the language of the address."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if (
            response.status_code < 400
            or not is_page
            or not is_here(request)
            or getattr(response, "is_of_the_site", False)
        ):
            return response
        edition = content.editions().get(request.path.split("/")[1]) or content.editions()[content.FIRST]
        said = {"edition": edition, "words": edition.words, "exit_url": settings.SAMSYN_EXIT_URL}
        with translation.override(edition.language):
            page = render(request, "visitors/wrong.html", said, status=response.status_code)
        page["Content-Language"] = edition.language
        if response.has_header("Allow"):
            page["Allow"] = response["Allow"]
        return page
