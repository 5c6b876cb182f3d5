"""Pages of the bank: packages, a version as it is asked, its way from draft to use, its files, the register."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.questions import actions, bank, showing
from samsyn.questions.addition_forms import foreign_of
from samsyn.questions.bank_forms import (
    DayForm,
    ForeignForm,
    ImplementationForm,
    NewPackageForm,
    ReasonForm,
)
from samsyn.questions.decided import order
from samsyn.questions.exchange import changes, fhir, form, xlsform
from samsyn.questions.exchange.files import FILES
from samsyn.questions.exchange.package import Mode, Package
from samsyn.questions.exchange.words import LANGUAGE, LEVEL, MODE
from samsyn.questions.views.drafts import open_draft
from samsyn.questions.views.versions import answer, done, found, seen_revision

EDIT = Permission.EDIT_QUESTIONS


@requires(EDIT)
@require_safe
def packages(request: StaffRequest) -> HttpResponse:
    """Show every package with its versions and in how many systems each is in use."""
    shown = [
        {
            "code": code,
            "title": rows[0].title,
            "rows": rows,
            "open": next((row for row in rows if not row.is_decided), None),
        }
        for code, rows in bank.packages()
    ]
    return render(request, "questions/packages.html", {"packages": shown})


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def create_package(request: StaffRequest) -> HttpResponse:
    """Begin a package that has no earlier version."""
    asked = NewPackageForm(request.POST if request.method == "POST" else None)
    made: list[UUID] = []
    if request.method == "POST" and done(
        asked,
        lambda: made.append(
            actions.create_package(**asked.package(), by=request.actor, at=request.received_at),
        ),
    ):
        return redirect("questions:package", version_id=made[0])
    return answer(request, "questions/create_package.html", {"form": asked}, asked)


@requires(EDIT)
@require_POST
def start_package_draft(request: StaffRequest, code: str) -> HttpResponse:
    """Copy the version decided last into a draft and open it."""
    made = actions.start_package_draft(package=code, by=request.actor, at=request.received_at)
    return redirect("questions:package", version_id=made)


@requires(EDIT)
@require_safe
def package(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Show a version as it will be asked, what differs from the one before, how it maps, and its files."""
    row, said = found(lambda: bank.version_by_id(version_id))
    before = bank.version_before(said)
    context = {
        "row": row,
        "purpose": bank.said(said.purpose),
        "breakdowns": [bank.said(said.variable(code).label) for code in said.breakdowns],
        "questions": showing.questions(said),
        "removed": [(one.code, bank.said(one.label)) for one in showing.removed(said, before)] if row.is_draft else [],
        "changed": {one.code for one in said.variables if before and one not in before.variables},
        "requirements": showing.requirements(said),
        "mappings": showing.mappings(said),
        "changes": [bank.said(one.text) for one in changes.changes(before, said)] if before else [],
        "level": bank.said(LEVEL[said.level]),
        "is_first": before is None,
        "faults": showing.faults(said) if row.is_draft else [],
        "files": [(file.code, bank.said(file.label)) for file in FILES.values()],
    }
    return render(request, "questions/package.html", context)


