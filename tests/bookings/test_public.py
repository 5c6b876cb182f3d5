"""Booking on the public site, from the free time to the cancelled one, and everybody who tries to get around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
from django.test import Client
from django.utils import timezone

from samsyn.bookings import actions, policies, proof
from samsyn.bookings.models import Attendee, Booking, Host, Kind, SpentForm, WaitingEntry
from samsyn.people.actors import SYSTEM
from samsyn.people.queries import actor_named
from samsyn.privacy import retention
from tests.bookings.test_pages import house, next_monday, text, week_of  # noqa: F401
from tests.rules.hostile import House

pytestmark = pytest.mark.django_db
ADDRESS = "kurator@skola.example.se"


@dataclass
class Post:
    """What was given to the channels to mail."""

    sent: list[dict[str, Any]] = field(default_factory=list)

    def take(self, **mail: Any) -> None:
        self.sent.append(mail)

    def link(self) -> str:
        """The path of the latest mail's link."""
        found: str = self.sent[-1]["context"]["link"]
        return re.sub(r"^http://[^/]+", "", found)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    found = Post()
    monkeypatch.setattr("samsyn.channels.actions.send_neutral_mail", found.take)
    yield found


def visitor() -> Client:
    return Client(headers={"host": "statistik.localhost"}, enforce_csrf_checks=True)


def solved(page: Any) -> dict[str, str]:
    """The hidden fields of a page's form, with the number that its script finds."""
    found = re.search(r'name="form" value="([^"]+)"', page.content.decode())
    assert found
    number = next(str(one) for one in range(10**7) if proof.solves(found[1], str(one)))
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


def test_from_a_free_time_to_a_cancelled_one(house: House, post: Post) -> None:  # noqa: F811
    browser = visitor()
    assert "Rådgivning" in text(browser.get("/booking/"))
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
    (name, mime, file) = post.sent[-1]["attachments"][0]
    assert (name, mime) == ("kalender.ics", "text/calendar; charset=utf-8; method=REQUEST")
    (event,) = icalendar.Calendar.from_ical(file).walk("VEVENT")
    assert event["DTSTART"].dt == held.starts_at
    mine = post.link()
    assert b"Min tid" in browser.get(mine).content
    assert browser.get(f"{mine}kalender.ics").content == file
    other = browser.get(f"{mine}?{week_of(next_monday() + timedelta(days=7))}")
    assert browser.post(mine, {"do": "move", "slot": first_slot(other)}).status_code == 302
    (moved,) = icalendar.Calendar.from_ical(post.sent[-1]["attachments"][0][2]).walk("VEVENT")
    assert (moved["UID"], moved["SEQUENCE"] > event["SEQUENCE"]) == (event["UID"], True)
    assert browser.post(mine, {"do": "cancel"}).status_code == 200
    (gone,) = icalendar.Calendar.from_ical(post.sent[-1]["attachments"][0][2]).walk("VEVENT")
    assert (gone["STATUS"], gone["SEQUENCE"] > moved["SEQUENCE"]) == ("CANCELLED", True)
    assert browser.get(mine).status_code == 404
    assert not Attendee.objects.exists()
    assert Booking.objects.get().state == "cancelled"


def test_the_words_open_the_booking_and_wrong_ones_none(house: House, post: Post) -> None:  # noqa: F811
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


def test_a_held_time_is_free_again_when_nobody_confirms(house: House, post: Post) -> None:  # noqa: F811
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
def test_an_address_that_is_none_is_refused_and_nothing_is_held(house: House, post: Post, address: str) -> None:  # noqa: F811
    assert asked(visitor(), address).status_code == 422
    assert not post.sent
    assert not Booking.objects.exists()


def test_a_form_counts_once_and_only_ours_and_costs_something(house: House, post: Post) -> None:  # noqa: F811
    browser = visitor()
    page = browser.get(f"/booking/advice/?{week_of(next_monday())}")
    good = solved(page) | {"address": ADDRESS, "do": "wait"}
    path = "/booking/advice/"
    assert browser.post(path, good | {"work": ""}).status_code == 422
    assert browser.post(path, good | {"work": str(int(good["work"]) + 1)}).status_code == 422
    assert browser.post(path, good | {"form": good["form"][:-1] + "0"}).status_code == 422
    assert browser.post(path, good | {"form": "1.x.y"}).status_code == 422
    assert browser.post(path, {"address": ADDRESS, "do": "wait"}).status_code == 422
    assert not SpentForm.objects.exists()
    assert browser.post(path, good).status_code == 200
    assert browser.post(path, good | {"address": "b@example.se"}).status_code == 409
    assert WaitingEntry.objects.count() == 1


def test_without_script_one_waits_and_few_are_taken(
    house: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:  # noqa: F811
    monkeypatch.setattr(proof, "MOST_WITHOUT_WORK", 2)
    for number in range(3):
        made = proof.challenge(at=now)
        with pytest.raises(policies.Invalid):
            proof.spend(form=made.form, work="", at=now + timedelta(seconds=19))
        if number == 2:
            with pytest.raises(policies.Refused):
                proof.spend(form=made.form, work="", at=now + proof.WAIT)
        else:
            proof.spend(form=made.form, work="", at=now + proof.WAIT)
    with pytest.raises(policies.Invalid):
        proof.spend(form=proof.challenge(at=now).form, work="", at=now + proof.GOOD_FOR + timedelta(seconds=1))


def test_an_address_cannot_hold_many_times(house: House, post: Post) -> None:  # noqa: F811
    answers = [asked(visitor()).status_code for _time in range(policies.MOST_UNCONFIRMED + 1)]
    assert answers == [200] * policies.MOST_UNCONFIRMED + [409]
    assert Booking.objects.count() == policies.MOST_UNCONFIRMED


def test_what_another_site_sends_is_refused(house: House, post: Post) -> None:  # noqa: F811
    browser = visitor()
    asked(browser)
    for site in ("cross-site", "same-site"):
        assert browser.post(post.link(), headers={"sec-fetch-site": site}).status_code == 403
    assert Booking.objects.get().state == "held"


def test_a_meeting_for_several_has_its_places_and_no_more(house: House, post: Post) -> None:  # noqa: F811
    by, at, starts_at = actor_named("lead"), timezone.now(), next_monday()
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


def test_an_offer_goes_to_one_and_on_silence_to_the_next(house: House, post: Post) -> None:  # noqa: F811
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
        links[mail["to"]] = mail["context"]["link"].split("/")[-2]
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


def test_addresses_go_the_day_after_the_meeting(house: House, post: Post) -> None:  # noqa: F811
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


def test_nothing_that_is_sent_or_titled_reveals_the_subject(house: House, post: Post) -> None:  # noqa: F811
    browser = visitor()
    booked(browser, post)
    pages = ["/booking/", "/en/booking/", "/booking/advice/", post.link()]
    titles = [re.findall(r"<title>(.*?)</title>", browser.get(path).content.decode())[0] for path in pages]
    sent = [
        str(mail["context"]) + "".join(file.decode() for *_name, file in mail.get("attachments", ()))
        for mail in post.sent
    ]
    assert not revealing([*titles, *sent])
    assert not [one for one in titles if "Samsyn" in one]
    assert all(path not in str(mail["context"]) for mail in post.sent for path in ("advice", "supervision"))
