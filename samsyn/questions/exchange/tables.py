"""The tables of a specification and of a requirement list, in one language: what the workbook and the PDF have in common."""

from collections.abc import Iterator
from dataclasses import dataclass

from samsyn.questions.exchange.carried import lost
from samsyn.questions.exchange.changes import changes
from samsyn.questions.exchange.changes import condition as in_words
from samsyn.questions.exchange.package import Nothing, Package, Text, Variable
from samsyn.questions.exchange.plain import fingerprint
from samsyn.questions.exchange.words import (
    KIND,
    LEVEL,
    MODE,
    NOTHING,
    OBLIGATION,
    RELATION,
    STATUS,
    UNIVERSE,
    YES_NO,
)

Row = tuple[str, ...]

_REASONS = {
    Nothing.NOT_ASKED: Text("Frågan ställdes inte.", "The question was not asked."),
    Nothing.UNKNOWN: Text("Frågan ställdes, svaret är inte känt.", "It was asked, the answer is not known."),
    Nothing.NOT_APPLICABLE: Text("Frågan gäller inte ärendet.", "It does not concern the case."),
    Nothing.SUPPRESSED: Text(
        "Siffran finns men lämnas inte, för att skydda enskilda. Sägs bara om levererade siffror.",
        "The figure exists but is held back, to protect individuals. Said of delivered figures only.",
    ),
    Nothing.NOT_DELIVERED: Text(
        "Siffran har inte lämnats. Sägs bara om levererade siffror.",
        "The figure was not delivered. Said of delivered figures only.",
    ),
}


@dataclass(frozen=True)
class Table:
    """A table with its title; ``widths`` are shares of the line."""

    title: str
    headings: Row
    rows: tuple[Row, ...]
    widths: tuple[int, ...]


def say(text: Text | None, language: str) -> str:
    """Return the words in this language; nothing where there is no text."""
    return getattr(text, language) if text else ""


def _both(language: str, *pairs: tuple[str, str]) -> Row:
    return tuple(english if language == "en" else swedish for swedish, english in pairs)


def facts(package: Package, language: str, file: str) -> tuple[tuple[str, str], ...]:
    """Return what must be known of the version before anything else, as name and value.

    ``file`` is the kind of file that they stand in: what it can't carry is the last of them.
    """
    names = _both(
        language,
        ("Paket", "Package"),
        ("Version", "Version"),
        ("Läge", "Status"),
        ("Gäller från", "Valid from"),
        ("Gäller till", "Valid to"),
        ("Steg från föregående", "Step from the version before"),
        ("Varför", "Why"),
        ("Uppdelas efter", "Broken down by"),
        ("Kontrollsumma", "Checksum"),
        ("Vad filen saknar", "What the file lacks"),
    )
    breakdowns = ", ".join(package.breakdowns)
    level = say(LEVEL[package.level], language)
    status = say(STATUS[package.status], language)
    values = (package.code, package.version, status, package.valid_from, package.valid_to, level)
    last = (say(package.reason, language), breakdowns, fingerprint(package), lost(file, language))
    return tuple(zip(names, (*values, *last), strict=True))


def specification(package: Package, before: Package | None, language: str) -> tuple[Table, ...]:
    """Return all tables of the specification, the change log from ``before`` included."""
    return (
        _variables(package, language),
        _codes(package, language),
        _wordings(package, language),
        _concepts(package, language),
        _nothing(language),
        _mappings(package, language),
        _changes(package, before, language),
    )


def requirements(package: Package, language: str) -> Table:
    """Return the requirement list: number, must or should, text, how it is verified, which variables."""
    headings = _both(
        language,
        ("Id", "Id"),
        ("Ska/bör", "Must/should"),
        ("Krav", "Requirement"),
        ("Så verifieras det", "How it is verified"),
        ("Variabler", "Variables"),
    )
    (every,) = _both(language, ("alla", "all"))
    rows = tuple(
        (
            one.code,
            say(OBLIGATION[one.is_must], language),
            say(one.text, language),
            say(one.verified_by, language),
            ", ".join(one.variables) or every,
        )
        for one in package.requirements
    )
    return Table(_both(language, ("Kravlista", "Requirements"))[0], headings, rows, (1, 1, 5, 4, 2))


def _variables(package: Package, language: str) -> Table:
    headings = _both(
        language,
        ("Variabel", "Variable"),
        ("Namn", "Name"),
        ("Räknas per", "Counted by"),
        ("Besvaras med", "Answered by"),
        ("Kodlista", "Code list"),
        ("Krävs", "Required"),
        ("Villkor", "Condition"),
        ("Svar kan saknas", "No answer"),
        ("När och av vem", "When and by whom"),
    )
    return Table(
        _both(language, ("Variabler", "Variables"))[0],
        headings,
        tuple(_variable(package, one, language) for one in package.variables),
        (3, 3, 2, 2, 3, 2, 3, 3, 4),
    )


