"""Pages of composed cases at the centre: the list, and one to read, print and teach with."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from samsyn.deliveries.composed import queries
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission

reads = requires(Permission.READ_COMPOSED_CASES)


@reads
@require_GET
def cases(request: StaffRequest) -> HttpResponse:
    """List the cases that have been taken in."""
    return render(request, "deliveries/composed_cases.html", {"cases": queries.delivered(by=request.actor)})


@reads
@require_GET
def case(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Show one case in both languages, with what it cannot be used for."""
    try:
        found = queries.delivered_case(case_id, by=request.actor)
    except LookupError as error:
        raise Http404 from error
    return render(request, "deliveries/composed_case.html", {"case": found})
