"""What the log tells about erasure."""

from django.utils.translation import gettext_lazy as _

from samsyn.audit.events import declare

ROWS_ERASED = declare(
    "rows_erased",
    _("%(actor)s gallrade %(rows)s rader enligt regeln %(rule)s (beslut %(decision)s)"),
    facts=("rule", "rows", "decision"),
)
