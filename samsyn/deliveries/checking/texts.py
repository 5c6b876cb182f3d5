"""What every rule says to the one who sent the file, in Swedish and English: what is wrong, and what to do. Pure.

The texts are data of the format, handed out with it, so that a vendor's offline check says the same words as we do. A
text never repeats a value of the file: the sender has it, and it may be somebody's number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What a text is filled in with; a list is of cells, of which ``absent`` says how many there are.
Named = str | int | Sequence[str]


@dataclass(frozen=True)
class Rule:
    """A rule's two sentences, in two languages; ``%(name)s`` is filled in from the format."""

    wrong_sv: str
    do_sv: str
    wrong_en: str
    do_en: str


_BACK_SV = "Ingenting av filen är sparat. Summera i verksamhetssystemet och skicka antal."
_BACK_EN = "Nothing of the file was kept. Add up in your own system and send counts."
RULES: Mapping[str, Rule] = {
    # The whole file is refused before anything is stored
    "personal_number": Rule(
        "Värdet ser ut som ett personnummer.", _BACK_SV, "The value looks like a personal identity number.", _BACK_EN
    ),
    "contact_detail": Rule(
        "Värdet ser ut som en e-postadress eller ett telefonnummer.",
        _BACK_SV,
        "The value looks like an e-mail address or a telephone number.",
        _BACK_EN,
    ),
    "free_text": Rule(
        "Värdet är löpande text, inte en kod.", _BACK_SV, "The value is running text, not a code.", _BACK_EN
    ),
    "individual_column": Rule(
        "Kolumnen hör till uppgifter om enskilda.",
        _BACK_SV,
        "The column belongs to data about individuals.",
        _BACK_EN,
    ),
    "row_per_person": Rule(
        "Samma cell finns många gånger med antalet 1: filen ser ut att ha en rad per person.",
        _BACK_SV,
        "The same cell occurs many times with a count of 1: the file seems to have one row a person.",
        _BACK_EN,
    ),
    "no_count_column": Rule(
        "Filen har ingen kolumn med antal: den ser ut att ha en rad per person.",
        _BACK_SV,
        "The file has no column of counts: it seems to have one row a person.",
        _BACK_EN,
    ),
    # The file can't be read
    "empty": Rule("Filen är tom.", "Exportera på nytt.", "The file is empty.", "Export again."),
    "encoding": Rule(
        "Filen har en teckenkodning som inte kan läsas.",
        "Spara som UTF-8 eller Windows-1252.",
        "The file's character encoding cannot be read.",
        "Save it as UTF-8 or Windows-1252.",
    ),
    "not_text": Rule(
        "Filen är varken text eller en Excelfil.",
        "Skicka CSV eller XLSX.",
        "The file is neither text nor an Excel file.",
        "Send CSV or XLSX.",
    ),
    "line_too_long": Rule(
        "Raden är längre än 20 000 tecken.",
        "Exportera bara formatets kolumner.",
        "The line is longer than 20,000 characters.",
        "Export the columns of the format only.",
    ),
    "quotes": Rule(
        "Citattecknen på raden går inte ihop.",
        "Ta bort citattecken; inget värde i formatet behöver dem.",
        "The quotation marks of the line don't match.",
        "Remove quotation marks; no value of the format needs them.",
    ),
    "too_large": Rule(
        "Filen är för stor för den här vägen.",
        "Dela inte filen: skicka den med SFTP, eller hör av dig.",
        "The file is too large for this door.",
        "Don't split it: send it by SFTP, or contact us.",
    ),
    "workbook": Rule(
        "Excelfilen går inte att läsa eller är mycket större än den ser ut.",
        "Öppna den i Excel eller LibreOffice, spara på nytt som XLSX, eller skicka CSV.",
        "The Excel file cannot be read, or is much larger than it looks.",
        "Open it in Excel or LibreOffice and save it as XLSX again, or send CSV.",
    ),
    "which_sheet": Rule(
        "Arbetsboken har flera blad och inget heter Leverans.",
        "Lägg siffrorna i ett blad som heter Leverans.",
        "The workbook has several sheets and none is called Leverans.",
        "Put the figures in a sheet called Leverans.",
    ),
    # Head
    "delimiter": Rule(
        "Kolumnerna går inte att skilja åt.",
        "Skilj dem åt med semikolon, komma eller tabb.",
        "The columns cannot be told apart.",
        "Separate them by semicolon, comma or tab.",
    ),
    "column_missing": Rule(
        "Kolumnen %(column)s saknas.",
        "Lägg till den, med just det namnet.",
        "The column %(column)s is missing.",
        "Add it, under exactly that name.",
    ),
    "column_unknown": Rule(
        "Kolumn %(place)s hör inte till formatet.",
        "Ta bort den.",
        "Column %(place)s is no part of the format.",
        "Remove it.",
    ),
    "column_twice": Rule(
        "Kolumnen %(column)s finns två gånger.",
        "Ta bort den ena.",
        "The column %(column)s occurs twice.",
        "Remove one.",
    ),
    "no_rows": Rule(
        "Filen har en rubrikrad men inga rader.",
        "Exportera på nytt.",
        "The file has a head but no rows.",
        "Export again.",
    ),
    # Rows
    "row_width": Rule(
        "Raden har %(found)s värden, inte %(wanted)s.",
        "Kontrollera skiljetecknen på raden.",
        "The row has %(found)s values, not %(wanted)s.",
        "Check the row's separators.",
    ),
    "package_unknown": Rule(
        "Paketet eller tabellen finns inte, eller tas inte emot längre.",
        "Skriv paket/version och tabell som i mallen: %(known)s.",
        "There is no such package or table, or it is no longer taken in.",
        "Write package/version and table as in the template: %(known)s.",
    ),
    "organisation_other": Rule(
        "Organisationen är en annan än den som lämnar filen.",
        "Skriv %(organisation)s på varje rad. Börjar koden på 0 ska kolumnen vara text.",
        "The organisation is another than the one that sends the file.",
        "Write %(organisation)s on every row. A code that begins with 0 needs a column of text.",
    ),
    "period_form": Rule(
        "Perioden går inte att läsa.",
        "Skriv 2026K1 för ett kvartal, 2026M01 för en månad, 2026 för ett år. I Excel ska kolumnen vara text.",
        "The period cannot be read.",
        "Write 2026K1 for a quarter, 2026M01 for a month, 2026 for a year. In Excel the column must be text.",
    ),
    "period_not_over": Rule(
        "Perioden är inte slut än.",
        "Skicka filen när perioden är slut.",
        "The period is not over yet.",
        "Send the file when the period is over.",
    ),
    "period_not_agreed": Rule(
        "Den perioden ska inte lämnas för den här tabellen.",
        "Tabellen lämnas per %(frequency)s från och med %(first)s.",
        "This period is not to be delivered for this table.",
        "The table is delivered each %(frequency)s from %(first)s on.",
    ),
    "not_constant": Rule(
        "Värdet är inte samma som på första raden.",
        "En fil gäller en organisation, en period, ett paket och en tabell. Dela den.",
        "The value differs from that of the first row.",
        "A file is about one organisation, period, package and table. Divide it.",
    ),
    "variable_unknown": Rule(
        "Variabeln finns inte i tabellen.",
        "Skriv en av: %(known)s.%(near)s",
        "There is no such variable in the table.",
        "Write one of: %(known)s.%(near)s",
    ),
    "code_unknown": Rule(
        "Koden finns inte för variabeln %(variable)s.",
        "Skriv en av: %(known)s.%(near)s",
        "There is no such code for the variable %(variable)s.",
        "Write one of: %(known)s.%(near)s",
    ),
    "breakdown_unknown": Rule(
        "Koden finns inte i kolumnen %(column)s.",
        "Skriv en av: %(known)s.%(near)s",
        "There is no such code in the column %(column)s.",
        "Write one of: %(known)s.%(near)s",
    ),
    "count_form": Rule(
        "Antalet är inte ett helt tal.",
        "Skriv bara siffror: inga mellanrum, decimaler eller tecken.",
        "The count is not a whole number.",
        "Write digits only: no spaces, decimals or signs.",
    ),
    "count_large": Rule(
        "Antalet är orimligt stort.",
        "Kontrollera att siffrorna står i rätt kolumn.",
        "The count is impossibly large.",
        "Check that the figures stand in the right column.",
    ),
    "count_missing": Rule(
        "Antal saknas.",
        "Skriv 0 om det är noll. Annars status undertryckt, saknas eller ej_tillämpligt.",
        "The count is missing.",
        "Write 0 where it is nought. Otherwise the status suppressed, missing or not_applicable.",
    ),
    "count_not_wanted": Rule(
        "Raden har ett antal fast statusen säger att det inte finns något.",
        "Ta bort antalet eller ändra statusen.",
        "The row has a count though its status says that there is none.",
        "Remove the count or change the status.",
    ),
    "status_unknown": Rule(
        "Statusen finns inte.",
        "Skriv en av: %(known)s.%(near)s",
        "There is no such status.",
        "Write one of: %(known)s.%(near)s",
    ),
    "cell_twice": Rule(
        "Samma cell finns redan på rad %(first)s.",
        "Ta bort den ena raden, eller rätta koden.",
        "The same cell stands on row %(first)s already.",
        "Remove one of the rows, or correct the code.",
    ),
    "cells_missing": Rule(
        "För variabeln %(variable)s saknas %(number)s rader.",
        "Varje kod ska ha en rad, med 0 om det är noll. Lägg till: %(cells)s.",
        "The variable %(variable)s lacks %(number)s rows.",
        "Every code has a row, with 0 where it is nought. Add: %(cells)s.",
    ),
    "cells_missing_among": Rule(
        "För variabeln %(variable)s saknas %(number)s rader utöver dem som det är fel på.",
        "Rätta de felaktiga raderna först. De som saknas är bland: %(cells)s.",
        "The variable %(variable)s lacks %(number)s rows besides the faulty ones.",
        "Mend the faulty rows first. Those that are missing are among: %(cells)s.",
    ),
    "small_cell": Rule(
        "Antalet är mindre än %(threshold)s fast paketet ska vara skyddat.",
        "Skydda siffrorna före avsändning: status undertryckt.",
        "The count is below %(threshold)s though the package is to be protected.",
        "Protect the figures before sending: status suppressed.",
    ),
    # Sheets
    "formula": Rule(
        "Cellen innehåller en formel.",
        "Klistra in värdet i stället.",
        "The cell holds a formula.",
        "Paste the value instead.",
    ),
    "merged": Rule(
        "Cellerna är sammanfogade.",
        "Dela dem.",
        "The cells are merged.",
        "Split them.",
    ),
    "date": Rule(
        "Excel har gjort om värdet till ett datum.",
        "Gör kolumnen till text och skriv värdet på nytt.",
        "Excel has turned the value into a date.",
        "Make the column text and type the value again.",
    ),
}
# These end the check at once, and nothing of the file is kept.
INDIVIDUAL = frozenset(
    {"personal_number", "contact_detail", "free_text", "individual_column", "row_per_person", "no_count_column"}
)
_NEAR = {"sv": " Menades %s?", "en": " Was %s meant?"}
_MORE = {"sv": "%s och %s till", "en": "%s and %s more"}


def said(
    rule: str,
    named: Mapping[str, Named],
    *,
    language: str = "sv",
    rules: Mapping[str, Rule] = RULES,
    most: int | None = None,
) -> tuple[str, str]:
    """Return what is wrong and what to do, in a language; of a list, at most so many and how many more there are."""
    one = rules[rule]
    near = named.get("near", "")
    filled = {**named, "near": _NEAR[language] % near if near else ""}
    cells = named.get("cells", "")
    if isinstance(cells, Sequence) and not isinstance(cells, str):
        first = ", ".join(cells[:most])
        left = int(str(named["absent"])) - len(cells[:most])
        filled["cells"] = _MORE[language] % (first, left) if left else first
    wrong, do = (one.wrong_en, one.do_en) if language == "en" else (one.wrong_sv, one.do_sv)
    return wrong % filled, do % filled
