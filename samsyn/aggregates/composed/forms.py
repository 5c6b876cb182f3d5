"""The form that a case is composed with: closed choices only, in the words in which the case will be told."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from samsyn.deliveries.composed import parts, telling


class ComposeForm(forms.Form):
    """One field for each part of the newest version; what was tried has a step and what it led to, in order."""

    def __init__(self, *args: Any, words: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = parts.newest()
        for part in self.version.parts:
            codes = parts.chosen(words, part.code)
            if part.results:
                self._add_steps(part, codes)
                continue
            title = part.title_en if _is_english() else part.title_sv
            choices = _labelled(part.choices)
            if part.most == 1:
                self.fields[part.code] = forms.ChoiceField(
                    label=title,
                    choices=choices,
                    widget=forms.RadioSelect,
                    initial="".join(codes),
                    error_messages=_lacking(title),
                )
            else:
                self.fields[part.code] = forms.MultipleChoiceField(
                    label=title,
                    choices=choices,
                    widget=forms.CheckboxSelectMultiple,
                    required=part.least > 0,
                    initial=list(codes),
                    error_messages=_lacking(title),
                )
        self.fields["of_several"] = forms.BooleanField(
            label=_("Fallet är sammansatt av minst tre ärenden och återger inget av dem."),
            error_messages={
                "required": _("Ett sammansatt fall är gjort av minst tre ärenden och återger inget av dem.")
            },
        )

    def _add_steps(self, part: parts.Part, codes: tuple[str, ...]) -> None:
        nothing = [("", "–")]
        for number in range(1, part.most + 1):
            step, _colon, result = (codes[number - 1] if number <= len(codes) else "").partition(":")
            step_label, result_label = (
                label % {"number": number}
                for label in (gettext("Steg %(number)s"), gettext("Vad steg %(number)s ledde till"))
            )
            self.fields[f"step_{number}"] = forms.ChoiceField(
                label=step_label,
                choices=nothing + _labelled(part.choices),
                required=number <= part.least,
                initial=step,
                error_messages=_lacking(step_label),
            )
            self.fields[f"result_{number}"] = forms.ChoiceField(
                label=result_label,
                choices=nothing + _labelled(part.results),
                required=number <= part.least,
                initial=result,
                error_messages=_lacking(result_label),
            )

    def clean(self) -> dict[str, Any]:
        """Hold the choices against each other, so that what is wrong is said beside the form."""
        data = super().clean() or {}
        for number in range(1, 1 + sum(name.startswith("step_") for name in self.fields)):
            step, result = data.get(f"step_{number}", ""), data.get(f"result_{number}", "")
            if bool(step) != bool(result) and not self.errors.get(f"result_{number}"):
                self.add_error(f"result_{number}", _("Välj både steget och vad det ledde till."))
        return data

    def steps(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return what was tried, each step with what it led to."""
        numbers = [name.removeprefix("step_") for name in self.fields if name.startswith("step_")]
        return [(self[f"step_{number}"], self[f"result_{number}"]) for number in numbers]

    def before(self) -> list[forms.BoundField]:
        """Return the fields that stand before the steps."""
        return [self[name] for name in list(self.fields)[: list(self.fields).index("step_1")]]

    def after(self) -> list[forms.BoundField]:
        """Return the fields of parts that stand after the steps."""
        last = max(at for at, name in enumerate(self.fields) if name.startswith("result_"))
        return [self[name] for name in list(self.fields)[last + 1 :] if name != "of_several"]

    def words(self) -> tuple[str, ...]:
        """Return the case's words in their spelling; call only on a valid form."""
        found = []
        for part in self.version.parts:
            if part.results:
                steps = [(self.cleaned_data[f"step_{n}"], n) for n in range(1, part.most + 1)]
                found += [f"{part.code}:{step}:{self.cleaned_data[f'result_{n}']}" for step, n in steps if step]
                continue
            chosen = self.cleaned_data[part.code]
            codes = [chosen] if isinstance(chosen, str) else chosen
            found += [f"{part.code}:{code}" for code in codes]
        return parts.spelt(self.version, found)


def _lacking(title: str) -> dict[str, str]:
    """Name the field in its refusal: a page that lacks several would say the same words of each."""
    return {"required": gettext("%(title)s: välj ett svar.") % {"title": title}}


def _is_english() -> bool:
    return (get_language() or "sv").startswith("en")


def _labelled(choices: tuple[parts.Choice, ...]) -> list[tuple[str, str]]:
    return [(one.code, telling.capital(one.en if _is_english() else one.sv)) for one in choices]
