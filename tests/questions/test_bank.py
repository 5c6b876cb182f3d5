"""A package's way from draft to use: what a person may do, what the database refuses, and the pages that lead there."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from samsyn.audit.models import Event
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.questions import actions, bank, models
from samsyn.questions.exchange import changes, core, editing, fhir, form, plain, series, xlsform
from samsyn.questions.exchange.files import FILES
from samsyn.questions.exchange.package import Level, Package, Text
from tests.questions.conftest import TEAM_LEAD

WHY = Text("Därför.", "Because.")
HALVES = [Text("Bortförd", "Taken abroad"), Text("Kvarhållen", "Kept abroad")]


@pytest.fixture
def decided(loaded: None) -> Package:
    """The core package as it comes with the programme."""
    return bank.package_version("municipal_core", "2.0.1")


@pytest.fixture
def package_draft(decided: Package, team_lead: Actor, now: datetime) -> UUID:
    return actions.start_package_draft(package="municipal_core", by=team_lead, at=now)


def _split(draft: Package, before: Package) -> Package:
    return editing.split(draft, before, variable="main_problem", value="abduction", into=HALVES)


def _revision(version_id: UUID) -> int:
    return models.PackageVersion.objects.get(id=version_id).revision


def test_the_core_package_is_loaded_once_and_says_what_its_files_say(decided: Package, now: datetime) -> None:
    assert plain.fingerprint(decided) == plain.fingerprint(core.version("2.0.1"))
    assert [one.version for one in bank.decided("municipal_core")] == ["1.0.0", "2.0.0", "2.0.1"]
    assert not any(actions.load_package(source=one, by=SYSTEM, at=now) for one in core.versions())


def test_what_comes_with_the_programme_is_not_put_above_what_this_house_decided(loaded: None, now: datetime) -> None:
    """A correction of an older version must not become what the next draft begins with."""
    own = replace(core.version("2.0.1"), version="3.0.0", level=Level.PATCH)
    assert actions.load_package(source=own, by=SYSTEM, at=now)
    late = replace(core.version("2.0.1"), version="2.0.2")
    assert not actions.load_package(source=late, by=SYSTEM, at=now)
    assert [one.version for one in bank.decided("municipal_core")][-1] == "3.0.0"
    draft = actions.start_package_draft(package="municipal_core", by=TEAM_LEAD, at=now)
    assert models.PackageVersion.objects.get(id=draft).content["version"].startswith("3.")


def test_a_correction_of_the_comparisons_changes_no_question() -> None:
    before, after = core.version("2.0.0"), core.version("2.0.1")
    assert changes.lowest_level(before, after) == Level.PATCH
    assert {one.subject for one in changes.changes(before, after)} == {
        "goal", "granted", "honour_context", "problem", "main_problem", "sex"
    }  # fmt: skip
    (goal,) = [one for one in after.mappings if one.variable == "goal" and one.target.system == "Kolada"]
    assert {pair.source for pair in goal.codes if pair.target == "uppnått"} == {"whole", "part"}
    assert {(one.variable, one.target.system) for one in before.mappings} == {
        (one.variable, one.target.system) for one in after.mappings
    }
    for one in after.mappings:
        if one not in before.mappings:
            assert one.note is not None
            assert "Ska verifieras" in one.note.sv or "ska verifieras" in one.note.sv
            assert "To be verified" in one.note.en or "to be verified" in one.note.en
            assert re.search(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", one.note.sv), "the date of the source, or of the search"
            assert not one.is_verified


def test_a_split_goes_from_draft_to_use_and_its_series_continues_backwards(
    package_draft: UUID, team_lead: Actor, now: datetime
) -> None:
    by = {"by": team_lead, "at": now}
    actions.change_package(version_id=package_draft, seen_revision=1, edit=_split, **by)
    actions.send_for_consultation(version_id=package_draft, seen_revision=2, reason=WHY, **by)
    on = now.date() + timedelta(days=9)
    actions.decide_package(version_id=package_draft, seen_revision=3, valid_from=on, **by)
    actions.put_in_use(version_id=package_draft, seen_revision=4, **by)
    newest = bank.package_version("municipal_core", "3.0.0")
    assert (newest.status, newest.valid_from) == ("in_use", on.isoformat())
    versions = bank.decided("municipal_core")
    codes = series.reading(versions, source=("main_problem", 3), target=("main_problem", 1))
    assert codes is not None
    assert codes["taken_abroad"] == codes["kept_abroad"] == "abduction"
    assert series.reading(versions, source=("main_problem", 2), target=("main_problem", 3)) is None
    kinds = set(Event.objects.filter(kind__startswith="package").values_list("kind", flat=True))
    assert kinds == {
        "package_draft_started",
        "package_changed",
        "package_sent_for_consultation",
        "package_decided",
        "package_put_in_use",
    }


def test_an_adviser_changes_nothing(decided: Package, adviser: Actor, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        actions.start_package_draft(package="municipal_core", by=adviser, at=now)


def test_two_editors_do_not_overwrite_each_other(package_draft: UUID, team_lead: Actor, now: datetime) -> None:
    actions.change_package(version_id=package_draft, seen_revision=1, edit=_split, by=team_lead, at=now)
    with pytest.raises(Refused):
        actions.change_package(version_id=package_draft, seen_revision=1, edit=_split, by=team_lead, at=now)


def test_a_version_without_a_reason_is_not_sent_out(package_draft: UUID, team_lead: Actor, now: datetime) -> None:
    with pytest.raises(Invalid):
        actions.send_for_consultation(
            version_id=package_draft, seen_revision=1, reason=Text("", ""), by=team_lead, at=now
        )


def test_a_draft_cannot_be_decided_past_the_consultation(package_draft: UUID, team_lead: Actor, now: datetime) -> None:
    with pytest.raises(Refused):
        actions.decide_package(version_id=package_draft, seen_revision=1, valid_from=now.date(), by=team_lead, at=now)


FORBIDDEN = [
    "UPDATE questions_packageversion SET content = '{}'",
    "UPDATE questions_packageversion SET version = '9.0.0' WHERE version = '2.0.1'",
    "UPDATE questions_packageversion SET content_hash = repeat('0', 64)",
    "UPDATE questions_packageversion SET valid_from = '2020-01-01'",
    "UPDATE questions_packageversion SET status = 'draft'",
    "UPDATE questions_packageversion SET status = 'in_use', content = '{}' WHERE version = '2.0.1'",
    "UPDATE questions_packageversion SET status = 'retired'",
    "UPDATE questions_packageversion SET valid_to = '2027-01-01'",
    "DELETE FROM questions_packageversion",
    "UPDATE questions_bankitem SET content_hash = repeat('0', 64)",
    "DELETE FROM questions_bankitem",
    "UPDATE questions_implementation SET from_on = '2020-01-01'",
    "DELETE FROM questions_implementation",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_refuses_to_change_what_is_decided(
    decided: Package, team_lead: Actor, now: datetime, statement: str
) -> None:
    version = models.PackageVersion.objects.get(version="2.0.1")
    actions.record_implementation(
        version_id=version.id, municipality="0180", system="X", route="rest", from_on=date(2026, 1, 1),
        by=team_lead, at=now,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_register_is_the_denominator(decided: Package, team_lead: Actor, now: datetime) -> None:
    version = models.PackageVersion.objects.get(version="2.0.1")
    line = {"version_id": version.id, "route": "rest", "from_on": date(2026, 1, 1), "by": team_lead, "at": now}
    made = actions.record_implementation(municipality="0180", system="A", **line)
    actions.record_implementation(municipality="0180", system="B", **line)
    actions.record_implementation(municipality="1480", system="A", **line)
    today = now.date()
    assert bank.implemented_on("municipal_core", today) == {"0180", "1480"}
    with pytest.raises(Invalid):
        actions.record_implementation(municipality="0180", system="A", **line)
    with pytest.raises(Invalid):
        actions.record_implementation(municipality="9999", system="A", **line)
    actions.end_implementation(implementation_id=made, to_on=today, by=team_lead, at=now)
    with pytest.raises(Refused):
        actions.end_implementation(implementation_id=made, to_on=today, by=team_lead, at=now)
    assert bank.implemented_on("municipal_core", today + timedelta(days=1)) == {"0180", "1480"}
    assert bank.implemented_on("municipal_core", date(2025, 12, 31)) == frozenset()


# Pages


@pytest.fixture
def client(decided: Package, team_lead: Actor, signed_in: Callable[[Actor], Client]) -> Client:
    return signed_in(team_lead)


def test_a_person_makes_a_version_on_the_pages_alone(client: Client) -> None:
    made = client.post(reverse("questions:start_package_draft", args=["municipal_core"]), follow=True)
    version_id = UUID(made.redirect_chain[-1][0].rstrip("/").split("/")[-1])
    split = reverse("questions:split_answer", args=[version_id, "main_problem"])
    said = {"revision": 1, "value": "abduction"}
    for number, label in enumerate(HALVES, start=1):
        said |= {f"label_{number}_sv": label.sv, f"label_{number}_en": label.en}
    assert "Dela ett svar" in client.get(split).content.decode()
    page = client.post(split, said, follow=True).content.decode()
    assert "«Huvudsakligt problem»: svaret «Kvarhållen» är nytt." in page
    assert "Måste rättas före remiss" not in page  # the reason is asked for when it is sent out
    words = reverse("questions:change_variable", args=[version_id, "client_help"])
    shown = client.get(words).context["form"]
    posted = {name: shown[name].value() for name in shown.fields} | {"interview_sv": "Har stödet hjälpt, tycker du?"}
    assert client.post(words, posted).status_code == 302
    consult = reverse("questions:send_for_consultation", args=[version_id])
    assert client.post(consult, {"revision": 3, "reason_sv": "", "reason_en": ""}).status_code == 422
    assert client.post(consult, {"revision": 3, "reason_sv": "A", "reason_en": "B"}).status_code == 302
    decide = reverse("questions:decide_package", args=[version_id])
    day = (timezone.localdate() + timedelta(days=30)).isoformat()  # pages go by the real clock
    assert client.post(decide, {"revision": _revision(version_id), "day": day}).status_code == 302
    use = reverse("questions:move_package", args=[version_id, "use"])
    page = client.post(use, {"revision": _revision(version_id)}, follow=True).content.decode()
    assert "i bruk" in page
    assert "3.0.0" in client.get(reverse("questions:packages")).content.decode()
    log = json.loads(client.get(reverse("questions:download_package", args=[version_id, "changes"])).content)
    assert [(one["version"], bool(one["changes"])) for one in log["versions"]] == [
        ("3.0.0", True),
        ("2.0.1", True),
        ("2.0.0", True),
        ("1.0.0", False),
    ]


def test_what_is_out_for_consultation_is_taken_back_changed_and_sent_again(client: Client, package_draft: UUID) -> None:
    page = reverse("questions:package", args=[package_draft])
    consult = reverse("questions:send_for_consultation", args=[package_draft])
    back = reverse("questions:move_package", args=[package_draft, "draft"])
    words = reverse("questions:change_variable", args=[package_draft, "client_help"])
    shown = client.get(words).context["form"]
    posted = {name: shown[name].value() for name in shown.fields}
    for round_, question in enumerate(("Har stödet hjälpt, tycker du?", "Tycker du att stödet har hjälpt?")):
        posted |= {"revision": _revision(package_draft), "interview_sv": question}
        assert client.post(words, posted).status_code == 302
        said = {"revision": _revision(package_draft), "reason_sv": "A", "reason_en": "B"}
        assert client.post(consult, said).status_code == 302
        assert client.post(words, posted | {"revision": _revision(package_draft)}).status_code == 409, "it is fixed"
        if not round_:
            assert "Ta tillbaka och ändra" in client.get(page).content.decode()
            assert client.post(back, {"revision": 1}).status_code == 409, "somebody else was there before"
            assert client.post(back, {"revision": _revision(package_draft)}).status_code == 302
            assert models.PackageVersion.objects.get(id=package_draft).status == "draft"
    version = models.PackageVersion.objects.get(id=package_draft)
    assert version.status == "consultation"
    assert "Tycker du att stödet har hjälpt?" in json.dumps(version.content, ensure_ascii=False)
    assert Event.objects.filter(kind="package_taken_back").count() == 1


def test_a_retired_version_has_its_last_day_and_stays_readable(client: Client) -> None:
    version = models.PackageVersion.objects.get(version="2.0.1")
    retire = reverse("questions:retire_package", args=[version.id])
    assert f'href="{retire}"' in client.get(reverse("questions:package", args=[version.id])).content.decode()
    assert "Avveckla" in client.get(retire).content.decode()
    assert version.valid_from
    early = version.valid_from - timedelta(days=1)
    refused = client.post(retire, {"revision": version.revision, "day": early.isoformat()})
    assert refused.status_code == 422
    assert "Sista dagen kan inte vara före den första" in refused.content.decode()
    last = version.valid_from + timedelta(days=400)
    page = client.post(retire, {"revision": version.revision, "day": last.isoformat()}, follow=True).content.decode()
    assert "avvecklad" in page
    assert f'href="{retire}"' not in page
    version.refresh_from_db()
    assert (version.status, version.valid_to) == ("retired", last)
    assert "2.0.1" in [one.version for one in bank.decided("municipal_core")], (
        "what was delivered in it is read for ever"
    )
    said = json.loads(client.get(reverse("questions:download_package", args=[version.id, "json"])).content)
    assert said["status"] == "retired"
    again = {"revision": version.revision, "day": last.isoformat()}
    assert client.post(retire, again).status_code == 409
    assert client.post(reverse("questions:move_package", args=[version.id, "use"]), again).status_code == 409
    for back in ({"status": "in_use", "valid_to": None}, {"valid_to": last + timedelta(days=1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            models.PackageVersion.objects.filter(id=version.id).update(**back)
    assert Event.objects.filter(kind="package_retired").count() == 1


def test_every_file_is_handed_out(client: Client) -> None:
    version = models.PackageVersion.objects.get(version="2.0.1")
    for name, file in FILES.items():
        answer = client.get(reverse("questions:download_package", args=[version.id, name]))
        assert answer.status_code == 200
        assert answer["Content-Type"] == file.media_type
        assert f"municipal_core-2.0.1{file.ending}" in answer["Content-Disposition"]
    said = json.loads(client.get(reverse("questions:download_package", args=[version.id, "json"])).content)
    assert (said["status"], said["valid_from"]) == ("decided", "2026-01-01")
    raw = client.get(reverse("questions:download_package", args=[version.id, "requirements"])).content
    assert load_workbook(io.BytesIO(raw)).worksheets[0]["A2"].value == "SAM-01"
    assert client.get(reverse("questions:download_package", args=[version.id, "odm"])).status_code == 404


@pytest.mark.parametrize("kind", ["fhir", "xlsform", "neither"])
def test_a_foreign_form_is_shown_beside_ours_and_not_kept(client: Client, kind: str) -> None:
    version = models.PackageVersion.objects.get(version="2.0.1")
    package = core.version("1.0.0")
    raw = {"fhir": fhir.as_json(package), "xlsform": xlsform.as_xlsx(package), "neither": b"\x00<script>"}[kind]
    file = io.BytesIO(raw)
    file.name = "form.bin"
    answer = client.post(reverse("questions:compare", args=[version.id]), {"file": file})
    if kind == "neither":
        assert answer.status_code == 422
        assert answer.context["foreign"] is None
    else:
        assert answer.context["foreign"] == form.of_package(package)
        assert "Barn- eller tvångsäktenskap" in answer.content.decode()


def test_the_register_is_written_on_its_page(client: Client) -> None:
    version = models.PackageVersion.objects.get(version="2.0.1")
    page = reverse("questions:register", args=["municipal_core"])
    line = {
        "version": version.id,
        "municipality": "0180",
        "system": "Lifecare",
        "route": "sftp",
        "from_on": "2026-01-15",
    }
    assert client.post(page, line).status_code == 302
    shown = client.get(page).content.decode()
    assert "Lifecare" in shown
    assert "1 kommun har en version i bruk i dag" in shown
    made = models.Implementation.objects.get()
    client.post(reverse("questions:end_implementation", args=["municipal_core", made.id]))
    assert models.Implementation.objects.get().to_on is not None
