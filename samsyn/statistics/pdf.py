"""A published report, or one of its tables, as an accessible PDF: tagged, PDF/UA-1 (ISO 14289-1), fonts embedded.

Typst sets the page from ``typst/report.typ``; words and figures reach it as data, so that no label can act as markup.
The same documents give the same bytes: the file's date is the moment at which the figures were frozen.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from samsyn.statistics import shown
from samsyn.statistics.exports import HIDDEN
from samsyn.statistics.shown import Document
from samsyn.ui.numbers import MISSING

TEMPLATE = Path(__file__).parent / "typst" / "report.typ"
AUTHOR = "Samsyn"
# Every character that Typst's own fonts surely have; others are asked for first and given up only when refused.
_BEYOND = re.compile("[^\t\n\u0020-\u007e\u00a0-\u017f\u2010-\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u20ac\u2212]")
_INSTEAD = "\N{REPLACEMENT CHARACTER}"
_BODY = re.compile(rb"<</Type/StructElem/S/TBody/P \d+ 0 R/K\[([\d R]*)\]")
_ROW = re.compile(rb"<</Type/StructElem/S/TR/P \d+ 0 R/K\[([\d R]*)\]")
_CELL = re.compile(rb"<</Type/StructElem/S/TD/P \d+ 0 R.*?>>\nendobj", re.DOTALL)
_HEADERS = re.compile(rb"/Headers\[(?:\([^()]*\))*\]")


class NotTagged(Exception):
    """The compiler wrote its tags in another way than this room knows: row heads couldn't be marked."""


def as_report(documents: Sequence[Document]) -> bytes:
    """Return all tables of one quarter and kind, in order, in the active language; ``documents`` has at least one."""
    first = documents[0]
    period = first["period"]
    subtitle = shown.stretch_title(period["quarter"], period["kind"])
    title = shown.text(first["report"]["title"])
    data = _frame(first, title=title, named=title, subtitle=subtitle)
    data |= {
        "meta": _meta(first, f"{first['report']['code']} {first['report']['version']}"),
        "contents": _("Innehållsförteckning"),
        "tables": [_table(one, definition=shown.definition_line(one)) for one in documents],
        "closing": [
            {"title": _("Så läser du"), "paragraphs": _how_to_read(documents)},
            {
                "title": _("Förbehåll"),
                "paragraphs": _once(text for one in documents for text in shown.reservations(one)),
            },
            {
                "title": _("Kan inte användas till"),
                "paragraphs": _once(shown.text(one["cannot_be_used_for"]) for one in documents),
            },
        ],
    }
    return compiled(data, frozen_at=first["frozen_at"])


def as_table(document: Document) -> bytes:
    """Return one table with what must be known to read it, in the active language."""
    period = document["period"]
    subtitle = " · ".join(
        (
            shown.text(document["report"]["title"]),
            shown.stretch_title(period["quarter"], period["kind"]),
        )
    )
    data = _frame(document, title=shown.text(document["headline"]), named=shown.caption(document), subtitle=subtitle)
    data |= {
        "meta": _meta(document, shown.definition_line(document)),
        "contents": "",
        # The headline is the title already.
        "tables": [_table(document) | {"headline": ""}],
        "closing": [
            {"title": _("Så läser du"), "paragraphs": _signs([document])},
            {"title": _("Förbehåll"), "paragraphs": shown.reservations(document)},
            {"title": _("Kan inte användas till"), "paragraphs": [shown.text(document["cannot_be_used_for"])]},
        ],
    }
    return compiled(data, frozen_at=document["frozen_at"])


def _frame(document: Document, *, title: str, named: str, subtitle: str) -> dict[str, Any]:
    """Return what stands around the tables; ``named`` is what the file and its pages are called."""
    revision = document["revision"]
    period = shown.period_title(document)
    is_english = get_language() == "en"
    return {
        "language": "en" if is_english else "sv",
        "region": "GB" if is_english else "SE",
        "author": AUTHOR,
        "title": title,
        "document_title": f"{named}. {subtitle}",
        "description": f"{period}. {shown.status(document)}.",
        "subtitle": subtitle,
        "running": f"{named} · {subtitle}",
        "period": period,
        "status": shown.status(document),
        "is_final": document["status"] == "final",
        "revision_title": _("rättelse %(n)s").capitalize() % {"n": revision} if revision else "",
        "revision_note": document["revision_note"] if revision else "",
    }


def _meta(document: Document, definition: str) -> list[dict[str, str]]:
    return [
        {"name": _("Uppgifterna frystes"), "value": shown.frozen_on(document)},
        {"name": _("Definition"), "value": definition},
    ]


def _table(document: Document, *, definition: str = "") -> dict[str, Any]:
    """Return a table's texts in reading order; a hidden figure is two points, in the head there are always words."""
    columns = document["columns"]
    return {
        "headline": shown.text(document["headline"]),
        "caption": shown.caption(document),
        "counted": f"{_('Räknas')}: {shown.text(document['counted'])}",
        "head": [shown.text(document["row_head"]) or _("Rad"), *(shown.text(column["label"]) for column in columns)],
        "rows": [
            {
                "label": shown.text(row["label"]),
                "note": str(row["note"] or ""),
                "is_sum": row["kind"] == "sum",
                "cells": [_figure(cell, column["measure"]) for cell, column in zip(row["cells"], columns, strict=True)],
            }
            for row in document["rows"]
        ],
        "notes": _table_notes(document, definition),
    }


