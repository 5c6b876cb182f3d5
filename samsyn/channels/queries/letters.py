"""Letters that wait, as the list shows them: when, and what was found in them; never their words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samsyn.channels import findings, letter_policies, letter_reading
from samsyn.channels.models import Letter
from samsyn.people.actors import Actor

FOUND: Mapping[str, Promise] = {
    findings.PERSONAL_NUMBER: _("personnummer, övertäckt"),
    findings.PHONE_NUMBER: _("telefonnummer"),
    letter_reading.FILES_LEFT_OUT: _("bifogade filer, inte mottagna"),
}
REFUSALS: Mapping[str, Promise] = {
    letter_reading.TOO_LARGE: _("Brevet är för stort och togs inte emot."),
    letter_reading.TOO_MANY_PARTS: _("Brevet har för många delar och togs inte emot."),
    letter_reading.UNREADABLE: _("Brevet går inte att läsa som det är skrivet och togs inte emot."),
    letter_reading.TOO_LONG: _("Brevet är för långt och togs inte emot."),
    letter_reading.NO_WORDS: _("Brevet har ingen text, bara filer, och togs inte emot."),
}


@dataclass(frozen=True)
class LetterRow:
    """A letter in the list."""

    id: UUID
    arrived_at: datetime
    found: tuple[str | Promise, ...]
    refusal: str | Promise


def letters(*, by: Actor) -> tuple[LetterRow, ...]:
    """Return the letters that wait, the oldest first; none for whoever doesn't read them."""
    if not letter_policies.can_read_letters(by):
        return ()
    return tuple(
        LetterRow(
            row.pk, row.arrived_at, tuple(FOUND.get(code, code) for code in row.found), REFUSALS.get(row.refusal, "")
        )
        for row in Letter.objects.order_by("arrived_at").only("id", "arrived_at", "found", "refusal")[:200]
    )
