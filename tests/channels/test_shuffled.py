"""Events of many calls, doubled, shuffled, and some ends lost: no call is stuck and no count is wrong."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from samsyn.channels import actions, call_states
from samsyn.channels.adapters import Event
from samsyn.channels.models import Call, CallFact
from samsyn.people.actors import SYSTEM

DAY = datetime.fromisoformat("2026-09-16T07:00:00+00:00")


def stories(chance: Random, calls: int) -> tuple[list[Event], Counter[str]]:
    """Return the events of so many calls, a twentieth of the ends lost, and how many of each outcome there are."""
    told: list[Event] = []
    right: Counter[str] = Counter()
    lost = set(chance.sample(range(calls), -(-calls // 20)))
    for number in range(calls):
        came = DAY + timedelta(seconds=chance.randrange(10_000))
        outcome = chance.choice([call_states.ANSWERED, call_states.ANSWERED, call_states.ABANDONED])
        right[outcome] += 1
        kinds = [("arrived", 0)]
        if outcome == call_states.ANSWERED:
            kinds.append(("answered", chance.randrange(1, 600)))
        if number not in lost:
            kinds.append(("ended", chance.randrange(600, 3000)))
        told += [
            Event("elks", "phone", f"call-{number}", kind, came + timedelta(seconds=second)) for kind, second in kinds
        ]
    return told, right


def tell(told: list[Event], chance: Random, at: datetime) -> None:
    doubled = told + told
    chance.shuffle(doubled)
    for event in doubled:
        actions.take_events(told=(event,), at=at)


class Shuffled(TestCase):
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False), st.integers(5, 25))
    def test_no_call_is_stuck_and_no_count_is_wrong(self, chance: Random, calls: int) -> None:
        told, right = stories(chance, calls)
        tell(told, chance, DAY + timedelta(hours=1))
        for hours in (4, 10, 40, 80):
            actions.sweep_calls(by=SYSTEM, at=DAY + timedelta(hours=hours))
        assert not Call.objects.exclude(state=call_states.CLOSED).exists()
        assert not Call.objects.filter(settled_at=None).exists()
        assert Counter(CallFact.objects.values_list("outcome", flat=True)) == right
