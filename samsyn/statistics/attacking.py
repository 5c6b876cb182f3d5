"""The attacker who has read everything that was ever published, from the first release to the latest."""

from dataclasses import dataclass

from django.utils import timezone

from samsyn.statistics import attack, linking, queries
from samsyn.statistics.definitions.of_deliveries import delivered_report
from samsyn.statistics.delivered import correcting, insiders, reading
from samsyn.statistics.models import PublishedTable, ReleaseTable


@dataclass(frozen=True)
class Attack:
    """How many releases were read, what linear programs find, and published cells that show what is marked as hidden."""

    releases: int
    audit: attack.Audit
    leaks: tuple[str, ...]

    @property
    def is_safe(self) -> bool:
        """Tell whether nothing can be worked out and nothing stands there."""
        return self.audit.is_safe and not self.leaks


def everything() -> Attack:
    """Return what an attacker makes of all releases together."""
    editions = queries.published_editions()
    if not editions:
        return Attack(0, attack.Audit(0, 0, 0, None, 0.0), ())
    system = linking.link(editions[:-1], editions[-1])
    hidden = {(number, *asked.name) for number, one in enumerate(editions) for asked in one.cells if asked.is_hidden}
    audited = attack.audit(system, hidden)
    for year in queries.years_of(delivered_report().code):
        audited = _with_deliverers(year, audited)
    return Attack(len(editions), audited, tuple(_leaks()))


def _with_deliverers(year: int, audited: attack.Audit) -> attack.Audit:
    """Return the audit with what each deliverer can work out of a published year with its own figures.

    A year of which a delivery is no longer kept is tried by the public alone.
    """
    report = delivered_report()
    editions = queries.published_editions(report=report.code, year=year)
    ids = queries.deliveries_of_editions(report.code, year)
    try:
        made = reading.published_year(report, year=year, editions=ids, at=timezone.now())
    except reading.NotKept:
        return audited
    system = correcting.tied(linking.link(editions[:-1], editions[-1]), made)
    hidden = {(number, *asked.name) for number, one in enumerate(editions) for asked in one.cells if asked.is_hidden}
    return insiders.audit(system, hidden, made, public=audited)


def _leaks() -> list[str]:
    """Return the places of published cells with a value that the release marks as hidden."""
    public = {
        (one.quarter, one.revision, one.kind, one.code): one.document["rows"]
        for one in PublishedTable.objects.filter(source="release")
    }
    found = []
    tables = ReleaseTable.objects.filter(release__status="published").select_related("release")
    for table in tables.defer("public_document", "release__leaves", "release__structure"):
        release = table.release
        place = (f"{release.year}-q{release.quarter}", release.revision, table.kind, table.code)
        for row, shown in zip(table.document["rows"], public[place], strict=True):
            for cell, seen in zip(row["cells"], shown["cells"], strict=True):
                if cell and cell.get("hidden") and seen["v"] is not None:
                    found.append(" ".join(str(part) for part in (*place, row["code"])))
    return found
