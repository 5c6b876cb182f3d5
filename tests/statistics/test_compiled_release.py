"""Delivered figures as a release: compiled, protected against each deliverer too, approved by another, public."""

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from samsyn.deliveries import packages
from samsyn.deliveries.checking import of_packages
from samsyn.deliveries.models import Delivery
from samsyn.people.actors import Actor
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.questions.exchange import core, editing
from samsyn.questions.exchange.package import Text
from samsyn.statistics import actions, attack, attacking, disclosure, drafting, linking, protocol, queries
from samsyn.statistics.counting import of_delivered
from samsyn.statistics.definitions.loader import BadDefinition, parse
from samsyn.statistics.definitions.model import Source
from samsyn.statistics.definitions.model import Text as Words
from samsyn.statistics.definitions.of_deliveries import FOLDER, delivered_report, read_definition
from samsyn.statistics.delivered import building, insiders, reading, years
from samsyn.statistics.models import Release
from samsyn.statistics.periods import Quarter
from tests.deliveries.conftest import Deliverer, SignIn, enrol, signed_in
from tests.deliveries.figures import as_rows, counts
from tests.deliveries.files import as_csv
from tests.statistics.delivered_rows import NEW, OLD, VERSIONS, figures, suppressed
from tests.statistics.test_publication_time import publicist

__all__ = ["publicist", "signed_in"]

AT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
QUARTERS = ("2025K1", "2025K2", "2025K3", "2025K4")
# Cases a quarter, by municipality: five in county 01, three in 03, two in 04, one in 05.
SIZES = {"0180": 40, "0114": 30, "0115": 20, "0117": 20, "0120": 20, "0380": 15, "0330": 12, "0331": 11}
SIZES |= {"0480": 25, "0481": 30, "0580": 22}
SOURCE = Source("municipal_core", "1.0.0", "case", "", 3, 0.8)
OF_CASES = replace(
    delivered_report(),
    tables=tuple(
        table
        for table in delivered_report().tables
        for part in table.parts
        if part.source and part.source.table == "case"
    ),
)
COUNTIES = (("01", Words("Ett", "One")), ("03", Words("Tre", "Three")), ("04", Words("Fyra", "Four")))


