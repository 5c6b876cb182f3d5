"""The pages of measurements, deviations and follow-up: plan, stop, read, download; and what stands on the desk."""

import re
from datetime import datetime, timedelta

import html5lib
import pytest
from django.test import Client
from django.utils import timezone

from samsyn.people.roles import Role
from samsyn.quality.models import Deviation, Period
from tests.rules.hostile import NOWHERE
from tests.rules.test_pages_to_look_up import signed_in

pytestmark = pytest.mark.django_db


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    html5lib.HTMLParser(strict=True).parse(answer.content.decode())
    return str(answer.content.decode())


def test_a_measurement_is_planned_asked_stopped_and_downloaded(line: None, now: datetime) -> None:
    lead = signed_in(Role.TEAM_LEAD, now)
    today = timezone.localdate()
    form = shown(lead, "/quality/plan/")
    assert len(re.findall(r'name="form-\d-wording_sv"', form)) == 5
    post = {
        "title_sv": "Två veckor",
        "title_en": "Two weeks",
        "first_on": today.isoformat(),
        "last_on": (today + timedelta(days=13)).isoformat(),
        "sample": "every",
        "seed": "4711",
        "form-TOTAL_FORMS": "5",
        "form-INITIAL_FORMS": "0",
        "form-0-wording_sv": "Har ni en plan?",
        "form-0-wording_en": "Do you have a plan?",
        "form-0-list_code": "yes_no",
    }
    assert lead.post("/quality/plan/", post | {"form-0-wording_en": ""}).status_code == 422
    assert lead.post("/quality/plan/", post | {"last_on": "2020-01-01"}).status_code == 422
    assert lead.post("/quality/plan/", post).status_code == 302
    assert lead.post("/quality/plan/", post).status_code == 409
    period = Period.objects.get()
    page = shown(lead, f"/quality/{period.id}/")
    assert "Har ni en plan?" in page
    assert lead.get(f"/quality/{period.id}/report.csv").status_code == 404
    desk = lead.post("/desk/", follow=True).content.decode()
    assert 'name="extra-q1"' in desk
    assert re.findall(r'name="(direct-\w+)" value="1"', desk) == [
        "direct-treatment", "direct-competence", "direct-problem",
    ], "how it was to get through is asked by the link alone"  # fmt: skip
    assert "/quality/deviations/from/" in desk
    assert desk.index('name="outcome"') < desk.index('name="extra-q1"')
    assert lead.post(f"/quality/{period.id}/stop/").status_code == 302
    file = lead.get(f"/quality/{period.id}/report.csv")
    assert file["Content-Disposition"].endswith('"rapport-1.csv"')
    assert "Har ni en plan?,Ja,yes,,,döljs" in file.content.decode("utf-8-sig")
    assert "avbruten" in shown(lead, "/quality/")
    assert 'name="extra-q1"' not in lead.post("/desk/", follow=True).content.decode()


def test_a_deviation_is_reported_from_the_desk_and_decided(line: None, now: datetime) -> None:
    lead = signed_in(Role.TEAM_LEAD, now)
    desk = lead.post("/desk/", follow=True).content.decode()
    path = desk[desk.index("/quality/deviations/from/") :].partition('"')[0]
    shown(lead, path)
    assert lead.post(path, {"kind": "words"}).status_code == 422
    assert lead.post(path, {"item": "", "kind": "wrong", "reason": "unclear"}).status_code == 302
    deviation = Deviation.objects.get()
    assert "Mallen är fel" in shown(lead, "/quality/deviations/")
    assert lead.post(f"/quality/deviations/{deviation.id}/decide/", {"decision": "keep"}).status_code == 302
    assert "mallen behålls" in shown(lead, "/quality/deviations/")


def test_an_agreement_is_noted_on_a_page_of_its_own(line: None, now: datetime) -> None:
    adviser = signed_in(Role.ADVISER, now)
    at_desk = adviser.post("/desk/")["Location"]
    path = f"{at_desk}follow-up/"
    shown(adviser, path)
    assert adviser.post(path, {"way": "phone", "to": "hej"}).status_code == 422
    assert adviser.post(path, {"way": "phone", "to": "+46701740605", "months": ["1", "6"]}).status_code == 302
    page = shown(adviser, path)
    assert "1, 6" in page
    assert "740605" not in page
    assert adviser.post(path, {"do": "forget"}).status_code == 302
    assert "1, 6" not in shown(adviser, path)
    for address in ("/follow-ups/", "/follow-ups/effects/", "/follow-ups/due/"):
        shown(adviser, address)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.TEAM_LEAD, f"/quality/deviations/{NOWHERE}/decide/"),
        (Role.TEAM_LEAD, f"/quality/{NOWHERE}/stop/"),
        (Role.ADVISER, f"/follow-ups/{NOWHERE}/withdraw/"),
    ],
)
def test_what_is_not_there_is_not_found(line: None, now: datetime, role: Role, path: str) -> None:
    assert signed_in(role, now).post(path, {"decision": "keep"}).status_code == 404
