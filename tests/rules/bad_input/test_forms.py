"""Rubbish in every form of the staff."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from samsyn.people.models import Account
from samsyn.questions.models import InstrumentVersion, PackageVersion, TemplateVersion
from tests.rules.bad_input.doors import DIGITS, MARK, TEXTS, Doors
from tests.rules.hostile import NOWHERE, House, Lines, fields

pytestmark = pytest.mark.django_db(databases=["default", "public"])

# On every page: the switch of language.
SWITCH = {"next", "language"}
# A ticked box and a pressed button have any value at all; Django takes these two numbers from its own class.
ANYTHING = {"required_at_close", "more", "publish", "is_required"} | {
    f"{prefix}-{most}_NUM_FORMS" for prefix in ("line", "answer") for most in ("MIN", "MAX")
}
IN_WORDS = ("a NUL", "control characters", "right to left", "half a character", "very long")
IN_ONE = ("a NUL", "right to left", "very many digits", "a negative number")


def hostile_forms(page: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a page's fields with rubbish in all of them, and in one after the other."""
    there = {name: values[-1] for name, values in fields(page).items() if name not in SWITCH}
    for name, value in TEXTS.items():
        yield name, dict.fromkeys(there, value)
    alike = set()
    for one in there:
        # line-0-text_sv is as line-1-text_sv, and a question's words in one mode as in another
        kind = re.sub(r"\d+|^(interview|case_review)_", "", one)
        if kind in alike or kind in ANYTHING:
            continue
        alike.add(kind)
        is_words = one.endswith(("_sv", "_en", "_easy", "-sv", "-en", "-easy", "reason"))
        for name in IN_WORDS if is_words else IN_ONE:
            yield f"{name} in {one}", there | {one: TEXTS[name]}


def test_what_a_knock_writes_is_seen_and_what_was_taken_back_is_not(house: House, lines: Lines) -> None:
    doors = Doors(lines)
    account = house.accounts["lead"]
    refused = HttpResponse("<main>Det här gick inte.</main>", status=400)

    def write(*, back: bool) -> HttpResponse:
        with transaction.atomic():
            Account.objects.filter(pk=account.pk).update(language="en")
            transaction.set_rollback(back)
        return refused

    doors.knock("taken back", lambda: write(back=True))
    assert doors.wrong == []
    doors.knock("written", lambda: write(back=False))
    doors.knock("nothing", lambda: refused)
    assert doors.wrong == ["written: changed people_account"]


@pytest.fixture
def drafts(house: House) -> dict[str, str]:
    """A draft of the questions and one of a template."""
    lead = house.browser("lead")
    assert lead.post("/questions/instruments/support_call/new-version").status_code == 302
    template = TemplateVersion.objects.select_related("template").first()
    assert template is not None
    assert lead.post(f"/questions/templates/{template.template.code}/new-version").status_code == 302
    return {
        "instrument": str(InstrumentVersion.objects.get(status="draft").pk),
        "template": str(TemplateVersion.objects.get(status="draft").pk),
    }


def test_every_form_of_the_editor_bears_what_is_written_into_it(
    house: House, lines: Lines, drafts: dict[str, str]
) -> None:
    lead = house.browser("lead")
    version = f"/questions/versions/{drafts['instrument']}"
    template = f"/questions/templates/versions/{drafts['template']}"
    pages = (
        f"{version}/reminder",
        f"{version}/local",
        f"{version}/publish",
        f"{version}/questions/profession/",
        f"{template}/",
        f"{template}/publish",
        "/questions/templates/new",
    )
    doors = Doors(lines)
    for address in pages:
        page = lead.get(address).content.decode()
        for name, post in hostile_forms(page):

            def send(address: str = address, post: dict[str, Any] = post) -> Any:
                return lead.post(address, post)

            doors.knock(f"{address[-20:]}: {name}", send)
    for name, value in TEXTS.items():
        for action in ("questions/profession/move", "questions/profession/remove", "discard"):

            def press(action: str = action, value: str = value) -> Any:
                return lead.post(f"{version}/{action}", {"revision": value, "direction": value})

            doors.knock(f"{action}: {name}", press)
    doors.were_shut(at_least=200)
    # All that was refused for what it was: a post that is in order is still taken.
    reminder = fields(lead.get(pages[0]).content.decode())
    assert lead.post(pages[0], {name: values[-1] for name, values in reminder.items()}).status_code == 302


