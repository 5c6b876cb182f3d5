"""What the log says about people."""

from django.utils.translation import gettext_lazy as _lazy

from samsyn.audit.events import declare
from samsyn.people.roles import Role


def _in_words(code: str) -> str:
    """Return a role's name in the reader's language, in the middle of a sentence."""
    return str(Role(code).label).lower()


INSTALLATION_CREATED = declare("installation_created", _lazy("%(actor)s satte upp installationen"))
ORGANISATION_CREATED = declare("organisation_created", _lazy("%(actor)s lade upp en organisation"))
ACCOUNT_CREATED = declare("account_created", _lazy("%(actor)s lade upp ett konto"))
ACCOUNT_CLOSED = declare("account_closed", _lazy("%(actor)s stängde ett konto"))
ACCOUNT_SUSPENDED = declare("account_suspended", _lazy("%(actor)s spärrade ett konto"))
ACCOUNT_RESUMED = declare("account_resumed", _lazy("%(actor)s öppnade ett spärrat konto igen"))
SIGN_IN_RESET = declare("sign_in_reset", _lazy("%(actor)s nollställde ett kontos inloggning"))
ROLE_GIVEN = declare(
    "role_given", _lazy("%(actor)s gav ett konto rollen %(role)s"), facts=("role",), words={"role": _in_words}
)
ROLE_ENDED = declare(
    "role_ended", _lazy("%(actor)s tog ifrån ett konto rollen %(role)s"), facts=("role",), words={"role": _in_words}
)
SIGNED_IN = declare("signed_in", _lazy("%(actor)s loggade in"))
SIGNED_OUT = declare("signed_out", _lazy("%(actor)s loggade ut"))
PASSKEY_COPIED = declare(
    "passkey_copied", _lazy("Nyckeln för %(actor)s nekades: dess räknare hade gått tillbaka, så den kan vara kopierad")
)
LOCKED = declare("screen_locked", _lazy("%(actor)s låste skärmen"))
UNLOCKED = declare("screen_unlocked", _lazy("%(actor)s låste upp skärmen"))
