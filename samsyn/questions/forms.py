"""What the editor posts: parsed, checked and turned into one frozen value each."""

import re
import unicodedata
from collections.abc import Sequence, Set
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samsyn.people.texts import Words
from samsyn.questions import actions, law
from samsyn.questions.asking import adaptations
from samsyn.questions.models import Question, Version
from samsyn.vocabulary import queries as vocabulary

CODE = re.compile(r"[a-z][a-z0-9_]{0,38}\Z")


def text(length: int, label: Any, *, required: bool = True, help_text: Any = "") -> Words:
    """Return a field for one line of text."""
    return Words(max_length=length, label=label, required=required, help_text=help_text)


def source_of_definition() -> Words:
    """Return the field that says where a definition comes from."""
    return text(
        200,
        gettext_lazy("Varifrån definitionen kommer"),
        required=False,
        help_text=gettext_lazy("Till exempel en lag eller en termbank. Tomt om den är vår egen."),
    )


def as_code(words: str, *, prefix: str = "") -> str:
    """Return a code made of Swedish words: "Hur länge?" gives hur_lange."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    code = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return f"{prefix}{code}"[:39].rstrip("_")


def set_choices(form: forms.Form, name: str, values: Sequence[tuple[str, str]]) -> None:
    """Give a field of a form what can be chosen in it."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared so by the form; tells the type checker)
    field.choices = list(values)


class SeenForm(forms.Form):
    """Carries the revision that the editor saw, so that nobody overwrites another's work unseen."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    @property
    def seen_revision(self) -> int:
        """Return the revision that the page was made from."""
        revision: int = self.cleaned_data["revision"]
        return revision


def place_field() -> forms.IntegerField:
    """Return the field for where a line stands in its list."""
    return forms.IntegerField(
        label=gettext_lazy("Plats"),
        min_value=1,
        max_value=99,
        required=False,
        widget=forms.NumberInput(attrs={"size": 3}),
    )


class ReminderForm(SeenForm):
    """The reminder above the first question."""

    reminder_sv = text(200, gettext_lazy("På svenska"))
    reminder_en = text(200, gettext_lazy("På engelska"))


class QuestionForm(SeenForm):
    """What may be changed of a question that is not locked."""

    wording_sv = text(120, gettext_lazy("Frågan på svenska"))
    wording_en = text(120, gettext_lazy("Frågan på engelska"))
    hint_sv = text(200, gettext_lazy("Hjälptext på svenska"), required=False)
    hint_en = text(200, gettext_lazy("Hjälptext på engelska"), required=False)
    options = forms.MultipleChoiceField(
        label=gettext_lazy("Svarsalternativ som kan väljas"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Är alla valda följer frågan kodlistan, även när den får nya koder."),
        error_messages={"invalid_choice": gettext_lazy("Okänd kod bland svarsalternativen: %(value)s.")},
    )
    required_at_close = forms.BooleanField(label=gettext_lazy("Måste besvaras innan samtalet avslutas"), required=False)
    more = forms.BooleanField(label=gettext_lazy("Visas under «Fler frågor»"), required=False)

    def __init__(self, *args: Any, list_code: str, on: date, kept: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = vocabulary.labels(list_code)
        codes = [code.value for code in vocabulary.codes(list_code, on=on)]
        # A code that is closed since stays in the question until somebody takes it out.
        codes += [value for value in kept if value not in codes and value in labels]
        self.codes = codes
        options = self.fields["options"]
        assert isinstance(options, forms.MultipleChoiceField)  # noqa: S101 (declared above; tells the type checker)
        options.choices = [(value, labels[value]) for value in codes]

    def change(self) -> actions.QuestionChange:
        """Return what to change; all options chosen means the whole list."""
        data = self.cleaned_data
        chosen = tuple(value for value in self.codes if value in data["options"])
        return actions.QuestionChange(
            wording_sv=data["wording_sv"],
            wording_en=data["wording_en"],
            hint_sv=data["hint_sv"],
            hint_en=data["hint_en"],
            options=() if len(chosen) == len(self.codes) else chosen,
            required_at_close=data["required_at_close"],
            more=data["more"],
        )


class LocalQuestionForm(SeenForm):
    """A question of our own, answered from a code list that exists."""

    wording_sv = text(120, gettext_lazy("Frågan på svenska"))
    wording_en = text(120, gettext_lazy("Frågan på engelska"))
    hint_sv = text(200, gettext_lazy("Hjälptext på svenska"), required=False)
    hint_en = text(200, gettext_lazy("Hjälptext på engelska"), required=False)
    section = forms.ChoiceField(
        label=gettext_lazy("Rubrik"), error_messages={"invalid_choice": gettext_lazy("Okänd rubrik.")}
    )
    list_code = forms.ChoiceField(
        label=gettext_lazy("Kodlista med svaren"),
        error_messages={"invalid_choice": gettext_lazy("Okänd kodlista.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Så besvaras den"),
        choices=Question.Kind.choices,
        initial=Question.Kind.SINGLE,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Okänt sätt att svara.")},
    )
    code = text(
        32,
        gettext_lazy("Kortnamn"),
        required=False,
        help_text=gettext_lazy("Små bokstäver, siffror och understreck. Lämna tomt så görs det av frågan."),
    )

    def __init__(
        self, *args: Any, sections: Sequence[tuple[str, str]], lists: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("section", sections), ("list_code", lists)):
            set_choices(self, name, choices)

    def clean(self) -> dict[str, Any]:
        """Make the code of a question that got none."""
        data: dict[str, Any] = super().clean() or {}
        given = str(data.get("code") or "").removeprefix("local_")
        code = f"local_{given}" if given else as_code(str(data.get("wording_sv") or ""), prefix="local_")
        if data.get("wording_sv") and (not CODE.match(code) or code == "local_"):
            self.add_error("code", _("Kortnamnet får ha små bokstäver a–z, siffror och understreck."))
        data["code"] = code
        return data

    def new(self) -> actions.LocalQuestion:
        """Return the question to add."""
        fields = ("code", "section", "kind", "list_code", "wording_sv", "wording_en", "hint_sv", "hint_en")
        return actions.LocalQuestion(**{field: self.cleaned_data[field] for field in fields})


class PublishForm(SeenForm):
    """From when a version holds, how large the change is, and why."""

    valid_from = forms.DateField(
        label=gettext_lazy("Gäller från och med"),
        # A date control shows the browser's own order of day and month; this one reads the same everywhere.
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"size": 12, "autocomplete": "off"}),
        help_text=gettext_lazy("Skriv som 2026-01-31."),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("Skriv datumet som 2026-01-31.")},
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Hur stor är ändringen?"),
        choices=Version.Level.choices,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Välj hur stor ändringen är.")},
    )
    reason = text(300, gettext_lazy("Varför ändras det?"), help_text=gettext_lazy("Skriv inga namn."))

    def publication(self) -> actions.Publication:
        """Return from when, how large and why."""
        data = self.cleaned_data
        return actions.Publication(data["valid_from"], data["level"], data["reason"])


class NewTemplateForm(forms.Form):
    """The first words of a template that has no earlier version."""

    title_sv = text(120, gettext_lazy("Rubrik på svenska"))
    title_en = text(120, gettext_lazy("Rubrik på engelska"))
    minutes = forms.IntegerField(label=gettext_lazy("Normaltid i minuter"), min_value=1, max_value=180, initial=20)

    def clean_title_en(self) -> str:
        """Check that a code can be made of the title: files and figures use it."""
        title = str(self.cleaned_data["title_en"])
        if not CODE.match(as_code(title)):
            raise forms.ValidationError(_("Rubriken behöver bokstäver, så att ett kortnamn kan göras av den."))
        return title

    @property
    def code(self) -> str:
        """Return the template's code."""
        return as_code(self.cleaned_data["title_en"])


