"""The mailbox on our own pages: words to come back with, one adviser at a time, nothing left after a week."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.channels import actions, queries
from samsyn.channels.chat_policies import FOR_ITS_ADVISER, LONGEST_MESSAGE, MOST_UNANSWERED
from samsyn.channels.findings import COVER
from samsyn.channels.models import Call, CallFact, Chat, ChatMessage
from samsyn.channels.retention import CHAT_HOURS, MAILBOX_DAYS, MAILBOX_DAYS_AT_MOST, RULES
from samsyn.channels.views import mailbox
from samsyn.contacts.models import Contact
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy import decisions, floods, sealing
from tests.rules import hostile

pytestmark = pytest.mark.django_db
# A Sunday: nobody is there, and the mailbox is open all the same.
AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SAID = "Vi vet inte om vi ska anmäla. Det gäller 19811228-9874."
PUBLIC = {"HTTP_HOST": "statistik.localhost"}


def left(text: str = SAID, *, form: uuid.UUID | None = None, at: datetime = AT) -> actions.Left:
    return actions.leave_letter(form=form or uuid.uuid4(), text=text, language="sv", at=at)


def answer(chat: Chat, by: Actor, at: datetime) -> None:
    actions.answer_chat(chat_id=chat.pk, by=by, at=at)
    actions.write_as_adviser(chat_id=chat.pk, own_id=uuid.uuid4(), text="Ja, gör det i dag.", by=by, at=at)


def test_a_professional_comes_back_with_words_and_reads_the_answer(adviser: Actor) -> None:
    letter = left()
    assert len(letter.code.split()) == 6
    answer(Chat.objects.get(), adviser, AT + DAY)
    actions.close_mailbox(token=letter.token)
    assert queries.visitors_chat(token=letter.token, at=AT) is None
    # As people write words: capitals, hyphens, blanks.
    token = actions.open_mailbox(code=f" {letter.code.upper().replace(' ', ' - ')}\n")
    shown = queries.visitors_chat(token=token, at=AT)
    assert shown is not None
    assert [line.text for line in shown.lines] == [SAID.replace("19811228-9874", COVER), "Ja, gör det i dag."]
    actions.write_as_visitor(token=token, own_id=uuid.uuid4(), text="Tack", at=AT + 2 * DAY)
    assert len(queries.own_chat(chat_id=shown.id, by=adviser, at=AT).lines) == 3


def test_the_words_open_it_for_one_browser_at_a_time() -> None:
    letter = left()
    token = actions.open_mailbox(code=letter.code)
    assert queries.visitors_chat(token=letter.token, at=AT) is None
    assert queries.visitors_chat(token=token, at=AT) is not None


@pytest.mark.parametrize("code", ["", "inga ord alls", "x" * 10_000, "\x00", "anka " * 6, "1 2 3 4 5 6"])
def test_other_words_open_nothing(code: str) -> None:
    left()
    with pytest.raises(Invalid):
        actions.open_mailbox(code=code)
    with pytest.raises(Invalid):
        actions.open_mailbox(code=left().code.rpartition(" ")[0])


def test_neither_words_nor_code_nor_token_stand_in_the_tables() -> None:
    letter = left()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(m)::text FROM channels_chatmessage m UNION SELECT row_to_json(c)::text FROM channels_chat c"
            " UNION SELECT row_to_json(q)::text FROM channels_call q UNION SELECT row_to_json(e)::text FROM audit_event e"
        )
        rows = "".join(row for (row,) in cursor.fetchall())
    for planted in ("anmäla", letter.code, letter.token, *letter.code.split()):
        assert planted not in rows
        assert planted.encode().hex() not in rows


def test_a_form_that_is_sent_twice_leaves_one_letter() -> None:
    form = uuid.uuid4()
    left(form=form)
    with pytest.raises(Refused):
        left(form=form)
    assert (Chat.objects.count(), ChatMessage.objects.count(), Call.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST_MESSAGE + 1), "a\x00b", "a\u202eb"])
def test_what_is_no_letter_leaves_nothing(text: str) -> None:
    with pytest.raises(Invalid):
        left(text)
    assert (Chat.objects.count(), Call.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_more_than_can_be_answered_are_told_so() -> None:
    now = AT
    Chat.objects.bulk_create(
        Chat(code_hash=number.to_bytes(32), begun_at=now, active_at=now, awaits_since=now, language="sv")
        for number in range(MOST_UNANSWERED)
    )
    with pytest.raises(Refused):
        left()
    # A chat is no letter, and has a limit of its own.
    assert actions.begin_chat(language="sv", at=AT)


def test_the_board_shows_who_waits_and_afterwards_whose_it_is(adviser: Actor, team_lead: Actor, analyst: Actor) -> None:
    left()
    (waiting,) = queries.board(by=adviser, at=AT + DAY)
    assert (waiting.channel, waiting.state, waiting.waited, waiting.is_out_of_hours) == (
        "mailbox", "waiting", DAY, False,
    )  # fmt: skip
    actions.answer_chat(chat_id=waiting.id, by=adviser, at=AT + DAY)
    assert [row.state for row in queries.board(by=adviser, at=AT + DAY)] == ["new_words"]
    actions.write_as_adviser(chat_id=waiting.id, own_id=uuid.uuid4(), text="Svar", by=adviser, at=AT + DAY)
    assert [(row.state, row.waited) for row in queries.board(by=adviser, at=AT + DAY)] == [("own", None)]
    assert queries.board(by=team_lead, at=AT + 3 * DAY) == ()
    with pytest.raises(NotAllowed):
        queries.board(by=analyst, at=AT)


def test_who_writes_again_waits_a_day_for_the_same_adviser_and_then_for_any(adviser: Actor, team_lead: Actor) -> None:
    letter = left()
    chat = Chat.objects.get()
    answer(chat, adviser, AT)
    actions.write_as_visitor(token=letter.token, own_id=uuid.uuid4(), text="Och sedan?", at=AT + DAY)
    early, late = (AT + DAY + FOR_ITS_ADVISER - timedelta(minutes=1), AT + DAY + FOR_ITS_ADVISER)
    assert queries.board(by=team_lead, at=early) == ()
    with pytest.raises(Refused):
        actions.answer_chat(chat_id=chat.pk, by=team_lead, at=early)
    assert [row.state for row in queries.board(by=team_lead, at=late)] == ["waiting"]
    actions.answer_chat(chat_id=chat.pk, by=team_lead, at=late)
    assert len(queries.own_chat(chat_id=chat.pk, by=team_lead, at=AT).lines) == 3
    with pytest.raises(LookupError):
        queries.own_chat(chat_id=chat.pk, by=adviser, at=AT)


def test_an_answer_that_may_be_unread_is_not_erased_by_an_adviser(adviser: Actor) -> None:
    letter = left()
    chat = Chat.objects.get()
    answer(chat, adviser, AT)
    with pytest.raises(Refused):
        actions.end_chat(chat_id=chat.pk, by=adviser, at=AT)
    assert ChatMessage.objects.count() == 2
    actions.end_chat(token=letter.token, at=AT)
    assert not ChatMessage.objects.exists()
    token = actions.open_mailbox(code=letter.code)
    shown = queries.visitors_chat(token=token, at=AT)
    assert shown is not None
    assert (shown.state, shown.lines) == ("ended", ())


def test_what_is_no_question_is_erased_by_an_adviser(adviser: Actor) -> None:
    left("asdf")
    chat = Chat.objects.get()
    actions.answer_chat(chat_id=chat.pk, by=adviser, at=AT)
    actions.end_chat(chat_id=chat.pk, by=adviser, at=AT)
    assert not ChatMessage.objects.exists()
    assert queries.board(by=adviser, at=AT) == ()


def test_words_go_a_week_after_the_last_and_after_four_weeks_at_most() -> None:
    letter = left()
    (rule,) = (rule for rule in RULES if rule.code == "mailboxes")
    (chats,) = (rule for rule in RULES if rule.code == "chats")
    assert rule.due is not None
    assert chats.due is not None
    assert rule.erase_batch is not None
    week, minute = timedelta(days=MAILBOX_DAYS), timedelta(minutes=1)
    assert (rule.due(AT + week - minute), rule.due(AT + week)) == (0, 1)
    assert chats.due(AT + 2 * week) == 0
    most = timedelta(days=MAILBOX_DAYS_AT_MOST)
    actions.write_as_visitor(token=letter.token, own_id=uuid.uuid4(), text="Hej?", at=AT + most - DAY)
    assert (rule.due(AT + most - minute), rule.due(AT + most)) == (0, 1)
    rule.erase_batch(AT + most, 10)
    assert not Chat.objects.exists()
    assert not ChatMessage.objects.exists()
    with pytest.raises(Invalid):
        actions.open_mailbox(code=letter.code)


def test_the_decision_on_disposal_says_how_long() -> None:
    basis = decisions.parse(decisions.FILE.read_text(encoding="utf-8"))["chats"].basis
    for said in (f"{CHAT_HOURS} timmar", f"{MAILBOX_DAYS} dagar", f"{MAILBOX_DAYS_AT_MOST} dagar"):
        assert said in basis


def test_the_time_to_an_answer_is_counted_and_what_nobody_answers_is_missed(adviser: Actor) -> None:
    left()
    answer(Chat.objects.get(), adviser, AT + DAY + timedelta(hours=2))
    left()
    actions.sweep_calls(by=SYSTEM, at=AT + 10 * DAY)
    actions.sweep_calls(by=SYSTEM, at=AT + 12 * DAY)
    facts = CallFact.objects.order_by("outcome").values_list(
        "channel", "outcome", "wait_band", "length_band", "is_out_of_hours", "is_stuck"
    )
    assert list(facts) == [
        ("mailbox", "answered", "1_2_days", "not_applicable", False, False),
        ("mailbox", "missed", "4_days_plus", "not_applicable", False, False),
    ]


def test_a_failing_log_leaves_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    from samsyn.channels.actions import chat

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(chat.audit, "record", broken)
    with pytest.raises(RuntimeError):
        left()
    assert (Chat.objects.count(), Call.objects.count()) == (0, 0)


# The pages


@pytest.fixture
def house(db: None) -> hostile.House:
    return hostile.made(timezone.now())


def paid() -> dict[str, str]:
    """Return what a browser's script would send for the form."""
    form = floods.new_challenge(
        mailbox.PURPOSE, now=int(timezone.now().timestamp()), key=sealing.mark("letter_form", "")
    )
    work = next(number for number in range(10**7) if floods.has_zeros(form, str(number), floods.BITS))
    return {"form": form, "work": str(work)}


