"""The page on which staff book a time, from the bookings or out of a contact."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from samsyn.bookings import actions, forms, local_times, queries
from samsyn.bookings.views import staff
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid, Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission

books_times = requires(Permission.BOOK_TIMES)


@books_times
@require_http_methods(["GET", "POST"])
def book(request: StaffRequest) -> HttpResponse:
    """Show free times; a post books one, or a series."""
    return booking_page(request, action=reverse("bookings:book"))


def booking_page(
    request: StaffRequest,
    *,
    action: str,
    back: str = "",
    reference: UUID | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show free times and book what is chosen, for the caller's own id, then go ``back`` or to the week.

    ``more`` goes to the template.
    """
    kinds = queries.kinds()
    if not kinds:
        raise Refused(_("Det finns inga mötesslag att boka än."))
    asked = request.GET if request.GET.get("kind") else {"kind": kinds[0].code}
    search = forms.SearchForm(asked, auto_id="search_%s", kinds=kinds, hosts=queries.hosts())
    if not search.is_valid():
        raise Invalid(_("Sökningen gick inte att läsa. Välj mötesslag och vecka."))
    kind = queries.kind(search.cleaned_data["kind"])
    form = forms.BookForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                booked = _book(request, kind.code, form.new_time(), reference)
                return redirect(back or f"{reverse('bookings:week')}?day={local_times.day_of(booked):%Y-%m-%d}")
            except Refused as refused:
                form.add_error(None, str(refused.message))
                status = refused.status
    people = queries.hosts(kind=kind.code)
    wanted = [one for one in people if not search.cleaned_data["host"] or str(one.id) == search.cleaned_data["host"]]
    day, at = search.cleaned_data["day"], request.received_at
    monday, days = _week(kind, wanted, day, at)
    context = staff.frame(request, "book") | {
        "search": search,
        "form": form,
        "kind": kind,
        "people": people,
        "monday": monday,
        "previous": monday - timedelta(days=7),
        "next": monday + timedelta(days=7),
        "host": search.cleaned_data["host"],
        "days": days,
        "none_until": None if days or day else local_times.day_of(at) + timedelta(days=kind.lead_days),
        "action": f"{action}?kind={kind.code}&host={search.cleaned_data['host']}&day={monday:%Y-%m-%d}",
        "here": action,
        "can_invite": settings.SAMSYN_SENDS_MAIL,
    }
    return render(request, "bookings/book.html", context | (more or {}), status=status)


_Days = list[tuple[date, list[tuple[str, datetime, str]]]]


def _week(kind: queries.KindRow, people: list[queries.HostRow], day: date | None, at: datetime) -> tuple[date, _Days]:
    """Return the Monday of the week to show and its free times; who asks for no day gets the first week that has any."""
    today = local_times.day_of(at)
    monday = forms.monday_of(day or today)
    days = _free_days(kind, people, monday, at)
    if days or day:
        return monday, days
    last = today + timedelta(days=kind.lead_days)
    later = queries.free_slots(kind=kind, hosts=[one.id for one in people], first_day=today, last_day=last, at=at)
    if later:
        monday = forms.monday_of(local_times.day_of(min(slot.starts_at for slot in later)))
        days = _free_days(kind, people, monday, at)
    return monday, days


def _free_days(kind: queries.KindRow, people: list[queries.HostRow], monday: date, at: datetime) -> _Days:
    slots = queries.free_slots(
        kind=kind, hosts=[one.id for one in people], first_day=monday, last_day=monday + timedelta(days=6), at=at
    )
    names = queries.host_names(people)
    found: dict[date, list[tuple[str, datetime, str]]] = {}
    for slot in slots:
        line = (forms.slot_value(slot.host, slot.starts_at), slot.starts_at, names[slot.host])
        found.setdefault(local_times.day_of(slot.starts_at), []).append(line)
    return sorted(found.items())


def _book(request: StaffRequest, kind: str, new: forms.NewTime, reference: UUID | None) -> datetime:
    who: dict[str, Any] = {"kind": kind, "hosts": [new.host], "by": request.actor, "at": request.received_at}
    who |= {"reference": reference}
    starts_at = new.starts_at or actions.moment(new.local, fold=new.fold)  # type: ignore[arg-type]
    if new.repeats is None:
        with transaction.atomic():  # a time without the invitation that was asked for is not booked either
            booking_id = actions.book(starts_at=starts_at, origin="contact" if reference else "staff", **who)
            if new.to:
                actions.invite(booking_id=booking_id, address=new.to, by=request.actor, at=request.received_at)
    else:
        actions.book_series(first=local_times.on_the_clock(starts_at), repeats=new.repeats, **who)
    return starts_at
