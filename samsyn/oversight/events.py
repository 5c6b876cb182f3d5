"""What those who read and check the log leave in it."""

from django.utils.translation import gettext_lazy as _

from samsyn.audit.events import declare

LOG_READ = declare("log_read", _("%(actor)s läste loggen"), facts=("period", "kind", "person", "before", "after"))
LOG_EVENT_READ = declare("log_event_read", _("%(actor)s läste en händelse i loggen och dess bevis"))
LOG_CHECKPOINT_TAKEN = declare(
    "log_checkpoint_taken", _("%(actor)s hämtade kontrollpunkten över %(size)s händelser"), facts=("size",)
)
LOG_FOUND_WHOLE = declare(
    "log_found_whole", _("%(actor)s kontrollerade hela loggen: %(size)s händelser, inget fel"), facts=("size",)
)
LOG_FOUND_BROKEN = declare(
    "log_found_broken",
    _("%(actor)s kontrollerade hela loggen: %(total)s fel, det första vid plats %(index)s"),
    facts=("size", "total", "index", "problem"),
)
