"""The file of composed cases that a signed package carries: canonical JSON, so that one set of cases has one spelling. Pure.

``{"cases":[[word, …], …],"package":"composed_cases/1.0.0"}``, cases sorted: their order says nothing about when they were made.
"""

import json
from collections.abc import Iterable

from samsyn.deliveries.composed import parts

# More cases than an operator could clear in a quarter; a file of more is refused before anything is looked at.
MOST_CASES = 500


class NotAFile(ValueError):
    """The bytes are no such file; the argument is ``other_content`` or ``unknown_choice``, as reasons of a refusal."""


def write(version: parts.Version, cases: Iterable[tuple[str, ...]]) -> bytes:
    """Return the file of these cases."""
    data = {"package": version.name, "cases": sorted(set(cases))}
    return json.dumps(data, separators=(",", ":"), sort_keys=True).encode()


def read(content: bytes, *, version: parts.Version) -> tuple[tuple[str, ...], ...]:
    """Return the cases of a file; raise NotAFile for what is none, is spelt otherwise or has a choice that isn't known."""
    try:
        data = json.loads(content)
        cases = tuple(tuple(words) for words in data["cases"])
        is_ours = write(version, cases) == content and len(cases) <= MOST_CASES
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotAFile("other_content") from error
    if not is_ours:
        raise NotAFile("other_content")
    for words in cases:
        try:
            parts.check(version, words)
        except parts.NotACase as error:
            raise NotAFile("unknown_choice") from error
    return cases
