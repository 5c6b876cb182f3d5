"""What a format can't carry is found out, part by part, and the list in the file says exactly that.

A part is carried if its change changes the file. So nothing that is lost goes unsaid, and nothing that is there is said to be
lost.
"""

import copy
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from zipfile import ZipFile

import pytest

from samsyn.questions.exchange import carried, ddi, fhir, plain, spss, xlsform
from samsyn.questions.exchange.package import Package, Status, Text
from tests.questions.exported import THIRD

MADE: dict[str, Callable[[Package], bytes]] = {
    "fhir": fhir.as_json,
    "xlsform": xlsform.as_xlsx,
    "spss": spss.as_sav,
    "ddi": ddi.as_xml,
}
# Names that stand in several places change in all of them.
TOGETHER = (
    ("concepts.code", "variables.concept"),
    ("code_lists.code", "variables.code_list.code"),
    ("code_lists.version", "variables.code_list.version"),
    ("code_lists.codes.value", "variables.condition.values", "mappings.codes.source"),
    ("variables.code", "variables.condition.variable", "breakdowns", "mappings.variable", "requirements.variables"),
    ("variables.version", "mappings.version"),
    ("variables.wordings.first.mode", "variables.wordings.other.mode"),
)
# One of the words that are known, in the place of another.
NEXT = {
    "level": {"major": "minor", "minor": "patch", "patch": "major"},
    "status": {"decided": "in_use"},
    "universe": {"case": "contact", "person": "measure"},
    "kind": {"single": "multiple", "multiple": "single"},
    "mode": {"interview": "self_report", "self_report": "case_review", "case_review": "interview"},
    "relation": {"exact": "not_comparable"},
}


def everything() -> Package:
    """Return a package in which every part has content that the editor can write."""
    first, *others = THIRD.concepts
    texts = THIRD.code_lists[0]
    codes = tuple(
        replace(
            one,
            label=Text(one.label.sv.ljust(200, "a"), one.label.en, one.label.easy or "Lätt"),
            definition=one.definition or Text("Så här menas det.", "This is meant."),
        )
        for one in texts.codes
    )
    return replace(
        THIRD,
        status=Status.DECIDED,
        valid_to="2030-12-31",
        concepts=(replace(first, source="Egen"), *others),
        code_lists=(replace(texts, codes=codes), *THIRD.code_lists[1:]),
    )


WHOLE = plain.to_plain(everything())


def places(said: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield every value with its path and where it stands: the holder and the key."""
    entries = said.items() if isinstance(said, dict) else enumerate(said)
    for key, value in entries:
        name = str(key)
        if isinstance(said, list):
            name = ("other" if key else "first") if path == "variables.wordings" else ""
        where = ".".join(part for part in (path, name) if part)
        if isinstance(value, dict | list):
            yield from places(value, where)
        else:
            yield where, said, key


def parts() -> list[str]:
    """Return the path of every part, in the order of the model; what changes together is one part."""
    joined = {name: group[0] for group in TOGETHER for name in group}
    found = (joined.get(path, path) for path, _holder, _key in places(WHOLE))
    return [*dict.fromkeys(found), "breakdowns", "variables.condition", "variables.order", "codes.order", "ends"]


def changed(part: str) -> Package:
    """Return the package with every value of a part changed, and nothing else."""
    said = copy.deepcopy(WHOLE)
    if part == "variables.order":
        said["variables"].reverse()
    elif part == "codes.order":
        for one in said["code_lists"]:
            one["codes"].reverse()
    elif part == "breakdowns":
        said["breakdowns"] = []
    elif part == "variables.condition":
        for one in said["variables"]:
            one.pop("condition", None)
    elif part == "variables.nothing":
        for one in said["variables"]:
            one["nothing"] = one.get("nothing", [])[:1]
    elif part == "ends":
        label = said["code_lists"][0]["codes"][0]["label"]
        label["sv"] = label["sv"][:-1]
    else:
        wanted = next((group for group in TOGETHER if group[0] == part), (part,))
        for path, holder, key in list(places(said)):
            if path in wanted:
                holder[key] = other(path.rpartition(".")[2], holder[key])
    return plain.from_plain(said)


def other(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 7
    if name in NEXT:
        return NEXT[name].get(value, value)
    return f"{value}1" if name.startswith("valid") or name == "version" else f"{value}_annat"


def is_lost(path: str, name: str) -> bool:
    """Say whether the file's list names a part, or what it belongs to."""
    return any(path == one or path.startswith(f"{one}.") for one in carried.LOST[name])


def content(name: str, package: Package) -> Any:
    """Return the file; a workbook as its sheets, since the archive has the time in it."""
    raw = MADE[name](package)
    if name != "xlsform":
        return raw
    with ZipFile(io.BytesIO(raw)) as book:
        return {part: book.read(part) for part in book.namelist() if part.startswith("xl/")}


@pytest.mark.parametrize("name", MADE)
def test_the_list_in_the_file_is_what_the_format_loses(name: str) -> None:
    before = content(name, everything())
    found = {part for part in parts() if content(name, changed(part)) == before}
    assert found == {part for part in parts() if is_lost(part, name)}
