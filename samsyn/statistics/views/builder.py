"""The table builder's pages: ask, read the protected answer, ask for exact figures, and what everybody has asked."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.people.texts import check_is_text
from samsyn.statistics import queries, shown
from samsyn.statistics.asked import actions, forms, words
from samsyn.statistics.asked.answers import Answer, values_of
from samsyn.statistics.asked.questions import Question
from samsyn.statistics.asked.variables import TIME, Variable, variables
from samsyn.statistics.definitions.model import UNITS, Unit
from samsyn.statistics.models import AskedTable
from samsyn.statistics.periods import FIRST_QUARTER, Quarter
from samsyn.ui import numbers
from samsyn.ui.components import Choice, ChoiceGroup, Select, Tab

sees_drafts = requires(Permission.SEE_STATISTICS_DRAFTS)


@sees_drafts
@require_http_methods(["GET", "POST"])
def ask(request: StaffRequest) -> HttpResponse:
    """Show what can be asked for of a unit; a post asks."""
    problem, status = "", 200
    if request.method == "POST":
        try:
            question = forms.question_of(request.POST)
            asked = actions.ask_table(question=question, by=request.actor, at=request.received_at)
            return redirect("tables:table", asked.pk)
        except Invalid as error:
            problem, status = str(error.message), error.status
    sent = request.POST if request.method == "POST" else request.GET
    try:
        unit = forms.unit_of(sent)
    except Invalid:
        if request.method == "GET":
            raise
        unit = "person"
    return render(request, "builder/ask.html", _form(request, unit, sent) | {"problem": problem}, status=status)


def _form(request: StaffRequest, unit: Unit, sent: QueryDict) -> dict[str, Any]:
    """Return the form with what was sent chosen in it."""
    known = variables()[unit]
    options = [*((column, words.label(unit, column)) for column in known), (TIME, words.label(unit, TIME))]
    running = Quarter.of(numbers.local(request.received_at).date())
    quarters = [str(Quarter.at(index)) for index in range(running.index, FIRST_QUARTER.index - 1, -1)]
    # The quarter that ended last, and the three before it.
    ended = running.previous if running > FIRST_QUARTER else running
    first = sent.get("first", str(Quarter.at(max(FIRST_QUARTER.index, ended.index - 3))))

    def select(name: str, label: str, pairs: list[tuple[str, str]], value: str, *, empty: str = "") -> Select:
        choices = tuple(Choice(value=code, label=text, chosen=code == value) for code, text in pairs)
        return Select(name=name, label=label, choices=choices, empty=empty)

    named = [(quarter, shown.quarter_title(quarter)) for quarter in quarters]
    return {
        "unit": unit,
        "units": [
            Tab(label=shown.text(one.many.as_json()), url=f"?unit={code}", current=code == unit)
            for code, one in UNITS.items()
        ],
        "selects": [
            select("row", _("Rader"), options, sent.get("row", options[0][0])),
            select("column", _("Kolumner"), options, sent.get("column", ""), empty=_("Inga")),
            select("first", _("Från och med"), named, first),
            select("last", _("Till och med"), named, sent.get("last", str(ended))),
        ],
        "filters": [_filter(one, sent) for one in known.values()],
    }


def _filter(one: Variable, sent: QueryDict) -> dict[str, Any]:
    """Return the chips of one variable and how many of them are chosen."""
    name = f"{forms.WHERE}{one.column}"
    ticked = set(sent.getlist(name))
    choices = tuple(
        Choice(value=value, label=words.value_label(one.unit, one.column, value), chosen=value in ticked)
        for value in values_of(one)
    )
    label = words.label(one.unit, one.column)
    chosen = sum(choice.chosen for choice in choices)
    return {
        "label": label,
        "chosen": chosen,
        "group": ChoiceGroup(name=name, legend=label, choices=choices, multiple=True, legend_unseen=True),
    }


@sees_drafts
@require_GET
def table(request: StaffRequest, asked_id: UUID) -> HttpResponse:
    """Show an asked table with its noise, and whether it is too near an earlier one."""
    asked = _found(asked_id)
    question = Question.from_json(asked.question)
    return _page(request, asked, question, actions.answer_to(question))


@sees_drafts
@require_POST
def exact(request: StaffRequest, asked_id: UUID) -> HttpResponse:
    """Show exact figures, once and on this page only, or refuse them and show the protected ones."""
    _found(asked_id)
    reason = request.POST.get("reason", "")
    try:
        check_is_text(reason)
    except ValidationError as error:
        raise Invalid(error.message) from error
    found = actions.see_exactly(asked_id=asked_id, reason=reason, by=request.actor, at=request.received_at)
    question = Question.from_json(found.asked.question)
    return _page(
        request,
        found.asked,
        question,
        found.answer,
        is_exact=not found.is_refused,
        status=409 if found.is_refused else 200,
    )


@sees_drafts
@require_GET
def csv(request: StaffRequest, asked_id: UUID) -> HttpResponse:
    """Hand out the protected table as a file."""
    question = Question.from_json(_found(asked_id).question)
    content = words.as_csv(question, actions.answer_to(question))
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="table-{asked_id}.csv"'
    return answer


def _found(asked_id: UUID) -> AskedTable:
    try:
        return queries.asked_table(asked_id)
    except LookupError as error:
        raise Http404 from error


def _page(
    request: StaffRequest,
    asked: AskedTable,
    question: Question,
    answer: Answer,
    *,
    is_exact: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "asked": asked,
        "title": words.title(question),
        "period": words.period(answer.question),
        "chosen": words.chosen(question),
        "tables": words.tables(answer, is_exact=is_exact),
        "notes": words.notes(question, answer, is_exact=is_exact),
        "is_exact": is_exact,
        # Of a few the protected total may be nought as well: the words fit both, or they would tell more than it.
        "is_empty": not is_exact and int(answer.figures.shown[-1, -1]) == 0,
        "near": [_line(pair.earlier) for pair in queries.near_tables(asked_id=asked.pk)],
        "change": f"?{_query(question)}",
    }
    return render(request, "builder/table.html", context, status=status)


def _query(question: Question) -> str:
    """Return the address of the form with this question in it."""
    population = question.population
    pairs = [("unit", population.unit), ("row", question.row), ("column", question.column)]
    pairs += [("first", str(population.span.first)), ("last", str(population.span.last))]
    pairs += [(f"{forms.WHERE}{column}", code) for column, codes in population.filters for code in codes]
    return urlencode(pairs)


def _line(asked: AskedTable) -> dict[str, Any]:
    question = Question.from_json(asked.question)
    return {
        "asked": asked,
        "title": words.title(question),
        "chosen": words.chosen(question),
        "period": words.period(question),
    }


@sees_drafts
@require_GET
def asked(request: StaffRequest) -> HttpResponse:
    """List what everybody has asked, and which pairs of questions are too near each other."""
    context = {
        "rows": [_line(one) | {"pairs": one.pairs} for one in queries.asked_tables()],  # type: ignore[attr-defined]
        "near": [{"asked": _line(pair.asked), "earlier": _line(pair.earlier)} for pair in queries.near_tables(most=50)],
    }
    return render(request, "builder/asked.html", context)
