"""The page where a case is handed out: asked for, waited for, fetched once."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from samsyn.cases import forms, policies, queries
from samsyn.cases.actions import cases, exports
from samsyn.cases.views.access import who, with_keys
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission


@requires(Permission.SUPPORT_PERSONS)
@require_http_methods(["GET", "POST"])
@with_keys
def export(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Show how far the case's handing out has come; a post asks for it, or fetches what was approved."""
    by, at = request.actor, request.received_at
    if request.method == "POST":
        if request.POST.get("do") == "fetch":
            wanted = forms.identity(request.POST, "id")
            content = exports.export_case(export_id=wanted, **who(request))
            headers = {"Content-Disposition": f'attachment; filename="{wanted}.samsyn-export"'}
            return HttpResponse(content, content_type="application/octet-stream", headers=headers)
        exports.ask_export(
            case_id=case_id, recipient=forms.text(request.POST, "recipient", longest=120, required=True),
            public=exports.read_key(request.POST.get("public", "")[:4_000]),
            ground=forms.chosen(request.POST, "ground", policies.EXPORT_GROUNDS), by=by, at=at,
            guardian=forms.guardian(request.POST),
        )  # fmt: skip
        return redirect("cases:export", case_id)
    access = cases.access_to(case_id=case_id, by=by, at=at)
    if access.grant is None or "share" not in access.grant.rights:
        raise Http404
    context = {
        "case": access.case, "export": queries.export_of(case_id), "grounds": policies.EXPORT_GROUNDS,
        "guardians": policies.GUARDIANS, "reads": policies.GUARDIAN_READS,
    }  # fmt: skip
    return render(request, "cases/export.html", context)
