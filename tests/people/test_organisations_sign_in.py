"""Signing in through the organisation's own provider (OIDC): configured by the environment, against a real local one."""

import base64
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import Browser, Page, expect

from tests.conftest import CommittedDatabase
from tests.desk_at_work import HOST, Web
from tests.journeys.examination import examine

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


class Provider(BaseHTTPRequestHandler):
    """An OIDC provider with one person, which checks what the standard lets it check."""

    asked: ClassVar[dict[str, Any]] = {}

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def answer(self, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/.well-known/openid-configuration":
            self.answer({
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "userinfo_endpoint": f"{self.issuer}/who",
                "jwks_uri": f"{self.issuer}/keys", "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            })  # fmt: skip
        elif path == "/keys":
            public = KEY.public_key().public_numbers()
            self.answer(
                {
                    "keys": [
                        {
                            "kty": "RSA",
                            "kid": "1",
                            "use": "sig",
                            "alg": "RS256",
                            "n": number(public.n),
                            "e": number(public.e),
                        }
                    ]
                }
            )
        elif path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            self.asked |= {"nonce": asked["nonce"]} if "nonce" in asked else {}
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': 'c', 'state': asked['state']})}")
            self.end_headers()
        elif path == "/who":
            self.answer({"sub": "nobody-known", "name": "Någon Annan"})
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.asked["token"] = given
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "nobody-known", "aud": "samsyn", "iat": now, "exp": now + 60}
        if "nonce" in self.asked:
            claims["nonce"] = self.asked["nonce"]
        token = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "1"})
        self.answer({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token})


BROWSER = """
import json, sys
import django
django.setup()
from django.conf import settings
from django.test import Client
from urllib.parse import parse_qs, urlsplit
client = Client(headers={"host": settings.SAMSYN_STAFF_HOST}, raise_request_exception=False)
answer = client.get("/account/sign-in/")
page, policy = answer.content.decode(), answer["Content-Security-Policy"]
begun = client.post("/account/oidc/organisation/sign-in/")
asked = {name: values[0] for name, values in parse_qs(urlsplit(begun["Location"]).query).items()}
forged = client.get("/account/oidc/organisation/answer/", {"code": "c", "state": "not-ours"})
begun = client.post("/account/oidc/organisation/sign-in/")
again = {name: values[0] for name, values in parse_qs(urlsplit(begun["Location"]).query).items()}
back = client.get("/account/oidc/organisation/answer/", {"code": "c", "state": again["state"]}, follow=True)
from samsyn.people.models import Account
signed_in, accounts = "_auth_user_id" in client.session, Account.objects.count()
# The administrator makes the account, its owner ties the identity to it: then the same button leads in.
from django.utils import timezone
from samsyn.people import actions
from samsyn.people.actors import SYSTEM
from samsyn.people.roles import Regime, Role
now = timezone.now()
centre = actions.create_organisation(name="Centret", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=now)
account = actions.create_account(name="ny.kollega", pseudonym="Rådgivare 9", organisation=centre, by=SYSTEM, at=now)
actions.give_role(account_id=account.pk, role=Role.ADVISER, by=SYSTEM, at=now)
password = actions.reset_sign_in(account_id=account.pk, by=SYSTEM, at=now)
client.post("/account/sign-in/", {"login": "ny.kollega", "password": password})
own = "en lång fras om moln"
client.post("/account/password/", {"oldpassword": password, "password1": own, "password2": own})
mine = client.get("/account/second/factors/").content.decode()
untied = client.get("/account/oidc/").content.decode()
begun = client.post("/account/oidc/organisation/sign-in/?process=connect")
tie = {name: values[0] for name, values in parse_qs(urlsplit(begun["Location"]).query).items()}
tied = client.get("/account/oidc/organisation/answer/", {"code": "c", "state": tie["state"]}, follow=True).content.decode()
client.post("/account/sign-out/")
signed_out = "_auth_user_id" not in client.session
begun = client.post("/account/oidc/organisation/sign-in/")
once = {name: values[0] for name, values in parse_qs(urlsplit(begun["Location"]).query).items()}
client.get("/account/oidc/organisation/answer/", {"code": "c", "state": once["state"]}, follow=True)
print(json.dumps({
    "button": "Organisationens inloggning" in page, "to": begun["Location"], "asked": asked, "again": again,
    "forged": forged.status_code, "back": back.status_code, "text": back.content.decode()[:3000],
    "signed_in": signed_in, "accounts": accounts, "policy": policy,
    "link": 'href="/account/oidc/"' in mine, "untied": untied, "tied": tied,
    "signed_out": signed_out, "known": client.session.get("_auth_user_id") == str(account.pk),
}))
"""


