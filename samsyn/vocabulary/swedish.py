"""Swedish alphabetical order and Swedish days. The database has no ICU, so the order is computed and stored."""

import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

# å, ä, ö are letters after z, in this order; "{", "|", "}" follow "z" in every byte order.
_LETTERS = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})


def sort_key(text: str) -> str:
    """Return a key whose byte order is the Swedish alphabetical order; blanks and signs don't count, numbers do."""
    letters = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c))
    return "".join(c for c in plain if c.isalnum() or c in "{|}")


def day(at: datetime) -> date:
    """Return the day that it is in Sweden at this moment."""
    return at.astimezone(STOCKHOLM).date()
