"""Who closes the page while waiting: the board says so, the queue forgets them, and who comes back is there again."""

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from samsyn.audit.models import Event
from samsyn.channels import actions, queries
from samsyn.channels.chat_policies import MOST_WAITING
from samsyn.channels.models import Call, CallFact, Chat, ChatMessage
from samsyn.channels.retention import CHAT_HOURS, RULES
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Refused
from samsyn.ui.signs_of_life import GONE, PERHAPS_AWAY, SELDOM
from tests.channels import live
from tests.channels.live import PUBLIC, STAFF
from tests.conftest import CommittedDatabase
from tests.rules import hostile

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
MOMENT = timedelta(seconds=1)
ON_PUBLIC = {"HTTP_HOST": PUBLIC}


@pytest.fixture
def token(db: None) -> str:
    return actions.begin_chat(language="sv", at=AT)


def listed(by: Actor, at: datetime) -> list[tuple[str, bool]]:
    return [(row.state, row.is_perhaps_away) for row in queries.board(by=by, at=at)]


def outcomes() -> list[tuple[str, str]]:
    return list(Call.objects.order_by("arrived_at").values_list("state", "outcome"))


def test_who_is_silent_is_perhaps_away_and_then_not_in_the_queue(token: str, adviser: Actor) -> None:
    assert listed(adviser, AT + PERHAPS_AWAY - MOMENT) == [("waiting", False)]
    assert listed(adviser, AT + PERHAPS_AWAY) == [("waiting", True)]
    assert listed(adviser, AT + GONE - MOMENT) == [("waiting", True)]
    assert listed(adviser, AT + GONE) == []


def test_who_sits_at_the_page_waits_as_long_as_it_takes(token: str, adviser: Actor) -> None:
    at = AT
    for _ in range(20):
        at += timedelta(minutes=1)
        actions.note_sign_of_life(token=token, at=at)
        assert actions.sweep_chats(by=SYSTEM, at=at) == 0
    assert listed(adviser, at) == [("waiting", False)]
    assert Chat.objects.get().arrivals == 1
    assert Event.objects.count() == 1, "a sign of life is no event"


def test_a_sign_of_life_is_written_down_seldom(token: str) -> None:
    actions.note_sign_of_life(token=token, at=AT + SELDOM - MOMENT)
    assert Chat.objects.get().seen_at == AT
    actions.note_sign_of_life(token=token, at=AT + SELDOM)
    assert Chat.objects.get().seen_at == AT + SELDOM


def test_who_has_gone_counts_as_one_who_left_when_they_were_last_there(token: str) -> None:
    actions.note_sign_of_life(token=token, at=AT + timedelta(minutes=2))
    gone = AT + timedelta(minutes=2) + GONE
    assert actions.sweep_chats(by=SYSTEM, at=gone - MOMENT) == 0
    assert [actions.sweep_chats(by=SYSTEM, at=gone) for _ in range(2)] == [1, 0]
    assert outcomes() == [("closed", "abandoned")]
    assert Event.objects.filter(kind="chats_abandoned").get().facts == {"chats": 1}
    actions.sweep_calls(by=SYSTEM, at=gone + timedelta(hours=27))
    assert list(CallFact.objects.values_list("channel", "outcome", "wait_band")) == [("chat", "abandoned", "1_3")]


def test_nobody_answers_somebody_who_has_gone(token: str, adviser: Actor) -> None:
    chat = Chat.objects.get()
    with pytest.raises(Refused, match="Refused"):
        actions.answer_chat(chat_id=chat.pk, by=adviser, at=AT + GONE)
    assert Chat.objects.get().adviser_id is None
    assert outcomes() == [("waiting", "")]


