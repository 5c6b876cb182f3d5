"""The room that puts the others together."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, sites, start and the checks that stop a wrong start."""

    name = "samsyn.config"
    label = "config"

    def ready(self) -> None:
        """Register the check of the installation, which ``migrate`` runs."""
        from samsyn.config import installation  # noqa: F401 - importing registers it
