"""The standard report counted slowly and obviously: its data files are read anew, each cell looks at every fact."""

import calendar
import csv
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.oracle.tables import Row, counted

ROOMS = Path(__file__).parents[2] / "samsyn"
STATES = ("unknown", "declined", "not_asked", "not_applicable")
OF_A_MATTER = ("answered", "referred", "booked", "will_return")
OPENED = date(2014, 3, 13)

# A year and its quarter.
When = tuple[int, int]
# Its cells by row and column; None where there is nothing to divide by.
Table = dict[str, dict[str, float | None]]


def definition(code: str) -> dict[str, Any]:
    """What a data file says."""
    file = ROOMS / "statistics" / "definitions" / f"{code}.toml"
    found: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def code_list(code: str) -> list[dict[str, str]]:
    """The rows of a code list."""
    with (ROOMS / "vocabulary" / "data" / "lists" / f"{code}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def when(text: str) -> When:
    """What ``2017-q1`` says."""
    return int(text[:4]), int(text[-1])


def first_day(quarter: When) -> date:
    return max(date(quarter[0], quarter[1] * 3 - 2, 1), OPENED)


def last_day(quarter: When) -> date:
    month = quarter[1] * 3
    return date(quarter[0], month, calendar.monthrange(quarter[0], month)[1])


def codes_of(list_code: str, first: When, last: When) -> list[str]:
    """The codes that could be used on some day of these quarters."""
    return [
        row["value"]
        for row in code_list(list_code)
        if row["valid_from"] <= last_day(last).isoformat()
        and (not row["valid_to"] or row["valid_to"] >= first_day(first).isoformat())
    ]


def printed(exact: Fraction, places: int, *, down: bool) -> float:
    """The figure with so many decimals: rounded down where it promises "at least", else half up."""
    scaled = exact * 10**places
    return math.floor(scaled if down else scaled + Fraction(1, 2)) / 10**places


@dataclass(frozen=True)
class Counted:
    """A release's tables from all facts that there are: ``facts`` by the name of their table."""

    facts: Mapping[str, Sequence[Row]]
    quarter: When
    frozen_on: date

    def tables(self) -> Iterator[tuple[str, str, Table]]:
        """Every period and table of the report, with its cells."""
        for kind in ("quarter", "year_to_date", "cumulative"):
            for one in definition("standard_report")["tables"]:
                parts = [definition(code) for code in one["parts"]]
                span = self.span(kind, parts[0])
                if span and all(kind in part.get("periods", [kind]) for part in parts):
                    yield kind, one["code"], self.table(kind, parts, *span)

    def span(self, kind: str, one: Mapping[str, Any]) -> tuple[When, When] | None:
        """The first and the last quarter that count."""
        year, last = self.quarter[0], self.quarter
        first = {"quarter": last, "year_to_date": (year, 1), "cumulative": (2014, 1)}[kind]
        if one.get("interval") == "complete_years" and last[1] < 4:
            last = (year - 1, 4)
        first = max(first, when(one.get("valid_from", "2014-q1")))
        return (first, last) if first <= last else None

    def number(
        self, one: Mapping[str, Any], first: When, last: When, where: Mapping[str, Sequence[str]] | None = None
    ) -> int:
        """How many of a definition's units there are, with these values."""
        population = {"outcome": OF_A_MATTER} if one.get("population") == "with_matter" else {}
        return counted(self.facts[one["unit"]], first=first, last=last, where=population | dict(where or {}))

    def mean(self, number: int, first: When, last: When) -> float:
        """The units a month, each day being its part of its month."""
        day, end, months = first_day(first), min(last_day(last), self.frozen_on), Fraction(0)
        while day <= end:
            months += Fraction(1, calendar.monthrange(day.year, day.month)[1])
            day += timedelta(days=1)
        return printed(number / months, 0, down=False)

    def table(self, kind: str, parts: Sequence[Mapping[str, Any]], first: When, last: When) -> Table:
        """The cells of a table over these quarters."""
        if parts[0]["rows"] == "time":
            return self._over_time(kind, parts, first, last)
        if parts[0]["rows"] == "total":
            has_mean = any("mean_per_month" in part["measures"] for part in parts)
            return {part["code"]: self._total(part, first, last, has_mean=has_mean) for part in parts}
        return self._statuses(parts[0], first, last) if "across" in parts[0] else self._codes(parts[0], first, last)

    def _total(self, one: Mapping[str, Any], first: When, last: When, *, has_mean: bool) -> dict[str, float | None]:
        found: dict[str, float | None] = {"count": self.number(one, first, last)}
        if has_mean:
            number = self.number(one, first, last)
            found["mean_per_month"] = self.mean(number, first, last) if "mean_per_month" in one["measures"] else None
        return found

    def _over_time(self, kind: str, parts: Sequence[Mapping[str, Any]], first: When, last: When) -> Table:
        spans = {"total": (first, last)}
        if kind == "cumulative":
            for year in range(first[0], last[0] + 1):
                spans[str(year)] = ((year, 1), min((year, 4), last))
        else:
            for number in range(first[1], last[1] + 1):
                spans[f"{last[0]}-q{number}"] = ((last[0], number), (last[0], number))
        return {
            name: {
                f"{part['code']}.{measure}": value
                for part in parts
                for measure, value in self._total(part, *span, has_mean="mean_per_month" in part["measures"]).items()
            }
            for name, span in spans.items()
        }

    def _statuses(self, one: Mapping[str, Any], first: When, last: When) -> Table:
        """Of those who are exposed in a way: how far it has come."""
        rows = {code: one["across"][code] for code in codes_of(one["list"], first, last) if code in one["only"]}

        def of(code: str, status: str) -> int:
            return self.number(one, first, last, {one["variable"]: [code], rows[code]: [status]})

        statuses = codes_of(one["across_list"], first, last)
        statuses += [state for state in STATES if any(of(code, state) for code in rows)]
        return {
            code: {status: of(code, status) for status in statuses}
            | {"total": self.number(one, first, last, {one["variable"]: [code]})}
            for code in rows
        }

    def _codes(self, one: Mapping[str, Any], first: When, last: When) -> Table:
        """A row for each code, group and answer state, and for all; a share is one of all, the unknown among them."""
        since = {row["code"]: max(first, when(row["valid_from"])) for row in one.get("validity", ())}

        def row(number: int, start: When) -> dict[str, float | None]:
            found: dict[str, float | None] = {"count": number}
            if "share" in one["measures"]:
                base, places = self.number(one, start, last), one.get("share_decimals", 0)
                down = one.get("least", False)
                found["share"] = printed(Fraction(100 * number, base), places, down=down) if base else None
            return found

        name = one.get("within", one["variable"])
        rows = {}
        for code in codes_of(one.get("within", one["list"]), first, last):
            start = since.get(code, first)
            if start <= last:
                rows[code] = row(self.number(one, start, last, {name: [code]}), start)
        if "within" in one:
            for place in code_list(one["list"]):
                number = counted(
                    self.facts[one["facts"]], first=first, last=last, where={one["variable"]: [place["value"]]}
                )
                if number:
                    rows[place["value"]] = row(number, first)
        for group in one.get("groups", ()):
            rows[group["code"]] = row(self.number(one, first, last, {name: group["members"]}), first)
        for state in STATES:
            number = self.number(one, first, last, {name: [state]})
            if number:
                rows[state] = row(number, first)
        return rows | {"total": row(self.number(one, first, last), first)}
