"""The room that puts the others together."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class ConfigConfig(AppConfig):
    """Settings, sites, start and the checks that stop a wrong start."""

    name = "samsyn.config"
    label = "config"

    def ready(self) -> None:
        """Register the check of the installation, which ``migrate`` runs, and every room's kinds of events."""
        from samsyn.config import installation  # noqa: F401 - importing registers it

        # Pages over the log tell events of rooms whose actions this process may never need.
        for room in apps.get_app_configs():
            if room.name.startswith("samsyn.") and find_spec(f"{room.name}.events"):
                import_module(f"{room.name}.events")
