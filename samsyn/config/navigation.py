"""The staff site's navigation: one list, each entry shown to those who may use it."""

from dataclasses import dataclass
from typing import Any

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


ENTRIES: tuple[tuple[Promise | str, str, Permission], ...] = (
    (_("Samtal"), "desk:start", Permission.REGISTER_CONTACT),
    (_("Ärenden"), "cases:list", Permission.SUPPORT_PERSONS),
    (_("Nycklar"), "cases:officers", Permission.MANAGE_KEYS),
    (_("Bokningar"), "bookings:week", Permission.KEEP_OWN_TIMES),
    (_("Meddelanden"), "inbox:inbox", Permission.ANSWER_VISITORS),
    (_("E-post"), "letters:list", Permission.REGISTER_CONTACT),
    (_("Chatt"), "chats:list", Permission.REGISTER_CONTACT),
    (_("Kö"), "queue:board", Permission.REGISTER_CONTACT),
    (_("Tillgänglighet"), "queue:availability", Permission.SEE_NEEDS),
    (_("Öppettider"), "queue:hours", Permission.MANAGE_TIMES),
    (_("Publiceringar"), "releases:list", Permission.SEE_STATISTICS_DRAFTS),
    (_("Tabellbyggare"), "tables:ask", Permission.SEE_STATISTICS_DRAFTS),
    (_("Behov"), "needs:needs", Permission.SEE_NEEDS),
    (_("Leveranser"), "deliveries:home", Permission.DELIVER),
    (_("Egna siffror"), "delivered:own", Permission.DELIVER),
    (_("Leveranser"), "deliveries:register", Permission.SEE_DELIVERIES),
    (_("Uppföljning"), "followups:results", Permission.SEE_QUALITY),
    (_("Kvalitet"), "quality:periods", Permission.SEE_QUALITY),
    (_("Frågor och mallar"), "questions:list", Permission.EDIT_QUESTIONS),
    (_("Kodlistor"), "vocabulary:list", Permission.SEE_VOCABULARY),
    (_("Logg"), "oversight:log", Permission.READ_LOG),
    (_("Gallring"), "retention:list", Permission.SEE_RETENTION),
    (_("Konton och roller"), "people:accounts", Permission.MANAGE_ACCOUNTS),
)


def entries(request: HttpRequest) -> list[Entry]:
    """Return the links that this person may follow."""
    actor = getattr(request, "actor", None)
    if actor is None or getattr(request, "site_name", "") != "staff":
        return []
    found = []
    for label, name, permission in ENTRIES:
        if not actor.may(permission):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:  # the operator's installation has fewer rooms
            continue
        found.append(Entry(label, url, request.path.startswith(url)))
    return found


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates the bar's links and the person at the desk."""
    return {"navigation": entries(request), "actor": getattr(request, "actor", None)}
