"""Who closes the page while waiting: the supporters' list says so and forgets them; who comes back has their old place."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.channels import actions as channels
from samsyn.channels.models import CallFact
from samsyn.people.actors import SYSTEM
from samsyn.people.refusals import Refused
from samsyn.privacy import retention
from samsyn.ui.signs_of_life import GONE, PERHAPS_AWAY, SELDOM
from samsyn.visitors import chat_policies, chat_queries, chats
from samsyn.visitors import retention as rules
from samsyn.visitors.chats import Begun
from samsyn.visitors.models import Chat
from tests.visitors.conftest import SUPPORTER, Desk, work
from tests.visitors.test_chat_pages import hidden, now, on_the_wall, supporter, without_script
from tests.visitors.test_inbox import shown

pytestmark = pytest.mark.django_db
# The time on the wall and whoever sits at the desk, as the chat's pages have them.
__all__ = ["now", "on_the_wall", "supporter"]
MOMENT = timedelta(seconds=1)
FACT = ("outcome", "wait_band", "length_band")


@pytest.fixture
def begun(desk: Desk, now: object) -> Begun:
    at = timezone.now()
    return chats.begin_chat(edition="sv", shown=work("chat", at), at=at)


def listed(at: object) -> list[bool]:
    return [row.is_perhaps_away for row in chat_queries.queue(by=SUPPORTER, at=at)]  # type: ignore[arg-type]


def test_who_is_silent_is_perhaps_away_and_then_not_in_the_list(begun: Begun) -> None:
    at = Chat.objects.get().begun_at
    assert listed(at + PERHAPS_AWAY - MOMENT) == [False]
    assert listed(at + PERHAPS_AWAY) == [True]
    assert listed(at + GONE - MOMENT) == [True]
    assert (listed(at + GONE), chat_queries.waiting(at=at + GONE)) == ([], 0)


def test_a_sign_of_life_is_one_time_in_the_row_and_no_event(begun: Begun) -> None:
    at = Chat.objects.get().begun_at
    chats.note_sign_of_life(token=begun.token, at=at + SELDOM - MOMENT)
    assert Chat.objects.get().seen_at == at
    for minute in range(1, 30):
        chats.note_sign_of_life(token=begun.token, at=at + timedelta(minutes=minute))
        assert listed(at + timedelta(minutes=minute)) == [False]
    chats.note_sign_of_life(token="0" * 64, at=at + GONE)
    assert Chat.objects.get().seen_at == at + timedelta(minutes=29)
    assert not Event.objects.exists()


def test_who_comes_back_has_the_old_place_and_nobody_waited_behind_a_ghost(begun: Begun, desk: Desk) -> None:
    at = Chat.objects.get().begun_at
    later = at + GONE
    second = chats.begin_chat(edition="sv", shown=work("chat", later), at=later)
    seen = chat_queries.visitors_chat(token=second.token, at=later)
    assert seen is not None
    assert seen.before == 0
    chats.note_sign_of_life(token=begun.token, at=later)
    first, other = (chat_queries.visitors_chat(token=one.token, at=later) for one in (begun, second))
    assert first is not None
    assert other is not None
    assert (first.state, first.before, other.before) == ("waiting", 0, 1)


def test_nobody_takes_whoever_has_gone_and_no_key_is_used_for_it(begun: Begun, desk: Desk) -> None:
    chat = Chat.objects.get()
    with pytest.raises(Refused, match="Refused"):
        chats.take_chat(chat_id=chat.pk, token=desk.tokens[SUPPORTER.account_id], by=SUPPORTER, at=chat.begun_at + GONE)
    assert Chat.objects.get().supporter_id is None
    assert not Event.objects.exists()


def test_a_line_is_a_sign_of_life_of_whoever_wrote_it(begun: Begun, desk: Desk) -> None:
    at = Chat.objects.get().begun_at
    later = at + timedelta(minutes=1)
    chats.say_as_visitor(token=begun.token, own_id=uuid4(), text="Hej", at=later)
    assert Chat.objects.get().seen_at == later
    token = desk.tokens[SUPPORTER.account_id]
    chats.take_chat(chat_id=Chat.objects.get().pk, token=token, by=SUPPORTER, at=later)
    chats.say_as_supporter(
        chat_id=Chat.objects.get().pk, token=token, own_id=uuid4(), text="Hej", by=SUPPORTER, at=at + GONE
    )
    assert Chat.objects.get().seen_at == later
    # One's own chat is not taken off the list: its supporter ends it, or two silent hours do.
    assert listed(later + GONE) == [True]


def gone(begun: Begun, desk: Desk) -> None:
    """The browser was closed, and the chat's time is out."""


