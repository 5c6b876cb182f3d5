"""What a person is told when words are no code. The words themselves are never repeated: a message may end in a log."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samsyn.privacy.spoken_codes import NotACode, UnknownWord, WrongNumberOfWords


def message(error: NotACode) -> str:
    """Return the sentence for the person, in the active language."""
    if isinstance(error, UnknownWord):
        return _("Ord nummer %(number)d finns inte i ordlistan. Kontrollera stavningen.") % {"number": error.number}
    if isinstance(error, WrongNumberOfWords):
        found = ngettext("Det här är %(found)d ord.", "Det här är %(found)d ord.", error.found) % {"found": error.found}
        return _("Koden är %(expected)d ord.") % {"expected": error.expected} + " " + found
    return _("Det här är ingen kod.")
