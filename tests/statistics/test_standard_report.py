"""Every figure of the standard report in every period, beside one counted by looking at every fact (tests/oracle/report.py)."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from samsyn.contacts import actions as contacts
from samsyn.contacts import queries as contact_queries
from samsyn.people.actors import Actor
from samsyn.statistics import actions, queries
from samsyn.statistics.models import Release
from samsyn.statistics.periods import Quarter
from tests.oracle import report

pytestmark = pytest.mark.django_db
STATES = ("unknown", "declined", "not_asked", "not_applicable")
LISTS = {
    "age_band": "age_band",
    "sex": "sex",
    "case_kind": "case_kind",
    "main_concern": "main_concern",
    "marriage_status": "exposure_status",
    "abduction_status": "exposure_status",
    "fgm_status": "exposure_status",
    "age_group": "mentioned_age",
    "channel": "channel",
    "outcome": "outcome",
    "sector": "sector",
    "county": "county",
}
SEVERAL = {
    "exposure": "exposure",
    "perpetrator_relation": "perpetrator_relation",
    "caller_subject": "caller_subject",
    "advice": "advice",
    "referral": "referral",
    "adaptation": "",
    "actors_engaged": "",
}
NUMBERS = {"person_count": 1, "instrument_version": 1}
Facts = dict[str, list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read what is published in the test's own transaction."""
    monkeypatch.setattr(queries, "PUBLIC", "default")


def world(dice: random.Random, number: int) -> Facts:
    """Facts of the fewest years that have every case, with answers by chance; each state of an answer occurs."""
    quarters = [(2014, 1), (2016, 4), (2017, 1), (2021, 2), (2025, 3), (2025, 4), (2026, 1), (2026, 2), (2026, 3)]
    made: Facts = {name: [] for name in contact_queries.FACTS}

    def answer(column: str, quarter: tuple[int, int]) -> Any:
        def some(name: str, most: int) -> Sequence[str]:
            codes = report.codes_of(name, quarter, quarter) if name else []
            is_told = codes and (column in {"outcome", "channel"} or dice.random() < 0.8)
            return dice.sample(codes, min(dice.randint(1, most), len(codes))) if is_told else [dice.choice(STATES)]

        if column in {"year", "quarter", "week"}:
            return dict(zip(("year", "quarter"), quarter, strict=True)).get(column)
        if column in SEVERAL:
            return list(some(SEVERAL[column], 3))
        return NUMBERS.get(column) or some(LISTS.get(column, ""), 1)[0]

    for unit in ("contact", "matter", "person", "mentioned"):
        for _ in range(number):
            quarter = dice.choice(quarters)
            made[unit].append({column: answer(column, quarter) for column in contact_queries.columns(unit)})
    places = report.code_list("municipality")
    for row in made["contact"]:
        of_county = [place["value"] for place in places if place["parent"] == row["county"]]
        if row["year"] >= 2026 and row["outcome"] in report.OF_A_MATTER and of_county:
            made["caller_place"].append(
                {"year": row["year"], "quarter": row["quarter"], "municipality": dice.choice(of_county)}
            )
    return made


@pytest.fixture
def facts(db: None) -> Facts:
    made = world(random.Random(2014), 250)
    contacts.add_facts(**made)
    return made


def cells_of(release: Release) -> dict[tuple[str, str], report.Table]:
    """What the analyst reads, hidden figures too: by period and table, by row and column."""
    found = {}
    for one in release.tables.all():
        codes = [column["code"] for column in one.document["columns"]]
        rows = one.document["rows"]
        assert len({row["code"] for row in rows}) == len(rows)
        found[one.kind, one.code] = {
            row["code"]: {code: cell and cell["v"] for code, cell in zip(codes, row["cells"], strict=True)}
            for row in rows
        }
    return found


@pytest.mark.parametrize(
    ("quarter", "frozen_on"),
    [
        (Quarter(2014, 1), date(2014, 4, 15)),
        (Quarter(2025, 3), date(2025, 10, 15)),
        (Quarter(2025, 4), date(2026, 1, 15)),
        (Quarter(2026, 3), date(2026, 8, 20)),
    ],
    ids=["the_first_days", "before_a_code", "a_whole_year", "a_running_quarter_with_municipalities"],
)
def test_every_figure_of_every_period_is_what_looking_at_each_fact_gives(
    facts: Facts, analyst: Actor, quarter: Quarter, frozen_on: date
) -> None:
    at = datetime(frozen_on.year, frozen_on.month, frozen_on.day, 7, 0, tzinfo=UTC)
    release = actions.draft_release(quarter=quarter, by=analyst, at=at)
    assert release.structure["choices"] == {}
    expected = {(kind, code): cells for kind, code, cells in report.Counted(facts, quarter.pair, frozen_on).tables()}
    found = cells_of(release)
    assert set(found) == set(expected)
    for name, cells in expected.items():
        assert found[name] == cells, name
