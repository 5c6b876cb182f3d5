"""Reads a year of deliveries for a release: those that count, who has the questions, and in whose answers they are read."""

from collections.abc import Mapping, Sequence
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
    sources = [one.source for one in report.definitions if one.source]
    (package,) = {one.package for one in sources}
    (read_in,) = {one.read_in for one in sources}
    tables = tuple(dict.fromkeys(one.table for one in sources))
    formats = {table: packages.format_of(package, read_in, table) for table in tables}
    versions = packages.versions(package)
    # A county is called by its whole name: Stockholm is one of its municipalities too.
    counties = [
        (row.value, Text(row.hint_sv or row.label_sv, row.hint_en or row.label_en))
        for row in vocabulary.all_codes("county")
    ]
    in_use = questions.implemented_on(package, min(numbers.local(at).date(), date(year, 12, 31)))
    having = {table: in_use | deliveries.agreed_in(package, table, year) for table in tables}

    def made(edition: int, figures: Mapping[str, Sequence[deliveries.Figures]]) -> Year:
        return of_year(
            report.definitions,
            year=year,
            edition=edition,
            figures=figures,
            formats=formats,
            packages=versions,
            counties=counties,
            having=having,
        )

    now = made(len(before), {table: _figures(package, table, year) for table in tables})
    if not now.deliverers:
        raise NothingDelivered(year)
    earlier = []
    for edition, ids in enumerate(before):
        kept = {table: deliveries.figures_of(ids, table=table) for table in tables}
        if sum(len(found) for found in kept.values()) < len(ids):
            raise NotKept(year)
        earlier.append(made(edition, kept))
    return correcting.after(
        tuple(earlier), now, source=sources[0], threshold=max(one.threshold for one in report.definitions)
    )


def _figures(package: str, table: str, year: int) -> list[deliveries.Figures]:
    periods = [one for one in deliveries.periods_of(package, table) if one.startswith(str(year))]
    return list(deliveries.accepted_figures(package=package, table=table, periods=periods))


def years(report: Report, *, before: int) -> list[int]:
    """Return the years before another of which something is delivered, the latest first."""
    sources = {(one.source.package, one.source.table) for one in report.definitions if one.source}
    found = {int(period[:4]) for package, table in sources for period in deliveries.periods_of(package, table)}
    return sorted((year for year in found if year < before), reverse=True)
