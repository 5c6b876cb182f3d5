"""The pages of composed cases: the list, the form, and one case with the checklist of those who clear it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samsyn.aggregates.composed import actions, queries
from samsyn.aggregates.composed.forms import ComposeForm
from samsyn.aggregates.models import CHECKLIST
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission

composes = requires(Permission.COMPOSE_CASES)


@composes
@require_GET
def cases(request: StaffRequest) -> HttpResponse:
    """List every composed case."""
    return render(request, "aggregates/composed_cases.html", {"cases": queries.cases(by=request.actor)})


@composes
@require_http_methods(["GET", "POST"])
def compose(request: StaffRequest) -> HttpResponse:
    """Show the form; a post composes a case."""
    form = ComposeForm(request.POST or None)
    if form.is_valid():
        try:
            said = {"words": form.words(), "of_several": form.cleaned_data["of_several"]}
            made = actions.compose(**said, by=request.actor, at=request.received_at)
            return redirect("aggregates:composed_case", made)
        except Invalid as refused:
            form.add_error(None, str(refused.message))
    return _form(request, form)


@composes
@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Show the form with a case's choices; a post writes it anew, and it is cleared from the beginning."""
    found = _case(request, case_id)
    form = ComposeForm(request.POST or None, words=found.words)
    if form.is_valid():
        try:
            said = {"words": form.words(), "of_several": form.cleaned_data["of_several"]}
            actions.change(case_id=case_id, **said, by=request.actor, at=request.received_at)
            return redirect("aggregates:composed_case", case_id)
        except Invalid as refused:
            form.add_error(None, str(refused.message))
    return _form(request, form, found)


def _form(request: StaffRequest, form: ComposeForm, found: queries.CaseRow | None = None) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, "aggregates/compose.html", {"form": form, "case": found}, status=status)


def _case(request: StaffRequest, case_id: UUID) -> queries.CaseRow:
    try:
        return queries.case(case_id, by=request.actor)
    except LookupError as error:
        raise Http404 from error


@composes
@require_GET
def case(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Show one case as it will be read, with what this person may do about it."""
    found = _case(request, case_id)
    me = request.actor.account_id
    is_own = found.composed_by == me
    context = {
        "case": found,
        "checklist": CHECKLIST.items(),
        "is_own": is_own,
        "has_cleared": found.first_cleared_by == me,
        "is_open": found.state in {"waiting", "returned"},
        "is_rare": found.state in {"waiting", "returned"} and queries.is_rare(found.words),
        "may_drop": found.state == "returned" or (found.state == "waiting" and is_own),
        "may_clear": found.state == "waiting" and not is_own and found.first_cleared_by != me,
    }
    return render(request, "aggregates/composed_case.html", context)


@composes
@require_POST
def decide(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Clear a case, send it back, take away one's own, or stop what was cleared."""
    by, at = request.actor, request.received_at
    seen, holds = request.POST.get("seen", ""), request.POST.getlist("holds")
    what = request.POST.get("do", "")
    try:
        if what == "clear":
            actions.clear(case_id=case_id, seen=seen, holds=holds, by=by, at=at)
        elif what == "send_back":
            actions.send_back(case_id=case_id, seen=seen, holds=holds, by=by, at=at)
        elif what == "drop":
            actions.drop(case_id=case_id, by=by, at=at)
            return redirect("aggregates:composed_cases")
        elif what == "stop":
            actions.stop(case_id=case_id, by=by, at=at)
        else:
            raise Invalid(_("Välj en av knapparna på sidan."))
    except LookupError as error:
        raise Http404 from error
    return redirect("aggregates:composed_case", case_id)