ACCOUNT = """
import django
django.setup()
from django.utils import timezone
from samsyn.people import actions
from samsyn.people.actors import SYSTEM
from samsyn.people.roles import Regime, Role
now = timezone.now()
centre = actions.create_organisation(name="Centret", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=now)
account = actions.create_account(name="ny.kollega", pseudonym="Rådgivare 9", organisation=centre, by=SYSTEM, at=now)
actions.give_role(account_id=account.pk, role=Role.ADVISER, by=SYSTEM, at=now)
print(actions.reset_sign_in(account_id=account.pk, by=SYSTEM, at=now))
"""
OWN = "en lång fras om moln"


@pytest.fixture
def provider() -> Iterator[str]:
    Provider.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_identity_without_an_account_gets_none_and_one_with_an_account_leads_in(
    provider: str, committed_database: CommittedDatabase
) -> None:
    environment = committed_database.environment() | {
        "SAMSYN_OIDC_ISSUER": provider, "SAMSYN_OIDC_CLIENT": "samsyn", "SAMSYN_OIDC_SECRET": "s",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", BROWSER], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["button"]
    assert found["to"].startswith(f"{provider}/authorize?")
    asked, again = found["asked"], found["again"]
    assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", "samsyn", "S256")
    assert asked["state"] != again["state"]
    assert asked["code_challenge"] != again["code_challenge"]
    assert Provider.asked["token"]["code_verifier"][0]
    assert found["forged"] in {200, 302, 400, 401, 403}
    assert not found["signed_in"]
    assert found["accounts"] == 0
    assert found["back"] in {200, 404}
    assert "konto" in found["text"].lower()
    assert f"form-action 'self' {provider};" in found["policy"], "a browser would stop the way to the provider"
    assert found["link"]
    assert "Knyt den hit" in found["untied"]
    assert "Är knuten till det här kontot" in found["tied"]
    assert found["signed_out"]
    assert found["known"]


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_new_colleague_ties_the_organisations_sign_in_to_the_account_and_comes_in_by_it(
    provider: str, committed_database: CommittedDatabase, chromium: Browser
) -> None:
    environment = committed_database.environment() | {
        "SAMSYN_OIDC_ISSUER": provider, "SAMSYN_OIDC_CLIENT": "samsyn", "SAMSYN_OIDC_SECRET": "s",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", ACCOUNT], env=environment, capture_output=True, text=True, check=True)
    web = Web(environment)
    web.start()
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="sv-SE")
    try:
        page = context.new_page()
        sign_in(page, f"http://{HOST}:{web.port}", done.stdout.splitlines()[-1])
        look(page)
        page.get_by_role("button", name="Knyt den hit").click()
        expect(page.get_by_text("Är knuten till det här kontot.")).to_be_visible()
        look(page)
        context.clear_cookies()
        page.goto(f"http://{HOST}:{web.port}/account/sign-in/")
        page.get_by_role("button", name="Organisationens inloggning").click()
        page.wait_for_url("**/people/second-factor/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    finally:
        context.close()
        web.stop()


def sign_in(page: Page, site: str, password: str) -> None:
    """Come with the first password, choose another, and open the page of the organisation's sign-in."""
    page.goto(f"{site}/account/sign-in/")
    page.locator("input[name=login]").fill("ny.kollega")
    page.locator("input[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.locator("input[name=oldpassword]").fill(password)
    page.locator("input[name=password1]").fill(OWN)
    page.locator("input[name=password2]").fill(OWN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/second-factor/")
    page.goto(f"{site}/account/second/factors/")
    page.locator("a[href='/account/oidc/']").click()
    page.wait_for_url("**/account/oidc/")


def look(page: Page) -> None:
    answer = page.reload()
    assert answer is not None
    assert examine(page, urlsplit(page.url).path, answer) == []


def test_without_the_settings_there_is_no_such_door(committed_database: CommittedDatabase) -> None:
    program = (
        "import django; django.setup(); from django.test import Client; from django.conf import settings\n"
        "c = Client(headers={'host': settings.SAMSYN_STAFF_HOST})\n"
        "page = c.get('/account/sign-in/').content.decode()\n"
        "print(c.get('/account/oidc/organisation/sign-in/').status_code, 'Organisationens' in page)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=committed_database.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == "404 False", done.stderr[-800:]
