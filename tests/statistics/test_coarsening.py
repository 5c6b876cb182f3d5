"""A quarter with single calls from small municipalities: what is hidden, why, what a coarser table costs, and the attack."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client

from samsyn.audit.models import Event
from samsyn.config.demonstration import world
from samsyn.contacts import actions as contacts
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.middleware import FACTOR
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Regime
from samsyn.statistics import actions, attacking, coarsening, counting, disclosure, documents, drafting, queries
from samsyn.statistics.definitions.loader import standard_report
from samsyn.statistics.models import Release
from samsyn.statistics.periods import Quarter

AT = datetime(2026, 10, 15, 7, 0, tzinfo=UTC)
QUARTER = Quarter(2026, 3)
SMALL = ("2403", "2422", "2425")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read what is published in the test's own transaction."""
    monkeypatch.setattr(queries, "PUBLIC", "default")


@pytest.fixture
def facts(db: None) -> world.World:
    """The made-up world since 2026, a sixth of it: enough for a quarter, quick to count."""
    made = world.generate(scale=0.17)
    recent = world.World(**{name: [row for row in rows if row["year"] == 2026] for name, rows in vars(made).items()})
    contacts.add_facts(**vars(recent))
    return recent


@pytest.fixture
def draft(facts: world.World, analyst: Actor) -> Release:
    return actions.draft_release(quarter=QUARTER, by=analyst, at=AT)


def rows_of(release: Release, code: str = "municipality") -> dict[str, Any]:
    """The analyst's rows of a table of the quarter, by code."""
    document = release.tables.get(kind="quarter", code=code).document
    return {row["code"]: row for row in document["rows"]}


def publish(release: Release, analyst: Actor, publisher: Actor) -> Release:
    actions.submit_for_approval(release_id=release.pk, by=analyst, at=AT)
    actions.approve_release(release_id=release.pk, by=publisher, at=AT)
    return actions.publish_release(release_id=release.pk, by=publisher, at=AT)


def test_single_calls_from_small_municipalities_are_hidden_and_their_county_adds_up(
    draft: Release, facts: world.World
) -> None:
    rows = rows_of(draft)
    for code in SMALL:
        assert rows[code]["cells"][0] | {"reason": ""} == {"v": 1, "hidden": True, "reason": ""}
    assert rows["01"]["label"] == {"sv": "Stockholms län", "en": "Stockholm County"}
    assert rows["0180"]["label"]["sv"] == "Stockholm"
    places = [row["municipality"] for row in facts.caller_place if row["quarter"] == 3]
    for code, row in rows.items():
        if row["kind"] in {"code", "group"}:
            assert row["cells"][0]["v"] == sum(str(place).startswith(code) for place in places), code
    assert draft.audit_recovered == draft.audit_unsafe == 0
    public = draft.tables.get(kind="quarter", code="municipality").public_document
    assert all(row["cells"][0]["v"] is None for row in public["rows"] if row["code"] in SMALL)


def test_a_coarser_table_is_proposed_with_its_loss_and_counted_for_real(draft: Release, analyst: Actor) -> None:
    proposal = next(one for one in draft.structure["proposals"] if one["code"] == "municipality")
    rows = rows_of(draft)
    shown = [row for row in rows.values() if row["kind"] in {"code", "state"} and row["cells"][0]["v"]]
    hidden = [row for row in shown if row["cells"][0].get("hidden")]
    assert (proposal["now"]["rows"], proposal["now"]["hidden"]) == (len(shown), len(hidden))
    assert proposal["now"]["placed"] < proposal["then"]["placed"] <= 100
    made = actions.coarsen_release(
        release_id=draft.pk, kind="quarter", code="municipality", choice="groups", by=analyst, at=AT
    )
    draft.refresh_from_db()
    assert draft.status == "discarded"
    coarse = {code: row for code, row in rows_of(made).items() if row["kind"] in {"code", "state"}}
    assert all(len(code) == 2 for code, row in coarse.items() if row["kind"] == "code")
    counted = [row for row in coarse.values() if row["cells"][0]["v"]]
    gone = [row for row in counted if row["cells"][0].get("hidden")]
    assert (proposal["then"]["rows"], proposal["then"]["hidden"]) == (len(counted), len(gone))
    assert made.audit_recovered == made.audit_unsafe == 0
    document = made.tables.get(kind="quarter", code="municipality").public_document
    assert "grövre" in document["notes"][-1]["sv"]
    back = actions.coarsen_release(
        release_id=made.pk, kind="quarter", code="municipality", choice="", by=analyst, at=AT
    )
    assert set(SMALL) <= set(rows_of(back))


