"""Pages about the answers of a draft: one that is split, a list in a new version, and what each answer was before."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from samsyn.people.access import requires
from samsyn.people.refusals import Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.questions import bank, showing
from samsyn.questions.answer_forms import EarlierForm, SplitForm, answer_forms
from samsyn.questions.exchange import editing
from samsyn.questions.exchange.package import ListReference, Package
from samsyn.questions.forms import SeenForm
from samsyn.questions.views.drafts import is_changed, open_draft, variable_of
from samsyn.questions.views.versions import answer, found

EDIT = Permission.EDIT_QUESTIONS


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def split_answer(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Split an answer of a variable in a draft: the new version can be read as the old one, never back."""
    row, said = open_draft(version_id)
    variable = variable_of(said, code)
    codes = [(one.value, bank.said(one.label)) for one in said.list_of(variable).codes]
    asked = SplitForm(
        request.POST if request.method == "POST" else None, codes=codes, initial={"revision": row.revision}
    )

    def edit(draft: Package, before: Package) -> Package:
        return editing.split(draft, before, variable=code, value=asked.cleaned_data["value"], into=asked.labels())

    if is_changed(request, version_id, asked, edit):
        return redirect("questions:package", version_id=version_id)
    context = {"row": row, "label": bank.said(variable.label), "form": asked}
    return answer(request, "questions/split_answer.html", context, asked)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_answers(request: StaffRequest, version_id: UUID, code: str, number: int) -> HttpResponse:
    """Write a list's answers anew in a draft; where they can't be followed by themselves, ask what each was before."""
    row, said = open_draft(version_id)
    about = _of_list(said, code, number)
    is_sent = request.method == "POST"
    seen = SeenForm(request.POST if is_sent else None, initial={"revision": row.revision})
    lines = answer_forms(request.POST if is_sent else None, about["listed"])

    def edit(draft: Package, before: Package) -> Package:
        return editing.relist(draft, before, code_list=ListReference(code, number), answers=lines.answers())

    if (not is_sent or lines.is_valid()) and is_changed(request, version_id, seen, edit):
        return _after(version_id, about["users"])
    context = {"row": row, "form": seen, "lines": lines, **about}
    return answer(request, "questions/change_answers.html", context, seen, lines)


def _after(version_id: UUID, users: tuple[str, ...]) -> HttpResponse:
    """Go on to what the answers were before where that has to be said, else back to the draft."""
    _row, now = bank.version_by_id(version_id)
    asked_for = {f"mappings.{user}" for user in users}
    for fault in bank.faults(now):
        if fault.where.rpartition(".")[0] in asked_for:
            used = now.variable(users[0]).code_list
            return redirect("questions:compare_answers", version_id=version_id, code=used.code, number=used.version)
    return redirect("questions:package", version_id=version_id)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def compare_answers(request: StaffRequest, version_id: UUID, code: str, number: int) -> HttpResponse:
    """Say code by code what each answer of a list in a draft was in the decided version."""
    row, said = open_draft(version_id)
    about = _of_list(said, code, number)
    if about["earlier"] is None:
        raise Refused(_("Svaren är nya i utkastet: det finns inget att jämföra dem med."))
    asked = EarlierForm(
        request.POST if request.method == "POST" else None,
        listed=about["listed"],
        earlier=about["earlier"],
        known=about["known"],
        note=about["note"],
        revision=row.revision,
    )
    if is_changed(request, version_id, asked, asked.edit):
        return redirect("questions:package", version_id=version_id)
    return answer(request, "questions/compare_answers.html", {"row": row, "form": asked, **about}, asked)


def _of_list(said: Package, code: str, number: int) -> dict[str, Any]:
    return found(lambda: showing.list_users(said, bank.basis(said), ListReference(code, number)))
