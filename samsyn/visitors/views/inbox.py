"""The desk's inbox: who waits, the messages of one box, and the answer."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from samsyn.people.access import requires
from samsyn.people.keeping import token
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.visitors import actions, content, forms, policies, queries
from samsyn.visitors.keeper import NobodyReads, with_keys

at_the_inbox = requires(Permission.ANSWER_VISITORS)


@at_the_inbox
@require_GET
def inbox(request: StaffRequest) -> HttpResponse:
    """List the boxes without a word of what is in them."""
    boxes = queries.boxes()
    rows = [{"row": row, "edition": content.editions().get(row.edition)} for row in boxes]
    waiting = len([row for row in boxes if row.is_waiting])
    return render(request, "visitors/desk/inbox.html", {"rows": rows, "waiting": waiting})


@at_the_inbox
@require_http_methods(["GET", "POST"])
@with_keys
def box(request: StaffRequest, box_id: UUID) -> HttpResponse:
    """Show a box's messages, which takes the supporter's open keys; a post answers."""
    text, problem = "", ""
    if request.method == "POST":
        text = forms.cleaned(request.POST.get("text", ""))
        try:
            actions.answer(box_id=box_id, text=text, by=request.actor, at=request.received_at)
            return redirect("inbox:box", box_id)
        except Invalid as error:
            problem = str(error.message)
        except NobodyReads:
            problem = _("Nyckelvakten svarar inte. Inget är skickat: försök igen om en stund.")
    try:
        shown = actions.read_box(box_id=box_id, token=token(request), by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    said = {
        "box": shown,
        "edition": content.editions().get(shown.edition),
        "text": text,
        "problem": problem,
        "longest": policies.LONGEST_TEXT,
    }
    return render(request, "visitors/desk/box.html", said, status=422 if problem else 200)
