"""How the meter counts: the page's own script, held against plain sums."""

import itertools
import random
from typing import Any

import pytest

from samsyn.anonymity import packing
from samsyn.anonymity.attributes import attributes, parse
from samsyn.anonymity.files import Table
from tests.anonymity.conftest import in_node

pytestmark = pytest.mark.no_server
TOLD = [{"group": one.group, "share": one.share} for one in attributes().attributes]


def plain(table: Table, *, place: str = "", ages: tuple[int, int] = (0, 100), sexes: tuple[int, ...] = (0, 1)) -> int:
    return sum(
        counts[sex * packing.AGES + age]
        for code, counts in table.counts.items()
        if code.startswith(place)
        for sex in sexes
        for age in range(ages[0], ages[1] + 1)
    )


def test_the_script_reads_what_was_packed(made_up: Table) -> None:
    assert in_node(made_up, [])["decoded"] == made_up.counts


def test_place_age_and_sex_are_exact(made_up: Table) -> None:
    cases = [("", (0, 100), (0, 1)), ("05", (13, 15), (0,)), ("0580", (17, 17), (1,)), ("0114", (26, 100), (0, 1))]
    asked = [{"place": place, "from": a, "to": b, "sexes": list(sexes)} for place, (a, b), sexes in cases]
    for (place, ages, sexes), found in zip(cases, in_node(made_up, asked)["found"], strict=True):
        assert found["low"] == found["high"] == plain(made_up, place=place, ages=ages, sexes=sexes)


def test_each_further_thing_multiplies_and_the_low_end_is_a_third(made_up: Table) -> None:
    told = [{"group": "a", "share": 0.1}, {"group": "b", "share": 0.02}]
    (found,) = in_node(made_up, [{"place": "05", "told": told}])["found"]
    assert found["high"] == pytest.approx(plain(made_up, place="05") * 0.1 * 0.02)
    assert found["low"] == pytest.approx(found["high"] / 3)


def random_answers(number: int) -> list[dict[str, Any]]:
    chance = random.Random(number)
    found = []
    for _ in range(60):
        said: dict[str, Any] = {"told": chance.sample(TOLD, chance.randrange(6))}
        if chance.random() < 0.7:
            said["place"] = chance.choice(["05", "0580", "0114"])
        if chance.random() < 0.7:
            said["from"] = chance.randrange(90)
            said["to"] = said["from"] + chance.choice([0, 2, 5])
        if chance.random() < 0.7:
            said["sexes"] = [chance.randrange(2)]
        found.append(said)
    return found


def test_one_more_answer_never_raises_the_number(made_up: Table) -> None:
    """Whatever was told before: a further thing, a municipality of the county, an age in the band, a sex."""
    pairs = []
    for number, said in enumerate(random_answers(1)):
        chance = random.Random(number)
        more = [{**said, "told": [*said["told"], chance.choice(TOLD)]}]
        if "place" not in said:
            more.append({**said, "place": "05"})
        if said.get("place") == "05":
            more.append({**said, "place": "0583"})
        if "sexes" not in said:
            more.append({**said, "sexes": [1]})
        if "from" in said:
            more.append({**said, "from": said["to"]})
        pairs += [(said, one) for one in more]
    found = in_node(made_up, [one for pair in pairs for one in pair])["found"]
    assert len(pairs) > 100
    for fewer, more in zip(found[::2], found[1::2], strict=True):
        assert more["low"] <= fewer["low"]
        assert more["high"] <= fewer["high"]


def test_the_order_of_the_answers_changes_nothing(made_up: Table) -> None:
    for told in random.Random(3).sample(list(itertools.combinations(TOLD, 4)), 5):
        orders = [{"place": "0580", "told": list(order)} for order in itertools.permutations(told)]
        found = in_node(made_up, orders)["found"]
        assert all(one == found[0] for one in found)


def test_what_is_not_known_changes_nothing(made_up: Table) -> None:
    nothing, everything, empty = in_node(
        made_up, [{}, {"place": "", "from": 0, "to": 100, "sexes": [0, 1], "told": []}, {"told": []}]
    )["found"]
    assert nothing == everything == empty
    assert nothing["high"] == made_up.total


def test_of_one_group_only_the_rarest_counts(made_up: Table) -> None:
    one, both, twice = in_node(
        made_up,
        [
            {"told": [{"group": "origin", "share": 0.001}]},
            {"told": [{"group": "origin", "share": 0.1}, {"group": "origin", "share": 0.001}]},
            {"told": [{"group": "origin", "share": 0.001}] * 2},
        ],
    )["found"]
    assert one == both == twice


def test_without_a_table_nothing_is_ever_green(made_up: Table) -> None:
    asked = [{}, {"place": "05"}, {"told": TOLD[:1]}]
    assert [one["colour"] for one in in_node(None, asked)["found"]] == ["unknown"] * 3
    (elsewhere,) = in_node(made_up, [{"place": "2580"}])["found"]
    assert elsewhere == {"colour": "unknown", "low": 0, "high": 0}


@pytest.mark.parametrize(
    ("people", "colour"),
    [(1000, "green"), (999, "yellow"), (100, "yellow"), (99, "orange"), (20, "orange"), (19, "red"), (0, "red")],
)
def test_the_colour_follows_the_low_end(people: int, colour: str, made_up: Table) -> None:
    counts = [0] * packing.CELLS
    counts[30] = people
    table = Table(**{**vars(made_up), "counts": {"0114": counts}})
    (found,) = in_node(table, [{"place": "0114"}])["found"]
    assert (found["low"], found["colour"]) == (people, colour)


def test_the_data_say_what_is_assumed_and_that_it_is_to_be_verified() -> None:
    said = attributes()
    assert said.verify
    assert said.source_sv
    assert said.source_en
    assert all(one.sv and one.en for one in (*said.attributes, *said.recognised))
    row = '[[attribute]]\nkey = "x"\ngroup = "x"\nregistered = true\nsv = "x"\nen = "x"\nshare = '
    head = 'source_sv = "x"\nsource_en = "x"\nassumed_on = 2026-01-01\nverify = true\nrecognised = []\n'
    assert parse(f"{head}{row}0.5").attributes[0].share == 0.5
    for share in ("0", "1", "-0.1", "2"):
        with pytest.raises(ValueError, match="share"):
            parse(f"{head}{row}{share}")