@requires(EDIT)
@require_safe
def preview_package(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Show a version as it will be asked, in the mode and language that the editor chooses; nothing is kept."""
    row, said = found(lambda: bank.version_by_id(version_id))
    mode, language = request.GET.get("mode", ""), request.GET.get("language", "sv")
    if mode not in ("", *Mode) or language not in showing.LANGUAGES:
        raise Http404
    asked, left_out = showing.preview(said, mode=Mode(mode) if mode else None, language=language)
    context = {
        "row": row,
        "asked": asked,
        "left_out": left_out,
        "modes": [("", _("i första hand")), *((str(one), bank.said(name)) for one, name in MODE.items())],
        "mode": mode,
        "languages": [(one, bank.said(LANGUAGE["text", one])) for one in showing.LANGUAGES],
        "language": language,
    }
    return render(request, "questions/preview_package.html", context)


@requires(EDIT)
@require_safe
def differences(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Show word for word what differs from a decided version that came before."""
    row, said = found(lambda: bank.version_by_id(version_id))
    earlier = {one.version: one for one in bank.decided(said.code) if order(one.version) < order(said.version)}
    wanted = request.GET.get("with", next(reversed(earlier), ""))
    if wanted and wanted not in earlier:
        raise Http404
    context = {
        "row": row,
        "versions": list(reversed(earlier)),
        "wanted": wanted,
        "differences": showing.differences(earlier[wanted], said) if wanted else [],
    }
    return render(request, "questions/differences.html", context)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def send_for_consultation(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Fix a draft for comments, and say why it was made."""
    row, said = open_draft(version_id)
    before = bank.version_before(said)
    asked = ReasonForm(
        request.POST if request.method == "POST" else None,
        initial={"revision": row.revision, "reason_sv": said.reason.sv, "reason_en": said.reason.en},
    )
    if request.method == "POST" and done(
        asked,
        lambda: actions.send_for_consultation(
            version_id=version_id,
            seen_revision=asked.seen_revision,
            reason=asked.reason(),
            by=request.actor,
            at=request.received_at,
        ),
    ):
        return redirect("questions:package", version_id=version_id)
    context = {
        "row": row,
        "form": asked,
        "changes": [bank.said(one.text) for one in changes.changes(before, said)] if before else [],
    }
    return answer(request, "questions/send_for_consultation.html", context, asked)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def decide_package(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Decide a version that was out for consultation."""
    return _with_day(
        request,
        version_id,
        "questions/decide_package.html",
        lambda seen, day: actions.decide_package(
            version_id=version_id, seen_revision=seen, valid_from=day, by=request.actor, at=request.received_at
        ),
    )


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def retire_package(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Give a version its last day."""
    return _with_day(
        request,
        version_id,
        "questions/retire_package.html",
        lambda seen, day: actions.retire_package(
            version_id=version_id, seen_revision=seen, valid_to=day, by=request.actor, at=request.received_at
        ),
    )


def _with_day(request: StaffRequest, version_id: UUID, template: str, act: Callable[[int, date], None]) -> HttpResponse:
    row, _said = found(lambda: bank.version_by_id(version_id))
    tomorrow = timezone.localdate(request.received_at) + timedelta(days=1)
    asked = DayForm(
        request.POST if request.method == "POST" else None, initial={"revision": row.revision, "day": tomorrow}
    )
    if request.method == "POST" and done(asked, lambda: act(asked.seen_revision, asked.cleaned_data["day"])):
        return redirect("questions:package", version_id=version_id)
    return answer(request, template, {"row": row, "form": asked}, asked)


@requires(EDIT)
@require_POST
def move_package(request: StaffRequest, version_id: UUID, to: str) -> HttpResponse:
    """Take a version back from consultation, put it in use, or throw a draft away."""
    steps = {
        "draft": actions.take_back,
        "use": actions.put_in_use,
        "discard": actions.discard_package_draft,
    }
    if to not in steps:
        raise Http404
    steps[to](version_id=version_id, seen_revision=seen_revision(request), by=request.actor, at=request.received_at)
    if to == "discard":
        return redirect("questions:packages")
    return redirect("questions:package", version_id=version_id)


@requires(EDIT)
@require_safe
def download(request: StaffRequest, version_id: UUID, file: str) -> HttpResponse:
    """Hand out a version in one of its formats."""
    _row, said = found(lambda: bank.version_by_id(version_id))
    if file not in FILES:
        raise Http404
    made = FILES[file]
    content = made.content(said, bank.versions_before(said), "en" if get_language() == "en" else "sv")
    name = f"{said.code}-{said.version}{made.ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=made.media_type, headers=headers)


def _likely(said: Package, item: form.Item) -> str:
    """Return which of our questions somebody else's is most likely about: the same code or the same words, or none."""
    for one in said.variables:
        if item.code == one.code or item.text.sv.casefold() in {
            one.label.sv.casefold(),
            one.wording.text.sv.casefold(),
        }:
            return one.code
    return ""


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Read a foreign form and show it beside our own questions; nothing of it is kept."""
    row, said = found(lambda: bank.version_by_id(version_id))
    asked = ForeignForm(request.POST or None, request.FILES or None)
    foreign = None
    if request.method == "POST" and asked.is_valid():
        raw = asked.cleaned_data["file"].read()
        try:
            foreign = xlsform.read(raw) if raw[:2] == b"PK" else fhir.from_json(raw)
        except form.NotAForm as error:
            asked.add_error("file", _("Filen är inget formulär som kan läsas: %(why)s.") % {"why": error})
    system = bank.said(foreign.title) or foreign.code if foreign else ""
    theirs = [
        (item, foreign_of(item, system=system).as_text(), _likely(said, item))
        for item in (foreign.items if foreign else ())
    ]
    context = {"row": row, "form": asked, "foreign": foreign, "theirs": theirs, "own": showing.questions(said)}
    return answer(request, "questions/compare.html", context, asked)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: StaffRequest, code: str) -> HttpResponse:
    """Show who has which version in which system since when, and write a new line."""
    rows = next((rows for one, rows in bank.packages() if one == code), None)
    if rows is None:
        raise Http404
    versions = [(str(row.id), row.version) for row in rows if row.is_decided]
    asked = ImplementationForm(request.POST if request.method == "POST" else None, versions=versions)
    if request.method == "POST" and done(
        asked,
        lambda: actions.record_implementation(**asked.line(), by=request.actor, at=request.received_at),
    ):
        return redirect("questions:register", code=code)
    today = timezone.localdate(request.received_at)
    context = {
        "code": code,
        "title": rows[0].title,
        "lines": bank.implementations(code),
        "municipalities": len(bank.implemented_on(code, today)),
        "form": asked,
    }
    return answer(request, "questions/register.html", context, asked)


@requires(EDIT)
@require_POST
def end_implementation(request: StaffRequest, code: str, implementation_id: UUID) -> HttpResponse:
    """Write that a municipality has the version no longer; today is its last day."""
    actions.end_implementation(
        implementation_id=implementation_id,
        to_on=timezone.localdate(request.received_at),
        by=request.actor,
        at=request.received_at,
    )
    return redirect("questions:register", code=code)