def stayed(begun: Begun, desk: Desk) -> None:
    chats.note_sign_of_life(token=begun.token, at=Chat.objects.get().begun_at + chat_policies.SILENCE - MOMENT)


def left(begun: Begun, desk: Desk) -> None:
    at = Chat.objects.get().begun_at + timedelta(minutes=2)
    chats.end_as_visitor(token=begun.token, at=at, has_left=True)


def answered(begun: Begun, desk: Desk) -> None:
    chat = Chat.objects.get()
    desk.now = at = chat.begun_at + timedelta(minutes=4)
    chats.take_chat(chat_id=chat.pk, token=desk.tokens[SUPPORTER.account_id], by=SUPPORTER, at=at)
    chats.end_as_supporter(chat_id=chat.pk, by=SUPPORTER, at=at + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("what", "fact"),
    [
        (gone, ("abandoned", "under_1", "not_applicable")),
        (stayed, ("missed", "10_plus", "not_applicable")),
        (left, ("abandoned", "1_3", "not_applicable")),
        (answered, ("answered", "3_5", "10_20")),
    ],
)
def test_what_became_of_a_chat_is_counted_once_and_told_to_nobody(
    what: object, fact: tuple[str, str, str], begun: Begun, desk: Desk
) -> None:
    what(begun, desk)  # type: ignore[operator]
    over = Chat.objects.get().begun_at + chat_policies.SILENCE
    assert channels.count_visitors_chats() == (1 if Chat.objects.get().ending else 0)
    retention.run(rules.RULES, at=over, dry_run=False, by=SYSTEM)
    channels.count_visitors_chats()
    assert channels.count_visitors_chats() == 0
    assert list(CallFact.objects.values_list(*FACT)) == [fact]
    assert not Event.objects.filter(kind__startswith="call").exists()


def test_without_script_the_page_watches_or_is_written_in(visitor: Client, supporter: Client) -> None:
    refresh = '<noscript><meta http-equiv="refresh"'
    first = visitor.post("/sv/c/", without_script()).content.decode()
    # The word that is shown once stays until the visitor goes on.
    assert "data-alarm" in first
    assert refresh not in first
    watched = visitor.get("/sv/c/").content.decode()
    assert refresh in watched
    assert "<title>Information</title>" in watched
    assert refresh not in visitor.get("/sv/c/?write=1").content.decode()
    assert refresh in visitor.post("/sv/c/", hidden(first) | {"do": "say", "text": "Hej"}).content.decode()
    take = f'action="/inbox/chats/{Chat.objects.get().pk}/"'
    for minutes, is_listed, is_away in ((1, True, False), (3, True, True), (6, False, False)):
        Chat.objects.update(seen_at=timezone.now() - timedelta(minutes=minutes))
        page = shown(supporter, "/inbox/chats/")
        assert (take in page, "Kanske borta" in page) == (is_listed, is_away)
    before = visitor.get("/sv/c/").content.decode()
    assert "Före dig i kön: 0" in before, "a watcher sees what was there before"
    assert take in shown(supporter, "/inbox/chats/")


def test_a_script_that_asks_is_a_sign_of_life(visitor: Client, supporter: Client) -> None:
    visitor.post("/sv/c/", without_script())
    Chat.objects.update(seen_at=timezone.now() - GONE)
    assert visitor.get("/sv/c/0/").json()["state"] == "waiting"
    assert "Svara" in shown(supporter, "/inbox/chats/")
