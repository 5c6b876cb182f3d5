"""The room's Django application."""

from django.apps import AppConfig


class AggregatesConfig(AppConfig):
    """The gate of aggregates."""

    name = "samsyn.aggregates"
    label = "aggregates"
    verbose_name = "Kvartalspaket"
