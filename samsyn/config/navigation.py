"""The staff site's navigation: one list, each entry shown to those who may use it."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samsyn.people.roles import Permission


@dataclass(frozen=True)
class Entry:
    """One link of the bar."""

    label: Promise | str
    url: str
    current: bool


# In the order of use: what comes after the first few lies under "Mer".
ENTRIES: tuple[tuple[Promise | str, str, Permission], ...] = (
    (_("Ärenden"), "cases:list", Permission.SUPPORT_PERSONS),
    (_("Samtal"), "desk:start", Permission.REGISTER_CONTACT),
    (_("Meddelanden"), "inbox:inbox", Permission.ANSWER_VISITORS),
    (_("Nycklar"), "cases:officers", Permission.MANAGE_KEYS),
    (_("Kö"), "queue:board", Permission.REGISTER_CONTACT),
    (_("E-post"), "letters:list", Permission.REGISTER_CONTACT),
    (_("Bokningar"), "bookings:week", Permission.KEEP_OWN_TIMES),
    (_("Publiceringar"), "releases:list", Permission.SEE_STATISTICS_DRAFTS),
    (_("Kvartalspaket"), "aggregates:packages", Permission.SEE_STATISTICS_DRAFTS),
    (_("Tabellbyggare"), "tables:ask", Permission.SEE_STATISTICS_DRAFTS),
    (_("Behov"), "needs:needs", Permission.SEE_NEEDS),
    (_("Tillgänglighet"), "queue:availability", Permission.SEE_NEEDS),
    (_("Leveranser"), "deliveries:home", Permission.DELIVER),
    (_("Egna siffror"), "delivered:own", Permission.DELIVER),
    (_("Leveranser"), "deliveries:register", Permission.SEE_DELIVERIES),
    (_("Uppföljning"), "followups:results", Permission.SEE_QUALITY),
    (_("Kvalitet"), "quality:periods", Permission.SEE_QUALITY),
    (_("Återkomster"), "cases:returns", Permission.SEE_QUALITY),
    (_("Frågor och mallar"), "questions:list", Permission.EDIT_QUESTIONS),
    (_("Öppettider"), "queue:hours", Permission.MANAGE_TIMES),
    (_("Kontakt mot reglerna"), "cases:overrides", Permission.CONFIRM_OVERRIDES),
    (_("Sammansatta fall"), "aggregates:composed_cases", Permission.COMPOSE_CASES),
    (_("Sammansatta fall"), "deliveries:composed_cases", Permission.READ_COMPOSED_CASES),
    (_("Anonymitet"), "anonymity:meter", Permission.SEE_VOCABULARY),
    (_("Kodlistor"), "vocabulary:list", Permission.SEE_VOCABULARY),
    (_("Logg"), "oversight:log", Permission.READ_LOG),
    (_("Loggkontroll"), "oversight:rounds", Permission.READ_LOG),
    (_("Loggkontroll"), "oversight:overdue", Permission.MANAGE_KEYS),
    (_("Gallring"), "retention:list", Permission.SEE_RETENTION),
    (_("Konton och roller"), "people:accounts", Permission.MANAGE_ACCOUNTS),
)
FIRST = 5


def entries(request: HttpRequest) -> list[Entry]:
    """Return the links that this person may follow."""
    actor = getattr(request, "actor", None)
    if actor is None or getattr(request, "site_name", "") != "staff":
        return []
    found: list[tuple[Promise | str, str]] = []
    for label, name, permission in ENTRIES:
        if not actor.may(permission):
            continue
        if name == "chats:list" and apps.is_installed("samsyn.visitors"):
            continue  # there the chats are with visitors, and lie beside their messages
        if name == "deliveries:composed_cases" and apps.is_installed("samsyn.aggregates"):
            continue  # the operator's own are where they are composed, and nobody sends it any
        try:
            url = reverse(name)
        except NoReverseMatch:  # the operator's installation has fewer rooms
            continue
        found.append((label, url))
    here = max((url for _label, url in found if request.path.startswith(url)), key=len, default="")
    return [Entry(label, url, url == here) for label, url in found]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates the bar's links, those that lie under "Mer", and the person at the desk."""
    links = entries(request)
    # A single link is not worth a lid, and where one is stands in the bar.
    first = len(links) if len(links) <= FIRST + 1 else FIRST
    bar = [link for at, link in enumerate(links) if at < first or link.current]
    more = [link for link in links if link not in bar]
    return {"navigation": bar, "more_navigation": more, "actor": getattr(request, "actor", None)}
