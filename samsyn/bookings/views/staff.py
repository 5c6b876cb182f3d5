"""The staff's pages of bookings: parse, call one action or query, render."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samsyn.bookings import actions, forms, local_times, notices, online, queries
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid, Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.ui.components import Tab

keeps_times = requires(Permission.KEEP_OWN_TIMES)
manages_times = requires(Permission.MANAGE_TIMES)
# A contact of a booked time can be opened from a while before it: the professional may call early.
OPENS_BEFORE = timedelta(minutes=30)


@dataclass(frozen=True)
class DayOfWeek:
    """A day of the page, with its meetings."""

    day: date
    meetings: tuple[queries.Meeting, ...]
    away: bool


@keeps_times
@require_GET
def week(request: StaffRequest) -> HttpResponse:
    """Show a week of a host: one's own, or for those who book any."""
    own = queries.own_host(request.actor)
    may_book = request.actor.may(Permission.BOOK_TIMES)
    people = queries.hosts() if may_book else ()
    chosen = next((one for one in people if str(one.id) == request.GET.get("host")), own)
    monday = forms.monday_of(_day(request))
    context = frame(request, "week") | {
        "people": people,
        "chosen": chosen,
        "monday": monday,
        "previous": monday - timedelta(days=7),
        "next": monday + timedelta(days=7),
        "days": _days(chosen, monday, request.received_at) if chosen else (),
        "titles": queries.titles(),
        "can_book": may_book,
    }
    return render(request, "bookings/week.html", context)


@keeps_times
@require_http_methods(["GET", "POST"])
def meeting(request: StaffRequest, booking_id: UUID) -> HttpResponse:
    """Show one booking; a post moves or cancels it, alone or with others of its series."""
    found = _own(request, booking_id)
    form = forms.BookForm(request.POST or None)
    status = 200
    if request.method == "POST":
        scope = request.POST.get("scope", "one")
        if scope not in {"one", "following", "all"}:
            raise Invalid(_("Välj vilka tider det gäller."))
        try:
            return _change(request, found, form, scope)  # type: ignore[arg-type]
        except Refused as refused:
            if request.POST.get("do") not in {"move", "cancel"}:
                raise
            form.is_valid()
            form.add_error(None, str(refused.message))
            status = refused.status
    names = queries.host_names(queries.hosts())
    context = frame(request, "") | {
        "meeting": found,
        "title": queries.titles().get(found.kind, found.kind),
        "names": [names[number] for number in found.host_ids if number in names],
        "form": form,
        "can_change": request.actor.may(Permission.BOOK_TIMES) and found.state == "confirmed",
        "can_open": _can_open(request, found),
        "has_video": online.is_open(found, at=request.received_at),
        "is_series": found.series_id is not None,
    }
    return render(request, "bookings/meeting.html", context, status=status)


@keeps_times
@require_GET
def video(request: StaffRequest, booking_id: UUID) -> HttpResponse:
    """Lead the host to the meeting by video, about its time."""
    at = request.received_at
    address = online.address(_own(request, booking_id), pseudonym=request.actor.pseudonym, is_host=True, at=at)
    if address is None:
        raise Http404
    return online.leave_for(address)


