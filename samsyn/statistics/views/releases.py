"""The staff's pages: draft a quarter, see what protection hides and why, hand it over, approve, publish, correct."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.people.texts import check_is_text
from samsyn.statistics import actions, drafting, exports, policies, queries, shown, timetable
from samsyn.statistics import protocol as protocols
from samsyn.statistics.definitions.of_deliveries import delivered_report
from samsyn.statistics.delivered import reading
from samsyn.statistics.models import Release
from samsyn.statistics.periods import STANDARD, PeriodKind, Quarter
from samsyn.ui import numbers
from samsyn.ui.components import Step

sees_drafts = requires(Permission.SEE_STATISTICS_DRAFTS)
STEPS = ("draft", "submitted", "approved", "published")


def _quarters(request: StaffRequest) -> list[tuple[str, str]]:
    """Return the quarters that can be drafted: those that have begun and are not published, the latest first."""
    running = Quarter.of(numbers.local(request.received_at).date())
    published = {
        (one.year, one.quarter) for one in queries.releases() if one.status == "published" and not _is_year(one)
    }
    found = []
    for back in range(8):
        quarter = Quarter.at(running.index - back)
        if (quarter.year, quarter.number) not in published:
            found.append((str(quarter), shown.quarter_title(str(quarter))))
    return found


@sees_drafts
@require_http_methods(["GET", "POST"])
def list_releases(request: StaffRequest) -> HttpResponse:
    """List the releases; a post drafts a quarter."""
    if request.method == "POST" and "year" in request.POST:
        try:
            year = Quarter.parse(f"{request.POST['year']}-q4").year
        except ValueError as error:
            raise Invalid(_("Välj ett år.")) from error
        release = actions.draft_year(year=year, by=request.actor, at=request.received_at)
        return redirect("releases:release", release.pk)
    if request.method == "POST":
        try:
            quarter = Quarter.parse(request.POST.get("quarter", ""))
        except ValueError as error:
            raise Invalid(_("Välj ett kvartal.")) from error
        release = actions.draft_release(quarter=quarter, by=request.actor, at=request.received_at)
        return redirect("releases:release", release.pk)
    rows = [{"release": one, "title": _title(one), "status": _status(one)} for one in queries.releases()]
    # The quarter that ended last is what one usually comes for, not the running one.
    choices = _quarters(request)
    running = str(Quarter.of(numbers.local(request.received_at).date()))
    first = next((value for value, _label in choices if value != running), "")
    context = {
        "rows": rows,
        "choices": choices,
        "first": first,
        "years": _years(request),
        "may_draft": request.actor.may(Permission.DRAFT_RELEASE),
    }
    return render(request, "releases/list.html", context)


def _years(request: StaffRequest) -> list[int]:
    """Return the years that are over, of which something is delivered and nothing is published."""
    published = {one.year for one in queries.releases() if one.status == "published" and _is_year(one)}
    found = reading.years(delivered_report(), before=numbers.local(request.received_at).year)
    return [year for year in found if year not in published]


def _is_year(release: Release) -> bool:
    return release.report_code == delivered_report().code


def _kinds(release: Release) -> tuple[PeriodKind, ...]:
    return (PeriodKind.YEAR,) if _is_year(release) else STANDARD


def _title(release: Release) -> str:
    quarter = f"{release.year}-q{release.quarter}"
    if _is_year(release):
        return _("Lämnade uppgifter, %(year)s") % {"year": release.year}
    return shown.quarter_title(quarter)


def _status(release: Release) -> str:
    words = {
        "draft": _("Utkast"),
        "submitted": _("Väntar på godkännande"),
        "approved": _("Godkänd"),
        "published": _("Publicerad"),
        "discarded": _("Kasserad"),
    }
    return str(words[release.status])


def _steps(release: Release) -> tuple[Step, ...]:
    labels = (_("Räknad, skyddad och prövad"), _("Lämnad för godkännande"), _("Godkänd av en annan"), _("Publicerad"))
    at = STEPS.index(release.status) if release.status in STEPS else 0
    return tuple(
        Step(
            label=label,
            state="done" if place < at or release.status == "published" else "current" if place == at else "coming",
        )
        for place, label in enumerate(labels)
    )


@sees_drafts
@require_GET
def release(request: StaffRequest, release_id: UUID) -> HttpResponse:
    """Show a release: its tables with what is hidden and why, the audit, and what may be done now."""
    one = _found(release_id)
    kinds = _kinds(one)
    kind = request.GET.get("kind", kinds[0].value)
    if kind not in {item.value for item in kinds}:
        raise Http404
    published = queries.published_count()
    documents = queries.tables(one.pk, kind=kind)
    context: dict[str, Any] = {
        "release": one,
        "title": _title(one),
        "status": _status(one),
        "steps": _steps(one),
        "kind": kind,
        "kinds": [(shown.kind_title(item.value), f"?kind={item.value}", item.value == kind) for item in kinds],
        "tables": [
            {
                "table": shown.table(document, for_analyst=True),
                "counted": shown.text(document["counted"]),
                "long": shown.long_rows(document),
                "id": f"table-{document['code']}",
                "hidden": document["hidden"],
            }
            for document in documents
        ],
        "reasons": queries.reasons(one.pk),
        "may": {code: policies.can(code, request.actor, one, published=published) for code in policies.TRANSITIONS},
        "may_revise": one.status == "published"
        and request.actor.may(Permission.DRAFT_RELEASE)
        and not queries.has_open_draft(),
        "suggested_time": _suggested_time(one, request.received_at),
        "is_year": _is_year(one),
        "is_own": one.drafted_by_id == request.actor.account_id,
        "choices": _choices(one),
        "proposals": _proposals(one) if one.status == "draft" else [],
        "may_coarsen": one.status == "draft" and request.actor.may(Permission.DRAFT_RELEASE),
    }
    return render(request, "releases/release.html", context)


def _place(one: Release, kind: str, code: str) -> dict[str, str]:
    """Return a table's name and its period's, and how its choice is posted."""
    return {
        "title": shown.text(actions.report_of(one.report_code).table(code).title.as_json()),
        "period": shown.kind_title(kind),
        "kind": kind,
        "code": code,
    }


def _choices(one: Release) -> list[dict[str, Any]]:
    """Return what was chosen for tables of the release."""
    chosen: dict[str, str] = one.structure.get("choices", {})
    return [
        {**_place(one, *place.split("/")), "is_left_out": choice == drafting.LEFT_OUT}
        for place, choice in sorted(chosen.items())
    ]


def _proposals(one: Release) -> list[dict[str, Any]]:
    """Return the tables that hide much, with what the reader gets now and of a coarser one."""
    return [
        {**_place(one, proposal["kind"], proposal["code"]), "now": proposal["now"], "then": proposal["then"]}
        for proposal in one.structure.get("proposals", [])
    ]


@sees_drafts
@require_POST
def coarsen(request: StaffRequest, release_id: UUID) -> HttpResponse:
    """Count the draft again with a coarser table, without it, or as it is defined."""
    _found(release_id)
    made = actions.coarsen_release(
        release_id=release_id,
        kind=request.POST.get("kind", ""),
        code=request.POST.get("code", ""),
        choice=request.POST.get("choice", ""),
        by=request.actor,
        at=request.received_at,
    )
    return redirect("releases:release", made.pk)


@sees_drafts
@require_GET
def protocol(request: StaffRequest, release_id: UUID) -> HttpResponse:
    """Show which counts are hidden and why, in words."""
    one = _found(release_id)
    parts = protocols.of_release(one, actions.report_of(one.report_code))
    primary, secondary = protocols.totals(parts)
    context = {
        "release": one,
        "title": _title(one),
        "parts": parts,
        "primary": primary,
        "secondary": secondary,
        "choices": _choices(one),
        "reasons": queries.reasons(one.pk),
    }
    return render(request, "releases/protocol.html", context)


def _suggested_time(release: Release, now: datetime) -> str:
    """Return the time that is set, or the planned one if it is still to come, as a form writes it."""
    at = release.publish_at or timetable.planned(Quarter(release.year, release.quarter))
    return numbers.local(at).strftime("%Y-%m-%dT%H:%M") if at > now else ""


def _found(release_id: UUID) -> Release:
    try:
        return queries.release(release_id)
    except LookupError as error:
        raise Http404 from error


@sees_drafts
@require_POST
def step(request: StaffRequest, release_id: UUID) -> HttpResponse:
    """Take the release one step on, or back."""
    _found(release_id)
    take = {
        "submit": actions.submit_for_approval,
        "send_back": actions.send_back_release,
        "approve": actions.approve_release,
        "publish": actions.publish_release,
        "discard": actions.discard_release,
    }.get(request.POST.get("do", ""))
    if take is None:
        raise Invalid(_("Okänt steg."))
    take(release_id=release_id, by=request.actor, at=request.received_at)
    return redirect("releases:release", release_id)


@sees_drafts
@require_POST
def publication_time(request: StaffRequest, release_id: UUID) -> HttpResponse:
    """Set the time at which an approved release is published, move it, or take it away."""
    _found(release_id)
    by, at = request.actor, request.received_at
    if request.POST.get("do") == "withdraw":
        actions.withdraw_publication_time(release_id=release_id, by=by, at=at)
    else:
        try:
            publish_at = timetable.at_clock(request.POST.get("publish_at", ""))
        except timetable.NoSuchHour as error:
            raise Invalid(_("Den timmen finns inte: klockan ställs fram till sommartid. Välj en annan.")) from error
        except timetable.NoTime as error:
            raise Invalid(_("Skriv dag och klockslag, till exempel 2026-11-20 08:00.")) from error
        actions.set_publication_time(release_id=release_id, publish_at=publish_at, by=by, at=at)
    return redirect("releases:release", release_id)


@sees_drafts
@require_POST
def revise(request: StaffRequest, release_id: UUID) -> HttpResponse:
    """Draft a new edition of a published quarter, with the reason that the reader will see."""
    _found(release_id)
    note = request.POST.get("note", "")[:300]
    try:
        check_is_text(note)
    except ValidationError as error:
        raise Invalid(error.message) from error
    made = actions.revise_release(release_id=release_id, note=note, by=request.actor, at=request.received_at)
    return redirect("releases:release", made.pk)


@sees_drafts
@require_POST
def documents(request: StaffRequest, release_id: UUID) -> HttpResponse:
    """Hand out the official documents of a release with a manifest of checksums; the log says who fetched them."""
    one = _found(release_id)
    quarter = f"{one.year}-q{one.quarter}"
    named = [
        (f"{document['code']}-{quarter}-{document['period']['kind']}", document)
        for kind in _kinds(one)
        for document in queries.public_documents(one.pk, kind=kind.value)
    ]
    actions.record_export(release_id=one.pk, by=request.actor, at=request.received_at)
    answer = HttpResponse(exports.archive(named), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="documents-{quarter}-{one.revision}.zip"'
    return answer
