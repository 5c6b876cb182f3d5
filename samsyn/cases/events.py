"""What the log says about cases and keys: who did what to which random id, never what was told."""

from django.utils.translation import gettext_lazy as _

from samsyn.audit.events import declare
from samsyn.cases import policies, words


def _ground(code: str) -> str:
    """Return why a case leaves, in the middle of a sentence."""
    return str(policies.EXPORT_GROUNDS[code]).lower()


def _emergency(code: str) -> str:
    """Return why a case had to be read, in the middle of a sentence."""
    return str(policies.GROUNDS[code]).lower()


def _why_not(code: str) -> str:
    """Return what stood against a contact, in the middle of a sentence."""
    text = str(words.WHY_NOT[code]).rstrip(".")
    return text[:1].lower() + text[1:]


def _reason(code: str) -> str:
    """Return what the second person made sure of, in the middle of a sentence."""
    return str(policies.EXPORT_REASONS[code]).lower()


def _override(code: str) -> str:
    """Return why somebody had to be reached, in the middle of a sentence."""
    return str(policies.OVERRIDE_GROUNDS[code]).lower()


KEYS_MADE = declare("keys_made", _("%(actor)s gjorde egna nycklar"))
KEY_WAY_ADDED = declare("key_way_added", _("%(actor)s lade till ett sätt att låsa upp sina nycklar"))
KEYS_ASKED = declare("keys_asked", _("%(actor)s bad att få låsa upp sina nycklar"))
KEYS_REFUSED = declare("keys_refused", _("%(actor)s fick inte låsa upp sina nycklar"))
KEYS_LOCKED = declare("keys_locked", _("%(actor)s låste sina nycklar"))
KEYS_CERTIFIED = declare("keys_certified", _("%(actor)s intygade en kollegas nycklar"))
OFFICERS_FOUNDED = declare("officers_founded", _("%(actor)s skrev in de tre nyckelansvariga"))
RECOVERY_BEGUN = declare("recovery_begun", _("%(actor)s bad om hjälp att få tillbaka sina nycklar"))
RECOVERY_FINISHED = declare("recovery_finished", _("%(actor)s tog emot sina nycklar igen"))
SUCCESSION_BEGUN = declare("succession_begun", _("%(actor)s tog det första steget för att ersätta en nyckelansvarig"))
OFFICER_REPLACED = declare(
    "officer_replaced", _("%(actor)s tog det andra steget: en nyckelansvarig ersattes av en annan")
)
SUCCESSION_STOPPED = declare("succession_stopped", _("%(actor)s avbröt ett byte av nyckelansvarig"))
OFFICER_OPENED_FIRST = declare("officer_opened_first", _("%(actor)s öppnade det första av två lås"))
OFFICER_OPENED_SECOND = declare("officer_opened_second", _("%(actor)s öppnade det andra av två lås"))
DUTY_BEGUN = declare("duty_begun", _("%(actor)s gick i tjänst"))
DUTY_ENDED = declare("duty_ended", _("%(actor)s gick ur tjänst"))
# What a reviewer needs to explain an access stands in the facts: codes, and random ids of colleagues.
CASE_CREATED = declare("case_created", _("%(actor)s öppnade ett nytt ärende"), facts=("kind",))
CASE_READ = declare("case_read", _("%(actor)s läste ett ärende"))
NOTE_AGREED = declare("case_note_agreed", _("%(actor)s läste en anteckning som personen sa ja till"))
CASE_DENIED = declare("case_denied", _("%(actor)s sökte ett ärende utan att ha rätt till det"))
CASE_NOT_OPENED = declare("case_not_opened", _("%(actor)s fick inte upp ett ärende"))
CASE_WRITTEN = declare("case_written", _("%(actor)s skrev i ett ärende"), facts=("part",))
CASE_SHARED = declare(
    "case_shared",
    _("%(actor)s gav en kollega behörighet till ett ärende"),
    facts=("grantee", "purpose", "rights", "hours"),
)
SHARE_ASKED = declare("case_share_asked", _("%(actor)s bad en andra person godkänna en delning"))
SHARE_APPROVED = declare("case_share_approved", _("%(actor)s godkände en kollegas delning"), facts=("asked_by",))
CASE_REVOKED = declare(
    "case_revoked", _("%(actor)s tog ifrån en kollega behörigheten till ett ärende"), facts=("account",)
)
CASE_KEY_REPLACED = declare("case_key_replaced", _("%(actor)s bytte nyckel till ett ärende"))
CASE_CLOSED = declare("case_closed", _("%(actor)s avslutade ett ärende"))
CASE_ERASED = declare("case_erased", _("%(actor)s raderade ett ärende för alltid"))
CASE_ERASED_UNDER_DURESS = declare(
    "case_erased_under_duress", _("%(actor)s raderade vad koden för tvång öppnar: ärendet självt är kvar")
)
CODE_TRIED = declare("case_code_tried", _("%(actor)s prövade en kod"))
CODE_OPENED = declare("case_code_opened", _("%(actor)s öppnade ett ärende med den hjälpsökandes kod"))
CODE_OPENED_UNDER_DURESS = declare(
    "case_code_opened_under_duress", _("%(actor)s öppnade ett ärende med koden för tvång: någon kan vara i fara")
)
CODE_OPENED_BY_HELPERS = declare(
    "case_code_opened_by_helpers", _("%(actor)s öppnade ett ärende med reservkoden: personen behöver en ny kod")
)
CODE_REFUSED = declare("case_code_refused", _("%(actor)s prövade en kod som inte öppnade något"))
CODE_CHANGED = declare("case_code_changed", _("%(actor)s bytte koden till ett ärende"))
TIES_DECLARED = declare("ties_declared", _("%(actor)s anmälde egna band"))
TIES_TAKEN_BACK = declare(
    "ties_taken_back", _("%(actor)s tog tillbaka egna band som var anmälda (%(number)s)"), facts=("number",)
)
TIES_EXCLUDED = declare("ties_excluded", _("%(actor)s skrev in vilka den hjälpsökande inte vill möta"))
WITHDRAWN = declare("case_withdrawn", _("%(actor)s drog sig ur ett ärende för jäv"))
EMERGENCY_ASKED = declare(
    "emergency_asked",
    _("%(actor)s bad att få läsa ett ärende i en nödsituation (%(ground)s)"),
    facts=("ground",),
    words={"ground": _emergency},
)
EMERGENCY_OPENED = declare(
    "emergency_opened", _("%(actor)s lät en kollega läsa ett ärende i en nödsituation"), facts=("reader",)
)
EMERGENCY_REVIEWED = declare("emergency_reviewed", _("%(actor)s granskade en nödöppning"))
CONTACT_REFUSED = declare(
    "outbound_refused",
    _("%(actor)s hindrades från en otrygg kontakt (%(why)s)"),
    facts=("why",),
    words={"why": _why_not},
)
CONTACT_MADE = declare("outbound_allowed", _("%(actor)s tog kontakt på ett sätt som är tryggt"))
OVERRIDE_ASKED = declare(
    "override_asked",
    _("%(actor)s bad att få kontakta någon mot dess regler (%(ground)s)"),
    facts=("ground", "why"),
    words={"ground": _override},
)
OVERRIDE_CONFIRMED = declare(
    "override_confirmed",
    _("%(actor)s bekräftade att en kollega kontaktar någon mot dess regler (%(ground)s)"),
    facts=("asked_by", "ground"),
    words={"ground": _override},
)
CONTACT_OVERRIDDEN = declare(
    "outbound_overridden",
    _("%(actor)s tog kontakt mot personens egna regler (%(ground)s)"),
    facts=("ground", "why", "confirmed_by"),
    words={"ground": _override},
)
EXPORT_ASKED = declare(
    "case_export_asked",
    _("%(actor)s bad att få lämna ut ett ärende (%(ground)s)"),
    facts=("ground", "recipient"),
    words={"ground": _ground},
)
EXPORT_APPROVED = declare(
    "case_export_approved",
    _("%(actor)s godkände att ett ärende lämnas ut (%(reason)s)"),
    facts=("asked_by", "reason", "manifest", "secrecy"),
    words={"reason": _reason},
)
EXPORT_DECLINED = declare("case_export_declined", _("%(actor)s avslog att ett ärende lämnas ut"), facts=("asked_by",))
EXPORTED = declare(
    "case_exported",
    _("%(actor)s lämnade ut ett ärende, förslutet till mottagaren (%(ground)s)"),
    facts=("ground", "approved_by", "manifest"),
    words={"ground": _ground},
)
