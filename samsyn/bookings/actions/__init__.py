"""What a person does about bookings: one function each, check, change and audit in one transaction."""

from samsyn.bookings.actions.booking import Taken, book, cancel, confirm_held, mark_opened, move

__all__ = [
    "Taken",
    "book",
    "cancel",
    "confirm_held",
    "mark_opened",
    "move",
]
