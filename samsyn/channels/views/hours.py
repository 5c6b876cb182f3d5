"""Opening hours: the week, holidays by rule, and single dates."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from samsyn.channels import actions, forms, policies, queries, texts
from samsyn.channels.holidays import holidays
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission


@requires(Permission.MANAGE_TIMES)
@require_http_methods(["GET", "POST"])
def hours(request: StaffRequest) -> HttpResponse:
    """Show when the line is open; a post adds or removes a span or a date."""
    weekly = forms.WeeklyForm()
    exception = forms.ExceptionForm(auto_id="exception_%s")
    queue, actor, at = policies.DEFAULT_QUEUE, request.actor, request.received_at
    status = 200
    if request.method == "POST":
        what = request.POST.get("do", "")
        if what == "add_hours":
            weekly = forms.WeeklyForm(request.POST)
            if weekly.is_valid():
                weekday = weekly.cleaned_data["weekday"]
                actions.add_opening_hours(queue=queue, weekday=weekday, span=weekly.span(), by=actor, at=at)
                return redirect("queue:hours")
        elif what == "add_exception":
            exception = forms.ExceptionForm(request.POST, auto_id="exception_%s")
            if exception.is_valid():
                day = exception.cleaned_data["day"]
                actions.set_opening_exception(queue=queue, day=day, span=exception.span_or_closed(), by=actor, at=at)
                return redirect("queue:hours")
        else:
            _remove(request)
            return redirect("queue:hours")
        status = 422
    today = timezone.localdate(at)
    context = {
        "weekly": weekly,
        "exception": exception,
        "rows": [{"row": row, "weekday": texts.WEEKDAYS[row.weekday]} for row in queries.weekly_hours(queue=queue)],
        "exceptions": [
            {"row": row, "weekday": texts.WEEKDAYS[row.weekday]}
            for row in queries.exceptions(queue=queue, first_day=today)
        ],
        "holidays": [
            {"day": day, "weekday": texts.WEEKDAYS[day.weekday()]}
            for year in (today.year, today.year + 1)
            for day in holidays(year)
            if day >= today
        ][:16],
    }
    return render(request, "channels/hours.html", context, status=status)


def _remove(request: StaffRequest) -> None:
    try:
        row = UUID(request.POST.get("row", ""))
        if request.POST.get("do") == "remove_hours":
            actions.remove_opening_hours(hours_id=row, by=request.actor, at=request.received_at)
        else:
            actions.remove_opening_exception(exception_id=row, by=request.actor, at=request.received_at)
    except (ValueError, LookupError) as error:
        raise Http404 from error
