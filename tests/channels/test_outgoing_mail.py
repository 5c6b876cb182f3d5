"""Mail that goes out: a reviewed text, sealed while it waits, taken by a real mail server, gone afterwards."""

import email
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection, transaction
from django.utils import translation

from samsyn.audit.models import Event
from samsyn.channels import mails
from samsyn.channels.actions import send_due_mail, send_neutral_mail
from samsyn.channels.actions.outbox import GIVE_UP_AFTER, WAITS
from samsyn.channels.models import OutgoingMail
from samsyn.channels.retention import RULES
from samsyn.people.actors import SYSTEM
from samsyn.people.refusals import Invalid, Refused

pytestmark = pytest.mark.django_db
AT = datetime(2026, 7, 15, 7, 0, tzinfo=UTC)
TO = "anna.exempel@skola.example"
LINK = "https://statistik.example/booking/confirm/zq7/"


class Sink:
    """What a mail server was given; it may refuse for a time."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.refuses = False

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuses:
            return f"451 {TO} is busy, try later"
        assert isinstance(envelope.content, bytes)
        self.taken.append((str(envelope.mail_from), envelope.rcpt_tos, envelope.content))
        return "250 OK"

    def read(self) -> EmailMessage:
        assert len(self.taken) == 1
        found = email.message_from_bytes(self.taken[0][2], policy=policy.SMTP)
        assert isinstance(found, EmailMessage)
        return found


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = Sink()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    settings.SAMSYN_SENDS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    yield found
    controller.stop()


def send(**other: Any) -> None:
    given: dict[str, Any] = {"to": TO, "kind": "booking_confirm", "context": {"link": LINK}, "by": SYSTEM, "at": AT}
    send_neutral_mail(**given | other)


def test_a_mail_is_taken_by_the_server_and_leaves_nothing_behind(sink: Sink) -> None:
    send()
    assert send_due_mail(by=SYSTEM, at=AT) == 1
    message = sink.read()
    assert message["Subject"] == "Bekräfta din tid"
    assert message["To"] == TO
    assert message["From"] == sink.taken[0][0] == "svara-inte@statistik.localhost"
    assert LINK in message.get_content()
    assert set(message.keys()) == {
        "Subject", "From", "To", "Message-ID", "Date", "Auto-Submitted", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding",
    }  # fmt: skip
    assert not OutgoingMail.objects.exists()
    assert send_due_mail(by=SYSTEM, at=AT) == 0


def test_it_waits_sealed_and_the_log_knows_only_its_kind(sink: Sink) -> None:
    send()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(channels_outgoingmail)::text FROM channels_outgoingmail")
        (row,) = cursor.fetchone()
    for planted in (TO, LINK):
        assert planted not in row
        assert planted.encode().hex() not in row
    event = Event.objects.get(kind="mail_queued")
    assert event.facts == {"mail": "booking_confirm"}


def test_it_speaks_the_language_of_the_moment_and_carries_a_file(sink: Sink) -> None:
    with translation.override("en"):
        send(
            kind="booking_cancelled",
            context={"time": "15 July 2026, 09.00"},
            attachments=[("tid.ics", "text/calendar; charset=utf-8; method=CANCEL", "BEGIN:VCALENDAR å".encode())],
        )
    send_due_mail(by=SYSTEM, at=AT)
    assert sink.read()["Subject"] == "Cancelled meeting"
    (file,) = sink.read().iter_attachments()
    assert file.get_filename() == "tid.ics"
    assert file.get_content_type() == "text/calendar"
    assert dict(file["Content-Type"].params) == {"charset": "utf-8", "method": "CANCEL"}
    assert file.get_content() == "BEGIN:VCALENDAR å"


def test_what_is_rolled_back_is_never_sent(sink: Sink) -> None:
    with transaction.atomic():
        send()
        transaction.set_rollback(True)
    assert send_due_mail(by=SYSTEM, at=AT) == 0
    assert not sink.taken


def test_a_server_that_refuses_is_asked_again_and_given_up_after_a_day(
    sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    send()
    sink.refuses = True
    assert send_due_mail(by=SYSTEM, at=AT) == 0
    assert send_due_mail(by=SYSTEM, at=AT) == 0
    assert OutgoingMail.objects.get().tries == 1  # not asked again before its time
    said = [record.getMessage() for record in caplog.records if record.name.startswith("samsyn")]
    assert any("SMTPDataError" in line for line in said)
    assert not any(TO in line for line in said)
    for hours in range(1, 30):
        send_due_mail(by=SYSTEM, at=AT + timedelta(hours=hours))
    assert not OutgoingMail.objects.exists()
    assert Event.objects.filter(kind="mail_given_up").count() == 1


def test_a_server_that_comes_back_takes_it(sink: Sink) -> None:
    send()
    sink.refuses = True
    send_due_mail(by=SYSTEM, at=AT)
    sink.refuses = False
    assert send_due_mail(by=SYSTEM, at=AT + WAITS[0]) == 1
    assert sink.read()["To"] == TO


@pytest.mark.parametrize(
    "to", ["", "anna", "anna@", "a@b.example\nBcc: c@d.example", "a@b.example,c@d.example", "a\x00@b.example"]
)
def test_what_is_no_address_is_refused(sink: Sink, to: str) -> None:
    with pytest.raises(Invalid):
        send(to=to)
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "unknown"},
        {"context": {}},
        {"context": {"link": LINK, "name": "Anna"}},
        {"context": {"link": f"{LINK}\nBcc: c@d.example"}},
        {"context": {"link": "x" * 500}},
    ],
)
def test_what_the_text_does_not_have_is_refused(sink: Sink, other: dict[str, Any]) -> None:
    with pytest.raises(mails.BadMail):
        send(**other)
    assert not OutgoingMail.objects.exists()


def test_without_a_server_it_is_said(settings: Any) -> None:
    settings.SAMSYN_SENDS_MAIL = False
    with pytest.raises(Refused):
        send()


def test_what_no_clock_has_sent_goes_after_two_days(sink: Sink) -> None:
    send()
    (rule,) = (rule for rule in RULES if rule.code == "outgoing_mail")
    assert rule.due is not None
    assert rule.erase_batch is not None
    assert rule.due(AT + GIVE_UP_AFTER) == 0
    assert rule.due(AT + timedelta(days=2)) == 1
    rule.erase_batch(AT + timedelta(days=2), 10)
    assert not OutgoingMail.objects.exists()


def test_every_text_stands_in_both_languages_with_the_same_places() -> None:
    assert mails.texts()
    for kind, said in mails.texts().items():
        assert said["sv"].places == said["en"].places, kind
        assert all(text.subject and text.body.strip() for text in said.values()), kind
