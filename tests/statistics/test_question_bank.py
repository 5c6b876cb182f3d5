"""The bank of questions on the public site: what is decided and in use, never a draft or who wrote it."""

import io
import json
import re
from datetime import timedelta
from typing import Any

import html5lib
import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samsyn.config.demonstration import implementing
from samsyn.people.actors import Actor
from samsyn.questions import actions, bank, models
from samsyn.questions.exchange import editing
from samsyn.questions.exchange.files import FILES
from samsyn.questions.exchange.package import Package, Text
from samsyn.statistics import queries

pytestmark = pytest.mark.django_db(databases=["default", "public"])


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Client:
    # What a test has written stands in its own transaction; the public's role is tried by the demonstration's journeys.
    monkeypatch.setattr(queries, "PUBLIC", "default")
    return Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})


def shown(answer: Any) -> str:
    assert answer.status_code == 200, answer.content[:300]
    text = answer.content.decode()
    html5lib.HTMLParser(strict=True).parse(text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_the_public_role_may_read_it() -> None:
    reader = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    assert "Kärnfrågor för kommunernas uppföljning" in shown(reader.get("/question-bank/"))
    assert reader.get("/question-bank/municipal_core/1.0.0/files/json").status_code == 200


def test_packages_versions_and_their_use_are_shown_in_both_languages(reader: Client, team_lead: Actor) -> None:
    version = models.PackageVersion.objects.get(version="2.0.0")
    now = timezone.now()
    line = {"system": "Lifecare", "route": "rest", "from_on": timezone.localdate() - timedelta(days=3)}
    for municipality in ("0180", "1480"):
        actions.record_implementation(version_id=version.id, municipality=municipality, by=team_lead, at=now, **line)
    page = shown(reader.get("/question-bank/"))
    assert "2 kommuner har paketet i bruk i dag, i 1 olika system." in page
    assert "Version 2.0.0" in page
    assert "Vilket problem styrde bedömningen mest?" in page
    assert "«Huvudsakligt problem»: svaret «Barnäktenskap» är nytt." in page
    english = shown(reader.get("/en/question-bank/"))
    assert "2 municipalities have the package in use today" in english
    assert "Which problem guided the assessment most?" in english
    kept = reader.get("/question-bank/")
    again = reader.get("/question-bank/", headers={"if-none-match": kept["ETag"]})
    assert again.status_code == 304
    actions.start_package_draft(package="municipal_core", by=team_lead, at=now)
    assert reader.get("/question-bank/")["ETag"] == kept["ETag"]
    for hidden in ("2.0.2", team_lead.pseudonym, "Samordnare"):
        assert hidden not in page


def test_every_file_is_handed_out_to_everybody(reader: Client) -> None:
    for language in ("", "_en"):
        for name, file in FILES.items():
            address = reverse(
                f"figures:question_file{language}",
                urlconf="samsyn.config.urls_public",
                args=["municipal_core", "2.0.0", name],
            )
            answer = reader.get(address)
            assert (answer.status_code, answer["Content-Type"]) == (200, file.media_type), address
            assert f"municipal_core-2.0.0{file.ending}" in answer["Content-Disposition"]
    said = json.loads(reader.get("/question-bank/municipal_core/2.0.0/files/json").content)
    assert said["version"] == "2.0.0"
    book = openpyxl.load_workbook(
        io.BytesIO(reader.get("/en/question-bank/municipal_core/2.0.0/files/requirements").content)
    )
    assert book.worksheets[0]["A2"].value == "SAM-01"
    for wrong in ("municipal_core/2.0.0/files/odm", "municipal_core/9.0.0/files/json", "other/2.0.0/files/json"):
        assert reader.get(f"/question-bank/{wrong}").status_code == 404


def test_the_change_log_says_of_every_earlier_version_what_it_changed(reader: Client, team_lead: Actor) -> None:
    def split(draft: Package, before: Package) -> Package:
        halves = (Text("Bortförd", "Taken abroad"), Text("Kvarhållen", "Kept abroad"))
        return editing.split(draft, before, variable="main_problem", value="abduction", into=halves)

    by: dict[str, Any] = {"by": team_lead, "at": timezone.now()}
    version_id = actions.start_package_draft(package="municipal_core", **by)
    actions.change_package(version_id=version_id, seen_revision=1, edit=split, **by)
    actions.send_for_consultation(version_id=version_id, seen_revision=2, reason=Text("A", "B"), **by)
    on = timezone.localdate() + timedelta(days=30)
    actions.decide_package(version_id=version_id, seen_revision=3, valid_from=on, **by)
    log = json.loads(reader.get("/question-bank/municipal_core/3.0.0/files/changes").content)
    assert [(one["version"], bool(one["changes"])) for one in log["versions"]] == [
        ("3.0.0", True),
        ("2.0.1", True),
        ("2.0.0", True),
        ("1.0.0", False),
    ]
    second = json.loads(reader.get("/question-bank/municipal_core/2.0.1/files/changes").content)
    assert second["versions"] == log["versions"][1:]


def test_a_draft_is_handed_out_to_nobody(reader: Client, team_lead: Actor) -> None:
    actions.start_package_draft(package="municipal_core", by=team_lead, at=timezone.now())
    draft = models.PackageVersion.objects.get(status="draft")
    assert reader.get(f"/question-bank/municipal_core/{draft.version}/files/json").status_code == 404


def test_the_demonstrations_register_holds_those_that_deliver_and_others(team_lead: Actor) -> None:
    implementing.load(by=team_lead)
    lines = bank.implementations("municipal_core")
    today = implementing.TODAY
    assert len(bank.implemented_on("municipal_core", today)) == len(implementing.MUNICIPALITIES) + implementing.OTHERS
    assert all(line.from_on <= today for line in lines)
    assert {line.version for line in lines} == {"1.0.0", "2.0.0"}
    assert sum(line.version == "1.0.0" and line.to_on is None for line in lines) > 0
