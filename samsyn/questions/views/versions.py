"""What the pages of question sets and templates have in common, and the page that lists both."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.questions import queries
from samsyn.questions.answer_forms import BaseAnswers
from samsyn.questions.forms import PublishForm
from samsyn.questions.lines import BaseLines

T = TypeVar("T")


@requires(Permission.EDIT_QUESTIONS)
@require_safe
def list_versions(request: StaffRequest) -> HttpResponse:
    """Show every question set with its versions, and every template."""
    instruments = []
    for code, title in queries.instruments():
        versions = queries.instrument_versions(code=code)
        draft = next((row for row in versions if row.is_draft), None)
        instruments.append({"code": code, "title": title, "versions": versions, "draft": draft})
    context = {"instruments": instruments, "templates": queries.templates()}
    return render(request, "questions/list.html", context)


def found(read: Callable[[], T]) -> T:
    """Return what was read, or answer that there is no such page."""
    try:
        return read()
    except LookupError as error:
        raise Http404 from error


def answer(
    request: HttpRequest, template: str, context: Mapping[str, Any], *asked: forms.BaseForm | BaseLines | BaseAnswers
) -> HttpResponse:
    """Render the page; with 422 if something that was posted has to be put right."""
    is_wrong = any(form.is_bound and not form.is_valid() for form in asked)
    return render(request, template, context, status=422 if is_wrong else 200)


def done(form: forms.Form, act: Callable[[], object]) -> bool:
    """Do it and return True; if what was sent makes no sense, say so in the form and return False."""
    if not form.is_valid():
        return False
    try:
        act()
    except Invalid as refusal:
        form.add_error(None, str(refusal.message))
        return False
    return True


def seen_revision(request: HttpRequest) -> int:
    """Return the revision that a button's form carries; 0, which no draft has, if somebody wrote something else."""
    value = request.POST.get("revision", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def publish_page(
    request: StaffRequest,
    row: queries.VersionRow,
    *,
    publish: Callable[..., None],
    title: str,
    changes: Sequence[str],
    back: str,
) -> HttpResponse:
    """Publish a draft, from tomorrow unless the editor chooses otherwise, with its differences before their eyes."""
    tomorrow = timezone.localdate(request.received_at) + timedelta(days=1)
    initial = {"revision": row.revision, "valid_from": tomorrow}
    form = PublishForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and done(
        form,
        lambda: publish(
            version_id=row.id,
            seen_revision=form.seen_revision,
            publication=form.publication(),
            by=request.actor,
            at=request.received_at,
        ),
    ):
        return redirect(back, version_id=row.id)
    context = {"row": row, "title": title, "form": form, "changes": changes, "back": back}
    return answer(request, "questions/publish.html", context, form)
