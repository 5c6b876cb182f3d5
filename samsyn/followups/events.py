"""What the log says about follow-ups: that one was agreed, asked, answered or taken back; never to whom, never what."""

from django.utils.translation import gettext_lazy as _lazy

from samsyn.audit.events import declare

AGREED = declare("follow_up_agreed", _lazy("%(actor)s antecknade en yrkesverksams samtycke till uppföljning"))
AGREEMENT_FORGOTTEN = declare("follow_up_forgotten", _lazy("%(actor)s tog bort ett samtycke till uppföljning"))
LINK_SENT = declare("follow_up_link_sent", _lazy("%(actor)s skickade en länk till direkt uppföljning"))
PLANNED = declare(
    "follow_up_planned",
    _lazy("%(actor)s planerade en uppföljning av effekter, %(occasions)s tillfällen"),
    facts=("occasions",),
)
ASKED = declare("follow_up_asked", _lazy("%(actor)s skickade en länk till uppföljning av effekter"))
DETAILS_READ = declare("follow_up_details_read", _lazy("%(actor)s läste kontaktuppgiften till en uppföljning"))
ANSWERED = declare("follow_up_answered", _lazy("%(actor)s tog emot svar i en uppföljning av effekter"))
DIRECT_ANSWERED = declare("direct_follow_up_answered", _lazy("%(actor)s tog emot svar på direkt uppföljning"))
MISSED = declare("follow_up_missed", _lazy("%(actor)s lade ett obesvarat tillfälle i en uppföljning åt sidan"))
WITHDRAWN = declare("follow_up_withdrawn", _lazy("%(actor)s avslutade en uppföljning vars samtycke togs tillbaka"))
DONE = declare("follow_up_done", _lazy("%(actor)s avslutade en uppföljning och raderade kontaktuppgiften"))
