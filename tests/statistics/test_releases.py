"""Releases: two persons, immutable, counted once, read by a role that sees nothing else."""

import csv
import io
import itertools
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from samsyn.config.demonstration import world
from samsyn.contacts import actions as contacts
from samsyn.contacts import queries as contact_queries
from samsyn.people.actors import Actor
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.statistics import actions, exports, history, jsonstat, queries, shown
from samsyn.statistics.cubes import cube_of
from samsyn.statistics.definitions.loader import standard_report
from samsyn.statistics.definitions.model import Break, Text
from samsyn.statistics.models import PublishedTable, Release
from samsyn.statistics.periods import Quarter

AT = datetime(2026, 7, 15, 7, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read what is published in the test's own transaction; tests/config and the journeys use the public's role."""
    monkeypatch.setattr(queries, "PUBLIC", "default")


@pytest.fixture
def facts(db: None) -> None:
    made = world.generate(scale=0.2)
    contacts.add_facts(**vars(made))


@pytest.fixture
def published(facts: None, analyst: Actor, publisher: Actor) -> Release:
    release = actions.draft_release(quarter=Quarter(2026, 2), by=analyst, at=AT)
    actions.submit_for_approval(release_id=release.pk, by=analyst, at=AT)
    actions.approve_release(release_id=release.pk, by=publisher, at=AT)
    return actions.publish_release(release_id=release.pk, by=publisher, at=AT)


def test_nobody_approves_their_own_not_even_in_sql(facts: None, analyst: Actor) -> None:
    release = actions.draft_release(quarter=Quarter(2026, 2), by=analyst, at=AT)
    actions.submit_for_approval(release_id=release.pk, by=analyst, at=AT)
    both = Actor(analyst.account_id, analyst.pseudonym, "", analyst.regime, frozenset({*analyst.roles, "publisher"}))  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        actions.approve_release(release_id=release.pk, by=both, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE statistics_release SET status = 'approved', approved_by_id = drafted_by_id, approved_at = now(), "
            "approved_by = drafted_by WHERE id = %s",
            [release.pk],
        )


def test_a_recoverable_cell_cannot_be_published_not_even_in_sql(facts: None, analyst: Actor) -> None:
    release = actions.draft_release(quarter=Quarter(2026, 2), by=analyst, at=AT)
    assert release.audit_recovered == 0
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE statistics_release SET audit_recovered = 1, status = 'submitted' WHERE id = %s", [release.pk]
        )


def test_what_is_published_never_changes(published: Release) -> None:
    for statement in (
        "UPDATE statistics_publishedtable SET document = '{}'",
        "DELETE FROM statistics_publishedtable",
        "UPDATE statistics_cell SET value = value + 1",
        "DELETE FROM statistics_cell",
        "UPDATE statistics_releasetable SET document = '{}'",
        "UPDATE statistics_release SET status = 'draft'",
        "DELETE FROM statistics_release",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_later_facts_move_no_published_figure(published: Release) -> None:
    before = [row.document for row in PublishedTable.objects.order_by("position", "kind")]
    made = world.generate(scale=0.05)
    contacts.add_facts(person=[row for row in made.person if (row["year"], row["quarter"]) == (2026, 2)])
    assert [row.document for row in PublishedTable.objects.order_by("position", "kind")] == before


def test_published_documents_hold_no_hidden_value(published: Release) -> None:
    for table in PublishedTable.objects.filter(source="release"):
        for row in table.document["rows"]:
            for cell in row["cells"]:
                assert cell is None or "reason" not in cell
                assert cell is None or not cell.get("hidden") or cell["v"] is None


def test_counts_agree_with_counting_row_by_row(published: Release) -> None:
    people = list(contact_queries.facts("person", first=(2026, 2), last=(2026, 2)))
    sexes = queries.published_table("2026-q2", "quarter", "sex")
    exposure = queries.published_table("2026-q2", "quarter", "exposure")
    assert sexes is not None
    assert exposure is not None
    compared = 0
    for row in sexes.document["rows"]:
        if row["kind"] == "code" and not row["cells"][0].get("hidden"):
            assert row["cells"][0]["v"] == sum(one["sex"] == row["code"] for one in people)
            compared += 1
    for row in exposure.document["rows"]:
        if row["kind"] == "code" and not row["cells"][0].get("hidden"):
            assert row["cells"][0]["v"] == sum(row["code"] in one["exposure"] for one in people)  # type: ignore[operator]
            compared += 1
    assert compared >= 6


def test_a_second_release_of_a_quarter_is_a_correction_with_a_reason(published: Release, analyst: Actor) -> None:
    with pytest.raises(Refused):
        actions.draft_release(quarter=Quarter(2026, 2), by=analyst, at=AT)
    with pytest.raises(Refused):
        actions.revise_release(release_id=published.pk, note=" ", by=analyst, at=AT)
    revised = actions.revise_release(
        release_id=published.pk, note="En kontakt var dubbelt registrerad.", by=analyst, at=AT
    )
    assert revised.revision == 1


def test_files_can_be_read_back_and_carry_their_reservations(published: Release) -> None:
    one = queries.published_table("2026-q2", "quarter", "sex")
    assert one is not None
    rows = list(csv.reader(io.StringIO(exports.as_csv(one.document).decode("utf-8-sig")), delimiter=";"))
    book = load_workbook(io.BytesIO(exports.as_xlsx(one.document)))
    figures: dict[str, Any] = {row["code"]: row["cells"][0] for row in one.document["rows"]}
    for code, cell in figures.items():
        shown = ".." if cell.get("hidden") else str(cell["v"])
        assert [code, shown] in [[row[0], row[2]] for row in rows if len(row) > 2]
    assert any("vanligt" in cell for row in rows for cell in row)
    assert any("vanligt" in str(cell) for row in book.worksheets[1].iter_rows(values_only=True) for cell in row)


def cell_of(dataset: dict[str, Any], **where: str) -> tuple[Any, str | None]:
    """Read one cell as json-stat.org tells a reader to: categories to places, places row-major to one index."""
    index = 0
    for name, size in zip(dataset["id"], dataset["size"], strict=True):
        places = dataset["dimension"][name]["category"]["index"]
        assert len(places) == size == len(set(places))
        index = index * size + places[where[name]]
    return dataset["value"][index], dataset["status"].get(str(index))


def test_json_stat_says_what_the_table_says(published: Release) -> None:
    hidden = 0
    for language, kind in itertools.product(("sv", "en"), ("quarter", "year_to_date", "cumulative")):
        for one in queries.published_report("2026-q2", kind):
            with translation.override(language):
                made = json.loads(jsonstat.as_bytes(cube_of([one.document])))
            assert (made["version"], made["class"]) == ("2.0", "dataset")
            assert len(made["value"]) == made["size"][0] * made["size"][1] * made["size"][2]
            for row in one.document["rows"]:
                for column, cell in zip(one.document["columns"], row["cells"], strict=True):
                    value, status = cell_of(made, row=row["code"], content=column["code"], time="2026K2")
                    if cell is None or cell.get("hidden") or cell["v"] is None:
                        assert value is None
                        assert status == ("empty" if cell is None else "hidden" if cell.get("hidden") else "missing")
                        hidden += status == "hidden"
                    else:
                        assert (value, status) == (cell["v"], None)
            assert any("vanligt" in note or "common" in note for note in made["note"]), "reservations follow"
    assert hidden > 0


def test_the_feed_names_each_edition_once(published: Release) -> None:
    reader = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    for path, language in (("/feed.atom", "sv"), ("/en/feed.atom", "en")):
        answer = reader.get(path)
        assert answer["Content-Type"].startswith("application/atom+xml")
        root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
        assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
        atom = "{http://www.w3.org/2005/Atom}"
        entries = root.findall(f"{atom}entry")
        assert len(entries) == 1
        link = entries[0].find(f"{atom}link")
        assert link is not None
        assert reader.get(str(link.get("href")).partition(settings.SAMSYN_PUBLIC_HOST)[2]).status_code == 200
        assert len({one.findtext(f"{atom}id") for one in entries}) == len(entries)
        assert entries[0].findtext(f"{atom}updated") == "2026-07-15T07:00:00+00:00"
        assert re.search(r"\d+ (ärenden gällde|matters concerned) \d+", entries[0].findtext(f"{atom}summary") or "")
        again = reader.get(path, headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_break_is_drawn_in_the_chart_marked_in_the_table_and_said_in_the_file(
    facts: None, analyst: Actor, publisher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Break(Quarter(2020, 3), Text("Nytt sätt att räkna från juli 2020.", "Counted anew from July 2020."))
    report = standard_report()
    tables = tuple(
        replace(table, parts=tuple(replace(part, breaks=(before,)) for part in table.parts)) for table in report.tables
    )
    monkeypatch.setattr(actions, "standard_report", lambda: replace(report, tables=tables))
    release = actions.draft_release(quarter=Quarter(2026, 2), by=analyst, at=AT)
    actions.submit_for_approval(release_id=release.pk, by=analyst, at=AT)
    actions.approve_release(release_id=release.pk, by=publisher, at=AT)
    actions.publish_release(release_id=release.pk, by=publisher, at=AT)
    over_time = next(one.code for one in tables if one.parts[0].rows == "time" and one.chart == "bars")
    found = queries.published_table("2026-q2", "cumulative", over_time)
    assert found is not None
    year = next(row for row in found.document["rows"] if row["code"] == "2020")
    assert "juli 2020" in found.document["row_notes"][year["note"] - 1]["sv"]
    drawing = str(shown.chart(found.document))
    assert drawing.count('stroke-dasharray="3 3"') == 1
    assert "¹ Nytt sätt att räkna från juli 2020." in drawing, "the mark in the chart is explained below it"
    assert "2014*" in drawing
    assert "2026*" in drawing, "half a year must not be read as a fall"
    assert "* Inte hela året." in drawing
    assert "2020: Nytt sätt att räkna från juli 2020." in exports.as_csv(found.document).decode("utf-8-sig")
    this_quarter = queries.published_table("2026-q2", "quarter", "age")
    assert this_quarter is not None
    assert this_quarter.document["breaks"] == [], "a break before the period concerns nobody"


def test_no_text_becomes_a_formula() -> None:
    assert [exports.plain(text) for text in ("=1+1", "+46", "-1", "@x", "vanlig")] == [
        "'=1+1",
        "'+46",
        "'-1",
        "'@x",
        "vanlig",
    ]


def test_the_published_history_flags_what_does_not_follow() -> None:
    (document,) = history.documents()
    assert history.computed_mean(document) == 53
    assert history.persons_since(document, 2017) == 3840
    flags = " ".join(history.flags(document))
    assert "59" in flags
    assert "53" in flags
    assert "4,5" in flags
    assert "3\N{NO-BREAK SPACE}840" in flags
    assert "2014" in flags
    assert sum(year["matters"] for year in document["years"]) == document["totals"]["matters"] == 4302


def test_history_is_loaded_once() -> None:
    call_command("load_history", verbosity=0)
    call_command("load_history", verbosity=0)
    assert PublishedTable.objects.filter(source="history").count() == 1
