"""The reviewed data files as frozen rows. No database here: what is wrong is found before anything is written."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parent / "data"

RESERVED = frozenset({"unknown", "declined", "not_asked", "not_applicable"})
RELATIONS = frozenset({"exact", "coarser", "finer", "not_comparable"})
ORDERS = frozenset({"position", "alphabetical"})
_VALUE = re.compile(r"[a-z0-9][a-z0-9_]{0,39}\Z")


class BadFile(Exception):
    """A data file can't be used; the message names file, line and fault."""


@dataclass(frozen=True)
class CodeLine:
    """A line of lists/<list>.csv."""

    value: str
    label_sv: str
    label_en: str
    hint_sv: str
    hint_en: str
    parent: str
    group: str
    valid_from: date
    valid_to: date | None
    source: str
    verified: bool


@dataclass(frozen=True)
class ListLine:
    """A line of lists.csv with the codes of its own file."""

    code: str
    title_sv: str
    title_en: str
    parent_list: str
    order: str
    note_sv: str
    note_en: str
    codes: tuple[CodeLine, ...]


@dataclass(frozen=True)
class SourceLine:
    """A line of sources.csv."""

    code: str
    title: str
    address: str
    note_sv: str
    note_en: str


@dataclass(frozen=True)
class CategoryLine:
    """A line of crosswalk/categories.csv."""

    scheme: str
    code: str
    label: str
    label_sv: str


@dataclass(frozen=True)
class SchemeLine:
    """A line of crosswalk/schemes.csv."""

    code: str
    title: str
    publisher: str
    country: str
    address: str
    note_sv: str
    note_en: str


@dataclass(frozen=True)
class CrosswalkLine:
    """A line of crosswalk/crosswalk.csv. No category means that nothing there corresponds."""

    scheme: str
    list: str
    value: str
    category: str
    relation: str
    valid_from: date
    verified: bool
    note_sv: str
    note_en: str


@dataclass(frozen=True)
class Files:
    """Everything that the data folder says, checked."""

    lists: tuple[ListLine, ...]
    sources: tuple[SourceLine, ...]
    schemes: tuple[SchemeLine, ...]
    categories: tuple[CategoryLine, ...]
    crosswalk: tuple[CrosswalkLine, ...]


def _lines(file: Path) -> Iterator[dict[str, str]]:
    """Yield the lines of a CSV file; raise BadFile with the line's number if one has too few or too many fields."""
    try:
        with file.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle, strict=True)
            for line in reader:
                if None in line or None in line.values():
                    raise BadFile(f"{file.name}, line {reader.line_num}: wrong number of fields")
                yield {name: text.strip() for name, text in line.items()}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{file.name}: {error}") from error


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadFile(f"{where}: {text!r} is no date") from None


def _yes(text: str, where: str) -> bool:
    if text not in {"yes", "no"}:
        raise BadFile(f"{where}: {text!r} is neither yes nor no")
    return text == "yes"


def _code_lines(file: Path) -> Iterator[CodeLine]:
    for line in _lines(file):
        where = f"{file.name}, {line['value']}"
        yield CodeLine(
            value=line["value"],
            label_sv=line["label_sv"],
            label_en=line["label_en"],
            hint_sv=line["hint_sv"],
            hint_en=line["hint_en"],
            parent=line["parent"],
            group=line["group"],
            valid_from=_day(line["valid_from"], where),
            valid_to=_day(line["valid_to"], where) if line["valid_to"] else None,
            source=line["source"],
            verified=_yes(line["verified"], where),
        )


