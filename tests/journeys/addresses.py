"""The addresses of a site that can be opened, and which of them a path belongs to."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path, re_path
from django.urls.resolvers import RegexPattern

from tests.journeys.conftest import ROOT, Demonstration

# What an installation has is known to its own processes only, so one of them is asked.
ASK = """
import json, sys
import django
django.setup()
from tests.journeys.addresses import routes_of
print(json.dumps(list(routes_of(sys.argv[1]))))
"""


class Addresses:
    """The patterns of one site's pages."""

    def __init__(self, routes: list[tuple[str, list[str]]]) -> None:
        """``routes`` are patterns, each with its methods: what only takes a form in is no page."""
        self.pages, self.forms = ({route for route, taken in routes if one in taken} for one in ("GET", "POST"))
        known = [(re_path if "(?P<" in route else path)(route, _nothing) for route, _taken in routes]
        self._resolver = URLResolver(RegexPattern(r"^/"), known)

    def route_of(self, address: str) -> str:
        """Return the pattern of a path; raise Resolver404 where the site has none."""
        return self._resolver.resolve(address).route


def addresses(demonstration: Demonstration, installation: str, urlconf: str) -> Addresses:
    """Return the addresses of a site as a process of its installation says them."""
    command = [sys.executable, "-c", ASK, urlconf]
    environment = demonstration.environment(installation)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return Addresses(json.loads(done.stdout.splitlines()[-1]))


def routes_of(urlconf: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the patterns of a site, each with the methods that it answers to."""

    def under(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, list[str]]]:
        for one in patterns:
            whole = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from under(one.url_patterns, whole)
            else:
                yield whole, _methods(one.callback)

    return under(get_resolver(urlconf).url_patterns, "")


def _methods(view: Any) -> list[str]:
    """Return what a view answers to, as ``require_http_methods`` around it says; everything where it says nothing."""
    while view is not None:
        free = (
            dict(zip(view.__code__.co_freevars, view.__closure__ or (), strict=True))
            if hasattr(view, "__code__")
            else {}
        )
        if "request_method_list" in free:
            allowed: list[str] = free["request_method_list"].cell_contents
            return allowed
        view = getattr(view, "__wrapped__", None)
    return ["GET", "POST"]


def _nothing(_request: HttpRequest) -> HttpResponse:
    """Stand where a view stands: patterns are resolved here, and no page is asked for."""
    return HttpResponse()
