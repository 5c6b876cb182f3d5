"""The lines of a template's two checklists, as a form set: emptied lines go, new ones come, places decide the order."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samsyn.people.texts import Words
from samsyn.questions import actions
from samsyn.questions.asking import Template
from samsyn.questions.forms import place_field
from samsyn.questions.models import TemplateItem

# What an adviser can keep in sight during a call is less; this is where it stops being a checklist.
MOST_LINES = 24
EMPTY_LINES = 2


class LineForm(forms.Form):
    """One line of a checklist."""

    kind = forms.ChoiceField(choices=TemplateItem.Kind.choices, widget=forms.HiddenInput)
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    place = place_field()
    text_sv = Words(label=gettext_lazy("På svenska"), max_length=120, required=False)
    text_en = Words(label=gettext_lazy("På engelska"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        """Demand both languages of a line that is not emptied."""
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("text_sv")) != bool(data.get("text_en")):
            missing = "text_en" if data.get("text_sv") else "text_sv"
            self.add_error(missing, _("Skriv raden på båda språken, eller töm båda för att ta bort den."))
        return data


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[LineForm]
else:  # Django's own class takes no parameter at run time
    _FormSet = forms.BaseFormSet


class BaseLines(_FormSet):
    """All lines of both checklists."""

    def of_kind(self, kind: str) -> list[LineForm]:
        """Return the forms of one checklist."""
        return [form for form in self.forms if form["kind"].value() == kind]

    @property
    def ask(self) -> list[LineForm]:
        """Return the lines of what to ask about."""
        return self.of_kind("ask")

    @property
    def inform(self) -> list[LineForm]:
        """Return the lines of what to inform of."""
        return self.of_kind("inform")

    def clean(self) -> None:
        """Demand that lines came at all: the page always sends some, and none would empty both lists."""
        if self.total_form_count() < 1 or self.initial_form_count() < 0:
            raise forms.ValidationError(_("Raderna kom inte fram. Ladda om sidan."))

    def items(self) -> tuple[actions.ItemChange, ...]:
        """Return the lines that are left, in the order of their places."""
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data.get("text_sv")]
        filled.sort(key=lambda data: data["place"] or 99)
        return tuple(
            actions.ItemChange(data["kind"], data["code"], data["text_sv"], data["text_en"]) for data in filled
        )


_Lines = forms.formset_factory(
    LineForm, formset=BaseLines, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
)


def line_forms(posted: QueryDict | None, template: Template) -> BaseLines:
    """Return the lines as they were posted, or as the template has them."""
    made = _Lines(posted, initial=initial(template), prefix="line")
    assert isinstance(made, BaseLines)  # noqa: S101 (the factory made it so; tells the type checker)
    return made


def initial(template: Template) -> list[dict[str, Any]]:
    """Return the lines of a template, and some empty ones at the end of each list."""
    return [*_of_kind("ask", template.ask), *_of_kind("inform", template.inform)]


def _of_kind(kind: str, items: Iterable[Any]) -> list[dict[str, Any]]:
    rows = [
        {"kind": kind, "code": item.code, "place": place, "text_sv": item.text_sv, "text_en": item.text_en}
        for place, item in enumerate(items, start=1)
    ]
    return rows + [{"kind": kind, "code": "", "place": len(rows) + n} for n in range(1, EMPTY_LINES + 1)]
