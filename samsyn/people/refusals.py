"""Refusals: a rule says no, with a sentence for the person."""

from django.utils.functional import Promise


class Refused(Exception):
    """A rule refused; ``message`` is for the person, ``status`` for the browser."""

    status = 409

    def __init__(self, message: str | Promise, *, status: int | None = None) -> None:
        super().__init__(type(self).__name__)
        self.message = message
        if status is not None:
            self.status = status


class NotAllowed(Refused):
    """The person may not do this."""

    status = 403


class Invalid(Refused):
    """What was sent makes no sense."""

    status = 422
