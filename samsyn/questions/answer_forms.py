"""What the editor posts about answers: one that is split, a list in a new version, and what each answer was before."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samsyn.people.texts import Words
from samsyn.questions.bank import said
from samsyn.questions.exchange import editing
from samsyn.questions.exchange.editing import MOST_ANSWERS, Answer
from samsyn.questions.exchange.package import CodeList, CodePair, ListReference, Package, Text
from samsyn.questions.forms import SeenForm, place_field, set_choices, text

EMPTY_ANSWERS = 2
NONE = "-"  # no code is written like this


class SplitForm(SeenForm):
    """Which answer is split, and in which."""

    value = forms.ChoiceField(
        label=gettext_lazy("Svar som delas"), error_messages={"invalid_choice": gettext_lazy("Okänt svar.")}
    )
    # More is not a split any more, and would not be read by anybody.
    most = 4

    def __init__(self, *args: Any, codes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "value", codes)
        for number in range(1, self.most + 1):
            for code, language in (("sv", _("på svenska")), ("en", _("på engelska"))):
                label = _("Nytt svar %(number)s, %(language)s") % {"number": number, "language": language}
                self.fields[f"label_{number}_{code}"] = text(120, label, required=number <= 2)

    def clean(self) -> dict[str, Any]:
        """Demand both languages of every answer."""
        data: dict[str, Any] = super().clean() or {}
        for number in range(3, self.most + 1):
            if bool(data.get(f"label_{number}_sv")) != bool(data.get(f"label_{number}_en")):
                missing = "sv" if data.get(f"label_{number}_en") else "en"
                self.add_error(f"label_{number}_{missing}", _("Skriv svaret på båda språken."))
        return data

    def labels(self) -> list[Text]:
        """Return the new answers in their order."""
        data = self.cleaned_data
        pairs = [(data.get(f"label_{n}_sv"), data.get(f"label_{n}_en")) for n in range(1, self.most + 1)]
        return [Text(swedish, english) for swedish, english in pairs if swedish and english]


class AnswerForm(forms.Form):
    """One answer of a list; its line is emptied to take it out."""

    value = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    place = place_field()
    sv = Words(label=gettext_lazy("På svenska"), max_length=120, required=False)
    en = Words(label=gettext_lazy("På engelska"), max_length=120, required=False)
    easy = Words(label=gettext_lazy("På lätt svenska"), max_length=120, required=False)
    definition_sv = Words(label=gettext_lazy("Förklaring, på svenska"), max_length=300, required=False)
    definition_en = Words(label=gettext_lazy("Förklaring, på engelska"), max_length=300, required=False)

    def words(self) -> list[Any]:
        """Return the fields of what is chosen."""
        return [self["sv"], self["en"], self["easy"]]

    def definitions(self) -> list[Any]:
        """Return the fields of what belongs to it."""
        return [self["definition_sv"], self["definition_en"]]

    def is_defined(self) -> bool:
        """Say whether there is anything to see in them."""
        return any(field.value() or field.errors for field in self.definitions())

    def clean(self) -> dict[str, Any]:
        """Demand both languages of an answer that is not emptied."""
        data: dict[str, Any] = super().clean() or {}
        for first, second in (("sv", "en"), ("definition_sv", "definition_en")):
            if bool(data.get(first)) != bool(data.get(second)):
                missing = second if data.get(first) else first
                self.add_error(missing, _("Skriv på båda språken, eller töm båda."))
        if not data.get("sv") and (data.get("easy") or data.get("definition_sv")):
            self.add_error("sv", _("Skriv svaret, eller töm hela raden för att ta bort det."))
        return data


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[AnswerForm]
else:  # Django's own class takes no parameter at run time
    _FormSet = forms.BaseFormSet


class BaseAnswers(_FormSet):
    """All answers of a list."""

    def clean(self) -> None:
        """Demand a list that can be chosen from."""
        filled = sum(bool(form.cleaned_data.get("sv")) for form in self.forms if form.is_valid())
        if not 2 <= filled <= MOST_ANSWERS:
            raise forms.ValidationError(_("En lista har 2 till %(most)s svar.") % {"most": MOST_ANSWERS})

    def answers(self) -> list[Answer]:
        """Return the answers that are left, in the order of their places."""
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data.get("sv")]
        filled.sort(key=lambda data: data["place"] or 99)
        return [
            Answer(
                data["value"],
                Text(data["sv"], data["en"], data["easy"]),
                Text(data["definition_sv"], data["definition_en"]) if data["definition_sv"] else None,
            )
            for data in filled
        ]


_MOST_LINES = MOST_ANSWERS + EMPTY_ANSWERS
_Answers = forms.formset_factory(
    AnswerForm, formset=BaseAnswers, extra=0, max_num=_MOST_LINES, absolute_max=_MOST_LINES, validate_max=True
)


def answer_forms(posted: QueryDict | None, listed: CodeList) -> BaseAnswers:
    """Return the answers of a list as they were posted, or as the draft has them with empty lines after them."""
    initial: list[dict[str, Any]] = [
        {
            "value": code.value,
            "place": place,
            "sv": code.label.sv,
            "en": code.label.en,
            "easy": code.label.easy,
            "definition_sv": code.definition.sv if code.definition else "",
            "definition_en": code.definition.en if code.definition else "",
        }
        for place, code in enumerate(listed.codes, start=1)
    ]
    initial += [{"place": len(listed.codes) + number} for number in range(1, EMPTY_ANSWERS + 1)]
    made = _Answers(posted, initial=initial, prefix="answer")
    assert isinstance(made, BaseAnswers)  # noqa: S101 (the factory made it so; tells the type checker)
    return made


class EarlierForm(SeenForm):
    """What each answer of a list was in the decided version, and where the answers went that are gone."""

    def __init__(
        self, posted: Any, *, listed: CodeList, earlier: CodeList, known: Sequence[CodePair], note: Text, revision: int
    ) -> None:
        super().__init__(posted, initial={"revision": revision})
        self.listed, self.earlier = listed, earlier
        self.dropped = [code for code in earlier.codes if code.value not in listed.values]
        was = {pair.source: pair.target for pair in reversed(known)}
        choose = ("", _("Välj"))
        before = [(code.value, said(code.label)) for code in earlier.codes]
        after = [(code.value, said(code.label)) for code in listed.codes]
        for at, code in enumerate(listed.codes):
            choices = [choose, *before, (NONE, _("Fanns inte förut"))]
            missing = {"required": _("Välj vad svaret var förut.")}
            self.fields[f"was_{at}"] = forms.ChoiceField(
                label=said(code.label), choices=choices, error_messages=missing
            )
            same = code.value if code.value in earlier.values else ""
            self.initial[f"was_{at}"] = was.get(code.value, same)
        for at, code in enumerate(self.dropped):
            choices = [choose, *after, (NONE, _("Finns inte längre"))]
            self.fields[f"gone_{at}"] = forms.ChoiceField(label=said(code.label), choices=choices, required=False)
            self.initial[f"gone_{at}"] = next((one.source for one in known if one.target == code.value), "")
        self.fields["note_sv"] = text(300, _("Anmärkning, på svenska"), required=False)
        self.fields["note_en"] = text(300, _("Anmärkning, på engelska"), required=False)
        self.initial.update({"note_sv": note.sv, "note_en": note.en})

    def now(self) -> list[Any]:
        """Return the fields of the answers of the draft."""
        return [self[f"was_{at}"] for at in range(len(self.listed.codes))]

    def gone(self) -> list[Any]:
        """Return the fields of the answers that are gone."""
        return [self[f"gone_{at}"] for at in range(len(self.dropped))]

    def clean(self) -> dict[str, Any]:
        """Demand to know where every answer went that none of the new ones was."""
        data: dict[str, Any] = super().clean() or {}
        taken = {data.get(f"was_{at}") for at in range(len(self.listed.codes))}
        for at, code in enumerate(self.dropped):
            if code.value not in taken and not data.get(f"gone_{at}"):
                self.add_error(f"gone_{at}", _("Säg vad som har hänt med det här svaret."))
        if bool(data.get("note_sv")) != bool(data.get("note_en")):
            self.add_error("note_en" if data.get("note_sv") else "note_sv", _("Skriv anmärkningen på båda språken."))
        return data

    def _pairs(self) -> tuple[CodePair, ...]:
        data = self.cleaned_data
        pairs = [(code.value, data[f"was_{at}"]) for at, code in enumerate(self.listed.codes)]
        pairs += [(data[f"gone_{at}"], code.value) for at, code in enumerate(self.dropped)]
        order = {value: at for at, value in enumerate(self.listed.values)}
        whole = sorted(
            {pair for pair in pairs if pair[0] in order and pair[1] != NONE}, key=lambda pair: order[pair[0]]
        )
        return tuple(CodePair(*pair) for pair in whole)

    def edit(self, draft: Package, before: Package) -> Package:
        """Return the draft with what the answers were."""
        data = self.cleaned_data
        return editing.compare_answers(
            draft,
            before,
            code_list=ListReference(self.listed.code, self.listed.version),
            pairs=self._pairs(),
            note=Text(data["note_sv"], data["note_en"]) if data["note_sv"] else None,
        )
