"""Kinds of events. Each room declares its own in ``samsyn/<room>/events.py``, so that every event has a sentence."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from django.utils.functional import Promise

# A fact is a code, a count or a random id. What is longer than this is content, and content has no place in the log.
LONGEST_FACT = 200
LARGEST_FACT = 2**53 - 1  # what every JSON reader holds exactly

_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters and halves of surrogate pairs
_PLACE = re.compile(r"%\((\w+)\)s")

_KINDS: dict[str, "EventKind"] = {}
# How a fact that is a code is said to people, where it means the same in every kind of event.
_SAID: dict[str, Callable[[str], str | Promise]] = {}


class BadDeclaration(Exception):
    """A kind of event is declared twice, or its sentence and its facts don't agree."""


class BadFacts(ValueError):
    """The facts of an event are not exactly the declared ones."""


@dataclass(frozen=True)
class EventKind:
    """A kind of event: its code in the log, its sentence for people, and the facts that it carries."""

    code: str
    sentence: str | Promise
    facts: tuple[str, ...] = ()
    # How a fact that is a code is said to people; what nobody knows any more is said as it stands in the log.
    words: Mapping[str, Callable[[str], str | Promise]] = field(default_factory=dict)

    def check_facts(self, facts: Mapping[str, str | int]) -> None:
        """Raise BadFacts unless these are exactly the declared facts, each a short text or a whole number."""
        undeclared = sorted(set(facts) - set(self.facts))
        if undeclared:
            raise BadFacts(f"{self.code}: the fact {undeclared[0]!r} is not declared")
        missing = sorted(set(self.facts) - set(facts))
        if missing:
            raise BadFacts(f"{self.code}: the fact {missing[0]!r} is missing")
        for name, value in facts.items():
            if isinstance(value, bool) or not isinstance(value, (str, int)):
                raise BadFacts(f"{self.code}: the fact {name!r} is neither a text nor a whole number")
            if isinstance(value, int) and abs(value) > LARGEST_FACT:
                raise BadFacts(f"{self.code}: the fact {name!r} is too large")
            if isinstance(value, str) and (len(value) > LONGEST_FACT or _UNSAFE.search(value)):
                raise BadFacts(f"{self.code}: the fact {name!r} is too long or has control characters")

    def as_sentence(self, *, actor: str, facts: Mapping[str, str | int]) -> str:
        """Tell an event of this kind in the active language."""
        return str(self.sentence) % {"actor": actor, **{name: self._said(name, value) for name, value in facts.items()}}

    def _said(self, name: str, value: str | int) -> str | int:
        say = self.words.get(name) or _SAID.get(name)
        try:
            return value if say is None else str(say(str(value)))
        except (LookupError, ValueError):
            return value


def declare(
    code: str,
    sentence: str | Promise,
    *,
    facts: tuple[str, ...] = (),
    words: Mapping[str, Callable[[str], str | Promise]] | None = None,
) -> EventKind:
    """Register a kind of event; raise BadDeclaration if the code is taken or the sentence names an undeclared fact."""
    kind = EventKind(code=code, sentence=sentence, facts=facts, words=words or {})
    if not _CODE.match(code):
        raise BadDeclaration(f"{code!r} is not a code in lower case with underscores")
    if code in _KINDS:
        raise BadDeclaration(f"{code} is declared twice")
    if len(set(facts)) != len(facts) or "actor" in facts or not all(_CODE.match(fact) for fact in facts):
        raise BadDeclaration(f"{code}: the names of its facts are not distinct codes")
    # A lazy sentence can't be read before the languages are loaded; the rule test reads those.
    if isinstance(sentence, str):
        check_sentence(kind)
    _KINDS[code] = kind
    return kind


def say_fact(name: str, words: Callable[[str], str | Promise]) -> None:
    """Let a fact of this name be said in words in every kind that has none of its own.

    ``words`` raises LookupError for a code that nobody knows.
    """
    if name in _SAID:
        raise BadDeclaration(f"the fact {name} is said twice")
    _SAID[name] = words


def is_said(kind: EventKind, fact: str) -> bool:
    """Say whether a fact of this kind is put in words for people."""
    return fact in kind.words or fact in _SAID


def check_sentence(kind: EventKind) -> None:
    """Raise BadDeclaration unless the sentence, in the active language, names the actor and only declared facts."""
    text = str(kind.sentence)
    named = set(_PLACE.findall(text))
    if "actor" not in named:
        raise BadDeclaration(f"{kind.code}: the sentence doesn't say who")
    if named - {"actor", *kind.facts}:
        raise BadDeclaration(f"{kind.code}: the sentence names a fact that is not declared")
    if "%" in _PLACE.sub("", text).replace("%%", ""):
        raise BadDeclaration(f"{kind.code}: the sentence has a stray percent sign")


def kinds() -> Mapping[str, EventKind]:
    """Every declared kind by its code."""
    return MappingProxyType(_KINDS)
