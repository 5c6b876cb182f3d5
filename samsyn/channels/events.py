"""What the log says about channels: that something went out or came in, never to whom or what."""

from django.utils.translation import gettext_lazy as _lazy

from samsyn.audit.events import declare

MAIL_QUEUED = declare("mail_queued", _lazy("%(actor)s lät ett brev gå ut (%(mail)s)"), facts=("mail",))
MAIL_GIVEN_UP = declare(
    "mail_given_up", _lazy("%(actor)s gav upp ett brev som ingen tog emot (%(mail)s)"), facts=("mail",)
)
