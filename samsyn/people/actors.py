"""Who does something, as the rules see it."""

from dataclasses import dataclass
from uuid import UUID

from samsyn.people.roles import GRANTS, Permission, Regime, Role


@dataclass(frozen=True)
class Actor:
    """A signed-in person, or the system itself."""

    account_id: UUID
    pseudonym: str
    organisation: str
    regime: Regime
    roles: frozenset[Role]

    @property
    def actor_id(self) -> str:
        """Return the id that the log keeps."""
        return str(self.account_id)

    @property
    def role(self) -> str:
        """Return the roles as one word for the log."""
        return "system" if self.is_system else "+".join(sorted(self.roles)) or "none"

    @property
    def is_system(self) -> bool:
        """Say whether nobody is behind it: set-up, and work by the clock."""
        return self.account_id == SYSTEM.account_id

    def may(self, permission: Permission) -> bool:
        """Say whether any of the roles grants the permission."""
        return any(permission in GRANTS[role] for role in self.roles)


SYSTEM = Actor(UUID(int=0), "Systemet", "", Regime.AUTHORITY, frozenset())
