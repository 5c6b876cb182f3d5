"""The room's Django application."""

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    """Bookings (bokningar)."""

    name = "samsyn.bookings"
    label = "bookings"