def test_every_form_of_a_package_bears_what_is_written_into_it(house: House, lines: Lines) -> None:
    lead = house.browser("lead")
    assert lead.post("/questions/packages/municipal_core/new-version").status_code == 302
    draft = f"/questions/packages/versions/{PackageVersion.objects.get(status='draft').pk}"
    pages = (
        f"{draft}/description",
        f"{draft}/variables/client_help/",
        f"{draft}/variables/main_problem/condition",
        f"{draft}/lists/goal/1/",
        f"{draft}/lists/goal/1/earlier",
        f"{draft}/requirements/SAM-04/",
    )
    doors = Doors(lines)
    for address in pages:
        page = lead.get(address).content.decode()
        for name, post in hostile_forms(page):

            def send(address: str = address, post: dict[str, Any] = post) -> Any:
                return lead.post(address, post)

            doors.knock(f"{address[-20:]}: {name}", send)
    for name, value in TEXTS.items():
        for action in ("variables/goal/move", "variables/goal/remove", "requirements/SAM-04/remove", "move/discard"):

            def press(action: str = action, value: str = value) -> Any:
                return lead.post(f"{draft}/{action}", {"revision": value, "direction": value})

            doors.knock(f"{action}: {name}", press)
    doors.were_shut(at_least=200)
    title = fields(lead.get(pages[0]).content.decode())
    assert lead.post(pages[0], title).status_code == 302


def test_every_form_of_the_others_bears_what_is_written_into_it(house: House, lines: Lines) -> None:
    forms = (
        ("administrator", "/people/accounts/"),
        ("analyst", "/releases/"),
        ("analyst", "/tables/"),
        ("", "/account/sign-in/"),
        ("", "/account/passkeys/sign-in/"),
        ("", "/account/second/"),
        ("", "/people/language/"),
        ("adviser", "/people/language/"),
        ("adviser", "/account/totp/"),
        ("adviser", "/account/passkeys/add/"),
        ("adviser", "/account/password/"),
        ("adviser", "/account/again/"),
        ("adviser", "/account/second/again/"),
        ("adviser", "/account/passkeys/again/"),
        ("adviser", "/account/recovery/generate/"),
        ("adviser", "/account/totp/remove/"),
    )
    doors = Doors(lines)
    for who, address in forms:
        browser = house.browser(who)
        page = browser.get(address).content.decode()
        names = {
            "credential": [""],
            "code": [""],
            "quarter": [""],
            "language": [""],
            "next": [""],
            "login": [""],
            "do": [""],
        }
        there = dict.fromkeys(names | fields(page), "x")
        doors.look()
        for name in ("nothing", *IN_WORDS, "very many digits"):
            posts = [dict.fromkeys(there, TEXTS[name])]
            if "passkeys" in address or "second" in address:
                posts.append(there | {"credential": json.dumps({"id": TEXTS[name], "type": [TEXTS[name]]})})
            for post in posts:

                def send(browser: Client = browser, address: str = address, post: dict[str, str] = post) -> Any:
                    return browser.post(address, post)

                cache.clear()
                doors.knock(f"{address}: {name}", send, statuses=[200, 302, *range(400, 500)])
    doors.were_shut(at_least=120)


def test_a_version_that_is_published_or_thrown_away_is_changed_by_nobody(
    house: House, lines: Lines, drafts: dict[str, str]
) -> None:
    lead = house.browser("lead")
    published = InstrumentVersion.objects.exclude(status="draft").get(instrument="support_call")
    draft = InstrumentVersion.objects.get(status="draft")
    assert lead.post(f"/questions/versions/{draft.pk}/discard", {"revision": draft.revision}).status_code == 302
    template = TemplateVersion.objects.exclude(status="draft").first()
    assert template is not None
    doors = Doors(lines)
    places = [f"/questions/versions/{one.pk}" for one in (published, draft)]
    addresses = [
        f"{place}/{rest}"
        for place in places
        for rest in ("reminder", "local", "publish", "discard", "questions/profession/", "questions/profession/move")
    ]
    addresses += [f"/questions/templates/versions/{template.pk}/{rest}" for rest in ("", "publish", "discard")]
    for address in addresses:
        for revision in ("1", str(published.revision), DIGITS, MARK):

            def send(address: str = address, revision: str = revision) -> Any:
                return lead.post(address, {"revision": revision, "wording_sv": MARK, "note": MARK, "title_sv": MARK})

            doors.knock(address, send, statuses=[404, 409, 422])
    doors.were_shut(at_least=60)


def test_a_release_that_does_not_fit_is_refused(house: House, lines: Lines) -> None:
    analyst, publisher = house.browser("analyst"), house.browser("publisher")
    doors = Doors(lines)
    for quarter in (
        "2026-q5",
        "2026-Q1",
        "0000-q1",
        "9999-q4",
        "2012-q1",
        f"{DIGITS}-q1",
        f"2026-q1{MARK}",
        "2026-q1\n",
        "\u0662026-q1",
    ):

        def draft(quarter: str = quarter) -> Any:
            return analyst.post("/releases/", {"quarter": quarter})

        doors.knock(f"quarter {quarter[:12]!r}", draft)
    for browser in (analyst, publisher):
        for address in (
            f"/releases/{NOWHERE}/step/",
            f"/releases/{NOWHERE}/revise/",
            f"/releases/{NOWHERE}/documents/",
        ):
            for post in ({"do": MARK, "step": MARK, "note": MARK}, {"do": "publish", "step": "publish"}, {}):

                def step(browser: Client = browser, address: str = address, post: dict[str, str] = post) -> Any:
                    return browser.post(address, post)

                doors.knock(address, step)
    doors.were_shut(at_least=20)
