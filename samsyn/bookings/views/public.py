"""The public's own pages of booking: no account, no cookie, no name. What is sent is guarded by the form's own mark.

They work as the application role through the room's actions; the public's reading role sees none of its tables.
"""

import functools
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from samsyn.bookings import actions, calendars, forms, local_times, online, proof, queries
from samsyn.people.access import open_to_everyone
from samsyn.people.refusals import Invalid, Refused

View = Callable[..., HttpResponse]
# So many weeks from now a page of times can be asked for; the kinds' own limits are nearer.
WEEKS = 53


def url(name: str, *arguments: str) -> str:
    """Return an address in the active language."""
    suffix = "" if get_language() == "sv" else f"_{get_language()}"
    return reverse(f"booking:{name}{suffix}", args=arguments)


def page(*methods: str) -> Callable[[View], View]:
    """Declare a page of booking: open to everyone, its methods, and what browsers and search engines do with it.

    There is no cookie here that another site could make use of, so nothing is exempted but an empty protection; what
    another site's page sends is refused by its fetch metadata, and every form has a mark of its own that counts once.
    """

    def declare(view: View) -> View:
        @open_to_everyone
        @csrf_exempt
        @require_http_methods([*methods])
        @functools.wraps(view)
        def answer(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            try:
                given = view(request, *arguments, **named)
            except LookupError as error:
                raise Http404 from error
            given["X-Robots-Tag"] = "noindex, nofollow, noarchive"
            return given

        return answer

    return declare


def _at(request: HttpRequest) -> datetime:
    return request.received_at  # type: ignore[attr-defined, no-any-return]


@page("GET", "POST")
def start(request: HttpRequest) -> HttpResponse:
    """Show what can be booked; words that are posted open one's own booking."""
    error = ""
    if request.method == "POST":
        try:
            proof.spend(form=request.POST.get("form", ""), work=request.POST.get("work", ""), at=_at(request))
            typed = request.POST.get("code", "").replace("\x00", "")
            return redirect(url("mine", actions.ticket_for_code(code=typed, at=_at(request))))
        except Invalid as refused:
            error = str(refused.message)
    context = {
        "kinds": [(one, url("kind", one.code)) for one in queries.kinds(only_public=True)],
        "proof": proof.challenge(at=_at(request)),
        "error": error,
    }
    return render(request, "bookings/public/start.html", context, status=422 if error else 200)


@page("GET", "POST")
def kind(request: HttpRequest, code: str) -> HttpResponse:
    """Show the free times of a kind; a post asks for one, or for a place on the waiting list."""
    chosen = queries.kind(code)
    if not chosen.is_public:
        raise Http404
    error, status = "", 200
    if request.method == "POST":
        try:
            return _ask(request, chosen)
        except Refused as refused:
            error, status = str(refused.message), refused.status
    monday = _monday(request)
    times = _times(request, chosen, monday)
    if not times["days"] and "day" not in request.GET:
        # Who hasn't asked for a week gets the first one with a free time.
        today = local_times.day_of(_at(request))
        starts = _starts(chosen, today, today + timedelta(days=chosen.lead_days), at=_at(request))
        if starts:
            monday = forms.monday_of(local_times.day_of(min(starts)))
            times = _times(request, chosen, monday)
    context = times | {
        "kind": chosen,
        "here": url("kind", code),
        "proof": proof.challenge(at=_at(request)),
        "error": error,
        "address": request.POST.get("address", "")[:200] if request.method == "POST" else "",
        "home": url("start"),
    }
    return render(request, "bookings/public/kind.html", context, status=status)


@page("GET", "POST")
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask to press the button (programs that look through mails press none); a post confirms and shows the words once."""
    if request.method == "GET":
        if not queries.is_awaited(actions.hashed(secret), at=_at(request)):
            raise Refused(_("Länken gäller inte längre: den är redan använd, eller så har tiden gått ut."), status=410)
        return render(request, "bookings/public/confirm.html", {"home": url("start")})
    made = actions.confirm_booking(secret=secret, at=_at(request))
    return _confirmed(request, made)


@page("GET", "POST")
def mine(request: HttpRequest, secret: str) -> HttpResponse:
    """Show one's own booking; a post moves or cancels it."""
    at = _at(request)
    found = actions.booking_of(secret, at=at)
    error, status = "", 200
    if request.method == "POST":
        try:
            if request.POST.get("do") == "cancel":
                actions.cancel_own(secret=secret, at=at)
                message = _("Tiden är avbokad. Adressen är borttagen.")
                return render(request, "bookings/public/done.html", {"message": message, "home": url("start")})
            actions.change_own(secret=secret, starts_at=_slot(request), at=at)
            return redirect(url("mine", secret))
        except Refused as refused:
            error, status = str(refused.message), refused.status
    chosen = queries.kind(found.kind)
    context: dict[str, Any] = {"booking": found, "kind": chosen, "here": url("mine", secret), "error": error}
    if online.is_open(found, at=at):
        context["video"] = url("mine_video", secret)
    context |= {"file": url("mine_file", secret), "home": url("start"), "is_changing": "day" in request.GET}
    if context["is_changing"] or error:
        context |= _times(request, chosen, _monday(request))
    return render(request, "bookings/public/mine.html", context, status=status)


@page("GET")
def mine_video(request: HttpRequest, secret: str) -> HttpResponse:
    """Lead to the meeting by video, about the time of the booking."""
    address = online.address(
        actions.booking_of(secret, at=_at(request)), pseudonym=_("Deltagare"), is_host=False, at=_at(request)
    )
    if address is None:
        raise Http404
    return online.leave_for(address)


@page("GET")
def mine_file(request: HttpRequest, secret: str) -> HttpResponse:
    """Give one's own booking as a calendar file."""
    answer = HttpResponse(actions.invitation(secret, at=_at(request)), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{calendars.FILE_NAME}"'
    return answer


@page("GET", "POST")
def waiting(request: HttpRequest, secret: str) -> HttpResponse:
    """Confirm one's place on the waiting list, or leave it."""
    message = ""
    if request.method == "POST":
        if request.POST.get("do") == "leave":
            actions.leave_waiting_list(secret=secret, at=_at(request))
            message = _("Du står inte längre på väntelistan. Adressen är borttagen.")
        else:
            actions.confirm_waiting(secret=secret, at=_at(request))
            message = _("Du står på väntelistan. När en tid blir ledig får du ett mejl.")
        return render(request, "bookings/public/done.html", {"message": message, "home": url("start")})
    if not queries.waits(actions.hashed(secret)):
        raise Http404
    return render(request, "bookings/public/waiting.html", {"home": url("start")})


@page("GET", "POST")
def offer(request: HttpRequest, secret: str) -> HttpResponse:
    """Show an offered time; a post takes it or lets it go."""
    at = _at(request)
    if request.method == "POST":
        if request.POST.get("do") == "decline":
            actions.decline_offer(secret=secret, at=at)
            message = _("Tiden går till nästa. Du står kvar på väntelistan.")
            return render(request, "bookings/public/done.html", {"message": message, "home": url("start")})
        return _confirmed(request, actions.take_offer(secret=secret, at=at))
    found = queries.offered(actions.hashed(secret), at=at)
    return render(request, "bookings/public/offer.html", {"booking": found, "home": url("start")})


@open_to_everyone
@require_GET
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer with a host's calendar; what was revoked and what never was look the same."""
    try:
        file = queries.feed(actions.hashed(secret), at=_at(request))
    except LookupError as error:
        raise Http404 from error
    answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{calendars.FILE_NAME}"'
    return answer


# Steps that several views share


def _ask(request: HttpRequest, chosen: queries.KindRow) -> HttpResponse:
    form, work = request.POST.get("form", ""), request.POST.get("work", "")
    address, at = request.POST.get("address", ""), _at(request)
    if request.POST.get("do") == "wait":
        actions.join_waiting_list(kind=chosen.code, address=address, form=form, work=work, at=at)
    else:
        actions.request_booking(
            kind=chosen.code, starts_at=_slot(request), address=address, form=form, work=work, at=at
        )
    message = _("Öppna mejlet och tryck på länken inom en halvtimme. Först då gäller det.")
    context = {"message": message, "title": _("Ett mejl är på väg"), "home": url("start")}
    return render(request, "bookings/public/done.html", context)


def _confirmed(request: HttpRequest, made: actions.Confirmed) -> HttpResponse:
    context = {
        "code": made.code,
        "mine": url("mine", made.secret),
        "booking": actions.booking_of(made.secret, at=_at(request)),
        "home": url("start"),
    }
    return render(request, "bookings/public/confirmed.html", context)


def _slot(request: HttpRequest) -> datetime:
    try:
        return forms.parse_slot("0@" + request.POST.get("slot", ""))[1]
    except ValidationError as error:
        raise Invalid(_("Välj en av tiderna.")) from error


def _monday(request: HttpRequest) -> date:
    today = local_times.day_of(_at(request))
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = today
    return forms.monday_of(min(max(day, today), today + timedelta(weeks=WEEKS)))


def _times(request: HttpRequest, chosen: queries.KindRow, monday: date) -> dict[str, Any]:
    """Return the free times of a week, each once whoever it is with, and the ways to other weeks."""
    at = _at(request)
    days: dict[date, list[tuple[str, datetime]]] = {}
    for moment in sorted(_starts(chosen, monday, monday + timedelta(days=6), at=at)):
        days.setdefault(local_times.day_of(moment), []).append((forms.slot_value(0, moment)[2:], moment))
    this_week = forms.monday_of(local_times.day_of(at))
    return {
        "days": sorted(days.items()),
        "monday": monday,
        "previous": monday - timedelta(days=7) if monday > this_week else None,
        "next": monday + timedelta(days=7) if monday < this_week + timedelta(days=chosen.lead_days) else None,
    }


def _starts(chosen: queries.KindRow, first: date, last: date, *, at: datetime) -> set[datetime]:
    """Return when a time can be had from one day to another, whoever it is with."""
    if chosen.capacity > 1:
        sessions = queries.open_sessions(kind=chosen, at=at, until=local_times.minute_of(last, 1440))
        return {one.starts_at for one in sessions if local_times.day_of(one.starts_at) >= first}
    hosts = [one.id for one in queries.hosts(kind=chosen.code)]
    slots = queries.free_slots(kind=chosen, hosts=hosts, first_day=first, last_day=last, at=at)
    return {slot.starts_at for slot in slots}
