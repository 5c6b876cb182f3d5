"""Booking on the public site, from the free time to the cancelled one, and everybody who tries to get around it."""

import email
import re
import socket
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import Client
from django.utils import timezone

from samsyn.bookings import actions, local_times, policies, proof
from samsyn.bookings.models import Attendee, Booking, Host, Kind, SpentForm, WaitingEntry
from samsyn.channels import actions as channels
from samsyn.channels import video
from samsyn.people.actors import SYSTEM
from samsyn.people.queries import actor_named
from samsyn.privacy import floods, retention
from tests.bookings.conftest import next_monday, text, week_of
from tests.rules.hostile import House

pytestmark = pytest.mark.django_db
ADDRESS = "kurator@skola.example.se"


class Post:
    """A real mail server, and what it was given."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        found = email.message_from_bytes(envelope.content, policy=policy.SMTP)
        assert isinstance(found, EmailMessage)
        self.taken.append(found)
        return "250 OK"

    @property
    def sent(self) -> list[EmailMessage]:
        """All mails, after those that wait have gone out."""
        channels.send_due_mail(by=SYSTEM, at=timezone.now() + timedelta(days=30))
        return self.taken

    def link(self) -> str:
        """The path of the latest mail's link."""
        found = re.search(r"http://[^/\s]+(/\S+)", body(self.sent[-1]))
        assert found
        return found[1]


def body(mail: EmailMessage) -> str:
    found = mail.get_body(("plain",))
    assert found is not None
    return str(found.get_content())


def event_of(mail: EmailMessage) -> Any:
    """The event of a mail's calendar file."""
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("kalender.ics", "text/calendar")
    (event,) = icalendar.Calendar.from_ical(file.get_payload(decode=True)).walk("VEVENT")  # type: ignore[arg-type]
    return event


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = Post()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    settings.SAMSYN_SENDS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    yield found
    controller.stop()


def visitor() -> Client:
    return Client(headers={"host": "statistik.localhost"}, enforce_csrf_checks=True)


def solved(page: Any) -> dict[str, str]:
    """The hidden fields of a page's form, with the number that its script finds."""
    found = re.search(r'name="form" value="([^"]+)"', page.content.decode())
    assert found
    number = next(str(one) for one in range(10**7) if floods.has_zeros(found[1], str(one), floods.BITS))
    return {"form": found[1], "work": number}


def first_slot(page: Any) -> str:
    found = re.search(r'name="slot" value="([^"]+)"', page.content.decode())
    assert found, text(page)
    return found[1]


def asked(browser: Client, address: str = ADDRESS, **more: str) -> Any:
    """Ask for the first free time of next week; return the answer."""
    path = f"/booking/advice/?{week_of(next_monday())}"
    page = browser.get(path)
    return browser.post(path, solved(page) | {"slot": first_slot(page), "address": address, "do": "book"} | more)


def booked(browser: Client, post: Post) -> tuple[str, str]:
    """Book and confirm; return the words and the path of one's own page."""
    assert asked(browser).status_code == 200
    page = browser.post(post.link())
    words = re.search(r'class="spoken" translate="no">([^<]+)<', page.content.decode())
    assert words, text(page)
    return words[1], post.link()


def test_from_a_free_time_to_a_cancelled_one(house: House, post: Post) -> None:
    browser = visitor()
    assert "Rådgivning" in text(browser.get("/booking/"))
    # There is no place for words about the matter: only a time, an address and the buttons.
    page = browser.get(f"/booking/advice/?{week_of(next_monday())}").content.decode()
    asks = set(re.findall(r'<(?!input type="hidden")[^>]* name="(\w+)"', page)) - {"viewport"}
    assert asks == {"slot", "address", "do"}
    assert "<textarea" not in page
    assert asked(browser).status_code == 200
    held = Booking.objects.get()
    assert (held.state, held.origin) == ("held", "public")
    link = post.link()
    # Programs that look through mails open links: that confirms nothing.
    assert browser.get(link).status_code == 200
    assert Booking.objects.get().state == "held"
    page = browser.post(link)
    assert "tre ord" in text(page)
    assert Booking.objects.get().state == "confirmed"
    assert browser.post(link).status_code == 409, "a link that is used again confirms nothing"
    event = event_of(post.sent[-1])
    assert event["DTSTART"].dt == held.starts_at
    mine = post.link()
    assert b"Min tid" in browser.get(mine).content
    assert browser.get(f"{mine}video/").status_code == 404, "there is no service, and it isn't time"
    (file,) = post.sent[-1].iter_attachments()
    assert file.get_param("method") == "REQUEST"
    assert browser.get(f"{mine}kalender.ics").content == file.get_payload(decode=True)
    other = browser.get(f"{mine}?{week_of(next_monday() + timedelta(days=7))}")
    assert browser.post(mine, {"do": "move", "slot": first_slot(other)}).status_code == 302
    moved = event_of(post.sent[-1])
    assert (moved["UID"], moved["SEQUENCE"] > event["SEQUENCE"]) == (event["UID"], True)
    assert browser.post(mine, {"do": "cancel"}).status_code == 200
    gone = event_of(post.sent[-1])
    assert (gone["STATUS"], gone["SEQUENCE"] > moved["SEQUENCE"]) == ("CANCELLED", True)
    assert browser.get(mine).status_code == 404
    assert not Attendee.objects.exists()
    assert Booking.objects.get().state == "cancelled"


