"""The report and its tables as PDF: a reader with a screen reader gets what a reader with eyes gets, and nothing hidden."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest
import typst
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import translation

from samsyn.config.demonstration import releases, world
from samsyn.contacts import actions as contacts
from samsyn.people.actors import Actor
from samsyn.statistics import actions, pdf, queries, shown
from samsyn.statistics.models import PublishedFile, PublishedTable, Release, ReleaseTable
from tests.statistics.test_releases import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PUBLIC", "default")


@pytest.fixture
def published(db: None, analyst: Actor, publisher: Actor) -> Release:
    made = world.generate(scale=0.1)
    contacts.add_facts(**vars(made))
    return releases.publish_quarter(year=2026, quarter=2, drafted_by=analyst, approved_by=publisher, at=AT)


def table_document(**changed: Any) -> dict[str, Any]:
    """A small table as it is stored: one shown row with a note, one hidden, one without figures, and a sum."""
    document: dict[str, Any] = {
        "code": "example",
        "letter": "X",
        "report": {"code": "support_call", "version": 1, "title": {"sv": "Samtalen", "en": "The calls"}},
        "title": {"sv": "Exempel", "en": "Example"},
        "counted": {"sv": "Kontakter", "en": "Contacts"},
        "headline": {"sv": "Ett exempel", "en": "An example"},
        "reading": None,
        "period": {"kind": "quarter", "quarter": "2026-q2", "first_day": "2026-04-01", "last_day": "2026-06-30"},
        "status": "preliminary",
        "frozen_at": "2026-06-15T07:00:00+00:00",
        "revision": 0,
        "revision_note": "",
        "definitions": [{"code": "example", "version": 3}],
        "row_head": {"sv": "År", "en": "Year"},
        "columns": [
            {"code": "count", "label": {"sv": "Antal", "en": "Count"}, "measure": "count"},
            {"code": "share", "label": {"sv": "Procent", "en": "Per cent"}, "measure": "share"},
        ],
        "rows": [
            row("a", "Skola", [{"v": 1234}, {"v": 77}], note=1),
            row("b", "Vård", [{"v": None, "hidden": True}, {"v": None, "hidden": True}]),
            row("c", "Annat", [{"v": None}, None]),
            row("sum", "Summa", [{"v": 1311}, {"v": 100}], kind="sum"),
        ],
        "row_notes": [{"sv": "Från mars.", "en": "From March."}],
        "notes": [{"sv": "En anmärkning.", "en": "A note."}],
        "reservations": [{"sv": "Ett förbehåll.", "en": "A reservation."}],
        "cannot_be_used_for": {"sv": "Jämförelser.", "en": "Comparisons."},
        "threshold": 5,
        "hidden": 2,
        "breaks": [{"before": "2020-q3", "note": {"sv": "Nytt sätt att räkna.", "en": "Counted anew."}}],
    }
    return document | changed


def row(code: str, label: str, cells: list[Any], *, kind: str = "code", note: int = 0) -> dict[str, Any]:
    return {"code": code, "label": {"sv": label, "en": label}, "kind": kind, "note": note, "cells": cells}


class Read:
    """A PDF as a screen reader meets it: its structure in order, with the text of every element."""

    def __init__(self, content: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(content))
        self.texts = [marked_text(page) for page in self.pdf.pages]
        self.page_at = {page.obj.objgen: at for at, page in enumerate(self.pdf.pages)}

    @property
    def root(self) -> Any:
        return self.pdf.Root

    def elements(self, node: Any = None) -> Iterator[Any]:
        """Every structure element, in reading order."""
        node = self.root.StructTreeRoot if node is None else node
        for child in children(node):
            if isinstance(child, pikepdf.Dictionary) and "/S" in child:
                yield child
                yield from self.elements(child)

    def named(self, *names: str, inside: Any = None) -> list[Any]:
        return [one for one in self.elements(inside) if str(one.S) in {f"/{name}" for name in names}]

    def text(self, node: Any, page: int | None = None) -> str:
        """The text of an element and what is below it."""
        if "/Pg" in node:
            page = self.page_at[node.Pg.objgen]
        said = []
        for child in children(node):
            if isinstance(child, int) and page is not None:
                said.append(self.texts[page].get(child, ""))
            elif isinstance(child, pikepdf.Dictionary) and "/MCID" in child:
                said.append(self.texts[self.page_at[child.Pg.objgen]].get(int(child.MCID), ""))
            elif isinstance(child, pikepdf.Dictionary) and "/S" in child:
                said.append(self.text(child, page))
        return re.sub(r"[\s\N{NO-BREAK SPACE}]+", " ", "".join(said)).strip()

    def everything(self) -> str:
        return self.text(self.root.StructTreeRoot)


def children(node: Any) -> list[Any]:
    found = node.get("/K", [])
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def marked_text(page: Any) -> dict[int, str]:
    """The text of a page by the numbers of its marked content, decoded with each font's own table of characters."""
    fonts = {str(name): glyphs(font) for name, font in page.resources.get("/Font", {}).items()}
    found: dict[int, str] = {}
    # For each piece of marked content that is open: its number, and whether a text was given instead of its glyphs.
    opened: list[tuple[int | None, bool]] = []
    font: dict[int, str] = {}

    def say(text: str) -> None:
        number = next((number for number, _instead in reversed(opened) if number is not None), None)
        if number is not None:
            found[number] = found.get(number, "") + text

    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"BDC", "BMC"}:
            properties = operands[1] if len(operands) > 1 else None
            known = properties if isinstance(properties, pikepdf.Dictionary) else pikepdf.Dictionary()
            number = known.get("/MCID")
            opened.append((None if number is None else int(number), "/ActualText" in known))
            if "/ActualText" in known:
                say(str(known.ActualText))
        elif name == "EMC":
            opened.pop()
        elif name == "Tf":
            font = fonts[str(operands[0])]
        elif name in {"Tj", "TJ"} and not any(instead for _number, instead in opened):
            strings = operands[0] if name == "TJ" else [operands[0]]
            say("".join(decoded(bytes(one), font) for one in strings if isinstance(one, pikepdf.String)))
    return found


