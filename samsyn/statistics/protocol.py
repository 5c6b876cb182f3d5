"""The protocol of a release in plain words: which counts are hidden, and for each of them why. For the staff only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.statistics.definitions.model import Report, words_of
from samsyn.statistics.delivered.years import CLASS
from samsyn.statistics.models import Release
from samsyn.statistics.periods import Quarter
from samsyn.statistics.shown import quarter_title, text
from samsyn.ui import numbers
from samsyn.vocabulary import queries as vocabulary


@dataclass(frozen=True)
class Line:
    """A hidden count: what it counts, its value, and why it is hidden."""

    what: str
    value: int
    reason: str
    why: str


@dataclass(frozen=True)
class Part:
    """The hidden counts of one variable over one stretch of time."""

    title: str
    lines: tuple[Line, ...]


def of_release(release: Release, report: Report) -> list[Part]:
    """Return every hidden count of a release with its reason, by variable and stretch of time; two queries."""
    named = _Names(report, release)
    because: Mapping[str, str] = release.structure.get("because", {})
    threshold = numbers.number(max((part.threshold for part in report.definitions), default=5))
    found: dict[str, list[Line]] = {}
    hidden = release.cells.exclude(reason="").order_by("first", "last", "name")
    for name, first, last, value, reason in hidden.values_list("name", "first", "last", "value", "reason"):
        target = because.get(f"{name} {first} {last}", "")
        if reason == "primary":
            few = value < max(part.threshold for part in report.definitions)
            if few and value:
                why = _("Färre än %(threshold)s.") % {"threshold": threshold}
            elif any(part.source for part in report.definitions):
                why = _(
                    "För få har lämnat, eller en har för stor del: för läsaren, eller för den som drar ifrån sina egna."
                )
            else:
                why = _("De som inte har det svaret är för få.")
        elif target:
            why = _("Annars kan någon räkna ut %(target)s.") % {"target": named.quantity(target)}
        else:
            why = _("Dold i en tidigare publicering, och därför här också.")
        line = Line(named.count(name), value, reason, why)
        found.setdefault(named.heading(name, first, last), []).append(line)
    return [Part(title, tuple(lines)) for title, lines in found.items()]


class _Names:
    """What counts are called, from their keys."""

    def __init__(self, report: Report, release: Release) -> None:
        self.labels: dict[tuple[str, str], str] = {}
        if any(part.source for part in report.definitions):
            for code, document in release.tables.values_list("code", "document"):
                variable = report.table(code).parts[0].variable
                self.labels |= {(variable, row["code"]): text(row["label"]) for row in document["rows"]}
                source = report.table(code).parts[0].source
                divided = source.columns if source else ""
                self.labels |= {(divided, column["code"]): text(column["label"]) for column in document["columns"]}
        self.lists = {part.variable: part.list_code for part in report.definitions if part.variable}
        self.lists |= {part.within: part.within for part in report.definitions if part.within}
        self.lists |= {variable: part.across_list for part in report.definitions for variable in part.across.values()}
        self.titles = {part.variable: part.title for part in reversed(report.definitions) if part.variable}
        self.titles |= {variable: part.title for part in report.definitions for variable in part.across.values()}

    def count(self, name: str) -> str:
        """Write what a count counts: Boxholm; Under 6 år eller 7–12 år."""
        return _(" eller ").join(self._key(key) for key in name.split("+"))

    def quantity(self, written: str) -> str:
        """Write what is protected: a count, those beside it, or what came between two releases."""
        name, first, last = written.rsplit(" ", 2)
        kind, _colon, key = name.rpartition(":")
        words = f"{self.count(key)} ({_stretch(int(first), int(last))})"
        if kind == "others":
            return _("alla utom %(these)s") % {"these": words}
        return words

    def heading(self, name: str, first: int, last: int) -> str:
        """Write under which heading a count stands."""
        variable = self._last(name.split("+")[0])[0]
        title = self.titles.get(variable)
        words = (title.en if get_language() == "en" else title.sv) if title else self.count(name)
        return f"{words}, {_stretch(first, last)}"

    def _key(self, key: str) -> str:
        conditions = [one.partition("=") for one in key.split("|")[1:]]
        if not conditions:
            unit = words_of(key.partition("@")[0].partition(".")[0]).many
            return unit.en if get_language() == "en" else unit.sv
        if conditions[0][0] == CLASS:
            return _("ärendena hos dem som saknas i några av tabellerna")
        return ", ".join(
            self.labels.get((variable, code)) or vocabulary.label(self.lists.get(variable, variable), code)
            for variable, _is, code in conditions
        )

    @staticmethod
    def _last(key: str) -> tuple[str, str]:
        variable, _is, code = key.rpartition("|")[2].partition("=")
        return variable, code


def _stretch(first: int, last: int) -> str:
    if first == last:
        return quarter_title(str(Quarter.at(first))).lower()
    return _("%(first)s till %(last)s") % {"first": _stretch(first, first), "last": _stretch(last, last)}


def totals(parts: Sequence[Part]) -> tuple[int, int]:
    """Return how many counts are hidden because they are few, and how many for others' sake."""
    reasons = [line.reason for part in parts for line in part.lines]
    return reasons.count("primary"), reasons.count("secondary")
