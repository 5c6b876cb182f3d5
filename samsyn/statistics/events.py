"""What the log tells about releases."""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samsyn.audit.events import declare, say_fact
from samsyn.statistics.definitions.model import UNITS
from samsyn.statistics.shown import quarter_title


def _quarter(code: str) -> str:
    """Return a quarter, or a year that others delivered, in the middle of a sentence."""
    if re.fullmatch("20[0-9]{2}", code):
        return _("lämnade uppgifter för %(year)s") % {"year": code}
    if "-q" not in code:
        raise LookupError(code)
    return quarter_title(code).lower()


say_fact("quarter", _quarter)
FACTS = ("quarter", "revision")
RELEASE_DRAFTED = declare(
    "release_drafted",
    _("%(actor)s räknade och skyddade %(quarter)s, omgång %(revision)s: %(hidden)s dolda, %(recovered)s kan räknas ut"),
    facts=(*FACTS, "hidden", "recovered"),
)
RELEASE_SUBMITTED = declare(
    "release_submitted", _("%(actor)s lämnade %(quarter)s, omgång %(revision)s, för godkännande"), facts=FACTS
)
RELEASE_RETURNED = declare(
    "release_returned", _("%(actor)s lämnade tillbaka %(quarter)s, omgång %(revision)s"), facts=FACTS
)
RELEASE_APPROVED = declare("release_approved", _("%(actor)s godkände %(quarter)s, omgång %(revision)s"), facts=FACTS)
RELEASE_TIMED = declare(
    "release_timed",
    _("%(actor)s bestämde att %(quarter)s, omgång %(revision)s, publiceras %(time)s"),
    facts=(*FACTS, "time"),
)
RELEASE_RETIMED = declare(
    "release_retimed",
    _("%(actor)s ändrade tiden för %(quarter)s, omgång %(revision)s, från %(before)s till %(time)s"),
    facts=(*FACTS, "before", "time"),
)
RELEASE_UNTIMED = declare(
    "release_untimed",
    _("%(actor)s tog bort tiden för %(quarter)s, omgång %(revision)s: %(time)s"),
    facts=(*FACTS, "time"),
)
RELEASE_NOT_PUBLISHED = declare(
    "release_not_published",
    _("%(actor)s publicerade inte %(quarter)s, omgång %(revision)s: den som satte tiden får inte publicera längre"),
    facts=FACTS,
)
RELEASE_PUBLISHED = declare(
    "release_published", _("%(actor)s publicerade %(quarter)s, omgång %(revision)s"), facts=FACTS
)
RELEASE_DISCARDED = declare(
    "release_discarded", _("%(actor)s kasserade utkastet till %(quarter)s, omgång %(revision)s"), facts=FACTS
)
RELEASE_EXPORTED = declare(
    "release_exported", _("%(actor)s hämtade handlingarna till %(quarter)s, omgång %(revision)s"), facts=FACTS
)
RELEASES_ATTACKED = declare(
    "releases_attacked",
    _(
        "%(actor)s prövade %(releases)s publiceringar som en angripare: %(tried)s dolda tal, %(recovered)s kan räknas ut, "
        "%(unsafe)s är för smalt inringade"
    ),
    facts=("releases", "tried", "recovered", "unsafe"),
)
HISTORY_LOADED = declare(
    "history_loaded",
    _("%(actor)s läste in den historiska serien %(series)s, omgång %(revision)s"),
    facts=("series", "revision"),
)

_UNITS = {"unit": lambda code: UNITS[code].many.en.lower() if get_language() == "en" else UNITS[code].many.sv.lower()}
TABLE_ASKED = declare(
    "table_asked", _("%(actor)s frågade efter en tabell över %(unit)s"), facts=("unit",), words=_UNITS
)
NEAR_TABLES_FOUND = declare(
    "near_tables_found",
    _(
        "%(actor)s frågade efter en tabell över %(unit)s som skiljer sig från %(pairs)s tidigare med så lite som %(fewest)s"
    ),
    facts=("unit", "pairs", "fewest"),
    words=_UNITS,
)
EXACT_TABLE_SHOWN = declare(
    "exact_table_shown",
    _("%(actor)s tog fram exakta tal över %(unit)s med skälet som står i frågan"),
    facts=("unit",),
    words=_UNITS,
)
EXACT_TABLE_REFUSED = declare(
    "exact_table_refused",
    _("%(actor)s nekades exakta tal över %(unit)s: de skulle visa några få"),
    facts=("unit",),
    words=_UNITS,
)
