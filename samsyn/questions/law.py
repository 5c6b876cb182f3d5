"""The law that templates rest on, read from data/law.toml: references, never the text of the law itself."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

FILE = Path(__file__).parent / "data" / "law.toml"


@dataclass(frozen=True)
class LawReference:
    """A rule that a template rests on; ``verify`` says that a lawyer must check it before it is relied upon."""

    key: str
    title_sv: str
    title_en: str
    act_sv: str
    act_en: str
    section: str
    source: str
    note_sv: str
    note_en: str
    verify: bool
    valid_from: date | None = None

    @property
    def title(self) -> str:
        """Return the title in the active language."""
        return self.title_en if get_language() == "en" else self.title_sv

    @property
    def act(self) -> str:
        """Return the name of the act in the active language."""
        return self.act_en if get_language() == "en" else self.act_sv

    @property
    def note(self) -> str:
        """Return what a reader should know, in the active language."""
        return self.note_en if get_language() == "en" else self.note_sv


@cache
def references() -> dict[str, LawReference]:
    """Return every reference by its key, in the order of the file."""
    with FILE.open("rb") as file:
        return {entry["key"]: LawReference(**entry) for entry in tomllib.load(file)["law"]}
