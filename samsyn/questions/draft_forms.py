"""What the editor of a draft posts: a question's words, when it is asked, a line of the requirement list."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samsyn.questions.bank import said
from samsyn.questions.exchange import additions, editing
from samsyn.questions.exchange.package import (
    NOTED,
    Concept,
    Mode,
    Nothing,
    Package,
    Requirement,
    Text,
    Variable,
    Wording,
)
from samsyn.questions.exchange.words import LANGUAGE, MODE, NOTHING
from samsyn.questions.forms import SeenForm, set_choices, source_of_definition, text


class DescriptionForm(SeenForm):
    """The title of a package, what it is for, and what its figures are broken down by."""

    title_sv = text(200, gettext_lazy("Titel, på svenska"))
    title_en = text(200, gettext_lazy("Titel, på engelska"))
    purpose_sv = text(600, gettext_lazy("Syfte, på svenska"))
    purpose_en = text(600, gettext_lazy("Syfte, på engelska"))
    breakdowns = forms.MultipleChoiceField(
        label=gettext_lazy("Siffrorna delas upp efter"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Fler uppdelningar ger fler små tal. Bara frågor med ett svar."),
    )

    def __init__(self, posted: Any, *, package: Package, revision: int) -> None:
        said_now = {"title_sv": package.title.sv, "title_en": package.title.en}
        said_now |= {"purpose_sv": package.purpose.sv, "purpose_en": package.purpose.en}
        super().__init__(posted, initial={"revision": revision, "breakdowns": list(package.breakdowns), **said_now})
        single = [(one.code, said(one.label)) for one in package.variables if not one.is_multiple]
        set_choices(self, "breakdowns", single)

    def edit(self, draft: Package, before: Package) -> Package:
        """Return the draft described like this."""
        data = self.cleaned_data
        title, purpose = (Text(data[f"{name}_sv"], data[f"{name}_en"]) for name in ("title", "purpose"))
        return editing.describe(draft, before, title=title, purpose=purpose, breakdowns=data["breakdowns"])


class VariableForm(SeenForm):
    """The words of a question: its name, when it is registered, and how it is asked in every mode and language.

    ``concept`` is what it is about where that is new in the draft; what is decided means the same for good.
    """

    label_sv = text(120, gettext_lazy("Namn, på svenska"))
    label_en = text(120, gettext_lazy("Namn, på engelska"))
    rule_sv = text(300, gettext_lazy("När och av vem det registreras, på svenska"))
    rule_en = text(300, gettext_lazy("När och av vem det registreras, på engelska"))
    is_required = forms.BooleanField(label=gettext_lazy("Svar krävs"), required=False)
    nothing = forms.MultipleChoiceField(
        label=gettext_lazy("Skäl till att svar saknas som kan noteras"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    first = forms.ChoiceField(
        label=gettext_lazy("Frågas i första hand som"),
        help_text=gettext_lazy("Den formuleringen visas på frågans sida och följer med till FHIR, XLSForm och SPSS."),
    )

    def __init__(self, posted: Any, *, variable: Variable, concept: Concept | None, revision: int) -> None:
        super().__init__(posted, initial={"revision": revision})
        self.variable, self.concept = variable, concept
        if concept is not None:
            self.fields["definition_sv"] = text(300, _("Vad som menas, på svenska"))
            self.fields["definition_en"] = text(300, _("Vad som menas, på engelska"))
            self.fields["source"] = source_of_definition()
            self.initial.update(
                definition_sv=concept.definition.sv, definition_en=concept.definition.en, source=concept.source
            )
        self.initial.update(
            {
                "label_sv": variable.label.sv,
                "label_en": variable.label.en,
                "rule_sv": variable.rule.sv,
                "rule_en": variable.rule.en,
                "is_required": variable.required,
                "nothing": [str(one) for one in variable.nothing],
                "first": str(variable.wording.mode),
            }
        )
        set_choices(self, "nothing", [(str(one), said(NOTHING[one])) for one in NOTED])
        set_choices(self, "first", [(str(one), said(name)) for one, name in MODE.items()])
        for mode in Mode:
            wording = next((one for one in variable.wordings if one.mode == mode), None)
            for (part, language), name in LANGUAGE.items():
                field = _field(mode, part, language)
                self.fields[field] = text(300, said(name), required=False)
                self.initial[field] = getattr(getattr(wording, part, None), language, "")

    def modes(self) -> Iterator[dict[str, Any]]:
        """Yield the fields of each mode; a mode without words is folded away."""
        for mode in Mode:
            fields = [self[_field(mode, part, language)] for part, language in LANGUAGE]
            is_open = any(field.value() or field.errors for field in fields)
            yield {"name": said(MODE[mode]), "fields": fields, "is_open": is_open, "is_read": mode == Mode.SELF_REPORT}

    def clean(self) -> dict[str, Any]:
        """Demand Swedish and English of what is said at all, and easy Swedish of what the person reads."""
        data: dict[str, Any] = super().clean() or {}
        for mode in Mode:
            self._clean_mode(mode, data)
        if "first" in data and not data.get(_field(Mode(data["first"]), "text", "sv")):
            self.add_error("first", _("Skriv frågan för det sättet, eller välj ett annat."))
        return data

    def _clean_mode(self, mode: Mode, data: dict[str, Any]) -> None:
        needs = {"text": ["sv", "en"], "help": ["sv", "en"]}
        if mode == Mode.SELF_REPORT:
            needs["text"].append("easy")
        given = {part: [lang for lang in ("sv", "en", "easy") if data.get(_field(mode, part, lang))] for part in needs}
        if given["help"] and not given["text"]:
            self.add_error(_field(mode, "text", "sv"), _("Skriv frågan också, inte bara hjälptexten."))
        for part, languages in needs.items():
            for language in languages if given[part] else ():
                if language not in given[part]:
                    self.add_error(_field(mode, part, language), _("Skriv på det här språket också."))

    def _text(self, mode: Mode, part: str) -> Text | None:
        swedish, english, easy = (self.cleaned_data[_field(mode, part, one)] for one in ("sv", "en", "easy"))
        return Text(swedish, english, easy) if swedish else None

    def edit(self, draft: Package, before: Package) -> Package:
        """Return the draft with these words."""
        data = self.cleaned_data
        first = Mode(data["first"])
        wordings = [
            Wording(mode, words, self._text(mode, "help"))
            for mode in (first, *(mode for mode in Mode if mode != first))
            if (words := self._text(mode, "text"))
        ]
        if self.concept is not None:
            meant = Text(data["definition_sv"], data["definition_en"])
            draft = editing.define(draft, before, concept=self.concept.code, definition=meant, source=data["source"])
        return editing.reword(
            draft,
            before,
            variable=self.variable.code,
            label=Text(data["label_sv"], data["label_en"]),
            rule=Text(data["rule_sv"], data["rule_en"]),
            wordings=wordings,
            is_required=data["is_required"],
            nothing=[Nothing(one) for one in data["nothing"]],
        )


def _field(mode: Mode, part: str, language: str) -> str:
    return f"{mode}_{language}" if part == "text" else f"{mode}_help_{language}"


class ConditionForm(SeenForm):
    """Which answers of an earlier question decide that this one is asked; no question at all means always."""

    values = forms.MultipleChoiceField(
        label=gettext_lazy("Frågas när svaret är"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Välj minst ett svar som avgör.")},
    )

    def __init__(self, posted: Any, *, package: Package, variable: Variable, about: str, revision: int) -> None:
        super().__init__(posted, initial={"revision": revision})
        self.variable, self.about = variable, about
        if not about:
            del self.fields["values"]
            return
        codes = package.list_of(package.variable(about)).codes
        set_choices(self, "values", [(code.value, said(code.label)) for code in codes])
        if variable.condition and variable.condition.variable == about:
            self.initial["values"] = list(variable.condition.values)

    def edit(self, draft: Package, before: Package) -> Package:
        """Return the draft where the question is asked then."""
        return editing.ask_when(
            draft,
            before,
            variable=self.variable.code,
            about=self.about,
            values=self.cleaned_data.get("values", ()),
        )


class RequirementForm(SeenForm):
    """A line of the requirement list."""

    is_must = forms.ChoiceField(
        label=gettext_lazy("Ska eller bör"),
        choices=[("must", gettext_lazy("ska")), ("should", gettext_lazy("bör"))],
        widget=forms.RadioSelect,
    )
    text_sv = text(500, gettext_lazy("Kravet, på svenska"))
    text_en = text(500, gettext_lazy("Kravet, på engelska"))
    verified_sv = text(500, gettext_lazy("Så verifieras det, på svenska"))
    verified_en = text(500, gettext_lazy("Så verifieras det, på engelska"))
    variables = forms.MultipleChoiceField(
        label=gettext_lazy("Frågor som kravet gäller"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Ingen vald betyder hela paketet."),
    )

    def __init__(self, posted: Any, *, package: Package, code: str, revision: int) -> None:
        super().__init__(posted, initial={"revision": revision, "is_must": "must"})
        self.code = code
        set_choices(self, "variables", [(one.code, said(one.label)) for one in package.variables])
        for one in package.requirements:
            if one.code == code:
                self.initial.update(
                    {
                        "is_must": "must" if one.is_must else "should",
                        "text_sv": one.text.sv,
                        "text_en": one.text.en,
                        "verified_sv": one.verified_by.sv,
                        "verified_en": one.verified_by.en,
                        "variables": list(one.variables),
                    }
                )

    def edit(self, draft: Package, before: Package) -> Package:
        """Return the draft with this line."""
        data = self.cleaned_data
        requirement = Requirement(
            code=self.code,
            is_must=data["is_must"] == "must",
            text=Text(data["text_sv"], data["text_en"]),
            verified_by=Text(data["verified_sv"], data["verified_en"]),
            variables=tuple(data["variables"]),
        )
        return additions.require(draft, before, requirement=requirement)
