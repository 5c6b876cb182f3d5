"""What the editor of packages posts to add a question, or to say how one stands beside somebody else's."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samsyn.people.texts import Words, check_is_text
from samsyn.questions.bank import said
from samsyn.questions.exchange import additions
from samsyn.questions.exchange.editing import MOST_ANSWERS
from samsyn.questions.exchange.form import Item
from samsyn.questions.exchange.package import (
    Kind,
    ListReference,
    Mapping,
    Mode,
    Package,
    Target,
    Text,
    Universe,
    Variable,
)
from samsyn.questions.exchange.words import KIND, MODE, UNIVERSE
from samsyn.questions.forms import SeenForm, set_choices, source_of_definition, text

NEW = "new"
MOST_FOREIGN_ANSWERS, LONGEST_CODE = 100, 200
# Whose questions ours are most often compared with.
OTHERS = ("SU-Kvinnofrid", "SUV", "Kolada", "GBVIMS", "CHI", "EIGE")


class NewQuestionForm(SeenForm):
    """A new question: what it is about, how it is asked, and which answers it has."""

    label_sv = text(120, gettext_lazy("Namn, på svenska"))
    label_en = text(120, gettext_lazy("Namn, på engelska"))
    definition_sv = text(300, gettext_lazy("Vad som menas, på svenska"))
    definition_en = text(300, gettext_lazy("Vad som menas, på engelska"))
    source = source_of_definition()
    mode = forms.ChoiceField(label=gettext_lazy("Så kommer svaret till"))
    text_sv = text(300, gettext_lazy("Frågan, på svenska"))
    text_en = text(300, gettext_lazy("Frågan, på engelska"))
    text_easy = text(
        300,
        gettext_lazy("Frågan, på lätt svenska"),
        required=False,
        help_text=gettext_lazy("Behövs när personen läser själv. Svarens lätta svenska skrivs sedan under Svaren."),
    )
    help_sv = text(300, gettext_lazy("Hjälptext, på svenska"), required=False)
    help_en = text(300, gettext_lazy("Hjälptext, på engelska"), required=False)
    rule_sv = text(300, gettext_lazy("När och av vem det registreras, på svenska"))
    rule_en = text(300, gettext_lazy("När och av vem det registreras, på engelska"))
    universe = forms.ChoiceField(label=gettext_lazy("Räknas per"))
    kind = forms.ChoiceField(label=gettext_lazy("Besvaras med"))
    code_list = forms.ChoiceField(label=gettext_lazy("Svarslista"))
    answers_sv = Words(
        label=gettext_lazy("Nya svar, på svenska"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "Ett svar på varje rad. Bara om svarslistan är ny. Vet ej och ej tillfrågad finns redan."
        ),
    )
    answers_en = Words(
        label=gettext_lazy("Nya svar, på engelska"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("I samma ordning."),
    )
    like = forms.ChoiceField(label=gettext_lazy("Frågas"), required=False)
    is_required = forms.BooleanField(label=gettext_lazy("Svar krävs"), required=False)

    def __init__(self, posted: Any, *, package: Package, taken: Collection[str], revision: int) -> None:
        """``taken``: codes that other packages have decided."""
        super().__init__(posted, initial={"revision": revision})
        self.package, self.taken = package, taken
        lists = {(one.code, one.version): one for one in package.code_lists}
        self.lists = {f"{code} {version}": one for (code, version), one in lists.items()}
        conditions = [one for one in package.variables if one.condition]
        choices: dict[str, list[tuple[str, str]]] = {
            "mode": [(str(mode), said(name)) for mode, name in MODE.items()],
            "universe": [(str(one), said(name)) for one, name in UNIVERSE.items()],
            "kind": [(str(one), said(name)) for one, name in KIND.items()],
            "code_list": [(NEW, _("Ny lista"))]
            + [
                (key, f"{said(one.label)}: {', '.join(said(code.label) for code in one.codes)[:90]}")
                for key, one in self.lists.items()
            ],
            "like": [("", _("alltid"))]
            + [
                (one.code, _("på samma villkor som «%(question)s»") % {"question": said(one.label)})
                for one in conditions
            ],
        }
        for name, values in choices.items():
            set_choices(self, name, values)
        self.initial["universe"] = str(Universe.CASE)

    def clean(self) -> dict[str, Any]:
        """Read the new answers line by line; both languages say the same things."""
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("help_sv")) != bool(data.get("help_en")):
            self.add_error("help_en" if data.get("help_sv") else "help_sv", _("Skriv hjälptexten på båda språken."))
        if data.get("mode") == Mode.SELF_REPORT and not data.get("text_easy"):
            self.add_error("text_easy", _("Skriv på det här språket också."))
        swedish, english = (_lines(data.get(name, "")) for name in ("answers_sv", "answers_en"))
        if data.get("code_list") == NEW:
            if not 2 <= len(swedish) <= MOST_ANSWERS:
                self.add_error("answers_sv", _("Skriv 2 till %(most)s svar.") % {"most": MOST_ANSWERS})
            elif len(swedish) != len(english):
                self.add_error("answers_en", _("Skriv lika många svar på engelska som på svenska."))
        elif swedish or english:
            self.add_error("code_list", _("Välj Ny lista, eller ta bort de nya svaren."))
        data["answers"] = tuple(Text(*pair) for pair in zip(swedish, english, strict=False))
        return data

    def edit(self, draft: Package, before: Package) -> Package:
        """Return the draft with the question."""
        data = self.cleaned_data

        def both(name: str) -> Text:
            return Text(data[f"{name}_sv"], data[f"{name}_en"])

        chosen = self.lists.get(data["code_list"])
        new = additions.NewQuestion(
            label=both("label"),
            definition=both("definition"),
            source=data["source"],
            universe=Universe(data["universe"]),
            kind=Kind(data["kind"]),
            rule=both("rule"),
            mode=Mode(data["mode"]),
            text=Text(data["text_sv"], data["text_en"], data["text_easy"]),
            help=both("help") if data["help_sv"] else None,
            code_list=ListReference(chosen.code, chosen.version) if chosen else None,
            answers=() if chosen else data["answers"],
            is_required=data["is_required"],
            condition=draft.variable(data["like"]).condition if data["like"] else None,
        )
        return additions.add(draft, before, new=new, taken=self.taken)


class BorrowForm(SeenForm):
    """Questions that other packages have decided; those that the draft has are not offered."""

    variables = forms.MultipleChoiceField(
        label=gettext_lazy("Frågor"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("En följdfråga behöver frågan som avgör: välj båda."),
    )

    def __init__(self, posted: Any, *, package: Package, others: Sequence[Package], revision: int) -> None:
        super().__init__(posted, initial={"revision": revision})
        kept = {one.code for one in package.variables}
        self.offered = {
            f"{other.code} {one.code}": (other, one)
            for other in others
            for one in other.variables
            if one.code not in kept
        }
        shown = [(key, f"{said(one.label)} ({said(other.title)})") for key, (other, one) in self.offered.items()]
        set_choices(self, "variables", shown)

    def edit(self, draft: Package, before: Package) -> Package:
        """Return the draft with the chosen questions, in the order in which their packages ask them."""
        chosen = self.cleaned_data["variables"]
        taken = [(other, one.code) for key, (other, one) in self.offered.items() if key in chosen]
        return additions.borrow(draft, before, chosen=taken)


def _lines(value: str) -> list[str]:
    return [" ".join(line.split())[:120] for line in value.splitlines() if line.strip()]


@dataclass(frozen=True)
class Foreign:
    """Somebody else's question, as it travels from the comparison to the page where it is set beside ours."""

    system: str
    code: str
    words: str
    options: tuple[tuple[str, str], ...]

    def as_text(self) -> str:
        """Return it as one text: the form that was read is not kept anywhere."""
        return json.dumps([self.system, self.code, self.words, self.options], ensure_ascii=False)


