"""Reads a year of deliveries for a release: those that count, who has the questions, and in whose answers they are read."""

from datetime import date, datetime

from samsyn.deliveries import packages
from samsyn.deliveries import queries as deliveries
from samsyn.questions import queries as questions
from samsyn.statistics.definitions.model import Report, Text
from samsyn.statistics.delivered.years import Year, of_year
from samsyn.ui import numbers
from samsyn.vocabulary import queries as vocabulary


class NothingDelivered(Exception):
    """Nobody has delivered the whole year."""


def year_of(report: Report, *, year: int, edition: int, at: datetime) -> Year:
    """Return a year of a report's tables as it is delivered now; raise NothingDelivered."""
    (package,) = {one.source.package for one in report.definitions if one.source}
    (read_in,) = {one.source.read_in for one in report.definitions if one.source}
    tables = dict.fromkeys(one.source.table for one in report.definitions if one.source)
    day = min(numbers.local(at).date(), date(year, 12, 31))
    in_use = questions.implemented_on(package, day)
    made = of_year(
        report.definitions,
        year=year,
        edition=edition,
        figures={table: _figures(package, table, year) for table in tables},
        formats={table: packages.format_of(package, read_in, table) for table in tables},
        packages=packages.versions(package),
        # A county is called by its whole name: Stockholm is one of its municipalities too.
        counties=[
            (row.value, Text(row.hint_sv or row.label_sv, row.hint_en or row.label_en))
            for row in vocabulary.all_codes("county")
        ],
        having={table: in_use | deliveries.agreed_in(package, table, year) for table in tables},
    )
    if not made.deliverers:
        raise NothingDelivered(year)
    return made


def _figures(package: str, table: str, year: int) -> list[deliveries.Figures]:
    periods = [one for one in deliveries.periods_of(package, table) if one.startswith(str(year))]
    return list(deliveries.accepted_figures(package=package, table=table, periods=periods))


def years(report: Report, *, before: int) -> list[int]:
    """Return the years before another of which something is delivered, the latest first."""
    sources = {(one.source.package, one.source.table) for one in report.definitions if one.source}
    found = {int(period[:4]) for package, table in sources for period in deliveries.periods_of(package, table)}
    return sorted((year for year in found if year < before), reverse=True)
