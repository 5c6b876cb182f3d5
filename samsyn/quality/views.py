"""Pages of measurements and deviations."""

import csv
import io
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samsyn.people.access import requires
from samsyn.people.refusals import Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.quality import actions, queries, tables
from samsyn.quality.forms import DeviationForm, PeriodForm, QuestionLines
from samsyn.questions import queries as questions
from samsyn.ui.components import Tab

to_see = requires(Permission.SEE_QUALITY)
to_plan = requires(Permission.PLAN_MEASUREMENTS)


@to_see
@require_GET
def periods(request: StaffRequest) -> HttpResponse:
    """Show the measurements."""
    context = {
        "tabs": _tabs("periods"),
        "periods": queries.periods(by=request.actor),
        "may_plan": request.actor.may(Permission.PLAN_MEASUREMENTS),
        "today": timezone.localdate(request.received_at),
    }
    return render(request, "quality/periods.html", context)


@to_plan
@require_http_methods(["GET", "POST"])
def plan_period(request: StaffRequest) -> HttpResponse:
    """Show the form of a plan; a post plans it."""
    form, lines = PeriodForm(request.POST or None), QuestionLines(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        form, lines = PeriodForm(request.POST), QuestionLines(request.POST)
        if form.is_valid() and lines.is_valid():
            try:
                plan = form.plan(lines)
                period_id = actions.plan_period(plan=plan, by=request.actor, at=request.received_at)
                return redirect("quality:period", period_id)
            except Refused as refused:
                form.add_error(None, str(refused.message))
                status = refused.status
    return render(request, "quality/plan_period.html", {"form": form, "lines": lines}, status=status)


@to_see
@require_GET
def period(request: StaffRequest, period_id: UUID) -> HttpResponse:
    """Show one measurement: its plan, and its report when it is over."""
    found = _found(request, period_id)
    context = {
        "period": found,
        "may_plan": request.actor.may(Permission.PLAN_MEASUREMENTS),
        "tables": tables.of_report(found.report) if found.report else (),
    }
    return render(request, "quality/period.html", context)


@to_plan
@require_POST
def stop_period(request: StaffRequest, period_id: UUID) -> HttpResponse:
    """Stop a measurement and freeze its report."""
    _found(request, period_id)
    actions.stop_period(period_id=period_id, by=request.actor, at=request.received_at)
    return redirect("quality:period", period_id)


@to_see
@require_GET
def period_file(request: StaffRequest, period_id: UUID) -> HttpResponse:
    """Return the frozen report as CSV."""
    found = _found(request, period_id)
    if found.report is None:
        raise Http404
    text = io.StringIO()
    csv.writer(text).writerows(tables.as_rows(found.report))
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{tables.file_name(found.number)}"'
    return answer


@to_see
@require_GET
def deviations(request: StaffRequest) -> HttpResponse:
    """Show what departed from the templates, and what was decided."""
    context = {
        "tabs": _tabs("deviations"),
        "deviations": queries.deviations(by=request.actor),
        "may_decide": request.actor.may(Permission.PLAN_MEASUREMENTS),
    }
    return render(request, "quality/deviations.html", context)


@requires(Permission.REGISTER_CONTACT)
@require_http_methods(["GET", "POST"])
def report_deviation(request: StaffRequest, template_version_id: UUID) -> HttpResponse:
    """Show the form of a deviation from this version of a template; a post keeps it."""
    try:
        template = questions.published_template(version_id=template_version_id)
    except LookupError as error:
        raise Http404 from error
    on = timezone.localdate(request.received_at)
    form = DeviationForm(request.POST or None, template=template, on=on)
    if request.method == "POST" and form.is_valid():
        actions.report_deviation(
            template_version_id=template_version_id, by=request.actor, at=request.received_at, **form.cleaned_data
        )
        return redirect("quality:deviations")
    status = 422 if request.method == "POST" else 200
    return render(request, "quality/report_deviation.html", {"form": form, "template": template}, status=status)


@to_plan
@require_POST
def decide_deviation(request: StaffRequest, deviation_id: UUID) -> HttpResponse:
    """Decide on a deviation."""
    decision = request.POST.get("decision", "")
    try:
        actions.decide_deviation(deviation_id=deviation_id, decision=decision, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("quality:deviations")


def _found(request: StaffRequest, period_id: UUID) -> queries.PeriodRow:
    try:
        return queries.period(period_id=period_id, by=request.actor)
    except LookupError as error:
        raise Http404 from error


def _tabs(current: str) -> tuple[Tab, ...]:
    entries = (("periods", _("Mätningar")), ("deviations", _("Avvikelser")))
    return tuple(Tab(label=label, url=reverse(f"quality:{name}"), current=name == current) for name, label in entries)
