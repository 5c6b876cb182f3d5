"""Pages of the survey of methods: an organisation answers on one page; the centre opens, follows and closes rounds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samsyn.deliveries import queries as deliveries
from samsyn.deliveries.forms import RoundForm
from samsyn.deliveries.survey import actions, answers, queries
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid, Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.questions import bank, showing
from samsyn.questions.exchange.package import Package
from samsyn.ui.forms import Problem


@requires(Permission.DELIVER)
@require_http_methods(["GET", "POST"])
def answer(request: StaffRequest) -> HttpResponse:
    """Show the survey with what was answered last; a post stores the organisation's answer."""
    sender = deliveries.deliverer_of(request.actor)
    found = queries.asked(sender)
    if found is None:
        raise Refused(_("Ingen enkät är öppen för er just nu."), status=404)
    package = queries.package_of(found.version)
    given: Mapping[str, Sequence[str]] = found.answers
    problems: dict[str, str] = {}
    if request.method == "POST":
        if request.POST.get("round") != str(found.round_id):
            raise Refused(_("Omgången är stängd. Svaret sparades inte."))
        given = {one.code: request.POST.getlist(one.code) for one in package.variables}
        said, problems = answers.read(package, given)
        if said and not problems:
            actions.answer(round_id=found.round_id, given=given, sender=sender, at=request.received_at)
            return redirect("deliveries:home")
    is_empty = request.method == "POST" and not problems
    context = {
        "found": found,
        "name": deliveries.name_of(sender.deliverer_id),
        "title": bank.said(package.title),
        "asked": _asked(package, given, problems),
        "problems": _summary(problems, is_empty=is_empty),
    }
    return render(request, "deliveries/survey.html", context, status=422 if request.method == "POST" else 200)


def _summary(problems: Mapping[str, str], *, is_empty: bool) -> list[Problem]:
    if is_empty:
        return [Problem(_("Svara på minst en fråga."), "")]
    return [Problem(message, f"{code}-error") for code, message in problems.items()]


def _asked(
    package: Package, given: Mapping[str, Sequence[str]], problems: Mapping[str, str]
) -> list[list[showing.Asked]]:
    """Return the questions, those that hang on one together with it."""
    language = "en" if get_language() == "en" else "sv"
    shown, _left_out = showing.preview(package, mode=None, language=language, answers=given)
    groups: list[list[showing.Asked]] = []
    for one in shown:
        said = replace(one, group=replace(one.group, error=problems.get(one.group.name, "")))
        if one.about and groups:
            groups[-1].append(said)
        else:
            groups.append([said])
    return groups


@requires(Permission.SEE_DELIVERIES)
@require_GET
def rounds(request: StaffRequest) -> HttpResponse:
    """List the rounds, and offer to open one where none is open."""
    return _rounds(request, None)


def _rounds(request: StaffRequest, form: RoundForm | None, *, status: int = 200) -> HttpResponse:
    known = queries.rounds()
    today = deliveries.today_of(request.received_at)
    is_open = any(one.closed_at is None for one in known)
    shown = form or RoundForm(versions=queries.versions(), initial={"year": today.year})
    context = {"rounds": known, "form": None if is_open else shown}
    return render(request, "deliveries/rounds.html", context, status=status)


@requires(Permission.MANAGE_DELIVERERS)
@require_POST
def open_round(request: StaffRequest) -> HttpResponse:
    """Open a round and go to its page."""
    form = RoundForm(request.POST, versions=queries.versions())
    if form.is_valid():
        try:
            made = actions.open_round(new=form.new(), by=request.actor, at=request.received_at)
            return redirect("deliveries:round", made)
        except Invalid as refused:
            form.add_error(None, str(refused.message))
    return _rounds(request, form, status=422)


@requires(Permission.SEE_DELIVERIES)
@require_GET
def round_page(request: StaffRequest, round_id: UUID) -> HttpResponse:
    """Show a round: how many have answered, what they use, who is lacking."""
    try:
        found = queries.round_by_id(round_id)
    except LookupError as error:
        raise Http404 from error
    package = queries.package_of(found.version)
    replies = queries.replies(round_id)
    used = answers.tools(package)
    context: dict[str, Any] = {
        "found": found,
        "title": bank.said(package.title),
        "tallies": [
            (bank.said(one.label), answers.tally(answers.tool_of(one), [row.answers for row in replies]))
            for one in used
        ],
        "lacking": [row for row in replies if row.answers is None],
        "answered": [
            (row, [bank.said(one.label) for one in used if answers.uses(answers.tool_of(one), row.answers)])
            for row in replies
            if row.answers is not None
        ],
        "not_asked": queries.not_asked(round_id),
    }
    return render(request, "deliveries/round.html", context)


@requires(Permission.MANAGE_DELIVERERS)
@require_POST
def remind_round(request: StaffRequest, round_id: UUID) -> HttpResponse:
    """Remind one organisation, or everybody who hasn't answered."""
    try:
        code = request.POST.get("code", "")[:20]
        actions.remind(round_id=round_id, code=code, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("deliveries:round", round_id)


@requires(Permission.MANAGE_DELIVERERS)
@require_POST
def close_round(request: StaffRequest, round_id: UUID) -> HttpResponse:
    """Close a round for good."""
    try:
        actions.close_round(round_id=round_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("deliveries:round", round_id)
