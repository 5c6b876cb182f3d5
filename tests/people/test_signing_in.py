"""Signing in for real: start password, own password, second step; and everything that must not let anybody in."""

import threading
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import html5lib
import pytest
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.people import actions
from samsyn.people.actors import SYSTEM
from samsyn.people.adapters import TwoAtATimeArgon2
from samsyn.people.middleware import BEGAN, SEEN
from samsyn.people.models import Account, RoleAssignment
from samsyn.people.roles import Regime, Role

pytestmark = pytest.mark.django_db
OWN = "fyra vanliga ord efter varandra"


@pytest.fixture(autouse=True)
def no_attempts_counted() -> None:
    """Each test begins with nobody having tried anything."""
    cache.clear()


@pytest.fixture
def browser() -> Client:
    return browser_of()


def browser_of(**more: Any) -> Client:
    return Client(headers={"host": settings.SAMSYN_STAFF_HOST}, **more)


@pytest.fixture
def newcomer(now: datetime) -> tuple[Account, str]:
    """An adviser with a start password."""
    organisation = actions.create_organisation(
        name="Centret", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=now
    )
    account = actions.create_account(
        name="ny.kollega", pseudonym="Rådgivare 9", organisation=organisation, by=SYSTEM, at=now
    )
    actions.give_role(account_id=account.pk, role=Role.ADVISER, by=SYSTEM, at=now)
    return account, actions.reset_sign_in(account_id=account.pk, by=SYSTEM, at=now)


def code_of(secret: str, *, later: int = 0) -> str:
    """The code that an app shows now, or in the next half minutes."""
    counter = int(time.time()) // 30 + later
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


@dataclass
class Enrolled:
    account: Account
    secret: str


def give_password(browser: Client, name: str, password: str) -> Any:
    return browser.post("/account/sign-in/", {"login": name, "password": password})


@pytest.fixture
def enrolled(newcomer: tuple[Account, str]) -> Enrolled:
    """The adviser after the first day: an own password and an app with codes."""
    account, password = newcomer
    browser = browser_of()
    give_password(browser, account.name, password)
    browser.post("/account/password/", {"oldpassword": password, "password1": OWN, "password2": OWN})
    secret = browser.get("/account/totp/").context["form"].secret
    browser.post("/account/totp/", {"code": code_of(secret)})
    cache.clear()
    return Enrolled(account, secret)


@pytest.fixture
def signed_in(enrolled: Enrolled, browser: Client) -> Client:
    give_password(browser, enrolled.account.name, OWN)
    done = browser.post("/account/second/", {"code": code_of(enrolled.secret)})
    assert done.status_code == 302
    assert browser.get("/desk/").status_code == 200
    return browser


def test_the_first_day_goes_from_start_password_to_second_step_to_the_desk(
    newcomer: tuple[Account, str], browser: Client
) -> None:
    account, password = newcomer
    assert give_password(browser, account.name, password).status_code == 302
    for path in ("/desk/", "/", "/people/roles/"):
        answer = browser.get(path)
        assert (answer.status_code, answer["Location"]) == (302, reverse("account_change_password")), path
    changed = browser.post("/account/password/", {"oldpassword": password, "password1": OWN, "password2": OWN})
    assert changed.status_code == 302
    assert browser.get("/desk/")["Location"] == reverse("people:second_factor")
    secret = browser.get("/account/totp/").context["form"].secret
    assert browser.post("/account/totp/", {"code": code_of(secret)}).status_code == 302
    assert browser.get("/desk/").status_code == 200
    account.refresh_from_db()
    assert not account.password_is_temporary


def test_a_password_alone_opens_nothing(enrolled: Enrolled, browser: Client) -> None:
    answer = give_password(browser, enrolled.account.name, OWN)
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert browser.get("/desk/").status_code == 302
    assert "_auth_user_id" not in browser.session


def test_a_wrong_code_is_refused_and_a_right_one_works_once(enrolled: Enrolled, browser: Client) -> None:
    give_password(browser, enrolled.account.name, OWN)
    code = code_of(enrolled.secret)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert browser.post("/account/second/", {"code": wrong}).status_code == 200
    assert browser.get("/desk/").status_code == 302
    assert browser.post("/account/second/", {"code": code}).status_code == 302
    assert browser.get("/desk/").status_code == 200
    thief = browser_of()
    give_password(thief, enrolled.account.name, OWN)
    assert thief.post("/account/second/", {"code": code}).status_code == 200, "a code that was seen is worth nothing"
    assert thief.get("/desk/").status_code == 302


