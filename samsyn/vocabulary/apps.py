from django.apps import AppConfig


class VocabularyConfig(AppConfig):
    """The room as Django knows it."""

    name = "samsyn.vocabulary"
    label = "vocabulary"
    verbose_name = "Kodlistor"