@keeps_times
@require_http_methods(["GET", "POST"])
def times(request: StaffRequest) -> HttpResponse:
    """Show a host's weekly hours, exceptions and calendar addresses; a post adds or takes away one."""
    own = queries.own_host(request.actor)
    people = queries.hosts() if request.actor.may(Permission.MANAGE_TIMES) else ()
    chosen = next((one for one in people if str(one.id) == request.GET.get("host")), own)
    hours, exception = forms.HoursForm(), forms.ExceptionForm(auto_id="exception_%s")
    secret, status = "", 200
    if request.method == "POST":
        if chosen is None:
            raise Refused(_("Du kan inte bokas än. Be samordnaren lägga upp dig."))
        what = request.POST.get("do", "")
        hours = forms.HoursForm(request.POST) if what == "add_hours" else hours
        exception = forms.ExceptionForm(request.POST, auto_id="exception_%s") if what == "add_exception" else exception
        try:
            secret = _change_times(request, chosen.id, what, hours, exception)
            if not secret:
                return redirect(f"{reverse('bookings:times')}?host={chosen.id}")
        except Invalid as refused:
            if what not in {"add_hours", "add_exception"}:
                raise
            form = hours if what == "add_hours" else exception
            if not form.errors:
                form.add_error(None, str(refused.message))
            status = 422
    today = local_times.day_of(request.received_at)
    context = frame(request, "times") | {
        "people": people,
        "chosen": chosen,
        "is_own": chosen is not None and own is not None and chosen.id == own.id,
        "hours": queries.hours(host=chosen.id, on=today) if chosen else (),
        "exceptions": queries.exceptions(host=chosen.id, since=today) if chosen else (),
        "feeds": queries.feeds(host=own.id) if own else (),
        "weekdays": dict(forms.WEEKDAYS),
        "hours_form": hours,
        "exception_form": exception,
        "feed_url": notices.link(f"/calendar/{secret}.ics", language="sv") if secret else "",
        "can_manage": request.actor.may(Permission.MANAGE_TIMES),
    }
    return render(request, "bookings/times.html", context, status=status)


@manages_times
@require_http_methods(["GET", "POST"])
def kinds(request: StaffRequest) -> HttpResponse:
    """Show the kinds of meetings and who can be booked for what; a post changes one of them."""
    found = queries.kinds()
    chosen = next((one for one in found if one.code == request.GET.get("kind")), None)
    form = forms.KindForm(request.POST or None, initial=vars(chosen) if chosen else None)
    status = 200
    if request.method == "POST":
        if request.POST.get("do") == "host":
            return _set_host(request, [one.code for one in found])
        if chosen is None:
            raise Invalid(_("Mötesslaget finns inte."))
        status = 422
        if form.is_valid():
            try:
                actions.change_kind(
                    kind=chosen.code, standard=form.standard(), by=request.actor, at=request.received_at
                )
                return redirect("bookings:kinds")
            except Invalid as refused:
                form.add_error(None, str(refused.message))
    context = frame(request, "kinds") | {
        "kinds": found,
        "chosen": chosen,
        "form": form,
        "candidates": queries.candidates(),
        "waiting": queries.waiting(),
    }
    return render(request, "bookings/kinds.html", context, status=status)


