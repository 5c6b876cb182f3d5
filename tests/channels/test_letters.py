"""What is done about a letter: read with a line in the log, answered neutrally, erased; by advisers alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from samsyn.audit import actions as audit
from samsyn.audit.models import Event
from samsyn.channels import actions, letter_reading, queries
from samsyn.channels.models import Letter, OutgoingMail
from samsyn.contacts.models import Contact
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Invalid, NotAllowed
from samsyn.privacy import retention
from tests.rules.hostile import House, made

pytestmark = pytest.mark.django_db
RAW = b"From: anna.exempel@skola.example\r\nSubject: Hej\r\n\r\nNumret 19811228-9874 och 08-123 456 78.\r\n<script>x</script>"


@pytest.fixture
def letter_id(now: datetime) -> UUID:
    words = letter_reading.read(RAW)
    assert actions.take_letter(place="1", words=words, refusal="", arrived_at=now, by=SYSTEM, at=now)
    return Letter.objects.get().pk


def test_nothing_of_a_letter_stands_in_clear(letter_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT l::text FROM channels_letter l")
        (row,) = cursor.fetchone()
        cursor.execute("SELECT string_agg(e::text, '') FROM audit_event e")
        (log,) = cursor.fetchone()
    for word in ("exempel", "9874", "skola"):
        assert word not in row + log
        assert word.encode().hex() not in row


def test_reading_is_logged_and_only_for_advisers(
    letter_id: UUID, adviser: Actor, analyst: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SAMSYN_SENDS_MAIL = True
    words = actions.open_letter(letter_id=letter_id, by=adviser, at=now)
    assert "9874" not in words.text
    assert Event.objects.filter(kind="letter_read", subject=str(letter_id)).count() == 1
    doings: tuple[Callable[..., Any], ...] = (actions.open_letter, actions.answer_letter, actions.erase_letter)
    for do in doings:
        with pytest.raises(NotAllowed):
            do(letter_id=letter_id, by=analyst, at=now)
    assert queries.letters(by=analyst) == ()

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", fails)
    for do in doings:
        with pytest.raises(RuntimeError):
            do(letter_id=letter_id, by=adviser, at=now)
    assert Letter.objects.count() == 1
    assert not OutgoingMail.objects.exists()


def test_an_answer_asks_to_call_and_erases(letter_id: UUID, adviser: Actor, now: datetime, settings: Any) -> None:
    settings.SAMSYN_SENDS_MAIL = True
    actions.answer_letter(letter_id=letter_id, by=adviser, at=now)
    assert not Letter.objects.exists()
    assert OutgoingMail.objects.get().kind == "letter_answer"
    with pytest.raises(LookupError):
        actions.answer_letter(letter_id=letter_id, by=adviser, at=now)


def test_a_letter_from_nobody_is_not_answered(adviser: Actor, now: datetime, settings: Any) -> None:
    settings.SAMSYN_SENDS_MAIL = True
    words = letter_reading.read(b"Subject: Hej\r\n\r\nhej")
    actions.take_letter(place="2", words=words, refusal="", arrived_at=now, by=SYSTEM, at=now)
    with pytest.raises(Invalid):
        actions.answer_letter(letter_id=Letter.objects.get().pk, by=adviser, at=now)
    assert Letter.objects.exists()


def test_a_week_later_it_is_gone(letter_id: UUID, now: datetime) -> None:
    rule = next(one for one in retention.declared_rules() if one.code == "letters")
    assert rule.due is not None
    assert rule.erase_batch is not None
    assert rule.due(now + timedelta(days=6)) == 0
    assert rule.erase_batch(now + timedelta(days=7), 10) == {"channels.Letter": 1}
    assert not Letter.objects.exists()


def test_the_pages_lead_from_the_letter_to_a_contact(letter_id: UUID, now: datetime) -> None:
    house: House = made(now)
    adviser: Client = house.browser("adviser")
    page = adviser.get("/letters/").content.decode()
    assert "personnummer, övertäckt" in page
    assert "skola" not in page
    assert adviser.get(f"/letters/{letter_id}/").status_code == 405
    page = adviser.post(f"/letters/{letter_id}/").content.decode()
    assert "anna.exempel@skola.example" in page
    assert "<b>08-123 456 78" in page
    assert "<script>x" not in page
    assert "9874" not in page
    answer = adviser.post("/desk/", {"channel": "email"})
    assert answer.status_code == 302
    assert Contact.objects.get().channel == "email"
    assert adviser.post("/desk/", {"channel": "pigeon"}).status_code == 422
    assert adviser.post(f"/letters/{letter_id}/erase/").status_code == 302
    assert adviser.post(f"/letters/{letter_id}/").status_code == 404
    for name in ("analyst", "reviewer", "administrator"):
        assert house.browser(name).get("/letters/").status_code == 403
    stranger = Client(headers={"host": django_settings.SAMSYN_STAFF_HOST})
    assert stranger.get("/letters/").status_code == 302