def test_a_stranger_learns_nothing_about_who_works_here(enrolled: Enrolled) -> None:
    answers = []
    for name in (enrolled.account.name, "nobody.like.that"):
        answer = give_password(browser_of(), name, "inte rätt lösenord alls")
        text = answer.content.decode().replace(name, "NAME")
        answers.append((answer.status_code, text.split("csrfmiddlewaretoken")[0], "fel" in text.lower()))
    assert answers[0] == answers[1]


def test_a_closed_account_opens_nothing(enrolled: Enrolled, signed_in: Client, now: datetime) -> None:
    actions.close_account(account_id=enrolled.account.pk, by=SYSTEM, at=now)
    assert signed_in.get("/desk/").status_code == 302
    answer = give_password(browser_of(), enrolled.account.name, OWN)
    assert answer.status_code == 200 or "closed" in answer["Location"]


def test_ten_wrong_passwords_in_a_minute_are_enough(enrolled: Enrolled) -> None:
    browser = browser_of()
    answers = [give_password(browser, enrolled.account.name, f"fel lösenord {n}") for n in range(11)]
    right = give_password(browser, enrolled.account.name, OWN)
    assert "_auth_user_id" not in browser.session
    assert right.status_code in {200, 429}
    assert "många" in right.content.decode() or "många" in answers[-1].content.decode()


@pytest.mark.parametrize("is_behind_a_proxy", [False, True])
def test_a_stranger_who_guesses_keeps_nobody_else_out(
    enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch, is_behind_a_proxy: bool
) -> None:
    monkeypatch.setattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", int(is_behind_a_proxy), raising=False)
    # The same limits with smaller numbers and a longer time: a crowded machine takes more than a minute to reach sixty.
    limits = {"login": "8/d/ip", "login_failed": "8/d/ip,3/d/key"}
    assert limits.keys() <= settings.ACCOUNT_RATE_LIMITS.keys()
    monkeypatch.setattr(settings, "ACCOUNT_RATE_LIMITS", settings.ACCOUNT_RATE_LIMITS | limits)

    def at(address: str) -> Client:
        if is_behind_a_proxy:
            # What stands before the last address is whatever the client wrote there.
            return browser_of(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=f"192.0.2.99, {address}")
        return browser_of(REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR="192.0.2.99")

    names = [enrolled.account.name] * 4 + [f"nobody.{n}" for n in range(6)]
    answers = [give_password(at("192.0.2.7"), name, "fel lösenord") for name in names]
    assert "många" not in answers[2].content.decode()
    assert "många" in answers[3].content.decode()
    assert answers[-1].status_code == 429
    colleague = at("192.0.2.8")
    assert give_password(colleague, enrolled.account.name, OWN)["Location"].startswith(reverse("mfa_authenticate"))


def test_however_many_sign_in_two_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_one, at_work, most, lock = Argon2PasswordHasher.encode, 0, 0, threading.Lock()

    def counted(self: Argon2PasswordHasher, password: str, salt: str) -> str:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        try:
            return hash_one(self, password, salt)
        finally:
            with lock:
                at_work -= 1

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counted)
    hasher = TwoAtATimeArgon2()
    with ThreadPoolExecutor(12) as pool:
        made = list(pool.map(lambda n: hasher.encode(OWN, f"salt{n:08}"), range(24)))
    assert 0 < most <= 2
    assert all(hasher.verify(OWN, one) for one in made[:3])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("own", ["smörgås på en äng i maj", unicodedata.normalize("NFD", "smörgås på en äng i maj")])
def test_a_password_counts_however_it_is_typed(newcomer: tuple[Account, str], form: Any, own: str) -> None:
    account, password = newcomer
    browser = browser_of()
    give_password(browser, account.name.upper(), password)
    browser.post("/account/password/", {"oldpassword": password, "password1": own, "password2": own})
    assert give_password(browser_of(), account.name, unicodedata.normalize(form, own)).status_code == 302
    assert give_password(browser_of(), account.name, "smorgas pa en ang i maj").status_code == 200


