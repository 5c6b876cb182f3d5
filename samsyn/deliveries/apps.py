from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    """The room."""

    name = "samsyn.deliveries"
    label = "deliveries"
    verbose_name = "Leveranser"
