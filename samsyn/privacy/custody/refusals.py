"""What the keeper says no to: a code for the caller to put into words, never a value."""


class KeyRefused(Exception):
    """The keeper refused; ``reason`` is one of the codes below, and nothing was opened."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# Whoever asks gets one of these. A wrong secret, a forged text and one from another place are told apart by nobody.
LOCKED = "locked"
WRONG_SECRET = "wrong_secret"  # noqa: S105
WRONG_PLACE = "wrong_place"
NO_EVENT = "no_event"
FORGED = "forged"
NOT_CERTIFIED = "not_certified"
EXPIRED = "expired"
NO_RIGHT = "no_right"
OUTDATED = "outdated"
ERASED = "erased"
NOT_READY = "not_ready"
TOO_MANY = "too_many"
OFF_DUTY = "off_duty"
SAME_PERSON = "same_person"
TOO_EARLY = "too_early"
CLOSED = "closed"
TOO_LONG = "too_long"
EXISTS = "exists"
UNSIGNED = "unsigned"
UNAVAILABLE = "unavailable"
