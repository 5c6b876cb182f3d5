"""What a person does about bookings: one function each, check, change and audit in one transaction."""

from samsyn.bookings.actions.booking import Taken, book, cancel, confirm_held, mark_opened, move
from samsyn.bookings.actions.hours import (
    KindStandard,
    add_exception,
    add_hours,
    change_kind,
    end_hours,
    remove_exception,
    set_host,
)
from samsyn.bookings.actions.series import (
    Scope,
    SomeTaken,
    book_series,
    cancel_of_series,
    moment,
    move_of_series,
)

__all__ = [
    "KindStandard",
    "Scope",
    "SomeTaken",
    "Taken",
    "add_exception",
    "add_hours",
    "book",
    "book_series",
    "cancel",
    "cancel_of_series",
    "change_kind",
    "confirm_held",
    "end_hours",
    "mark_opened",
    "moment",
    "move",
    "move_of_series",
    "remove_exception",
    "set_host",
]
