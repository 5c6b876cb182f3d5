"""A chat in the database: who may what, one message once, and nothing left of what was written."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.channels import actions, queries
from samsyn.channels.chat_policies import LONGEST_MESSAGE, MOST_WAITING
from samsyn.channels.findings import COVER
from samsyn.channels.models import CallFact, Chat, ChatMessage
from samsyn.channels.retention import CHAT_HOURS, RULES
from samsyn.channels.views import visitors
from samsyn.contacts.models import Contact
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy import floods, sealing
from samsyn.ui.signs_of_life import GONE
from tests.rules import hostile

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
SAID = "En elev säger att resan är bestämd"
PUBLIC = {"HTTP_HOST": "statistik.localhost"}


@pytest.fixture
def token(db: None) -> str:
    return actions.begin_chat(language="sv", at=AT)


@pytest.fixture
def answered(token: str, adviser: Actor) -> Chat:
    chat = Chat.objects.get()
    actions.answer_chat(chat_id=chat.pk, by=adviser, at=AT)
    return chat


def test_both_sides_read_what_both_wrote_in_order(token: str, answered: Chat, adviser: Actor) -> None:
    actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text=SAID, at=AT)
    actions.write_as_adviser(chat_id=answered.pk, own_id=uuid.uuid4(), text="När?", by=adviser, at=AT)
    shown = queries.visitors_chat(token=token, at=AT)
    assert shown is not None
    assert [(line.number, line.is_advisers, line.text) for line in shown.lines] == [(1, False, SAID), (2, True, "När?")]
    assert queries.own_chat(chat_id=answered.pk, by=adviser, at=AT).lines == shown.lines


def test_a_message_that_is_sent_twice_is_there_once(token: str) -> None:
    own_id = uuid.uuid4()
    numbers = {actions.write_as_visitor(token=token, own_id=own_id, text=SAID, at=AT) for _ in range(3)}
    assert numbers == {1}
    assert ChatMessage.objects.count() == 1


def test_neither_words_nor_token_stand_in_the_tables(token: str) -> None:
    actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text=SAID, at=AT)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(m)::text FROM channels_chatmessage m UNION SELECT row_to_json(c)::text FROM channels_chat c"
        )
        rows = "".join(row for (row,) in cursor.fetchall())
    for planted in (SAID, token):
        assert planted not in rows
        assert planted.encode().hex() not in rows


def test_the_end_erases_every_word_and_is_final(token: str, answered: Chat, adviser: Actor) -> None:
    actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text=SAID, at=AT)
    actions.end_chat(chat_id=answered.pk, by=adviser, at=AT)
    assert not ChatMessage.objects.exists()
    for late in (
        lambda: actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text=SAID, at=AT),
        lambda: actions.write_as_adviser(chat_id=answered.pk, own_id=uuid.uuid4(), text="?", by=adviser, at=AT),
        lambda: actions.end_chat(token=token, at=AT),
    ):
        with pytest.raises(Refused):
            late()
    assert set(Event.objects.values_list("kind", flat=True)) == {"chat_begun", "chat_answered", "chat_ended"}


def test_one_adviser_has_a_chat_and_no_other_reads_it(answered: Chat, publisher: Actor, team_lead: Actor) -> None:
    with pytest.raises(Refused):
        actions.answer_chat(chat_id=answered.pk, by=team_lead, at=AT)
    with pytest.raises(LookupError):
        queries.own_chat(chat_id=answered.pk, by=team_lead, at=AT)
    with pytest.raises(LookupError):
        actions.write_as_adviser(chat_id=answered.pk, own_id=uuid.uuid4(), text="?", by=team_lead, at=AT)
    for forbidden in (
        lambda: queries.own_chat(chat_id=answered.pk, by=publisher, at=AT),
        lambda: actions.answer_chat(chat_id=answered.pk, by=publisher, at=AT),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


@pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST_MESSAGE + 1), "a\x00b", "a\u202eb", "\x1b[2J"])
def test_what_is_no_message_is_refused(token: str, text: str) -> None:
    with pytest.raises(Invalid):
        actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text=text, at=AT)
    assert Chat.objects.get().last_number == 0


def test_a_personal_number_is_covered_before_it_is_kept(token: str) -> None:
    actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text="Det gäller 19811228-9874", at=AT)
    shown = queries.visitors_chat(token=token, at=AT)
    assert shown is not None
    assert shown.lines[0].text == f"Det gäller {COVER}"


def test_a_chat_is_counted_as_answered_with_its_wait(token: str, adviser: Actor) -> None:
    actions.answer_chat(chat_id=Chat.objects.get().pk, by=adviser, at=AT + timedelta(minutes=4))
    actions.end_chat(token=token, at=AT + timedelta(minutes=20))
    assert actions.sweep_calls(by=SYSTEM, at=AT + timedelta(hours=47)) == (0, 1)
    facts = CallFact.objects.values_list("channel", "outcome", "wait_band", "length_band")
    assert list(facts) == [("chat", "answered", "3_5", "10_20")]


def test_who_leaves_before_an_answer_is_counted_as_such(token: str) -> None:
    actions.end_chat(token=token, at=AT + timedelta(minutes=4))
    actions.sweep_calls(by=SYSTEM, at=AT + timedelta(hours=47))
    assert list(CallFact.objects.values_list("channel", "outcome")) == [("chat", "abandoned")]


def test_too_many_who_wait_are_told_so(db: None) -> None:
    for _ in range(MOST_WAITING):
        actions.begin_chat(language="sv", at=AT)
    with pytest.raises(Refused):
        actions.begin_chat(language="sv", at=AT)


def test_an_abandoned_chat_goes_with_its_words(token: str) -> None:
    actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text=SAID, at=AT)
    (rule,) = (rule for rule in RULES if rule.code == "chats")
    assert rule.due is not None
    assert rule.erase_batch is not None
    late = AT + timedelta(hours=CHAT_HOURS)
    assert (rule.due(late - timedelta(minutes=1)), rule.due(late)) == (0, 1)
    rule.erase_batch(late, 10)
    assert not Chat.objects.exists()
    assert not ChatMessage.objects.exists()


# The pages


@pytest.fixture
def house(db: None) -> hostile.House:
    return hostile.made(timezone.now())


def test_there_is_no_cookie_before_a_chat_and_none_after(house: hostile.House) -> None:
    visitor = Client(enforce_csrf_checks=True)
    assert not visitor.get("/chat/", **PUBLIC).cookies
    begun = visitor.post("/chat/", **PUBLIC)
    assert begun.status_code == 302
    (cookie,) = begun.cookies.values()
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (
        True, True, "Strict", "", "/",
    )  # fmt: skip
    assert visitor.post("/chat/end/", **PUBLIC).status_code == 302
    page = visitor.get("/chat/", **PUBLIC)
    assert "raderat" in page.content.decode()
    assert page.cookies[cookie.key]["max-age"] == 0


def test_a_conversation_without_script(house: hostile.House) -> None:
    visitor, adviser = Client(), house.browser("adviser")
    visitor.post("/chat/", **PUBLIC)
    page = visitor.get("/chat/", **PUBLIC).content.decode()
    assert "Du kan skriva medan du väntar" in page
    assert 'http-equiv="refresh"' in page
    # Where something is typed the page does not fetch itself: it would be gone.
    assert 'http-equiv="refresh"' not in visitor.get("/chat/?write=1", **PUBLIC).content.decode()
    visitor.post("/chat/write/", {"own_id": str(uuid.uuid4()), "text": SAID}, **PUBLIC)
    chat = Chat.objects.get()
    assert f"/chats/{chat.pk}/answer/" in adviser.get("/queue/").content.decode()
    assert adviser.post(f"/chats/{chat.pk}/answer/").status_code == 302
    assert SAID in adviser.get(f"/chats/{chat.pk}/").content.decode()
    adviser.post(f"/chats/{chat.pk}/write/", {"own_id": str(uuid.uuid4()), "text": "Hur gammal?"})
    assert "Hur gammal?" in visitor.get("/chat/", **PUBLIC).content.decode()
    refused = adviser.post(f"/chats/{chat.pk}/write/", {"own_id": str(uuid.uuid4()), "text": " "})
    assert refused.status_code == 422
    assert "Skriv något först" in refused.content.decode()


def test_the_processes_of_pages_keep_no_stream_open(house: hostile.House) -> None:
    visitor = Client()
    visitor.post("/chat/", **PUBLIC)
    assert visitor.get("/chat/stream", **PUBLIC).status_code == 503
    assert Client().get("/chat/stream", **PUBLIC).status_code == 204


def test_a_contact_is_registered_from_a_chat_once_with_its_wait(house: hostile.House) -> None:
    visitor, adviser = Client(), house.browser("adviser")
    visitor.post("/chat/", **PUBLIC)
    chat = Chat.objects.get()
    assert adviser.post(f"/desk/from-chat/{chat.pk}/").status_code == 404  # not hers yet
    adviser.post(f"/chats/{chat.pk}/answer/")
    visitor.post("/chat/end/", **PUBLIC)
    board = adviser.get("/queue/").content.decode()
    assert f"/desk/from-chat/{chat.pk}/" in board  # it is over, and nobody has registered it
    opened = adviser.post(f"/desk/from-chat/{chat.pk}/")
    assert opened.status_code == 302
    contact = Contact.objects.get()
    assert contact.channel == "chat"
    assert "väntade 00:0" in adviser.get(f"/desk/{contact.pk}/").content.decode()
    assert str(chat.pk) not in adviser.get("/queue/").content.decode()
    assert adviser.post(f"/desk/from-chat/{chat.pk}/").status_code == 409
    assert adviser.post(f"/desk/from-chat/{uuid.uuid4()}/").status_code == 404
    assert Contact.objects.count() == 1


# What a chat costs


def script_works(page: str) -> dict[str, str]:
    """Return what the page's script would send: the challenge and a number that it found."""
    form = page.partition('name="form" value="')[2].partition('"')[0]
    work = next(number for number in range(10**7) if floods.has_zeros(form, str(number), floods.BITS))
    return {"form": form, "work": str(work)}