@keeps_times
@require_POST
def revoke(request: StaffRequest, feed_id: UUID) -> HttpResponse:
    """Revoke a calendar address."""
    try:
        actions.revoke_feed(feed_id=feed_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("bookings:times")


# Steps that several views share


def _day(request: StaffRequest) -> date:
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return local_times.day_of(request.received_at)
    return min(max(day, forms.EARLIEST), forms.LATEST)


def frame(request: StaffRequest, current: str) -> dict[str, Any]:
    """Return what the pages of bookings have in common."""
    pages = (
        ("week", _("Vecka"), Permission.KEEP_OWN_TIMES),
        ("book", _("Boka tid"), Permission.BOOK_TIMES),
        ("times", _("Mottagningstider"), Permission.KEEP_OWN_TIMES),
        ("kinds", _("Mötesslag"), Permission.MANAGE_TIMES),
    )
    tabs = tuple(
        Tab(label=label, url=reverse(f"bookings:{name}"), current=name == current)
        for name, label, permission in pages
        if request.actor.may(permission)
    )
    return {"tabs": tabs}


def _days(host: queries.HostRow, monday: date, at: datetime) -> tuple[DayOfWeek, ...]:
    first, last = local_times.minute_of(monday, 0), local_times.minute_of(monday + timedelta(days=7), 0)
    meetings = queries.meetings(host=host.id, first=first, last=last, at=at)
    away = {
        one.day
        for one in queries.exceptions(host=host.id, since=monday)
        if not one.is_open and (one.first_minute, one.last_minute) == (0, 1440)
    }
    found = []
    for offset in range(7):
        day = monday + timedelta(days=offset)
        own = tuple(one for one in meetings if local_times.day_of(one.starts_at) == day)
        if own or offset < 5:
            found.append(DayOfWeek(day, own, day in away))
    return tuple(found)


def _own(request: StaffRequest, booking_id: UUID) -> queries.Meeting:
    try:
        return queries.meeting(booking_id, by=request.actor)
    except LookupError as error:
        raise Http404 from error


def _can_open(request: StaffRequest, found: queries.Meeting) -> bool:
    own = queries.own_host(request.actor)
    return (
        request.actor.may(Permission.REGISTER_CONTACT)
        and own is not None
        and own.id in found.host_ids
        and found.state == "confirmed"
        and found.opened_at is None
        and found.starts_at - OPENS_BEFORE <= request.received_at
    )


def _change(request: StaffRequest, found: queries.Meeting, form: forms.BookForm, scope: actions.Scope) -> HttpResponse:
    by, at = request.actor, request.received_at
    if request.POST.get("do") == "cancel":
        actions.cancel_of_series(booking_id=found.id, scope=scope, by=by, at=at)
        return redirect(f"{reverse('bookings:week')}?day={local_times.day_of(found.starts_at):%Y-%m-%d}")
    if request.POST.get("do") != "move":
        raise Invalid(_("Välj om tiden ska flyttas eller avbokas."))
    day, clock = form.fields["day"], form.fields["clock"]
    try:
        chosen = datetime.combine(day.clean(request.POST.get("day")), clock.clean(request.POST.get("clock")))
    except (ValidationError, TypeError) as error:
        raise Invalid(_("Skriv dag och klockslag.")) from error
    starts_at = actions.moment(chosen, fold=1 if request.POST.get("second") else None)
    actions.move_of_series(booking_id=found.id, starts_at=starts_at, scope=scope, by=by, at=at)
    return redirect("bookings:meeting", found.id)


def _change_times(
    request: StaffRequest, host: int, what: str, hours: forms.HoursForm, exception: forms.ExceptionForm
) -> str:
    """Do what a button of the page says; return the secret of a new calendar address, if that is what it made."""
    by, at = request.actor, request.received_at
    if what == "make_feed":
        return actions.make_feed(tells_meetings=request.POST.get("tells") == "yes", by=by, at=at)
    if what == "add_hours":
        _check(hours)
        data = hours.cleaned_data
        first, last = forms.minutes(data["begins"], data["ends"])
        actions.add_hours(
            host=host,
            weekday=data["weekday"],
            first_minute=first,
            last_minute=last,
            first_day=data["first_day"],
            last_day=data["last_day"],
            by=by,
            at=at,
        )
    elif what == "add_exception":
        _check(exception)
        data = exception.cleaned_data
        first, last = forms.minutes(data["begins"], data["ends"])
        everybody = request.POST.get("everybody") == "yes"
        actions.add_exception(
            host=None if everybody else host,
            day=data["day"],
            is_open=data["what"] == "open",
            first_minute=first,
            last_minute=last,
            by=by,
            at=at,
        )
    else:
        _take_away(request, what)
    return ""


def _check(form: Any) -> None:
    if not form.is_valid():
        raise Invalid(_("Något behöver rättas."))


def _take_away(request: StaffRequest, what: str) -> None:
    by, at = request.actor, request.received_at
    name, _dash, number = what.partition(":")
    try:
        if name == "end_hours":
            yesterday = local_times.day_of(at) - timedelta(days=1)
            actions.end_hours(rule_id=UUID(number), last_day=yesterday, by=by, at=at)
        elif name == "remove_exception":
            actions.remove_exception(exception_id=UUID(number), by=by, at=at)
        else:
            raise Invalid(_("Knappen finns inte. Ladda om sidan."))
    except LookupError as error:
        raise Http404 from error
    except ValueError as error:
        raise Invalid(_("Knappen finns inte. Ladda om sidan.")) from error


def _set_host(request: StaffRequest, known: list[str]) -> HttpResponse:
    account = next((one for one in queries.candidates() if str(one.account_id) == request.POST.get("account")), None)
    wanted = request.POST.getlist("kinds")
    if account is None or not set(wanted) <= set(known):
        raise Invalid(_("Den som valdes kan inte bokas för det mötesslaget."))
    actions.set_host(account_id=account.account_id, kinds=wanted, by=request.actor, at=request.received_at)
    return redirect("bookings:kinds")