def test_who_asks_for_no_week_sees_the_first_one_with_a_free_time(house: House) -> None:
    at, browser = timezone.now(), visitor()
    today = local_times.day_of(at)
    for number in range(15):
        actions.add_exception(
            host=None, day=today + timedelta(days=number), is_open=False, by=actor_named("lead"), at=at
        )
    path = "/booking/advice/"
    assert "Inga lediga tider" in text(browser.get(f"{path}?day={today:%Y-%m-%d}"))
    first = datetime.fromisoformat(first_slot(browser.get(path)))
    assert first > at + timedelta(days=14)
    for number in range(15, 60):
        actions.add_exception(
            host=None, day=today + timedelta(days=number), is_open=False, by=actor_named("lead"), at=at
        )
    assert "Inga lediga tider" in text(browser.get(path))


def test_about_its_time_a_booking_leads_to_the_meeting_by_video(
    house: House, post: Post, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SAMSYN_VIDEO_URL = "https://meet.example"
    settings.SAMSYN_VIDEO_APPLICATION = "samsyn"
    settings.SAMSYN_VIDEO_SECRET = "0123456789abcdef0123456789abcdef"
    browser = visitor()
    _words, mine = booked(browser, post)
    host = house.browser("adviser")
    staffs = f"/bookings/{Booking.objects.get().pk}/"
    assert "Till mötet" not in text(browser.get(mine)) + text(host.get(staffs))
    assert browser.get(f"{mine}video/").status_code == host.get(f"{staffs}video/").status_code == 404
    monkeypatch.setattr(video, "BEFORE", timedelta(days=30))
    assert "Till mötet" in text(browser.get(mine))
    assert "Till mötet" in text(host.get(staffs))
    own, staffs_way = browser.get(f"{mine}video/"), host.get(f"{staffs}video/")
    rooms = {answer["Location"].partition("?")[0] for answer in (own, staffs_way)}
    assert len(rooms) == 1, "both come to the same room"
    assert own["Referrer-Policy"] in {"no-referrer", "same-origin"}, "the other place is told nothing"
    assert "meet.example" not in body(post.sent[-1])
    browser.post(mine, {"do": "cancel"})
    assert host.get(f"{staffs}video/").status_code == 404


def test_the_words_open_the_booking_and_wrong_ones_none(house: House, post: Post) -> None:
    browser = visitor()
    words, _mine = booked(browser, post)
    page = browser.get("/booking/")
    wrong = browser.post("/booking/", solved(page) | {"code": "ingen sådan kod"})
    assert wrong.status_code == 422
    opened = browser.post("/booking/", solved(browser.get("/booking/")) | {"code": words.upper()})
    assert opened.status_code == 302
    assert "Min tid" in text(browser.get(opened.url))
    for tampered in (opened.url.replace("/mine/", "/mine/0"), opened.url[:-3] + "00/"):
        assert browser.get(tampered).status_code == 404
    with pytest.raises(LookupError):
        actions.booking_of(opened.url.split("/")[3], at=timezone.now() + timedelta(minutes=16))


def test_a_held_time_is_free_again_when_nobody_confirms(house: House, post: Post) -> None:
    browser = visitor()
    asked(browser)
    secret = post.link().split("/")[3]
    late = timezone.now() + policies.HOLD
    with pytest.raises(actions.Taken.__mro__[1]):
        actions.confirm_booking(secret=secret, at=late)
    host = Host.objects.get(account_id=house.accounts["adviser"].pk).pk
    starts_at = Booking.objects.get().starts_at
    actions.book(kind="advice", hosts=[host], starts_at=starts_at, by=actor_named("lead"), at=late)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "a@b",
        "a@b.se\r\nBcc: c@d.se",
        'a@b.se";CN="x',
        "a@b.se,c@d.se",
        "<a@b.se>",
        "å@b.se",
        "a" * 300 + "@b.se",
    ],
)
def test_an_address_that_is_none_is_refused_and_nothing_is_held(house: House, post: Post, address: str) -> None:
    assert asked(visitor(), address).status_code == 422
    assert not post.sent
    assert not Booking.objects.exists()


