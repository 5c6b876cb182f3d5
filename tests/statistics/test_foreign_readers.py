"""Readers that are not ours take every kind of file of a real release, and read in it what the stored cells say.

PX is read in test_cubes, RDF in test_catalogue, the API in test_public_api, the PDF's tags in test_pdf.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import page
import pytest
from django.db import transaction
from django.utils import translation

from samsyn.config.demonstration import releases, world
from samsyn.contacts import actions as contacts
from samsyn.people.roles import Role
from samsyn.statistics import exports, jsonstat, queries, shown
from samsyn.statistics.cubes import cube_of
from samsyn.statistics.models import PublishedFile, PublishedTable
from tests.conftest import somebody
from tests.statistics.test_pdf import row, table_document
from tests.statistics.test_releases import AT

FOREIGN = Path(__file__).parent.parent / "foreign"
EVIL = ("=1+1", '=HYPERLINK("http://example.se")', "+46 8 123", "-1+2", "@SUM(A1)", "Åäö – ”å”, ; 0–6", "007")
Cells = list[list[str | float]]


@dataclass(frozen=True)
class Out:
    """What a real release published: every table of all kinds of period, and every PDF."""

    documents: list[dict[str, Any]]
    pdfs: list[bytes]


@pytest.fixture(scope="module")
def out(django_db_setup: None, django_db_blocker: Any) -> Out:
    """Publish once for all tests here, and leave nothing behind."""
    analyst, publisher = somebody(1, "Analytiker 1", Role.ANALYST), somebody(2, "Publicist 1", Role.PUBLISHER)
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(queries, "PUBLIC", "default")
        made = world.generate(scale=0.1)
        contacts.add_facts(**vars(made))
        releases.publish_quarter(year=2026, quarter=2, drafted_by=analyst, approved_by=publisher, at=AT)
        tables = PublishedTable.objects.filter(source="release").order_by("kind", "position")
        pdfs = PublishedFile.objects.filter(format="pdf").order_by("kind", "code", "language")
        found = Out([*tables.values_list("document", flat=True)], [bytes(one.content) for one in pdfs])
        transaction.set_rollback(True)
    return found


def evil() -> dict[str, Any]:
    """A table whose codes and labels try everything that a spreadsheet could take for something else."""
    rows = [row(f"0{at}", text, [{"v": at}, {"v": None, "hidden": True}]) for at, text in enumerate(EVIL)]
    return table_document(rows=rows, title={"sv": "=A1", "en": "=A1"})


# JSON-stat


def read_by_toolkit(folder: Path, files: Sequence[bytes]) -> list[dict[str, Any]]:
    node = shutil.which("node")
    assert node, "Node.js is missing: script/test installs it or says how"
    paths = [folder / f"{at}.json" for at in range(len(files))]
    for path, content in zip(paths, files, strict=True):
        path.write_bytes(content)
    command = [node, str(FOREIGN / "read_jsonstat.cjs"), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert not done.returncode, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_jsonstat_toolkit_reads_every_cell_of_every_table(out: Out, tmp_path: Path) -> None:
    tables = out.documents
    assert len(tables) > 40
    with translation.override("sv"):
        read = read_by_toolkit(tmp_path, [jsonstat.as_bytes(cube_of([one])) for one in tables])
        compared = hidden = 0
        for document, dataset in zip(tables, read, strict=True):
            assert dataset["label"].startswith(shown.caption(document))
            assert dataset["source"] == shown.text(document["report"]["title"])
            assert dataset["notes"][: len(document["reservations"])] == shown.reservations(document)
            assert dataset["role"]["time"] == ["time"]
            assert dataset["role"]["metric"] == ["content"]
            assert set(dataset["units"]) <= {"antal", "procent"}
            cells = {(one["row"], one["content"]): one for one in dataset["rows"]}
            assert len(cells) == len(document["rows"]) * len(document["columns"])
            assert {one["time"] for one in dataset["rows"]} == {"2026K2"}
            for line in document["rows"]:
                assert shown.text(line["label"]) in dataset["labels"]
                for column, cell in zip(document["columns"], line["cells"], strict=True):
                    found = cells[line["code"], column["code"]]
                    is_hidden = bool(cell and cell.get("hidden"))
                    assert found["value"] == (None if is_hidden or cell is None else cell["v"])
                    assert (found["status"] == "hidden") is is_hidden
                    compared += 1
                    hidden += is_hidden
    assert compared > 700
    assert hidden > 20


# CSV and Excel


def converted(folder: Path, files: Sequence[Path], *, opened_as: str = "") -> dict[str, Cells]:
    """What LibreOffice makes of the files: each sheet's cells, texts as texts and figures as figures."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "LibreOffice is missing: script/test installs it or says how"
    home, out = folder / "home", folder / f"out-{len(opened_as)}"
    home.mkdir(exist_ok=True)
    # Semicolons, UTF-8; every text in quotes, so that a text is told from a figure; not as shown; no formulas; all sheets.
    saved_as = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,true,false,true,false,false,-1"
    command = [office, "--headless", "--norestore", f"-env:UserInstallation={(home / 'profile').as_uri()}"]
    command += [f"--infilter={opened_as}"] if opened_as else []
    command += ["--convert-to", saved_as, "--outdir", str(out), *map(str, files)]
    done = subprocess.run(
        command, env={**os.environ, "HOME": str(home)}, capture_output=True, text=True, timeout=120, check=False
    )
    assert not done.returncode, done.stderr
    return {path.name: cells_of(path.read_text(encoding="utf-8-sig")) for path in sorted(out.iterdir())}


