"""Kinds of events: declared once, told in a sentence, with exactly their facts."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samsyn.audit import events
from samsyn.audit.canonical import canonical
from samsyn.audit.events import EventKind


def test_a_kind_is_declared_once(written: EventKind) -> None:
    assert events.kinds()["test_written"] is written
    with pytest.raises(events.BadDeclaration):
        events.declare("test_written", "%(actor)s skrev")


@pytest.mark.parametrize(
    ("code", "sentence", "facts"),
    [
        ("Bad Code", "%(actor)s", ()),
        ("test_nobody", "Någon skrev", ()),
        ("test_undeclared", "%(actor)s skrev %(word)s", ()),
        ("test_percent", "%(actor)s skrev 100 %", ()),
        ("test_twice", "%(actor)s", ("a", "a")),
        ("test_actor", "%(actor)s", ("actor",)),
        ("test_fact", "%(actor)s", ("Not A Code",)),
    ],
)
def test_a_bad_declaration_is_refused_and_leaves_nothing(code: str, sentence: str, facts: tuple[str, ...]) -> None:
    with pytest.raises(events.BadDeclaration):
        events.declare(code, sentence, facts=facts)
    assert code not in events.kinds()


def test_a_kind_says_who_and_what(written: EventKind) -> None:
    assert written.as_sentence(actor="Rådgivare 3", facts={"number": 7, "word": "x"}) == "Rådgivare 3 skrev nummer 7"


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"number": 1},
        {"number": 1, "word": "x", "name": "Anna"},
        {"number": 1.5, "word": "x"},
        {"number": True, "word": "x"},
        {"number": None, "word": "x"},
        {"number": 2**53, "word": "x"},
        {"number": 1, "word": "x" * 201},
        {"number": 1, "word": "a\x00b"},
        {"number": 1, "word": "a\nb"},
        {"number": 1, "word": "\ud800"},
        {"number": 1, "word": ["x"]},
    ],
)
def test_facts_that_are_not_the_declared_ones_are_refused(written: EventKind, facts: dict[str, int | str]) -> None:
    with pytest.raises(events.BadFacts):
        written.check_facts(facts)


def test_canonical_form_is_known_to_the_last_byte() -> None:
    stockholm = timezone(timedelta(hours=2))
    assert canonical(
        event_id=UUID("00000000-0000-4000-8000-000000000001"),
        kind="test_written",
        at=datetime(2026, 9, 16, 10, 30, 0, 5, tzinfo=stockholm),
        actor_id="a",
        pseudonym="Rådgivare 3",
        role="adviser",
        subject="",
        facts={"word": 'å"\\', "number": 3},
    ).decode() == (
        '{"actor":"a","at":"2026-09-16T08:30:00.000005Z","facts":{"number":3,"word":"å\\"\\\\"},'
        '"id":"00000000-0000-4000-8000-000000000001","kind":"test_written","pseudonym":"Rådgivare 3",'
        '"role":"adviser","subject":"","v":1}'
    )


@given(
    facts=st.dictionaries(st.from_regex(r"[a-z]{1,8}\Z"), st.text(max_size=20) | st.integers()),
    at=st.datetimes(timezones=st.just(UTC)),
)
def test_the_same_event_always_has_the_same_bytes(facts: dict[str, str | int], at: datetime) -> None:
    def written_out(said: dict[str, str | int]) -> bytes:
        return canonical(
            event_id=UUID(int=1), kind="k", at=at, actor_id="a", pseudonym="p", role="r", subject="s", facts=said
        )

    try:
        first = written_out(facts)
    except UnicodeEncodeError:
        return
    assert first == written_out(dict(reversed(facts.items())))
