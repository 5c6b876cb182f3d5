"""Which database alias a query may use."""

from typing import Any


class PublicReadsOnly:
    """Keep the alias ``public`` for explicit reads of published rows: never written, never migrated."""

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Write as the application role."""
        return "default"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Both aliases are one database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Migrate by the owner's connection alone."""
        return db == "default"
