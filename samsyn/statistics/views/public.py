"""The public site. Everything a reader's request touches is stored cells, read by a role that sees nothing else."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from samsyn.people.access import open_to_everyone
from samsyn.statistics import catalogue, exports, history, jsonstat, over_time, px, queries, selections, shown
from samsyn.statistics.cubes import cube_of, name_of
from samsyn.statistics.definitions.loader import standard_report
from samsyn.statistics.definitions.of_deliveries import delivered_report
from samsyn.statistics.periods import STANDARD, PeriodKind
from samsyn.statistics.views import endpoints, finding
from samsyn.statistics.views.kept import kept
from samsyn.statistics.views.pages import KEPT, page, url
from samsyn.statistics.views.timetable import Dates, dates, title_of
from samsyn.ui import numbers, small_multiples

KINDS = tuple(kind.value for kind in STANDARD)
ALL_KINDS = tuple(kind.value for kind in PeriodKind)
FILES = (("CSV", "csv"), ("Excel", "xlsx"), ("JSON-stat", "json"), ("PX", "px"))


@open_to_everyone
@require_safe
@kept
def start(request: HttpRequest) -> HttpResponse:
    """Show the latest report and the earlier ones."""
    quarters = queries.published_quarters()
    latest = quarters[0] if quarters else None
    tables = queries.published_report(latest[0], "quarter") if latest else []
    reports = [
        {
            "title": shown.quarter_title(quarter),
            "published": at,
            "revision": revision,
            "links": [(shown.kind_title(kind), url("report", quarter, kind)) for kind in KINDS],
        }
        for quarter, revision, at in quarters
    ]
    lead = [
        {"headline": shown.text(one.document["headline"]), "url": url("table", one.quarter, one.kind, one.code)}
        for one in tables
        if one.document["headline"] != one.document["title"]
    ]
    years = [
        (shown.report_title(quarter, PeriodKind.YEAR), at, revision, url("report", quarter, PeriodKind.YEAR.value))
        for quarter, revision, at in queries.published_years()
    ]
    found = dates(request.received_at)  # type: ignore[attr-defined]
    soon = found.next
    context = {
        "next_title": title_of(str(soon.quarter), is_correction=soon.is_correction),
        "next_told": found.next_told if soon.is_late else numbers.moment(soon.at),
        "calendar_url": url("calendar"),
        "feed_url": url("feed"),
        "reports": reports,
        "years": years,
        "lead": lead,
        "latest": shown.quarter_title(latest[0]) if latest else "",
        "topics": finding.topic_links(),
    }
    return page(request, "figures/start.html", "start", context, mark=f"start-{found.mark}")


@open_to_everyone
@require_safe
@kept
def report(request: HttpRequest, quarter: str, kind: str) -> HttpResponse:
    """Show all tables of a report."""
    tables = queries.published_report(quarter, kind) if kind in ALL_KINDS else []
    if not tables:
        raise Http404
    return _report(request, quarter, kind, tables)


@open_to_everyone
@require_safe
def report_edition(request: HttpRequest, quarter: str, kind: str, edition: str) -> HttpResponse:
    """Show an edition of a report as it was published; one that has been corrected says so."""
    tables = queries.published_report(quarter, kind, revision=int(edition) - 1) if kind in ALL_KINDS else []
    if not tables:
        raise Http404
    return _report(request, quarter, kind, tables, edition=edition)


def _report(
    request: HttpRequest, quarter: str, kind: str, tables: list[queries.Published], *, edition: str = ""
) -> HttpResponse:
    """Show tables as a report; a certain ``edition`` leads to the same edition of each table."""
    first = tables[0].document
    found = dates(request.received_at)  # type: ignore[attr-defined]
    is_year = kind == PeriodKind.YEAR
    is_latest = not edition or (found.years[quarter[:4]] if is_year else found.latest[quarter]) + 1 == int(edition)
    table_url = ("table_edition", edition) if edition else ("table",)
    context = {
        "title": shown.text(first["report"]["title"]),
        "quarter": shown.report_title(quarter, kind),
        "period": shown.period_title(first),
        "meta": _meta(first, found),
        "kinds": []
        if is_year
        else [(shown.kind_title(one), url("report", quarter, one), one == kind) for one in KINDS],
        "tables": [
            {
                "table": shown.table(one.document),
                "headline": shown.text(one.document["headline"]),
                "counted": shown.text(one.document["counted"]),
                "notes": shown.notes(one.document),
                "url": url(table_url[0], quarter, kind, one.code, *table_url[1:]),
                "long": shown.long_rows(one.document),
            }
            for one in tables
        ],
        "reservations": shown.reservations(first),
        "pdf_url": url("report_pdf", quarter, kind)
        if is_latest and queries.has_file(quarter, kind, "", ending="pdf")
        else "",
        "later_url": "" if is_latest else url("report", quarter, kind),
    }
    mark = f"{tables[-1].content_hash[:24]}-{found.mark}" + (f"-edition-{is_latest}" if edition else "")
    return page(request, "figures/report.html", "start", context, mark=mark)


def _meta(document: shown.Document, found: Dates) -> dict[str, Any]:
    return {
        "period": shown.period_title(document),
        "status": shown.status(document),
        "is_final": document["status"] == "final",
        "frozen_on": shown.frozen_on(document),
        # When the next year comes depends on when the municipalities have delivered it.
        "next": "" if document["period"]["kind"] == PeriodKind.YEAR else found.next_told,
        "calendar_url": url("calendar"),
        "definition": shown.definition_versions(document),
        "definitions_url": url("definitions"),
        "revision": document["revision"],
        "revision_note": document["revision_note"],
    }


def _found(quarter: str, kind: str, code: str) -> queries.Published:
    table = queries.published_table(quarter, kind, code) if kind in ALL_KINDS else None
    if table is None:
        raise Http404
    return table


@open_to_everyone
@require_safe
@kept
def table(request: HttpRequest, quarter: str, kind: str, code: str) -> HttpResponse:
    """Show one table: the table first, the chart beside it, the files, and how to read it."""
    return _table(request, _found(quarter, kind, code))


@open_to_everyone
@require_safe
def table_edition(request: HttpRequest, quarter: str, kind: str, code: str, edition: str) -> HttpResponse:
    """Show an edition of a table as it was published; one that has been corrected says so."""
    one = queries.published_table(quarter, kind, code, revision=int(edition) - 1) if kind in ALL_KINDS else None
    if one is None:
        raise Http404
    if one.revision + 1 == queries.latest_edition(quarter, kind):
        return _table(request, one)
    return _table(request, one, later_url=url("table", quarter, kind, code))


def _table(request: HttpRequest, one: queries.Published, *, later_url: str = "") -> HttpResponse:
    """Show a table; one that a later edition has replaced without the files and the chart for others."""
    document, quarter, kind, code = one.document, one.quarter, one.kind, one.code
    found = dates(request.received_at)  # type: ignore[attr-defined]
    is_compared = kind in {PeriodKind.QUARTER, PeriodKind.YEAR} and not later_url
    through = over_time.multiples(queries.series_documents(code, kind)) if is_compared else None
    has_pdf = queries.has_file(quarter, kind, code, ending="pdf")
    context = {
        "document": document,
        "headline": shown.text(document["headline"]),
        "counted": shown.text(document["counted"]),
        "report_title": shown.report_title(quarter, kind),
        "report_url": url("report", quarter, kind),
        "kind_title": shown.kind_title(kind),
        "meta": _meta(document, found),
        "table": shown.table(document),
        "chart": shown.chart(document),
        "chart_title": shown.text(document["title"]),
        "map": shown.county_map(document),
        "over_time": small_multiples.draw(through) if through else "",
        "files": [
            *((label, url("file", quarter, kind, code, ending)) for label, ending in FILES),
            *([("PDF", url("table_pdf", quarter, kind, code))] if has_pdf else []),
        ],
        "reading": shown.text(document["reading"]) or (shown.notes(document) or [shown.text(document["counted"])])[0],
        "notes": shown.notes(document),
        "cannot": shown.text(document["cannot_be_used_for"]),
        "reservations": shown.reservations(document),
        "breaks": [shown.text(one["note"]) for one in document["breaks"]],
        "editions": [
            (revision, at, note, url("table_edition", quarter, kind, code, revision + 1), revision == one.revision)
            for revision, at, note in queries.table_editions(quarter, kind, code)
        ],
        "later_url": later_url,
        "cited": {
            "title": shown.caption(document),
            "report": shown.text(document["report"]["title"]),
            "edition": one.revision + 1,
            "url": url("table_edition", quarter, kind, code, one.revision + 1),
        },
        "embed_url": url("embed", quarter, kind, code),
        "base": f"{request.scheme}://{request.get_host()}",
    }
    # What other quarters say stands on the page too, and when the next one comes.
    mark = f"{one.content_hash[:24]}-{found.mark}" + ("-replaced" if later_url else "")
    return page(request, "figures/table.html", "start", context, mark=mark)


@open_to_everyone
@require_safe
@kept
def embed(request: HttpRequest, quarter: str, kind: str, code: str) -> HttpResponse:
    """Show a table's chart alone, under the table's own title, for other sites to frame."""
    one = _found(quarter, kind, code)
    chart = shown.chart(one.document) or shown.county_map(one.document)
    if chart is None:
        raise Http404
    context = {
        "id": code.replace("_", "-"),
        "title": shown.text(one.document["title"]),
        "counted": shown.text(one.document["counted"]),
        "period": shown.period_title(one.document),
        "status": shown.status(one.document),
        "source": shown.text(one.document["report"]["title"]),
        "table_url": url("table", quarter, kind, code),
        "chart": chart,
    }
    answer = page(request, "figures/embed.html", "start", context, mark=f"{one.content_hash[:24]}-embed")
    answer.samsyn_may_be_framed = True  # type: ignore[attr-defined]
    return answer


@open_to_everyone
@require_safe
@kept
def file(request: HttpRequest, quarter: str, kind: str, code: str, ending: str) -> HttpResponse:
    """Hand out a table as a file with a neutral name."""
    one = _found(quarter, kind, code)
    if ending == "csv":
        answer = HttpResponse(exports.as_csv(one.document), content_type="text/csv; charset=utf-8")
    elif ending == "json":
        answer = HttpResponse(jsonstat.as_bytes(cube_of([one.document])), content_type="application/json")
    elif ending == "px":
        answer = HttpResponse(px.as_bytes(cube_of([one.document])), content_type="application/octet-stream")
    else:
        answer = HttpResponse(
            exports.as_xlsx(one.document),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    answer["Content-Disposition"] = f'attachment; filename="{code}-{quarter}-{kind}.{ending}"'
    answer["ETag"] = f'"{one.content_hash[:24]}-{get_language()}-{ending}"'
    answer["Cache-Control"] = KEPT
    return answer


@open_to_everyone
@require_safe
def report_pdf(request: HttpRequest, quarter: str, kind: str) -> HttpResponse:
    """Hand out all tables of a report as the PDF that was made at publication."""
    return _stored_pdf(request, quarter, kind, "")


@open_to_everyone
@require_safe
def table_pdf(request: HttpRequest, quarter: str, kind: str, code: str) -> HttpResponse:
    """Hand out one table as the PDF that was made at publication."""
    return _stored_pdf(request, quarter, kind, code)


def _stored_pdf(request: HttpRequest, quarter: str, kind: str, code: str) -> HttpResponse:
    found = queries.published_file(quarter, kind, code, language=get_language() or "sv", ending="pdf")
    if found is None:
        raise Http404
    content, digest = found
    etag = f'"{digest[:24]}"'
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(content, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{code or "report"}-{quarter}-{kind}.pdf"'
    answer["ETag"] = etag
    answer["Cache-Control"] = KEPT
    return answer


@open_to_everyone
@require_safe
def history_page(request: HttpRequest) -> HttpResponse:
    """Show the published history beside what follows from its own table."""
    published = queries.published_history("support_call_2014_2020")
    if published is None:
        raise Http404
    context = history.page(published.document)
    return page(request, "figures/history.html", "history", context, mark=published.content_hash[:24])


@open_to_everyone
@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """Show what each table counts, with versions."""
    standard, delivered = standard_report(), delivered_report()
    known = (*standard.definitions, *delivered.definitions)
    rows = [
        {
            "code": one.code,
            "version": one.version,
            "title": shown.text(one.title.as_json()),
            "unit": one.unit,
            "notes": [shown.text(note.as_json()) for note in one.notes],
            "threshold": one.threshold,
            "validity": [
                shown.text(valid.note.as_json())
                for _code, valid in sorted(one.validity.items(), key=lambda item: item[1].valid_from)
            ],
        }
        for one in known
    ]
    mark = f"definitions-{standard.version}-{delivered.version}-{len(rows)}-{sum(one.version for one in known)}"
    return page(request, "figures/definitions.html", "about", {"rows": rows}, mark=mark)


@open_to_everyone
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say how the figures come about and what is done to protect people."""
    return page(request, "figures/about.html", "about", {"quality_url": url("quality")}, mark="about-2")