@pytest.mark.parametrize("is_swept", [True, False], ids=["swept", "before_the_clock_came"])
@pytest.mark.parametrize("do", ["look", "write"])
def test_who_comes_back_is_in_the_queue_again_with_what_was_written(
    token: str, adviser: Actor, is_swept: bool, do: str
) -> None:
    actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text="Hej", at=AT)
    later = AT + timedelta(minutes=30)
    if is_swept:
        actions.sweep_chats(by=SYSTEM, at=later)
    if do == "look":
        actions.note_sign_of_life(token=token, at=later)
    else:
        actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text="Är ni kvar?", at=later)
    assert listed(adviser, later) == [("waiting", False)]
    assert outcomes() == [("closed", "abandoned"), ("waiting", "")]
    chat = Chat.objects.get()
    actions.answer_chat(chat_id=chat.pk, by=adviser, at=later + timedelta(minutes=4))
    actions.end_chat(chat_id=chat.pk, by=adviser, at=later + timedelta(minutes=20))
    assert not ChatMessage.objects.exists()
    actions.sweep_calls(by=SYSTEM, at=later + timedelta(hours=30))
    facts = CallFact.objects.values_list("outcome", "wait_band", "length_band")
    # Two calls: the wait that led to an answer began when they came back.
    assert set(facts) == {("abandoned", "under_1", "not_applicable"), ("answered", "3_5", "10_20")}


def test_who_leaves_for_good_after_having_gone_is_counted_once(token: str) -> None:
    actions.sweep_chats(by=SYSTEM, at=AT + GONE)
    actions.end_chat(token=token, at=AT + 2 * GONE)
    assert outcomes() == [("closed", "abandoned")]
    assert Chat.objects.get().seen_at is None


def test_those_who_have_gone_take_nobodys_place(token: str, adviser: Actor) -> None:
    late = AT + GONE
    for _ in range(MOST_WAITING):
        own = actions.begin_chat(language="sv", at=late)
        shown = queries.visitors_chat(token=own, at=late)
        assert shown is not None
        assert shown.before == 0
    with pytest.raises(Refused):
        actions.begin_chat(language="sv", at=late)
    assert len(listed(adviser, late)) == MOST_WAITING


def test_whom_an_adviser_has_answered_is_hers_although_the_page_is_closed(token: str, adviser: Actor) -> None:
    actions.answer_chat(chat_id=Chat.objects.get().pk, by=adviser, at=AT)
    assert actions.sweep_chats(by=SYSTEM, at=AT + 2 * GONE) == 0
    assert listed(adviser, AT + 2 * GONE) == [("own", True)]


def test_a_letter_waits_without_anybody_sitting_there(adviser: Actor) -> None:
    actions.leave_letter(form=uuid.uuid4(), text="Hej", language="sv", at=AT)
    assert actions.sweep_chats(by=SYSTEM, at=AT + timedelta(hours=1)) == 0
    assert listed(adviser, AT + timedelta(hours=1)) == [("waiting", False)]


def test_the_sign_of_life_goes_with_the_chat(token: str) -> None:
    actions.sweep_chats(by=SYSTEM, at=AT + GONE)
    (rule,) = (rule for rule in RULES if rule.code == "chats")
    assert rule.erase_batch is not None
    rule.erase_batch(AT + timedelta(hours=CHAT_HOURS), 10)
    assert not Chat.objects.exists()


def test_a_page_without_script_is_there_as_long_as_it_fetches_itself(db: None) -> None:
    house = hostile.made(timezone.now())
    visitor, adviser = Client(), house.browser("adviser")
    visitor.post("/chat/", **ON_PUBLIC)
    answer = f"/chats/{Chat.objects.get().pk}/answer/"
    for minutes, is_listed, is_away in ((1, True, False), (3, True, True), (6, False, False)):
        Chat.objects.update(seen_at=timezone.now() - timedelta(minutes=minutes))
        board = adviser.get("/queue/").content.decode()
        assert (answer in board, "kanske borta" in board) == (is_listed, is_away)
    assert "lämnat kön" in adviser.post(answer).content.decode()
    assert 'http-equiv="refresh"' in visitor.get("/chat/", **ON_PUBLIC).content.decode()
    board = adviser.get("/queue/").content.decode()
    assert answer in board
    assert "kanske borta" not in board
    assert adviser.post(answer).status_code == 302


# With real streams


