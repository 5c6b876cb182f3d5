"""The checker: one pass over a file, every fault with its row, column and rule, and the counts in the table's order. Pure.

The quick path of a row is a handful of look-ups; only what doesn't fit is looked at closely. What looks like data about
a person ends the check at once: the file is refused as a whole and nothing of it is kept.
"""

import difflib
from array import array
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from samsyn.deliveries.checking import individuals, reading
from samsyn.deliveries.checking.findings import Checked, Fault
from samsyn.deliveries.checking.formats import (
    COLUMNS,
    LARGEST_COUNT,
    PERIOD,
    STATUS_WORDS,
    STATUSES,
    SWEDISH,
    WITH_COUNT,
    TableFormat,
)
from samsyn.deliveries.checking.texts import Named

# More repeated ones than this in a file that knows no other counts are persons, not cells.
REPEATED_ONES = 5
_NAMED = 12
# So many missing cells are named in one report; beyond that it says how many more there are.
MOST_CELLS_NAMED = 2_000
Row = tuple[int, list[str]]
Rows = Iterator[Row]
_ABSENT, _FAULTY = 0, ord("?")
_LONGEST_COUNT = len(str(LARGEST_COUNT))


class _Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.rule)
        self.fault = fault


def check(file: BinaryIO, *, formats: Mapping[tuple[str, str], TableFormat], organisation: str) -> Checked:
    """Check a file that an organisation sends; ``formats`` by (package/version, table) are those that it may deliver.

    Never raises for what a file holds. Periods are only read here: which of them are wanted is for the caller to say.
    """
    made = Checked()
    try:
        source = reading.opened(file)
        made.kind, made.encoding, made.delimiter = source.kind, source.encoding, source.delimiter
        for cell in source.formulas:
            made.add(Fault("formula", _row_of(cell), cell))
        for cell in source.merged:
            made.add(Fault("merged", _row_of(cell), cell))
        _Pass(made, formats, organisation).run(source)
    except reading.Unreadable as problem:
        if problem.rule == "date":
            made.add(Fault("date", problem.row, problem.cell))
        else:
            made.refusal = Fault(problem.rule, problem.row, problem.cell)
    except _Refused as refused:
        made.refusal = refused.fault
    if not made.is_clean:
        made.counts, made.statuses = array("i"), b""
    made.faults.sort(key=lambda fault: (fault.row or 1 << 30, fault.column))
    return made


def _row_of(cell: str) -> int:
    return int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)


def _near(value: str, known: list[str]) -> str:
    return next(iter(difflib.get_close_matches(value[:40].casefold(), known, n=1, cutoff=0.75)), "")


def _list(known: list[str]) -> str:
    return ", ".join(known[:_NAMED]) + (" …" if len(known) > _NAMED else "")


