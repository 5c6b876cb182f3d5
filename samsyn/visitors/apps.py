from django.apps import AppConfig


class VisitorsConfig(AppConfig):
    """The room as Django knows it."""

    name = "samsyn.visitors"
    label = "visitors"
    verbose_name = "Besökare"
