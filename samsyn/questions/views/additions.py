"""Pages that add to a draft of a package: a new question, and how one stands beside somebody else's."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.questions import bank, showing
from samsyn.questions.addition_forms import (
    BorrowForm,
    ComparisonForm,
    Foreign,
    ForeignQuestionForm,
    NewQuestionForm,
    foreign_from,
)
from samsyn.questions.exchange import additions
from samsyn.questions.exchange.package import Target, Variable
from samsyn.questions.views.drafts import change, is_changed, open_draft, variable_of
from samsyn.questions.views.versions import answer, seen_revision

EDIT = Permission.EDIT_QUESTIONS


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def add_variable(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Add a question to a draft, with answers of its own or with those of a list that is there."""
    row, said = open_draft(version_id)
    asked = NewQuestionForm(
        request.POST if request.method == "POST" else None,
        package=said,
        taken={code for _kind, code, _version in bank.parts_of_others(said.code)},
        revision=row.revision,
    )
    if is_changed(request, version_id, asked, asked.edit):
        return redirect("questions:package", version_id=version_id)
    return answer(request, "questions/add_variable.html", {"row": row, "form": asked}, asked)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def borrow_variables(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Take questions into a draft as other packages have decided them."""
    row, said = open_draft(version_id)
    asked = BorrowForm(
        request.POST if request.method == "POST" else None,
        package=said,
        others=bank.others(said.code),
        revision=row.revision,
    )
    if is_changed(request, version_id, asked, asked.edit):
        return redirect("questions:package", version_id=version_id)
    return answer(request, "questions/borrow_variables.html", {"row": row, "form": asked}, asked)


@requires(EDIT)
@require_POST
def remove_variable(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Take a question out of a draft."""
    _row, said = open_draft(version_id)
    variable_of(said, code)
    change(
        request,
        version_id,
        seen_revision(request),
        lambda draft, before: additions.remove(draft, before, variable=code),
    )
    return redirect("questions:package", version_id=version_id)


@requires(EDIT)
@require_POST
def take_variable_back(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Take a decided question back into a draft that it was removed from."""
    _row, said = open_draft(version_id)
    if code not in {one.code for one in showing.removed(said, bank.version_before(said))}:
        raise Http404
    change(
        request,
        version_id,
        seen_revision(request),
        lambda draft, before: additions.take_back(draft, before, variable=code),
    )
    return redirect("questions:package", version_id=version_id)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def write_foreign_question(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Write down somebody else's question and its answers, and go on to set one of ours beside it."""
    row, said = open_draft(version_id)
    asked = ForeignQuestionForm(request.POST if request.method == "POST" else None, package=said)
    if request.method == "POST" and asked.is_valid():
        variable, foreign = variable_of(said, asked.cleaned_data["variable"]), asked.foreign()
        beside = ComparisonForm(None, package=said, variable=variable, foreign=foreign, revision=row.revision)
        return _beside(request, row, variable, foreign, beside)
    return answer(request, "questions/write_foreign_question.html", {"row": row, "form": asked}, asked)


def _beside(
    request: StaffRequest, row: bank.PackageRow, variable: Variable, foreign: Foreign, asked: ComparisonForm
) -> HttpResponse:
    context = {
        "row": row,
        "form": asked,
        "variable": variable.code,
        "text": bank.said(variable.wording.text),
        "foreign": foreign,
    }
    return answer(request, "questions/compare_variable.html", context, asked)


@requires(EDIT)
@require_POST
def compare_variable(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Set a question beside somebody else's, answer by answer; the second press saves it in the draft."""
    row, said = open_draft(version_id)
    variable = variable_of(said, request.POST.get("variable", ""))
    try:
        foreign = foreign_from(request.POST.get("foreign", ""))
    except ValidationError as error:
        raise Invalid(error.messages[0]) from error
    is_saved = request.POST.get("do") == "save"
    asked = ComparisonForm(
        request.POST if is_saved else None, package=said, variable=variable, foreign=foreign, revision=row.revision
    )
    if is_saved and is_changed(request, version_id, asked, asked.edit):
        return redirect("questions:package", version_id=version_id)
    return _beside(request, row, variable, foreign, asked)


@requires(EDIT)
@require_POST
def forget_comparison(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Take a comparison with somebody else's question out of a draft."""
    _row, said = open_draft(version_id)
    target = Target(request.POST.get("target", ""), system=request.POST.get("system", ""))
    if not any(one.variable == code and one.target == target for one in said.mappings if one.target.system):
        raise Http404
    change(
        request,
        version_id,
        seen_revision(request),
        lambda draft, before: additions.forget(draft, before, variable=code, target=target),
    )
    return redirect("questions:package", version_id=version_id)
