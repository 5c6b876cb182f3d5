"""What in a text could point at a person: personal identity numbers, telephone numbers. Found to warn, never to store."""

import re
from itertools import chain

from stdnum import luhn

# Western, Arabic-Indic and Persian digits: people write with the keyboard that they have.
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_IDENTITY = re.compile(
    r"(?<!\d)(?:(?:19|20)\d{2}|\d{2})(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|[6-8]\d|9[01])[ +-]?\d{4}(?!\d)"
)
_PHONE = re.compile(r"(?<!\d)(?:\+|00)?\d(?:[ -]?\d){7,13}(?!\d)")
IDENTITY_NUMBER, PHONE = "identity_number", "phone"


def found(text: str, *, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return which traits the text has; ``known`` are telephone numbers, as digits, that point at nobody."""
    plain = text.translate(_DIGITS)
    numbers = {match.group() for match in _IDENTITY.finditer(plain) if _is_identity_number(match.group())}
    phones = {re.sub(r"\D", "", match.group()) for match in _PHONE.finditer(plain)}
    phones -= set(chain(known, (re.sub(r"\D", "", number) for number in numbers)))
    return frozenset({IDENTITY_NUMBER} if numbers else set()) | frozenset({PHONE} if phones else set())


def _is_identity_number(number: str) -> bool:
    """Say whether the last digit is the check digit of the nine before it (Luhn), as in every number given out."""
    return luhn.is_valid(re.sub(r"\D", "", number)[-10:])
