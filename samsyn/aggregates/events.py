"""What the log tells about agreements, packages and composed cases: tables, periods and digests, never a figure or a word."""

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
CASES_GATHERED = declare(
    "package_of_cases_made",
    _("%(actor)s lade samman kvartalspaketet «%(table)s» för %(period)s"),
    facts=("table", "period"),
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
CASE_COMPOSED = declare("composed_case_composed", _("%(actor)s satte samman ett fall ur minst tre ärenden"))
CASE_CHANGED = declare("composed_case_changed", _("%(actor)s ändrade ett sammansatt fall, som nu prövas från början"))
CASE_CLEARED_ONCE = declare(
    "composed_case_cleared_once", _("%(actor)s prövade ett sammansatt fall som den första av två")
)
CASE_CLEARED = declare(
    "composed_case_cleared",
    _("%(actor)s prövade ett sammansatt fall som den andra av två; det får lämnas till centret för %(period)s"),
    facts=("period",),
)
CASE_RETURNED = declare("composed_case_returned", _("%(actor)s skickade tillbaka ett sammansatt fall"))
CASE_DROPPED = declare("composed_case_dropped", _("%(actor)s tog bort ett sammansatt fall som ingen hade godkänt"))
CASE_STOPPED = declare(
    "composed_case_stopped", _("%(actor)s stoppade ett sammansatt fall; det lämnas inte till centret")
)
