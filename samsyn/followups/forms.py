"""From a posted page to raw answers and agreements. Codes are checked later, against the version that is asked."""

import re
from collections.abc import Iterable

from django.http import QueryDict
from django.utils.translation import gettext as _

from samsyn.followups.policies import Agreed
from samsyn.people.refusals import Invalid

MOST_VALUES = 60
_VALUE = re.compile(r"[A-Za-z0-9_]{0,60}\Z")


def raw_answers(post: QueryDict, codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what was posted for these questions; raise Invalid for what no page of ours sends."""
    found = {}
    for code in codes:
        values = post.getlist(code)
        if len(values) > MOST_VALUES or not all(_VALUE.match(value) for value in values):
            raise Invalid(_("Okänd kod."))
        found[code] = tuple(values)
    return found


def agreed(post: QueryDict) -> Agreed:
    """Return the agreement; raise Invalid for what no page of ours sends."""
    months = post.getlist("months")
    if not all(re.fullmatch(r"[0-9]{1,2}", month) for month in months):
        raise Invalid(_("Välj bland de tider som finns."))
    to = post.get("to", "").strip()
    if any(ord(character) < 32 or ord(character) == 127 for character in to):
        raise Invalid(_("Texten innehåller tecken som inte kan läsas. Skriv den på nytt."))
    return Agreed(
        to=to,
        way=post.get("way", ""),
        asks_direct=post.get("asks_direct") == "yes",
        months=tuple(int(month) for month in months),
    )
