"""Rules of the desk. Pure: nothing here touches the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from samsyn.contacts.facts import Reply
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Permission
from samsyn.questions.asking import Instrument

# More persons than this in one contact is a slip of the hand; a contact about more is two contacts.
MOST_PERSONS = 12
MOST_MENTIONED = 30
# An adviser with more open drafts than this has lost sight of them.
MOST_DRAFTS = 20
CHANNELS_LIST = "channel"
# Lines whose callers keep three words for the next contact. Exposed persons have the code to their case, and no other.
LINES_WITH_WORDS = frozenset({"support_call"})
MAILBOX = "mailbox"
OUTCOMES_OF_A_MATTER = frozenset({"answered", "referred", "booked", "will_return"})


@dataclass(frozen=True)
class Missing:
    """A field that closing demands: where it is and what to say."""

    field: str
    message: str | Promise


def can_register(actor: Actor) -> bool:
    """Say whether the actor works at the desk."""
    return actor.may(Permission.REGISTER_CONTACT)


def check_can_register(actor: Actor) -> None:
    """Raise NotAllowed unless the actor works at the desk."""
    if not can_register(actor):
        raise NotAllowed(_lazy("Din roll får inte registrera kontakter."))


def check_is_open(*, is_closed: bool) -> None:
    """Raise Refused if the contact is closed: what is closed is counted and cannot be changed from the desk."""
    if is_closed:
        raise Refused(_lazy("Kontakten är redan avslutad. Den är räknad en gång och ändras inte här."))


def check_has_words(instrument: Instrument) -> None:
    """Raise Refused on a line whose callers keep no words."""
    if instrument.code not in LINES_WITH_WORDS:
        raise Refused(
            _lazy("På den här linjen finns inga ärendeord. Den som vill komma tillbaka får koden till sitt ärende.")
        )


def check_owner(*, adviser_id: UUID, actor: Actor) -> None:
    """Raise LookupError for another's draft: it looks as if it didn't exist."""
    if adviser_id != actor.account_id:
        raise LookupError("not this adviser's contact")


def check_channel(channel: str, *, before: str) -> None:
    """Raise Invalid for a contact that would come out of a mailbox by hand: the mailbox alone says so."""
    if channel == MAILBOX != before:
        raise Invalid(_("Okänd kod."))


def is_matter(outcome: str) -> bool:
    """Say whether a contact with this outcome is about a matter, or was none (silent, wrong number, ...)."""
    return outcome in OUTCOMES_OF_A_MATTER


def missing_at_close(instrument: Instrument, replies: Mapping[str, Reply]) -> list[Missing]:
    """Return the fields that must be answered before closing, in the order of the page. A call that was none needs
    nothing but its outcome.
    """
    outcome = replies.get("outcome")
    if outcome is None or not outcome.values:
        return [Missing("outcome", _lazy("Välj ett utfall: hur slutade kontakten?"))]
    if not is_matter(outcome.one):
        return []
    return [
        Missing(question.code, _("%(question)s: svar behövs för att avsluta.") % {"question": question.wording})
        for question in instrument.questions
        if question.required_at_close
        and question.unit != "person"
        and replies.get(question.code, Reply("not_asked")).state == "not_asked"
    ]


def check_mentioned(counts: Mapping[str, int]) -> None:
    """Raise Invalid unless each count of further mentioned persons is plausible."""
    if any(not 0 <= count <= MOST_MENTIONED for count in counts.values()):
        raise Invalid(_("Ytterligare nämnda: skriv ett tal från 0 till %(most)s.") % {"most": MOST_MENTIONED})