class TemplateForm(SeenForm):
    """Everything that a template says; its lines are fields called line-<number>-…"""

    title_sv = text(120, gettext_lazy("Rubrik på svenska"))
    title_en = text(120, gettext_lazy("Rubrik på engelska"))
    sector = forms.ChoiceField(
        label=gettext_lazy("Verksamhet"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Okänd verksamhet.")},
    )
    situations = forms.MultipleChoiceField(
        label=gettext_lazy("Huvudoro"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Ingen vald betyder alla."),
        error_messages={"invalid_choice": gettext_lazy("Okänd huvudoro: %(value)s.")},
    )
    contact_kind = forms.ChoiceField(
        label=gettext_lazy("Slag av kontakt"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Okänt slag av kontakt.")},
    )
    adaptation = forms.ChoiceField(
        label=gettext_lazy("Anpassning"),
        required=False,
        help_text=gettext_lazy("Rader och minuter läggs då till mallen som passar i övrigt."),
        error_messages={"invalid_choice": gettext_lazy("Okänd anpassning.")},
    )
    standard_minutes = forms.IntegerField(label=gettext_lazy("Normaltid i minuter"), min_value=1, max_value=180)
    law = forms.MultipleChoiceField(
        label=gettext_lazy("Lagen den vilar på"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Okänd laghänvisning: %(value)s.")},
    )

    def __init__(self, *args: Any, on: date, asked: Set[str], **kwargs: Any) -> None:
        """``asked``: the codes of the questions that the line asks."""
        super().__init__(*args, **kwargs)
        choices = {
            "sector": [("", _("Alla verksamheter")), *((c.value, c.label) for c in vocabulary.codes("sector", on=on))],
            "contact_kind": [
                ("", _("Alla slag")),
                *((c.value, c.label) for c in vocabulary.codes("contact_kind", on=on)),
            ],
            "adaptation": [("", _("Ingen")), *adaptations().items()],
            "situations": [(c.value, c.label) for c in vocabulary.codes("main_concern", on=on)],
            "law": [
                (reference.key, f"{reference.title}, {reference.section or reference.act}")
                for reference in law.references().values()
            ],
        }
        for name, values in choices.items():
            set_choices(self, name, values)
        for name in {"sector", "contact_kind", "adaptation"} - asked:
            del self.fields[name]  # what the line doesn't ask about decides nothing

    def change(self, items: tuple[actions.ItemChange, ...]) -> actions.TemplateChange:
        """Return everything that the template is to say."""
        data = self.cleaned_data
        return actions.TemplateChange(
            title_sv=data["title_sv"],
            title_en=data["title_en"],
            sector=data.get("sector", ""),
            contact_kind=data.get("contact_kind", ""),
            adaptation=data.get("adaptation", ""),
            situations=tuple(data["situations"]),
            standard_minutes=data["standard_minutes"],
            law=tuple(data["law"]),
            items=items,
        )
