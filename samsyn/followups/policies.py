"""Rules of following up. Pure: nothing here touches the database."""

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from samsyn.followups.models import LINK, PHONE
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Permission
from samsyn.questions import policies as answering
from samsyn.questions.asking import Instrument

# When effects may be asked about. Before a month little has happened; after a year the call is forgotten.
MONTHS = (1, 3, 6, 12)
# A link to the direct follow-up goes when the call's working record does; nothing outlives it.
DIRECT_LINK_DAYS = 7
# One reminder after ten days; a month after the first mail the silence is the answer.
REMIND_AFTER = timedelta(days=10)
ASKED_FOR = timedelta(days=30)
LONGEST_ADDRESS = 254
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,24}\Z")


@dataclass(frozen=True)
class Agreed:
    """What a professional agreed to, as the adviser wrote it down."""

    to: str
    way: str
    asks_direct: bool
    months: tuple[int, ...]


def can_follow_up(actor: Actor) -> bool:
    """Say whether the actor talks with professionals."""
    return actor.may(Permission.REGISTER_CONTACT)


def check_can_follow_up(actor: Actor) -> None:
    """Raise NotAllowed unless the actor talks with professionals."""
    if not can_follow_up(actor):
        raise NotAllowed(_lazy("Bara den som tar samtal kan följa upp dem."))


def check_can_see(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may see what follow-ups tell."""
    if not actor.may(Permission.SEE_QUALITY):
        raise NotAllowed(_lazy("Din roll får inte se uppföljningen."))


def check_agreed(agreed: Agreed) -> None:
    """Raise Invalid unless somebody can be reached this way and is asked about anything at all."""
    if agreed.way == LINK:
        try:
            validate_email(agreed.to)
        except ValidationError as error:
            raise Invalid(_("Skriv en e-postadress.")) from error
    elif agreed.way == PHONE:
        if not _PHONE.match(agreed.to):
            raise Invalid(_("Skriv ett telefonnummer."))
    else:
        raise Invalid(_("Välj e-post eller telefon."))
    if len(agreed.to) > LONGEST_ADDRESS:
        raise Invalid(_("Adressen är för lång."))
    if not agreed.asks_direct and not agreed.months:
        raise Invalid(_("Välj vad den yrkesverksamma har gått med på."))
    if agreed.asks_direct and agreed.way != LINK:
        raise Invalid(_("Frågorna om samtalet skickas som länk: de behöver en e-postadress."))
    if not set(agreed.months) <= set(MONTHS):
        raise Invalid(_("Välj bland de tider som finns."))


def due_on(begun_on: date, month: int) -> date:
    """Return the day so many months later; the 31st becomes the last of a shorter month."""
    year, place = divmod(begun_on.year * 12 + begun_on.month - 1 + month, 12)
    return date(year, place + 1, min(begun_on.day, calendar.monthrange(year, place + 1)[1]))


def answered(
    instrument: Instrument, raw: Mapping[str, Sequence[str]], *, of: Sequence[str]
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return each question's (state, codes); raise Invalid for what can't be an answer, or where nothing is answered."""
    found = {}
    for code in of:
        question = instrument.question(code)
        values, state = answering.split_answer(raw.get(code, ()))
        if state != answering.NOT_ASKED:
            answering.check_answer(question, values, state)
        found[code] = (state, values)
    if all(state == answering.NOT_ASKED for state, _values in found.values()):
        raise Invalid(_("Svara på minst en fråga."))
    return found


def check_is_active(state: str) -> None:
    """Raise Refused if the follow-up is over."""
    if state != "active":
        raise Refused(_lazy("Uppföljningen är avslutad."))
