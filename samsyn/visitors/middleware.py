"""On the visitors' site no error page says whose site it is."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port
from django.shortcuts import render
from django.utils import translation

from samsyn.visitors import content

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class NeutralErrorsMiddleware:
    """Answer every refusal and every fault with one neutral page in the language of the address."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        is_here = split_domain_port(request.META.get("HTTP_HOST", ""))[0] == settings.SAMSYN_PUBLIC_HOST
        if response.status_code < 400 or not is_page or not is_here or getattr(response, "is_of_the_site", False):
            return response
        edition = content.editions().get(request.path.split("/")[1]) or content.editions()[content.FIRST]
        said = {"edition": edition, "words": edition.words, "exit_url": settings.SAMSYN_EXIT_URL}
        with translation.override(edition.language):
            page = render(request, "visitors/wrong.html", said, status=response.status_code)
        page["Content-Language"] = edition.language
        if response.has_header("Allow"):
            page["Allow"] = response["Allow"]
        return page
