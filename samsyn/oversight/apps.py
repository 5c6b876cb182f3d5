from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The pages over the log."""

    name = "samsyn.oversight"
    label = "oversight"
    verbose_name = "Logg"