@pytest.mark.parametrize("path", ["/account/signup/", "/account/password/reset/", "/admin/", "/accounts/login/"])
def test_there_is_no_other_door(browser: Client, path: str) -> None:
    assert browser.get(path).status_code == 404
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_a_new_sign_in_ends_the_older_one(enrolled: Enrolled, signed_in: Client) -> None:
    other = browser_of()
    give_password(other, enrolled.account.name, OWN)
    assert other.post("/account/second/", {"code": code_of(enrolled.secret, later=1)}).status_code == 302
    assert other.get("/desk/").status_code == 200
    assert signed_in.get("/desk/").status_code == 302
    assert other.get("/desk/").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda account, at: actions.give_role(account_id=account.pk, role=Role.TEAM_LEAD, by=SYSTEM, at=at),
        lambda account, at: actions.end_role(account_id=account.pk, role=Role.ADVISER, by=SYSTEM, at=at),
        lambda account, at: actions.reset_sign_in(account_id=account.pk, by=SYSTEM, at=at),
    ],
    ids=["a role more", "a role less", "a reset"],
)
def test_a_change_of_rights_ends_the_session(
    enrolled: Enrolled, signed_in: Client, now: datetime, change: Callable[[Account, datetime], Any]
) -> None:
    before = set(Session.objects.values_list("pk", flat=True))
    change(enrolled.account, now)
    assert signed_in.get("/desk/").status_code == 302
    assert signed_in.session.session_key not in before


def test_the_cookie_stays_with_us(enrolled: Enrolled, browser: Client) -> None:
    give_password(browser, enrolled.account.name, OWN)
    browser.post("/account/second/", {"code": code_of(enrolled.secret)})
    cookie = browser.cookies["__Host-samsyn"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert (cookie["path"], cookie["domain"], cookie["max-age"], cookie["expires"]) == ("/", "", "", "")
    assert set(browser.cookies) == {"__Host-samsyn"}


def test_a_form_from_elsewhere_is_refused(enrolled: Enrolled) -> None:
    strict = browser_of(enforce_csrf_checks=True)
    answer = give_password(strict, enrolled.account.name, OWN)
    assert answer.status_code == 403
    assert "Formuläret var för gammalt" in answer.content.decode()
    for accept, status in (("text/html", 403), ("application/json", 401)):
        over = strict.post("/desk/", {}, headers={"accept": accept})
        assert over.status_code == status
        told = over.json()["message"] if status == 401 else over.content.decode()
        assert "Du är inte inloggad längre" in told


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, 403),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
        ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 200),
        ({}, 200),
    ],
)
def test_another_site_may_link_here_and_nothing_more(signed_in: Client, headers: dict[str, str], status: int) -> None:
    assert signed_in.get("/desk/", headers=headers).status_code == status
    if headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        refused = signed_in.post("/desk/", {}, headers=headers)
        assert refused.status_code == 403
        assert "En annan webbplats" in refused.content.decode()


def test_ten_minutes_away_lock_the_screen_and_the_code_opens_it_where_one_was(
    enrolled: Enrolled, signed_in: Client
) -> None:
    session = signed_in.session
    session[SEEN] -= settings.SAMSYN_IDLE_LOCK_SECONDS + 1
    session.save()
    answer = signed_in.get("/desk/")
    assert answer["Location"] == f"{reverse('people:locked')}?next=%2Fdesk%2F"
    locked = signed_in.get(answer["Location"]).content.decode()
    assert "Skärmen är låst" in locked
    assert "Rådgivare 9" not in locked
    for path in ("/", "/people/roles/", "/account/passkeys/"):
        assert signed_in.get(path)["Location"].startswith(reverse("people:locked")), path
    assert signed_in.post("/desk/", headers={"accept": "application/json"}).status_code == 401
    key = signed_in.session.session_key
    opened = signed_in.post("/account/second/again/?next=/desk/", {"code": code_of(enrolled.secret, later=1)})
    assert opened.status_code == 302
    assert signed_in.get("/desk/").status_code == 200
    assert signed_in.session.session_key != key
    kinds = list(Event.objects.values_list("kind", flat=True))
    assert kinds.count("screen_locked") == kinds.count("screen_unlocked") == 1


def test_nine_minutes_away_lock_nothing(signed_in: Client) -> None:
    session = signed_in.session
    session[SEEN] -= settings.SAMSYN_IDLE_LOCK_SECONDS - 60
    session.save()
    assert signed_in.get("/desk/").status_code == 200
    assert signed_in.session[SEEN] > session[SEEN], "activity counts"


