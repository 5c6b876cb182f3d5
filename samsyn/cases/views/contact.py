"""Safe contact: may I now, and what two persons do where somebody must be reached all the same."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from samsyn.cases import forms, policies, queries, words
from samsyn.cases.actions import contact as actions
from samsyn.cases.views.access import who, with_keys
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission


@requires(Permission.SUPPORT_PERSONS)
@require_POST
@with_keys
def contact(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Ask whether the person may be contacted this way now, or ask a second person to let one contact go against it."""
    channel = forms.chosen(request.POST, "channel", words.CHANNELS)
    if request.POST.get("do") == "override":
        actions.ask_override(case_id=case_id, channel=channel, ground=request.POST.get("ground", ""), **who(request))
        return redirect("cases:case", case_id)
    voicemail = forms.ticked(request.POST, "voicemail")
    answer = actions.check_contact(case_id=case_id, channel=channel, voicemail=voicemail, **who(request))
    asked = queries.is_override_asked(case_id, channel=channel, by=request.actor, at=request.received_at)
    context = {
        "case_id": case_id, "why": words.WHY_NOT.get(answer.why, ""), "channel": words.CHANNELS[channel],
        "channel_code": channel, "rules": answer.rules, "until": answer.until,
        "against": words.WHY_NOT.get(answer.against, ""), "may_ask": answer.may_ask and not asked, "asked": asked,
        "grounds": policies.OVERRIDE_GROUNDS,
    }  # fmt: skip
    return render(request, "cases/contact.html", context, status=409 if answer.why else 200)


@requires(Permission.CONFIRM_OVERRIDES)
@require_http_methods(["GET", "POST"])
@with_keys
def overrides(request: StaffRequest) -> HttpResponse:
    """Show what waits for this person as the second one; a post confirms one of it."""
    by, at = request.actor, request.received_at
    if request.method == "POST":
        actions.confirm_override(override_id=forms.identity(request.POST, "id"), by=by, at=at)
        return redirect("cases:overrides")
    return render(request, "cases/overrides.html", {"waiting": queries.overrides_to_confirm(by=by, at=at)})
