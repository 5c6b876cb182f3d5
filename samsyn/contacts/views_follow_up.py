"""The page where an adviser writes down what a professional agreed to: a link afterwards, a follow-up later on."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from samsyn.contacts import queries
from samsyn.followups import actions as followups
from samsyn.followups import forms, policies
from samsyn.followups import queries as followup_queries
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission


@requires(Permission.REGISTER_CONTACT)
@require_http_methods(["GET", "POST"])
def follow_up(request: StaffRequest, contact_id: UUID) -> HttpResponse:
    """Show and take what the professional agrees to; it is planned when the contact is closed."""
    try:
        draft = queries.draft(contact_id=contact_id, by=request.actor)
    except LookupError as error:
        raise Http404 from error
    if draft.closed_at is not None:
        return redirect("desk:contact", contact_id)
    context: dict[str, object] = {"contact_id": contact_id, "months": policies.MONTHS}
    if request.method == "POST":
        actor, at = request.actor, request.received_at
        try:
            if request.POST.get("do") == "forget":
                followups.forget_wish(contact_id=contact_id, by=actor, at=at)
            else:
                followups.note_wish(contact_id=contact_id, agreed=forms.agreed(request.POST), by=actor, at=at)
        except Invalid as refused:
            return render(request, "contacts/follow_up.html", context | {"error": refused.message}, status=422)
        return redirect("desk:contact", contact_id)
    context["wish"] = followup_queries.wish(contact_id=contact_id)
    return render(request, "contacts/follow_up.html", context)