@open_to_everyone
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the site is, and to whom to write of a hindrance."""
    contact = catalogue.facts()["contact"]
    context = {"email": contact["email"], "is_verified": contact["status"] == "verified"}
    return page(request, "figures/accessibility.html", "about", context, mark="accessibility-2")


@open_to_everyone
@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """Say how programs get the figures: addresses that can be tried as they stand."""
    base = f"{request.scheme}://{request.get_host()}/api"
    language = get_language() or "sv"
    tables = [
        {
            "title": shown.caption(one.document),
            "kind": shown.kind_title(one.kind),
            "name": name_of(one.code, one.kind),
            "url": f"{base}/v2/tables/{name_of(one.code, one.kind)}/metadata?lang={language}",
        }
        for one in queries.published_series()
    ]
    example = f"{base}/v2/tables/{tables[0]['name'] if tables else ''}/data?lang={language}"
    context = {
        "tables": tables,
        "calls": settings.SAMSYN_API_CALLS,
        "seconds": endpoints.SECONDS,
        "most": numbers.number(selections.MOST_CELLS),
        "list_url": f"{base}/v2/tables?lang={language}",
        "description_url": f"{base}/openapi.json",
        "first_url": f"{base}/v1/{language}/",
        "example_url": f"{example}&valuecodes[row]=*&valuecodes[content]=*&valuecodes[time]=TOP(4)&outputFormat=csv",
    }
    return page(request, "figures/programs.html", "about", context, mark=f"programs-{queries.edition_mark()}")
