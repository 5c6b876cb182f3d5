"""The disposal decisions (*gallringsbeslut*) that retention rules rest on, as reviewed data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.utils.translation import get_language

FILE = Path(__file__).parent / "data" / "disposal_decisions.toml"


class UnknownDecision(Exception):
    """A retention rule names a decision that the data file doesn't have."""


@dataclass(frozen=True)
class DisposalDecision:
    """A decision on how long something is kept. ``verified`` only after the archive authority's decision was seen."""

    key: str
    title_sv: str
    title_en: str
    basis: str
    reference: str
    verified: bool

    @property
    def title(self) -> str:
        """Return the title in the active language."""
        return self.title_en if (get_language() or "sv").startswith("en") else self.title_sv


def parse(text: str) -> dict[str, DisposalDecision]:
    """Read the data file; raise ValueError for a status that isn't known, KeyError for what is missing."""
    found = {}
    for key, row in tomllib.loads(text).items():
        if row["status"] not in {"verified", "to be verified"}:
            raise ValueError(f"{key}: the status {row['status']!r} is not known")
        is_verified = row["status"] == "verified"
        if is_verified and not row["reference"]:
            raise ValueError(f"{key}: a verified decision has a reference")
        found[key] = DisposalDecision(
            key=key,
            title_sv=row["title_sv"],
            title_en=row["title_en"],
            basis=row["basis"],
            reference=row["reference"],
            verified=is_verified,
        )
    return found


@cache
def decisions() -> Mapping[str, DisposalDecision]:
    """Return every decision by its key."""
    return MappingProxyType(parse(FILE.read_text(encoding="utf-8")))


def decision(key: str) -> DisposalDecision:
    """Return one decision; raise UnknownDecision if the file doesn't have it."""
    try:
        return decisions()[key]
    except KeyError:
        raise UnknownDecision(key) from None
