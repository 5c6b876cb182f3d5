"""Legal forks beside a case (*vägskäl*): what to think of, from which source, read when. The system decides none of them."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samsyn.questions import law

FILE = Path(__file__).parent / "forks.toml"
AGES = ("any", "child", "adult")
PROFESSIONS: dict[str, Promise] = {
    "any": _("Gäller all personal"),
    "health_care": _("Gäller den som arbetar i hälso- och sjukvård"),
}


@dataclass(frozen=True)
class Fork:
    """One fork; ``verify`` says that a lawyer must check it before it is relied upon."""

    key: str
    age: str
    profession: str
    title_sv: str
    title_en: str
    note_sv: str
    note_en: str
    laws: tuple[law.LawReference, ...]
    source: str
    read_on: date
    verify: bool

    @property
    def title(self) -> str:
        """Return the title in the active language."""
        return self.title_en if get_language() == "en" else self.title_sv

    @property
    def note(self) -> str:
        """Return what to think of, in the active language."""
        return self.note_en if get_language() == "en" else self.note_sv

    @property
    def whom(self) -> str:
        """Return which staff it concerns, in words."""
        return str(PROFESSIONS[self.profession])


def parse(text: str) -> tuple[Fork, ...]:
    """Read the data file; raise KeyError for what is missing, ValueError for a code that isn't known."""
    known = law.references()
    found = []
    for row in tomllib.loads(text)["fork"]:
        if row["age"] not in AGES or row["profession"] not in PROFESSIONS:
            raise ValueError(f"{row['key']}: age or profession is not known")
        if not row["source"]:
            raise ValueError(f"{row['key']}: a fork has a source")
        laws = tuple(known[key] for key in row.pop("law"))
        found.append(Fork(laws=laws, **row))
    return tuple(found)


@cache
def forks() -> tuple[Fork, ...]:
    """Return every fork in the order of the file."""
    return parse(FILE.read_text(encoding="utf-8"))


def beside(*, concerns_child: bool) -> tuple[Fork, ...]:
    """Return the forks that stand beside a case about a child, or about somebody of age."""
    ages = {"any", "child" if concerns_child else "adult"}
    return tuple(one for one in forks() if one.age in ages)
