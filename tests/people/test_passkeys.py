"""What a passkey is refused for, one by one, against the code that takes it in a browser."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticatorData

from samsyn.audit.models import Event
from samsyn.people import actions
from samsyn.people.actors import SYSTEM
from samsyn.people.models import Account
from samsyn.people.roles import Regime, Role
from tests.people.software_passkey import Passkey

pytestmark = pytest.mark.django_db
HOST = settings.SAMSYN_STAFF_HOST
SIGN_IN = "/account/passkeys/sign-in/"
FLAG = AuthenticatorData.FLAG


@pytest.fixture(autouse=True)
def behind_tls(settings: Any) -> Iterator[None]:
    """As it runs for an authority, where only its own origin counts; nobody has tried anything yet."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
    cache.clear()
    yield


@pytest.fixture
def account(now: Any) -> Account:
    return _account("anna", now)


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": HOST})


@pytest.fixture
def passkey(account: Account, browser: Client) -> Passkey:
    """A passkey that the account has; it has been used three times."""
    return _given(account)


def _account(name: str, now: Any, number: int = 1) -> Account:
    organisation = actions.create_organisation(
        name=f"Centret för {name}", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=now
    )
    account = actions.create_account(
        name=name, pseudonym=f"Rådgivare {number}", organisation=organisation, by=SYSTEM, at=now
    )
    actions.give_role(account_id=account.pk, role=Role.ADVISER, by=SYSTEM, at=now)
    account.password_is_temporary = False
    account.save(update_fields=["password_is_temporary"])
    return account


def _given(account: Account) -> Passkey:
    made = Passkey(HOST, handle=websafe_encode(user_pk_to_url_str(account).encode()), count=3)
    Authenticator.objects.create(
        user=account, type=Authenticator.Type.WEBAUTHN, data={"name": "Nyckel", "credential": made.made("AAAA")}
    )
    return made.saying(count=4)


def challenge(browser: Client) -> str:
    """Ask the page for what the passkey is to sign."""
    options = browser.get(SIGN_IN, headers={"x-requested-with": "XMLHttpRequest"}).json()["request_options"]
    said: str = options["publicKey"]["challenge"]
    return said


def use(browser: Client, answer: dict[str, Any]) -> bool:
    """Hand in what a passkey says; tell whether somebody is signed in then."""
    browser.post(SIGN_IN, {"credential": json.dumps(answer)})
    return "_auth_user_id" in browser.session


def test_a_passkey_signs_in(browser: Client, passkey: Passkey, account: Account) -> None:
    assert use(browser, passkey.used(challenge(browser)))
    assert browser.get("/desk/").status_code == 200
    assert Event.objects.filter(kind="signed_in", actor_id=str(account.pk)).count() == 1


WRONG: dict[str, dict[str, Any]] = {
    "another site's page": {"origin": "https://annan.example"},
    "the same host without encryption": {"origin": f"http://{HOST}".replace(".localhost", ".example")},
    "a host whose name only begins alike": {"origin": f"https://{HOST}.annan.example"},
    "a key made for another site": {"host": "annan.example", "origin": f"https://{HOST}"},
    "a person who did not show that it is them": {"flags": FLAG.UP},
    "nobody before it": {"flags": FLAG.UV},
    "nobody's name": {"handle": "AAAA"},
    "no name": {"handle": None},
    "an unknown key": {"name": b"n" * 16},
}


def test_the_page_says_that_the_passkey_was_not_taken_and_not_why(browser: Client, passkey: Passkey) -> None:
    answers = set()
    for wrong in ({"origin": "https://annan.example"}, {"flags": FLAG.UP}, {"count": 3}):
        said = passkey.saying(**wrong).used(challenge(browser))
        answer = browser.post(SIGN_IN, {"credential": json.dumps(said)})
        assert answer.status_code == 302
        answers.add(answer["Location"])
    (place,) = answers
    page = browser.get(place)
    assert page.status_code == 200
    assert "Nyckeln togs inte emot." in page.content.decode()
    assert "Nyckeln togs inte emot." not in browser.get("/account/sign-in/").content.decode()


def test_whoever_unlocks_with_a_passkey_that_is_not_taken_is_told_so(browser: Client, passkey: Passkey) -> None:
    assert use(browser, passkey.used(challenge(browser)))
    again = "/account/passkeys/again/"
    for wrong in ({"origin": "https://annan.example"}, {"flags": FLAG.UP}, {"count": 4}):
        asked = browser.get(f"{again}?next=/log/").context["js_data"]["request_options"]["publicKey"]["challenge"]
        said = passkey.saying(**{"count": 5} | wrong).used(asked)
        answer = browser.post(again, {"credential": json.dumps(said), "next": "/log/"})
        assert answer.status_code == 302
        assert answer["Location"] == f"{again}?passkey=refused&next=%2Flog%2F"
    page = browser.get(answer["Location"])
    assert "Nyckeln togs inte emot." in page.content.decode()
    assert 'name="next" value="/log/"' in page.content.decode()
    said = passkey.saying(count=5).used(page.context["js_data"]["request_options"]["publicKey"]["challenge"])
    assert browser.post(again, {"credential": json.dumps(said), "next": "/log/"})["Location"] == "/log/"
    assert "Nyckeln togs inte emot." not in browser.get(again).content.decode()


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_one_thing_wrong_is_enough(browser: Client, passkey: Passkey, wrong: dict[str, Any]) -> None:
    assert not use(browser, passkey.saying(**wrong).used(challenge(browser)))
    # The same passkey without what was wrong: it was that, and nothing else.
    assert use(browser, passkey.used(challenge(browser)))