def test_a_form_counts_once_and_only_ours_and_costs_something(house: House, post: Post) -> None:
    browser = visitor()
    page = browser.get(f"/booking/advice/?{week_of(next_monday())}")
    good = solved(page) | {"address": ADDRESS, "do": "wait"}
    path = "/booking/advice/"
    assert browser.post(path, good | {"work": ""}).status_code == 422
    assert browser.post(path, good | {"work": str(int(good["work"]) + 1)}).status_code == 422
    forged = good["form"][:-1] + ("1" if good["form"].endswith("0") else "0")
    assert browser.post(path, good | {"form": forged}).status_code == 422
    assert browser.post(path, good | {"form": "1.x.y"}).status_code == 422
    assert browser.post(path, {"address": ADDRESS, "do": "wait"}).status_code == 422
    assert not SpentForm.objects.exists()
    assert browser.post(path, good).status_code == 200
    assert browser.post(path, good | {"address": "b@example.se"}).status_code == 409
    assert WaitingEntry.objects.count() == 1


def test_without_script_one_waits_and_few_are_taken(
    house: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "MOST_WITHOUT_WORK", 2)
    for number in range(3):
        made = proof.challenge(at=now)
        with pytest.raises(policies.Invalid):
            proof.spend(form=made.form, work="", at=now + timedelta(seconds=floods.SECONDS_WITHOUT_SCRIPT - 1))
        if number == 2:
            with pytest.raises(policies.Refused):
                proof.spend(form=made.form, work="", at=now + timedelta(seconds=floods.SECONDS_WITHOUT_SCRIPT))
        else:
            proof.spend(form=made.form, work="", at=now + timedelta(seconds=floods.SECONDS_WITHOUT_SCRIPT))
    with pytest.raises(policies.Invalid):
        proof.spend(form=proof.challenge(at=now).form, work="", at=now + timedelta(seconds=floods.LIFE + 1))


def test_an_address_cannot_hold_many_times(house: House, post: Post) -> None:
    answers = [asked(visitor()).status_code for _time in range(policies.MOST_UNCONFIRMED + 1)]
    assert answers == [200] * policies.MOST_UNCONFIRMED + [409]
    assert Booking.objects.count() == policies.MOST_UNCONFIRMED


def test_what_another_site_sends_is_refused(house: House, post: Post) -> None:
    browser = visitor()
    asked(browser)
    for site in ("cross-site", "same-site"):
        assert browser.post(post.link(), headers={"sec-fetch-site": site}).status_code == 403
    assert Booking.objects.get().state == "held"


def test_who_has_booked_is_told_when_staff_move_or_cancel(house: House, post: Post) -> None:
    booked(visitor(), post)
    booking, adviser = Booking.objects.get(), house.browser("adviser")
    later = booking.starts_at + timedelta(days=7)
    moved = adviser.post(f"/bookings/{booking.pk}/", {"do": "move", "day": f"{later:%Y-%m-%d}", "clock": "11:00"})
    assert moved.status_code == 302
    assert post.sent[-1]["Subject"] == "Ny tid för bokat möte"
    event = event_of(post.sent[-1])
    assert (event["DTSTART"].dt.hour, event["SEQUENCE"]) == (11, 1)
    assert adviser.post(f"/bookings/{booking.pk}/", {"do": "cancel"}).status_code == 302
    assert (post.sent[-1]["Subject"], event_of(post.sent[-1])["STATUS"]) == ("Avbokat möte", "CANCELLED")
    assert len(post.sent) == 4


