from django.apps import AppConfig


class FollowUpsConfig(AppConfig):
    """The room."""

    name = "samsyn.followups"
    label = "followups"
    verbose_name = "Uppföljning"
