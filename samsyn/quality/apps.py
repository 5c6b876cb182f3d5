from django.apps import AppConfig


class QualityConfig(AppConfig):
    """The room."""

    name = "samsyn.quality"
    label = "quality"
    verbose_name = "Kvalitet"
