"""What an installation is stands in its database once and for ever; a process that was told something else won't start."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection

from samsyn.people import queries


class WrongInstallation(SystemExit):
    """Process and database belong to different installations; exit status 1."""


def mismatch() -> str:
    """Return what is wrong in one sentence, or nothing. A database that is not set up yet fits everything."""
    try:
        written = queries.installation() if "people_installation" in connection.introspection.table_names() else None
    except DatabaseError:
        return ""  # no database, no mismatch: whoever needs it will say so
    if written is None or written.name == settings.SAMSYN_INSTALLATION:
        return ""
    return (
        f"SAMSYN_INSTALLATION is {settings.SAMSYN_INSTALLATION!r}, but this database belongs to the installation "
        f"{written.name!r}. What one of them keeps must never reach the other: correct DATABASE_URL or SAMSYN_INSTALLATION."
    )


def refuse_the_wrong_one() -> None:
    """Raise WrongInstallation if the database belongs to another installation."""
    found = mismatch()
    if found:
        raise WrongInstallation(found)


@register(Tags.database)
def check_installation(
    app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Let ``migrate`` refuse too."""
    found = mismatch() if databases and "default" in databases else ""
    return [Error(found, id="samsyn.E001")] if found else []
