"""Whom to call back."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from samsyn.channels import actions, forms, policies, queries, texts
from samsyn.channels.adapters import known
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission

at_the_desk = requires(Permission.REGISTER_CONTACT)


@at_the_desk
@require_http_methods(["GET", "POST"])
def call_backs(request: StaffRequest) -> HttpResponse:
    """Show whom to call back; a post promises another."""
    form = forms.CallBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not known.can_call_back():
        raise Http404
    if request.method == "POST" and form.is_valid():
        actions.promise_call_back(**form.cleaned_data, by=request.actor, at=request.received_at)
        return redirect("queue:call_backs")
    return _page(request, form, status=422 if request.method == "POST" else 200)


@at_the_desk
@require_POST
def call_back(request: StaffRequest, call_back_id: UUID) -> HttpResponse:
    """Show the number once, or take how an attempt went."""
    result = request.POST.get("result", "")
    try:
        if result:
            actions.record_attempt(call_back_id=call_back_id, result=result, by=request.actor, at=request.received_at)
            return redirect("queue:call_backs")
        number = actions.show_number(call_back_id=call_back_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return _page(request, forms.CallBackForm(), shown=call_back_id, number=number)


def _page(
    request: StaffRequest, form: forms.CallBackForm, *, shown: UUID | None = None, number: str = "", status: int = 200
) -> HttpResponse:
    rows = [
        {"row": row, "wished": texts.WISHED_PARTS[row.wished_part]} for row in queries.open_call_backs(by=request.actor)
    ]
    context = {
        "rows": rows,
        "form": form if known.can_call_back() else None,
        "shown": shown,
        "number": number,
        "results": [(code, texts.RESULTS[code]) for code in policies.RESULTS],
        "most": policies.MOST_ATTEMPTS,
    }
    return render(request, "channels/call_backs.html", context, status=status)
