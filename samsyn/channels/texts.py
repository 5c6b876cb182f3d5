"""Words for the codes of calls, and what a closed line says."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from samsyn.ui import numbers

CHANNELS: dict[str, Promise] = {
    "phone": _lazy("Telefon"),
    "chat": _lazy("Chatt"),
    "mailbox": _lazy("Brevlåda"),
}
STATES: dict[str, Promise] = {
    "waiting": _lazy("väntar"),
    "talking": _lazy("besvarat, inte registrerat"),
    "closed": _lazy("avslutat, inte registrerat"),
    "new_words": _lazy("väntar på ditt svar"),
    "own": _lazy("du har svarat"),
}
OUTCOMES: dict[str, Promise] = {
    "answered": _lazy("Besvarade"),
    "abandoned": _lazy("Lämnade före svar"),
    "missed": _lazy("Missade"),
    "failed": _lazy("Tekniskt fel"),
}
HOUR_BANDS: dict[str, Promise] = {
    "before_09": _lazy("före 09"),
    "09_10": _lazy("09–10"),
    "10_11": _lazy("10–11"),
    "11_12": _lazy("11–12"),
    "after_12": _lazy("efter 12"),
}
WAIT_BANDS: dict[str, Promise] = {
    "under_1": _lazy("under 1 minut"),
    "1_3": _lazy("1–3 minuter"),
    "3_5": _lazy("3–5 minuter"),
    "5_10": _lazy("5–10 minuter"),
    "10_plus": _lazy("10 minuter eller mer"),
    "unknown": _lazy("okänd väntetid"),
}
MAILBOX_WAIT_BANDS: dict[str, Promise] = {
    "under_1_day": _lazy("under ett dygn"),
    "1_2_days": _lazy("1–2 dygn"),
    "2_4_days": _lazy("2–4 dygn"),
    "4_days_plus": _lazy("4 dygn eller mer"),
}
WISHED_PARTS: dict[str, Promise] = {
    "any": _lazy("När som helst"),
    "morning": _lazy("Förmiddag"),
    "afternoon": _lazy("Eftermiddag"),
}
RESULTS: dict[str, Promise] = {
    "reached": _lazy("Fick svar"),
    "no_answer": _lazy("Inget svar"),
    "busy": _lazy("Upptaget"),
    "wrong_number": _lazy("Fel nummer"),
}
WEEKDAYS: tuple[Promise, ...] = (
    _lazy("måndag"),
    _lazy("tisdag"),
    _lazy("onsdag"),
    _lazy("torsdag"),
    _lazy("fredag"),
    _lazy("lördag"),
    _lazy("söndag"),
)


def overflow(*, opens: datetime | None) -> str:
    """Return what somebody is told who comes while the line is closed: when it opens, and not what it is."""
    if opens is None:
        return _("Vi har stängt tills vidare.")
    return _("Vi har stängt nu. Vi öppnar %(time)s.") % {"time": numbers.moment(opens)}
