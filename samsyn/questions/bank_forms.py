"""What the editor of packages posts: parsed, checked and turned into one value each."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samsyn.questions.asking import in_active_language
from samsyn.questions.exchange import editing
from samsyn.questions.exchange.package import Package, Text, Variable
from samsyn.questions.exchange.words import MODE
from samsyn.questions.forms import SeenForm, text
from samsyn.questions.models import Implementation
from samsyn.vocabulary import queries as vocabulary

# More is not a split any more, and would not be read by anybody.
MOST_ANSWERS = 4


class VariableForm(SeenForm):
    """The words of a variable: name, when it is registered, and each wording with its help."""

    def __init__(self, posted: Any, *, variable: Variable, revision: int) -> None:
        super().__init__(posted, initial={"revision": revision})
        self.variable = variable
        self._add("label", gettext_lazy("Namn"), variable.label, 120)
        self._add("rule", gettext_lazy("När och av vem det registreras"), variable.rule, 300)
        for wording in variable.wordings:
            mode = in_active_language(MODE[wording.mode].sv, MODE[wording.mode].en)
            name = _("Frågan, %(mode)s") % {"mode": mode}
            self._add(wording.mode, name, wording.text, 300, has_easy=bool(wording.text.easy))
            if wording.help:
                self._add(f"{wording.mode}_help", _("Hjälptext, %(mode)s") % {"mode": mode}, wording.help, 300)

    def _add(self, name: str, label: Any, said: Text, length: int, *, has_easy: bool = False) -> None:
        languages = [("sv", _("på svenska")), ("en", _("på engelska"))]
        languages += [("easy", _("på lätt svenska"))] if has_easy else []
        for code, language in languages:
            self.fields[f"{name}_{code}"] = text(length, f"{label}, {language}")
            self.initial[f"{name}_{code}"] = getattr(said, code)

    def _said(self, name: str) -> Text:
        data = self.cleaned_data
        return Text(data[f"{name}_sv"], data[f"{name}_en"], data.get(f"{name}_easy", ""))

    def edit(self, draft: Package, before: Package) -> Package:
        """Return the draft with these words."""
        wordings = [
            replace(one, text=self._said(one.mode), help=self._said(f"{one.mode}_help") if one.help else None)
            for one in self.variable.wordings
        ]
        return editing.reword(
            draft,
            before,
            variable=self.variable.code,
            label=self._said("label"),
            rule=self._said("rule"),
            wordings=wordings,
        )


class SplitForm(SeenForm):
    """Which answer is split, and in which."""

    value = forms.ChoiceField(
        label=gettext_lazy("Svar som delas"), error_messages={"invalid_choice": gettext_lazy("Okänt svar.")}
    )

    def __init__(self, *args: Any, codes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        value = self.fields["value"]
        assert isinstance(value, forms.ChoiceField)  # noqa: S101 (declared above; tells the type checker)
        value.choices = list(codes)
        for number in range(1, MOST_ANSWERS + 1):
            for code, language in (("sv", _("på svenska")), ("en", _("på engelska"))):
                label = _("Nytt svar %(number)s, %(language)s") % {"number": number, "language": language}
                self.fields[f"label_{number}_{code}"] = text(120, label, required=number <= 2)

    def clean(self) -> dict[str, Any]:
        """Demand both languages of every answer."""
        data: dict[str, Any] = super().clean() or {}
        for number in range(3, MOST_ANSWERS + 1):
            if bool(data.get(f"label_{number}_sv")) != bool(data.get(f"label_{number}_en")):
                missing = "sv" if data.get(f"label_{number}_en") else "en"
                self.add_error(f"label_{number}_{missing}", _("Skriv svaret på båda språken."))
        return data

    def labels(self) -> list[Text]:
        """Return the new answers in their order."""
        data = self.cleaned_data
        pairs = [(data.get(f"label_{n}_sv"), data.get(f"label_{n}_en")) for n in range(1, MOST_ANSWERS + 1)]
        return [Text(swedish, english) for swedish, english in pairs if swedish and english]


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
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above; tells the type checker)
            field.choices = choices

    def line(self) -> dict[str, Any]:
        """Return the line as the action takes it."""
        data = dict(self.cleaned_data)
        return {"version_id": UUID(data.pop("version")), **data}
