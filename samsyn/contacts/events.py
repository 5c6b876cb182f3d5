"""What the log says about contacts: that something was done, never what was told."""

from django.utils.translation import gettext_lazy as _lazy

from samsyn.audit.events import declare

CONTACT_OPENED = declare("contact_opened", _lazy("%(actor)s öppnade en kontakt"))
CONTACT_CLOSED = declare("contact_closed", _lazy("%(actor)s avslutade en kontakt"))
DRAFT_READ = declare("draft_read", _lazy("%(actor)s öppnade ett eget utkast"))
DRAFT_DISCARDED = declare("draft_discarded", _lazy("%(actor)s kastade ett eget utkast"))
CODE_GIVEN = declare("reference_code_given", _lazy("%(actor)s gav ut ärendeord"))
MATTER_JOINED = declare("matter_joined", _lazy("%(actor)s kopplade en kontakt till ett tidigare ärende"))
