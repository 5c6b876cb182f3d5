"""A supporter opens a contact out of a chat: its channel and times are there, no word of it, and once."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from samsyn.audit.models import Event
from samsyn.contacts import actions as contacts
from samsyn.contacts import from_chat, from_visitors, queries
from samsyn.contacts.models import Contact
from samsyn.people.keeping import COOKIE
from samsyn.people.models import Account
from samsyn.people.refusals import NotAllowed
from samsyn.people.roles import Role
from samsyn.visitors import chats
from samsyn.visitors.chats import Begun
from samsyn.visitors.models import Chat
from tests.visitors.conftest import COLLEAGUE, OUTSIDER, SUPPORTER, Desk, work
from tests.visitors.test_inbox import shown, signed_in

pytestmark = pytest.mark.django_db
SAID, ANSWER = "أخي يقرأ هاتفي", "Du är inte ensam."
MINUTE = timedelta(minutes=1)


@pytest.fixture
def now() -> datetime:
    """A Wednesday morning on which a chat is a channel of the code list."""
    return datetime(2026, 10, 14, 8, 30, tzinfo=UTC)


@pytest.fixture
def taken(desk: Desk, now: datetime) -> Begun:
    """A chat that waited three minutes."""
    begun = chats.begin_chat(edition="ar", shown=work("chat", now), at=now)
    chats.say_as_visitor(token=begun.token, own_id=uuid4(), text=SAID, at=now)
    desk.now = now + 3 * MINUTE
    token = desk.tokens[SUPPORTER.account_id]
    chats.take_chat(chat_id=the_chat(), token=token, by=SUPPORTER, at=now + 3 * MINUTE)
    chats.say_as_supporter(
        chat_id=the_chat(), token=token, own_id=uuid4(), text=ANSWER, by=SUPPORTER, at=now + 3 * MINUTE
    )
    return begun


def the_chat() -> UUID:
    return Chat.objects.get().pk


def test_channel_and_times_follow_and_no_word(taken: Begun, now: datetime) -> None:
    before = Event.objects.count()
    contact_id = from_visitors.open_contact(chat_id=the_chat(), by=SUPPORTER, at=now + 8 * MINUTE)
    draft = queries.draft(contact_id=contact_id, by=SUPPORTER)
    assert (draft.channel, draft.opened_at) == ("chat", now + 3 * MINUTE)
    line = from_chat.chat_line(draft)
    assert line is not None
    assert line.parts == ("Chatt med en besökare", "väntade 03:00")
    chats.end_as_visitor(token=taken.token, at=now + 15 * MINUTE)
    line = from_chat.chat_line(draft)
    assert line is not None
    assert line.parts[-1] == "varade 12:00"
    assert Event.objects.count() == before + 2
    for kind, subject in (("contact_opened", contact_id), ("visitor_chat_registered", the_chat())):
        event = Event.objects.get(kind=kind)
        assert (event.actor_id, event.subject) == (SUPPORTER.actor_id, str(subject))
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'contacts_%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows = str(cursor.fetchall())
            assert SAID not in rows
            assert ANSWER not in rows


def test_a_chat_becomes_one_contact_and_a_discarded_one_may_be_opened_anew(taken: Begun, now: datetime) -> None:
    first = from_visitors.open_contact(chat_id=the_chat(), by=SUPPORTER, at=now + 4 * MINUTE)
    assert from_visitors.open_contact(chat_id=the_chat(), by=SUPPORTER, at=now + 5 * MINUTE) == first
    assert Contact.objects.count() == 1
    contacts.discard_draft(contact_id=first, by=SUPPORTER, at=now + 5 * MINUTE)
    assert from_visitors.open_contact(chat_id=the_chat(), by=SUPPORTER, at=now + 6 * MINUTE) != first


def test_nobody_registers_anothers_chat(taken: Begun, now: datetime) -> None:
    with pytest.raises(LookupError):
        from_visitors.open_contact(chat_id=the_chat(), by=COLLEAGUE, at=now + 4 * MINUTE)
    with pytest.raises(NotAllowed):
        from_visitors.open_contact(chat_id=the_chat(), by=OUTSIDER, at=now + 4 * MINUTE)
    with pytest.raises(LookupError):
        from_visitors.open_contact(chat_id=uuid4(), by=SUPPORTER, at=now + 4 * MINUTE)
    assert not Contact.objects.exists()
    assert Chat.objects.get().reference is None


def test_one_click_on_the_chats_page(taken: Begun, desk: Desk) -> None:
    at = datetime.now(UTC)
    supporter = signed_in(Role.SUPPORTER, at)
    account = Account.objects.get(name="en.supporter")
    desk.sit_down(account.pk)
    desk.now = None  # pages are read at the time on the wall
    supporter.cookies[COOKIE] = base64.urlsafe_b64encode(desk.unlock(account.pk)).decode().rstrip("=")
    Chat.objects.update(
        supporter_id=account.pk, ending="left", begun_at=at - 5 * MINUTE, answered_at=at - 2 * MINUTE, active_at=at
    )
    place = f"/desk/from-chat/{the_chat()}/"
    assert f'action="{place}"' in shown(supporter, f"/inbox/chats/{the_chat()}/")
    answer = supporter.post(place)
    assert answer.status_code == 302
    page = shown(supporter, answer["Location"])
    assert "Chatt med en besökare · väntade 03:00 · varade 02:00" in page
    assert supporter.post(f"/desk/from-chat/{uuid4()}/").status_code == 404
    assert supporter.get(place).status_code == 405
