"""What a walk by links alone does not come to: a consent before a contact is closed, a new colleague, what mails say."""

import email
import email.policy
import re
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from allauth.mfa.totp.internal import auth as totp

from tests.journeys.canaries import Canaries, Visitor
from tests.journeys.conftest import Demonstration
from tests.journeys.form_walk import FormWalk
from tests.journeys.standing_forms import forms


def close_with_consent(visitor: Visitor) -> None:
    """Close a contact whose caller has consented to a few questions by a link."""
    visitor.become("adviser")
    visitor.get("/desk/", marked=False)
    _status, _page, desk = visitor.post("/desk/", {})
    to = f"{visitor.canaries.new('field to of desk/<uuid:contact_id>/follow-up/')}@kommun.example"
    visitor.post(f"{desk}follow-up/", {"do": "note", "way": "link", "asks_direct": "yes", "to": to})
    _status, page, _to = visitor.get(desk)
    form = next(one for one in forms(page, desk) if one.action.endswith("/submit/"))
    close = next(one for one in form.controls if one.value == "close")
    chosen = form.filled(lambda _name: "", close) | {"outcome": ["answered"]}
    status, _page, _to = visitor.post(form.action, chosen)
    assert status == 302


def come_as_a_new_colleague(visitor: Visitor, walk: FormWalk) -> None:
    """Get an account, choose a password, add a code, lock the screen and open it, with canaries in the fields on the way."""

    def word(name: str, path: str) -> str:
        return visitor.canaries.new(f"field {name} of {path}")

    def say(path: str, *, is_open: bool = False, **sent: str) -> str:
        if not is_open:
            visitor.get(path)
        status, page, _to = visitor.post(path, sent)
        walk.answers[path.lstrip("/")].add(status)
        assert status in (200, 302), path
        return page

    visitor.become("administrator")
    name = word("name", "people/accounts/")
    page = say("/people/accounts/", name=name, pseudonym="Rådgivare 78", organisation="1", role="adviser")
    first = re.findall(r'translate="no">([^<]+)</strong>', page)[0]
    visitor.become("")
    own = f"moln {word('password1', 'account/password/')} sand"
    say("/account/sign-in/", login=word("login", "account/sign-in/"), password=word("password", "account/sign-in/"))
    say("/account/sign-in/", login=name, password=first)
    say("/account/password/", oldpassword=word("oldpassword", "account/password/"), password1=own, password2=own)
    say("/account/password/", oldpassword=first, password1=own, password2=own)
    page = say("/account/totp/", code=word("code", "account/totp/"))
    secret = re.findall(r'class="spoken">([A-Z2-7]+)<', page)[0]
    say("/account/totp/", is_open=True, code=totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))
    assert visitor.get("/desk/")[0] == 200, "the second factor is in place"
    say("/people/lock/")
    say("/account/second/again/", code=word("code", "account/second/again/"))
    say("/account/again/", password=word("password", "account/again/"))
    say("/account/again/", password=own)
    assert visitor.get("/desk/")[0] == 200, "the screen is open again"


def mails(own: Demonstration) -> Iterator[EmailMessage]:
    """Yield every mail that the centre has sent."""
    for file in mail_folder(own).glob("*"):
        for written in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
            mail = email.message_from_bytes(written, policy=email.policy.default)
            if isinstance(mail, EmailMessage) and mail["To"]:
                yield mail


def mail_folder(own: Demonstration) -> Path:
    return own.state / "centre" / "mail"


def texts(mail: EmailMessage) -> list[str]:
    """Return what a mail says: its headers, its text and its calendar file, in plain."""
    parts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
    return [*(f"{name}: {value}" for name, value in mail.items()), *parts]


def astray(own: Demonstration, canaries: Canaries) -> Iterator[str]:
    """Yield each string in a mail that is not the address of whoever gets it."""
    for mail in mails(own):
        yield from canaries.found_in("\n".join(texts(mail)).encode()) - canaries.found_in(mail["To"].encode())
