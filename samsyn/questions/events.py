"""What the log tells about question sets and templates."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from samsyn.audit.events import declare, say_fact
from samsyn.questions import queries

for _fact in ("instrument", "template", "package", "question"):
    say_fact(_fact, partial(queries.title_of, _fact))

INSTRUMENT_DRAFT_STARTED = declare(
    "instrument_draft_started",
    _("%(actor)s började på version %(version)s av frågeformuläret %(instrument)s"),
    facts=("instrument", "version"),
)
QUESTION_CHANGED = declare(
    "question_changed",
    _("%(actor)s ändrade frågan %(question)s i version %(version)s av %(instrument)s"),
    facts=("instrument", "version", "question"),
)
QUESTION_MOVED = declare(
    "question_moved",
    _("%(actor)s flyttade frågan %(question)s i version %(version)s av %(instrument)s"),
    facts=("instrument", "version", "question"),
)
LOCAL_QUESTION_ADDED = declare(
    "local_question_added",
    _("%(actor)s lade till den lokala frågan %(question)s i version %(version)s av %(instrument)s"),
    facts=("instrument", "version", "question"),
)
LOCAL_QUESTION_REMOVED = declare(
    "local_question_removed",
    _("%(actor)s tog bort den lokala frågan %(question)s ur version %(version)s av %(instrument)s"),
    facts=("instrument", "version", "question"),
)
REMINDER_CHANGED = declare(
    "reminder_changed",
    _("%(actor)s ändrade påminnelsen i version %(version)s av %(instrument)s"),
    facts=("instrument", "version"),
)
INSTRUMENT_DRAFT_DISCARDED = declare(
    "instrument_draft_discarded",
    _("%(actor)s kastade utkastet till version %(version)s av %(instrument)s"),
    facts=("instrument", "version"),
)
INSTRUMENT_PUBLISHED = declare(
    "instrument_published",
    _("%(actor)s publicerade version %(version)s av frågeformuläret %(instrument)s, att gälla från %(valid_from)s"),
    facts=("instrument", "version", "valid_from", "level", "content_hash"),
)
TEMPLATE_DRAFT_STARTED = declare(
    "template_draft_started",
    _("%(actor)s började på version %(version)s av mallen %(template)s"),
    facts=("template", "version"),
)
TEMPLATE_CHANGED = declare(
    "template_changed",
    _("%(actor)s ändrade version %(version)s av mallen %(template)s"),
    facts=("template", "version"),
)
TEMPLATE_DRAFT_DISCARDED = declare(
    "template_draft_discarded",
    _("%(actor)s kastade utkastet till version %(version)s av mallen %(template)s"),
    facts=("template", "version"),
)
TEMPLATE_PUBLISHED = declare(
    "template_published",
    _("%(actor)s publicerade version %(version)s av mallen %(template)s, att gälla från %(valid_from)s"),
    facts=("template", "version", "valid_from", "level", "content_hash"),
)
PACKAGE_DRAFT_STARTED = declare(
    "package_draft_started",
    _("%(actor)s började på version %(version)s av paketet %(package)s"),
    facts=("package", "version"),
)
PACKAGE_CHANGED = declare(
    "package_changed",
    _("%(actor)s ändrade version %(version)s av paketet %(package)s"),
    facts=("package", "version"),
)
PACKAGE_SENT_FOR_CONSULTATION = declare(
    "package_sent_for_consultation",
    _("%(actor)s skickade version %(version)s av paketet %(package)s på remiss"),
    facts=("package", "version"),
)
PACKAGE_TAKEN_BACK = declare(
    "package_taken_back",
    _("%(actor)s tog tillbaka version %(version)s av paketet %(package)s från remissen"),
    facts=("package", "version"),
)
PACKAGE_DECIDED = declare(
    "package_decided",
    _("%(actor)s beslutade version %(version)s av paketet %(package)s"),
    facts=("package", "version"),
)
PACKAGE_PUT_IN_USE = declare(
    "package_put_in_use",
    _("%(actor)s satte version %(version)s av paketet %(package)s i bruk"),
    facts=("package", "version"),
)
PACKAGE_RETIRED = declare(
    "package_retired",
    _("%(actor)s avvecklade version %(version)s av paketet %(package)s"),
    facts=("package", "version"),
)
PACKAGE_DRAFT_DISCARDED = declare(
    "package_draft_discarded",
    _("%(actor)s kastade utkastet till version %(version)s av paketet %(package)s"),
    facts=("package", "version"),
)
IMPLEMENTATION_RECORDED = declare(
    "implementation_recorded",
    _("%(actor)s skrev in att %(municipality)s har version %(version)s av paketet %(package)s"),
    facts=("package", "version", "municipality"),
)
IMPLEMENTATION_ENDED = declare(
    "implementation_ended",
    _("%(actor)s skrev in att %(municipality)s inte längre har version %(version)s av paketet %(package)s"),
    facts=("package", "version", "municipality"),
)
