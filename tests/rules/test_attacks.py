"""Every attack of the design has its tests, or says why it has none; and the tests are there."""

import ast
import tomllib
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
# The numbers of the list in the security design, section 9.
LISTED = {
    *(1, 3, 4, 6, 7, 8, 10, 11, 12, 13, 15, 16, 18, 19, 20, 21, 23, 25, 26, 27, 29),
    *(31, 38, 40, 42, 43, 44, 46, 47, 48, 50, 51, 52, 54, 55, 56, 57, 59, 60, 61, 62, 64, 65, 67, 69, 70, 71),
    *(73, 74, 76, 78, 79, 81, 82, 83, 85, 87, 89),
}
ATTACKS = tomllib.loads((Path(__file__).parent / "attacks.toml").read_text(encoding="utf-8"))


def collected(file: Path) -> set[str]:
    """Return the tests that every run collects from a file: those of the long runs alone are not among them."""
    found = set()
    for one in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"):
            marks = " ".join(ast.unparse(mark) for mark in one.decorator_list)
            if "soak" not in marks and "skip" not in marks:
                found.add(one.name)
    return found


def test_the_list_is_whole() -> None:
    assert {int(number) for number in ATTACKS} == LISTED
    assert [int(number) for number in ATTACKS] == sorted(LISTED)


@pytest.mark.parametrize("number", ATTACKS)
def test_an_attack_names_tests_that_are_run(number: str) -> None:
    said = ATTACKS[number]
    assert set(said) <= {"attack", "at", "tests", "open"}
    assert said["attack"]
    assert said["at"] in {"centre", "operator", "both"}
    assert said.get("tests") or said.get("open"), "neither a test nor why there is none"
    for name in said.get("tests", ()):
        file, _, test = name.partition("::")
        assert (TESTS / file).name.startswith("test_")
        there = collected(TESTS / file)
        assert there, name
        assert not test or test in there, name
