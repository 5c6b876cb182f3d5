"""What the log tells about agreements and packages: tables, periods and digests, never a figure."""

from django.utils.translation import gettext_lazy as _

from samsyn.aggregates import queries
from samsyn.audit.events import declare

_WORDS = {"table": lambda name: queries.title_of(name)}

AGREEMENT_PROPOSED = declare(
    "hand_over_proposed", _("%(actor)s föreslog en överenskommelse om kvartalspaket med centret")
)
AGREEMENT_APPROVED = declare(
    "hand_over_approved", _("%(actor)s godkände en överenskommelse om kvartalspaket med centret")
)
AGREEMENT_ENDED = declare("hand_over_ended", _("%(actor)s avslutade en överenskommelse om kvartalspaket med centret"))
PACKAGE_MADE = declare(
    "package_made",
    _("%(actor)s räknade och skyddade kvartalspaketet «%(table)s» för %(period)s (%(hidden)s dolda tal)"),
    facts=("table", "period", "hidden"),
    words=_WORDS,
)
PACKAGE_APPROVED = declare(
    "package_approved",
    _("%(actor)s godkände och undertecknade kvartalspaketet «%(table)s» för %(period)s"),
    facts=("table", "period", "number", "sha256"),
    words=_WORDS,
)
PACKAGE_DISCARDED = declare(
    "package_discarded",
    _("%(actor)s kasserade kvartalspaketet «%(table)s» för %(period)s"),
    facts=("table", "period"),
    words=_WORDS,
)
PACKAGE_HANDED_OVER = declare(
    "package_handed_over",
    _("%(actor)s hämtade kvartalspaketet «%(table)s» för %(period)s för att lämna det till centret"),
    facts=("table", "period", "sha256"),
    words=_WORDS,
)
