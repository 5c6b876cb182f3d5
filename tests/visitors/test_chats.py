"""A chat between a visitor and a supporter: who reads it, in what order, and that nothing is left when it is over."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from samsyn.audit.models import Event
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.keeping import KeysLocked
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy import retention
from samsyn.visitors import actions, chat_policies, chat_queries, chats, queries
from samsyn.visitors import retention as rules
from samsyn.visitors.actions import AlreadySent
from samsyn.visitors.chats import Begun, Full
from samsyn.visitors.keeper import NobodyReads
from samsyn.visitors.models import Box, Chat, ChatLine
from tests.visitors.conftest import COLLEAGUE, OUTSIDER, SUPPORTER, Desk, work

pytestmark = pytest.mark.django_db
SAID, ANSWER = "أخي يقرأ هاتفي", "Du är inte ensam."


@pytest.fixture
def begun(desk: Desk, now: datetime) -> Begun:
    return chats.begin_chat(edition="ar", shown=work("chat", now), at=now)


def the_chat() -> Chat:
    return Chat.objects.get()


def take(desk: Desk, at: datetime, by: Actor = SUPPORTER) -> bytes:
    token = desk.tokens[by.account_id]
    chats.take_chat(chat_id=the_chat().id, token=token, by=by, at=at)
    return token


def say(begun: Begun, text: str, at: datetime, own_id: UUID | None = None) -> int | None:
    return chats.say_as_visitor(token=begun.token, own_id=own_id or uuid4(), text=text, at=at)


def visitor_reads(begun: Begun, seen: int = 0) -> list[str | None]:
    shown = chat_queries.visitors_chat(token=begun.token, at=datetime.now(UTC), seen=seen)
    assert shown is not None
    return [line.text for line in shown.lines]


def supporter_reads(token: bytes, seen: int = 0, by: Actor = SUPPORTER) -> list[str | None]:
    shown = chat_queries.supporters_chat(chat_id=the_chat().id, token=token, by=by, at=datetime.now(UTC), seen=seen)
    return [line.text for line in shown.lines]


def test_what_one_side_says_the_other_reads(begun: Begun, desk: Desk, now: datetime) -> None:
    say(begun, SAID, now)  # before anybody has answered
    token = take(desk, now)
    assert supporter_reads(token) == [SAID]
    chats.say_as_supporter(
        chat_id=the_chat().id, token=token, own_id=uuid4(), text=ANSWER, by=SUPPORTER, at=now
    )  # fmt: skip
    assert visitor_reads(begun) == [SAID, ANSWER]
    assert visitor_reads(begun, seen=1) == [ANSWER]
    assert supporter_reads(token, seen=2) == []
    # One event a conversation, and none of the visitor's.
    assert [(event.kind, event.actor_id) for event in Event.objects.all()] == [
        ("visitor_chat_opened", SUPPORTER.actor_id)
    ]  # fmt: skip


def test_a_line_that_is_sent_twice_is_one_line(begun: Begun, desk: Desk, now: datetime) -> None:
    own_id = uuid4()
    assert [say(begun, SAID, now, own_id) for _ in range(3)] == [1, 1, 1]
    token = take(desk, now)
    for _ in range(3):
        chats.say_as_supporter(
            chat_id=the_chat().id, token=token, own_id=own_id.__class__(int=7), text=ANSWER, by=SUPPORTER, at=now
        )  # fmt: skip
    assert visitor_reads(begun) == [SAID, ANSWER]


def test_nothing_that_was_said_stands_in_the_database(begun: Begun, desk: Desk, now: datetime) -> None:
    say(begun, SAID, now)
    take(desk, now)
    with connection.cursor() as cursor:
        for table in ("visitors_chat", "visitors_chatline", "audit_event"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows = str(cursor.fetchall())
            for word in (begun.token, begun.alarm_word, SAID):
                assert word not in rows
                assert word.encode().hex() not in rows


def test_nobody_else_reads_a_supporters_chat(begun: Begun, desk: Desk, now: datetime) -> None:
    say(begun, SAID, now)
    token = take(desk, now)
    desk.sit_down(COLLEAGUE.account_id)
    with pytest.raises(Refused, match="Refused"):
        take(desk, now, COLLEAGUE)
    with pytest.raises(LookupError):
        supporter_reads(desk.tokens[COLLEAGUE.account_id], by=COLLEAGUE)
    # The colleague's keys in the supporter's name, no keys, and keys of a keeper that has begun anew.
    for other in (desk.tokens[COLLEAGUE.account_id], b"", b"x" * 32):
        with pytest.raises(KeysLocked):
            supporter_reads(other)
    with pytest.raises(NotAllowed):
        chats.take_chat(chat_id=the_chat().id, token=token, by=OUTSIDER, at=now)
    desk.restart()
    with pytest.raises(KeysLocked):
        supporter_reads(token)
    desk.unlock(SUPPORTER.account_id)
    assert supporter_reads(take(desk, now)) == [SAID]  # the supporter's own chat, opened anew


def test_keys_that_are_locked_take_nobody_out_of_the_queue(begun: Begun, desk: Desk, now: datetime) -> None:
    with pytest.raises(KeysLocked):
        chats.take_chat(chat_id=the_chat().id, token=b"x" * 32, by=SUPPORTER, at=now)
    assert the_chat().supporter_id is None
    # The keys lock while nothing new comes, although the page looks again and again.
    token = take(desk, now)
    for minute in range(12):
        desk.now = now + timedelta(minutes=minute)
        assert supporter_reads(token) == []
    say(begun, SAID, desk.now)
    with pytest.raises(KeysLocked):
        supporter_reads(token)


def test_a_conversation_that_is_two_hours_old_takes_a_new_event(begun: Begun, desk: Desk, now: datetime) -> None:
    token = take(desk, now)
    for minutes in range(5, 121, 5):
        desk.now = now + timedelta(minutes=minutes)
        say(begun, SAID, desk.now)
        if minutes < 120:
            supporter_reads(token)
    with pytest.raises(Refused):
        supporter_reads(token)
    take(desk, desk.now)
    assert len(supporter_reads(token)) == 24
    assert Event.objects.filter(kind="visitor_chat_opened").count() == 2


@pytest.mark.parametrize("ending", ["visitor", "left", "desk", "alarm", "silence"])
def test_when_it_is_over_words_and_keys_are_gone(ending: str, begun: Begun, desk: Desk, now: datetime) -> None:
    say(begun, SAID, now)
    token, at = take(desk, now), now
    if ending == "alarm":
        assert say(begun, f"{begun.alarm_word.upper()}!", now) is None
    elif ending == "desk":
        chats.end_as_supporter(chat_id=the_chat().id, by=SUPPORTER, at=now)
    elif ending == "silence":
        at = now + chat_policies.SILENCE
        retention.run(rules.RULES, at=at, dry_run=False, by=SYSTEM)
    else:
        chats.end_as_visitor(token=begun.token, at=now, has_left=ending == "left")
    chat = the_chat()
    assert chat.ending == ending
    assert not ChatLine.objects.exists()
    assert bytes(chat.key_for_visitor) == bytes(chat.key_for_desk) == bytes(chat.alarm_hash) == b""
    assert visitor_reads(begun) == supporter_reads(token) == []
    with pytest.raises(Refused):
        take(desk, now)
    if ending == "alarm":
        assert say(begun, SAID, at) is None
    else:
        with pytest.raises(Refused):
            say(begun, SAID, at)
    assert not ChatLine.objects.exists()
    # A day later the row is gone too.
    retention.run(rules.RULES, at=at + chat_policies.ROW_TIME, dry_run=False, by=SYSTEM)
    assert not Chat.objects.exists()


def test_the_words_at_the_end_open_a_box_without_what_was_said(begun: Begun, desk: Desk, now: datetime) -> None:
    say(begun, SAID, now)
    take(desk, now)
    left = chats.end_with_words(token=begun.token, at=now)
    assert not ChatLine.objects.exists()
    box = Box.objects.get()
    assert the_chat().box_id == box.id
    assert [row.last_at for row in queries.boxes()] == [None]
    actions.answer(box_id=box.id, text=ANSWER, by=SUPPORTER, at=now)
    later = now + timedelta(days=1)
    opened = actions.open_box(code=left.code, shown=work("open", later), at=later)
    thread = queries.thread(opened)
    assert thread is not None
    assert [message.text for message in thread] == [ANSWER]
    with pytest.raises((LookupError, Refused)):
        chats.end_with_words(token=begun.token, at=now)
    assert Box.objects.count() == 1


def test_the_queue_is_honest(desk: Desk, now: datetime) -> None:
    waiting = [
        chats.begin_chat(edition="sv", shown=work("chat", now), at=now + timedelta(seconds=number)) for number in range(3)
    ]  # fmt: skip
    shown = [chat_queries.visitors_chat(token=one.token, at=now) for one in waiting]
    assert [one.before for one in shown if one] == [0, 1, 2]
    first = chat_queries.queue(by=SUPPORTER, at=now)[0]
    chats.take_chat(chat_id=first.id, token=desk.tokens[SUPPORTER.account_id], by=SUPPORTER, at=now)
    shown = [chat_queries.visitors_chat(token=one.token, at=now) for one in waiting]
    assert [(one.state, one.before) for one in shown if one] == [("taken", 0), ("waiting", 0), ("waiting", 1)]
    assert [row.is_own for row in chat_queries.queue(by=SUPPORTER, at=now)] == [True, False, False]


def test_a_full_queue_a_closed_chat_and_nobody_who_could_read_take_nothing(
    desk: Desk, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_policies, "MOST_WAITING", 1)
    shown = work("chat", now)
    chats.begin_chat(edition="sv", shown=shown, at=now)
    with pytest.raises(Full):
        chats.begin_chat(edition="sv", shown=work("chat", now), at=now)
    monkeypatch.setattr(chat_policies, "MOST_WAITING", 9)
    with pytest.raises(AlreadySent):
        chats.begin_chat(edition="sv", shown=shown, at=now)
    with monkeypatch.context() as closed:
        closed.setattr(chat_policies, "hours", lambda: ())
        with pytest.raises(Full):
            chats.begin_chat(edition="sv", shown=work("chat", now), at=now)
    desk.supporters_now.clear()
    desk.now = tomorrow = now + timedelta(days=1)
    with pytest.raises(NobodyReads):
        chats.begin_chat(edition="sv", shown=work("chat", tomorrow), at=tomorrow)
    assert Chat.objects.count() == 1


def test_a_line_is_neither_empty_nor_endless_and_a_chat_has_an_end(
    begun: Begun, desk: Desk, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("", " \n ", "x" * (chat_policies.LONGEST_LINE + 1)):
        with pytest.raises(Invalid):
            say(begun, text, now)
    monkeypatch.setattr(chat_policies, "MOST_LINES", 1)
    say(begun, SAID, now)
    with pytest.raises(Refused):
        say(begun, SAID, now)
    with pytest.raises(LookupError):
        chats.say_as_visitor(token="0" * 64, own_id=uuid4(), text=SAID, at=now)


def test_a_line_in_another_hand_or_another_chat_is_not_shown(begun: Begun, desk: Desk, now: datetime) -> None:
    say(begun, SAID, now)
    token = take(desk, now)
    ChatLine.objects.update(by_desk=True)
    assert visitor_reads(begun) == supporter_reads(token) == [None]


def test_the_hours_are_told_by_the_clock_in_stockholm() -> None:
    spans = (chat_policies.Span(frozenset({1}), datetime(1, 1, 1, 9).time(), datetime(1, 1, 1, 17).time()),)  # noqa: DTZ001
    monday = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)  # 9.00, the first day of winter time
    assert chat_policies.is_open(monday, spans)
    assert not chat_policies.is_open(monday - timedelta(minutes=1), spans)
    assert chat_policies.opens_at(monday - timedelta(minutes=1), spans) == monday
    after = chat_policies.opens_at(monday, spans)
    assert after == monday + timedelta(days=7)
    assert chat_policies.opens_at(monday, ()) is None
