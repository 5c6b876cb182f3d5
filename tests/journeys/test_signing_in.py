"""A new colleague's first day with a passkey, as the administrator and the colleague do it, in a real browser."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Demonstration, become
from tests.journeys.examination import examine
from tests.journeys.test_every_page import OF_AN_ACCOUNT, STAFF

OWN = "fyra vanliga ord efter varandra"
PASSKEY = "/account/passkeys/sign-in/"
REPLAY = """async ([address, said]) => {
  await fetch(address, {headers: {Accept: 'application/json'}});
  const form = new URLSearchParams(said);
  form.set('csrfmiddlewaretoken', document.querySelector('[name=csrfmiddlewaretoken]').value);
  return (await fetch(address, {method: 'POST', body: form, redirect: 'manual'})).status;
}"""


@pytest.fixture
def newcomer(demonstration: Demonstration, page: Page) -> tuple[str, str]:
    """Name and start password that the administrator has given."""
    return account(demonstration, page, name="ny.kollega", pseudonym="Rådgivare 17")


def account(demonstration: Demonstration, page: Page, *, name: str, pseudonym: str) -> tuple[str, str]:
    """Let the administrator add an account, and return its name and start password."""
    become(page, demonstration, "administrator")
    page.goto(f"{demonstration.staff}/people/accounts/")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=pseudonym]").fill(pseudonym)
    page.locator("select[name=role]").last.select_option("adviser")
    page.locator("form[action$='/accounts/'] button[type=submit]").click()
    password = page.locator("[role=status] strong").inner_text()
    assert len(password.split()) == 5
    page.reload()
    assert password not in page.content(), "it is shown once"
    return name, password


def with_a_key(page: Page) -> Any:
    """Give the browser a security key of its own, which says yes by itself."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def test_a_new_colleague_signs_in_with_a_passkey_alone(
    demonstration: Demonstration, newcomer: tuple[str, str], chromium: Browser
) -> None:
    name, password = newcomer
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="sv-SE")
    context.set_default_timeout(15_000)
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.url.endswith(PASSKEY) else None)
    with_a_key(page)
    page.goto(f"{demonstration.staff}/account/sign-in/")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.locator("input[name=oldpassword]").fill(password)
    page.locator("input[name=password1]").fill(OWN)
    page.locator("input[name=password2]").fill(OWN)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Lägg till en nyckel").click()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile(r"/account/(passkeys/$|recovery/)"))
    page.wait_for_load_state()
    page.goto(f"{demonstration.staff}/desk/")
    expect(page.locator(".who")).to_have_text("Rådgivare 17")
    page.context.clear_cookies()
    page.goto(f"{demonstration.staff}/account/sign-in/")
    page.locator("#passkey_login").click()
    page.wait_for_url(re.compile(r"/desk/"))
    expect(page.locator(".who")).to_have_text("Rådgivare 17")
    page.keyboard.press("F8")
    page.wait_for_url(re.compile(r"/people/locked/"))
    expect(page.locator("body")).not_to_contain_text("Rådgivare 17")
    page.get_by_role("link", name="Lås upp med nyckel").click()
    page.locator("#mfa_webauthn_reauthenticate").click()
    page.wait_for_url(re.compile(r"/desk/"))
    expect(page.locator(".who")).to_have_text("Rådgivare 17")
    page.get_by_role("link", name="Rådgivare 17").click()
    page.get_by_role("button", name="Logga ut").click()
    page.wait_for_url(re.compile(r"/(personas|account/sign-in)/"))
    for _step in range(3):
        page.go_back()
        expect(page.locator("body")).not_to_contain_text("Rådgivare 17")
        expect(page.locator(".who")).to_have_count(0)
    assert heard == []

    # What the key once said is worth nothing to whoever overheard it: each sign-in has a challenge of its own.
    (said,) = [one for one in sent if "credential" in one]
    page.goto(f"{demonstration.staff}/account/sign-in/")
    page.evaluate(REPLAY, [PASSKEY, said])
    page.goto(f"{demonstration.staff}/desk/")
    page.wait_for_url(re.compile(r"/(personas|account/sign-in)/"))
    context.close()


@pytest.mark.timeout(240)
def test_every_page_of_an_account_is_for_everybody(demonstration: Demonstration, page: Page, chromium: Browser) -> None:
    name, password = account(demonstration, page, name="annan.kollega", pseudonym="Rådgivare 18")
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="sv-SE")
    context.set_default_timeout(15_000)
    page = context.new_page()
    with_a_key(page)
    seen: set[str] = set()
    wrong: list[str] = []

    def look(*paths: str) -> None:
        for path in paths or ("",):
            answer = page.goto(f"{demonstration.staff}/account/{path}") if path else page.reload()
            assert answer is not None
            assert answer.status == 200, path
            assert not path or urlsplit(page.url).path == f"/account/{path}", page.url
            wrong.extend(examine(page, urlsplit(page.url).path, answer))
            seen.add(STAFF.route_of(urlsplit(page.url).path))

    look("closed/", "sign-in/")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.locator("input[name=oldpassword]").wait_for()
    look()
    page.locator("input[name=oldpassword]").fill(password)
    page.locator("input[name=password1]").fill(OWN)
    page.locator("input[name=password2]").fill(OWN)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Lägg till en nyckel").click()
    page.locator("#mfa_webauthn_add").wait_for()
    look()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile(r"/account/(passkeys/$|recovery/)"))
    look("recovery/generate/", "totp/")
    secret = page.locator("code.spoken").inner_text()
    page.locator("input[name=code]").fill(
        format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    )
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/account/(second/factors/|recovery/)"))
    look("recovery/", "passkeys/")
    remove = urlsplit(page.locator("main a[href$='/remove/']").get_attribute("href") or "").path.removeprefix(
        "/account/"
    )
    look(remove, remove.replace("/remove/", "/edit/"))
    look("second/factors/", "totp/remove/", "again/", "passkeys/again/", "second/again/", "sign-out/")
    context.clear_cookies()
    page.goto(f"{demonstration.staff}/account/sign-in/")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(OWN)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/account/second/$"))
    look()
    context.close()
    assert wrong == [], "\n".join(wrong)
    assert OF_AN_ACCOUNT - seen == set()