class Waiting:
    """Somebody who waits, as the database knows them: the newest who came."""

    def __init__(self, chat: live.Chat, database: CommittedDatabase) -> None:
        self.chat, self.database = chat, database
        with self.database.owner() as owner:
            row = owner.execute("SELECT id FROM channels_chat ORDER BY seen_at DESC LIMIT 1").fetchone()
        assert row is not None
        self.chat_id = row[0]

    def was_seen(self, ago: timedelta) -> None:
        with self.database.owner() as owner:
            owner.execute("UPDATE channels_chat SET seen_at = now() - %s WHERE id = %s", [ago, self.chat_id])

    def known(self) -> tuple[timedelta, int]:
        """Return how long ago the last sign of life was, and how often they have come to the queue."""
        with self.database.owner() as owner:
            find = "SELECT now() - seen_at, arrivals FROM channels_chat WHERE id = %s"
            row = owner.execute(find, [self.chat_id]).fetchone()
        assert row is not None
        return row[0], row[1]

    def is_listed(self) -> bool:
        return f"/chats/{self.chat_id}/answer/" in self.chat.get(STAFF, "/queue/")

    def is_there(self, *, arrivals: int) -> bool:
        """Say whether a sign of life comes, by somebody who has come to the queue so often."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            ago, came = self.known()
            if ago < PERHAPS_AWAY and came == arrivals:
                return True
            time.sleep(0.2)
        return False


def with_a_stream(chat: live.Chat, database: CommittedDatabase) -> tuple[Waiting, live.Listener]:
    """Let somebody come, and wait at a page whose stream is open."""
    _status, headers, _text = chat.post(PUBLIC, "/chat/")
    chat.token = headers["Set-Cookie"].partition("__Host-s=")[2].partition(";")[0]
    waiting, page = Waiting(chat, database), chat.listener(PUBLIC)
    assert page.wait_until(lambda own: own.connections == 1)
    return waiting, page


@pytest.mark.browser
@pytest.mark.timeout(240)
def test_an_open_page_is_a_sign_of_life_a_closed_one_is_none_and_who_was_there_comes_back(
    chromium: Browser, committed_database: CommittedDatabase
) -> None:
    with (
        live.chat(committed_database.environment()) as chat,
        chromium.new_context(locale="sv-SE", java_script_enabled=False) as visitors,
    ):
        visitors.set_default_timeout(60_000)
        without_script = visitors.new_page()
        without_script.goto(f"http://{PUBLIC}:{chat.web.port}/chat/")
        without_script.get_by_role("button", name="Börja").click()
        expect(without_script.locator("#text")).to_be_hidden()
        plain = Waiting(chat, committed_database)
        silent, silents_page = with_a_stream(chat, committed_database)
        sitting, sittings_page = with_a_stream(chat, committed_database)
        assert len({plain.chat_id, silent.chat_id, sitting.chat_id}) == 3
        # All three wait for the clock of their pages at the same time: the next sign of life is up to 20 seconds away.
        plain.was_seen(GONE)
        assert not plain.is_listed()
        # As if nothing could have been written down for longer than anybody is waited for: the page was there all the time.
        silent.was_seen(GONE + MOMENT)
        sitting.was_seen(PERHAPS_AWAY + MOMENT)

        assert sitting.is_there(arrivals=1)
        assert sittings_page.connections == 1
        assert silent.is_there(arrivals=2)
        assert silents_page.wait_until(lambda own: own.connections == 2)
        assert silent.is_listed()
        # The page without script fetches itself: nobody presses anything.
        assert plain.is_there(arrivals=2)
        assert plain.is_listed()

        sittings_page.leave()
        sittings_page.thread.join(60)
        # Nothing says that they are there: the row is as it was made to be, and the clock takes them off the board.
        sitting.was_seen(GONE)
        assert not sitting.is_listed()
        # The page is opened again, and its line with it.
        again = chat.listener(PUBLIC)
        assert sitting.is_there(arrivals=2)
        assert sitting.is_listed()
        for page in (again, silents_page):
            page.leave()

        check_what_is_typed_stays(without_script)


def check_what_is_typed_stays(page: Page) -> None:
    """A page without script stops fetching itself while somebody writes, however long it takes."""
    fetches_itself = page.locator("meta[http-equiv=refresh]")
    expect(fetches_itself).to_have_count(1)
    page.get_by_role("link", name="Skriv").click()
    expect(fetches_itself).to_have_count(0)
    page.locator("#text").fill("Hej")
    page.get_by_role("button", name="Skicka").click()
    expect(page.locator(".said")).to_have_count(1)
    expect(page.locator("#text")).to_be_hidden()
