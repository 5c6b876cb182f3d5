"""Pages of a question set's versions."""

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.questions import actions, policies, queries
from samsyn.questions.forms import LocalQuestionForm, QuestionForm, ReminderForm
from samsyn.questions.views.versions import (
    answer,
    done,
    found,
    publish_page,
    seen_revision,
)
from samsyn.vocabulary import queries as vocabulary

EDIT = Permission.EDIT_QUESTIONS


def _read(version_id: UUID, on: date) -> tuple[queries.VersionRow, queries.Instrument]:
    row = found(lambda: queries.instrument_version_row(version_id=version_id))
    return row, queries.instrument_version(version_id=version_id, on=on)


def _read_draft(request: StaffRequest, version_id: UUID) -> tuple[queries.VersionRow, queries.Instrument]:
    """Return the draft; refuse at once what a published version can't do, before anything is written."""
    row, instrument = _read(version_id, timezone.localdate(request.received_at))
    policies.check_is_current(status=row.status, revision=row.revision, seen_revision=row.revision)
    return row, instrument


def _list_names() -> dict[str, str]:
    return {one.code: one.title for one in vocabulary.lists()}


@requires(EDIT)
@require_POST
def start_instrument_draft(request: StaffRequest, code: str) -> HttpResponse:
    """Copy the published version into a draft and open it."""
    draft = actions.start_instrument_draft(instrument=code, by=request.actor, at=request.received_at)
    return redirect("questions:version", version_id=draft)


@requires(EDIT)
@require_safe
def version(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Show a version's questions and what differs from the one before; a draft with its buttons."""
    row, instrument = _read(version_id, timezone.localdate(request.received_at))
    context = {
        "row": row,
        "instrument": instrument,
        "changes": queries.instrument_changes(version_id=version_id),
        "list_names": _list_names(),
    }
    return render(request, "questions/version.html", context)


@requires(EDIT)
@require_safe
def preview(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Show a version as it will be asked, rendered as the call desk renders it."""
    row, instrument = _read(version_id, timezone.localdate(request.received_at))
    return render(request, "questions/preview.html", {"row": row, "instrument": instrument})


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_reminder(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Change the reminder above the first question."""
    row, instrument = _read_draft(request, version_id)
    form = ReminderForm(
        request.POST if request.method == "POST" else None,
        initial={
            "revision": row.revision,
            "reminder_sv": instrument.reminder_sv,
            "reminder_en": instrument.reminder_en,
        },
    )
    if request.method == "POST" and done(
        form,
        lambda: actions.change_reminder(
            version_id=version_id,
            seen_revision=form.seen_revision,
            reminder_sv=form.cleaned_data["reminder_sv"],
            reminder_en=form.cleaned_data["reminder_en"],
            by=request.actor,
            at=request.received_at,
        ),
    ):
        return redirect("questions:version", version_id=version_id)
    return answer(request, "questions/change_reminder.html", {"row": row, "form": form}, form)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_question(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Change a question of a draft; a locked one is shown with the reason why it can't be."""
    row, instrument = _read_draft(request, version_id)
    question = found(lambda: instrument.question(code))
    policies.check_question_is_open(core=question.core)
    on = timezone.localdate(request.received_at)
    stored = queries.options_kept(question_id=question.id)
    form = QuestionForm(
        request.POST if request.method == "POST" else None,
        list_code=question.list_code,
        on=on,
        kept=stored,
        initial={
            "revision": row.revision,
            "options": stored or [code.value for code in vocabulary.codes(question.list_code, on=on)],
            **{
                name: getattr(question, name)
                for name in ("wording_sv", "wording_en", "hint_sv", "hint_en", "required_at_close", "more")
            },
        },
    )
    if request.method == "POST" and done(
        form,
        lambda: actions.change_question(
            version_id=version_id,
            seen_revision=form.seen_revision,
            question=code,
            change=form.change(),
            by=request.actor,
            at=request.received_at,
        ),
    ):
        return redirect("questions:version", version_id=version_id)
    return answer(request, "questions/change_question.html", {"row": row, "question": question, "form": form}, form)


@requires(EDIT)
@require_POST
def move_question(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Let a question change places with the one before or after it."""
    actions.move_question(
        version_id=version_id,
        seen_revision=seen_revision(request),
        question=code,
        up=request.POST.get("direction") == "up",
        by=request.actor,
        at=request.received_at,
    )
    return redirect("questions:version", version_id=version_id)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def add_local_question(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Add a question of our own from a code list that exists."""
    row, instrument = _read_draft(request, version_id)
    form = LocalQuestionForm(
        request.POST if request.method == "POST" else None,
        sections=[(section.code, section.title) for section in instrument.sections],
        lists=sorted(_list_names().items(), key=lambda pair: pair[1].casefold()),
        initial={"revision": row.revision},
    )
    if request.method == "POST" and done(
        form,
        lambda: actions.add_local_question(
            version_id=version_id,
            seen_revision=form.seen_revision,
            new=form.new(),
            by=request.actor,
            at=request.received_at,
        ),
    ):
        return redirect("questions:version", version_id=version_id)
    return answer(request, "questions/add_local_question.html", {"row": row, "form": form}, form)


@requires(EDIT)
@require_POST
def remove_local_question(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Take a question of our own out of the draft."""
    actions.remove_local_question(
        version_id=version_id,
        seen_revision=seen_revision(request),
        question=code,
        by=request.actor,
        at=request.received_at,
    )
    return redirect("questions:version", version_id=version_id)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def publish_instrument(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Publish the draft, with its differences before the eyes of the one who does."""
    row, instrument = _read_draft(request, version_id)
    return publish_page(
        request,
        row,
        publish=actions.publish_instrument,
        title=instrument.title,
        changes=queries.instrument_changes(version_id=version_id),
        back="questions:version",
    )


@requires(EDIT)
@require_POST
def discard_instrument_draft(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    actions.discard_instrument_draft(
        version_id=version_id, seen_revision=seen_revision(request), by=request.actor, at=request.received_at
    )
    return redirect("questions:list")
