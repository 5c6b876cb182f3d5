"""A booking from the asking to the cancelling, a waiting list and the calendars: what really leaves the house is walked.

Planted are the address, the names of staff and a kind of meeting whose title says the subject. The pages on which one
chooses a kind say what can be chosen; whatever comes after them, in a mail, behind a link or in a calendar, doesn't.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from samsyn.bookings import actions, calendars, proof
from samsyn.bookings.models import Kind
from samsyn.channels import mails
from samsyn.people.actors import SYSTEM
from samsyn.people.models import Account
from samsyn.people.queries import actor_named
from tests.bookings.conftest import house, next_monday, week_of  # noqa: F401
from tests.bookings.test_public import Post, first_slot, post, solved, visitor  # noqa: F401
from tests.rules.hostile import House, Lines
from tests.rules.safe_words import collecting
from tests.rules.safe_words.collecting import Artefact, revealing

pytestmark = pytest.mark.django_db(databases=["default", "public"])
ADDRESS = "anna.q7address@skola.example"
PLANTED = ("q7address", "q7staff", "q7kind", "q7typed", "0701740605")


def walked(house: House, post: Post, prefix: str) -> Iterator[Artefact]:  # noqa: F811
    """Do everything that sends or shows something, and yield it as the receivers' programs have it."""
    # No form takes such a pseudonym (a word and a number); a calendar's lines would stay whole even so.
    for number, one in enumerate(Account.objects.all()):
        Account.objects.filter(pk=one.pk).update(pseudonym=f"Q7staff {number} på Stödlinjen\r\nX-Q7STAFF:1")
    Kind.objects.filter(pk="advice").update(title_sv="Q7kind om tvång", title_en="Q7kind of violence")
    with Lines() as lines:
        yield from _booked_and_cancelled(post, f"{prefix}/booking/")
        yield from _waited_and_offered(post, f"{prefix}/booking/")
        yield from _calendars(house)
        lines_text = lines.text
    for number, mail in enumerate(post.sent):
        yield from collecting.as_seen(f"{number} {mail['subject']}", mail.as_bytes())
    yield Artefact("log line", "bookings", lines_text)


def _booked_and_cancelled(post: Post, start: str) -> Iterator[Artefact]:  # noqa: F811
    browser = visitor()
    path = f"{start}advice/?{week_of(next_monday())}"
    page = browser.get(path)
    browser.post(path, solved(page) | {"slot": "q7typed 0701740605", "address": "q7typed om heder", "do": "book"})
    browser.post(start, solved(browser.get(start)) | {"code": "q7typed heder 0701740605"})
    page = browser.get(path)
    asked = browser.post(path, solved(page) | {"slot": first_slot(page), "address": ADDRESS, "do": "book"})
    yield from collecting.answered("asked", asked)
    confirm = post.link()
    assert confirm.startswith(f"{start}confirm/")
    yield from collecting.answered("confirm", browser.get(confirm))
    confirmed = browser.post(confirm)
    assert 'class="spoken"' in confirmed.content.decode()
    yield from collecting.answered("confirmed", confirmed)
    yield from collecting.answered("confirmed twice", browser.post(confirm))
    mine = post.link()
    assert mine.startswith(f"{start}mine/")
    yield from collecting.answered("mine", browser.get(mine))
    other = browser.get(f"{mine}?{week_of(next_monday() + timedelta(days=7))}")
    yield from collecting.answered("another time", other)
    yield from collecting.answered("no such time", browser.post(mine, {"do": "move", "slot": "q7typed"}))
    file = browser.get(f"{mine}kalender.ics")
    yield collecting.calendar("own file", file.content, own=ADDRESS)
    yield from (one for one in collecting.answered("own file", file) if one.kind == "file name")
    assert browser.post(mine, {"do": "move", "slot": first_slot(other)}).status_code == 302
    yield from collecting.answered("cancelled", browser.post(mine, {"do": "cancel"}))
    yield from collecting.answered("gone", browser.get(mine))


def _waited_and_offered(post: Post, start: str) -> Iterator[Artefact]:  # noqa: F811
    browser = visitor()
    form = solved(browser.get(f"{start}advice/")) | {"address": ADDRESS, "do": "wait"}
    yield from collecting.answered("asked to wait", browser.post(f"{start}advice/", form))
    place = post.link()
    assert place.startswith(f"{start}waiting/")
    yield from collecting.answered("waiting", browser.get(place))
    yield from collecting.answered("waits", browser.post(place))
    for do in ("decline", "take"):
        assert actions.make_offers(at=timezone.now(), by=SYSTEM) == 1
        offer = post.link()
        assert offer.startswith(f"{start}offer/")
        yield from collecting.answered("offer", browser.get(offer))
        yield from collecting.answered(do, browser.post(offer, {"do": do}))
        yield from collecting.answered("offer again", browser.get(offer))
    made = proof.challenge(at=timezone.now() - timedelta(minutes=1))
    actions.join_waiting_list(kind="advice", address=f"b{ADDRESS}", form=made.form, work="", at=timezone.now())
    yield from collecting.answered("left", browser.post(post.link(), {"do": "leave"}))


