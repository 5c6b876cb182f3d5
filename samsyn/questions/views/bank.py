"""Pages of the bank: packages, a version as it is asked, its words, its way from draft to use, its files, the register."""

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
from samsyn.people.refusals import Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.questions import actions, bank
from samsyn.questions.addition_forms import foreign_of
from samsyn.questions.bank_forms import (
    DayForm,
    ForeignForm,
    ImplementationForm,
    ReasonForm,
    SplitForm,
    VariableForm,
)
from samsyn.questions.exchange import changes, checking, editing, fhir, form, xlsform
from samsyn.questions.exchange.files import FILES
from samsyn.questions.exchange.package import Package, Variable
from samsyn.questions.exchange.words import KIND, MODE, RELATION, UNIVERSE
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
        "questions": _questions(said),
        "added": {one.code for one in said.variables} - {one.code for one in before.variables} if before else set(),
        "mappings": [
            {
                "variable": bank.said(said.variable(one.variable).label),
                "target": f"{one.target.system}: {one.target.variable}"
                if one.target.system
                else _("version %(version)s av variabeln") % {"version": one.target.version},
                "relation": bank.said(RELATION[one.relation]),
                "note": bank.said(one.note) if one.note else "",
                "is_verified": one.is_verified,
                "is_own": not one.target.system,
                "code": one.variable,
                "system": one.target.system,
                "theirs": one.target.variable,
            }
            for one in said.mappings
        ],
        "changes": [bank.said(one.text) for one in changes.changes(before, said)] if before else [],
        "faults": [bank.said(one.text) for one in checking.faults(said, earlier=bank.decided(said.code))]
        if row.is_draft
        else [],
        "files": [(file.code, bank.said(file.label)) for file in FILES.values()],
    }
    return render(request, "questions/package.html", context)


def _questions(said: Package) -> list[dict[str, object]]:
    asked = {item.code: item for item in form.of_package(said).items}
    return [
        {
            "code": one.code,
            "version": one.version,
            "label": bank.said(one.label),
            "text": bank.said(asked[one.code].text),
            "help": bank.said(one.wording.help) if one.wording.help else "",
            "kind": bank.said(KIND[one.kind]),
            "is_multiple": one.is_multiple,
            "universe": bank.said(UNIVERSE[one.universe]),
            "rule": bank.said(one.rule),
            "is_required": one.required,
            "options": [
                {"value": option.value, "label": bank.said(option.label), "is_reason": option.is_reason}
                for option in asked[one.code].options
            ],
            "condition": _condition(said, one.code),
            "others": [
                {"mode": bank.said(MODE[wording.mode]), "text": bank.said(wording.text), "easy": wording.text.easy}
                for wording in one.wordings
            ],
        }
        for one in said.variables
    ]


def _condition(said: Package, code: str) -> str:
    condition = said.variable(code).condition
    if condition is None:
        return ""
    about = said.variable(condition.variable)
    labels = {one.value: bank.said(one.label) for one in said.list_of(about).codes}
    values = {"question": bank.said(about.label), "answers": ", ".join(labels[value] for value in condition.values)}
    return _("Frågas när «%(question)s» är: %(answers)s.") % values


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_variable(request: StaffRequest, version_id: UUID, code: str) -> HttpResponse:
    """Change the words of a variable in a draft."""
    row, said = open_draft(version_id)
    variable = variable_of(said, code)
    asked = VariableForm(request.POST if request.method == "POST" else None, variable=variable, revision=row.revision)
    if request.method == "POST" and done(asked, lambda: change(request, version_id, asked.seen_revision, asked.edit)):
        return redirect("questions:package", version_id=version_id)
    return answer(request, "questions/change_variable.html", _of(row, variable.label, asked), asked)


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

    if request.method == "POST" and done(asked, lambda: change(request, version_id, asked.seen_revision, edit)):
        return redirect("questions:package", version_id=version_id)
    return answer(request, "questions/split_answer.html", _of(row, variable.label, asked), asked)


def change(request: StaffRequest, version_id: UUID, seen: int, edit: Callable[[Package, Package], Package]) -> None:
    """Let an edit change a draft that was seen in this revision."""
    actions.change_package(
        version_id=version_id, seen_revision=seen, edit=edit, by=request.actor, at=request.received_at
    )


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


def _of(row: bank.PackageRow, label, asked):  # type: ignore[no-untyped-def]
    return {"row": row, "label": bank.said(label), "form": asked}


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
    content = made.content(said, bank.version_before(said), "en" if get_language() == "en" else "sv")
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
    context = {"row": row, "form": asked, "foreign": foreign, "theirs": theirs, "own": _questions(said)}
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
