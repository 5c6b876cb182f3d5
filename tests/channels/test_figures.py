"""Availability: out of the facts, rounded, nothing of fewer than five exactly."""

from collections import Counter
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samsyn.channels import figures, queries
from samsyn.channels.call_facts import HOUR_BANDS, MAILBOX_WAIT_BANDS, WAIT_BANDS
from samsyn.channels.call_states import OUTCOMES
from samsyn.channels.models import CallFact

rows = st.lists(
    st.tuples(
        st.sampled_from(figures.CHANNELS), st.sampled_from(HOUR_BANDS), st.sampled_from(OUTCOMES),
        st.sampled_from(WAIT_BANDS + MAILBOX_WAIT_BANDS), st.booleans(), st.integers(1, 60),
    ),
    max_size=30,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows)
def test_no_figure_is_exact_and_none_is_far_off(given_rows: list[Any]) -> None:
    found = figures.availability(given_rows)
    true: Counter[tuple[str, str]] = Counter()
    for channel, hour, outcome, _wait, is_out, number in given_rows:
        if not is_out:
            true[channel, outcome] += number
            true[hour, outcome] += number * (channel != "mailbox")
    for table in (found.by_hour, found.channels):
        for (row, outcome), exact in ((one, true[one]) for one in product(table, OUTCOMES)):
            shown = table[row][outcome].number
            if shown is None:
                assert 0 < exact < 5
            else:
                assert shown % 5 == 0
                assert abs(shown - exact) <= 2
                assert shown or not exact


@pytest.mark.django_db
def test_the_figures_come_from_facts_alone(django_assert_num_queries: Any) -> None:
    columns = {
        "year": 2026, "quarter": 3, "queue": "professionals", "length_band": "10_20",
        "is_stuck": False,
    }  # fmt: skip
    for channel, outcome, hour, wait, is_out, number in (
        ("phone", "answered", "09_10", "under_1", False, 11),
        ("chat", "answered", "09_10", "under_1", False, 12),
        ("phone", "answered", "10_11", "3_5", False, 3),
        ("phone", "abandoned", "09_10", "5_10", False, 4),
        ("phone", "missed", "after_12", "under_1", True, 12),
        ("mailbox", "answered", "after_12", "1_2_days", False, 8),
    ):
        CallFact.objects.bulk_create(
            CallFact(
                **columns, channel=channel, outcome=outcome, hour_band=hour, wait_band=wait, is_out_of_hours=is_out
            )
            for _number in range(number)
        )
    with django_assert_num_queries(1):
        found = queries.availability(year=2026, quarter=3)
    assert found.outcomes["answered"].number == 25
    assert found.by_hour["10_11"]["answered"].number is None
    assert found.by_hour["09_10"]["abandoned"].number is None
    assert found.out_of_hours.number == 10
    assert found.waits["under_1"].number == 25
    assert found.by_hour["after_12"]["answered"].number == 0
    assert [found.channels[one]["answered"].number for one in figures.CHANNELS] == [15, 10, 10]
    assert found.mailbox_waits["1_2_days"].number == 10
    assert queries.periods() == ((2026, 3),)
