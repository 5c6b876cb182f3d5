"""What people and the clock do in the channels."""

from samsyn.channels.actions.outbox import send_due_mail, send_neutral_mail

__all__ = ["send_due_mail", "send_neutral_mail"]
