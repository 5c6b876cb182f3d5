"""What the log tells about deliveries: codes, counts and digests, never a figure."""

from django.utils.translation import gettext_lazy as _

from samsyn.audit.events import declare, say_fact
from samsyn.deliveries import queries
from samsyn.deliveries.reasons import REASONS

say_fact("deliverer", queries.deliverer_name)

DELIVERY_REFUSED = declare(
    "delivery_refused",
    _("%(actor)s lämnade en fil för %(deliverer)s som avvisades (%(faults)s fel)"),
    facts=("deliverer", "door", "faults", "sha256"),
)
DELIVERY_CHECKED = declare(
    "delivery_checked",
    _("%(actor)s lämnade %(period)s för %(deliverer)s, kontrollerad och inte godkänd än"),
    facts=("deliverer", "door", "package", "table", "period", "sha256"),
)
DELIVERY_ACCEPTED = declare(
    "delivery_accepted",
    _("%(actor)s lämnade %(period)s för %(deliverer)s och den godkändes"),
    facts=("deliverer", "door", "package", "table", "period", "sha256"),
)
DELIVERY_WITHDRAWN = declare(
    "delivery_withdrawn",
    _("%(actor)s tog tillbaka %(period)s för %(deliverer)s"),
    facts=("deliverer", "period"),
)
DELIVERER_ADDED = declare(
    "deliverer_added", _("%(actor)s lade upp uppgiftslämnaren %(deliverer)s"), facts=("deliverer", "kind")
)
AGREEMENT_MADE = declare(
    "agreement_made",
    _("%(actor)s skrev att %(deliverer)s lämnar %(package)s %(version)s från och med %(period)s"),
    facts=("deliverer", "package", "version", "table", "period"),
)
KEY_ADDED = declare("key_added", _("%(actor)s lade till en nyckel för %(deliverer)s"), facts=("deliverer", "kind"))
KEY_ENDED = declare("key_ended", _("%(actor)s avslutade en nyckel för %(deliverer)s"), facts=("deliverer", "kind"))
DELIVERER_REMINDED = declare(
    "deliverer_reminded", _("%(actor)s påminde %(deliverer)s om %(period)s"), facts=("deliverer", "period")
)
ADDRESS_CHANGED = declare(
    "reminder_address_changed",
    _("%(actor)s ändrade var %(deliverer)s får påminnelser"),
    facts=("deliverer",),
)
ROUND_OPENED = declare(
    "survey_round_opened",
    _("%(actor)s öppnade enkätomgången %(year)s för %(asked)s organisationer"),
    facts=("package", "version", "year", "asked"),
)
ROUND_ANSWERED = declare(
    "survey_round_answered", _("%(actor)s svarade på enkäten %(year)s för %(deliverer)s"), facts=("deliverer", "year")
)
ROUND_CLOSED = declare(
    "survey_round_closed",
    _("%(actor)s stängde enkätomgången %(year)s med %(answered)s svar av %(asked)s"),
    facts=("year", "answered", "asked"),
)
PACKAGE_REFUSED = declare(
    "package_refused",
    _("%(actor)s avvisade ett undertecknat paket (%(reason)s)"),
    facts=("reason", "sha256"),
    words={"reason": lambda code: str(REASONS[code]).rstrip(".")},
)
