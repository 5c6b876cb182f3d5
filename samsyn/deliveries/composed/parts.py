"""What a composed case is made of: words of a closed vocabulary, in versions that are reviewed files. Pure.

A case is a tuple of words, ``part:code`` in the order of the parts (``exposure:marriage:plan``, ``tried:report:better``);
one case has one spelling. Whatever is not in the file is no case, so there is no place for a note.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE, TABLE = "composed_cases", "case"
FILES = Path(__file__).parent
_CHILDREN = frozenset({"0_6", "7_12", "13_15", "16_17"})


class NotACase(ValueError):
    """The words make no case; the argument is ``unknown``, ``order`` or the code of the part that is wrong."""


@dataclass(frozen=True)
class Choice:
    """One code with its words in a sentence; ``whom`` is child or adult where it is about one of them alone."""

    code: str
    sv: str
    en: str
    whom: str = ""


@dataclass(frozen=True)
class Part:
    """One question of a case: which codes, how many of them, and how they are said."""

    code: str
    list: str
    least: int
    most: int
    title_sv: str
    title_en: str
    said_sv: str
    said_en: str
    choices: tuple[Choice, ...]
    results: tuple[Choice, ...] = ()
    then_sv: str = ""
    then_en: str = ""
    opens: bool = False

    def words(self) -> tuple[str, ...]:
        """Return every word that can stand in a case for this part."""
        if not self.results:
            return tuple(f"{self.code}:{one.code}" for one in self.choices)
        return tuple(f"{self.code}:{step.code}:{result.code}" for step in self.choices for result in self.results)


@dataclass(frozen=True)
class Version:
    """One version of the vocabulary."""

    number: str
    parts: tuple[Part, ...]
    reservation_sv: str
    reservation_en: str

    @property
    def name(self) -> str:
        """Return ``package/version``, as statements and agreements name it."""
        return f"{PACKAGE}/{self.number}"

    def part(self, code: str) -> Part:
        """Return a part; raise KeyError."""
        return {one.code: one for one in self.parts}[code]


@cache
def versions() -> dict[str, Version]:
    """Return every version by its number, the oldest first."""
    return {file.stem: _read(file) for file in sorted(FILES.glob("*.toml"))}


def _read(file: Path) -> Version:
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    parts = []
    for row in data["part"]:
        choices, results = (tuple(Choice(**one) for one in row.pop(name, ())) for name in ("choices", "results"))
        parts.append(Part(choices=choices, results=results, **row))
    return Version(file.stem, tuple(parts), data["reservation_sv"], data["reservation_en"])


def newest() -> Version:
    """Return the version that cases are composed in."""
    return list(versions().values())[-1]


def tables() -> dict[str, Version]:
    """Return the versions by the name that agreements and packages give them: ``package/version/table``."""
    return {f"{one.name}/{TABLE}": one for one in versions().values()}


def vocabulary() -> list[str]:
    """Return every word of every version: what a column of words may hold, and nothing else."""
    return sorted({word for one in versions().values() for part in one.parts for word in part.words()})


def chosen(words: Iterable[str], part: str) -> tuple[str, ...]:
    """Return what was chosen of a part, without the part's own name."""
    return tuple(word.partition(":")[2] for word in words if word.startswith(f"{part}:"))


def check(version: Version, words: Sequence[str]) -> None:
    """Raise NotACase unless the words are a case of this version, in its one spelling."""
    known = {word: at for at, word in enumerate(word for part in version.parts for word in part.words())}
    if not all(word in known for word in words):
        raise NotACase("unknown")
    if list(words) != list(spelt(version, words)):
        raise NotACase("order")
    for part in version.parts:
        codes = chosen(words, part.code)
        # One state of each exposure, one result of each step.
        if not part.least <= len(codes) <= part.most or len({code.partition(":")[0] for code in codes}) < len(codes):
            raise NotACase(part.code)
    whom = "child" if chosen(words, "age")[0] in _CHILDREN else "adult"
    choices = {one.code: one for one in version.part("fork").choices}
    if any(choices[code].whom not in {"", whom} for code in chosen(words, "fork")):
        raise NotACase("fork")


def spelt(version: Version, words: Iterable[str]) -> tuple[str, ...]:
    """Return known words in their one order: that of the file, but for what was tried, which has its own."""
    given = list(words)
    found: list[str] = []
    for part in version.parts:
        own = [word for word in given if word.startswith(f"{part.code}:")]
        found += own if part.results else sorted(own, key=part.words().index)
    return tuple(found)
