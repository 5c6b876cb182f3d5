"""From a posted desk to frozen field groups. Codes are checked later, against the version that was asked."""

import re
from collections.abc import Iterable

from django.http import QueryDict
from django.utils.translation import gettext as _

from samsyn.contacts import further
from samsyn.contacts.actions import Saved
from samsyn.contacts.queries import Draft
from samsyn.people.refusals import Invalid
from samsyn.questions.asking import Instrument

MENTIONED = ("under_18", "18_plus", "unknown")
CHECKLISTS = ("ask", "inform")
LARGEST_SEQUENCE = 2**31 - 1
MOST_VALUES = 60
_GROUP = re.compile(r"[a-z0-9_-]{1,80}\Z")
_VALUE = re.compile(r"[A-Za-z0-9_-]{0,60}\Z")
_TAB = re.compile(r"[A-Za-z0-9-]{1,40}\Z")


def field_name(code: str, person: int | None = None) -> str:
    """Return the name of a question's field on the page."""
    return code if person is None else f"p{person}-{code}"


def all_groups(instrument: Instrument, draft: Draft) -> list[str]:
    """Return every field group of a whole desk, as a browser without script posts it."""
    groups = [question.code for question in instrument.questions if question.unit != "person"]
    for person in draft.persons:
        groups += [field_name(question.code, person.number) for question in instrument.about("person")]
    groups += further.questions_of(draft.further, opened_at=draft.opened_at)
    return [*groups, "channel", "mentioned", *CHECKLISTS]


def posted_groups(post: QueryDict) -> list[str]:
    """Return the groups that autosave says it sends; raise Invalid for none or a malformed one."""
    groups = post.getlist("group")
    if not groups or len(groups) > 400 or not all(_GROUP.match(group) for group in groups):
        raise Invalid(_("Det som skulle sparas gick inte att läsa. Ladda om sidan."))
    return groups


def parse(post: QueryDict, groups: Iterable[str]) -> Saved:
    """Return the posted groups; raise Invalid for anything that no page of ours sends."""
    tab = post.get("tab", "")
    if tab and not _TAB.match(tab):
        raise Invalid(_("Det som skulle sparas gick inte att läsa. Ladda om sidan."))
    answers: dict[str, tuple[str, ...]] = {}
    ticks: dict[str, frozenset[str]] = {}
    channel: str | None = None
    mentioned: dict[str, int] | None = None
    for group in groups:
        if group == "mentioned":
            mentioned = {age: _count(post.get(f"mentioned-{age}", "")) for age in MENTIONED}
        elif group == "channel":
            channel = (_values(post, group) or ("phone",))[0]
        elif group in CHECKLISTS:
            ticks[group] = frozenset(_values(post, group))
        else:
            answers[group] = _values(post, group)
    return Saved(
        answers=answers,
        channel=channel,
        mentioned=mentioned,
        ticks=ticks,
        tab=tab,
        sequence=_sequence(post.get("sequence", "")) if tab else 0,
    )


def _values(post: QueryDict, group: str) -> tuple[str, ...]:
    values = post.getlist(group)
    if len(values) > MOST_VALUES or not all(_VALUE.match(value) for value in values):
        raise Invalid(_("Okänd kod."))
    return tuple(values)


def _count(text: str) -> int:
    text = text.strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise Invalid(_("Ytterligare nämnda: skriv ett helt tal."))
    return int(text)


def _sequence(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_SEQUENCE):
        raise Invalid(_("Det som skulle sparas gick inte att läsa. Ladda om sidan."))
    return int(text)


def person_number(post: QueryDict, name: str) -> int:
    """Return a person's number from a button; raise Invalid for anything else."""
    text = post.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise Invalid(_("Personen finns inte i kontakten. Ladda om sidan."))
    return int(text)
