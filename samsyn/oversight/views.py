"""The log's pages."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from samsyn.audit import checkpoints
from samsyn.oversight import actions, queries
from samsyn.oversight.forms import Reading, ReadingForm
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid, Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.privacy import retention as privacy


@requires(Permission.READ_LOG)
@require_GET
def log(request: StaffRequest) -> HttpResponse:
    """Show the log, latest first."""
    form = ReadingForm(request.GET, people=queries.people())
    if not form.is_valid():
        raise Invalid(_("Det urvalet finns inte. Öppna loggen på nytt och välj bland det som visas."))
    reading = form.reading()
    page = actions.read_log(reading=reading, by=request.actor, at=request.received_at)
    return render(
        request,
        "oversight/log.html",
        {
            "form": form,
            "page": page,
            "state": queries.log_state(),
            "is_filtered": bool(reading.period or reading.kind or reading.person),
            "older": _address(reading, before=page.older_before),
            "newer": _address(reading, after=page.newer_after),
        },
    )


def _address(reading: Reading, *, before: int | None = None, after: int | None = None) -> str:
    if before is None and after is None:
        return ""
    given = {"period": reading.period, "kind": reading.kind, "person": reading.person, "before": before, "after": after}
    return "?" + urlencode({name: value for name, value in given.items() if value not in ("", None)})


@requires(Permission.SEE_RETENTION)
@require_GET
def retention(request: StaffRequest) -> HttpResponse:
    """Show what is kept how long and why, what is due now, and the protocol of what was erased."""
    return render(
        request,
        "oversight/retention.html",
        {
            "rules": privacy.run(privacy.declared_rules(), at=request.received_at, dry_run=True, by=request.actor),
            "days": privacy.protocol(),
        },
    )


@requires(Permission.READ_LOG)
@require_GET
def event(request: StaffRequest, event_id: UUID) -> HttpResponse:
    """Show one event with the proof of its place."""
    found = actions.read_event(event_id=event_id, by=request.actor, at=request.received_at)
    if found is None:
        raise Http404
    return render(request, "oversight/event.html", {"found": found, "event": found.event, "proof": found.proof})


@requires(Permission.READ_LOG)
@require_POST
def proof(request: StaffRequest, event_id: UUID) -> HttpResponse:
    """Hand out the proof of one event as a file that other tools can check."""
    found = actions.read_event(event_id=event_id, by=request.actor, at=request.received_at)
    if found is None or found.proof is None:
        raise Http404
    return _file(found.proof.to_text(), name="samsyn.tlog-proof")


@requires(Permission.READ_LOG)
@require_POST
def checkpoint(request: StaffRequest) -> HttpResponse:
    """Hand out the latest checkpoint, to be kept elsewhere as a witness."""
    note = actions.take_checkpoint(by=request.actor, at=request.received_at)
    if note is None:
        raise Http404
    return _file(note, name="samsyn-checkpoint.txt")


@requires(Permission.READ_LOG)
@require_POST
def check(request: StaffRequest) -> HttpResponse:
    """Check the whole log and show the outcome."""
    try:
        report = actions.check_log(by=request.actor, at=request.received_at)
    except checkpoints.KeyMissing as error:
        raise Refused(_("Installationen har ingen nyckel till loggen, så den kan inte kontrolleras.")) from error
    if report.is_whole:
        return redirect("oversight:log")
    return render(request, "oversight/findings.html", {"report": report})


def _file(text: str, *, name: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
