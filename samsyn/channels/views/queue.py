"""The queue board: who waits and how long, who is here, and what is noted by hand."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samsyn.channels import actions, call_states, policies, queries, texts
from samsyn.channels.adapters import Delivery, known, own_pages
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission

# Who has waited for less is shown by the second.
COUNTED = timedelta(hours=1)
at_the_desk = requires(Permission.REGISTER_CONTACT)


@at_the_desk
@require_GET
def board(request: StaffRequest) -> HttpResponse:
    """Show who waits, the longest first."""
    rows = queries.board(by=request.actor, at=request.received_at)
    hours = queries.hours(queue=policies.DEFAULT_QUEUE)
    is_open = hours.is_open(request.received_at)
    titles = {row.code: row.title for row in queries.queues()}
    context = {
        "rows": [_shown(row, titles, at=request.received_at) for row in rows],
        "mark": _mark(rows),
        "is_open": is_open,
        "closed_text": "" if is_open else texts.overflow(opens=hours.opens(request.received_at)),
        "present": queries.present(at=request.received_at),
        "is_present": queries.is_present(by=request.actor, at=request.received_at),
        "call_backs": len(queries.open_call_backs(by=request.actor)),
        "can_call_back": known.can_call_back(),
    }
    return render(request, "channels/board.html", context)


@at_the_desk
@require_GET
def changes(request: StaffRequest) -> HttpResponse:
    """Tell a script whether the board is another now."""
    rows = queries.board(by=request.actor, at=request.received_at)
    return JsonResponse({"mark": _mark(rows)})


@at_the_desk
@require_POST
def presence(request: StaffRequest) -> HttpResponse:
    """Take whether the adviser takes calls now."""
    actions.set_presence(is_here=request.POST.get("here") == "yes", by=request.actor, at=request.received_at)
    return redirect("queue:board")


@at_the_desk
@require_POST
def note(request: StaffRequest) -> HttpResponse:
    """Note by hand that somebody waits, or called in vain: the switchboard is down, or there is none."""
    mark = uuid4().hex
    delivery = Delivery(
        secret=mark,
        address="",
        step="missed" if request.POST.get("do") == "missed" else "arrived",
        body=urlencode({"reference": mark}).encode(),
        received_at=request.received_at,
    )
    (told,) = own_pages.by_hand(mark).events(delivery)
    if request.POST.get("do") not in {"missed", "arrived"}:
        raise Invalid(_("Okänd kod."))
    actions.note_call(told=told, by=request.actor, at=request.received_at)
    return redirect("queue:board")


def _shown(row: queries.Waiting, titles: Mapping[str, str], *, at: datetime) -> dict[str, object]:
    """Return a line of the board as its template says it."""
    waited = row.waited or timedelta()
    return {
        "call": row,
        "is_today": timezone.localdate(row.arrived_at) == timezone.localdate(at),
        "channel": texts.CHANNELS.get(row.channel, row.channel),
        # Where there is one queue alone nobody needs to be told which.
        "queue": titles.get(row.queue, row.queue) if len(titles) > 1 else "",
        "state": texts.STATES[row.state]
        if not row.is_perhaps_away
        else _("%(state)s, kanske borta") % {"state": texts.STATES[row.state]},
        "waited": "–" if row.waited is None else queries.clock(waited),
        "seconds": int(waited.total_seconds()) if row.state == "waiting" and waited < COUNTED else None,
        "is_written": row.can.text,
        "answers": row.state == call_states.WAITING and "answer" in row.can.commands,
    }


def _mark(rows: tuple[queries.Waiting, ...]) -> str:
    said = "|".join(f"{row.id}{row.state}{row.is_perhaps_away}" for row in rows)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
