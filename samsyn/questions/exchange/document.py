"""The specification as a PDF to read and to print: the same tables as in the workbook, tagged, PDF/UA-1."""

import json
import re
from pathlib import Path
from typing import Any

import typst

from samsyn.questions.exchange import tables
from samsyn.questions.exchange.package import Package

TEMPLATE = Path(__file__).parent / "specification.typ"
# Every character that Typst's own fonts surely have.
_BEYOND = re.compile("[^\t\n\u0020-\u007e\u00a0-\u017f\u2010-\u2022\u2026\u2192\u20ac]")


def specification(package: Package, before: Package | None = None, *, language: str = "sv") -> bytes:
    """Return the specification with its requirement list; the same version gives the same bytes."""
    data = content(package, before, language)
    try:
        return _typeset(data)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        # A character that no font of ours has is refused by the standard: it is then shown as unknown.
        return _typeset(_showable(data))


def content(package: Package, before: Package | None, language: str) -> dict[str, Any]:
    """Return all that the PDF says, as plain values: title, purpose, facts and tables."""
    found = [*tables.specification(package, before, language), tables.requirements(package, language)]
    return {
        "language": language,
        "title": f"{tables.say(package.title, language)} {package.version}",
        "purpose": tables.say(package.purpose, language),
        "facts": tables.facts(package, language, "document"),
        "none": "Inga." if language == "sv" else "None.",
        "tables": [
            {"title": one.title, "headings": one.headings, "rows": one.rows, "widths": one.widths} for one in found
        ],
    }


def _typeset(data: Any) -> bytes:
    made = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    assert isinstance(made, bytes)  # noqa: S101 (one document, one file; tells the type checker)
    return made


def _showable(value: Any) -> Any:
    if isinstance(value, str):
        return _BEYOND.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list | tuple):
        return [_showable(one) for one in value]
    if isinstance(value, dict):
        return {key: _showable(one) for key, one in value.items()}
    return value
