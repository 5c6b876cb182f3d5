"""The pages of the operator's staff: what each person meets, and what nobody does."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser

from samsyn.cases.models import Case, CaseGrant
from samsyn.cases.views import access
from samsyn.people.middleware import FACTOR
from tests.cases.conftest import PASSPHRASE, House

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def house_on_time(house: House) -> None:
    """Requests come now: the keeper's clock is the real one here."""
    from django.utils import timezone

    house.keeper.clock = timezone.now
    house.is_now(timezone.now())


def browser(house: House, name: str, *, unlocked: bool = True) -> Client:
    client = Client(raise_request_exception=False, headers={"host": settings.SAMSYN_STAFF_HOST})
    client.force_login(house.accounts[name], backend=BACKEND)
    session = client.session
    session[FACTOR] = True
    session.save()
    if unlocked:
        answer = client.post("/cases/keys/", {"do": "unlock", "passphrase": PASSPHRASE.decode()})
        assert answer.status_code == 302, answer.content.decode()
    return client


def page(answer: Any) -> str:
    assert answer.status_code == 200, (answer.status_code, answer.content.decode()[:3000])
    return re.sub(r"\s+", " ", answer.content.decode())


def test_unlocking_gives_the_browser_a_token_that_the_database_has_not(house: House) -> None:
    client = browser(house, "anna")
    morsel = client.cookies[access.COOKIE]
    assert morsel["secure"]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Strict"
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(session_data, '') FROM django_session")
        assert morsel.value not in cursor.fetchone()[0]
    del client.cookies[access.COOKIE]
    answer = client.post("/cases/create/", {"kind": "ordinary"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/cases/keys/")
    assert not Case.objects.exists()


def test_a_supporter_opens_a_case_draws_the_network_and_writes(house: House) -> None:
    client = browser(house, "anna")
    answer = client.post("/cases/create/", {"kind": "ordinary", "concerns_child": "1"})
    url = answer["Location"]
    client.post(url, {"kind": "support", "text": "Hon är rädd för sin farbror"})
    network = {"relation-0": "uncle_aunt", "marks-0": ["threat", "abroad"], "relation-1": "uncle_aunt", "relation-2": "sister",
               "marks-2": ["protects"]}  # fmt: skip
    assert client.post(f"{url}network/", network).status_code == 302
    assert client.post(f"{url}goals/", {"kind-0": "step", "text-0": "Byta telefon", "done-0": "1"}).status_code == 302
    plan = {f"{name}-{topic}": "" for topic in _topics() for name in ("state", "text")}
    assert client.post(f"{url}plan/", plan | {"state-passport": "agreed"}).status_code == 302
    rules = {"channels": ["phone"], "weekdays": ["1", "2", "3", "4", "5", "6", "7"], "from_hour": "0", "to_hour": "24",
             "voicemail": "never", "name_to_use": "Biblioteket", "number": "070-174 06 05"}  # fmt: skip
    assert client.post(f"{url}rules/", rules).status_code == 302
    assert client.post(f"{url}rules/", rules | {"number": "kontoret"}).status_code == 422
    assert client.post(f"{url}summary/", {"text": "Vill börja med skolan"}).status_code == 302
    shown = page(client.get(url))
    for said in (
        "rädd för sin farbror",
        "syskon 1",
        "Syster: skyddar",
        "Byta telefon",
        "Passet",
        "Biblioteket",
        "+46701740605",
        "börja med skolan",
    ):
        assert said in shown, said
    assert "<title>Ärende" in shown
    assert page(client.post(f"{url}contact/", {"channel": "phone"}))
    assert client.post(f"{url}contact/", {"channel": "email"}).status_code == 409
    for kind in ("network", "goals", "referrals", "plan", "rules", "summary"):
        page(client.get(f"{url}{kind}/"))
    assert client.get(f"{url}elsewhere/").status_code == 404


def test_two_who_write_at_once_replace_each_other_only_knowingly(house: House) -> None:
    house.unlock("anna")
    url = f"/cases/{house.case()}/"
    first, second = browser(house, "anna"), browser(house, "bo")
    share = {"do": "share", "to": str(house.id("bo")), "purpose": "support", "rights": "write", "days": "14"}
    assert first.post(f"{url}share/", share).status_code == 302
    plan = {f"{name}-{topic}": "" for topic in _topics() for name in ("state", "text")}
    rules = {"channels": ["phone"], "weekdays": ["1"], "from_hour": "9", "to_hour": "15", "voicemail": "never"}
    parts: dict[str, tuple[dict[str, Any], str]] = {
        "network": ({"relation-0": "cousin"}, "relation-0"),
        "goals": ({"kind-0": "need", "text-0": "En vuxen som vet"}, "text-0"),
        "referrals": (
            {f"{name}-{at}": "" for at in range(20) for name in ("actor", "whom", "day")}
            | {f"outcome-{at}": "taken_on" for at in range(20)}
            | {"actor-0": "police"},
            "whom-0",
        ),
        "plan": (plan, "text-code_word"),
        "rules": (rules, "name_to_use"),
        "summary": ({"text": "Börja med skolan"}, "text"),
    }
    for part, (said, changed) in parts.items():
        fields = [said | {"seen": _seen(client.get(f"{url}{part}/"))} for client in (first, second)]
        theirs = {"network": "brother"}.get(part, "Nya ord")
        assert first.post(f"{url}{part}/", fields[0]).status_code == 302
        answer = second.post(f"{url}{part}/", fields[1] | {changed: theirs})
        assert answer.status_code == 409, part
        kept = answer.content.decode()
        assert "En kollega har ändrat" in kept
        assert theirs in kept
        shown = page(first.get(f"{url}{part}/"))
        assert f'"{theirs}" selected' not in shown
        assert "Nya ord" not in shown
        again = fields[1] | {changed: theirs, "seen": _seen(answer)}
        assert second.post(f"{url}{part}/", again).status_code == 302
        shown = page(first.get(f"{url}{part}/"))
        assert f'"{theirs}" selected' in shown or "Nya ord" in shown


def _seen(answer: Any) -> str:
    found = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    assert found
    return found[1]


def _topics() -> list[str]:
    from samsyn.cases import words

    return list(words.TOPICS)


def test_another_supporters_case_answers_like_a_random_address(house: House) -> None:
    house.unlock("anna")
    mine, other = house.case(), browser(house, "bo")
    answers = [other.get(f"/cases/{one}/") for one in (mine, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = [re.sub(r'[\w-]{36}|value="[^"]*"', "", answer.content.decode()) for answer in answers]
    assert bodies[0] == bodies[1]


def test_a_revoked_colleague_is_refused_within_the_same_second(house: House) -> None:
    house.unlock("anna")
    case_id = house.case()
    owner, colleague = browser(house, "anna"), browser(house, "bo")
    share = {"do": "share", "to": str(house.id("bo")), "purpose": "support", "days": "14"}
    assert owner.post(f"/cases/{case_id}/share/", share).status_code == 302
    page(colleague.get(f"/cases/{case_id}/"))
    revoke = {"do": "revoke", "account": str(house.id("bo"))}
    assert owner.post(f"/cases/{case_id}/share/", revoke).status_code == 302
    assert colleague.get(f"/cases/{case_id}/").status_code == 404
    assert CaseGrant.objects.count() == 1
    page(owner.get(f"/cases/{case_id}/share/"))


def test_a_note_about_which_the_person_is_asked_first(house: House) -> None:
    house.unlock("anna")
    case_id = house.case()
    owner, colleague = browser(house, "anna"), browser(house, "bo")
    url = f"/cases/{case_id}/"
    owner.post(url, {"kind": "support", "text": "Om min syster", "asks_first": "1"})
    assert "Om min syster" in page(owner.get(url))
    owner.post(f"{url}share/", {"do": "share", "to": str(house.id("bo")), "purpose": "support", "days": "14"})
    shown = page(colleague.get(url))
    assert "Om min syster" not in shown
    assert "Personen vill bli tillfrågad" in shown
    name = re.search(r'name="agreed" value="([0-9a-f]{32})"', shown)
    assert name is not None
    assert "Om min syster" in page(colleague.post(url, {"agreed": name[1]}))
    assert colleague.post(url, {"agreed": "0" * 32}).status_code == 404
    assert "Om min syster" not in page(colleague.get(url))


def test_the_callers_words_open_and_an_erased_case_is_gone(house: House) -> None:
    anna, bo = browser(house, "anna"), browser(house, "bo")
    for client in (anna, bo):
        client.post("/cases/duty/", {"do": "begin"})
    given = page(anna.post("/cases/create/", {"kind": "by_code", "with_duress": "1", "with_recovery": "1"}))
    code = re.findall(r'class="big-code" translate="no">([^<]+)<', given)[0]
    opened = page(bo.post("/cases/open/", {"code": code}))
    case_id = UUID(re.search(r"/cases/([\w-]{36})/", opened)[1])  # type: ignore[index]
    page(bo.get(f"/cases/{case_id}/"))
    assert bo.post("/cases/open/", {"code": "tre ord bara"}).status_code == 422
    page(bo.get(f"/cases/{case_id}/end/"))
    assert bo.post(f"/cases/{case_id}/end/", {"do": "erase", "handle": "fel ord"}).status_code == 422
    handle = Case.objects.get().handle
    assert bo.post(f"/cases/{case_id}/end/", {"do": "erase", "handle": handle}).status_code == 302
    assert not Case.objects.exists()
    assert bo.post("/cases/open/", {"code": code}).status_code == 409


def test_erasing_under_force_answers_like_erasing(house: House) -> None:
    anna, bo = browser(house, "anna"), browser(house, "bo")
    for client in (anna, bo):
        client.post("/cases/duty/", {"do": "begin"})

    def answers(number: int) -> list[Any]:
        """Open with the first or second of a new case's codes, erase, and try everything again."""
        given = page(anna.post("/cases/create/", {"kind": "by_code", "with_duress": "1"}))
        code = re.findall(r'class="big-code" translate="no">([^<]+)<', given)[number]
        case = Case.objects.get(pk=UUID(re.search(r"/cases/([\w-]{36})/", given)[1]))  # type: ignore[index]
        url = f"/cases/{case.pk}/"
        found = [bo.post("/cases/open/", {"code": code}), bo.get(f"{url}end/")]
        found += [bo.post(f"{url}end/", {"do": "erase", "handle": case.handle}), bo.get("/cases/"), bo.get(url)]
        found += [bo.post("/cases/open/", {"code": code})]
        plain = r'[\w-]{36}|value="[^"]*"|big-code" translate="no">[^<]*|' + re.escape(case.handle)
        return [(one.status_code, one.get("Location"), re.sub(plain, "", one.content.decode())) for one in found]

    forced, erased = answers(1), answers(0)
    assert [status for status, *_ in erased] == [200, 200, 302, 200, 404, 409]
    assert forced == erased


@pytest.mark.parametrize("kind", ["ordinary", "by_code"])
def test_a_case_is_closed_from_its_page(house: House, kind: str) -> None:
    anna = browser(house, "anna")
    anna.post("/cases/duty/", {"do": "begin"})
    anna.post("/cases/create/", {"kind": kind})
    url = f"/cases/{Case.objects.get().pk}/"
    assert "Spara anteckningen" in page(anna.get(url))
    assert 'value="close"' in page(anna.get(f"{url}end/"))
    answer = anna.post(f"{url}end/", {"do": "close"})
    assert (answer.status_code, answer["Location"]) == (302, url)
    shown = page(anna.get(url))
    assert "Avslutat" in shown
    assert "Spara anteckningen" not in shown
    assert anna.post(url, {"kind": "support", "text": "Mer"}).status_code == 409


def test_the_page_after_the_helpers_words_asks_for_a_new_code(house: House) -> None:
    anna = browser(house, "anna")
    anna.post("/cases/duty/", {"do": "begin"})
    given = page(anna.post("/cases/create/", {"kind": "by_code", "with_recovery": "1"}))
    code, recovery = re.findall(r'class="big-code" translate="no">([^<]+)<', given)
    url = f"/cases/{Case.objects.get().pk}/"
    asks = "Reservkoden har använts"
    assert asks not in page(anna.post("/cases/open/", {"code": code}))
    opened = page(anna.post("/cases/open/", {"code": recovery}))
    assert asks in opened
    assert f'action="{url}code/"' in opened
    assert asks in page(anna.get(url))
    page(anna.post(f"{url}code/", {}))
    assert asks not in page(anna.get(url))


def test_an_anonymous_callers_wish_is_kept_from_the_page_of_a_case_by_code(house: House) -> None:
    anna, bo = browser(house, "anna"), browser(house, "bo")
    for client in (anna, bo):
        client.post("/cases/duty/", {"do": "begin"})
    given = page(anna.post("/cases/create/", {"kind": "by_code"}))
    code = re.findall(r'class="big-code" translate="no">([^<]+)<', given)[0]
    url = f"/cases/{Case.objects.get().pk}/"
    assert f'action="{url}share/"' in page(anna.get(url))
    answer = anna.post(f"{url}share/", {"do": "exclude", "values": "Åmål"})
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert bo.post("/cases/ties/", {"values": "åmål"}).status_code == 302
    answer = bo.post("/cases/open/", {"code": code})
    assert answer.status_code == 409
    assert "Välj en annan kollega." in answer.content.decode()
    assert bo.get(url).status_code == 404
    page(anna.get(url))


def test_the_administrator_and_the_officers_meet_no_case(house: House) -> None:
    house.unlock("anna")
    case_id = house.case()
    administrator = browser(house, "administrator", unlocked=False)
    for path in ("/cases/", f"/cases/{case_id}/", "/cases/keys/", "/cases/officers/"):
        assert administrator.get(path).status_code == 403, path
    officer = browser(house, "officer1")
    page(officer.get("/cases/officers/"))
    assert officer.get(f"/cases/{case_id}/").status_code == 403


def test_officers_certify_and_help_from_their_page(house: House) -> None:
    from samsyn.cases.models import Certification

    Certification.objects.filter(keyring_id=house.id("cia")).delete()
    for name in ("officer2", "officer3"):
        officer = browser(house, name)
        assert str(house.id("cia")) in page(officer.get("/cases/officers/"))
        answer = officer.post("/cases/officers/", {"do": "certify", "id": str(house.id("cia"))})
        assert answer.status_code == 302
    assert Certification.objects.filter(keyring_id=house.id("cia")).count() == 2


def test_markup_in_a_note_is_inert(house: House) -> None:
    client = browser(house, "anna")
    url = client.post("/cases/create/", {"kind": "ordinary"})["Location"]
    client.post(url, {"kind": "support", "text": "<script>alert(1)</script><svg onload=alert(2)>"})
    shown = page(client.get(url))
    assert "<script>alert" not in shown
    assert "&lt;svg onload" in shown
    assert client.post(url, {"kind": "support", "text": "vänd\u202eom"}).status_code == 422


def test_there_is_no_search_across_cases(house: House) -> None:
    from samsyn.cases.urls import urlpatterns

    assert not any("search" in str(one.pattern) for one in urlpatterns)
    client = browser(house, "anna")
    assert client.get("/cases/search/").status_code == 404


def test_pages_read_in_english(house: House) -> None:
    from samsyn.people import actions as people

    house.unlock("anna")
    case_id = house.case()
    people.choose_language(account_id=house.id("anna"), language="en")
    client = browser(house, "anna")
    for path in ("/cases/", "/cases/keys/", f"/cases/{case_id}/", f"/cases/{case_id}/plan/", "/cases/ties/"):
        shown = page(client.get(path))
        assert '<html lang="en"' in shown
        assert "Ärende" not in shown
        assert client.get(path)["Cache-Control"] == "no-store"


def test_a_case_is_not_printed(house: House, chromium: Browser) -> None:
    """Paper is found by others: what a case holds is handed out sealed, with two persons' names, or not at all."""
    house.unlock("anna")
    case_id = house.case()
    house.note(case_id)
    client = browser(house, "anna")
    client.post("/cases/duty/", {"do": "begin"})
    given = page(client.post("/cases/create/", {"kind": "by_code"}))
    shown = {"code": given, "case": page(client.get(f"/cases/{case_id}/"))}
    for part in ("network", "goals", "referrals", "plan", "rules", "summary"):
        shown[part] = page(client.get(f"/cases/{case_id}/{part}/"))
    styles = "".join(
        f"<style>{Path(str(finders.find(f'ui/{name}.css'))).read_text()}</style>"
        for name in ("tokens", "layout", "components")
    )
    tab = chromium.new_page(java_script_enabled=False)
    for name, html in shown.items():
        tab.emulate_media(media="screen")
        tab.set_content(re.sub(r"<(link|script)\b[^>]*>(</script>)?", "", html).replace("</head>", f"{styles}</head>"))
        assert len(tab.inner_text("main")) > 30, name
        tab.emulate_media(media="print")
        assert tab.inner_text("body").strip() == "", name
    tab.close()
