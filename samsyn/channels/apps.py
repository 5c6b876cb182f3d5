"""The room's Django application."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Channels (kanaler)."""

    name = "samsyn.channels"
    label = "channels"
