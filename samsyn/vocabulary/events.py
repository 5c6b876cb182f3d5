"""What the log tells about code lists."""

from django.utils.translation import gettext_lazy as _

from samsyn.audit.events import declare, say_fact
from samsyn.vocabulary import queries

say_fact("list", lambda code: queries.code_list(code).title)
say_fact("scheme", lambda code: next((one.title for one in queries.schemes() if one.code == code), code))
say_fact("municipality", lambda code: queries.code("municipality", code).label)

LIST_LOADED = declare(
    "code_list_loaded",
    _(
        "%(actor)s läste in version %(version)s av kodlistan %(list)s:"
        " %(added)s nya, %(changed)s ändrade, %(closed)s stängda"
    ),
    facts=("list", "version", "added", "changed", "closed"),
)
CODE_CLOSED = declare(
    "code_closed",
    _("%(actor)s stängde koden %(code)s i kodlistan %(list)s, sista dag %(last_day)s"),
    facts=("list", "code", "last_day", "version"),
)
CROSSWALK_LOADED = declare(
    "crosswalk_loaded",
    _("%(actor)s läste in jämförelser med %(scheme)s: %(opened)s nya rader, %(closed)s stängda"),
    facts=("scheme", "opened", "closed"),
)