def read(folder: Path = FOLDER) -> Files:
    """Read and check the data folder; raise BadFile if anything is amiss."""
    try:
        files = Files(
            lists=tuple(
                ListLine(**line, codes=tuple(_code_lines(folder / "lists" / f"{line['code']}.csv")))
                for line in _lines(folder / "lists.csv")
            ),
            sources=tuple(SourceLine(**line) for line in _lines(folder / "sources.csv")),
            schemes=tuple(SchemeLine(**line) for line in _lines(folder / "crosswalk" / "schemes.csv")),
            categories=tuple(CategoryLine(**line) for line in _lines(folder / "crosswalk" / "categories.csv")),
            crosswalk=tuple(
                CrosswalkLine(
                    scheme=line["scheme"],
                    list=line["list"],
                    value=line["value"],
                    category=line["category"],
                    relation=line["relation"],
                    valid_from=_day(line["valid_from"], "crosswalk.csv"),
                    verified=_yes(line["verified"], "crosswalk.csv"),
                    note_sv=line["note_sv"],
                    note_en=line["note_en"],
                )
                for line in _lines(folder / "crosswalk" / "crosswalk.csv")
            ),
        )
    except (KeyError, TypeError) as error:
        raise BadFile(f"a column is missing or unknown: {error}") from error
    named = {f"{one.code}.csv" for one in files.lists}
    strays = sorted(file.name for file in (folder / "lists").iterdir() if file.name not in named)
    faults = [f"{name} belongs to no list in lists.csv" for name in strays]
    faults += [*_list_faults(files), *_crosswalk_faults(files)]
    if faults:
        raise BadFile("; ".join(faults))
    return files


def _twice(names: Iterable[str], what: str) -> Iterator[str]:
    return (f"{what} {name} stands twice" for name, count in Counter(names).items() if count > 1)


def _list_faults(files: Files) -> Iterator[str]:
    yield from _twice((one.code for one in files.lists), "the list")
    values: dict[str, set[str]] = {}
    sources = {one.code for one in files.sources}
    for one in files.lists:
        yield from _twice((line.value for line in one.codes), f"{one.code}:")
        if one.order not in ORDERS:
            yield f"{one.code}: the order {one.order!r} is not known"
        # Parents stand above their children in lists.csv, so that they are in the database first.
        if one.parent_list and one.parent_list not in values:
            yield f"{one.code}: its parent {one.parent_list} does not stand above it"
        parents = values.get(one.parent_list, {""})
        for line in one.codes:
            yield from _code_faults(line, where=f"{one.code}:{line.value}", parents=parents, sources=sources)
        values[one.code] = {line.value for line in one.codes}


def _code_faults(line: CodeLine, *, where: str, parents: set[str], sources: set[str]) -> Iterator[str]:
    if not _VALUE.match(line.value) or line.value in RESERVED:
        yield f"{where} is no value for a code"
    if not line.label_sv or not line.label_en:
        yield f"{where} lacks a label"
    if bool(line.hint_sv) != bool(line.hint_en):
        yield f"{where} has its hint in one language only"
    if line.parent not in parents:
        yield f"{where}: the parent {line.parent!r} does not exist"
    if line.source not in sources:
        yield f"{where}: the source {line.source!r} does not exist"
    if line.valid_to is not None and line.valid_to < line.valid_from:
        yield f"{where} ends before it begins"


def _crosswalk_faults(files: Files) -> Iterator[str]:
    yield from _twice((one.code for one in files.schemes), "the scheme")
    schemes = {one.code for one in files.schemes}
    categories = {(one.scheme, one.code) for one in files.categories}
    codes = {(one.code, line.value) for one in files.lists for line in one.codes}
    yield from _twice((f"{one.scheme}:{one.code}" for one in files.categories), "the category")
    yield from _twice((f"{r.scheme} {r.list}:{r.value} {r.category}" for r in files.crosswalk), "the comparison")
    yield from (f"{scheme} is no scheme" for scheme, _ in sorted(categories) if scheme not in schemes)
    for row in files.crosswalk:
        where = f"{row.scheme} {row.list}:{row.value}"
        if (row.list, row.value) not in codes:
            yield f"{where}: we have no such code"
        if row.scheme not in schemes:
            yield f"{where}: there is no such scheme"
        if row.category and (row.scheme, row.category) not in categories:
            yield f"{where}: {row.category} is no category there"
        if row.relation not in RELATIONS or (not row.category and row.relation != "not_comparable"):
            yield f"{where}: the relation {row.relation!r} can't stand there"
