from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """The room as Django knows it."""

    name = "samsyn.privacy"
    label = "privacy"
    verbose_name = "Integritet"
