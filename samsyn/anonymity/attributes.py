"""What may be told beside place, age and sex: how rare it is at least, and what relatives recognise. Data with its source."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

FILE = Path(__file__).parent / "data" / "attributes.toml"


@dataclass(frozen=True)
class Attribute:
    """Something that is told: of one group only the rarest counts. ``registered``: an official could look it up."""

    key: str
    group: str
    share: float
    registered: bool
    sv: str
    en: str

    @property
    def label(self) -> str:
        """Return it in the active language."""
        return self.en if get_language() == "en" else self.sv


@dataclass(frozen=True)
class Recognised:
    """Something that relatives recognise, however many people it fits."""

    key: str
    sv: str
    en: str

    @property
    def label(self) -> str:
        """Return it in the active language."""
        return self.en if get_language() == "en" else self.sv


@dataclass(frozen=True)
class Attributes:
    """The data file: where its shares come from, and what it says."""

    source_sv: str
    source_en: str
    assumed_on: date
    verify: bool
    attributes: tuple[Attribute, ...]
    recognised: tuple[Recognised, ...]

    @property
    def source(self) -> str:
        """Return where the shares come from, in the active language."""
        return self.source_en if get_language() == "en" else self.source_sv


def parse(text: str) -> Attributes:
    """Read the data file; raise KeyError or TypeError for what is missing, ValueError for a share that is none."""
    data = tomllib.loads(text)
    rows = tuple(Attribute(**row) for row in data.pop("attribute"))
    for row in rows:
        if not 0 < row.share < 1:
            raise ValueError(f"{row.key}: a share lies between 0 and 1")
    if len({row.key for row in rows}) != len(rows):
        raise ValueError("an attribute stands twice")
    return Attributes(attributes=rows, recognised=tuple(Recognised(**row) for row in data.pop("recognised")), **data)


@cache
def attributes() -> Attributes:
    """Return the reviewed data file."""
    return parse(FILE.read_text(encoding="utf-8"))