def test_what_a_page_asks_by_itself_is_nobodys_activity(signed_in: Client) -> None:
    session = signed_in.session
    session[SEEN] -= settings.SAMSYN_IDLE_LOCK_SECONDS - 60
    session.save()
    unattended = {"X-Unattended": "1"}
    assert signed_in.get("/queue/changes/", headers=unattended).status_code == 200
    assert signed_in.session[SEEN] == session[SEEN]
    session[SEEN] -= 61
    session.save()
    assert signed_in.get("/queue/changes/", headers=unattended).status_code == 302


def test_one_key_locks(signed_in: Client) -> None:
    assert signed_in.post("/people/lock/")["Location"] == reverse("people:locked")
    assert signed_in.get("/desk/").status_code == 302
    assert signed_in.post("/account/again/", {"password": "inte rätt"}).status_code == 200
    assert signed_in.get("/desk/").status_code == 302
    assert signed_in.post("/account/again/", {"password": OWN}).status_code == 302
    assert signed_in.get("/desk/").status_code == 200


@pytest.mark.parametrize("is_locked", [False, True])
def test_who_signs_out_is_gone_and_the_log_says_so(enrolled: Enrolled, signed_in: Client, is_locked: bool) -> None:
    here = signed_in.get("/desk/").content.decode()
    assert f'href="{reverse("mfa_index")}">{enrolled.account.pseudonym}' in here
    assert reverse("account_logout") in signed_in.get(reverse("mfa_index")).content.decode()
    if is_locked:
        signed_in.post("/people/lock/")
        assert reverse("account_logout") in signed_in.get("/people/locked/").content.decode()
    stolen = browser_of()
    stolen.cookies["__Host-samsyn"] = signed_in.cookies["__Host-samsyn"].value
    assert signed_in.post(reverse("account_logout")).status_code == 302
    for browser in (signed_in, stolen):
        assert browser.get("/desk/")["Location"].startswith(settings.SAMSYN_SIGN_IN_URL)
    assert Event.objects.filter(kind="signed_out", actor_id=enrolled.account.pk).count() == 1


def test_eight_hours_are_a_day(signed_in: Client) -> None:
    session = signed_in.session
    session[BEGAN] -= settings.SAMSYN_SESSION_HOURS * 3600 + 1
    session.save()
    assert signed_in.get("/desk/").status_code == 302
    assert "_auth_user_id" not in signed_in.session


@pytest.mark.parametrize(
    "path", ["/account/sign-in/", "/account/totp/", "/account/passkeys/add/", "/account/second/factors/"]
)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_pages_of_signing_in_are_whole_in_both_languages(signed_in: Client, path: str, language: str) -> None:
    signed_in.post("/people/language/", {"language": language})
    browser = browser_of() if "sign-in" in path else signed_in
    answer = browser.get(path, follow=True)
    assert answer.status_code == 200
    html5lib.HTMLParser(strict=True).parse(answer.content.decode())
    if browser is signed_in:
        assert answer["Content-Language"] == language


def test_whoever_gives_roles_is_asked_again_after_five_minutes(enrolled: Enrolled, browser: Client) -> None:
    """A screen that was left open gives nobody a role; the answer goes on with what was asked for."""
    actions.end_role(account_id=enrolled.account.pk, role=Role.ADVISER, by=SYSTEM, at=timezone.now())
    actions.give_role(account_id=enrolled.account.pk, role=Role.SYSTEM_ADMINISTRATOR, by=SYSTEM, at=timezone.now())
    other = actions.create_account(
        name="annan.kollega", pseudonym="Analytiker 9", organisation=enrolled.account.organisation, by=SYSTEM,
        at=timezone.now(),
    )  # fmt: skip

    give_password(browser, enrolled.account.name, OWN)
    browser.post("/account/second/", {"code": code_of(enrolled.secret)})

    def roles() -> list[str]:
        return list(RoleAssignment.objects.filter(account=other).values_list("role", flat=True))

    session = browser.session
    session["account_authentication_methods"] = [
        {**record, "at": record["at"] - 301} for record in session["account_authentication_methods"]
    ]
    session.save()
    change = reverse("people:account", args=[other.pk])
    asked = browser.post(change, {"do": "give_role", "role": "analyst"})
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert roles() == []
    made = browser.post(reverse("people:accounts"), {"name": "x"})
    assert made["Location"].startswith(reverse("account_reauthenticate"))
    asked = browser.post(change, {"do": "give_role", "role": "analyst"})
    given = {"password": OWN, "next": change}
    assert browser.post(asked["Location"], given, follow=True).status_code == 200
    assert roles() == ["analyst"]