@pytest.fixture(autouse=True)
def one_connection(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PUBLIC", "default")


def send(one: Deliverer, persons: int, quarters: tuple[str, ...] = QUARTERS, at: datetime = AT) -> None:
    for quarter in quarters:
        assert one.send(one.file(quarter, persons=persons), at=at, accepts_warnings=True).state == "accepted"


@pytest.fixture
def country(db: None) -> list[Deliverer]:
    """Who delivered all of 2025; 0181 delivered three quarters, 0182 only agreed to."""
    made = [enrol(code, f"Kommun {code}", county=code[:2], number=at) for at, code in enumerate(SIZES)]
    for one in made:
        send(one, SIZES[one.code])
    send(enrol("0181", "Kommun 0181", number=50), 60, QUARTERS[:3])
    enrol("0182", "Kommun 0182", number=51)
    return made


def published(analyst: Actor, publisher: Actor) -> Release:
    release = actions.draft_year(year=2025, by=analyst, at=AT)
    actions.submit_for_approval(release_id=release.pk, by=analyst, at=AT)
    actions.approve_release(release_id=release.pk, by=publisher, at=AT)
    return actions.publish_release(release_id=release.pk, by=publisher, at=AT)


def counted_plainly(table: str) -> Counter[tuple[str, str, str, str]]:
    """Add up, cell by cell, what was accepted of 2025 from those with four quarters: (deliverer, variable, answer, sex)."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    rows = Delivery.objects.filter(state="accepted", table=table, period__startswith="2025").select_related("deliverer")
    number = Counter(row.deliverer.code for row in rows)
    for row in rows:
        if number[row.deliverer.code] == 4:
            form = packages.formats()[f"{row.package}/{row.version}", table]
            for (variable, answer, sex), count in zip(form.each_cell(), row.counts, strict=True):
                for division in ("total", sex):
                    found[row.deliverer.code, variable, answer, division] += count
                    if variable == "units":
                        found[row.deliverer.code, "county", row.deliverer.code[:2], division] += count
                if variable == "units":
                    found[row.deliverer.code, "sex", sex, "total"] += count
    return found


@pytest.mark.django_db
def test_every_table_agrees_with_adding_up_cell_by_cell(country: list[Deliverer], analyst: Actor) -> None:
    release = actions.draft_year(year=2025, by=analyst, at=AT)
    plain = counted_plainly("case")
    documents = {one.code: one.document for one in release.tables.all()}
    compared = 0
    for part in delivered_report().definitions:
        if not part.source or part.source.table != "case":
            continue
        for row in documents[part.code]["rows"]:
            variable, answer = (part.variable, row["code"]) if row["kind"] != "sum" else ("units", "all")
            is_empty = variable == "county" and not any(code[:2] == answer for code in SIZES)
            for column, cell in zip(documents[part.code]["columns"], row["cells"], strict=True):
                if column["measure"] == "count":
                    sex = "total" if column["code"] == "count" else column["code"]
                    expected = None if is_empty else sum(plain[code, variable, answer, sex] for code in SIZES)
                    assert cell["v"] == expected, (part.code, row["code"], sex)
                    compared += expected is not None
    assert compared > 100
    # Nobody delivers the persons' table: that is no nought.
    assert {row["cells"][0]["v"] for row in documents["delivered_safety"]["rows"]} == {None}


@pytest.mark.django_db
def test_who_is_missing_is_said_and_never_added_as_nought(country: list[Deliverer], analyst: Actor) -> None:
    release = actions.draft_year(year=2025, by=analyst, at=AT)
    notes = " ".join(note["sv"] for note in release.tables.get(code="delivered_county").document["notes"])
    assert "Lämnat hela 2025: 11 av 13 kommuner som har frågorna." in notes
    assert "1 har bara lämnat en del av året och räknas inte med" in notes
    assert "Stockholms län 5 av 7" in notes
    actions.discard_release(release_id=release.pk, by=analyst, at=AT)
    for year, why in ((2026, "inte slut"), (2024, "Ingen har lämnat hela")):
        with pytest.raises(Refused) as refused:
            actions.draft_year(year=year, by=analyst, at=AT)
        assert why in str(refused.value.message)


@pytest.mark.django_db
def test_one_deliverer_is_never_read_out_of_a_county(
    country: list[Deliverer], analyst: Actor, publisher: Actor
) -> None:
    """County 05 has one, 04 two: and who is alone in 05 must not work out 04 from the total and its own."""
    release = actions.draft_year(year=2025, by=analyst, at=AT)
    rows = {row["code"]: row["cells"][0] for row in release.tables.get(code="delivered_county").document["rows"]}
    reasons = {code: cell.get("reason", "") for code, cell in rows.items() if cell["v"] is not None}
    assert (reasons["04"], reasons["05"], reasons["total"]) == ("primary", "primary", "")
    hidden = {code for code, reason in reasons.items() if reason}
    for code in SIZES:
        # What the total and the shown counties leave, without the counties that are all this deliverer's own.
        unknown = {county for county in hidden if {one for one in SIZES if one[:2] == county} != {code}}
        assert len(unknown) >= 2, code
    assert release.audit_recovered == release.audit_unsafe == 0
    assert release.audit_tried > len(hidden) * len(SIZES) / 2, "each deliverer was tried as an attacker"
    actions.submit_for_approval(release_id=release.pk, by=analyst, at=AT)
    actions.approve_release(release_id=release.pk, by=publisher, at=AT)
    actions.publish_release(release_id=release.pk, by=publisher, at=AT)
    attacked = attacking.everything().audit
    assert (attacked.recovered, attacked.unsafe) == (0, 0)
    assert attacked.tried >= release.audit_tried, "with the deliverers, also when it is tried again"


@pytest.mark.django_db
def test_a_year_goes_through_approval_to_the_public_in_every_format(
    country: list[Deliverer], analyst: Actor, publicist: Actor, signed_in: SignIn
) -> None:
    staff = signed_in(analyst)
    assert "Sammanställ ett års lämnade uppgifter" in staff.get("/releases/").content.decode()
    for year in ("20x5", "2001", "", "9" * 5000, "２０２５", "\0"):
        assert staff.post("/releases/", {"year": year}).status_code == 422
    assert not Release.objects.exists()
    answer = staff.post("/releases/", {"year": "2025"}, follow=True)
    assert "Lämnade uppgifter, 2025" in answer.content.decode()
    release = Release.objects.get()
    why = staff.get(f"/releases/{release.pk}/protocol/").content.decode()
    assert "Södermanlands län" in why
    actions.submit_for_approval(release_id=release.pk, by=analyst, at=AT)
    both = Actor(
        release.drafted_by_id, "Analytiker 2", "", analyst.regime, frozenset({*analyst.roles, *publicist.roles})
    )
    with pytest.raises(NotAllowed):
        actions.approve_release(release_id=release.pk, by=both, at=AT)
    actions.approve_release(release_id=release.pk, by=publicist, at=AT)
    public = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    soon = AT + timedelta(days=1)
    actions.set_publication_time(release_id=release.pk, publish_at=soon, by=publicist, at=AT)

    def read(path: str) -> str:
        found = public.get(path)
        assert found.status_code == 200, path
        return found.content.decode("utf-8-sig")

    assert "År 2025" in read("/calendar/")
    assert "/2025-q4/year/" not in read("/")
    assert actions.publish_due(at=soon) == release
    assert "/2025-q4/year/" in read("/")
    assert "/2025-q4/year/" in read("/calendar/")
    assert f"2025-0@{settings.SAMSYN_PUBLIC_HOST}" in read("/calendar.ics").replace("\r\n ", "")
    assert "/2025-q4/year/" in read("/feed.atom")
    assert "Municipalities&#x27; cases" in read("/en/2025-q4/year/")
    page = read("/2025-q4/year/delivered_county/")
    assert "År 2025" in page
    assert "färre än 3 kommuner står bakom det" in page
    lines = list(csv.reader(io.StringIO(read("/2025-q4/year/delivered_county.csv")), delimiter=";"))
    shown = {line[0]: line[2] for line in lines if len(line) == 3}
    total = sum(counted_plainly("case")[code, "units", "all", "total"] for code in SIZES)
    assert (shown["total"], shown["04"], shown["06"]) == (str(total), "..", "-")
    assert any("11 av 13 kommuner" in line[1] for line in lines if line[0] == "Anmärkning")
    cube = json.loads(read("/api/v2/tables/delivered_county-year/data?lang=sv"))
    assert cube["dimension"]["time"]["category"]["index"] == {"2025": 0}
    assert total in cube["value"]
    assert 'TLIST(A1),"2025"' in read("/2025-q4/year/delivered_county.px")
    assert read("/2025-q4/year/delivered_sex.json")
    assert public.get("/2025-q4/year/delivered_county.xlsx").status_code == 200
    assert public.get("/2025-q4/year/report.pdf").content.startswith(b"%PDF")
    assert "delivered_county" in read("/catalogue.ttl")
    assert attacking.everything().is_safe
    # The year's release stands beside the quarter's: neither is the other's edition.
    assert queries.latest_published(Quarter(2025, 4), report="support_call") is None
    with pytest.raises(Refused) as refused:
        actions.draft_year(year=2025, by=analyst, at=AT)
    assert "redan publicerat" in str(refused.value.message)


@pytest.mark.django_db
def test_who_hides_a_number_is_left_out_of_that_table_and_the_protocol_says_why(
    country: list[Deliverer], analyst: Actor
) -> None:
    one = country[1]
    for quarter in QUARTERS:
        rows = as_rows(OLD, one.code, quarter, counts(OLD, persons=30, seed=quarter))
        at = next(at for at, row in enumerate(rows) if row[4:6] == ["goal", "part"])
        rows[at][-2:] = ["", "undertryckt"]
        assert one.send(as_csv(OLD, rows), accepts_warnings=True).state == "accepted"
    release = actions.draft_year(year=2025, by=analyst, at=AT)
    documents = {one.code: one.document for one in release.tables.all()}
    said = {code: [note["sv"] for note in document["notes"]] for code, document in documents.items()}
    assert "1 räknas inte med: ett av deras tal är dolt eller saknas" in " ".join(said["delivered_goal"])
    assert "räknas inte med" not in " ".join(said["delivered_closing"]).replace("lämnat en del av året och räknas", "")
    assert release.audit_recovered == release.audit_unsafe == 0
    assert not release.tables.get(code="delivered_county").document["rows"][-1]["cells"][0].get("hidden")
    hidden = [line for part in protocol.of_release(release, delivered_report()) for line in part.lines]
    assert any(line.what == "Ärenden" for line in hidden), "the sum of those that show all their goals"
    # A reason may be the guarded difference itself: the cases of those that lack the table.
    release.structure["because"] = dict.fromkeys(
        release.structure["because"], "between:delivered_case.2025r0|class=0 44 47"
    )
    lines = [line for part in protocol.of_release(release, delivered_report()) for line in part.lines]
    assert any("ärendena hos dem som saknas i några av tabellerna" in line.why for line in lines)
    made = actions.coarsen_release(
        release_id=release.pk, kind="year", code="delivered_goal", choice="left_out", by=analyst, at=AT
    )
    assert "delivered_goal" not in made.tables.values_list("code", flat=True)


@pytest.mark.django_db
def test_two_years_stand_beside_each_other(country: list[Deliverer], analyst: Actor, publisher: Actor) -> None:
    published(analyst, publisher)
    later = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
    for one in country[:6]:
        send(one, SIZES[one.code] + 10, tuple(quarter.replace("2025", "2026") for quarter in QUARTERS), later)
    release = actions.draft_year(year=2026, by=analyst, at=later)
    actions.submit_for_approval(release_id=release.pk, by=analyst, at=later)
    actions.approve_release(release_id=release.pk, by=publisher, at=later)
    actions.publish_release(release_id=release.pk, by=publisher, at=later)
    public = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    cube = public.get(
        "/api/v2/tables/delivered_sex-year/data?valuecodes[row]=*&valuecodes[content]=*&valuecodes[time]=*"
    ).json()
    assert cube["dimension"]["time"]["category"]["index"] == {"2025": 0, "2026": 1}
    assert "<h2>Över tid</h2>" in public.get("/2026-q4/year/delivered_sex/").content.decode()
    assert [year for year, _revision, _at in queries.published_years()] == ["2026-q4", "2025-q4"]
    assert attacking.everything().is_safe


def corrected(release: Release, analyst: Actor) -> tuple[Release, dict[str, dict[str, Any]]]:
    """Return a correction of a published release, and its counties' cells."""
    made = actions.revise_release(release_id=release.pk, note="En kommun rättade.", by=analyst, at=AT)
    document = made.tables.get(code="delivered_county").document
    return made, {row["code"]: row["cells"][0] for row in document["rows"]}


@pytest.mark.django_db
def test_a_correction_never_says_what_one_deliverer_changed(
    country: list[Deliverer], analyst: Actor, publisher: Actor
) -> None:
    """Fewer cases than before, too: what is replaced may be too high as well as too low."""
    release = published(analyst, publisher)
    before = {row["code"]: row["cells"][0] for row in release.tables.get(code="delivered_county").document["rows"]}
    stockholm = country[0]
    send(stockholm, 20, QUARTERS[:1])
    made, after = corrected(release, analyst)
    assert after["01"]["v"] == before["01"]["v"] - 20
    assert after["01"]["reason"] == after["total"]["reason"] == "primary"
    assert made.audit_recovered == made.audit_unsafe == 0
    actions.submit_for_approval(release_id=made.pk, by=analyst, at=AT)
    actions.approve_release(release_id=made.pk, by=publisher, at=AT)
    actions.publish_release(release_id=made.pk, by=publisher, at=AT)
    assert attacking.everything().is_safe
    table = queries.published_table("2025-q4", "year", "delivered_county")
    assert table is not None
    assert (table.revision, table.document["revision_note"]) == (1, "En kommun rättade.")


@pytest.mark.django_db
def test_a_correction_that_several_made_is_shown(country: list[Deliverer], analyst: Actor, publisher: Actor) -> None:
    release = published(analyst, publisher)
    for one in country[:4]:
        send(one, SIZES[one.code] + 15, QUARTERS[:1])
    made, after = corrected(release, analyst)
    assert not after["01"].get("hidden")
    assert not after["total"].get("hidden")
    assert made.audit_recovered == made.audit_unsafe == 0


@pytest.mark.django_db
def test_a_correction_without_what_it_corrects_is_refused(country: list[Deliverer]) -> None:
    """A delivery that was taken back is kept for ninety days: after that nobody can tell what changed."""
    with pytest.raises(reading.NotKept):
        reading.year_of(delivered_report(), year=2025, before=[[str(uuid4())]], at=AT)


@pytest.mark.django_db
def test_what_is_the_same_in_two_editions_is_hidden_in_both(
    country: list[Deliverer], analyst: Actor, publisher: Actor
) -> None:
    release = published(analyst, publisher)
    first = {(cell.name.replace("2025r0", "2025"), bool(cell.reason)) for cell in release.cells.all()}
    made, _after = corrected(release, analyst)
    assert {(cell.name.replace("2025r1", "2025"), bool(cell.reason)) for cell in made.cells.all()} == first
    assert made.audit_tried > release.audit_tried, "the cells of the first edition are tried again"


def made_year(rows: list[Any], versions: Any = VERSIONS, definitions: Any = None) -> years.Year:
    definitions = definitions or [
        one for one in delivered_report().definitions if one.source and one.source.table == "case"
    ]
    return building.of_year(
        definitions, year=2026, edition=0, figures={"case": rows}, formats={"case": OLD}, packages=versions,
        counties=COUNTIES, having={"case": frozenset()},
    )  # fmt: skip


def whole(form: Any, code: str, each: int, statuses: str = "", *, less: str = "") -> list[Any]:
    """Return a year in which everybody gave the first answer, fewer of one variable's than there are units."""
    quarters, counts = ("2026K1", "2026K2", "2026K3", "2026K4"), [0] * form.size
    for variable in form.variables:
        first = min(form.places[variable.code].values())
        counts[first : first + form.width] = [each - (variable.code == less)] * form.width
    return [figures(form, counts, code=code, period=one, statuses=statuses) for one in quarters]


def test_a_broken_question_has_no_figures_and_its_table_says_so() -> None:
    split = editing.split(
        core.version("2.0.0"), core.version("2.0.0"), variable="method", value="own_tool",
        into=(Text("Ett", "One"), Text("Två", "Two")),
    )  # fmt: skip
    newest = next(one for one in of_packages.tables(replace(split, version="3.0.0")) if one.table == "case")
    rows = [row for code in ("0180", "0114", "0115") for row in whole(OLD, code, 2)]
    made = made_year([*rows, *whole(newest, "0117", 2)], (*VERSIONS, replace(split, version="3.0.0")))
    method = made.tables["delivered_method"]
    assert {line.key for line in method.lines} == {""}
    assert method.notes[0].sv.startswith("Bryts 2026")
    counts = of_delivered(made)
    found = drafting.prepare(OF_CASES, quarter=Quarter(2026, 4), frozen_at=AT, counts=counts, earlier=[], choices={})
    (layout,) = (one for one in found.layouts if one.table.code == "delivered_method")
    assert {figure for row in layout.rows for figure in row.figures} == {None}
    # What was split into finer answers adds up; the other questions go on.
    assert all(line.key for line in made.tables["delivered_main_problem"].lines)
    assert sum(made.behind[made.tables["delivered_county"].base].values()) == 4 * 4 * OLD.width * 2


def test_who_hides_a_number_stands_in_the_other_tables_and_the_difference_is_guarded() -> None:
    hidden = suppressed(NEW, "goal", "whole")
    sizes = {"0180": 20, "0114": 20, "0115": 20, "0117": 20, "0120": 20}
    rows = [row for code, each in sizes.items() for row in whole(NEW, code, each, hidden if code == "0120" else "")]
    made = made_year(rows)
    goal, problem = made.tables["delivered_goal"], made.tables["delivered_main_problem"]
    assert set(made.behind[goal.base]) == set(sizes) - {"0120"}
    assert set(made.behind[problem.base]) == set(sizes)
    assert any("1 räknas inte med" in note.sv for note in goal.notes)
    alone = [key for key in made.classes if set(made.behind[key]) == {"0120"}]
    assert set(alone) <= made.away, "the one sum minus the other is what 0120 has"
    # The whole of one of the two tables is hidden, so that nobody subtracts.
    counts = of_delivered(made)
    asked = [linking.Asked((table.base,), 48, 51, gives_away=table.base in made.away) for table in (goal, problem)]
    system = linking.link(
        [], linking.Edition(51, counts.leaves, made.shapes, made.populations, asked, made.classes & made.away)
    )
    found = insiders.protect(system, disclosure.protect(system), made)
    assert found.reasons
    assert insiders.audit(system, found.reasons, made, public=attack.audit(system, found.reasons)).is_safe
    assert not attack.audit(system, ()).is_safe


COUNTRIES = st.lists(st.tuples(st.sampled_from(["01", "03", "04"]), st.integers(0, 12)), min_size=1, max_size=8)


@hypothesis_settings(max_examples=60, deadline=None)
@given(COUNTRIES)
def test_nobody_reads_a_county_out_of_the_total_and_their_own(deliverers: list[tuple[str, int]]) -> None:
    """Beside a second attacker who only counts how many counties are left when everything known is subtracted."""
    units, rows = OLD.places["units"]["all"], []
    for at, (county, size) in enumerate(deliverers):
        made_up = [0] * OLD.size
        made_up[units] = size
        quarters = ("2026K1", "2026K2", "2026K3", "2026K4")
        rows += [figures(OLD, made_up, code=f"{county}{at:02}", period=one) for one in quarters]
    report = replace(delivered_report(), tables=(delivered_report().table("delivered_county"),))
    made = drafting.prepare(
        report,
        quarter=Quarter(2026, 4),
        frozen_at=AT,
        counts=of_delivered(made_year(rows, definitions=report.definitions)),
        earlier=[],
        choices={},
    )
    assert made.audit.is_safe
    hidden = {cell.name.partition("=")[2] or "total" for cell in made.cells if cell.reason}
    members = {
        county: {at: 4 * size for at, (where, size) in enumerate(deliverers) if where == county}
        for county in {where for where, _size in deliverers}
    }
    for attacker in (None, *range(len(deliverers))):
        left = [county for county, found in members.items() if county in hidden and set(found) != {attacker}]
        # One hidden county alone is what the total leaves: then it may be read as if it were shown.
        read = left if len(left) == 1 and "total" not in hidden else []
        for county, found in members.items():
            others = [number for at, number in found.items() if at != attacker]
            if (county not in hidden or county in read) and others and sum(others):
                assert len(found) >= 3
                assert max(others) <= 0.8 * sum(others), (attacker, county, "one of the others outweighs")
                assert sum(others) >= 5


def test_whose_answers_do_not_add_up_to_their_cases_is_left_out_of_that_table() -> None:
    """The sender may confirm it; what everybody knows to add up must."""
    rows = [row for code in ("0180", "0114", "0115") for row in whole(OLD, code, 20)]
    made = made_year([*rows, *whole(OLD, "0117", 20, less="goal"), *whole(OLD, "0120", 20, less="method")])
    left_out = {
        code: {"0117", "0120"} - set(made.behind[made.tables[code].base])
        for code in ("delivered_goal", "delivered_method", "delivered_age")
    }
    assert left_out == {"delivered_goal": {"0117"}, "delivered_method": {"0120"}, "delivered_age": set()}
    counts = of_delivered(made)
    found = drafting.prepare(OF_CASES, quarter=Quarter(2026, 4), frozen_at=AT, counts=counts, earlier=[], choices={})
    assert found.audit.is_safe
    hidden = {cell.name for cell in found.cells if cell.reason}
    assert {made.tables["delivered_goal"].base, made.tables["delivered_method"].base} & hidden, "or one is subtracted"


@pytest.mark.parametrize(
    ("behind", "is_away"),
    [
        ((), False),
        ((0, 0), True),  # a nought of two: each knows that the other has none
        ((0, 0, 0), False),
        ((30, 20), True),
        ((20, 15, 12), False),
        ((90, 10, 5), True),  # one outweighs
        ((40, 40, 1), True),  # either of the large ones subtracts its own and has the other's
        ((40, 3, 1), True),  # what is left for the largest is fewer than five
        ((40, 30, 20, 10), False),
    ],
)
def test_a_count_that_gives_a_deliverer_away(behind: tuple[int, ...], is_away: bool) -> None:
    assert years.gives_away(behind, source=SOURCE, threshold=5) == is_away


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": "municipality"}, "never rows"),
        ({"least_deliverers": 2}, "least_deliverers"),
        ({"dominance": 0.95}, "dominance"),
        ({"threshold": 2}, "threshold"),
        ({"unit": "delivered_person"}, "what the table counts"),
        ({"unit": "contact"}, "none of"),
        ({"colour": "red"}, "unknown: colour"),
    ],
)
def test_a_definition_that_would_give_a_deliverer_away_is_refused(change: dict[str, Any], message: str) -> None:
    data = parse(FOLDER / "delivered_county.toml") | change
    with pytest.raises(BadDefinition, match=message):
        read_definition("delivered_county.toml", data)
