"""What all pages of the public site have in common: their addresses, their menu, and that they may be kept."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

# Anybody may keep a page, and asks each time whether it is still right: a correction is seen at once, an answer without
# change has no body.
KEPT = "public, no-cache"
_MAKES_PAGES = {".py", ".html", ".css", ".js", ".svg", ".po", ".toml"}


@cache
def program() -> str:
    """Return a mark of this version of the program, the same on every machine.

    A page that a reader has kept names styles by their content: after an upgrade it would be right, and without its looks.
    """
    found = hashlib.sha256()
    for file in sorted(Path(settings.BASE_DIR, "samsyn").rglob("*")):
        if file.suffix in _MAKES_PAGES:
            found.update(file.read_bytes())
    return found.hexdigest()[:8]


def url(name: str, *args: object) -> str:
    """Return an address of this site in the language that is read."""
    return reverse(f"figures:{name}{'_en' if get_language() == 'en' else ''}", args=args)


def _navigation(current: str) -> list[tuple[str, str, bool]]:
    entries = ((_("Statistik"), "start"), (_("2014–2020"), "history"), (_("Om siffrorna"), "about"))
    return [(str(label), url(name), name == current) for label, name in entries]


def page(request: HttpRequest, template: str, current: str, context: dict[str, Any], *, mark: str) -> HttpResponse:
    """Render a page that may be kept, or say that the reader's copy is still right."""
    etag = f'"{mark}-{program()}-{get_language()}"'
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        links = [(_("Om siffrorna"), url("about")), (_("Definitioner"), url("definitions"))]
        links += [
            (_("Kvalitet"), url("quality")),
            (_("Kalender"), url("calendar")),
            (_("Vad som finns"), url("available")),
            (_("Frågebanken"), url("question_bank")),
            (_("Metoder"), url("methods")),
            (_("Boka tid"), reverse("booking:start" if get_language() == "sv" else "booking:start_en")),
            (_("Skriv till oss"), reverse("chat:chat" if get_language() == "sv" else "chat:chat_en")),
        ]
        links += [(_("För program"), url("programs")), (_("Tillgänglighet"), url("accessibility"))]
        ways = {"home": url("start"), "search_url": url("search")}
        answer = render(
            request,
            template,
            {"navigation": _navigation(current), "foot_links": links, **ways, **context},
        )
    answer["ETag"] = etag
    answer["Cache-Control"] = KEPT
    return answer
