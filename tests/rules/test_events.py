"""Every event that the house can record can be told, with exactly the facts that it declares."""

import json
import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation

from samsyn.audit import events
from samsyn.audit.events import EventKind

for app in apps.get_app_configs():
    if app.name.startswith("samsyn.") and find_spec(f"{app.name}.events"):
        import_module(f"{app.name}.events")
DECLARED = tuple(sorted(events.kinds().values(), key=lambda kind: kind.code))
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def test_there_are_declared_events() -> None:
    assert DECLARED


def test_a_process_that_has_only_started_can_tell_every_event() -> None:
    program = (
        "import django, json; django.setup(); from samsyn.audit.events import kinds; print(json.dumps(sorted(kinds())))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) == {kind.code for kind in DECLARED}


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", DECLARED, ids=lambda kind: kind.code)
def test_event_is_told_with_exactly_its_declared_facts(kind: EventKind, language: str) -> None:
    with translation.override(language):
        events.check_sentence(kind)
        facts: dict[str, str | int] = {name: f"‹{name}›" for name in kind.facts}
        told = kind.as_sentence(actor="‹actor›", facts=facts)
    assert "‹actor›" in told
    assert all(f"‹{name}›" in told for name in kind.facts if f"%({name})s" in str(kind.sentence)), (
        "what nobody knows is told as it is"
    )
    assert not re.search(r"%\(|\{", told)
    # A sentence is told in a list and read aloud: no full stop, no break.
    assert not told.endswith(".")
    assert "\n" not in told


@pytest.mark.parametrize("kind", DECLARED, ids=lambda kind: kind.code)
def test_event_names_no_fact_that_could_hold_a_person(kind: EventKind) -> None:
    forbidden = {"name", "names", "email", "phone", "address", "text", "note", "comment", "personal_number"}
    assert not forbidden & set(kind.facts)


# What is a number, a date or a code that people know as such; everything else that a sentence names is said in words.
SAID_AS_IT_STANDS = {
    "added", "answered", "asked", "before", "calls", "changed", "chats", "closed", "code", "faults", "fewest",
    "first_on", "hidden", "index", "last_day", "last_on", "number", "occasions", "opened", "pairs", "period",
    "questions", "recovered", "releases", "revision", "rows", "series", "size", "time", "times", "total",
    "tried", "unsafe", "valid_from", "version", "week", "year",
}  # fmt: skip


@pytest.mark.parametrize("kind", DECLARED, ids=lambda kind: kind.code)
def test_a_code_is_told_in_words(kind: EventKind) -> None:
    named = set(re.findall(r"%\((\w+)\)s", str(kind.sentence))) - {"actor"} - SAID_AS_IT_STANDS
    assert not {name for name in named if not events.is_said(kind, name)}
