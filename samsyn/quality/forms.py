"""From posted pages to a plan, a deviation, a decision."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samsyn.people.texts import Words
from samsyn.quality.policies import MOST_NTH, MOST_QUESTIONS, SAMPLES, ExtraQuestion, Plan
from samsyn.questions.asking import Template
from samsyn.vocabulary import queries as vocabulary

_SAMPLE_WORDS = {
    "every": _("Varje kontakt"),
    "nth": _("Var n:te kontakt"),
    "days": _("Alla kontakter vissa vardagar, dragna med frö"),
}
LARGEST_SEED = 2**31 - 1


class PeriodForm(forms.Form):
    """A measurement's plan."""

    title_sv = Words(max_length=60, label=_("Namn på svenska"))
    title_en = Words(max_length=60, label=_("Namn på engelska"))
    first_on = forms.DateField(label=_("Första dagen"), widget=forms.DateInput(attrs={"type": "date"}))
    last_on = forms.DateField(label=_("Sista dagen"), widget=forms.DateInput(attrs={"type": "date"}))
    sample = forms.ChoiceField(
        label=_("Vilka kontakter som frågas"), choices=[(one, _SAMPLE_WORDS[one]) for one in SAMPLES]
    )
    nth = forms.IntegerField(
        label=_("Om var n:te kontakt frågas: n"),
        help_text=_("2 är varannan, 10 är var tionde."),
        required=False,
        min_value=2,
        max_value=MOST_NTH,
    )
    number_of_days = forms.IntegerField(
        label=_("Om vissa vardagar dras: hur många"), required=False, min_value=1, max_value=66
    )
    seed = forms.IntegerField(
        label=_("Frö"),
        min_value=0,
        max_value=LARGEST_SEED,
        help_text=_("Ett tal som lottningen utgår från, så att vem som helst kan göra om den."),
    )

    def plan(self, questions: "QuestionLines") -> Plan:
        """Return the frozen plan."""
        said = self.cleaned_data
        return Plan(
            title_sv=said["title_sv"],
            title_en=said["title_en"],
            first_on=said["first_on"],
            last_on=said["last_on"],
            sample=said["sample"],
            questions=questions.questions(),
            nth=said["nth"] or 1,
            number_of_days=said["number_of_days"] or 0,
            seed=said["seed"],
        )


class QuestionForm(forms.Form):
    """One extra question; all empty means none."""

    wording_sv = Words(max_length=120, label=_("Frågan på svenska"), required=False)
    wording_en = Words(max_length=120, label=_("Frågan på engelska"), required=False)
    list_code = forms.ChoiceField(label=_("Svaras med kodlistan"), required=False)
    is_multiple = forms.BooleanField(label=_("Flera svar"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["list_code"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above; tells the type checker)
        field.choices = [("", "–"), *((one.code, one.title) for one in vocabulary.lists())]

    def clean(self) -> dict[str, Any]:
        """Demand a question whole or not at all."""
        said = super().clean() or {}
        given = [bool(said.get(name)) for name in ("wording_sv", "wording_en", "list_code")]
        if any(given) and not all(given):
            raise forms.ValidationError(_("Frågan behövs på båda språken, med en kodlista."))
        return said


QuestionSet = forms.formset_factory(QuestionForm, extra=MOST_QUESTIONS, max_num=MOST_QUESTIONS, validate_max=True)


class QuestionLines(QuestionSet):  # type: ignore[misc, valid-type]
    """The lines of extra questions."""

    def questions(self) -> tuple[ExtraQuestion, ...]:
        """Return the questions that were filled in."""
        return tuple(
            ExtraQuestion(said["wording_sv"], said["wording_en"], said["list_code"], said["is_multiple"])
            for form in self.forms
            if (said := form.cleaned_data).get("wording_sv")
        )


class DeviationForm(forms.Form):
    """A departure from a template, in codes."""

    item = forms.ChoiceField(label=_("Rad i mallen"), required=False)
    kind = forms.ChoiceField(label=_("Vad som avvek"))
    reason = forms.ChoiceField(label=_("Varför"))

    def __init__(self, *args: Any, template: Template, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [(line.code, line.text) for line in (*template.ask, *template.inform)]
        for name, choices in (
            ("item", [("", _("Hela mallen")), *lines]),
            ("kind", [(code.value, code.label) for code in vocabulary.codes("deviation_kind", on=on)]),
            ("reason", [(code.value, code.label) for code in vocabulary.codes("deviation_reason", on=on)]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above; tells the type checker)
            field.choices = choices
