"""The staff's pages: who sees what, a time that is booked out of a contact, a contact that a booked time opens."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from samsyn.bookings import actions, forms, local_times
from samsyn.bookings.models import Booking, DayException, Feed, Host, Kind
from samsyn.contacts import actions as contacts
from samsyn.contacts.models import Contact, Matter
from samsyn.followups import actions as follow_ups
from samsyn.people.queries import actor_named
from tests.bookings.conftest import next_monday, text, week_of
from tests.followups.conftest import agreed, sent
from tests.rules import hostile
from tests.rules.hostile import House

pytestmark = pytest.mark.django_db


def first_slot(answer: Any) -> str:
    found = re.search(r'name="slot" value="([^"]+)"', answer.content.decode())
    assert found, text(answer)
    return found[1]


def test_an_adviser_books_a_free_time_and_sees_it_in_the_week(house: House) -> None:
    adviser = house.browser("adviser")
    page = adviser.get(f"/bookings/book/?kind=advice&{week_of(next_monday())}")
    slot = first_slot(page)
    done = adviser.post("/bookings/book/?kind=advice", {"slot": slot})
    assert done.status_code == 302
    assert "Rådgivning" in text(adviser.get(done.url))
    again = adviser.post("/bookings/book/?kind=advice", {"slot": slot})
    assert (again.status_code, "inte ledig längre" in text(again)) == (409, True)
    assert Booking.objects.count() == 1


def test_a_time_is_booked_with_an_invitation_or_not_at_all(house: House, settings: Any) -> None:
    settings.SAMSYN_SENDS_MAIL = True
    adviser = house.browser("adviser")
    page = adviser.get(f"/bookings/book/?kind=advice&{week_of(next_monday())}")
    assert 'name="to"' in page.content.decode()
    slot = first_slot(page)
    for post, said in (
        ({"slot": slot, "to": "nobody"}, "ser inte ut som en adress"),
        ({"slot": slot, "to": "a@b.example", "repeat": "weekly", "times": "3"}, "inte till en serie"),
    ):
        answer = adviser.post("/bookings/book/?kind=advice", post)
        assert (answer.status_code, said in text(answer)) == (422, True)
    assert not Booking.objects.exists()
    assert adviser.post("/bookings/book/?kind=advice", {"slot": slot, "to": "x@kommun.example"}).status_code == 302
    (mail,) = sent()
    assert mail.to == "x@kommun.example"
    (attached,) = mail.attachments
    assert b"METHOD:REQUEST" in attached[2]
    # The link in it is the professional's own, as if they had booked for themselves.
    mine = re.search(r"https?://[^/]+(/booking/mine/\S+)", mail.body)
    assert mine
    assert Client().get(mine[1], headers={"host": "statistik.localhost"}).status_code == 200


def test_the_page_opens_at_the_first_week_with_a_free_time_and_says_when_there_is_none(house: House) -> None:
    adviser, today = house.browser("adviser"), local_times.day_of(timezone.now())
    first = local_times.day_of(next_monday()) + timedelta(days=14)
    DayException.objects.bulk_create(
        DayException(day=today + timedelta(days=number)) for number in range((first - today).days)
    )
    Kind.objects.filter(pk="advice").update(lead_days=40)
    page = adviser.get("/bookings/book/?kind=advice")
    assert forms.parse_slot(first_slot(page))[1].date() == first
    assert f"day={first}" in page.content.decode()
    assert '<details class="more">' in page.content.decode()
    # Who asks for a week gets that one.
    asked = adviser.get(f"/bookings/book/?kind=advice&day={today}")
    assert "Inga lediga tider den här veckan." in text(asked)
    Kind.objects.filter(pk="advice").update(lead_days=10)
    page = adviser.get("/bookings/book/?kind=advice")
    assert "Inga lediga tider till och med" in text(page)
    # What can be booked all the same is another time.
    assert '<details class="more" open>' in page.content.decode()


def test_where_no_mail_goes_out_nobody_is_asked_for_an_address(house: House) -> None:
    page = house.browser("adviser").get("/bookings/book/?kind=advice")
    assert 'name="to"' not in page.content.decode()


@pytest.mark.parametrize(
    ("post", "said"),
    [
        ({"slot": "x"}, "Välj en av tiderna"),
        ({}, "Välj en av tiderna"),
        ({"day": "2027-03-28", "clock": "02:30"}, "finns inte den 2027-03-28"),
        ({"day": "2027-10-31", "clock": "02:30"}, "två gånger den 2027-10-31"),
        ({"day": "2027-04-05", "clock": "10:00", "repeat": "weekly", "times": "1000000"}, "högst 60 möten"),
        ({"day": "2027-04-05", "clock": "10:00", "repeat": "weekly"}, "hur många gånger"),
        ({"day": "0001-01-01", "clock": "10:00"}, "för långt bort"),
    ],
)
def test_a_time_that_is_none_is_refused_in_words(house: House, post: dict[str, str], said: str) -> None:
    adviser = house.browser("adviser")
    host = str(Host.objects.get(account_id=house.accounts["adviser"].pk).pk)
    answer = adviser.post("/bookings/book/?kind=advice", {"host": host} | post)
    assert answer.status_code in {409, 422}
    assert said in text(answer)
    assert not Booking.objects.exists()


def test_a_doubled_hour_is_booked_when_the_person_says_which(house: House) -> None:
    adviser = house.browser("adviser")
    host = str(Host.objects.get(account_id=house.accounts["adviser"].pk).pk)
    post = {"host": host, "day": "2027-10-31", "clock": "02:30", "second": "on"}
    assert adviser.post("/bookings/book/?kind=advice", post).status_code == 302
    assert Booking.objects.get().starts_at.isoformat() == "2027-10-31T01:30:00+00:00"


def test_a_supervisor_sees_their_own_times_and_nothing_else(house: House) -> None:
    hosts = {one.account_id: one.pk for one in Host.objects.all()}
    by, at, starts_at = actor_named("adviser"), timezone.now(), next_monday()
    own, other = (
        actions.book(kind="supervision", hosts=[hosts[house.accounts[name].pk]], starts_at=starts_at, by=by, at=at)
        for name in ("supervisor", "adviser")
    )
    supervisor = house.browser("supervisor")
    # Booked out of a contact: the booking knows an id of the matter, and shows it nowhere.
    matter = uuid4()
    Booking.objects.filter(pk=own).update(reference=matter, origin="contact")
    for address in (f"/bookings/?{week_of(starts_at)}", f"/bookings/{own}/"):
        page = supervisor.get(address).content.decode()
        assert str(own) in page
        assert str(matter) not in page
    assert "Handledning" in text(supervisor.get(f"/bookings/?{week_of(starts_at)}"))
    assert supervisor.get(f"/bookings/{own}/").status_code == 200
    assert supervisor.get(f"/bookings/{other}/").status_code == 404
    for address in ("/bookings/book/", "/bookings/kinds/", "/desk/", f"/desk/booked/{own}/"):
        assert supervisor.get(address).status_code in {403, 405}, address
    assert supervisor.post(f"/desk/booked/{own}/").status_code == 403
    assert supervisor.post(f"/bookings/{own}/", {"do": "cancel"}).status_code == 403
    assert Booking.objects.filter(state="confirmed").count() == 2


def test_every_other_page_of_staff_is_shut_to_a_supervisor_from_outside(house: House) -> None:
    supervisor = house.browser("supervisor")
    opened = set()
    for view in hostile.walked("staff"):
        path = hostile.filled(view, uuid=str(uuid4()), slug="x", int="1", str="x")
        if "sign-out" not in path and "lock" not in path and supervisor.get(path).status_code == 200:
            opened.add(path)
    assert {path.split("/")[1] for path in opened} == {
        "account",
        "bookings",
        "components",
        "deliveries",
        "health",
        "people",
    }
    # Of deliveries what everybody may read: which formats there are, and how a system delivers.
    assert {path for path in opened if path.startswith("/deliveries/")} == {
        "/deliveries/api/v1/formats",
        "/deliveries/api/v1/openapi.json",
    }
    assert {path for path in opened if path.startswith("/people/")} == {"/people/roles/", "/people/second-factor/"}


def test_a_time_is_booked_out_of_a_contact_and_opens_the_next_one(house: House, settings: Any) -> None:
    settings.SAMSYN_SENDS_MAIL = True
    adviser = house.browser("adviser")
    desk = adviser.post("/desk/").url
    assert f'href="{desk}book/"' in adviser.get(desk).content.decode()
    page = adviser.get(f"{desk}book/?kind=supervision&{week_of(next_monday())}")
    refused = adviser.post(f"{desk}book/?kind=supervision", {"slot": "1@2020-01-01T10:00Z"})
    assert refused.status_code in {409, 422}
    assert not Matter.objects.exists(), "a time that was not booked leaves no matter behind"
    done = adviser.post(f"{desk}book/?kind=supervision", {"slot": first_slot(page)})
    assert (done.status_code, done.url) == (302, f"{desk}book/")
    shown = text(adviser.get(done.url))
    assert "Kontakt öppnad" in shown
    assert "Handledning: bokad tid" in shown
    booking, matter = Booking.objects.get(), Matter.objects.get()
    assert (booking.reference, booking.origin) == (matter.pk, "contact")
    # The time comes, its host opens the contact, once; a colleague can't.
    Booking.objects.update(starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1))
    assert "Öppna kontakten" in text(adviser.get(f"/bookings/{booking.pk}/"))
    opened = adviser.post(f"/desk/booked/{booking.pk}/")
    contact = Contact.objects.get(pk=opened.url.split("/")[2])
    assert (contact.channel, contact.matter_id, contact.is_repeat) == ("booked_call", matter.pk, True)
    assert adviser.post(f"/desk/booked/{booking.pk}/").status_code == 409
    assert Contact.objects.count() == 2
    assert "Öppna kontakten" not in text(adviser.get(f"/bookings/{booking.pk}/"))
    # The closing plans the follow-up; one line of time shows it all, beside the call that is still open.
    by, now = actor_named("adviser"), timezone.now()
    follow_ups.note_wish(contact_id=contact.pk, agreed=agreed(months=(1,)), by=by, at=now)
    saved = contacts.Saved(answers={"sector": ("school",), "outcome": ("answered",)})
    contacts.close_contact(contact_id=contact.pk, saved=saved, by=by, at=now)
    aside = adviser.get(f"{desk}book/").content.decode().partition('<ol class="timeline"')[2].partition("</ol>")[0]
    assert [re.sub(r"<time.*?</time>|<[^>]+>", "", one).strip() for one in aside.split("<li>")[1:]] == [
        "Kontakt öppnad", "Handledning bokad", "Handledning: bokad tid", "Kontakt öppnad", "Kontakt avslutad",
        "Uppföljning efter 1 månad: planerad",
    ]  # fmt: skip


def test_hours_exceptions_and_kinds_are_changed_on_their_pages(house: House) -> None:
    adviser, lead = house.browser("adviser"), house.browser("lead")
    hours = {"weekday": "5", "begins": "09:00", "ends": "12:00", "first_day": "2027-01-01", "do": "add_hours"}
    assert adviser.post("/bookings/times/", hours).status_code == 302
    overlapping = adviser.post("/bookings/times/", hours | {"begins": "11:00", "ends": "13:00"})
    assert (overlapping.status_code, "överlappar" in text(overlapping)) == (422, True)
    away = {"day": "2027-02-01", "what": "away", "do": "add_exception"}
    assert adviser.post("/bookings/times/", away).status_code == 302
    assert adviser.post("/bookings/times/", away | {"everybody": "yes"}).status_code == 403
    button = re.search(r'value="(remove_exception:[^"]+)"', adviser.get("/bookings/times/").content.decode())
    assert button
    assert adviser.post("/bookings/times/", {"do": button[1]}).status_code == 302
    assert adviser.post("/bookings/times/", {"do": "remove_exception:x"}).status_code == 422
    assert adviser.get("/bookings/kinds/").status_code == 403
    kind = {
        "minutes": "40", "before_minutes": "0", "after_minutes": "5", "notice_hours": "4", "lead_days": "42",
        "capacity": "1", "most_a_day": "6",
    }  # fmt: skip
    assert lead.post("/bookings/kinds/?kind=advice", kind).status_code == 302
    assert lead.post("/bookings/kinds/?kind=advice", kind | {"minutes": "999"}).status_code == 422
    assert Kind.objects.get(pk="advice").minutes == 40


def test_a_calendar_address_is_shown_once_and_ends_when_it_is_revoked(house: House) -> None:
    adviser = house.browser("adviser")
    page = adviser.post("/bookings/times/", {"do": "make_feed"})
    found = re.search(r"http://[^<]+/calendar/([\w-]+)\.ics", page.content.decode())
    assert found
    assert found[1] not in adviser.get("/bookings/times/").content.decode()
    path = f"/calendar/{found[1]}.ics"
    public = {"host": "statistik.localhost"}
    answer = adviser.get(path, headers=public)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VTIMEZONE" in answer.content
    assert house.browser("supervisor").post(f"/bookings/times/feeds/{Feed.objects.get().pk}/").status_code == 404
    assert adviser.post(f"/bookings/times/feeds/{Feed.objects.get().pk}/").status_code == 302
    assert adviser.get(path, headers=public).status_code == 404
