"""Reads a year of deliveries for a release: those that count, who has the questions, and in whose answers they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from samsyn.deliveries import packages
from samsyn.deliveries import queries as deliveries
from samsyn.questions import queries as questions
from samsyn.statistics.definitions.model import Report, Text
from samsyn.statistics.delivered import correcting
from samsyn.statistics.delivered.building import of_year
from samsyn.statistics.delivered.years import Year
from samsyn.ui import numbers
from samsyn.vocabulary import queries as vocabulary


class NothingDelivered(Exception):
    """Nobody has delivered the whole year."""


class NotKept(Exception):
    """A delivery that an earlier edition was made of is gone: what a correction would give away can't be told."""


def year_of(report: Report, *, year: int, before: Sequence[Sequence[str]], at: datetime) -> Year:
    """Return a year of a report's tables as it is delivered now; raise NothingDelivered or NotKept.

    ``before`` are the deliveries of each edition of it that was published: a correction is protected beside them.
    """
    reader = _Reader(report, year, at)
    now = reader.made(len(before), {table: _figures(reader.package, table, year) for table in reader.tables})
    if not now.deliverers:
        raise NothingDelivered(year)
    threshold = max(one.threshold for one in report.definitions)
    return correcting.after(reader.earlier(before), now, source=reader.sources[0], threshold=threshold)


def published_year(report: Report, *, year: int, editions: Sequence[Sequence[str]], at: datetime) -> Year:
    """Return a year's latest edition, and those before, put together of the deliveries of each; raise NotKept."""
    *before, latest = _Reader(report, year, at).earlier(editions)
    return replace(latest, before=tuple(before))


class _Reader:
    """What is the same for every edition of a year."""

    def __init__(self, report: Report, year: int, at: datetime) -> None:
        self.report, self.year = report, year
        self.sources = [one.source for one in report.definitions if one.source]
        (self.package,) = {one.package for one in self.sources}
        (read_in,) = {one.read_in for one in self.sources}
        self.tables = tuple(dict.fromkeys(one.table for one in self.sources))
        self.formats = {table: packages.format_of(self.package, read_in, table) for table in self.tables}
        self.versions = packages.versions(self.package)
        # A county is called by its whole name: Stockholm is one of its municipalities too.
        self.counties = [
            (row.value, Text(row.hint_sv or row.label_sv, row.hint_en or row.label_en))
            for row in vocabulary.all_codes("county")
        ]
        in_use = questions.implemented_on(self.package, min(numbers.local(at).date(), date(year, 12, 31)))
        self.having = {table: in_use | deliveries.agreed_in(self.package, table, year) for table in self.tables}

    def made(self, edition: int, figures: Mapping[str, Sequence[deliveries.Figures]]) -> Year:
        """Put one edition together."""
        return of_year(
            self.report.definitions,
            year=self.year,
            edition=edition,
            figures=figures,
            formats=self.formats,
            packages=self.versions,
            counties=self.counties,
            having=self.having,
        )

    def earlier(self, editions: Sequence[Sequence[str]]) -> tuple[Year, ...]:
        """Put editions together of the deliveries that each was made of; raise NotKept."""
        found = []
        for edition, ids in enumerate(editions):
            kept = {table: deliveries.figures_of(ids, table=table) for table in self.tables}
            if sum(len(rows) for rows in kept.values()) < len(ids):
                raise NotKept(self.year)
            found.append(self.made(edition, kept))
        return tuple(found)


def _figures(package: str, table: str, year: int) -> list[deliveries.Figures]:
    periods = [one for one in deliveries.periods_of(package, table) if one.startswith(str(year))]
    return list(deliveries.accepted_figures(package=package, table=table, periods=periods))


def years(report: Report, *, before: int) -> list[int]:
    """Return the years before another of which something is delivered, the latest first."""
    sources = {(one.source.package, one.source.table) for one in report.definitions if one.source}
    found = {int(period[:4]) for package, table in sources for period in deliveries.periods_of(package, table)}
    return sorted((year for year in found if year < before), reverse=True)
