"""Providers as the tests play them: each tells its events in its own way, through the product's own door."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from samsyn.channels import actions
from samsyn.channels.adapters import Adapter, Delivery, NotTrusted, Unreadable, elks, own_pages, sip
from samsyn.channels.models import Call

SECRET = "a-secret-of-the-tests"
ADDRESS = "127.0.0.1"
NUMBER = "+46700000001"
TAKEN, REFUSED, STRANGER = "taken", "refused", "stranger"


class Provider(Protocol):
    adapter: Adapter

    def tell(self, kind: str, reference: str, at: datetime, **other: Any) -> str: ...


def by_hand(adapter: Adapter, delivery: Delivery) -> str:
    try:
        actions.take_events(told=adapter.events(delivery), at=delivery.received_at)
    except NotTrusted:
        return STRANGER
    except Unreadable:
        return REFUSED
    return TAKEN


class PhoneByHand:
    adapter: Adapter = own_pages.by_hand("the-mark-of-the-page")

    def tell(self, kind: str, reference: str, at: datetime, **other: Any) -> str:
        secret = "another" if other.get("is_stranger") else "the-mark-of-the-page"
        body = urlencode({"reference": reference, "at": at.isoformat(), "padding": other.get("padding", "")})
        return by_hand(self.adapter, Delivery(secret, "", kind, body.encode(), at))


class ChatPages(PhoneByHand):
    adapter = own_pages.chat("the-mark-of-the-page")


class MailboxPages(PhoneByHand):
    adapter = own_pages.mailbox("the-mark-of-the-page")


@dataclass
class Trunk:
    adapter = sip.Sip([ADDRESS])
    steps = {"arrived": "INVITE", "answered": "ACK", "ended": "BYE", "missed": "REJECTED"}

    def tell(self, kind: str, reference: str, at: datetime, **other: Any) -> str:
        address = "192.0.2.1" if other.get("is_stranger") else ADDRESS
        body = (reference + other.get("padding", "")).encode()
        return by_hand(self.adapter, Delivery("", address, self.steps.get(kind, kind), body, at))


@dataclass
class Webhooks:
    """Over HTTP: the address that the provider calls."""

    adapter = elks.Elks(SECRET, [ADDRESS])
    steps = {"arrived": "start", "answered": "connected", "ended": "hangup", "missed": "connected"}

    def post(self, step: str, body: str, secret: str = SECRET, address: str = ADDRESS) -> Any:
        client = Client(headers={"host": settings.SAMSYN_STAFF_HOST}, enforce_csrf_checks=True)
        return client.post(
            f"/phone/{secret}/{step}/", body, content_type="application/x-www-form-urlencoded", REMOTE_ADDR=address
        )

    def tell(self, kind: str, reference: str, at: datetime, **other: Any) -> str:
        said = at.astimezone(UTC).replace(tzinfo=None).isoformat()
        form = {"callid": reference, "from": NUMBER, "to": "+46100000000", "direction": "incoming"}
        form |= {
            "arrived": {"created": said},
            "answered": {"result": "success", "start": said},
            "ended": {"ended": said},
            "missed": {"result": "busy", "start": said},
        }.get(kind, {})
        form["padding"] = other.get("padding", "")
        secret = "another-secret-of-the-tests" if other.get("is_stranger") else SECRET
        answer = self.post(self.steps.get(kind, kind), urlencode(form), secret=secret)
        return {404: STRANGER, 400: REFUSED, 413: REFUSED, 200: TAKEN, 204: TAKEN}[answer.status_code]


def the_call() -> Call:
    return Call.objects.get()
