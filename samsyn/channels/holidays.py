"""Swedish public holidays by rule (lag 1989:253), and the three eves when offices are closed. Pure: no Django."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType


def easter(year: int) -> date:
    """Return Easter Sunday (the anonymous Gregorian algorithm, Nature 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    week = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * week) // 451
    month, day = divmod(h + week - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _saturday_from(day: date) -> date:
    return day + timedelta(days=(5 - day.weekday()) % 7)


@cache
def holidays(year: int) -> Mapping[date, str]:
    """Return the days of a year on which a line that closes on holidays is closed, with the code of each."""
    sunday = easter(year)
    midsummer = _saturday_from(date(year, 6, 20))
    found = {
        date(year, 1, 1): "new_year",
        date(year, 1, 6): "epiphany",
        sunday - timedelta(days=2): "good_friday",
        sunday: "easter",
        sunday + timedelta(days=1): "easter_monday",
        date(year, 5, 1): "first_of_may",
        sunday + timedelta(days=39): "ascension",
        sunday + timedelta(days=49): "pentecost",
        date(year, 6, 6): "national_day",
        midsummer - timedelta(days=1): "midsummer_eve",
        midsummer: "midsummer",
        _saturday_from(date(year, 10, 31)): "all_saints",
        date(year, 12, 24): "christmas_eve",
        date(year, 12, 25): "christmas",
        date(year, 12, 26): "second_christmas",
        date(year, 12, 31): "new_years_eve",
    }
    return MappingProxyType(dict(sorted(found.items())))
