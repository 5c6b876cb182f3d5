"""The pages of the gate: agreements, packages, one package with what is hidden, and the file to hand over."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samsyn.aggregates import actions, queries
from samsyn.aggregates.forms import AgreementForm
from samsyn.deliveries.checking.formats import STATES, TableFormat
from samsyn.deliveries.composed import parts
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.vocabulary import queries as vocabulary

sees = requires(Permission.SEE_STATISTICS_DRAFTS)


@sees
@require_GET
def packages(request: StaffRequest) -> HttpResponse:
    """List agreements and packages."""
    return _packages(request, AgreementForm())


def _packages(request: StaffRequest, form: AgreementForm, *, status: int = 200) -> HttpResponse:
    actor = request.actor
    agreements = queries.agreements(by=actor)
    context = {
        "agreements": [{"row": row, "tables": [queries.title_of(one) for one in row.tables]} for row in agreements],
        "packages": [
            {"row": row, "title": queries.title_of(row.table), "holds_cases": row.table in parts.tables()}
            for row in queries.package_rows(by=actor)
        ],
        "choices": [
            (f"{table} {period}", f"{queries.title_of(table)} {period}")
            for table, period in queries.choices(today=localdate(request.received_at))
        ],
        "form": form,
        "may_make": actor.may(Permission.DRAFT_RELEASE),
        "may_approve": actor.may(Permission.APPROVE_RELEASE),
        "me": actor.account_id,
    }
    return render(request, "aggregates/packages.html", context, status=status)


@requires(Permission.DRAFT_RELEASE)
@require_POST
def propose(request: StaffRequest) -> HttpResponse:
    """Write an agreement down."""
    form = AgreementForm(request.POST)
    if form.is_valid():
        try:
            actions.propose_agreement(new=form.new(), by=request.actor, at=request.received_at)
            return redirect("aggregates:packages")
        except Invalid as refused:
            form.add_error(None, str(refused.message))
    return _packages(request, form, status=422)


def _take(request: StaffRequest, steps: Mapping[str, Callable[..., object]], **about: UUID) -> None:
    """Take the step whose button was pressed; raise Invalid if it is none of them, Http404 if there is no such row."""
    step = steps.get(request.POST.get("do", ""))
    if step is None:
        raise Invalid(_("Välj en av knapparna på sidan."))
    try:
        step(**about, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error


@sees
@require_POST
def decide_agreement(request: StaffRequest, agreement_id: UUID) -> HttpResponse:
    """Approve an agreement, or end one."""
    steps = {"approve": actions.approve_agreement, "end": actions.end_agreement}
    _take(request, steps, agreement_id=agreement_id)
    return redirect("aggregates:packages")


@requires(Permission.DRAFT_RELEASE)
@require_POST
def make(request: StaffRequest) -> HttpResponse:
    """Count and protect a quarter of a table."""
    table, _blank, period = request.POST.get("what", "")[:120].partition(" ")
    made = actions.make_package(table=table, period=period, by=request.actor, at=request.received_at)
    return redirect("aggregates:package", made)


@sees
@require_GET
def package(request: StaffRequest, package_id: UUID) -> HttpResponse:
    """Show a package: its figures, what is hidden, and what the attack found; or its cases."""
    try:
        found = queries.package(package_id, by=request.actor)
    except LookupError as error:
        raise Http404 from error
    may_approve = request.actor.may(Permission.APPROVE_RELEASE)
    context = {
        "package": found.row,
        "title": queries.title_of(found.row.table),
        "columns": _columns(found.format) if found.format else [],
        "sections": _sections(found, found.format) if found.format else [],
        "stories": queries.package_cases(found.row),
        "may_approve": may_approve and found.row.made_by != request.actor.account_id,
        "is_own": found.row.made_by == request.actor.account_id,
    }
    return render(request, "aggregates/package.html", context)


def _columns(form: TableFormat) -> list[str]:
    is_english = get_language() == "en"
    if not form.breakdowns:
        return [_("Antal")]
    return [item.label_en if is_english else item.label_sv for item in form.breakdowns[0].codes]


def _sections(found: queries.PackageFigures, form: TableFormat) -> list[dict[str, Any]]:
    is_english = get_language() == "en"
    width = form.width
    sections = []
    for variable in form.variables:
        labels = {one.code: one.label_en if is_english else one.label_sv for one in variable.codes}
        labels |= {state: str(vocabulary.STATES[state]) for state in STATES}
        rows = [
            {"label": labels[answer], "cells": found.figures[at : at + width]}
            for answer, at in form.places[variable.code].items()
        ]
        sections.append({"title": variable.label_en if is_english else variable.label_sv, "rows": rows})
    return sections


@sees
@require_POST
def decide_package(request: StaffRequest, package_id: UUID) -> HttpResponse:
    """Approve and sign a package, or put one aside."""
    steps = {"approve": actions.approve_package, "discard": actions.discard_package}
    _take(request, steps, package_id=package_id)
    return redirect("aggregates:package", package_id)


@sees
@require_POST
def file(request: StaffRequest, package_id: UUID) -> HttpResponse:
    """Hand the signed package out as a file."""
    try:
        name, content = actions.hand_over(package_id=package_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
