"""What the log tells about the meter: only which tables were loaded. What the meter is asked nobody knows."""

from django.utils.translation import gettext_lazy as _

from samsyn.audit.events import declare

TABLE_LOADED = declare(
    "population_table_loaded",
    _("%(actor)s läste in befolkningstabellen %(version)s (%(total)s personer)"),
    facts=("version", "total", "is_made_up"),
)
