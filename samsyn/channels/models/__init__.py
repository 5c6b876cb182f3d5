"""The room's tables, by what comes and goes."""

from samsyn.channels.models.outbox import OutgoingMail

__all__ = ["OutgoingMail"]
