"""The core package for municipal follow-up (*kärnpaketet*) in all its versions, as reviewed files."""

from pathlib import Path

from samsyn.questions.exchange import reviewed
from samsyn.questions.exchange.package import Package

FILES = Path(__file__).parent


def versions() -> tuple[Package, ...]:
    """Return every version of the core package, the oldest first."""
    return reviewed.versions(FILES)


def version(number: str) -> Package:
    """Return this version of the core package; raise KeyError if there is none."""
    return reviewed.version(FILES, number)
