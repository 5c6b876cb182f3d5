"""The page of the figures about cases that a team lead sees."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from samsyn.cases import returns as figures
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission


@requires(Permission.SEE_QUALITY)
@require_GET
def returns(request: StaffRequest) -> HttpResponse:
    """Show to how many of a quarter's cases by code somebody came back."""
    today = timezone.localdate(request.received_at)
    return render(
        request, "cases/returns.html", {"quarters": figures.by_quarter(today=today), "within": figures.WITHIN.days}
    )