def foreign_of(item: Item, *, system: str) -> Foreign:
    """Return a question of a form that was read, cut to what is needed."""
    options = tuple((one.value[:LONGEST_CODE], said(one.label)[:120]) for one in item.options if not one.is_reason)
    return Foreign(system[:60], item.code[:LONGEST_CODE], said(item.text)[:300], options[:MOST_FOREIGN_ANSWERS])


def foreign_of_mapping(mapping: Mapping) -> Foreign:
    """Return a question that ours is compared with already: of their answers the codes that the comparison names."""
    codes = dict.fromkeys(one.target for one in mapping.codes)
    options = tuple((one[:LONGEST_CODE], one[:120]) for one in codes)[:MOST_FOREIGN_ANSWERS]
    return Foreign(mapping.target.system[:60], mapping.target.variable[:LONGEST_CODE], "", options)


def foreign_from(value: str) -> Foreign:
    """Read what travelled; raise ValidationError for what we didn't write."""
    try:
        system, code, words, options = json.loads(value[:100_000])
        made = Foreign(system, code, words, tuple((one, label) for one, label in options))
        parts = [system, code, words, *(part for option in made.options for part in option)]
        if not all(isinstance(part, str) and len(part) <= 300 for part in parts) or not code:
            raise ValueError("another form")
        if len(made.options) > MOST_FOREIGN_ANSWERS:
            raise ValueError("too many")
    except (ValueError, TypeError, RecursionError):
        raise ValidationError(_("Läs in formuläret på nytt.")) from None
    for part in parts:
        check_is_text(part)
    return made


