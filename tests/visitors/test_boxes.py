"""Messages without a name: only the words open them, and the desk only for a time."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from samsyn.audit.models import Event
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.keeping import KeysLocked
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy import retention, spoken_codes
from samsyn.privacy.custody import windows
from samsyn.visitors import actions, policies, queries, sealing, tickets
from samsyn.visitors import retention as rules
from samsyn.visitors.actions import AlreadySent, Left, TooManyTries, WrongWords
from samsyn.visitors.codes import Code
from samsyn.visitors.keeper import NobodyReads
from samsyn.visitors.models import Box, Message, ReadingWindow, SpentChallenge, WrongTry
from tests.custody.conftest import sign_log
from tests.visitors.conftest import COLLEAGUE, OUTSIDER, SUPPORTER, TEXT, Desk, work

pytestmark = pytest.mark.django_db
ANSWER = "Du kan låsa telefonen. Vill du berätta mer?"


def the_box() -> Box:
    return Box.objects.get()


def said(box: tickets.OpenBox) -> list[str | None]:
    thread = queries.thread(box)
    assert thread is not None
    return [message.text for message in thread]


def read(desk: Desk, at: datetime, by: Actor = SUPPORTER) -> list[str | None]:
    """What a supporter reads who has unlocked their keys just now, under a log that was signed just now."""
    desk.now = at
    sign_log(at)
    token = desk.unlock(by.account_id)
    return [one.text for one in actions.read_box(box_id=the_box().id, token=token, by=by, at=at).messages]


def test_the_words_open_the_box_and_the_desk_reads_and_answers(left: Left, desk: Desk, now: datetime) -> None:
    assert read(desk, now) == [TEXT]
    actions.answer(box_id=the_box().id, text=ANSWER, by=SUPPORTER, at=now + timedelta(hours=1))
    later = now + timedelta(days=1)
    box = actions.open_box(code=left.code, shown=work("open", later), at=later)
    assert said(box) == [TEXT, ANSWER]
    assert [event.kind for event in Event.objects.order_by("at", "kind")] == [
        "visitor_box_read",
        "visitor_box_answered",
    ]
    assert all(event.actor_id == SUPPORTER.actor_id for event in Event.objects.all())


def test_nothing_that_was_written_or_said_stands_in_the_database(left: Left) -> None:
    words = [left.alarm_word, *left.code.words, "telefon"]
    with connection.cursor() as cursor:
        for table in (
            "visitors_box",
            "visitors_message",
            "visitors_spentchallenge",
            "visitors_wrongtry",
            "audit_event",
        ):
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows = str(cursor.fetchall())
            for word in words:
                assert word not in rows
                assert word.encode().hex() not in rows


def test_wrong_and_unknown_words_are_refused_alike_and_counted_alike(left: Left, now: datetime) -> None:
    known, unknown = left.code, spoken_codes.new_code(words=2)
    for locator in (known.locator, unknown):
        wrong = Code(locator, "annat ord helt här")
        for number in range(policies.WRONG_TRIES_A_DAY):
            with pytest.raises(WrongWords) as refused:
                actions.open_box(code=wrong, shown=work("open", now), at=now)
            assert str(refused.value) == ""
            assert WrongTry.objects.get(locator_hash=wrong.locator_hash).count == number + 1
        with pytest.raises(TooManyTries):
            actions.open_box(code=wrong, shown=work("open", now), at=now)
    with pytest.raises(TooManyTries):  # the right words, too, until tomorrow
        actions.open_box(code=known, shown=work("open", now), at=now)
    tomorrow = now + timedelta(days=1)
    assert actions.open_box(code=known, shown=work("open", tomorrow), at=tomorrow).box_id == the_box().id


def test_after_the_reading_time_only_the_words_open(left: Left, desk: Desk, now: datetime) -> None:
    day = ReadingWindow.objects.get().day
    assert day.isoformat() in desk.keeper.store.window_seals()
    kept = bytes(Message.objects.get().key_for_desk or b"")
    last = now + policies.READING_TIME - timedelta(days=1)
    assert read(desk, last) == [TEXT]
    desk.now = after = now + policies.READING_TIME
    retention.run(rules.RULES, at=after, dry_run=False, by=SYSTEM)
    assert desk.keeper.store.window_seals() == {}
    assert not ReadingWindow.objects.exists()
    assert read(desk, after) == [None]
    # A backup of the database brings the sealed key back, and opens nothing: the other half is gone.
    Message.objects.update(key_for_desk=kept, window=ReadingWindow.objects.create(day=day))
    assert read(desk, after) == [None]
    Message.objects.update(key_for_desk=None, window=None)
    box = actions.open_box(code=left.code, shown=work("open", after), at=after)
    assert said(box) == [TEXT]


def test_a_box_goes_ninety_days_after_its_last_use(left: Left, now: datetime) -> None:
    before = now + policies.BOX_TIME - timedelta(days=1)
    retention.run(rules.RULES, at=before, dry_run=False, by=SYSTEM)
    assert Box.objects.count() == 1
    actions.open_box(code=left.code, shown=work("open", before), at=before)  # which begins the time anew
    retention.run(rules.RULES, at=before + timedelta(days=2), dry_run=False, by=SYSTEM)
    assert Box.objects.count() == 1
    retention.run(rules.RULES, at=before + policies.BOX_TIME, dry_run=False, by=SYSTEM)
    assert not Box.objects.exists()
    assert not Message.objects.exists()
    assert not SpentChallenge.objects.exists()
    assert not WrongTry.objects.exists()


def test_the_one_who_wrote_erases_it_at_once(left: Left, now: datetime) -> None:
    box = actions.open_box(code=left.code, shown=work("open", now), at=now)
    actions.forget_box(box=box)
    assert queries.thread(box) is None
    assert not Message.objects.exists()
    with pytest.raises(WrongWords):
        actions.open_box(code=left.code, shown=work("open", now), at=now)


def test_the_word_for_somebody_came_is_seen_at_the_desk(left: Left, desk: Desk, now: datetime) -> None:
    box = actions.open_box(code=left.code, shown=work("open", now), at=now)
    assert not actions.write_again(box=box, text="mer", shown=work("more", now), at=now)
    assert not queries.boxes()[0].has_alarm
    later = now + timedelta(minutes=1)
    assert actions.write_again(box=box, text=f"{left.alarm_word.upper()}, hej då", shown=work("more", later), at=later)
    assert queries.boxes()[0].has_alarm
    desk.now = later
    token = desk.unlock(SUPPORTER.account_id)
    assert actions.read_box(box_id=box.box_id, token=token, by=SUPPORTER, at=later).has_alarm


def test_the_same_form_twice_is_one_message(left: Left, now: datetime) -> None:
    shown = work("write", now)
    actions.leave_message(text="en gång", edition="sv", shown=shown, at=now)
    with pytest.raises(AlreadySent):
        actions.leave_message(text="en gång", edition="sv", shown=shown, at=now)
    assert Message.objects.count() == 2


def test_only_a_supporter_reads_and_answers(left: Left, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        actions.read_box(box_id=the_box().id, token=b"t" * 32, by=OUTSIDER, at=now)
    with pytest.raises(NotAllowed):
        actions.answer(box_id=the_box().id, text=ANSWER, by=OUTSIDER, at=now)
    assert not Event.objects.exists()
    assert Message.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (policies.LONGEST_TEXT + 1)])
def test_an_answer_is_neither_empty_nor_endless(left: Left, now: datetime, text: str) -> None:
    with pytest.raises(Invalid):
        actions.answer(box_id=the_box().id, text=text, by=SUPPORTER, at=now)
    assert not Event.objects.exists()


def test_a_message_moved_to_another_box_or_another_hand_does_not_open(left: Left, now: datetime) -> None:
    box = actions.open_box(code=left.code, shown=work("open", now), at=now)
    Message.objects.update(supporter_id=SUPPORTER.account_id)
    with pytest.raises(sealing.DoesNotOpen):
        queries.thread(box)


def test_the_longest_waiting_comes_first_and_the_list_has_no_content(left: Left, now: datetime) -> None:
    later = now + timedelta(hours=1)
    actions.leave_message(text="två", edition="en", shown=work("write", later), at=later)
    assert [row.edition for row in queries.boxes()] == ["ar", "en"]
    actions.answer(box_id=Box.objects.get(edition="ar").id, text=ANSWER, by=SUPPORTER, at=later)
    assert [(row.edition, row.is_waiting) for row in queries.boxes()] == [("en", True), ("ar", False)]
    assert not hasattr(queries.boxes()[0], "text")


def test_without_open_keys_nobody_at_the_desk_reads(left: Left, desk: Desk, now: datetime) -> None:
    box_id, known = the_box().id, desk.tokens[SUPPORTER.account_id]
    for token in (b"", b"x" * 32):
        with pytest.raises(KeysLocked):
            actions.read_box(box_id=box_id, token=token, by=SUPPORTER, at=now)
    # A colleague's browser, a keeper that has begun anew, and ten idle minutes.
    desk.sit_down(COLLEAGUE.account_id)
    with pytest.raises(Refused):
        actions.read_box(box_id=box_id, token=desk.tokens[COLLEAGUE.account_id], by=SUPPORTER, at=now)
    desk.restart()
    with pytest.raises(KeysLocked):
        actions.read_box(box_id=box_id, token=known, by=SUPPORTER, at=now)
    token = desk.unlock(SUPPORTER.account_id)
    desk.now = later = now + timedelta(minutes=11)
    with pytest.raises(KeysLocked):
        actions.read_box(box_id=box_id, token=token, by=SUPPORTER, at=later)
    assert read(desk, later) == [TEXT]


def test_where_nobody_could_read_nothing_is_taken(desk: Desk, now: datetime) -> None:
    desk.supporters_now.clear()
    with pytest.raises(NobodyReads):
        actions.leave_message(text=TEXT, edition="sv", shown=work("write", now), at=now)
    assert not Box.objects.exists()
    assert not SpentChallenge.objects.exists()  # so that the same form may be sent again


def test_the_room_and_the_keeper_mean_the_same_time() -> None:
    assert policies.READING_TIME == windows.WINDOW_LASTS
