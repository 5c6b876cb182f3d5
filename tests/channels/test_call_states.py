"""A call's state hangs on which events are known, never on their order or number."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samsyn.channels import call_states
from samsyn.channels.call_states import ABANDONED, ANSWERED, ARRIVED, ENDED, FAILED, LOST, MISSED

CAME = datetime(2026, 9, 16, 7, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_call_waits_is_answered_and_ends() -> None:
    times = {ARRIVED: CAME}
    assert call_states.fold(times).state == call_states.WAITING
    times[ANSWERED] = CAME + 2 * MINUTE
    assert call_states.fold(times).state == call_states.TALKING
    times[ENDED] = CAME + 20 * MINUTE
    state = call_states.fold(times)
    assert (state.state, state.outcome) == (call_states.CLOSED, ANSWERED)
    assert (state.wait, state.length) == (2 * MINUTE, 18 * MINUTE)


def test_who_hangs_up_before_an_answer_has_abandoned() -> None:
    state = call_states.fold({ARRIVED: CAME, ENDED: CAME + MINUTE})
    assert (state.outcome, state.wait, state.length) == (ABANDONED, MINUTE, None)


def test_whom_nobody_took_is_missed_and_a_fault_is_a_fault() -> None:
    assert call_states.fold({ARRIVED: CAME, MISSED: CAME + MINUTE}).outcome == MISSED
    assert call_states.fold({ARRIVED: CAME, FAILED: CAME, MISSED: CAME + MINUTE}).outcome == FAILED


def test_a_lost_beginning_leaves_the_wait_unknown() -> None:
    state = call_states.fold({ANSWERED: CAME, ENDED: CAME + MINUTE})
    assert (state.outcome, state.wait, state.length) == (ANSWERED, None, MINUTE)


def test_a_lost_end_that_comes_after_all_is_the_end() -> None:
    stuck = call_states.fold({ARRIVED: CAME, ANSWERED: CAME + MINUTE, LOST: CAME + timedelta(hours=6)})
    assert (stuck.is_stuck, stuck.outcome, stuck.length) == (True, ANSWERED, None)
    late = call_states.fold(
        {ARRIVED: CAME, ANSWERED: CAME + MINUTE, LOST: CAME + timedelta(hours=6), ENDED: CAME + 9 * MINUTE}
    )
    assert (late.is_stuck, late.length) == (False, 8 * MINUTE)


def test_clocks_that_disagree_give_no_negative_length() -> None:
    state = call_states.fold({ARRIVED: CAME, ANSWERED: CAME - MINUTE, ENDED: CAME - 2 * MINUTE})
    assert (state.wait, state.length) == (timedelta(), timedelta())


# The machine may be busy: how long a draw takes says nothing here.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
kinds = st.sampled_from(sorted(call_states.TOLD))
told = st.lists(st.tuples(kinds, st.integers(-3600, 7200)), min_size=1, max_size=12)


def earliest(events: list[tuple[str, int]]) -> dict[str, datetime]:
    times: dict[str, datetime] = {}
    for kind, second in events:
        at = CAME + timedelta(seconds=second)
        times[kind] = min(at, times.get(kind, at))
    return times


@unhurried
@given(told, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(events: list[tuple[str, int]], chance: object) -> None:
    again = events + events
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert call_states.fold(earliest(again)) == call_states.fold(earliest(events))


@unhurried
@given(told)
def test_every_call_can_be_closed_and_counted_once(events: list[tuple[str, int]]) -> None:
    times = earliest(events)
    state = call_states.fold(times)
    if state.state != call_states.CLOSED:
        at = CAME + timedelta(hours=9)
        assert call_states.is_overdue(state, at=at)
        state = call_states.fold({**times, LOST: at})
    assert state.state == call_states.CLOSED
    assert state.outcome in call_states.OUTCOMES
    assert not call_states.is_overdue(state, at=CAME + timedelta(days=9))