class ForeignQuestionForm(forms.Form):
    """Somebody else's question as a person writes it down: whose it is, its words and its answers."""

    variable = forms.ChoiceField(label=gettext_lazy("Vår fråga"))
    system = text(
        60,
        gettext_lazy("Vems frågan är"),
        help_text=gettext_lazy("Till exempel SU-Kvinnofrid, SUV, Kolada, GBVIMS, CHI eller EIGE."),
    )
    question = text(LONGEST_CODE, gettext_lazy("Deras fråga"))
    answers = Words(
        max_length=MOST_FOREIGN_ANSWERS * 120,
        label=gettext_lazy("Deras svar, ett på varje rad"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Lämna tomt om frågorna inte kan jämföras."),
    )

    def __init__(self, posted: Any, *, package: Package) -> None:
        super().__init__(posted)
        set_choices(self, "variable", [(one.code, said(one.label)) for one in package.variables])
        named = dict.fromkeys((*OTHERS, *(one.target.system for one in package.mappings if one.target.system)))
        self.fields["system"].widget.attrs["list"] = "systems"
        self.systems = tuple(named)

    def clean_answers(self) -> tuple[str, ...]:
        """Return the answers without empty lines; refuse more than can be compared, and the same one twice."""
        answers = _lines(self.cleaned_data["answers"])
        if len(answers) > MOST_FOREIGN_ANSWERS:
            raise ValidationError(_("Högst %(most)s svar.") % {"most": MOST_FOREIGN_ANSWERS})
        if len(set(answers)) < len(answers):
            raise ValidationError(_("Samma svar står två gånger."))
        return tuple(answers)

    def foreign(self) -> Foreign:
        """Return the question as it travels to the comparison."""
        data = self.cleaned_data
        return Foreign(data["system"], data["question"], "", tuple((one, one) for one in data["answers"]))


class ComparisonForm(SeenForm):
    """Which of their answers mean the same as each of ours, at first as ``known``; none where the two can't be compared."""

    system = text(60, gettext_lazy("Vems frågan är"))

    def __init__(self, posted: Any, *, package: Package, variable: Variable, foreign: Foreign, revision: int) -> None:
        super().__init__(posted, initial={"revision": revision, "system": foreign.system})
        self.variable, self.foreign = variable, foreign
        target = Target(foreign.code, system=foreign.system)
        known = next((one for one in package.mappings if (one.variable, one.target) == (variable.code, target)), None)
        self.values = package.list_of(variable).values
        # Where nothing of theirs can be chosen, only the note is asked for.
        for at, code in enumerate(package.list_of(variable).codes if foreign.options else ()):
            self.fields[f"answer_{at}"] = forms.MultipleChoiceField(
                label=said(code.label),
                required=False,
                choices=foreign.options,
                widget=forms.CheckboxSelectMultiple,
            )
            same = [value for value, label in foreign.options if label.casefold() == said(code.label).casefold()]
            paired = [one.target for one in known.codes if one.source == code.value] if known else []
            self.initial[f"answer_{at}"] = paired if known else same[:1]
        self.fields["note_sv"] = text(300, _("Anmärkning, på svenska"), required=False)
        self.fields["note_en"] = text(300, _("Anmärkning, på engelska"), required=False)
        self.fields["is_verified"] = forms.BooleanField(
            label=_("Kontrollerat mot deras egen beskrivning"), required=False
        )
        if known:
            note = known.note or Text("", "")
            self.initial.update(note_sv=note.sv, note_en=note.en, is_verified=known.is_verified)

    def clean(self) -> dict[str, Any]:
        """Demand a note in both languages or none."""
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("note_sv")) != bool(data.get("note_en")):
            self.add_error("note_en" if data.get("note_sv") else "note_sv", _("Skriv anmärkningen på båda språken."))
        return data

    def edit(self, draft: Package, before: Package) -> Package:
        """Return the draft with the comparison."""
        data = self.cleaned_data
        return additions.compare(
            draft,
            before,
            variable=self.variable.code,
            target=Target(self.foreign.code, system=data["system"]),
            answers={value: data.get(f"answer_{at}", ()) for at, value in enumerate(self.values)},
            note=Text(data["note_sv"], data["note_en"]) if data["note_sv"] else None,
            is_verified=data["is_verified"],
        )
