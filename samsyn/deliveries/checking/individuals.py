"""Does a value look like something about one person? Pure. A file where one does is refused before it is stored."""

import re
from datetime import date

from stdnum import luhn

# Words that head columns of registers of persons, written without case, blanks and dashes.
COLUMNS = frozenset(
    {
        *("personnummer", "personnr", "pnr", "persnr", "samordningsnummer", "personid", "personidentitet", "klientid"),
        *("namn", "förnamn", "efternamn", "klient", "födelsedatum", "födelseår", "adress", "gatuadress", "postnummer"),
        *(
            "telefon",
            "telefonnummer",
            "mobil",
            "epost",
            "epostadress",
            "mejl",
            "journalnummer",
            "journalnr",
            "aktnummer",
        ),
        *("ärendenummer", "ärendeid", "löpnummer", "handläggare", "skola", "anteckning", "anteckningar", "kommentar"),
        *("kommentarer", "fritext", "beskrivning", "personalnumber", "personalidentitynumber", "name", "firstname"),
        *("lastname", "surname", "dateofbirth", "birthdate", "address", "phone", "email", "caseid", "clientid", "note"),
        *("notes", "comment", "comments", "freetext", "ssn"),
    }
)
_NUMBER = re.compile(
    r"(?<![0-9])(?:(?P<century>18|19|20))?(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?P<sign>[-+ ]?)(?P<last>[0-9]{4}|[A-Z][0-9]{3})(?![0-9])"
)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"(?:\+46|0046|0)[ ()-]*[1-9](?:[ ()-]*[0-9]){6,10}\Z")
_WORD = re.compile(r"[^\W\d_]{2,}")
# A code has at most this many characters and never this many words.
LONGEST_CODE, MOST_WORDS = 60, 3


def normalised(heading: str) -> str:
    """Return a column's heading in the form in which it is compared."""
    return re.sub(r"[\s_.\-]+", "", heading.strip().casefold())


def is_personal_number(value: str) -> bool:
    """Say whether a personal or co-ordination number stands in the value: a real day, and a control digit or its form.

    Ten digits in a row need the right control digit; with a century or a dash the form is enough, since a number that
    somebody mistyped is about somebody too. Organisations' numbers have no month and never match.
    """
    for found in _NUMBER.finditer(value):
        day = int(found["day"])
        day = day - 60 if day > 60 else day  # co-ordination numbers
        try:
            date(2000 if found["year"] == "00" else 1900 + int(found["year"]), int(found["month"]), day)
        except ValueError:
            continue
        digits = found["year"] + found["month"] + found["day"] + found["last"]
        if found["century"] or found["sign"] or (digits.isdigit() and luhn.is_valid(digits)):
            return True
    return False


def suspicion(value: str) -> str:
    """Return the rule by which the value can't be let in at all, or nothing."""
    text = value.strip()
    if len(text) < 8:
        return ""
    if is_personal_number(text):
        return "personal_number"
    if _EMAIL.search(text) or _PHONE.match(text):
        return "contact_detail"
    if len(text) > LONGEST_CODE or len(_WORD.findall(text)) > MOST_WORDS:
        return "free_text"
    return ""
