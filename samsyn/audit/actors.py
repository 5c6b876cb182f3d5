"""What the log needs to know of the person who acts."""

from typing import Protocol


class Actor(Protocol):
    """The one who acts: a random id, the pseudonym shown to colleagues, and the role acted in."""

    @property
    def actor_id(self) -> str:
        """A random id of the account, or a fixed word for the system itself."""

    @property
    def pseudonym(self) -> str:
        """What colleagues see, such as "Rådgivare 3"."""

    @property
    def role(self) -> str:
        """The role's code."""
