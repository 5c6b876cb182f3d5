"""What a person does about bookings: one function each, check, change and audit in one transaction."""

from samsyn.bookings.actions.booking import Taken, book, cancel, confirm_held, mark_opened, move
from samsyn.bookings.actions.feeds import make_feed, revoke_feed
from samsyn.bookings.actions.hours import (
    KindStandard,
    add_exception,
    add_hours,
    change_kind,
    end_hours,
    remove_exception,
    set_host,
)
from samsyn.bookings.actions.public import (
    Confirmed,
    booking_of,
    cancel_own,
    change_own,
    confirm_booking,
    hashed,
    invitation,
    request_booking,
    ticket_for_code,
)
from samsyn.bookings.actions.series import (
    Scope,
    SomeTaken,
    book_series,
    cancel_of_series,
    moment,
    move_of_series,
)
from samsyn.bookings.actions.waiting import (
    confirm_waiting,
    decline_offer,
    join_waiting_list,
    leave_waiting_list,
    make_offers,
    take_offer,
)

__all__ = [
    "Confirmed",
    "KindStandard",
    "Scope",
    "SomeTaken",
    "Taken",
    "add_exception",
    "add_hours",
    "book",
    "book_series",
    "booking_of",
    "cancel",
    "cancel_of_series",
    "cancel_own",
    "change_kind",
    "change_own",
    "confirm_booking",
    "confirm_held",
    "confirm_waiting",
    "decline_offer",
    "end_hours",
    "hashed",
    "invitation",
    "join_waiting_list",
    "leave_waiting_list",
    "make_feed",
    "make_offers",
    "mark_opened",
    "moment",
    "move",
    "move_of_series",
    "remove_exception",
    "request_booking",
    "revoke_feed",
    "set_host",
    "take_offer",
    "ticket_for_code",
]
