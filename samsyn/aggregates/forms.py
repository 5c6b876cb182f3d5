"""Forms of the room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samsyn.aggregates import actions, queries
from samsyn.people.texts import Words

_QUARTER = r"^20[0-9]{2}K[1-4]\Z"


class AgreementForm(forms.Form):
    """An agreement to propose."""

    receiver = Words(label=_("Mottagare"), max_length=120)
    organisation = forms.RegexField(r"^[0-9A-Za-z-]{2,20}\Z", label=_("Vår kod hos mottagaren"), max_length=20)
    purpose = Words(label=_("Ändamål, i en mening"), max_length=300)
    tables = forms.MultipleChoiceField(label=_("Tabeller"), widget=forms.CheckboxSelectMultiple)
    first_period = forms.RegexField(_QUARTER, label=_("Första kvartalet, som 2026K3"), max_length=6)
    last_period = forms.RegexField(_QUARTER, label=_("Sista kvartalet"), max_length=6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tables"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 (declared above)
        field.choices = list(queries.offered().items())

    def new(self) -> actions.NewAgreement:
        """Build what was asked for; call only on a valid form."""
        data = dict(self.cleaned_data)
        return actions.NewAgreement(**{**data, "tables": tuple(data["tables"])})