def decoded(raw: bytes, font: dict[int, str]) -> str:
    return "".join(font.get(int.from_bytes(raw[at : at + 2], "big"), "") for at in range(0, len(raw), 2))


def glyphs(font: Any) -> dict[int, str]:
    """Which text each glyph of an embedded font stands for (its ToUnicode table)."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = bytes.fromhex(text).decode("utf-16-be")
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = start[:-1] + chr(ord(start[-1]) + step)
    return found


def spaced(text: str) -> str:
    return re.sub(r"[\s\N{NO-BREAK SPACE}]+", " ", text).strip()


def scope(cell: Any) -> str | None:
    attributes = cell.get("/A", [])
    listed = list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]
    return next((str(one.Scope) for one in listed if "/Scope" in one), None)


@pytest.mark.parametrize(("language", "tag"), [("sv", "sv-SE"), ("en", "en-GB")])
def test_the_file_says_that_it_is_accessible_and_keeps_its_word(language: str, tag: str) -> None:
    with translation.override(language):
        read = Read(pdf.as_report([table_document(), table_document(code="other")]))
    root = read.root
    assert bool(root.MarkInfo.Marked)
    assert str(root.Lang) == tag
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    title = {"sv": "Samtalen", "en": "The calls"}[language]
    assert str(read.pdf.docinfo["/Title"]).startswith(title)
    with read.pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"].startswith(title)
    assert all(str(page.obj.Tabs) == "/S" for page in read.pdf.pages if "/Annots" in page.obj)
    headings = [read.text(one) for one in read.named("H1")]
    assert headings.count({"sv": "Ett exempel", "en": "An example"}[language]) == 2
    assert "/Outlines" in root, "the headings are bookmarks"


def test_every_font_is_in_the_file() -> None:
    read = Read(pdf.as_report([table_document()]))
    fonts = [font for page in read.pdf.pages for font in page.resources.get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        (below,) = font.DescendantFonts
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(below.FontDescriptor.keys()), font.BaseFont
        assert "/ToUnicode" in font
    assert {str(font.BaseFont).partition("+")[2].partition("-")[0] for font in fonts} == {"LibertinusSerif"}


def test_a_table_is_rows_of_cells_with_heads_for_column_and_row() -> None:
    with translation.override("sv"):
        read = Read(pdf.as_table(table_document()))
    (table,) = read.named("Table")
    assert [read.text(one) for one in read.named("Caption", inside=table)] == ["Tabell X. Exempel"]
    rows = [read.named("TH", "TD", inside=one) for one in read.named("TR", inside=table)]
    said = [[read.text(cell) for cell in cells] for cells in rows]
    assert said == [
        ["År", "Antal", "Procent"],
        ["Skola1", "1 234", "77 %"],
        ["Vård", "..", ".."],
        ["Annat", "–", ""],
        ["Summa", "1 311", "100 %"],
    ]
    assert [[str(cell.S) for cell in cells] for cells in rows] == [["/TH"] * 3] + [["/TH", "/TD", "/TD"]] * 4
    assert [scope(cell) for cell in rows[0]] == ["/Column"] * 3
    assert [[scope(cell) for cell in cells] for cells in rows[1:]] == [["/Row", None, None]] * 4
    assert not any("/Headers" in part and len(part.Headers) for cells in rows for cell in cells for part in cell.A)


def test_what_must_be_known_stands_in_the_file() -> None:
    with translation.override("sv"):
        said = Read(pdf.as_report([table_document(revision=2, revision_note="En dubblett är borttagen.")])).everything()
    for expected in (
        "Preliminär", "2026-06-15", "1 april 2026 – 30 juni 2026", "support_call 1", "example 3", "Rättelse 2",
        "En dubblett är borttagen.", "Räknas: Kontakter", "1 Från mars.", "En anmärkning.", "Nytt sätt att räkna.",
        "2 celler är dolda här.", "Ett förbehåll.", "Jämförelser.", ".. betyder att uppgiften är dold",
        "färre än 5", "Innehållsförteckning", "Så läser du",
    ):  # fmt: skip
        assert expected in said, expected


def test_every_figure_of_a_published_report_is_read_in_order_and_no_hidden_one(published: Release) -> None:
    hidden = compared = 0
    for kind in ("quarter", "year_to_date", "cumulative"):
        for language in ("sv", "en"):
            found = queries.published_file("2026-q2", kind, "", language=language, ending="pdf")
            assert found is not None
            read = Read(found[0])
            tables = queries.published_report("2026-q2", kind)
            with translation.override(language):
                for table, one in zip(read.named("Table"), tables, strict=True):
                    rows = read.named("TR", inside=table)[1:]
                    for made, row_ in zip(rows, one.document["rows"], strict=True):
                        cells = [read.text(cell) for cell in read.named("TD", inside=made)]
                        expected = [
                            ""
                            if cell is None
                            else ".."
                            if cell.get("hidden")
                            else shown.amount(cell, column["measure"])
                            for cell, column in zip(row_["cells"], one.document["columns"], strict=True)
                        ]
                        assert cells == [spaced(text) for text in expected]
                        hidden += cells.count("..")
                        compared += len(cells)
    assert hidden > 20
    assert compared > 1000
    for analysed in ReleaseTable.objects.filter(release=published, code="exposure_status", kind="quarter"):
        public = PublishedTable.objects.get(kind="quarter", code="exposure_status")
        assert analysed.document["hidden"] == public.document["hidden"] > 0
        with translation.override("sv"):
            assert pdf.as_table(public.document) == stored("exposure_status"), "made from what the public reads"


def stored(code: str) -> bytes:
    return bytes(PublishedFile.objects.get(kind="quarter", code=code, language="sv").content)


def test_the_same_tables_give_the_same_bytes() -> None:
    first, second = (pdf.as_report([table_document(), table_document(code="b")]) for _again in range(2))
    assert first == second
    assert b"D:20260615070000Z" in first
    assert pdf.as_table(table_document(frozen_at="2026-06-16T07:00:00+00:00")) != pdf.as_table(table_document())


HOSTILE = [
    "#panic()",
    '#read("/etc/passwd")',
    "$x^2$ *fet* _kursiv_ `kod` @etikett <etikett>",
    "= Rubrik",
    '"] #import "x"',
    "\\u{41} \\ // inte en kommentar /* */",
    "https://example.test ~ -- --- ...",
    "<b>&amp;</b> %(n)s {{ x }} {% x %}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_is_shown_as_it_is_written(text: str) -> None:
    everywhere = {"sv": text, "en": text}
    document = table_document(
        title=everywhere,
        headline=everywhere,
        counted=everywhere,
        notes=[everywhere],
        row_notes=[everywhere],
        cannot_be_used_for=everywhere,
        reservations=[everywhere],
        revision=1,
        revision_note=text,
        rows=[row("a", text, [{"v": 12}, {"v": 1}], note=1)],
        columns=[{"code": c, "label": everywhere, "measure": "count"} for c in ("a", "b")],
        report={"code": "x", "version": 1, "title": everywhere},
    )
    for made in (pdf.as_report([document]), pdf.as_table(document)):
        read = Read(made)
        (table,) = read.named("Table")
        heads = [read.text(cell).replace(" ", "") for cell in read.named("TH", inside=table)]
        assert heads[1:] == [text.replace(" ", ""), text.replace(" ", ""), text.replace(" ", "") + "1"]
        assert text in str(read.pdf.docinfo["/Title"])
        assert not any("/URI" in str(note.get("/A", {})) for page in read.pdf.pages for note in page.get("/Annots", []))


@pytest.mark.parametrize("text", ["\N{GRINNING FACE}", "\N{CJK UNIFIED IDEOGRAPH-6F22}", "a\x00b\x07c"])
def test_a_character_that_no_font_has_stops_no_publication(text: str) -> None:
    read = Read(pdf.as_report([table_document(revision=1, revision_note=f"Rättat {text} här å–”€")]))
    said = read.everything()
    assert "här å–”€" in said
    assert "\N{REPLACEMENT CHARACTER}" in said


def test_another_fault_of_the_compiler_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "TEMPLATE", pdf.TEMPLATE.parent / "missing.typ")
    with pytest.raises(FileNotFoundError):
        pdf.as_table(table_document())


def test_tags_that_are_not_understood_stop_the_file() -> None:
    source = b'#set document(title: "x")\n#table(columns: 2, table.header([a], [b]), [c], [d])'
    plain = typst.compile(source, pdf_standards=["ua-1"], ignore_system_fonts=True)
    assert pdf.mark_row_heads(plain, tables=1).count(b"/Scope/Row") == 1
    for broken, tables in (
        (plain, 2),
        (plain.replace(b"/Headers[", b"/Heddars["), 1),
        (plain.replace(b"/S/TR", b"/S/XX"), 1),
    ):
        with pytest.raises(pdf.NotTagged):
            pdf.mark_row_heads(broken, tables=tables)


def test_a_table_longer_than_a_page_repeats_its_head_for_the_eye_alone() -> None:
    rows = [row(f"r{at}", f"Rad {at}", [{"v": 100 + at}, {"v": at}]) for at in range(90)]
    read = Read(pdf.as_table(table_document(rows=rows)))
    (table,) = read.named("Table")
    assert len(read.pdf.pages) >= 2
    found = [[read.text(cell) for cell in read.named("TH", "TD", inside=one)] for one in read.named("TR", inside=table)]
    assert len(found) == 91
    assert found[-1] == ["Rad 89", "189", "89 %"]


def test_a_reader_fetches_the_stored_files_and_keeps_them(published: Release) -> None:
    reader = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    page = reader.get("/2026-q2/quarter/").content.decode()
    assert 'href="/2026-q2/quarter/report.pdf"' in page
    assert 'href="/en/2026-q2/quarter/sex.pdf"' in reader.get("/en/2026-q2/quarter/sex/").content.decode()
    for path, language in (
        ("/2026-q2/quarter/report.pdf", "sv-SE"),
        ("/en/2026-q2/cumulative/report.pdf", "en-GB"),
        ("/2026-q2/quarter/sex.pdf", "sv-SE"),
        ("/en/2026-q2/year_to_date/over_time.pdf", "en-GB"),
    ):
        answer = reader.get(path)
        assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
            200, "application/pdf", "public, no-cache",
        )  # fmt: skip
        assert str(Read(answer.content).root.Lang) == language
        again = reader.get(path, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    for path in ("/2026-q2/quarter/none.pdf", "/2025-q1/quarter/report.pdf", "/2026-q2/quarter/over_time.pdf"):
        assert reader.get(path).status_code == 404


@pytest.mark.parametrize(
    "statement",
    ["UPDATE statistics_publishedfile SET content = ''", "DELETE FROM statistics_publishedfile"],
)
def test_a_published_file_never_changes(published: Release, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_corrected_edition_has_its_own_files(published: Release, analyst: Actor, publisher: Actor) -> None:
    before = queries.published_file("2026-q2", "quarter", "", language="sv", ending="pdf")
    revised = actions.revise_release(release_id=published.pk, note="En dubblett är borttagen.", by=analyst, at=AT)
    actions.submit_for_approval(release_id=revised.pk, by=analyst, at=AT)
    actions.approve_release(release_id=revised.pk, by=publisher, at=AT)
    actions.publish_release(release_id=revised.pk, by=publisher, at=AT)
    after = queries.published_file("2026-q2", "quarter", "", language="sv", ending="pdf")
    assert before is not None
    assert after is not None
    assert "En dubblett är borttagen." in Read(after[0]).everything()
    assert "En dubblett är borttagen." not in Read(before[0]).everything()
    assert PublishedFile.objects.filter(quarter="2026-q2", kind="quarter", code="", language="sv").count() == 2
