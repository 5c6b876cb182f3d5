"""What a format can't carry is found out, part by part, and the list in the file says exactly that.

A part is carried if its change changes the file. So nothing that is lost goes unsaid, and nothing that is there is said to be
lost. Where a file is read again, all that its list doesn't name comes back as it was.
"""

import copy
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from zipfile import ZipFile

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from samsyn.questions.exchange import carried, ddi, document, fhir, plain, spss, tables, workbook, xlsform
from samsyn.questions.exchange.changes import change_log
from samsyn.questions.exchange.files import FILES
from samsyn.questions.exchange.form import Form, Item
from samsyn.questions.exchange.package import (
    Code,
    CodeList,
    Kind,
    Level,
    Nothing,
    Package,
    Status,
    Text,
    Universe,
    Variable,
    Wording,
)
from tests.questions.exported import ALL, FIRST, SECOND, THIRD
from tests.statistics.test_pdf import marked_text

MADE: dict[str, Callable[[Package], Any]] = {
    "specification": workbook.specification,
    # All that the PDF says: making it would take too long for every part.
    "document": lambda package: document.content(package, None, "sv"),
    "requirements": workbook.requirements,
    "json": lambda package: plain.canonical(plain.to_plain(package)),
    "changes": lambda package: change_log((FIRST, SECOND, package)),
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
    named = [part for one in carried.LOST[name] for part in carried.TOGETHER.get(one, (one,))]
    return any(path == one or path.startswith(f"{one}.") for one in named)


def content(name: str, package: Package) -> Any:
    """Return what the file says; a workbook as its sheets, since the archive has the time in it."""
    raw = MADE[name](package)
    if not isinstance(raw, bytes) or raw[:2] != b"PK":
        return raw
    with ZipFile(io.BytesIO(raw)) as book:
        return {part: book.read(part) for part in book.namelist() if part.startswith("xl/")}


@pytest.mark.parametrize("name", MADE)
def test_the_list_in_the_file_is_what_the_format_loses(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The checksum tells that something else is said, and not what.
    monkeypatch.setattr(tables, "fingerprint", lambda package: "")
    before = content(name, everything())
    found = {part for part in parts() if content(name, changed(part)) == before}
    assert found == {part for part in parts() if is_lost(part, name)}


def words_in(raw: bytes) -> str:
    """Return the words of a file."""
    if raw[:2] == b"PK":
        cells = (str(cell) for sheet in load_workbook(io.BytesIO(raw)) for row in sheet.values for cell in row if cell)
        return " ".join(cells)
    if raw[:4] == b"%PDF":
        with pikepdf.open(io.BytesIO(raw)) as read:
            return " ".join(text for page in read.pages for text in marked_text(page).values())
    return raw.decode(errors="ignore")


def letters(text: str) -> str:
    """Return the letters only: lines are broken, words divided and characters escaped as the format does it."""
    return re.sub(r"\W", "", text)


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_a_package_says_what_it_lacks_or_lacks_nothing(name: str) -> None:
    raw = FILES[name].content(SECOND, (FIRST,), "sv")
    if name == "schema":
        assert raw == FILES[name].content(THIRD, (), "en"), "it says nothing of a package"
        return
    assert name in MADE, "what it lacks must be measured"
    if carried.LOST[name]:
        assert letters(carried.lost(name)) in letters(words_in(raw))
    else:
        assert plain.from_json(raw) == SECOND


# There and back

NO_WORDS = Text("", "")


def package_in(read: Form) -> Package:
    """Return the package that was read, with nothing in the place of what a form has no place for."""
    lists = {one.code_list: one for one in read.items if one.code_list is not None}
    return Package(
        code=read.code,
        version=read.version,
        title=read.title,
        purpose=read.purpose or NO_WORDS,
        level=Level.MAJOR,
        reason=NO_WORDS,
        concepts=(),
        code_lists=tuple(
            CodeList(
                name.code, name.version, NO_WORDS, tuple(Code(o.value, o.label) for o in one.options if not o.is_reason)
            )
            for name, one in lists.items()
        ),
        variables=tuple(variable_in(one) for one in read.items),
        valid_from=read.valid_from,
        valid_to=read.valid_to,
    )


def variable_in(read: Item) -> Variable:
    assert read.label
    assert read.code_list
    assert read.mode
    return Variable(
        code=read.code,
        version=read.version,
        concept="",
        label=read.label,
        universe=Universe.CASE,
        kind=Kind(read.kind),
        code_list=read.code_list,
        rule=NO_WORDS,
        wordings=(Wording(read.mode, read.text, read.help), *read.others),
        nothing=tuple(Nothing(option.value) for option in read.options if option.is_reason),
        required=read.is_required,
        condition=read.condition,
    )


BACK: dict[str, Callable[[Package], Package]] = {
    "fhir": lambda package: package_in(fhir.from_json(fhir.as_json(package))),
    "xlsform": lambda package: package_in(xlsform.read(xlsform.as_xlsx(package))),
    "json": lambda package: plain.from_json(plain.canonical(plain.document(package))),
}


def carried_part(package: Package, name: str) -> bytes:
    """Return the canonical JSON of a package without what the file's list names; code lists by their names."""
    beside = {path for group in TOGETHER for path in group if is_lost(group[0], name)}

    def without(said: Any, path: str) -> Any:
        if isinstance(said, list):
            return [without(one, path) for one in said]
        if not isinstance(said, dict):
            return said
        inner = {key: f"{path}.{key}" if path else key for key in said}
        return {
            key: without(value, inner[key])
            for key, value in said.items()
            if not is_lost(inner[key], name) and inner[key] not in beside
        }

    said = without(plain.to_plain(package), "")
    said["code_lists"].sort(key=lambda one: (one["code"], one["version"]))
    return plain.canonical(said)


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=40).filter(
    lambda said: said == said.strip()
)


@st.composite
def packages(draw: st.DrawFn) -> Package:
    """A package with several of its parts changed, and any words in any place where words are."""
    said = plain.to_plain(changed(draw(st.sampled_from(parts()))))
    for path, holder, key in list(places(said)):
        if path.rpartition(".")[2] in ("sv", "en", "easy") and draw(st.integers(0, 9)) == 0:
            holder[key] = draw(WORDS)
    return plain.from_plain(said)


@pytest.mark.parametrize("name", BACK)
@pytest.mark.parametrize("package", [*ALL.values(), everything()], ids=[*ALL, "everything"])
def test_what_the_list_does_not_name_comes_back(package: Package, name: str) -> None:
    assert carried_part(BACK[name](package), name) == carried_part(package, name)


@pytest.mark.parametrize("name", BACK)
@settings(max_examples=30, deadline=None, derandomize=True)
@given(package=packages())
def test_whatever_is_changed_comes_back_too(name: str, package: Package) -> None:
    assert carried_part(BACK[name](package), name) == carried_part(package, name)
