"""The page of the three officers: what waits for two of them."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from samsyn.cases import forms, policies, queries
from samsyn.cases import officers as office
from samsyn.cases.actions import exports, keys, sharing, succession
from samsyn.cases.views.access import who, with_keys
from samsyn.people.access import requires
from samsyn.people.refusals import Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission


@requires(Permission.MANAGE_KEYS)
@require_http_methods(["GET", "POST"])
@with_keys
def officers(request: StaffRequest) -> HttpResponse:
    """Show what waits for the officer; a post does this officer's step of it."""
    if request.method == "POST":
        wanted: UUID = forms.identity(request.POST, "id")
        what = request.POST.get("do", "")
        if what == "review":
            sharing.review_emergency(emergency_id=wanted, by=request.actor, at=request.received_at)
        elif what == "certify":
            keys.certify(account_id=wanted, **who(request))
        elif what == "recover":
            keys.help_recovery(recovery_id=wanted, **who(request))
        elif what == "emergency":
            sharing.help_emergency(emergency_id=wanted, **who(request))
        elif what == "export":
            exports.approve_export(export_id=wanted, reason=request.POST.get("reason", ""),
                                   tried_secrecy=forms.ticked(request.POST, "tried_secrecy"), **who(request))  # fmt: skip
        elif what == "replace":
            succession.begin_succession(
                gone=wanted, successor=forms.identity(request.POST, "successor"), **who(request)
            )
        elif what == "replace_finish":
            succession.finish_succession(succession_id=wanted, **who(request))
        elif what == "replace_stop":
            succession.stop_succession(succession_id=wanted, by=request.actor, at=request.received_at)
        elif what == "decline":
            exports.decline_export(export_id=wanted, by=request.actor, at=request.received_at)
        return redirect("cases:officers")
    work = queries.officer_work(by=request.actor)
    try:
        three = office.office()
    except Refused:
        three = None  # the keeper does not answer; what else waits is shown all the same
    context = {
        "work": work,
        "office": three,
        "grounds": policies.GROUNDS,
        "reasons": policies.EXPORT_REASONS,
        "keys": queries.keys_of(request.actor.account_id),
    }
    return render(request, "cases/officers.html", context)
