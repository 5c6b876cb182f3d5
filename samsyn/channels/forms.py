"""From posted pages of the queue to what actions take."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from samsyn.channels import policies, texts
from samsyn.channels.opening import Span


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


class _SpanForm(forms.Form):
    """Two times of one day."""

    first = forms.TimeField(label=_lazy("Från"), widget=forms.TimeInput(attrs={"type": "time"}))
    last = forms.TimeField(label=_lazy("Till"), widget=forms.TimeInput(attrs={"type": "time"}))

    def span(self) -> Span:
        """Return the span; call only on a valid form."""
        return Span(_minute(self.cleaned_data["first"]), _minute(self.cleaned_data["last"]))


class WeeklyForm(_SpanForm):
    """A span of each week."""

    weekday = forms.TypedChoiceField(label=_lazy("Veckodag"), choices=list(enumerate(texts.WEEKDAYS)), coerce=int)
    field_order = ("weekday", "first", "last")


class ExceptionForm(_SpanForm):
    """What holds on one date: open between two times, or closed where both are empty."""

    day = forms.DateField(label=_lazy("Dag"), widget=forms.DateInput(attrs={"type": "date"}))
    field_order = ("day", "first", "last")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].required = self.fields["last"].required = False
        self.fields["last"].help_text = _("Lämna båda tiderna tomma om det är stängt hela dagen.")

    def clean(self) -> dict[str, Any]:
        """Refuse one time without the other."""
        said = super().clean() or {}
        if (said.get("first") is None) != (said.get("last") is None) and not self.errors:
            raise forms.ValidationError(_("Skriv båda tiderna, eller ingen."))
        return said

    def span_or_closed(self) -> Span | None:
        """Return the span, or None for closed; call only on a valid form."""
        return None if self.cleaned_data["first"] is None else self.span()


class CallBackForm(forms.Form):
    """Whom to call back, and when it suits."""

    number = forms.CharField(
        label=_lazy("Telefonnummer"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=_lazy(
            "Arbetsnummer till den som själv har bett om det. Det låses in och raderas när ni har talats vid."
        ),
    )
    wished_part = forms.ChoiceField(
        label=_lazy("Passar bäst"), choices=[(code, texts.WISHED_PARTS[code]) for code in policies.WISHED_PARTS]
    )
