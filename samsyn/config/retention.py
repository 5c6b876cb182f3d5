"""The retention rules of all rooms, in one list; ``privacy`` runs them and knows no room."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from samsyn.privacy.retention import RetentionRule


def rules() -> tuple[RetentionRule, ...]:
    """Return every installed room's rules, upper rooms first: what points at a row goes before the row."""
    found: list[RetentionRule] = []
    for app in apps.get_app_configs():
        if app.name.startswith("samsyn.") and find_spec(f"{app.name}.retention") and app.name != "samsyn.config":
            found.extend(getattr(import_module(f"{app.name}.retention"), "RULES", ()))
    return tuple(found)
