"""Pages of call templates."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.questions import actions, lines, policies, queries
from samsyn.questions.forms import NewTemplateForm, TemplateForm
from samsyn.questions.views.versions import answer, done, found, publish_page, seen_revision

EDIT = Permission.EDIT_TEMPLATES


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def create_template(request: StaffRequest) -> HttpResponse:
    """Begin a template that has no earlier version."""
    form = NewTemplateForm(request.POST if request.method == "POST" else None)
    made: list[UUID] = []
    if request.method == "POST" and done(
        form,
        lambda: made.append(
            actions.create_template(
                code=form.code,
                title_sv=form.cleaned_data["title_sv"],
                title_en=form.cleaned_data["title_en"],
                minutes=form.cleaned_data["minutes"],
                by=request.actor,
                at=request.received_at,
            )
        ),
    ):
        return redirect("questions:template_version", version_id=made[0])
    return answer(request, "questions/create_template.html", {"form": form}, form)


@requires(EDIT)
@require_POST
def start_template_draft(request: StaffRequest, code: str) -> HttpResponse:
    """Copy the published version of a template into a draft and open it."""
    draft = actions.start_template_draft(template=code, by=request.actor, at=request.received_at)
    return redirect("questions:template_version", version_id=draft)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def template_version(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Show a version of a template; a draft as a form that changes it."""
    row = found(lambda: queries.template_version_row(version_id=version_id))
    template = queries.template_version(version_id=version_id)
    context = {
        "row": row,
        "template": template,
        "versions": queries.template_versions(code=row.of),
        "changes": queries.template_changes(version_id=version_id),
    }
    if not row.is_draft and request.method != "POST":
        return answer(request, "questions/template_version.html", context)
    policies.check_is_current(status=row.status, revision=row.revision, seen_revision=row.revision)
    posted = request.POST if request.method == "POST" else None
    form = TemplateForm(
        posted,
        on=timezone.localdate(request.received_at),
        asked={question.code for question in queries.instrument_in_force(at=request.received_at).questions},
        initial={
            "revision": row.revision,
            "title_sv": template.title_sv,
            "title_en": template.title_en,
            "sector": template.sector or "",
            "contact_kind": template.contact_kind or "",
            "adaptation": template.adaptation or "",
            "situations": list(template.situations),
            "standard_minutes": template.standard_minutes,
            "law": [reference.key for reference in template.law],
        },
    )
    line_forms = lines.line_forms(posted, template)
    if (
        posted is not None
        and line_forms.is_valid()
        and done(
            form,
            lambda: actions.change_template(
                version_id=version_id,
                seen_revision=form.seen_revision,
                change=form.change(line_forms.items()),
                by=request.actor,
                at=request.received_at,
            ),
        )
    ):
        on_to = "publish_template" if "publish" in request.POST else "template_version"
        return redirect(f"questions:{on_to}", version_id=version_id)
    context |= {"form": form, "lines": line_forms}
    return answer(request, "questions/change_template.html", context, form, line_forms)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def publish_template(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Publish the draft, with its differences before the eyes of the one who does."""
    row = found(lambda: queries.template_version_row(version_id=version_id))
    policies.check_is_current(status=row.status, revision=row.revision, seen_revision=row.revision)
    return publish_page(
        request,
        row,
        publish=actions.publish_template,
        title=row.title,
        changes=queries.template_changes(version_id=version_id),
        back="questions:template_version",
    )


@requires(EDIT)
@require_POST
def discard_template_draft(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    actions.discard_template_draft(
        version_id=version_id, seen_revision=seen_revision(request), by=request.actor, at=request.received_at
    )
    return redirect("questions:list")
