"""The chat by its pages alone: without script, its one cookie, the way out, and the supporter's side."""

import base64
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from samsyn.people.keeping import COOKIE as KEYS
from samsyn.people.models import Account
from samsyn.people.roles import Role
from samsyn.privacy import floods
from samsyn.visitors import chat_policies, chats, codes
from samsyn.visitors.models import Box, Chat, ChatLine
from samsyn.visitors.views.chat import COOKIE
from tests.visitors.conftest import Desk, work
from tests.visitors.test_inbox import shown, signed_in

pytestmark = pytest.mark.django_db
SAID, ANSWER = "أخي يقرأ هاتفي", "Du är inte ensam."
ALWAYS = (chat_policies.Span(frozenset(range(1, 8)), datetime.min.time(), datetime.max.time()),)


@pytest.fixture(autouse=True)
def on_the_wall(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time on the wall, whatever the hour: the hours have a test of their own."""
    desk.now = None
    monkeypatch.setattr(chat_policies, "hours", lambda: ALWAYS)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def without_script() -> dict[str, str]:
    """A form that was opened a while ago."""
    then = int(datetime.now(tz=UTC).timestamp()) - floods.SECONDS_WITHOUT_SCRIPT - 1
    return {"work": floods.new_challenge("chat", now=then, key=codes.own_key("work")), "done": "", "do": "begin"}


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


@pytest.fixture
def supporter(desk: Desk, now: datetime) -> Client:
    client = signed_in(Role.SUPPORTER, now)
    account = Account.objects.get(name="en.supporter")
    desk.sit_down(account.pk)
    client.cookies[KEYS] = base64.urlsafe_b64encode(desk.tokens[account.pk]).decode().rstrip("=")
    return client


def test_from_the_queue_to_the_end_without_script(visitor: Client, supporter: Client) -> None:
    first = visitor.get("/ar/c/")
    assert not visitor.cookies
    assert "<title>Information</title>" in first.content.decode()
    begun = visitor.post("/ar/c/", without_script())
    page = begun.content.decode()
    assert 'dir="rtl"' in page
    cookie = visitor.cookies[COOKIE]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Strict")
    assert (cookie["expires"], cookie["max-age"], cookie["path"]) == ("", "", "/")
    assert set(visitor.cookies) == {COOKIE}
    assert "قبلك في الانتظار: 0" in page
    visitor.post("/ar/c/", hidden(page) | {"do": "say", "text": SAID})

    listed = shown(supporter, "/inbox/chats/")
    assert "العربية" in listed
    mark = supporter.get("/inbox/chats/", headers={"accept": "application/json"}).json()["mark"]
    assert f'data-mark="{mark}"' in listed
    assert SAID not in listed
    path = f"/inbox/chats/{Chat.objects.get().id}/"
    assert path in listed
    taken = supporter.post(path, {"do": "take"})
    assert supporter.get("/inbox/chats/", headers={"accept": "application/json"}).json()["mark"] != mark
    assert (taken.status_code, taken["Location"]) == (302, path)
    assert SAID in shown(supporter, path)
    assert supporter.post(path, {"do": "say", "text": "", "own_id": str(uuid4())}).status_code == 422
    supporter.post(path, {"do": "say", "text": ANSWER, "own_id": str(uuid4())})
    page = visitor.get("/ar/c/").content.decode()
    assert ANSWER in page
    assert SAID in page
    assert "شخص داعم هنا الآن" in page

    over = visitor.post("/ar/c/", {"do": "end"})
    assert "حُذف ما كُتب" in over.content.decode()
    assert over.cookies[COOKIE].value == ""
    assert not ChatLine.objects.exists()
    assert "Chatten är slut" in shown(supporter, path)


def test_nobody_waits_while_few_come(visitor: Client) -> None:
    said = hidden(visitor.get("/sv/c/").content.decode())
    assert visitor.post("/sv/c/", said | {"do": "begin"}).status_code == 200
    visitor.cookies.clear()
    # A form begins one chat all the same, and one that is not ours none.
    assert visitor.post("/sv/c/", said | {"do": "begin"}).status_code == 422
    assert (
        visitor.post("/sv/c/", said | {"do": "begin", "work": said["work"].replace("chat", "write")}).status_code == 422
    )
    assert Chat.objects.count() == 1


def test_work_is_shown_or_waited_for(visitor: Client, now: datetime) -> None:
    for _ in range(floods.CALM_WAITING):
        chats.begin_chat(edition="sv", shown=work("chat", now), at=now)
    said = hidden(visitor.get("/sv/c/").content.decode())
    early = visitor.post("/sv/c/", said | {"do": "begin"})
    assert early.status_code == 429
    assert hidden(early.content.decode())["work"] == said["work"]  # so that the time already waited counts
    for wrong in ({"work": "", "done": ""}, {"work": "chat.1.2.3.4", "done": "1"}):
        assert visitor.post("/sv/c/", {"do": "begin"} | wrong).status_code == 422
    assert not visitor.cookies
    once = without_script()
    assert visitor.post("/sv/c/", once).status_code == 200
    visitor.cookies.clear()
    assert visitor.post("/sv/c/", once).status_code == 422
    assert Chat.objects.count() == floods.CALM_WAITING + 1


def test_a_script_is_told_only_what_is_new(visitor: Client, supporter: Client) -> None:
    page = visitor.post("/sv/c/", without_script()).content.decode()
    own = hidden(page) | {"do": "say", "text": SAID}
    for _ in range(2):  # the answer was lost, so the browser sends it again
        assert visitor.post("/sv/c/", own, headers={"accept": "application/json"}).json() == {"number": 1}
    assert visitor.get("/sv/c/0/").json()["lines"] == [{"number": 1, "desk": False, "text": SAID}]
    assert visitor.get("/sv/c/1/").json()["lines"] == []
    path = f"/inbox/chats/{Chat.objects.get().id}/"
    supporter.post(path, {"do": "take"})
    told = visitor.get("/sv/c/1/").json()
    assert (told["state"], told["say"]) == ("taken", "En stödjare är här.")
    assert supporter.get(f"{path}0/").json()["lines"] == [{"number": 1, "desk": False, "text": SAID}]
    long = visitor.post("/sv/c/", own | {"text": "x" * 3000}, headers={"accept": "application/json"})
    assert long.status_code == 422
    supporter.post(path, {"do": "end"})
    assert visitor.get("/sv/c/1/").json()["state"] == "over"
    over = visitor.get("/sv/c/")
    assert "Chatten är slut" in over.content.decode()
    assert over.cookies[COOKIE].value == ""
    visitor.cookies.clear()
    assert visitor.get("/sv/c/0/").json() == {"state": "over", "lines": []}


def test_the_way_out_ends_it_and_tells_the_supporter(visitor: Client, supporter: Client) -> None:
    visitor.post("/sv/c/", without_script())
    path = f"/inbox/chats/{Chat.objects.get().id}/"
    supporter.post(path, {"do": "take"})
    left = visitor.post("/x/")
    assert left.status_code == 204
    assert "Clear-Site-Data" in left
    assert left.cookies[COOKIE].value == ""
    page = shown(supporter, path)
    assert "lämnade hastigt" in page
    assert "<textarea" not in page


def test_the_word_for_somebody_came_ends_it_and_leads_away(visitor: Client, supporter: Client) -> None:
    page = visitor.post("/sv/c/", without_script()).content.decode()
    word = re.search(r"data-alarm>(\w+)<", page)
    assert word
    assert "data-alarm" not in visitor.get("/sv/c/").content.decode()  # it was shown once
    path = f"/inbox/chats/{Chat.objects.get().id}/"
    supporter.post(path, {"do": "take"})
    quiet = visitor.post("/sv/c/", hidden(page) | {"text": word[1]}, headers={"x-quiet": "1"})
    assert quiet.status_code == 204
    assert quiet.cookies[COOKIE].value == ""
    assert "att någon kom" in shown(supporter, path)


def test_the_word_for_somebody_came_leads_away_again_if_its_answer_was_lost(visitor: Client) -> None:
    page = visitor.post("/sv/c/", without_script()).content.decode()
    word = re.search(r"data-alarm>(\w+)<", page)
    assert word
    kept = visitor.cookies[COOKIE].value
    for text in (word[1], word[1], "Hej"):
        visitor.cookies[COOKIE] = kept
        quiet = visitor.post("/sv/c/", hidden(page) | {"text": text}, headers={"x-quiet": "1"})
        assert (quiet.status_code, quiet.cookies[COOKIE].value) == (204, "")


def test_at_the_end_there_may_be_words_to_come_back_with(visitor: Client, supporter: Client) -> None:
    visitor.post("/sv/c/", without_script())
    path = f"/inbox/chats/{Chat.objects.get().id}/"
    supporter.post(path, {"do": "take"})
    page = visitor.post("/sv/c/", {"do": "words"})
    words = re.findall(r"<li>(\w+)</li>", page.content.decode().split('class="code"')[1].split("</ol>")[0])
    assert len(words) == 6
    assert page.cookies[COOKIE].value == ""
    box = f"/inbox/{Box.objects.get().id}/"
    assert box in shown(supporter, path)
    assert supporter.get(box).status_code == 200
    assert "Inget skrivet än" in shown(supporter, "/inbox/")


def test_closed_says_when_it_opens(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_policies, "hours", lambda: ())
    never = visitor.get("/sv/c/").content.decode()
    assert "data-proof" not in never
    assert visitor.post("/sv/c/", without_script()).status_code == 503
    far = datetime.now(UTC) + timedelta(days=1)
    span = chat_policies.Span(frozenset({far.isoweekday()}), datetime(1, 1, 1, 23, 50).time(), datetime.max.time())  # noqa: DTZ001
    monkeypatch.setattr(chat_policies, "hours", lambda: (span,))
    monkeypatch.setattr(chat_policies, "is_open", lambda at: False)
    assert "23.50" in unescape(visitor.get("/sv/c/").content.decode())
    assert "23.50" in unescape(visitor.get("/ar/c/").content.decode())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPPORTER])
def test_nobody_else_sees_the_queue_or_a_chat(desk: Desk, role: Role, now: datetime) -> None:
    chats.begin_chat(edition="sv", shown=work("chat", now), at=now)
    other = signed_in(role, now)
    path = f"/inbox/chats/{Chat.objects.get().id}/"
    for one in ("/inbox/chats/", path, f"{path}0/"):
        assert other.get(one).status_code == 403
    assert other.post(path, {"do": "take"}).status_code == 403


def test_locked_keys_lead_to_where_they_are_opened(desk: Desk, now: datetime) -> None:
    chats.begin_chat(edition="sv", shown=work("chat", now), at=now)
    client = signed_in(Role.SUPPORTER, now)
    path = f"/inbox/chats/{Chat.objects.get().id}/"
    answer = client.post(path, {"do": "take"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/cases/keys/?next=")
    assert Chat.objects.get().supporter_id is None


def test_a_made_up_cookie_is_no_chat(visitor: Client) -> None:
    for value in ("", "x", "0" * 64, "å" * 64):
        visitor.cookies[COOKIE] = value
        assert visitor.get("/sv/c/").status_code == 200
        assert visitor.get("/sv/c/0/").json()["state"] == "over"
        assert visitor.post("/sv/c/", {"do": "say", "text": "x"}).status_code == 200
        assert visitor.post("/sv/c/", {"do": "words"}).status_code == 200
    assert not Box.objects.exists()
