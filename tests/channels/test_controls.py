"""Pages show a control where the channel's adapter says that it can: calling back, words to come back with, ending."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from samsyn.channels import actions
from samsyn.channels.adapters import known
from samsyn.channels.models import CallBack, Chat
from samsyn.people.roles import Role
from tests.channels.test_letterbox import paid
from tests.rules.test_pages_to_look_up import signed_in

CALL_BACKS, PROMISE = "/queue/call-backs/", {"number": "08-465 004 00", "wished_part": "any"}


@pytest.fixture
def adviser_client(line: None) -> Client:
    return signed_in(Role.ADVISER, timezone.now())


@pytest.fixture
def visitor(line: None) -> Client:
    return Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})


def without(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """Let no adapter be able to do something."""
    monkeypatch.setattr(
        known, "CAPABILITIES", {code: replace(can, **changed) for code, can in known.CAPABILITIES.items()}
    )


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_somebody_is_called_back_where_a_channel_can(adviser_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert known.can_call_back()
    assert f'href="{CALL_BACKS}"' in page(adviser_client, "/queue/")
    assert 'name="number"' in page(adviser_client, CALL_BACKS)
    assert adviser_client.post(CALL_BACKS, PROMISE).status_code == 302
    without(monkeypatch, call_back=False)
    assert 'name="number"' not in page(adviser_client, CALL_BACKS)
    assert adviser_client.post(CALL_BACKS, PROMISE).status_code == 404
    # What was promised is kept, and found.
    assert f'href="{CALL_BACKS}"' in page(adviser_client, "/queue/")
    assert "Visa numret" in page(adviser_client, CALL_BACKS)
    CallBack.objects.all().delete()
    assert f'href="{CALL_BACKS}"' not in page(adviser_client, "/queue/")


@pytest.mark.parametrize("can", [True, False])
def test_words_to_come_back_with_are_given_and_asked_for_where_the_mailbox_has_them(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, can: bool
) -> None:
    if not can:
        without(monkeypatch, receipt_code=False)
    assert ('name="code"' in page(visitor, "/chat/later/")) is can
    left = visitor.post("/chat/later/", paid() | {"text": "Hej"})
    assert left.status_code == 200
    assert ('class="spoken"' in left.content.decode()) is can
    assert ("/chat/later/close/" in page(visitor, "/chat/")) is can


@pytest.mark.parametrize("can", [True, False])
def test_a_conversation_is_ended_where_the_channel_can(
    visitor: Client, adviser_client: Client, monkeypatch: pytest.MonkeyPatch, can: bool
) -> None:
    if not can:
        without(monkeypatch, commands=frozenset({"answer"}))
    visitor.post("/chat/")
    chat = Chat.objects.get()
    adviser_client.post(f"/chats/{chat.pk}/answer/")
    assert ('action="/chat/end/"' in page(visitor, "/chat/")) is can
    assert (f'action="/chats/{chat.pk}/end/"' in page(adviser_client, f"/chats/{chat.pk}/")) is can
    mailbox = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    left = actions.leave_letter(form=uuid.uuid4(), text="Hej", language="sv", at=timezone.now())
    mailbox.cookies["__Host-s"] = left.token
    assert ('action="/chat/end/"' in page(mailbox, "/chat/")) is can
    # Who presses what isn't shown ends nothing: the command is asked of the adapter, not of the page.
    assert adviser_client.post(f"/chats/{chat.pk}/end/").status_code == (302 if can else 404)
    assert [one.post("/chat/end/").status_code for one in (visitor, mailbox)] == [302, 302]
    assert Chat.objects.filter(ended_at=None).count() == (0 if can else 2)
