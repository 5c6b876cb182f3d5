"""Which part of the log to read: parsed from an address whose values say nothing of persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext_lazy as _

from samsyn.audit.events import kinds
from samsyn.audit.queries import Selection
from samsyn.oversight.queries import Person

PERIODS = (
    ("", _("Hela loggen")),
    ("today", _("I dag")),
    ("yesterday", _("I går")),
    ("week", _("Senaste 7 dagarna")),
    ("month", _("Senaste 30 dagarna")),
)
# First day and number of days, counted back from today.
_DAYS = {"today": (0, 1), "yesterday": (1, 1), "week": (6, 7), "month": (29, 30)}
# A place in a log is far below this; more is not a place.
_LARGEST_PLACE = 10**15


@dataclass(frozen=True)
class Reading:
    """Which part of the log somebody wants to read."""

    period: str = ""
    kind: str = ""
    person: str = ""
    actor_id: str = ""
    before: int | None = None
    after: int | None = None

    def selection(self, *, at: datetime) -> Selection:
        """Turn the period into times, by the days of Stockholm."""
        since = until = None
        if self.period in _DAYS:
            back, length = _DAYS[self.period]
            first = localdate(at) - timedelta(days=back)
            zone = get_default_timezone()
            since = datetime.combine(first, time.min, tzinfo=zone)
            until = datetime.combine(first + timedelta(days=length), time.min, tzinfo=zone)
        return Selection(since=since, until=until, kind=self.kind, actor_id=self.actor_id)

    def as_facts(self) -> dict[str, str | int]:
        """What the log keeps of this reading."""
        return {
            "period": self.period,
            "kind": self.kind,
            "person": self.person,
            "before": "" if self.before is None else self.before,
            "after": "" if self.after is None else self.after,
        }


class ReadingForm(forms.Form):
    """The filters above the log."""

    period = forms.ChoiceField(label=_("Tid"), choices=PERIODS, required=False)
    kind = forms.ChoiceField(label=_("Slag av händelse"), required=False)
    person = forms.ChoiceField(label=_("Vem"), required=False)
    before = forms.IntegerField(min_value=0, max_value=_LARGEST_PLACE, required=False, widget=forms.HiddenInput)
    after = forms.IntegerField(min_value=0, max_value=_LARGEST_PLACE, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, people: Sequence[Person]) -> None:
        super().__init__(data)
        self._people = {person.key: person for person in people}
        # The sentence without its actor is the name of the kind: "avslutade en kontakt".
        named = sorted((_name_of(code), code) for code in kinds())
        self._choices("kind", [("", _("Alla slag")), *((code, name) for name, code in named)])
        self._choices("person", [("", _("Alla")), *((person.key, person.pseudonym) for person in people)])

    def _choices(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = choices

    def reading(self) -> Reading:
        """Build what was asked for; call only on a valid form."""
        asked = self.cleaned_data
        person = self._people.get(asked["person"])
        return Reading(
            period=asked["period"],
            kind=asked["kind"],
            person=asked["person"],
            actor_id=person.actor_id if person else "",
            before=asked["before"],
            after=None if asked["before"] is not None else asked["after"],
        )


def _name_of(code: str) -> str:
    kind = kinds()[code]
    facts = dict.fromkeys(kind.facts, "…")
    return kind.as_sentence(actor="", facts=facts).strip()
