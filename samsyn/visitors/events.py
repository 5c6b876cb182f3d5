"""What the log says of the desk's work with messages. What visitors do leaves no event: the log is for ever."""

from django.utils.translation import gettext_lazy as _lazy

from samsyn.audit.events import declare

BOX_READ = declare("visitor_box_read", _lazy("%(actor)s läste en besökares meddelanden"))
CHAT_OPENED = declare("visitor_chat_opened", _lazy("%(actor)s öppnade en chatt med en besökare"))
CHAT_ENDED = declare("visitor_chat_ended", _lazy("%(actor)s avslutade en chatt med en besökare"))
CHAT_REGISTERED = declare("visitor_chat_registered", _lazy("%(actor)s öppnade en kontakt för en chatt med en besökare"))
BOX_ANSWERED = declare("visitor_box_answered", _lazy("%(actor)s svarade en besökare"))
