"""The package that a vendor checks with at home, read by frictionless itself: clean is valid, what can be said is found."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from frictionless import Package

from samsyn.deliveries.checking import offline
from samsyn.deliveries.checking.formats import TableFormat, from_data
from samsyn.deliveries.checking.of_packages import tables
from samsyn.deliveries.checking.texts import RULES
from samsyn.questions.exchange import core
from tests.deliveries.files import SPOILERS, as_csv, checked, made_format, places, rows_of, spoil

Rows = list[list[str]]
FORM = made_format(variables=4, codes=5)


def said_by_frictionless(form: TableFormat, folder: Path, content: bytes | None = None) -> set[tuple[str, int]]:
    """Unpack what we hand out, put a file in the example's place, and return kinds and rows of all errors."""
    with zipfile.ZipFile(io.BytesIO(offline.archive(form))) as archive:
        archive.extractall(folder)
    if content is not None:
        (folder / "leverans.csv").write_bytes(content)
    report = Package(folder / "datapackage.json").validate(limit_errors=10_000)
    told = report.to_dict()
    assert not told["errors"], told["errors"]
    return {(one["type"], one.get("rowNumber", 0)) for task in told["tasks"] for one in task["errors"]}


@pytest.mark.parametrize("form", [one for version in core.versions() for one in tables(version)], ids=lambda f: f.name)
def test_the_example_of_every_table_is_valid(form: TableFormat, tmp_path: Path) -> None:
    assert not said_by_frictionless(form, tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_in_order_is_valid(tmp_path: Path, encoding: str) -> None:
    content = as_csv(FORM, rows_of(FORM), encoding=encoding)
    assert checked(FORM, content).is_clean
    assert not said_by_frictionless(FORM, tmp_path, content)


# Spoilers of one row by our rule; and what frictionless calls it, where a schema can say it.
SAID = {
    "variable_unknown": "constraint-error",
    "code_unknown": "constraint-error",
    "breakdown_unknown": "constraint-error",
    "count_form": "type-error",
    "count_large": "constraint-error",
    "status_unknown": "constraint-error",
    "row_width": "extra-cell",
}
NOT_SAID = {rule for _text, rules in offline.NOT_SAID for rule in rules}


@pytest.mark.parametrize("number", range(len(SPOILERS)))
def test_every_planted_fault_is_found_or_listed_as_beyond_the_schema(number: int, tmp_path: Path) -> None:
    rows, at = rows_of(FORM), 17
    planted = spoil(rows[at], SPOILERS[number], FORM, number=at + 2)
    rule, content = planted[0], as_csv(FORM, rows)
    assert places(checked(FORM, content)) == {planted}
    found = said_by_frictionless(FORM, tmp_path, content)
    if rule in NOT_SAID:
        assert not found
        return
    kinds = {kind for kind, row in found if row == at + 2}
    assert {row for _kind, row in found} == {at + 2}
    # A number below nought is one of our wrong forms, and a limit of theirs.
    assert kinds & {SAID[rule], "constraint-error" if rule == "count_form" else SAID[rule]}


def twice(rows: Rows) -> int:
    rows.append(list(rows[3]))
    return len(rows)


def another_variables_code(rows: Rows) -> int:
    at = next(place for place, row in enumerate(rows) if row[4] == "variable_b")
    rows[at][5] = "only_of_a"
    return at + 1


def bad_period(rows: Rows) -> int:
    rows[5][1] = "mars 2026"
    return 6


def bad_organisation(rows: Rows) -> int:
    rows[5][0] = "Stockholms stad"
    return 6


def other_package(rows: Rows) -> int:
    rows[5][2] = "core/9.0.0"
    return 6


def no_status(rows: Rows) -> int:
    rows[5][-1] = ""
    return 6


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (twice, "primary-key"),
        (another_variables_code, "foreign-key"),
        (bad_period, "constraint-error"),
        (bad_organisation, "constraint-error"),
        (other_package, "constraint-error"),
        (no_status, "constraint-error"),
    ],
)
def test_faults_between_rows_and_tables_are_found_too(plant: Callable[[Rows], int], kind: str, tmp_path: Path) -> None:
    form = _with_an_answer_of_its_own()
    rows = rows_of(form)
    at = plant(rows)
    content = as_csv(form, rows)
    assert not checked(form, content).is_clean
    assert (kind, at + 1) in said_by_frictionless(form, tmp_path, content)


def _with_an_answer_of_its_own() -> TableFormat:
    """Return a format whose first variable has a code that the others lack."""
    data = FORM.as_data()
    data["variables"][0]["codes"].append({"code": "only_of_a", "label_sv": "Bara A", "label_en": "A only"})
    return from_data(data)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ((b"variabel;", b"variabeln;"), "incorrect-label"),
        ((b";status\r", b";status;extra\r"), "extra-label"),
        ((b";status\r", b"\r"), "missing-label"),
    ],
)
def test_a_wrong_head_is_found(change: tuple[bytes, bytes], kind: str, tmp_path: Path) -> None:
    content = as_csv(FORM, rows_of(FORM)).replace(*change, 1)
    assert kind in {found for found, _row in said_by_frictionless(FORM, tmp_path, content)}


def test_what_a_schema_cannot_say_is_listed_in_the_package_with_our_rules(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(offline.archive(FORM))) as archive:
        archive.extractall(tmp_path)
    listed = Package(tmp_path / "datapackage.json").custom["samsyn:notExpressed"]
    words = json.loads((tmp_path / "rules.json").read_text())
    assert {rule for one in listed for rule in one["rules"]} == NOT_SAID <= set(words)
    assert all(one["text"] for one in listed)
    assert set(RULES) == set(words)
    assert not NOT_SAID & set(SAID)
    # Said by nobody's schema: a whole row that is not there.
    rows = rows_of(FORM)
    del rows[3]
    content = as_csv(FORM, rows)
    assert places(checked(FORM, content)) == {("cells_missing", 0, "variabel")}
    assert not said_by_frictionless(FORM, tmp_path, content)