def many_wait() -> None:
    for _ in range(floods.CALM_WAITING):
        actions.begin_chat(language="sv", at=timezone.now() - timedelta(minutes=2))


def many_come_and_go() -> None:
    for _ in range(floods.CALM_A_MINUTE):
        actions.end_chat(token=actions.begin_chat(language="sv", at=timezone.now()), at=timezone.now())


@pytest.mark.parametrize("load", [many_wait, many_come_and_go])
def test_a_chat_costs_nothing_until_many_come(house: hostile.House, load: Callable[[], None]) -> None:
    browser = Client()
    assert "data-proof" not in browser.get("/chat/", **PUBLIC).content.decode()
    load()
    before = Chat.objects.count()
    # A page that was opened while it was calm.
    refused = browser.post("/chat/", **PUBLIC)
    assert (refused.status_code, Chat.objects.count()) == (429, before)
    page = refused.content.decode()
    assert "Många vill skriva just nu" in page
    assert 'data-proof="form work"' in page
    paid = script_works(page)
    assert browser.post("/chat/", paid, **PUBLIC).status_code == 302
    assert Chat.objects.count() == before + 1
    # What was paid once begins one chat.
    again = Client().post("/chat/", paid, **PUBLIC)
    assert (again.status_code, Chat.objects.count()) == (409, before + 1)
    for wrong in ({"form": "x"}, {**paid, "form": paid["form"].replace("chat", "letter")}, {"form": "1" * 500}):
        answer = Client().post("/chat/", wrong, **PUBLIC)
        assert (answer.status_code, answer.cookies) == (422, {})
    assert Chat.objects.count() == before + 1


