"""Every file that a package version is handed out as."""

from collections.abc import Callable
from dataclasses import dataclass

from samsyn.questions.exchange import ddi, document, fhir, plain, schema, spss, workbook, xlsform
from samsyn.questions.exchange.changes import change_log
from samsyn.questions.exchange.package import Package, Text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Made = Callable[[Package, tuple[Package, ...], str], bytes]


@dataclass(frozen=True)
class File:
    """A kind of file; ``content`` takes the version, all decided before it (oldest first), and the reader's language."""

    code: str
    label: Text
    ending: str
    media_type: str
    content: Made


def _last(earlier: tuple[Package, ...]) -> Package | None:
    """Return the version right before the one that is handed out."""
    return earlier[-1] if earlier else None


_ALL = (
    File(
        "specification",
        Text("Specifikation, Excel", "Specification, Excel"),
        ".xlsx",
        XLSX,
        lambda package, earlier, language: workbook.specification(package, _last(earlier), language=language),
    ),
    File(
        "document",
        Text("Specifikation, PDF", "Specification, PDF"),
        ".pdf",
        "application/pdf",
        lambda package, earlier, language: document.specification(package, _last(earlier), language=language),
    ),
    File(
        "requirements",
        Text("Kravlista för upphandling, Excel", "Requirement list for procurement, Excel"),
        "-requirements.xlsx",
        XLSX,
        lambda package, earlier, language: workbook.requirements(package, language=language),
    ),
    File(
        "json",
        Text("Hela paketet, JSON", "The whole package, JSON"),
        ".json",
        "application/json",
        lambda package, earlier, language: plain.canonical(plain.document(package)),
    ),
    File(
        "schema",
        Text("JSON Schema", "JSON Schema"),
        ".schema.json",
        "application/schema+json",
        lambda package, earlier, language: plain.canonical(schema.schema()),
    ),
    File(
        "changes",
        Text("Ändringslogg, JSON", "Change log, JSON"),
        "-changes.json",
        "application/json",
        lambda package, earlier, language: plain.canonical(change_log((*earlier, package))),
    ),
    File(
        "fhir",
        Text("FHIR R4 Questionnaire", "FHIR R4 Questionnaire"),
        "-fhir.json",
        "application/fhir+json",
        lambda package, earlier, language: fhir.as_json(package),
    ),
    File(
        "xlsform",
        Text("XLSForm (ODK, KoboToolbox)", "XLSForm (ODK, KoboToolbox)"),
        "-xlsform.xlsx",
        XLSX,
        lambda package, earlier, language: xlsform.as_xlsx(package),
    ),
    File(
        "spss",
        Text("SPSS, tom fil med alla etiketter", "SPSS, an empty file with all labels"),
        ".sav",
        "application/x-spss-sav",
        lambda package, earlier, language: spss.as_sav(package),
    ),
    File(
        "ddi",
        Text("DDI-Lifecycle 3.3", "DDI-Lifecycle 3.3"),
        "-ddi.xml",
        "application/xml",
        lambda package, earlier, language: ddi.as_xml(package),
    ),
)
FILES = {one.code: one for one in _ALL}
