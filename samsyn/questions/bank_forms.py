"""What is posted on a package's way from draft to use, and for its register: parsed, checked and turned into values."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samsyn.questions.exchange.package import Text
from samsyn.questions.forms import CODE, SeenForm, as_code, set_choices, text
from samsyn.questions.models import Implementation
from samsyn.vocabulary import queries as vocabulary


class NewPackageForm(forms.Form):
    """What a package is called and what it is for, before it has any question."""

    title_sv = text(200, gettext_lazy("Titel, på svenska"))
    title_en = text(200, gettext_lazy("Titel, på engelska"))
    purpose_sv = text(600, gettext_lazy("Syfte, på svenska"))
    purpose_en = text(600, gettext_lazy("Syfte, på engelska"))

    def clean_title_en(self) -> str:
        """Check that a code can be made of the title: files and figures use it."""
        title = str(self.cleaned_data["title_en"])
        if not CODE.match(as_code(title)):
            raise forms.ValidationError(_("Titeln behöver bokstäver, så att ett kortnamn kan göras av den."))
        return title

    def package(self) -> dict[str, Any]:
        """Return the package as the action takes it."""
        data = self.cleaned_data
        title, purpose = (Text(data[f"{name}_sv"], data[f"{name}_en"]) for name in ("title", "purpose"))
        return {"code": as_code(data["title_en"]), "title": title, "purpose": purpose}


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
