"""The divisor of the low end, on made-up worlds with dependence that it was not chosen on. Figures: bench/RESULTS.md."""

from typing import Any

import numpy as np
import pytest

from samsyn.anonymity.files import Table
from tests.anonymity import worlds
from tests.anonymity.conftest import in_node

pytestmark = pytest.mark.no_server
SEEDS = (11, 12)


@pytest.fixture(scope="module", params=SEEDS)
def people(request: Any) -> worlds.Counts:
    return worlds.world(request.param)


def test_dividing_leaves_hardly_anybody_in_unseen_danger(people: worlds.Counts, made_up: Table) -> None:
    divisor = in_node(made_up, [])["divisor"]
    with_it, without = worlds.calibrate(people, divisor=divisor), worlds.calibrate(people, divisor=1)
    assert divisor == 3
    for shown, plain in zip(with_it, without, strict=True):
        assert shown.missed < 0.002, shown
        assert shown.missed < plain.missed / 5, (shown, plain)
        # A meter that always warned would miss nobody and be switched off.
        assert shown.false_alarms < 0.35, shown


def test_the_worlds_have_the_dependence_that_the_divisor_is_for(people: worlds.Counts) -> None:
    """Independence would be a good guess in a world without clusters; here its misses are seen."""
    assert max(one.missed for one in worlds.calibrate(people, divisor=1)) > 0.01
    assert people.sum() == pytest.approx(10_600_000, rel=0.01)


def test_bands_and_counties_keep_more_people_apart_from_danger(people: worlds.Counts) -> None:
    def in_danger(true: worlds.Counts) -> float:
        return float(true[true < worlds.FEWEST].sum() / true.sum())

    by_origin = people.sum(axis=4)
    exact, banded = in_danger(by_origin), in_danger(worlds.of_bands(by_origin))
    wider = in_danger(worlds.of_bands(worlds.of_county(by_origin)))
    assert wider < banded < exact
    assert np.isclose(worlds.of_county(by_origin).sum(), by_origin.sum())