def test_a_letter_is_left_answered_and_read_without_script(house: hostile.House) -> None:
    browser, adviser = Client(enforce_csrf_checks=True), house.browser("adviser")
    page = browser.get("/chat/later/", **PUBLIC)
    assert not page.cookies
    form = paid()
    sent = browser.post("/chat/later/", form | {"text": SAID}, **PUBLIC)
    assert sent.status_code == 200
    code = sent.content.decode().partition('<strong class="spoken" translate="no">')[2].partition("<")[0]
    assert len(code.split()) == 6
    (cookie,) = sent.cookies.values()
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, True, "Strict", "")
    again = browser.post("/chat/later/", form | {"text": SAID}, **PUBLIC)
    assert again.status_code == 409
    closed = browser.post("/chat/later/close/", **PUBLIC)
    assert closed.cookies[cookie.key]["max-age"] == 0

    chat = Chat.objects.get()
    assert "Brevlåda" in adviser.get("/queue/").content.decode()
    assert adviser.post(f"/chats/{chat.pk}/answer/").status_code == 302
    shown = adviser.get(f"/chats/{chat.pk}/").content.decode()
    assert "Vi vet inte om vi ska anmäla" in shown
    assert "Registrera kontakten" not in shown  # nobody has answered yet
    adviser.post(f"/chats/{chat.pk}/write/", {"own_id": str(uuid.uuid4()), "text": "Ja, i dag."})
    shown = adviser.get(f"/chats/{chat.pk}/").content.decode()
    assert "Registrera kontakten" in shown
    assert "Avsluta och radera" not in shown
    assert adviser.post(f"/chats/{chat.pk}/end/").status_code == 409
    assert adviser.post(f"/desk/from-chat/{chat.pk}/").status_code == 302
    contact = Contact.objects.get()
    assert (contact.channel, contact.opened_at >= chat.begun_at) == ("mailbox", True)
    assert 'value="mailbox" selected' in adviser.get(f"/desk/{contact.pk}/").content.decode()
    # Nobody makes another contact one out of a mailbox by hand.
    assert adviser.post("/desk/", {"channel": "mailbox"}).status_code == 422
    adviser.post("/desk/", {"channel": "phone"})
    other = Contact.objects.exclude(pk=contact.pk).get()
    page = adviser.get(f"/desk/{other.pk}/").content.decode()
    assert 'value="email"' in page
    assert 'value="mailbox"' not in page
    assert adviser.post(f"/desk/{other.pk}/save/", {"channel": "mailbox"}).status_code == 422
    assert set(Contact.objects.values_list("channel", flat=True)) == {"mailbox", "phone"}
    assert "Registrera kontakten" not in adviser.get(f"/chats/{chat.pk}/").content.decode()

    assert "Ja, i dag." not in browser.get("/chat/", **PUBLIC).content.decode()
    wrong = browser.post("/chat/later/open/", {"code": "inga ord"}, **PUBLIC)
    assert wrong.status_code == 422
    assert not wrong.cookies
    assert browser.post("/chat/later/open/", {"code": code}, **PUBLIC)["Location"] == "/chat/"
    assert "Ja, i dag." in browser.get("/chat/", **PUBLIC).content.decode()
    browser.post("/chat/end/", **PUBLIC)
    assert "raderat" in browser.get("/chat/", **PUBLIC).content.decode()
    assert not ChatMessage.objects.exists()


@pytest.mark.parametrize("language", ["", "en/"])
def test_a_form_that_cost_nothing_is_refused_and_keeps_what_was_written(house: hostile.House, language: str) -> None:
    browser = Client()
    free = paid() | {"work": ""}
    for form in (free, {"form": "x" * 500}, {}, {**free, "form": free["form"].replace("letter", "booking")}):
        answer = browser.post(f"/{language}chat/later/", {**form, "text": "Hej & hå"}, **PUBLIC)
        assert answer.status_code == 422
        assert "Hej &amp; hå" in answer.content.decode()
        assert not answer.cookies
    assert not Chat.objects.exists()
