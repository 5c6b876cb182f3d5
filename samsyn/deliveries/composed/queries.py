"""Reads: a composed case as it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from samsyn.deliveries.composed import parts, telling


@dataclass(frozen=True)
class Told:
    """A case told in one language."""

    language: str
    sentences: tuple[str, ...]
    reservation: str


@dataclass(frozen=True)
class Story:
    """A case as people read it: what it is called, and the case told in the active language and in the other."""

    title: str
    told: tuple[Told, ...]


def story(version: str, words: Sequence[str]) -> Story:
    """Tell a case; raise KeyError for a version that there isn't."""
    known = parts.versions()[version]
    active = "en" if (get_language() or "sv").startswith("en") else "sv"
    order = sorted(telling.LANGUAGES, key=lambda language: language != active)
    told = tuple(
        Told(one, telling.sentences(known, words, one), str(getattr(known, f"reservation_{one}"))) for one in order
    )
    return Story(telling.capital(telling.title(known, words, active)), told)
