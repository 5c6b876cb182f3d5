"""The room as Django sees it."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files and template tags; no models."""

    name = "samsyn.ui"
    label = "ui"