def test_a_table_can_be_left_out_of_a_release(draft: Release, analyst: Actor) -> None:
    made = actions.coarsen_release(
        release_id=draft.pk, kind="quarter", code="exposure_status", choice="left_out", by=analyst, at=AT
    )
    assert not made.tables.filter(kind="quarter", code="exposure_status").exists()
    assert made.tables.filter(kind="year_to_date", code="exposure_status").exists()


def test_groups_of_ages_stand_alone_and_what_they_add_up_is_not_taken_for_nought(facts: world.World) -> None:
    report = standard_report()
    counts = counting.count(report.definitions, last=QUARTER)
    made = drafting.prepare(
        report, quarter=QUARTER, frozen_at=AT, counts=counts, earlier=(), choices={"quarter/age": "groups"}
    )
    layout = next(one for one in made.layouts if one.table.code == "age" and one.kind == "quarter")
    assert [row.code for row in layout.rows if row.kind in {"code", "group"}] == ["under_18", "18_plus"]
    assert made.audit.is_safe
    members = {f"person|age_band={code}" for code in ("0_6", "7_12", "13_15", "16_17")}
    of_the_quarter = {cell.name for cell in made.cells if (cell.first, cell.last) == (QUARTER.index, QUARTER.index)}
    assert not members & of_the_quarter


@pytest.mark.parametrize(
    ("kind", "code", "choice"),
    [
        ("quarter", "municipality", "everything"),
        ("quarter", "sex", "groups"),
        ("quarter", "nothing", "groups"),
        ("cumulative", "municipality", "groups"),
        ("", "", "groups"),
    ],
)
def test_a_choice_that_no_table_has_is_refused_and_changes_nothing(
    draft: Release, analyst: Actor, kind: str, code: str, choice: str
) -> None:
    with pytest.raises(Invalid):
        actions.coarsen_release(release_id=draft.pk, kind=kind, code=code, choice=choice, by=analyst, at=AT)
    assert [one.status for one in Release.objects.all()] == ["draft"]


def test_only_a_draft_is_counted_again_and_only_by_those_who_draft(
    draft: Release, analyst: Actor, publisher: Actor
) -> None:
    how = {"release_id": draft.pk, "kind": "quarter", "code": "municipality", "choice": "groups", "at": AT}
    with pytest.raises(NotAllowed):
        actions.coarsen_release(by=publisher, **how)  # type: ignore[arg-type]
    actions.submit_for_approval(release_id=draft.pk, by=analyst, at=AT)
    with pytest.raises(Refused):
        actions.coarsen_release(by=analyst, **how)  # type: ignore[arg-type]


def test_a_correction_keeps_the_coarser_table(draft: Release, analyst: Actor, publisher: Actor) -> None:
    made = actions.coarsen_release(
        release_id=draft.pk, kind="quarter", code="municipality", choice="groups", by=analyst, at=AT
    )
    out = publish(made, analyst, publisher)
    contacts.add_facts(mentioned=[{"year": 2026, "quarter": 3, "week": None, "age_group": "under_18"}] * 5)
    again = actions.revise_release(release_id=out.pk, note="Sent registrerade.", by=analyst, at=AT)
    assert again.structure["choices"] == {"quarter/municipality": "groups"}
    assert "2403" not in rows_of(again)


