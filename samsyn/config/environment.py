"""All that an installation is told by its environment; ``python -m samsyn.config.environment`` prints the list."""

import os
from dataclasses import dataclass


class EnvironmentMissing(Exception):
    """A variable that has no default is not set."""


@dataclass(frozen=True)
class Variable:
    """One setting from outside. Without a default it must be given."""

    name: str
    meaning: str
    default: str | None = None
    secret: bool = False

    def read(self) -> str:
        """Return the value, or raise EnvironmentMissing."""
        value = os.environ.get(self.name, self.default)
        if value is None:
            raise EnvironmentMissing(
                f"{self.name} is not set: {self.meaning}. `python -m samsyn.config.environment` lists them all."
            )
        return value


VARIABLES: dict[str, Variable] = {
    variable.name: variable
    for variable in (
        Variable("SAMSYN_INSTALLATION", "which installation this is, `centre` or `operator`"),
        Variable(
            "DATABASE_URL", "PostgreSQL 15+ as the application role, postgresql://role:password@host/name", secret=True
        ),
        Variable(
            "PUBLIC_DATABASE_URL", "the same database as the role that may only read what is published", secret=True
        ),
        Variable("SAMSYN_KEY_DIR", "folder with the keys (mode 0700), outside the database and its backups"),
        Variable(
            "SAMSYN_KEEPER_SOCKET", "socket of the keeper of keys (operator only; its user alone may reach it)", ""
        ),
        Variable(
            "SAMSYN_KEEPER_DIR", "the keeper's own folder, mode 0700, backed up apart (read by the keeper alone)", ""
        ),
        Variable(
            "SAMSYN_KEEPER_DATABASE_URL",
            "the address by which the keeper reads the log; empty = DATABASE_URL",
            "",
            secret=True,
        ),
        Variable("SAMSYN_STAFF_HOST", "host name of the staff site", ""),
        Variable("SAMSYN_PUBLIC_HOST", "host name of the public site (centre) or the visitors' site (operator)", ""),
        Variable("SAMSYN_STATIC_DIR", "folder that collectstatic fills and the pages' styles are served from", ""),
        Variable("SAMSYN_PORT", "port in addresses that we print", "8000"),
        Variable(
            "SAMSYN_BEHIND_TLS",
            "`yes` where a reverse proxy ends TLS and sets X-Forwarded-Proto and X-Forwarded-For",
            "no",
        ),
        Variable(
            "SAMSYN_API_CALLS", "calls of one client to the public API in ten seconds, per process; 0 = no limit", "30"
        ),
        Variable(
            "SAMSYN_EXIT_URL",
            "where the visitors' exit button leads: a neutral Swedish page that greets nobody by name",
            "https://www.smhi.se/",
        ),
        Variable("SAMSYN_WORKING_RECORD_DAYS", "days that a closed contact's working record is kept", "7"),
        Variable("SAMSYN_STANDARD_LOCK_MINUTES", "minutes without activity before the screen locks", "10"),
        Variable(
            "SAMSYN_STREAM_ORIGIN", "origin of the public site's streams; empty = its own, led on by the proxy", ""
        ),
        Variable("SAMSYN_STAFF_STREAM_ORIGIN", "the same for the staff site", ""),
        Variable(
            "SAMSYN_SMTP",
            "mail server, smtp://user:password@host:587 (STARTTLS) or smtps://; empty = no mail goes out",
            "",
            secret=True,
        ),
        Variable("SAMSYN_MAIL_FROM", "neutral sender of all mail; empty = svara-inte@ the public host name", ""),
        Variable(
            "SAMSYN_PHONE_SECRET",
            "secret part of the address that the phone provider calls, 16 characters or more; empty = no such address",
            "",
            secret=True,
        ),
        Variable(
            "SAMSYN_PHONE_ADDRESSES", "networks of the phone provider or SIP trunk, 192.0.2.0/28,2001:db8::/48", ""
        ),
        Variable("SAMSYN_PHONE_CONNECT", "number or SIP address that the provider connects callers to", ""),
        Variable("SAMSYN_PHONE_CLOSED_AUDIO", "address of what the provider plays while the line is closed", ""),
        Variable(
            "SAMSYN_MAILBOX",
            "mailbox that letters are taken in from, imaps://user:password@host/INBOX; empty = none",
            "",
            secret=True,
        ),
        Variable("SAMSYN_VIDEO_URL", "the organisation's own Jitsi Meet, https://meet.example; empty = no video", ""),
        Variable("SAMSYN_VIDEO_APPLICATION", "application id that Jitsi's token authentication expects", "samsyn"),
        Variable(
            "SAMSYN_VIDEO_SECRET", "secret of Jitsi's token authentication, 32 characters or more", "", secret=True
        ),
        Variable("SAMSYN_OIDC_ISSUER", "address of the organisation's OIDC provider; empty = none", ""),
        Variable("SAMSYN_OIDC_CLIENT", "client id at the OIDC provider", ""),
        Variable("SAMSYN_OIDC_SECRET", "client secret at the OIDC provider", "", secret=True),
    )
}


def read(name: str) -> str:
    """Return the value of a variable of the list."""
    return VARIABLES[name].read()


def is_on(name: str) -> bool:
    """Tell whether a yes/no variable is on."""
    return read(name).lower() in {"yes", "1", "true", "on"}


def report() -> tuple[list[str], bool]:
    """Return one line for each variable, without secrets, and whether all that must be given is given."""
    lines = []
    complete = True
    for variable in VARIABLES.values():
        given = os.environ.get(variable.name)
        if given is not None:
            state = "set" if variable.secret else f"= {given}"
        elif variable.default is None:
            state, complete = "MISSING", False
        else:
            state = f"default {variable.default!r}"
        lines.append(f"{variable.name:32} {state:28} {variable.meaning}")
    return lines, complete


if __name__ == "__main__":
    text, is_complete = report()
    print("\n".join(text))
    raise SystemExit(0 if is_complete else 1)
