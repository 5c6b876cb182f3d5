from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The log."""

    name = "samsyn.audit"
    label = "audit"
    verbose_name = "Händelselogg"