def _calendars(house: House) -> Iterator[Artefact]:  # noqa: F811
    by, at = actor_named("adviser"), timezone.now()
    host = house.accounts["adviser"].pk
    number = actions.set_host(account_id=host, kinds=["advice"], by=actor_named("lead"), at=at)
    booking = actions.book(kind="advice", hosts=[number], starts_at=next_monday() + timedelta(days=3), by=by, at=at)
    actions.invite(booking_id=booking, address=ADDRESS, by=by, at=at)
    for tells in ("yes", ""):
        yield from _feed(house, tells)
    house.browser("adviser").post(f"/bookings/{booking}/", {"do": "cancel"})


def _feed(house: House, tells: str) -> Iterator[Artefact]:  # noqa: F811
    """Make a calendar address on the adviser's own page, read it as a calendar program does, and revoke it."""
    where, browser = f"feed {tells}", house.browser("adviser")
    page = browser.post("/bookings/times/", {"do": "make_feed"} | ({"tells": tells} if tells else {}))
    assert page.status_code == 200
    (address,) = re.findall(r'<strong translate="no" class="secret">([^<]+)</strong>', page.content.decode())
    yield Artefact("address", where, address)
    # The page's head says who is signed in; what it says of calendars stands beside a calendar program's window.
    shown = page.content.decode()
    yield from (one for one in collecting.answered(where, page) if one.kind == "page title")
    for part in (r'<div class="notice attention".*?</div>', r"<section[^>]*><h2>Kalender</h2>.*?</section>"):
        (words,) = re.findall(part, shown, re.DOTALL)
        yield Artefact("page of a link", where, re.sub(r"<[^>]+>", " ", words))
    path = "/calendar/" + address.partition("/calendar/")[2]
    file = visitor().get(path)
    # Free or busy, unless it was asked to tell of meetings.
    words = calendars.SUMMARY if tells else calendars.BUSY
    assert set(re.findall(r"SUMMARY:(.*?)\r\n", file.content.decode())) == {words["sv"]}
    yield collecting.calendar(where, file.content)
    yield from (one for one in collecting.answered(where, file) if one.kind == "file name")
    (revoke,) = re.findall(r'action="(/bookings/times/feeds/[^"]+)"', shown)[-1:]
    assert browser.post(revoke).status_code == 302
    gone = visitor().get(path)
    assert gone.status_code == 404
    yield from collecting.answered(f"{where} revoked", gone)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_whole_booking_says_neither_who_nor_what_anywhere(
    house: House,  # noqa: F811
    post: Post,  # noqa: F811
    prefix: str,
) -> None:
    seen = [*walked(house, post, prefix)]
    kinds = {one.kind for one in seen}
    assert kinds == {"mail", "file name", "calendar", "page of a link", "page title", "address", "log line"}
    methods = {hit for one in seen if one.kind == "calendar" for hit in re.findall(r"METHOD:(\w+)", one.text)}
    assert methods == {"REQUEST", "CANCEL", "PUBLISH"}
    sent = {str(mail["subject"]) for mail in post.sent}
    of_bookings = {text["en" if prefix else "sv"].subject for kind, text in mails.texts().items() if "booking" in kind}
    assert of_bookings <= sent, "every kind of mail of a booking went out"
    assert revealing(seen, planted=PLANTED) == []


def test_what_is_planted_in_the_product_itself_is_found_wherever_it_comes_out(
    house: House,  # noqa: F811
    post: Post,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(calendars.SUMMARY, "sv", "Möte om heder")
    monkeypatch.setitem(calendars.BUSY, "sv", "Stödsamtal")
    monkeypatch.setattr(calendars, "FILE_NAME", "tvångsgift.ics")
    texts: Any = mails.texts()["booking_offer"]
    monkeypatch.setitem(texts, "sv", mails.Text("Övergrepp", texts["sv"].body))
    found = {(one.partition(",")[0], one.rpartition(": ")[2]) for one in revealing(walked(house, post, ""))}
    assert found == {("calendar", "heder"), ("calendar", "Stöd"), ("file name", "tvång"), ("mail", "Övergrepp")}