def test_an_answer_to_another_question_is_refused(browser: Client, passkey: Passkey) -> None:
    earlier = challenge(browser)
    asked = challenge(browser)
    assert not use(browser, passkey.used(earlier))
    assert not use(browser, passkey.used(asked, kind="webauthn.create"))
    assert use(browser, passkey.used(asked))


def test_an_answer_without_a_question_is_refused(browser: Client, passkey: Passkey) -> None:
    assert not use(browser, passkey.used(challenge(Client(headers={"host": HOST}))))


def test_an_answer_counts_once(browser: Client, passkey: Passkey) -> None:
    answer = passkey.used(challenge(browser))
    assert use(browser, answer)
    thief = Client(headers={"host": HOST})
    assert not use(thief, answer)
    challenge(thief)
    assert not use(thief, answer)
    browser.post("/account/sign-out/")
    assert not use(browser, answer)


def test_a_changed_signature_is_refused(browser: Client, passkey: Passkey) -> None:
    asked = challenge(browser)
    answer, other = passkey.used(asked), passkey.saying(key=Passkey(HOST).key).used(asked)
    assert not use(browser, other)
    # Signed for a person who was not seen, told as one who was.
    unseen = passkey.saying(flags=FLAG.UP).used(asked)
    unseen["response"]["authenticatorData"] = answer["response"]["authenticatorData"]
    assert not use(browser, unseen)
    assert use(browser, answer)


def test_a_colleagues_passkey_opens_the_colleagues_account_alone(
    browser: Client, passkey: Passkey, account: Account, now: Any
) -> None:
    colleague = _account("bo", now, 2)
    theirs = _given(colleague)
    assert not use(browser, theirs.saying(handle=passkey.handle).used(challenge(browser)))
    assert not use(browser, passkey.saying(handle=theirs.handle).used(challenge(browser)))
    assert use(browser, theirs.used(challenge(browser)))
    assert browser.session["_auth_user_id"] == str(colleague.pk)


@pytest.mark.parametrize("count", [4, 3, 0])
def test_a_count_that_does_not_go_up_tells_of_a_copy(
    browser: Client, passkey: Passkey, account: Account, count: int
) -> None:
    assert use(browser, passkey.used(challenge(browser)))
    copy = Client(headers={"host": HOST})
    assert not use(copy, passkey.saying(count=count).used(challenge(copy)))
    assert Event.objects.filter(kind="passkey_copied", actor_id=str(account.pk)).count() == 1
    # Whoever holds the one that is ahead goes on.
    assert use(copy, passkey.saying(count=5).used(challenge(copy)))


def test_a_copy_is_seen_at_its_first_use(browser: Client, passkey: Passkey) -> None:
    """What it had counted when it was made is where the count begins."""
    assert not use(browser, passkey.saying(count=3).used(challenge(browser)))


def test_a_passkey_that_several_devices_share_does_not_count(browser: Client, account: Account) -> None:
    shared = _given(account).saying(count=0)
    Authenticator.objects.update(data={"name": "Nyckel", "credential": shared.made("AAAA")})
    for _again in range(2):
        assert use(browser, shared.used(challenge(browser)))
        browser.post("/account/sign-out/")


@pytest.fixture
def signed_in(browser: Client, passkey: Passkey) -> Client:
    assert use(browser, passkey.used(challenge(browser)))
    return browser


def make(browser: Client, passkey: Passkey, *, asked: str | None = None, kind: str = "webauthn.create") -> bool:
    """Add a passkey on its page; tell whether there is one more then."""
    before = Authenticator.objects.count()
    page = browser.get("/account/passkeys/add/")
    question = asked or page.context["js_data"]["creation_options"]["publicKey"]["challenge"]
    browser.post(
        "/account/passkeys/add/",
        {"credential": json.dumps(passkey.made(question, kind=kind)), "name": "Ny", "passwordless": "on"},
    )
    return Authenticator.objects.count() > before


NOT_MADE = {name: WRONG[name] for name in list(WRONG)[:6]}


@pytest.mark.parametrize("wrong", NOT_MADE.values(), ids=NOT_MADE)
def test_no_passkey_is_made_with_one_thing_wrong(signed_in: Client, wrong: dict[str, Any]) -> None:
    new = Passkey(HOST)
    assert not make(signed_in, new.saying(**wrong))
    assert make(signed_in, new)


def test_no_passkey_is_made_for_another_question(signed_in: Client) -> None:
    assert not make(signed_in, Passkey(HOST), asked=websafe_encode(b"q" * 32))
    assert not make(signed_in, Passkey(HOST), kind="webauthn.get")
