"""The people of the demonstration: invented pseudonyms, one for each thing that a newcomer may want to try."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samsyn.people.roles import Role


@dataclass(frozen=True)
class Persona:
    """An account of the demonstration and what it is for."""

    name: str
    pseudonym: str
    roles: tuple[Role, ...]
    does: Promise | str
    # Where the person works; nothing here means at both.
    at: str = ""
    is_outside: bool = False
    """Belongs to another organisation, which is loaded with its deliveries."""


PERSONAS = (
    Persona("adviser", "Rådgivare 3", (Role.ADVISER,), _("Tar emot samtal från yrkesverksamma och registrerar dem.")),
    Persona("adviser4", "Rådgivare 4", (Role.ADVISER,), _("En kollega vid nästa skrivbord.")),
    Persona("lead", "Samordnare 1", (Role.TEAM_LEAD,), _("Ändrar frågor och mallar och ser gallringen.")),
    Persona(
        "analyst", "Analytiker 1", (Role.ANALYST,), _("Räknar ett kvartal, skyddar tabellerna och lämnar dem vidare.")
    ),
    Persona("publisher", "Publicist 1", (Role.PUBLISHER,), _("Godkänner en annans tabeller och publicerar dem.")),
    Persona(
        "supervisor", "Handledare 1", (Role.SUPERVISOR,), _("Handleder utifrån och ser sina egna tider, inget annat.")
    ),
    Persona("reviewer", "Loggranskare 1", (Role.LOG_REVIEWER,), _("Läser loggen över vad som har gjorts.")),
    Persona(
        "supporter",
        "Stödjare 1",
        (Role.SUPPORTER,),
        _("Tar emot utsatta och anhöriga. Lösenfras: «apa banan citron dadel ek fikon»."),
        "operator",
    ),
    Persona("supporter2", "Stödjare 2", (Role.SUPPORTER,), _("En kollega, med samma lösenfras."), "operator"),
    Persona("officer", "Nyckelansvarig 1", (Role.KEY_OFFICER,), _("Sköter installationens nycklar.")),
    Persona("officer2", "Nyckelansvarig 2", (Role.KEY_OFFICER,), _("Den andra av de två som behövs."), "operator"),
    Persona("officer3", "Nyckelansvarig 3", (Role.KEY_OFFICER,), _("Den tredje, om någon är borta."), "operator"),
    Persona(
        "administrator", "Administratör 1", (Role.SYSTEM_ADMINISTRATOR,), _("Lägger upp konton och ger dem roller.")
    ),
    Persona(
        "deliverer",
        "Uppgiftslämnare 1",
        (Role.DELIVERER,),
        _("Lämnar en kommuns siffror och ser dem bredvid andras."),
        at="centre",
        is_outside=True,
    ),
    Persona(
        "carrier",
        "Uppgiftslämnare 2",
        (Role.DELIVERER,),
        _("Lämnar stödlinjens undertecknade kvartalspaket till centret."),
        at="centre",
        is_outside=True,
    ),
    Persona(
        "vendor",
        "Systemleverantör 1",
        (Role.DELIVERER,),
        _("Provar sitt systems export; inget av det blir statistik."),
        at="centre",
        is_outside=True,
    ),
)


def at(installation: str) -> tuple[Persona, ...]:
    """Return who works at this installation."""
    return tuple(persona for persona in PERSONAS if persona.at in {"", installation})
