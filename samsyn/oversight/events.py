"""What those who read and check the log leave in it."""

from django.utils.translation import gettext_lazy as _

from samsyn.audit.events import declare

VERDICTS = {"in_order": _("i sin ordning"), "asked": _("fråga ställd"), "incident": _("incident")}


def _verdict(code: str) -> str:
    """Return a verdict in the reader's language, in the middle of a sentence."""
    return str(VERDICTS[code])


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
LOG_REVIEW_READ = declare("log_review_read", _("%(actor)s öppnade loggkontrollen för vecka %(week)s"), facts=("week",))
LOG_REVIEWED = declare(
    "log_reviewed",
    _("%(actor)s granskade en händelse: %(verdict)s"),
    facts=("rule", "verdict", "week"),
    words={"verdict": _verdict},
)
LOG_REVIEW_OVERDUE = declare(
    "log_review_overdue",
    _("%(actor)s lyfte en försenad loggkontroll: %(number)s händelser i vecka %(week)s"),
    facts=("week", "number"),
)