def test_a_meeting_for_several_has_its_places_and_no_more(house: House, post: Post) -> None:
    by, at, starts_at = actor_named("lead"), timezone.now(), next_monday() + timedelta(days=7)
    number = actions.set_host(account_id=house.accounts["adviser"].pk, kinds=["training"], by=by, at=at)
    Kind.objects.filter(pk="training").update(capacity=2)
    actions.book(kind="training", hosts=[number], starts_at=starts_at, by=by, at=at)
    path = f"/booking/training/?{week_of(starts_at)}"
    for place in range(2):
        page = visitor().get(path)
        wanted = {"slot": first_slot(page), "address": f"p{place}@example.se", "do": "book"}
        assert visitor().post(path, solved(page) | wanted).status_code == 200
        assert visitor().post(post.link()).status_code == 200
    late = visitor().post(path, solved(visitor().get(path)) | wanted | {"address": "p3@example.se"})
    assert late.status_code == 409
    assert visitor().post(post.link(), {"do": "cancel"}).status_code == 200
    assert visitor().post(path, solved(visitor().get(path)) | wanted | {"address": "p3@example.se"}).status_code == 200
    assert Booking.objects.get().state == "confirmed"


def test_an_offer_goes_to_one_and_on_silence_to_the_next(house: House, post: Post) -> None:
    now = timezone.now()
    links = {}
    for number, address in enumerate(("forsta@example.se", "andra@example.se")):
        made = proof.challenge(at=now - timedelta(minutes=1))
        actions.join_waiting_list(
            kind="advice", address=address, form=made.form, work="", at=now + timedelta(seconds=number)
        )
        actions.confirm_waiting(secret=post.link().split("/")[3], at=now)
    Kind.objects.filter(pk="advice").update(most_a_day=1)
    assert actions.make_offers(at=now, by=SYSTEM) == 2
    assert actions.make_offers(at=now, by=SYSTEM) == 0
    for mail in post.sent[-2:]:
        links[str(mail["To"])] = re.findall(r"/offer/([^/]+)/", body(mail))[0]
    first, second = (WaitingEntry.objects.get(offer_hash=actions.hashed(one)) for one in links.values())
    assert first.offered_id != second.offered_id
    browser = visitor()
    assert "En tid är ledig" in text(browser.get(f"/booking/offer/{links['forsta@example.se']}/"))
    taken = browser.post(f"/booking/offer/{links['forsta@example.se']}/", {"do": "take"})
    assert "tre ord" in text(taken)
    assert browser.post(f"/booking/offer/{links['forsta@example.se']}/", {"do": "take"}).status_code == 404
    later = now + policies.OFFER
    assert actions.make_offers(at=later, by=SYSTEM) == 1
    assert browser.get(f"/booking/offer/{links['andra@example.se']}/").status_code == 404
    again = WaitingEntry.objects.get(pk=second.pk)
    assert (again.state, again.lapsed_offers) == ("offered", 1)
    # Two unanswered offers, and nobody waits any more.
    actions.make_offers(at=later + policies.OFFER, by=SYSTEM)
    assert WaitingEntry.objects.get(pk=second.pk).state == "left"


def test_addresses_go_the_day_after_the_meeting(house: House, post: Post) -> None:
    booked(visitor(), post)
    ended = Booking.objects.get().ends_at
    rules = [rule for rule in retention.declared_rules() if rule.code.startswith("booking")]
    due = {
        row.rule.code: row.due for row in retention.run(rules, at=ended + timedelta(days=1), dry_run=True, by=SYSTEM)
    }
    assert due["booking_addresses"] == 1
    assert due["bookings"] == 0
    month = {
        row.rule.code: row.due for row in retention.run(rules, at=ended + timedelta(days=31), dry_run=True, by=SYSTEM)
    }
    assert month["bookings"] == 1


def revealing(texts: Sequence[str]) -> list[str]:
    words = ("heder", "våld", "tvång", "könsstymp", "förtryck", "honour", "violence")
    return [word for word in words for one in texts if word in one.casefold()]


def test_nothing_that_is_sent_or_titled_reveals_the_subject(house: House, post: Post) -> None:
    browser = visitor()
    booked(browser, post)
    pages = ["/booking/", "/en/booking/", "/booking/advice/", post.link()]
    titles = [re.findall(r"<title>(.*?)</title>", browser.get(path).content.decode())[0] for path in pages]
    # Everything that a mail program shows: headers, the text, the invitation's name and words.
    sent = [
        f"{part.get_filename() or ''} {part.get_payload(decode=True).decode()} {list(mail.items())}"  # type: ignore[union-attr]
        for mail in post.sent
        for part in mail.walk()
        if not part.is_multipart()
    ]
    assert len(sent) > len(post.sent)  # an invitation was among them
    assert not revealing([*titles, *sent])
    assert not [one for one in titles if "Samsyn" in one]
    assert not [one for one in sent if "advice" in one or "dgivning" in one]
