"""The pages of log review: the weeks, one week with its decisions, and what is late."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samsyn.oversight import actions, events
from samsyn.oversight import rounds as reviewed
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission


@requires(Permission.READ_LOG)
@require_GET
def rounds(request: StaffRequest) -> HttpResponse:
    """List the weeks with how much waits in each."""
    today = localdate(request.received_at)
    found = [reviewed.round_of(week, at=request.received_at) for week in reviewed.weeks(today=today)]
    rows = [{"round": one, "late": one.is_late(today=today)} for one in found]
    return render(request, "oversight/rounds.html", {"rows": rows})


@requires(Permission.READ_LOG)
@require_GET
def review(request: StaffRequest, week: str) -> HttpResponse:
    """Show a week: everything to look at, with its explanation, never with content."""
    try:
        found = actions.read_round(week=week, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    context = {
        "round": found,
        "late": found.is_late(today=localdate(request.received_at)),
        "rows": [{"item": one, "may": reviewed.may_decide(one, by=request.actor)} for one in found.items],
        "verdicts": [(code, str(label).capitalize()) for code, label in events.VERDICTS.items()],
    }
    return render(request, "oversight/review.html", context)


@requires(Permission.READ_LOG)
@require_POST
def decide(request: StaffRequest, week: str) -> HttpResponse:
    """Write a decision down."""
    try:
        event_id = UUID(request.POST.get("event", ""))
    except ValueError as error:
        raise Invalid(_("Välj en av raderna på sidan.")) from error
    try:
        actions.decide(
            week=week,
            rule=request.POST.get("rule", ""),
            event_id=event_id,
            verdict=request.POST.get("verdict", ""),
            by=request.actor,
            at=request.received_at,
        )
    except LookupError as error:
        raise Http404 from error
    return redirect("oversight:review", week)


@requires(Permission.MANAGE_KEYS)
@require_GET
def overdue(request: StaffRequest) -> HttpResponse:
    """Show the key officers which weeks are late, in numbers."""
    found = actions.overdue(by=request.actor, at=request.received_at)
    return render(request, "oversight/overdue.html", {"rounds": found})