class _Pass:
    """One pass over one file."""

    def __init__(self, made: Checked, formats: Mapping[tuple[str, str], TableFormat], organisation: str) -> None:
        self.made, self.formats, self.organisation = made, formats, organisation
        self.at: dict[str, int] = {}
        self.heads: list[str] = []

    def run(self, source: reading.Opened) -> None:
        rows = iter(source.rows)
        first = next(rows, None)
        if first is None:
            raise _Refused(Fault("empty"))
        head = [name.strip().casefold().lstrip("\ufeff") for name in first[1]]
        self._refuse_registers(head, first[0])
        second = next(rows, None)
        if second is None:
            raise _Refused(Fault("no_rows", first[0]))
        if not self._read_head(head, first[0], second):
            self._scan(second, rows)
            return
        self._read_rows(second, rows)

    def _refuse_registers(self, head: list[str], number: int) -> None:
        for name in head:
            if individuals.normalised(name) in individuals.COLUMNS:
                raise _Refused(Fault("individual_column", number, _column(head.index(name))))
            if name and (rule := individuals.suspicion(name)):
                raise _Refused(Fault(rule, number, _column(head.index(name))))

    def _read_head(self, head: list[str], number: int, second: Row) -> bool:
        """Find the format by the first row, hold the head against it, and say whether rows can be read."""
        made = self.made
        from_first: dict[str, str] = {}
        for name, value in zip(head, second[1], strict=False):
            from_first.setdefault(COLUMNS.get(name, name), value.strip())
        key = (from_first.get("package", ""), from_first.get("table", ""))
        found = self.formats.get(key)
        if "package" in from_first and "table" in from_first and found is None:
            self._suspect(second)
            known = sorted(" ".join(one) for one in self.formats)
            made.add(Fault("package_unknown", second[0], SWEDISH["package"], {"known": _list(known)}))
            return False
        names = found.names if found else COLUMNS
        meant = [names.get(name, "") for name in head]
        if "count" not in meant:
            raise _Refused(Fault("no_count_column", number))
        for place, (name, column) in enumerate(zip(head, meant, strict=True), start=1):
            if not column and (found or name not in names):
                made.add(Fault("column_unknown", number, _column(place - 1), {"place": place}))
            elif column in meant[: place - 1]:
                made.add(Fault("column_twice", number, _column(place - 1), {"column": name}))
        wanted = found.columns if found else ("package", "table")
        headings = dict(zip(found.columns, found.headings, strict=True)) if found else SWEDISH
        for column in wanted:
            if column not in meant:
                made.add(Fault("column_missing", number, headings[column], {"column": headings[column]}))
        if made.number_of_faults and (found is None or set(found.columns) - set(meant)):
            return False
        assert found is not None  # noqa: S101 (no format means missing columns, above)
        made.format = found
        self.at = {column: meant.index(column) for column in found.columns}
        self.heads = [headings.get(column, column) for column in meant]
        return not any(fault.rule.startswith("column_") for fault in made.faults)

    def _suspect(self, row: Row) -> None:
        for place, value in enumerate(row[1]):
            if rule := individuals.suspicion(value):
                raise _Refused(Fault(rule, row[0], self.heads[place] if place < len(self.heads) else _column(place)))

    def _scan(self, second: Row, rows: Rows) -> None:
        """Look through the rest of a file whose head is wrong: it may be a register all the same."""
        self._suspect(second)
        for row in rows:
            self._suspect(row)
            self.made.rows += 1

    def _read_rows(self, second: Row, rows: Rows) -> None:
        made, form = self.made, self.made.format
        assert form is not None  # noqa: S101
        made.counts = counts = array("i", bytes(4 * form.size))
        statuses = bytearray(form.size)
        seen = array("I", bytes(4 * form.size))
        at = self.at
        i_variable, i_code, i_count, i_status = at["variable"], at["code"], at["count"], at["status"]
        constants = [(at[name], second[1][at[name]] if at[name] < len(second[1]) else "", name)
                     for name in ("organisation", "period", "package", "table")]  # fmt: skip
        self._check_constants(second, constants)
        i_o, i_p, i_k, i_t = (place for place, _value, _name in constants)
        organisation, period, package, table = (value for _place, value, _name in constants)
        divisions = [
            (at[one.code], {item.code: number * stride for number, item in enumerate(one.codes)})
            for one, stride in zip(form.breakdowns, form.strides, strict=True)
        ]
        places, width = form.places, len(self.heads)
        self.unplaced: dict[str, int] = {}
        self.ones: int = 0
        self.more: bool = False
        number, row = second
        while True:
            made.rows += 1
            cell = -1
            if len(row) == width:
                if row[i_o] != organisation or row[i_p] != period or row[i_k] != package or row[i_t] != table:
                    self._not_constant(number, row, constants)
                try:
                    cell = places[row[i_variable]][row[i_code]]
                    for place, codes in divisions:
                        cell += codes[row[place]]
                except KeyError:
                    cell = self._find(number, row)
            else:
                cell = self._wrong_width(number, row, width)
            if cell >= 0:
                count, status = row[i_count], STATUSES.get(row[i_status])
                if seen[cell]:
                    self._twice(number, row, seen[cell])
                elif (
                    status in WITH_COUNT and count.isdigit() and len(count) <= _LONGEST_COUNT and count.isascii()
                ):  # the quick path
                    counts[cell] = value = int(count)
                    statuses[cell] = ord(status)
                    self.more = self.more or value > 1
                    seen[cell] = number
                else:
                    statuses[cell] = self._odd(number, row, count, status)
                    seen[cell] = number
            following = next(rows, None)
            if following is None:
                break
            number, row = following
        self._check_whole(form, statuses)
        made.statuses = bytes(statuses)

    def _check_constants(self, row: Row, constants: list[tuple[int, str, str]]) -> None:
        made = self.made
        number = row[0]
        organisation, period = constants[0][1].strip(), constants[1][1].strip()
        if organisation != self.organisation:
            self._suspect(row)
            made.add(Fault("organisation_other", number, "organisation", {"organisation": self.organisation}))
        if not PERIOD.match(period):
            self._suspect(row)
            made.add(Fault("period_form", number, "period"))
        made.organisation, made.period = self.organisation, period if PERIOD.match(period) else ""

    def _not_constant(self, number: int, row: list[str], constants: list[tuple[int, str, str]]) -> None:
        self._suspect((number, row))
        for place, value, _name in constants:
            if row[place].strip() != value.strip():
                self.made.add(Fault("not_constant", number, self.heads[place]))

    def _wrong_width(self, number: int, row: list[str], width: int) -> int:
        self._suspect((number, row))
        # A spreadsheet leaves the last values out where they are empty.
        if self.made.kind == "xlsx" and len(row) < width:
            row.extend([""] * (width - len(row)))
            return self._find(number, row)
        self.made.add(Fault("row_width", number, "", {"found": len(row), "wanted": width}))
        self._unplaced(row[self.at["variable"]] if self.at["variable"] < len(row) else "")
        return -1

    def _find(self, number: int, row: list[str]) -> int:
        """Place a row that the quick path didn't know: with blanks around its codes, or faulty. -1: it has no place."""
        form = self.made.format
        assert form is not None  # noqa: S101
        row[:] = [value.strip() for value in row]
        self._suspect((number, row))
        variable, code = row[self.at["variable"]], row[self.at["code"]]
        cell, is_known = 0, True
        if variable not in form.places:
            self._unknown("variable_unknown", number, "variable", variable, list(form.places))
            self._unplaced("")
            return -1
        if code not in form.places[variable]:
            self._unknown("code_unknown", number, "code", code, list(form.places[variable]), variable=variable)
            is_known = False
        else:
            cell = form.places[variable][code]
        for one, stride in zip(form.breakdowns, form.strides, strict=True):
            codes = [item.code for item in one.codes]
            value = row[self.at[one.code]]
            if value in codes:
                cell += codes.index(value) * stride
            else:
                self._unknown("breakdown_unknown", number, one.code, value, codes)
                is_known = False
        if not is_known:
            self._unplaced(variable)
            return -1
        return cell

    def _unknown(self, rule: str, number: int, column: str, value: str, known: list[str], **named: str) -> None:
        head = self.heads[self.at[column]]
        words: dict[str, str | int] = {"known": _list(known), "near": _near(value, known), "column": head, **named}
        self.made.add(Fault(rule, number, head, words))

    def _unplaced(self, variable: str) -> None:
        self.unplaced[variable] = self.unplaced.get(variable, 0) + 1

    def _twice(self, number: int, row: list[str], first: int) -> None:
        self._suspect((number, row))
        self.ones += row[self.at["count"]].strip() in {"1", ""}
        if self.ones > REPEATED_ONES and not self.more:
            raise _Refused(Fault("row_per_person", number))
        self.made.add(Fault("cell_twice", number, self.heads[self.at["code"]], {"first": first}))

    def _odd(self, number: int, row: list[str], count: str, status: str | None) -> int:
        """Return the status of a cell whose count is no plain number, or the mark of a faulty one."""
        count = count.strip()
        # A count whose status is wrong is a count all the same: the file is no register.
        self.more = self.more or (count.isdecimal() and count.strip("0") not in {"", "1"})
        status = STATUSES.get(row[self.at["status"]].strip().casefold()) if status is None else status
        head = self.heads[self.at["count"]]
        if status is None:
            self._suspect((number, row))
            word = row[self.at["status"]].strip()
            self._unknown("status_unknown", number, "status", word, [STATUS_WORDS[one] for one in STATUS_WORDS])
            return _FAULTY
        if status in WITH_COUNT:
            self._suspect((number, row))
            if not count:
                self.made.add(Fault("count_missing", number, head))
            elif count.isascii() and count.isdigit():
                if len(count) <= _LONGEST_COUNT:
                    return self._trimmed(row, int(count), status)
                self.made.add(Fault("count_large", number, head))
            else:
                self.made.add(Fault("count_form", number, head))
            return _FAULTY
        if count:
            self._suspect((number, row))
            self.made.add(Fault("count_not_wanted", number, head))
            return _FAULTY
        return ord(status)

    def _trimmed(self, row: list[str], value: int, status: str) -> int:
        """Keep a count that had blanks around it or around its status."""
        form = self.made.format
        assert form is not None  # noqa: S101
        cell = form.places[row[self.at["variable"]].strip()][row[self.at["code"]].strip()]
        for one, stride in zip(form.breakdowns, form.strides, strict=True):
            cell += [item.code for item in one.codes].index(row[self.at[one.code]].strip()) * stride
        self.made.counts[cell] = value
        self.more = self.more or value > 1
        return ord(status)

    def _check_whole(self, form: TableFormat, statuses: bytearray) -> None:
        """Name the cells that no row is about, unless a faulty row may have meant them."""
        if _ABSENT not in statuses:
            return
        anywhere = self.unplaced.get("", 0)
        lacking: dict[str, list[str]] = {}
        numbers: dict[str, int] = {}
        room = MOST_CELLS_NAMED
        for key, status in zip(form.each_cell(), statuses, strict=True):
            if status == _ABSENT:
                numbers[key[0]] = numbers.get(key[0], 0) + 1
                if numbers[key[0]] == 1 or room > 0:
                    lacking.setdefault(key[0], []).append(" ".join(key[1:]))
                    room -= 1
        for variable, number in numbers.items():
            explained = self.unplaced.get(variable, 0) + anywhere
            if number > explained:
                head = self.heads[self.at["variable"]]
                named: dict[str, Named] = {"variable": variable, "number": number - explained, "absent": number}
                rule = "cells_missing_among" if explained else "cells_missing"
                self.made.add(Fault(rule, 0, head, {**named, "cells": lacking[variable]}))


def _column(place: int) -> str:
    """Return a column by its letter, as spreadsheets name it."""
    return chr(65 + place) if place < 26 else f"{place + 1}"