def test_without_script_a_chat_costs_a_wait_and_the_time_already_waited_counts(
    house: hostile.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_wait()
    browser = Client()
    page = browser.get("/chat/", **PUBLIC).content.decode()
    assert "Utan skript: vänta 15 sekunder" in page
    form = page.partition('name="form" value="')[2].partition('"')[0]
    early = browser.post("/chat/", {"form": form, "work": ""}, **PUBLIC)
    assert early.status_code == 422
    assert f'value="{form}"' in early.content.decode()
    now = int(timezone.now().timestamp())

    def waited() -> dict[str, str]:
        then = now - floods.SECONDS_WITHOUT_SCRIPT
        return {"form": floods.new_challenge("chat", now=then, key=sealing.mark("chat_form", "")), "work": ""}

    assert Client().post("/chat/", waited(), **PUBLIC).status_code == 302
    # A flood without script is many that wait at the same time: so many a minute are taken, and the rest told so.
    count = Chat.objects.count()
    monkeypatch.setattr(visitors, "without_script", floods.Bucket(0))
    full = Client().post("/chat/", waited(), **PUBLIC)
    assert (full.status_code, Chat.objects.count()) == (503, count)
    assert Client().post("/chat/", script_works(full.content.decode()), **PUBLIC).status_code == 302


def test_those_who_have_gone_make_no_load(house: hostile.House) -> None:
    many_wait()
    Chat.objects.update(seen_at=timezone.now() - GONE)
    assert Client().post("/chat/", **PUBLIC).status_code == 302
