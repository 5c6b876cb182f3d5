from django.apps import AppConfig


class AnonymityConfig(AppConfig):
    """The room as Django knows it."""

    name = "samsyn.anonymity"
    label = "anonymity"
    verbose_name = "Anonymitetsmätare"
