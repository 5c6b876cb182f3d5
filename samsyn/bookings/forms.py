"""Forms of bookings: what was chosen, as frozen data. Nothing here takes words about anybody."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from samsyn.bookings import series
from samsyn.bookings.actions import KindStandard
from samsyn.bookings.local_times import on_the_clock

_SLOT = re.compile(r"([0-9]{1,9})@(20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9])Z\Z", re.ASCII)
WEEKDAYS = (
    (0, _lazy("måndag")),
    (1, _lazy("tisdag")),
    (2, _lazy("onsdag")),
    (3, _lazy("torsdag")),
    (4, _lazy("fredag")),
    (5, _lazy("lördag")),
    (6, _lazy("söndag")),
)
REPEATS = (
    ("", _lazy("Nej")),
    ("weekly", _lazy("Varje vecka")),
    ("fortnightly", _lazy("Varannan vecka")),
    ("monthly", _lazy("Varje månad, samma veckodag")),
)
EARLIEST, LATEST = date(2020, 1, 1), date(2100, 1, 1)


class Day(forms.DateField):
    """A date of our time, with the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> Any:
        """Refuse a date that no meeting has."""
        day = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise ValidationError(_("Datumet ligger för långt bort."))
        return day


class Clock(forms.TimeField):
    """A time of day."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def slot_value(host: int, starts_at: datetime) -> str:
    """Return what a radio button of a free time says."""
    return f"{host}@{starts_at.astimezone(UTC):%Y-%m-%dT%H:%M}Z"


def parse_slot(text: str) -> tuple[int, datetime]:
    """Return host and moment of a radio button; raise ValidationError for what no page of ours has."""
    found = _SLOT.match(text)
    try:
        if found is None:
            raise ValueError
        return int(found[1]), datetime.fromisoformat(found[2]).replace(tzinfo=UTC)
    except ValueError as error:
        raise ValidationError(_("Välj en av tiderna.")) from error


class SearchForm(forms.Form):
    """Which free times to show."""

    kind = forms.ChoiceField(label=_lazy("Möte"))
    host = forms.ChoiceField(label=_lazy("Med"), required=False)
    day = Day(label=_lazy("Vecka med dag"), required=False)

    def __init__(self, *args: Any, kinds: Any, hosts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(one.code, one.title) for one in kinds]  # type: ignore[attr-defined]
        self.fields["host"].choices = [("", _("Vem som helst")), *((str(one.id), one.name) for one in hosts)]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class NewTime:
    """A time to book: a moment, or a first time on the clock with how it repeats."""

    host: int
    starts_at: datetime | None
    local: datetime | None
    fold: int | None
    repeats: series.Repeats | None
    to: str = ""
    """Who gets an invitation, if anybody."""


class BookForm(forms.Form):
    """A free time that was chosen, or another one by hand, and whether it repeats."""

    slot = forms.CharField(required=False, max_length=40)
    host = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    day = Day(label=_lazy("Dag"), required=False)
    clock = Clock(label=_lazy("Klockan"), required=False)
    second = forms.BooleanField(label=_lazy("den andra, om klockan visar tiden två gånger"), required=False)
    repeat = forms.ChoiceField(label=_lazy("Upprepas"), choices=REPEATS, required=False)
    times = forms.IntegerField(label=_lazy("Antal gånger"), required=False, min_value=1, max_value=10**9)
    to = forms.CharField(
        label=_lazy("Kallelse till, e-post i arbetet"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Demand a time, one way or the other."""
        data = super().clean() or {}
        if self.errors:
            return data
        if data.get("slot"):
            data["host"], data["starts_at"] = parse_slot(data["slot"])
        elif not (data.get("day") and data.get("clock") is not None and data.get("host")):
            raise ValidationError(_("Välj en av tiderna, eller skriv dag, klockslag och med vem."))
        if data.get("repeat") and not data.get("times"):
            self.add_error("times", _("Skriv hur många gånger."))
        if data.get("repeat") and data.get("to"):
            self.add_error("to", _("En kallelse går till en enda tid, inte till en serie."))
        return data

    def new_time(self) -> NewTime:
        """Return what was chosen."""
        data = self.cleaned_data
        starts_at = data.get("starts_at")
        local = None if starts_at else datetime.combine(data["day"], data["clock"].replace(second=0, microsecond=0))
        return NewTime(
            host=data["host"],
            starts_at=starts_at,
            local=local,
            fold=1 if data.get("second") else None,
            repeats=self._repeats(starts_at, local),
            to=data.get("to", ""),
        )

    def _repeats(self, starts_at: datetime | None, local: datetime | None) -> series.Repeats | None:
        how, times = self.cleaned_data.get("repeat"), self.cleaned_data.get("times") or 1
        if not how:
            return None
        if how == "monthly":
            first = local or on_the_clock(starts_at)  # type: ignore[arg-type]
            place = (first.day - 1) // 7 + 1
            return series.Repeats("monthly", times, place=place if place < 5 else -1)
        return series.Repeats("weekly", times, interval=2 if how == "fortnightly" else 1)


class HoursForm(forms.Form):
    """New weekly hours."""

    weekday = forms.TypedChoiceField(label=_lazy("Veckodag"), choices=WEEKDAYS, coerce=int)
    begins = Clock(label=_lazy("Från"))
    ends = Clock(label=_lazy("Till"))
    first_day = Day(label=_lazy("Gäller från och med"))
    last_day = Day(label=_lazy("Till och med"), required=False)


class ExceptionForm(forms.Form):
    """A date that is not as the weekly hours say; without times it is the whole day."""

    CHOICES: ClassVar[Any] = (("away", _lazy("Borta")), ("open", _lazy("Extra tid")))
    day = Day(label=_lazy("Dag"))
    what = forms.ChoiceField(label=_lazy("Vad"), choices=CHOICES)
    begins = Clock(label=_lazy("Från"), required=False)
    ends = Clock(label=_lazy("Till"), required=False)


def minutes(begins: time | None, ends: time | None) -> tuple[int, int]:
    """Return a span in minutes of the day; midnight at the end is the end of the day."""
    first = begins.hour * 60 + begins.minute if begins else 0
    last = ends.hour * 60 + ends.minute if ends else 1440
    return first, last or 1440


class KindForm(forms.Form):
    """A kind of meeting's standard."""

    minutes = forms.IntegerField(label=_lazy("Längd, minuter"), min_value=5, max_value=480)
    before_minutes = forms.IntegerField(label=_lazy("Luft före, minuter"), min_value=0, max_value=240)
    after_minutes = forms.IntegerField(label=_lazy("Luft efter, minuter"), min_value=0, max_value=240)
    notice_hours = forms.IntegerField(label=_lazy("Varsel, timmar"), min_value=0, max_value=720)
    lead_days = forms.IntegerField(label=_lazy("Högst så långt fram, dagar"), min_value=1, max_value=366)
    capacity = forms.IntegerField(label=_lazy("Platser"), min_value=1, max_value=200)
    most_a_day = forms.IntegerField(label=_lazy("Högst om dagen och person"), min_value=1, max_value=50)
    is_public = forms.BooleanField(label=_lazy("Kan bokas på den öppna webbplatsen"), required=False)

    def standard(self) -> KindStandard:
        """Return what was decided."""
        return KindStandard(**self.cleaned_data)


def monday_of(day: date) -> date:
    """Return the Monday of the day's week."""
    return day - timedelta(days=day.weekday())
