"""The room's Django application."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    """Statistics (statistik)."""

    name = "samsyn.statistics"
    label = "statistics"
