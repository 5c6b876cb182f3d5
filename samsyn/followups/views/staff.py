"""Staff pages: results, what is due, one follow-up, a call."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samsyn.followups import actions, forms, queries, tables
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.ui.components import Tab

to_see = requires(Permission.SEE_QUALITY)
to_follow_up = requires(Permission.REGISTER_CONTACT)


@to_see
@require_GET
def results(request: StaffRequest) -> HttpResponse:
    """Show the direct follow-up of a quarter that is over."""
    actor, at = request.actor, request.received_at
    quarters = queries.direct_quarters(by=actor, at=at)
    wanted = request.GET.get("quarter", "")
    chosen = next((one for one in quarters if f"{one[0]}-q{one[1]}" == wanted), quarters[0] if quarters else None)
    found = queries.direct_results(year=chosen[0], quarter=chosen[1], by=actor, at=at) if chosen else ()
    periods = [
        Tab(label=f"{year} {_('kv')} {q}", url=f"?quarter={year}-q{q}", current=(year, q) == chosen)
        for year, q in quarters[:8]
    ]
    context = {"tabs": _tabs(request, "results"), "periods": periods, "table": tables.direct(found) if found else None}
    return render(request, "followups/results.html", context)


@to_see
@require_GET
def effects(request: StaffRequest) -> HttpResponse:
    """Show what follow-ups of effects told in a year that is over, as themes."""
    actor, at = request.actor, request.received_at
    years = queries.effect_years(by=actor, at=at)
    wanted = request.GET.get("year", "")
    chosen = next((one for one in years if str(one) == wanted), years[0] if years else None)
    found = queries.effect_results(year=chosen, by=actor, at=at) if chosen else ()
    periods = [Tab(label=str(year), url=f"?year={year}", current=year == chosen) for year in years[:8]]
    context = {"tabs": _tabs(request, "effects"), "periods": periods, "tables": [tables.effect(one) for one in found]}
    return render(request, "followups/effects.html", context)


@to_follow_up
@require_GET
def due(request: StaffRequest) -> HttpResponse:
    """Show whom to call about what happened since, and all follow-ups by their numbers."""
    actor, at = request.actor, request.received_at
    context = {
        "tabs": _tabs(request, "due"),
        "due": queries.due_calls(by=actor, at=at),
        "follow_ups": queries.follow_ups(by=actor),
    }
    return render(request, "followups/due.html", context)


@to_follow_up
@require_GET
def follow_up(request: StaffRequest, follow_up_id: UUID) -> HttpResponse:
    """Show one matter's follow-up: what was told each time."""
    try:
        found = queries.follow_up(follow_up_id=follow_up_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return render(request, "followups/follow_up.html", {"follow_up": found})


@to_follow_up
@require_POST
def withdraw(request: StaffRequest, follow_up_id: UUID) -> HttpResponse:
    """End a follow-up whose consent is taken back."""
    try:
        actions.withdraw(follow_up_id=follow_up_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("followups:follow_up", follow_up_id)


@to_follow_up
@require_http_methods(["GET", "POST"])
def call(request: StaffRequest, occasion_id: UUID) -> HttpResponse:
    """Ask the questions on the phone: a first post shows the number, the next one keeps the answers."""
    actor, at = request.actor, request.received_at
    try:
        found, instrument = queries.callable_occasion(occasion_id=occasion_id, by=actor, at=at)
        context = {"follow_up": found, "instrument": instrument, "occasion_id": occasion_id}
        if request.method == "POST" and request.POST.get("do") == "show":
            context["details"] = actions.read_details(follow_up_id=found.id, by=actor, at=at)
        elif request.method == "POST":
            raw = forms.raw_answers(request.POST, [question.code for question in instrument.questions])
            actions.answer_by_phone(occasion_id=occasion_id, raw=raw, by=actor, at=at)
            return redirect("followups:follow_up", found.id)
    except LookupError as error:
        raise Http404 from error
    except Invalid as refused:
        context["error"] = str(refused.message)
        return render(request, "followups/call.html", context, status=422)
    return render(request, "followups/call.html", context)


def _tabs(request: StaffRequest, current: str) -> tuple[Tab, ...]:
    entries = [("results", _("Samtalen")), ("effects", _("Effekter"))]
    if request.actor.may(Permission.REGISTER_CONTACT):
        entries.append(("due", _("Att följa upp")))
    return tuple(Tab(label=label, url=reverse(f"followups:{name}"), current=name == current) for name, label in entries)
