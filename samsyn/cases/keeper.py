"""The way from the room to the keeper of keys, and its refusals in words."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from samsyn.people import keeping
from samsyn.people.refusals import NotAllowed, Refused
from samsyn.privacy.custody import refusals

WORDS: keeping.Words = {
    refusals.LOCKED: keeping.LOCKED,
    refusals.UNSIGNED: keeping.UNSIGNED,
    refusals.WRONG_SECRET: (Refused, _("Det stämmer inte. Kontrollera och försök igen.")),
    refusals.EXPIRED: (NotAllowed, _("Din tid med ärendet är slut.")),
    refusals.NO_RIGHT: (NotAllowed, _("Din behörighet i ärendet räcker inte till det.")),
    refusals.ERASED: (NotAllowed, _("Ärendet är raderat och går inte att läsa.")),
    refusals.OUTDATED: (NotAllowed, _("Ärendets nyckel är bytt. Din behörighet gäller inte längre.")),
    refusals.NOT_READY: (
        NotAllowed,
        _("Innan du öppnar ett ärende behöver du två sätt att låsa upp och tre nyckelansvariga som kan hjälpa dig."),
    ),
    refusals.NOT_CERTIFIED: (NotAllowed, _("Nycklarna är inte intygade av två nyckelansvariga än.")),
    refusals.TOO_MANY: (Refused, _("Det blev för många försök. Vänta till i morgon, eller be en kollega.")),
    refusals.OFF_DUTY: (NotAllowed, _("Du är inte i tjänst. Gå i tjänst och försök igen.")),
    refusals.SAME_PERSON: (NotAllowed, _("Det behövs två olika personer.")),
    refusals.TOO_EARLY: (Refused, _("Det har inte gått ett dygn än. Den som nycklarna tillhör ska hinna säga ifrån.")),
    refusals.CLOSED: (
        Refused,
        _("Nyckelvakten är stängd tills raderingarna är gjorda på nytt efter en återläsning. Säg till driften."),
    ),
    refusals.TOO_LONG: (Refused, _("Texten är för lång. Dela upp den.")),
    refusals.EXISTS: (Refused, _("Det finns redan.")),
}
asking = partial(
    keeping.asking, WORDS, away=_("Nyckelvakten svarar inte, så inget ärende kan öppnas. Säg till driften.")
)