def _variable(package: Package, one: Variable, language: str) -> Row:
    return (
        f"{one.code} {one.version}",
        say(one.label, language),
        say(UNIVERSE[one.universe], language),
        say(KIND[one.kind], language),
        f"{one.code_list.code} {one.code_list.version}",
        say(YES_NO[one.required], language),
        condition(package, one, language),
        ", ".join(one.nothing),
        say(one.rule, language),
    )


def condition(package: Package, variable: Variable, language: str) -> str:
    """Return when a variable is asked for, in words; nothing where it always is."""
    return say(in_words(package, variable.condition), language) if variable.condition else ""


def _codes(package: Package, language: str) -> Table:
    headings = _both(
        language,
        ("Kodlista", "Code list"),
        ("Kod", "Code"),
        ("Svenska", "Swedish"),
        ("Engelska", "English"),
        ("Lätt svenska", "Easy Swedish"),
        ("Förklaring", "Definition"),
        ("Listans namn", "Name of the list"),
    )
    rows = tuple(
        (
            f"{one.code} {one.version}",
            code.value,
            code.label.sv,
            code.label.en,
            code.label.easy,
            say(code.definition, language),
            say(one.label, language),
        )
        for one in package.code_lists
        for code in one.codes
    )
    return Table(_both(language, ("Kodlistor", "Code lists"))[0], headings, rows, (3, 3, 4, 4, 3, 4, 3))


def _wordings(package: Package, language: str) -> Table:
    headings = _both(
        language,
        ("Variabel", "Variable"),
        ("Sätt", "Mode"),
        ("Svenska", "Swedish"),
        ("Engelska", "English"),
        ("Lätt svenska", "Easy Swedish"),
        ("Hjälptext", "Help"),
        ("Hjälptext, lätt svenska", "Help, easy Swedish"),
    )
    rows = tuple(
        (
            one.code,
            say(MODE[wording.mode], language),
            wording.text.sv,
            wording.text.en,
            wording.text.easy,
            say(wording.help, language),
            say(wording.help, "easy"),
        )
        for one in package.variables
        for wording in one.wordings
    )
    return Table(_both(language, ("Formuleringar", "Wordings"))[0], headings, rows, (3, 2, 4, 4, 3, 4, 3))


def _concepts(package: Package, language: str) -> Table:
    headings = _both(
        language,
        ("Begrepp", "Concept"),
        ("Namn", "Name"),
        ("Definition", "Definition"),
        ("Källa", "Source"),
        ("Variabler", "Variables"),
    )
    rows = tuple(
        (
            one.code,
            say(one.label, language),
            say(one.definition, language),
            one.source,
            ", ".join(variable.code for variable in package.variables if variable.concept == one.code),
        )
        for one in package.concepts
    )
    return Table(_both(language, ("Begrepp", "Concepts"))[0], headings, rows, (2, 2, 6, 2, 2))


def _nothing(language: str) -> Table:
    headings = _both(language, ("Kod", "Code"), ("Betyder", "Means"), ("Förklaring", "Explanation"))
    rows = tuple((str(one), say(NOTHING[one], language), say(_REASONS[one], language)) for one in Nothing)
    title = _both(language, ("När svar saknas", "Where there is no answer"))[0]
    return Table(title, headings, rows, (2, 2, 6))


def _mappings(package: Package, language: str) -> Table:
    headings = _both(
        language,
        ("Variabel", "Variable"),
        ("Jämförs med", "Compared with"),
        ("Relation", "Relation"),
        ("Koder", "Codes"),
        ("Anmärkning", "Note"),
        ("Verifierad", "Verified"),
    )
    own, yes, no = _both(
        language, ("tidigare version", "earlier version"), ("ja", "yes"), ("ska verifieras", "to be verified")
    )
    rows = tuple(
        (
            f"{one.variable} {one.version}",
            f"{one.target.system}: {one.target.variable}"
            if one.target.system
            else f"{own}: {one.target.variable} {one.target.version}",
            say(RELATION[one.relation], language),
            ", ".join(f"{pair.source} → {pair.target}" for pair in one.codes),
            say(one.note, language),
            yes if one.is_verified else no,
        )
        for one in package.mappings
    )
    return Table(_both(language, ("Mappningar", "Mappings"))[0], headings, rows, (2, 3, 2, 4, 4, 2))


def _changes(package: Package, before: Package | None, language: str) -> Table:
    headings = _both(
        language, ("Del", "Part"), ("Steg", "Step"), ("Ändring", "Change"), ("Förut", "Before"), ("Nu", "Now")
    )
    return Table(
        _both(language, ("Ändringslogg", "Change log"))[0],
        headings,
        tuple(_change_rows(package, before, language)),
        (2, 2, 4, 4, 4),
    )


def _change_rows(package: Package, before: Package | None, language: str) -> Iterator[Row]:
    if before is None:
        yield "", say(LEVEL[package.level], language), say(package.reason, language), "", ""
        return
    for one in changes(before, package):
        level, words = say(LEVEL[one.level], language), (one.text, one.was, one.now)
        yield (one.subject, level, *(say(text, language) for text in words))
