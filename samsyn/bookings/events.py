"""What the log says about bookings: that a time was booked, never with whom or about what."""

from django.utils.translation import gettext_lazy as _lazy

from samsyn.audit.events import declare
from samsyn.bookings import queries

BOOKING_MADE = declare("booking_made", _lazy("%(actor)s bokade en tid"))
TIME_HELD = declare("time_held", _lazy("%(actor)s höll en tid tills den bekräftas"))
BOOKING_CONFIRMED = declare("booking_confirmed", _lazy("%(actor)s bekräftade en bokad tid"))
BOOKING_INVITED = declare("booking_invited", _lazy("%(actor)s skickade en kallelse till en bokad tid"))
BOOKING_MOVED = declare("booking_moved", _lazy("%(actor)s flyttade en bokad tid"))
BOOKING_CANCELLED = declare("booking_cancelled", _lazy("%(actor)s avbokade en tid"))
BOOKING_OPENED = declare("booking_opened", _lazy("%(actor)s öppnade en kontakt från en bokad tid"))
SERIES_MADE = declare("booking_series_made", _lazy("%(actor)s bokade en serie av %(times)s tider"), facts=("times",))
HOST_CHANGED = declare("booking_host_changed", _lazy("%(actor)s ändrade vad någon kan bokas för"))
HOURS_ADDED = declare("booking_hours_added", _lazy("%(actor)s lade till en veckotid"))
HOURS_ENDED = declare("booking_hours_ended", _lazy("%(actor)s avslutade en veckotid"))
EXCEPTION_ADDED = declare("booking_exception_added", _lazy("%(actor)s lade till ett undantag från veckotiderna"))
EXCEPTION_REMOVED = declare("booking_exception_removed", _lazy("%(actor)s tog bort ett undantag från veckotiderna"))
KIND_CHANGED = declare(
    "booking_kind_changed",
    _lazy("%(actor)s ändrade mötesslaget %(kind)s"),
    facts=("kind",),
    words={"kind": lambda code: queries.titles()[code]},
)
FEED_MADE = declare("booking_feed_made", _lazy("%(actor)s gjorde en hemlig kalenderadress"))
FEED_REVOKED = declare("booking_feed_revoked", _lazy("%(actor)s återkallade en kalenderadress"))
WAITING_JOINED = declare("booking_waiting_joined", _lazy("%(actor)s ställde sig på väntelistan"))
WAITING_LEFT = declare("booking_waiting_left", _lazy("%(actor)s lämnade väntelistan"))
OFFER_MADE = declare("booking_offer_made", _lazy("%(actor)s erbjöd en tid från väntelistan"))
OFFER_TAKEN = declare("booking_offer_taken", _lazy("%(actor)s tog en erbjuden tid"))