def _figure(cell: dict[str, Any] | None, measure: str) -> str:
    if cell is None:
        return ""
    return HIDDEN if cell.get("hidden") else shown.amount(cell, measure)


def _table_notes(document: Document, definition: str) -> list[str]:
    """Return what is said below the table: numbered notes, how it is read, breaks, hidden figures, definition."""
    numbered = [f"{number} {shown.text(note)}" for number, note in enumerate(document["row_notes"], start=1)]
    notes = [*numbered, shown.text(document["reading"]), *shown.notes(document)]
    notes += [one for one in (shown.text(each["note"]) for each in document["breaks"]) if one not in " ".join(numbered)]
    if document["hidden"]:
        counted = ngettext("%(n)s cell är dold här.", "%(n)s celler är dolda här.", document["hidden"])
        notes.append(f"{_hidden_sign()} {counted % {'n': document['hidden']}}")
    if any(cell is not None and cell["v"] is None and not cell.get("hidden") for cell in _cells(document)):
        notes.append(_missing_sign())
    if definition:
        notes.append(f"{_('Definition')}: {definition}")
    return _once(notes)


def _cells(document: Document) -> list[dict[str, Any] | None]:
    return [cell for row in document["rows"] for cell in row["cells"]]


def _hidden_sign() -> str:
    return _("%(sign)s betyder att uppgiften är dold för att skydda enskilda.") % {"sign": HIDDEN}


def _missing_sign() -> str:
    return _("%(sign)s betyder att uppgift saknas.") % {"sign": MISSING}


def _signs(documents: Sequence[Document]) -> list[str]:
    threshold = max(one["threshold"] for one in documents)
    return [
        _hidden_sign(),
        _("Celler med färre än %(n)s visas inte, och inget annat i tabellerna gör att de kan räknas ut.")
        % {"n": threshold},
        _missing_sign(),
    ]


def _how_to_read(documents: Sequence[Document]) -> list[str]:
    return [
        _(
            "Kontakt är ett samtal. Ärende är det som ett eller flera samtal handlar om. Utsatt person är den som ärendet "
            "gäller. Ytterligare nämnd är den som bara nämns. De räknas för sig och läggs aldrig ihop."
        ),
        _(
            "Den som det inte är känt något om finns kvar i nämnaren. Därför står det minst. Där flera svar kan gälla en "
            "person blir summan mer än hundra."
        ),
        *_signs(documents),
    ]


def _once(texts: Iterable[str]) -> list[str]:
    """Return the texts that say something, each once, in order."""
    return list(dict.fromkeys(text for text in texts if text))


def compiled(data: dict[str, Any], *, frozen_at: str) -> bytes:
    """Set the pages. A character that no font of ours has is refused by the standard: it is then shown as unknown."""
    at = datetime.fromisoformat(frozen_at)
    try:
        made = _typeset(data, at)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        made = _typeset(_showable(data), at)
    return mark_row_heads(made, tables=sum(bool(table["rows"]) for table in data["tables"]))


def _typeset(data: dict[str, Any], at: datetime) -> bytes:
    return typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(at.timestamp()),
    )


def _showable(value: Any) -> Any:
    if isinstance(value, str):
        return _BEYOND.sub(_INSTEAD, value)
    if isinstance(value, list):
        return [_showable(one) for one in value]
    if isinstance(value, dict):
        return {key: _showable(one) for key, one in value.items()}
    return value


def mark_row_heads(document: bytes, *, tables: int) -> bytes:
    """Return the PDF with the first cell of every row of its ``tables`` tables tagged as the row's head; raise NotTagged.

    Typst tags only what stands in the table's head; its function for row heads isn't reachable from Python (0.15). The
    tag of a cell (TD) and that of a head (TH) are equally long, and the list of column heads that a cell carries takes at
    least the room of a scope (ISO 32000-1, table 349), so that every offset in the file stays true. Where a scope is given
    on all heads, a reader finds a cell's heads by itself (14.8.4.3.4), so the other cells' lists are left out.
    """
    made = bytearray(document)
    bodies = _BODY.findall(document)
    if len(bodies) != tables:
        raise NotTagged(f"{len(bodies)} table bodies, not {tables}")
    for row in (number for body in bodies for number in _children(body)):
        at = _object(document, row)
        found = _ROW.match(document, at)
        if found is None:
            raise NotTagged("a table's body holds something else than rows")
        for place, cell in enumerate(_children(found[1])):
            _mark(made, _object(document, cell), is_head=place == 0)
    return bytes(made)


def _children(listed: bytes) -> list[int]:
    return [int(number) for number in re.findall(rb"(\d+) 0 R", listed)]


def _object(document: bytes, number: int) -> int:
    """Return where the content of an object begins."""
    start = b"\n%d 0 obj\n" % number
    at = document.find(start)
    if at < 0:
        raise NotTagged(f"object {number} isn't written out")
    return at + len(start)


def _mark(made: bytearray, at: int, *, is_head: bool) -> None:
    cell = _CELL.match(made, at)
    headers = _HEADERS.search(made, at, cell.end()) if cell else None
    scope = b"/Scope/Row" if is_head else b""
    if cell is None or headers is None or len(headers[0]) < len(scope):
        raise NotTagged("a cell has no list of heads")
    made[headers.start() : headers.end()] = scope.ljust(len(headers[0]))
    if is_head:
        made[at : at + len(b"<</Type/StructElem/S/TD")] = b"<</Type/StructElem/S/TH"
