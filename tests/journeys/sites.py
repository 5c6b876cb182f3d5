"""The staff site on a database of its own, with a centre, its people and three municipalities that deliver."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.conftest import CommittedDatabase
from tests.desk_at_work import HOST, Web

PLACES = {"0580": "Linköpings kommun", "0581": "Norrköpings kommun", "0583": "Motala kommun"}
ENROL = """
import json, sys
import django
django.setup()
from datetime import UTC, datetime
from django.test import Client
from samsyn.deliveries import actions
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account
from samsyn.people.roles import Regime, Role

first, places = json.loads(sys.argv[1])
at = datetime(int(first[:4]), 1, 1, tzinfo=UTC)
cookies = {}

def cookie(name, organisation, role):
    pseudonym = f"Person {len(cookies) + 1}"
    account = people.create_account(name=name, pseudonym=pseudonym, organisation=organisation, by=SYSTEM, at=at)
    people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=at)
    Account.objects.filter(pk=account.pk).update(password_is_temporary=False)
    client = Client()
    client.force_login(account)
    session = client.session
    session[FACTOR] = True
    session.save()
    cookies[name] = session.session_key

centre = people.create_organisation(name="Centret", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=at)
cookie("lead", centre, Role.TEAM_LEAD)
cookie("analyst", centre, Role.ANALYST)
for code, name in places.items():
    organisation = people.create_organisation(name=name, kind="deliverer", regime=Regime.AUTHORITY, by=SYSTEM, at=at)
    new = actions.NewDeliverer(code, name, "municipality", code[:2], organisation.pk)
    deliverer = actions.add_deliverer(new=new, by=SYSTEM, at=at)
    agreed = actions.NewAgreement("municipal_core", "1.0.0", "case", "quarter", first)
    actions.make_agreement(deliverer_id=deliverer, new=agreed, by=SYSTEM, at=at)
    cookie(code, organisation, Role.DELIVERER)
print(json.dumps(cookies))
"""


@dataclass
class Site:
    """The running staff site, and the sessions of those who work in it."""

    web: Web
    browser: Browser
    cookies: dict[str, str]
    environment: dict[str, str]
    pages: list[Page] = field(default_factory=list)

    def page(self, who: str) -> Page:
        """Return a browser in which this person is signed in."""
        context = self.browser.new_context(viewport={"width": 1366, "height": 768}, locale="sv-SE")
        context.set_default_timeout(15_000)
        cookie = {"name": "__Host-samsyn", "value": self.cookies[who], "url": f"https://{HOST}/", "secure": True}
        context.add_cookies([cookie])  # type: ignore[list-item]
        self.pages.append(context.new_page())
        return self.pages[-1]

    def url(self, path: str) -> str:
        return f"http://{HOST}:{self.web.port}{path}"


@contextmanager
def opened(database: CommittedDatabase, browser: Browser, *, first: str) -> Iterator[Site]:
    """Start the site; the municipalities deliver from the quarter ``first`` on."""
    environment = database.environment()
    arguments = [sys.executable, "-c", ENROL, json.dumps([first, PLACES])]
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    made = Site(Web(environment), browser, json.loads(done.stdout.splitlines()[-1]), environment)
    made.web.start()
    try:
        yield made
    finally:
        for page in made.pages:
            page.context.close()
        made.web.stop()


def fetched(page: Page, link: str | re.Pattern[str]) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    return Path(download.value.path()).read_bytes()
