"""What the log tells about erasure."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samsyn.audit.events import declare
from samsyn.privacy.decisions import decisions


def _rule(code: str) -> str | Promise:
    from samsyn.privacy.retention import declared_rules  # which records this event

    return {rule.code: rule.title for rule in declared_rules()}[code]


ROWS_ERASED = declare(
    "rows_erased",
    _("%(actor)s gallrade %(rows)s rader enligt regeln %(rule)s (beslut %(decision)s)"),
    facts=("rule", "rows", "decision"),
    words={"rule": _rule, "decision": lambda key: decisions()[key].title},
)
