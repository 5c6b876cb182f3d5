"""The catalogue of the published tables, for data portals that harvest it."""

import hashlib
from collections.abc import Callable, Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.views.decorators.http import require_safe

from samsyn.people.access import open_to_everyone
from samsyn.statistics import catalogue, queries
from samsyn.statistics.periods import PeriodKind
from samsyn.statistics.queries import Published

KEPT = "public, no-cache"
# The kind of period that stands for a table: all that has been counted.
KIND = "cumulative"


def _url(name: str, language: str, *args: object) -> str:
    return reverse(f"figures:{name}{'_en' if language == 'en' else ''}", args=args)


def _page(table: Published, language: str) -> str:
    return _url("table", language, table.quarter, table.kind, table.code)


def _file(table: Published, language: str, ending: str) -> str:
    if ending == "pdf":
        return _url("table_pdf", language, table.quarter, table.kind, table.code)
    return _url("file", language, table.quarter, table.kind, table.code, ending)


def _answer(
    request: HttpRequest, write: Callable[[Sequence[catalogue.Node]], bytes], content_type: str
) -> HttpResponse:
    quarters = queries.published_quarters()
    tables = queries.published_report(quarters[0][0], KIND) if quarters else []
    years = queries.published_years()
    tables += queries.published_report(years[0][0], PeriodKind.YEAR) if years else []
    if not tables:
        raise Http404
    places = catalogue.Places(f"{request.scheme}://{request.get_host()}", _page, _file)
    first = {**queries.first_published(KIND), **queries.first_published(PeriodKind.YEAR)}
    content = write(catalogue.graph(tables, first_published=first, places=places))
    etag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(content, content_type=content_type)
    answer["ETag"] = etag
    answer["Cache-Control"] = KEPT
    return answer


@open_to_everyone
@require_safe
def json_ld(request: HttpRequest) -> HttpResponse:
    """Describe the published tables as JSON-LD."""
    return _answer(request, catalogue.as_json_ld, "application/ld+json")


@open_to_everyone
@require_safe
def turtle(request: HttpRequest) -> HttpResponse:
    """Describe the published tables as Turtle."""
    return _answer(request, catalogue.as_turtle, "text/turtle; charset=utf-8")