def cells_of(text: str) -> Cells:
    """Read CSV in which every text is quoted: what is not is a figure."""
    lines: Cells = [[]]
    for field in re.finditer(r'(?:"((?:[^"]|"")*)"|([^;\r\n]*))(;|\r?\n|\Z)', text.rstrip("\r\n")):
        quoted, bare, end = field.groups()
        is_figure = bool(bare) and bare.replace(".", "", 1).isdigit()
        lines[-1].append(float(bare) if is_figure else bare or (quoted or "").replace('""', '"'))
        if not end:
            break
        if end != ";":
            lines.append([])
    return lines


def expected(document: dict[str, Any]) -> Cells:
    """The table straight from the stored cells: code, label and figures."""
    rows: Cells = []
    for line in document["rows"]:
        figures: list[str | float] = []
        for cell in line["cells"]:
            is_hidden = bool(cell and cell.get("hidden"))
            figures.append(".." if is_hidden else "-" if cell is None or cell["v"] is None else float(cell["v"]))
        rows.append([line["code"], shown.text(line["label"]), *figures])
    return rows


def same(made: Cells, document: dict[str, Any]) -> int:
    """Compare the table at the end of what was read, and return how many cells it has."""
    wanted = expected(document)
    width = len(wanted[0])
    assert [line[:width] for line in made[-len(wanted) :]] == wanted
    return len(wanted) * width


def test_libreoffice_opens_every_excel_file_and_sees_the_stored_cells(out: Out, tmp_path: Path) -> None:
    with translation.override("sv"):
        tables = [*out.documents, evil()]
        paths = [tmp_path / f"t{at}.xlsx" for at in range(len(tables))]
        for path, document in zip(paths, tables, strict=True):
            path.write_bytes(exports.as_xlsx(document))
        read = converted(tmp_path, paths)
        compared = sum(same(read[f"t{at}-Tabell.csv"], document) for at, document in enumerate(tables))
        about = read["t0-Om tabellen.csv"]
        assert [str(line[0]) for line in about][:2] == ["Tabell", "Räknas"]
        assert about[0][1] == shown.caption(tables[0])
    assert compared > 700
    counties = next(at for at, one in enumerate(tables) if one["code"] == "county")
    assert "01" in [line[0] for line in read[f"t{counties}-Tabell.csv"]], "codes keep their noughts"


def test_libreoffice_opens_every_csv_file_and_sees_the_stored_cells(out: Out, tmp_path: Path) -> None:
    with translation.override("sv"):
        tables = [*out.documents, evil()]
        paths = [tmp_path / f"t{at}.csv" for at in range(len(tables))]
        for path, document in zip(paths, tables, strict=True):
            path.write_bytes(exports.as_csv(document))
        # As a person opens it who says that the first two columns are text; nothing tells more of the file than that.
        read = converted(tmp_path, paths, opened_as="Text - txt - csv (StarCalc):59,34,76,1,1/2/2/2,0,false,false")
        compared = 0
        for made, document in zip((read[f"t{at}-t{at}.csv"] for at in range(len(tables))), tables, strict=True):
            if document["rows"][0]["label"]["sv"] in EVIL:
                assert [line[1] for line in made[-len(EVIL) :]] == [
                    f"'{text}" if text[0] in "=+-@" else text for text in EVIL
                ], "a text that could be a formula is marked as text"
                assert [line[0] for line in made[-len(EVIL) :]] == [f"0{at}" for at in range(len(EVIL))]
            else:
                compared += same(made, document)
    assert compared > 700


def test_libreoffice_runs_no_text_as_a_formula_not_even_where_it_guesses(tmp_path: Path) -> None:
    path = tmp_path / "evil.csv"
    with translation.override("sv"):
        path.write_bytes(exports.as_csv(evil()))
    made = converted(
        tmp_path, [path], opened_as="Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,true,false,false,,true"
    )
    labels = [line[1] for line in next(iter(made.values()))[-len(EVIL) :]]
    assert labels[:5] == [f"'{text}" for text in EVIL[:5]]


# PDF


def test_a_foreign_checker_finds_every_stored_pdf_to_be_pdf_ua(out: Out) -> None:
    assert len(out.pdfs) > 80
    for content in out.pdfs:
        report = page.validate_pdf_bytes(content, profile="ua1")
        assert report.rules.total > 100
        assert report.is_compliant, [(bad.rule_id, bad.message) for bad in report.failures]


def test_the_foreign_checker_sees_what_is_not_pdf_ua(out: Out) -> None:
    content = out.pdfs[0]
    untagged = content.replace(b"/Marked true", b"/Marked null")
    assert untagged != content
    assert not page.validate_pdf_bytes(untagged, profile="ua1").is_compliant
