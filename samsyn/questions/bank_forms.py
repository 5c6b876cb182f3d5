"""What is posted on a package's way from draft to use, and for its register: parsed, checked and turned into values."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samsyn.questions.exchange.package import Text
from samsyn.questions.forms import SeenForm, set_choices, text
from samsyn.questions.models import Implementation
from samsyn.vocabulary import queries as vocabulary


class ReasonForm(SeenForm):
    """Why the version was made."""

    reason_sv = text(300, gettext_lazy("Varför versionen görs, på svenska"))
    reason_en = text(300, gettext_lazy("Varför versionen görs, på engelska"))

    def reason(self) -> Text:
        """Return the reason in both languages."""
        return Text(self.cleaned_data["reason_sv"], self.cleaned_data["reason_en"])


class DayForm(SeenForm):
    """The first or the last day of a version."""

    day = forms.DateField(label=gettext_lazy("Dag"), widget=forms.DateInput(attrs={"type": "date"}))


class ForeignForm(forms.Form):
    """A form that somebody else made."""

    file = forms.FileField(
        label=gettext_lazy("Formulär"),
        help_text=gettext_lazy("FHIR Questionnaire (JSON) eller XLSForm (Excel). Filen visas och sparas inte."),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large to be a form."""
        file = self.cleaned_data["file"]
        if file.size > 5_000_000:
            raise forms.ValidationError(_("Filen är för stor för ett formulär."))
        return file


class ImplementationForm(forms.Form):
    """A line of the register."""

    version = forms.ChoiceField(label=gettext_lazy("Version"))
    municipality = forms.ChoiceField(label=gettext_lazy("Kommun"))
    system = text(80, gettext_lazy("System"))
    route = forms.ChoiceField(label=gettext_lazy("Lämnar genom"), choices=Implementation.Route.choices)
    from_on = forms.DateField(label=gettext_lazy("Sedan"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, versions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = {"version": list(versions), "municipality": list(vocabulary.labels("municipality").items())}
        for name, choices in named.items():
            set_choices(self, name, choices)

    def line(self) -> dict[str, Any]:
        """Return the line as the action takes it."""
        data = dict(self.cleaned_data)
        return {"version_id": UUID(data.pop("version")), **data}
