"""The made-up world looks like the published statistics and like nobody."""

from collections import Counter

import pytest

from samsyn.channels.call_facts import HOUR_BANDS, LENGTHS, MAILBOX_WAIT_BANDS, WAIT_BANDS
from samsyn.channels.call_states import OUTCOMES
from samsyn.channels.figures import CHANNELS
from samsyn.channels.models import CallFact
from samsyn.config.demonstration import called
from samsyn.config.demonstration.world import MINORS, VOLUMES, World, generate, quotas

PUBLISHED_YEARS = range(2014, 2021)


@pytest.fixture(scope="module")
def world() -> World:
    return generate()


def shares(rows: list[dict[str, object]], name: str) -> dict[str, float]:
    counted: Counter[str] = Counter()
    for row in rows:
        value = row[name]
        counted.update(value if isinstance(value, list) else [str(value)])
    return {code: 100 * count / len(rows) for code, count in counted.items()}


def published(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [row for row in rows if row["year"] in PUBLISHED_YEARS]


def test_the_same_seed_gives_the_same_world(world: World) -> None:
    assert generate() == world
    assert generate(seed=7).person != world.person


def test_matters_and_persons_of_every_year_are_the_published_ones(world: World) -> None:
    matters = Counter(row["year"] for row in world.matter)
    persons = Counter(row["year"] for row in world.person)
    assert {year: (matters[year], persons[year]) for year in VOLUMES} == dict(VOLUMES)
    assert len(published(world.matter)) == 4302
    assert len(published(world.person)) == 5157


def test_margins_agree_with_the_published_tables_within_one_percentage_point(world: World) -> None:
    persons = published(world.person)
    expected = {
        "sex": {"girl_woman": 80, "boy_man": 13, "unknown": 7},
        "perpetrator_relation": {"parents": 66, "siblings": 17, "partner": 15, "other_relatives": 16},
        "exposure": {"physical": 34, "marriage": 19},
    }
    for name, table in expected.items():
        have = shares(persons, name)
        for code, share in table.items():
            assert abs(have[code] - share) <= 1, (name, code, have[code])
    assert 56 <= sum(row["age_band"] in MINORS for row in persons) / len(persons) * 100 < 57
    kinds = shares(published(world.matter), "case_kind")
    for code, share in {"single_person": 65, "woman_with_children": 13, "siblings": 13, "other": 9}.items():
        assert abs(kinds[code] - share) <= 1


def test_sexual_violence_is_recorded_from_2017_and_is_six_percent_of_those_years(world: World) -> None:
    with_it = [row for row in published(world.person) if "sexual" in row["exposure"]]  # type: ignore[operator]
    assert {row["year"] for row in with_it} == {2017, 2018, 2019, 2020}
    base = [row for row in published(world.person) if int(str(row["year"])) >= 2017]
    assert len(base) == 3840
    assert abs(100 * len(with_it) / len(base) - 6) <= 1


def test_further_mentioned_persons_are_as_many_as_published(world: World) -> None:
    mentioned = published(world.mentioned)
    assert abs(len(mentioned) - 2290) <= 7  # one rounding for each year
    assert shares(mentioned, "age_group")["under_18"] >= 66


def test_quotas_add_up_whatever_the_rounding() -> None:
    for total in range(50):
        assert sum(quotas(total, {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}).values()) == total


def test_calls_lie_beside_the_contacts_that_they_became(world: World) -> None:
    rows = called.beside(world.contact)
    assert rows == called.beside(world.contact)
    for kinds, name in (
        (CHANNELS, "channel"), (HOUR_BANDS, "hour_band"), (OUTCOMES, "outcome"), (WAIT_BANDS + MAILBOX_WAIT_BANDS, "wait_band"),
        ((*(code for _limit, code in LENGTHS), "40_plus", "unknown", "not_applicable"), "length_band"),
    ):  # fmt: skip
        assert {row[name] for row in rows} <= set(kinds), name
    assert all(set(row) == set(CallFact.COLUMNS) for row in rows)
    contacts = Counter((row["year"], row["quarter"]) for row in world.contact if row["channel"] == "phone")
    answered = Counter(
        (row["year"], row["quarter"]) for row in rows if (row["channel"], row["outcome"]) == ("phone", "answered")
    )
    assert answered == {quarter: number for quarter, number in contacts.items() if quarter[0] >= called.SINCE}
