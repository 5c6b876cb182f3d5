"""Pages that change a draft of a package: a question's words, when it is asked and where it stands, the requirement list."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from samsyn.people.access import requires
from samsyn.people.refusals import Invalid, Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.questions import actions, bank
from samsyn.questions.draft_forms import ConditionForm, DescriptionForm, RequirementForm, VariableForm
from samsyn.questions.exchange import additions, editing
from samsyn.questions.exchange.package import Package, Variable
from samsyn.questions.forms import SeenForm
from samsyn.questions.views.versions import answer, done, found, seen_revision

EDIT = Permission.EDIT_QUESTIONS


def change(request: StaffRequest, version_id: UUID, seen: int, edit: Callable[[Package, Package], Package]) -> None:
    """Let an edit change a draft that was seen in this revision."""
    actions.change_package(
        version_id=version_id, seen_revision=seen, edit=edit, by=request.actor, at=request.received_at
    )


def is_changed(
    request: StaffRequest, version_id: UUID, asked: SeenForm, edit: Callable[[Package, Package], Package]
) -> bool:
    """Let what was posted change a draft and return True; what makes no sense is said in the form."""
    if request.method != "POST":
        return False
    return done(asked, lambda: change(request, version_id, asked.seen_revision, edit))


def open_draft(version_id: UUID) -> tuple[bank.PackageRow, Package]:
    """Return a version that can be changed; raise Http404 or Refused."""
    row, said = found(lambda: bank.version_by_id(version_id))
    if not row.is_draft:
        raise Refused(_("Versionen är «%(status)s», och då går det inte.") % {"status": row.status_label})
    return row, said


def variable_of(said: Package, code: str) -> Variable:
    """Return a variable of a package, or answer that there is no such page."""
    try:
        return said.variable(code)
    except KeyError as error:
        raise Http404 from error


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def describe_package(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Change the title of a package in a draft, what it is for, and what its figures are broken down by."""
    row, said = open_draft(version_id)
    asked = DescriptionForm(request.POST if request.method == "POST" else None, package=said, revision=row.revision)
    if is_changed(request, version_id, asked, asked.edit):
        return redirect("questions:package", version_id=version_id)
    return answer(request, "questions/describe_package.html", {"row": row, "form": asked}, asked)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_variable(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Change the words of a question in a draft, in every mode and language."""
    row, said = open_draft(version_id)
    variable = variable_of(said, code)
    concept = said.concept(variable.concept)
    decided = {one.code for one in bank.basis(said).concepts}
    decided |= {part for kind, part, _version in bank.parts_of_others(said.code) if kind == "concepts"}
    asked = VariableForm(
        request.POST if request.method == "POST" else None,
        variable=variable,
        concept=None if concept.code in decided else concept,
        revision=row.revision,
    )
    if is_changed(request, version_id, asked, asked.edit):
        return redirect("questions:package", version_id=version_id)
    context = {"row": row, "label": bank.said(variable.label), "list": variable.code_list, "form": asked}
    return answer(request, "questions/change_variable.html", context, asked)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_condition(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Say which answers of an earlier question decide that one is asked; first which question, then which answers."""
    row, said = open_draft(version_id)
    variable = variable_of(said, code)
    codes = [one.code for one in said.variables]
    deciding = {one.code: bank.said(one.label) for one in said.variables[: codes.index(code)]}
    kept = variable.condition.variable if variable.condition else ""
    about = (request.POST if request.method == "POST" else request.GET).get("about", kept)
    if about and about not in deciding:
        raise Invalid(_("Den fråga som avgör måste stå före den här. Flytta den först."))
    asked = ConditionForm(
        request.POST if request.method == "POST" else None,
        package=said,
        variable=variable,
        about=about,
        revision=row.revision,
    )
    if is_changed(request, version_id, asked, asked.edit):
        return redirect("questions:package", version_id=version_id)
    context = {
        "row": row,
        "label": bank.said(variable.label),
        "code": code,
        "deciding": deciding,
        "about": about,
        "form": asked,
    }
    return answer(request, "questions/change_condition.html", context, asked)


@requires(EDIT)
@require_POST
def move_variable(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Move a question of a draft one place up or down."""
    _row, said = open_draft(version_id)
    variable_of(said, code)
    is_up = request.POST.get("direction") == "up"
    change(
        request,
        version_id,
        seen_revision(request),
        lambda draft, before: editing.move(draft, before, variable=code, is_up=is_up),
    )
    return redirect("questions:package", version_id=version_id)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def add_requirement(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Add a line to the requirement list of a draft; its number follows every one that was ever decided."""
    row, said = open_draft(version_id)
    try:
        code = additions.next_requirement([*bank.decided(said.code), said])
    except editing.NotPossible as error:
        raise Refused(bank.said(error.text)) from error
    return _requirement(request, row, said, code)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_requirement(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Change a line of the requirement list of a draft."""
    row, said = open_draft(version_id)
    if code not in {one.code for one in said.requirements}:
        raise Http404
    return _requirement(request, row, said, code)


def _requirement(request: StaffRequest, row: bank.PackageRow, said: Package, code: str) -> HttpResponse:
    asked = RequirementForm(
        request.POST if request.method == "POST" else None, package=said, code=code, revision=row.revision
    )
    if is_changed(request, row.id, asked, asked.edit):
        return redirect("questions:package", version_id=row.id)
    return answer(request, "questions/requirement.html", {"row": row, "code": code, "form": asked}, asked)


@requires(EDIT)
@require_POST
def remove_requirement(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Take a line out of the requirement list of a draft."""
    _row, said = open_draft(version_id)
    if code not in {one.code for one in said.requirements}:
        raise Http404
    change(
        request,
        version_id,
        seen_revision(request),
        lambda draft, before: additions.drop_requirement(draft, before, code=code),
    )
    return redirect("questions:package", version_id=version_id)