def test_what_cannot_be_protected_becomes_coarser_by_itself(
    facts: world.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = disclosure.protect

    def fails_while_municipalities_are_shown(system: disclosure.System) -> disclosure.Protection:
        for cell in system.cells:
            if "municipality" in cell.name[1]:  # type: ignore[index]
                raise disclosure.CannotProtect(cell.name)
        return real(system)

    monkeypatch.setattr(disclosure, "protect", fails_while_municipalities_are_shown)
    report = standard_report()
    counts = counting.count(report.definitions, last=QUARTER)
    made = coarsening.prepare(report, quarter=QUARTER, frozen_at=AT, counts=counts, earlier=(), choices={})
    assert made.choices == {"quarter/municipality": "groups"}


def test_facts_that_do_not_add_up_stop_the_draft(facts: world.World, analyst: Actor) -> None:
    contacts.add_facts(caller_place=[{"year": 2026, "quarter": 3, "municipality": "0580"}])
    with pytest.raises(Refused):
        actions.draft_release(quarter=QUARTER, by=analyst, at=AT)
    assert not Release.objects.exists()


@pytest.fixture
def page_of(db: None) -> Callable[[Actor], Client]:
    """A browser in which somebody is signed in at the staff site."""

    def signed_in(actor: Actor) -> Client:
        centre = people.create_organisation(
            name=f"Centret {actor.account_id}", kind="authority", regime=Regime.AUTHORITY, by=SYSTEM, at=AT
        )
        account = people.create_account(
            name=str(actor.account_id), pseudonym=actor.pseudonym, organisation=centre, by=SYSTEM, at=AT
        )
        for role in actor.roles:
            people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=AT)
        get_user_model().objects.filter(pk=account.pk).update(password_is_temporary=False)
        client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
        client.force_login(account)
        session = client.session
        session[FACTOR] = True
        session.save()
        return client

    return signed_in


def test_the_protocol_says_of_every_hidden_count_why(
    draft: Release, analyst: Actor, adviser: Actor, page_of: Callable[[Actor], Client]
) -> None:
    client = page_of(analyst)
    page = client.get(f"/releases/{draft.pk}/protocol/").content.decode()
    assert "Bjurholm" in page
    assert "Färre än 5." in page
    assert page.count("Annars kan någon räkna ut") == len(draft.structure["because"]) > 0
    assert page.count('<td class="num primary">') + page.count('<td class="num secondary">') == (
        draft.cells.exclude(reason="").count()
    )
    assert page_of(adviser).get(f"/releases/{draft.pk}/protocol/").status_code == 403


def test_the_page_counts_again_when_a_coarser_table_is_chosen(
    draft: Release, analyst: Actor, page_of: Callable[[Actor], Client]
) -> None:
    client = page_of(analyst)
    wanted = {"kind": "quarter", "code": "municipality", "choice": "groups"}
    answer = client.post(f"/releases/{draft.pk}/coarsen/", wanted)
    assert answer.status_code == 302
    assert "Visas bara med sina grupper." in client.get(answer.url).content.decode()  # type: ignore[attr-defined]
    refused = client.post(f"/releases/{draft.pk}/coarsen/", {**wanted, "choice": "=1+1"})
    assert refused.status_code in {409, 422}


def test_the_attacker_reads_everything_and_finds_nothing(draft: Release, analyst: Actor, publisher: Actor) -> None:
    out = io.StringIO()
    call_command("attack", stdout=out)
    assert "0 publiceringar" in out.getvalue()
    publish(draft, analyst, publisher)
    out = io.StringIO()
    call_command("attack", stdout=out)
    assert "0 celler kan räknas ut." in out.getvalue()
    facts = sorted(
        (one.facts for one in Event.objects.filter(kind="releases_attacked")), key=lambda one: one["releases"]
    )
    assert [one["releases"] for one in facts] == [0, 1]
    assert facts[1]["recovered"] == facts[1]["unsafe"] == 0
    assert facts[1]["tried"] >= len(draft.structure["because"])


def test_the_attacker_finds_what_is_open(
    draft: Release, analyst: Actor, publisher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(draft, analyst, publisher)
    editions = queries.published_editions()
    # As if only the small counts had been hidden, and nothing for their sake.
    cells = tuple(
        replace(one, is_hidden=one.is_hidden and f"{' '.join(map(str, one.name))}" not in draft.structure["because"])
        for one in editions[0].cells
    )
    monkeypatch.setattr(queries, "published_editions", lambda: [replace(editions[0], cells=cells)])
    found = attacking.everything()
    assert found.audit.recovered > 0
    with pytest.raises(CommandError) as failed:
        call_command("attack", stdout=io.StringIO(), stderr=io.StringIO())
    assert failed.value.returncode == 1


def test_the_attacker_sees_a_hidden_count_that_stands_in_a_published_table(
    facts: world.World, analyst: Actor, publisher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the documents for the public were made like the analyst's."""
    real = documents._cell
    monkeypatch.setattr(documents, "_cell", lambda *args, **options: real(*args, **{**options, "is_public": False}))
    release = actions.draft_release(quarter=QUARTER, by=analyst, at=AT)
    publish(release, analyst, publisher)
    found = attacking.everything()
    assert found.audit.is_safe
    assert not found.is_safe
    assert "2026-q3 0 quarter municipality 2403" in found.leaks
