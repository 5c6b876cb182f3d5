"""Work that keeps floods away: once, in time, for its own form; and a way for those without script."""

import pytest

from samsyn.privacy import floods
from tests.visitors.conftest import solved

KEY = b"k" * 32
NOW = 1_800_000_000


def challenge(bits: int = 8) -> str:
    return floods.new_challenge("write", now=NOW, key=KEY, bits=bits)


def shown(text: str, answer: str, *, purpose: str = "write", after: int = 0) -> floods.Shown:
    return floods.check(text, answer, purpose=purpose, now=NOW + after, key=KEY)


def test_a_number_that_was_found_counts_at_once() -> None:
    made = challenge()
    assert shown(made, solved(made)).by_script


def test_without_script_time_is_the_work() -> None:
    made = challenge(bits=40)
    with pytest.raises(floods.TooSoon) as too_soon:
        shown(made, "", after=5)
    assert too_soon.value.seconds == floods.SECONDS_WITHOUT_SCRIPT - 5
    assert not shown(made, "", after=floods.SECONDS_WITHOUT_SCRIPT).by_script
    with pytest.raises(floods.TooSoon):
        shown(made, "12", after=1)  # a number that is no answer is none


@pytest.mark.parametrize(
    "change", [lambda t: t.replace(".8.", ".0."), lambda t: t + "0", lambda t: t[:-1], lambda t: ""]
)
def test_a_challenge_that_was_altered_is_refused(change: object) -> None:
    with pytest.raises(floods.NoWork):
        shown(change(challenge()), "1", after=60)  # type: ignore[operator]


def test_a_challenge_for_another_form_or_too_old_or_from_the_future_is_refused() -> None:
    made = challenge()
    for more in ({"purpose": "open"}, {"after": floods.LIFE + 1}, {"after": -1}):
        with pytest.raises(floods.NoWork):
            shown(made, solved(made), **more)  # type: ignore[arg-type]


def test_the_bucket_is_full_for_the_rest_of_its_minute() -> None:
    bucket = floods.Bucket(2)
    assert [bucket.has_room(now=NOW) for _ in range(3)] == [True, True, False]
    assert bucket.has_room(now=NOW + 60)
