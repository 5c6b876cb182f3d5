"""Every file that a package version is handed out as."""

from collections.abc import Callable
from dataclasses import dataclass

from samsyn.questions.exchange import ddi, document, fhir, plain, schema, spss, workbook, xlsform
from samsyn.questions.exchange.changes import change_log
from samsyn.questions.exchange.package import Package, Text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Made = Callable[[Package, Package | None, str], bytes]


@dataclass(frozen=True)
class File:
    """A kind of file; ``content`` takes the version, the one before it and the reader's language."""

    code: str
    label: Text
    ending: str
    media_type: str
    content: Made


_ALL = (
    File(
        "specification",
        Text("Specifikation, Excel", "Specification, Excel"),
        ".xlsx",
        XLSX,
        lambda package, before, language: workbook.specification(package, before, language=language),
    ),
    File(
        "document",
        Text("Specifikation, PDF", "Specification, PDF"),
        ".pdf",
        "application/pdf",
        lambda package, before, language: document.specification(package, before, language=language),
    ),
    File(
        "requirements",
        Text("Kravlista för upphandling, Excel", "Requirement list for procurement, Excel"),
        "-requirements.xlsx",
        XLSX,
        lambda package, before, language: workbook.requirements(package, language=language),
    ),
    File(
        "json",
        Text("Hela paketet, JSON", "The whole package, JSON"),
        ".json",
        "application/json",
        lambda package, before, language: plain.canonical(plain.document(package)),
    ),
    File(
        "schema",
        Text("JSON Schema", "JSON Schema"),
        ".schema.json",
        "application/schema+json",
        lambda package, before, language: plain.canonical(schema.schema()),
    ),
    File(
        "changes",
        Text("Ändringslogg, JSON", "Change log, JSON"),
        "-changes.json",
        "application/json",
        lambda package, before, language: plain.canonical(change_log((before, package) if before else (package,))),
    ),
    File(
        "fhir",
        Text("FHIR R4 Questionnaire", "FHIR R4 Questionnaire"),
        "-fhir.json",
        "application/fhir+json",
        lambda package, before, language: fhir.as_json(package),
    ),
    File(
        "xlsform",
        Text("XLSForm (ODK, KoboToolbox)", "XLSForm (ODK, KoboToolbox)"),
        "-xlsform.xlsx",
        XLSX,
        lambda package, before, language: xlsform.as_xlsx(package),
    ),
    File(
        "spss",
        Text("SPSS, tom fil med alla etiketter", "SPSS, an empty file with all labels"),
        ".sav",
        "application/x-spss-sav",
        lambda package, before, language: spss.as_sav(package),
    ),
    File(
        "ddi",
        Text("DDI-Lifecycle 3.3", "DDI-Lifecycle 3.3"),
        "-ddi.xml",
        "application/xml",
        lambda package, before, language: ddi.as_xml(package),
    ),
)
FILES = {one.code: one for one in _ALL}
