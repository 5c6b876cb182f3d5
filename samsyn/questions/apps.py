from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    """The room."""

    name = "samsyn.questions"
    label = "questions"
    verbose_name = "Frågor och mallar"
