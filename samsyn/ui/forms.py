"""The form renderer: ``{{ form }}`` and ``{{ field }}`` come out in our markup, errors tied to their field."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import django.forms
from django.forms import BaseForm, BoundField
from django.forms.renderers import BaseRenderer
from django.template.backends.django import DjangoTemplates
from django.template.backends.django import Template as BackendTemplate

WIDGETS_OF_DJANGO = Path(django.forms.__file__).parent / "templates"
WIDGETS_OF_OURS = Path(__file__).parent / "templates"


class Field(BoundField):
    """A field that knows how its row looks."""

    @property
    def is_single_checkbox(self) -> bool:
        """Say whether the label stands after its box."""
        return getattr(self.field.widget, "input_type", "") == "checkbox" and not self.use_fieldset

    @property
    def is_marked_optional(self) -> bool:
        """Say whether the field is one of the few that may be left out: those are marked, not the required ones."""
        return not self.field.required and not self.is_single_checkbox


class Renderer(BaseRenderer):
    """Finds our templates first and Django's own widgets after them; needs no entry in INSTALLED_APPS."""

    form_template_name = "ui/forms/form.html"
    formset_template_name = "ui/forms/formset.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = Field

    @cached_property
    def engine(self) -> DjangoTemplates:
        """Return the engine of form templates, one a process."""
        return DjangoTemplates(
            {
                "APP_DIRS": True,
                "DIRS": [WIDGETS_OF_OURS, WIDGETS_OF_DJANGO],
                "NAME": "forms",
                "OPTIONS": {},
            }
        )

    def get_template(self, template_name: str) -> BackendTemplate:
        """Return a template of ours or of Django's."""
        return self.engine.get_template(template_name)


@dataclass(frozen=True)
class Problem:
    """One line of the error summary."""

    message: str
    target: str


def problems(form: BaseForm) -> list[Problem]:
    """Return what has to be put right, in the order of the fields, each with the id of its control."""
    found = [Problem(str(message), "") for message in form.non_field_errors()]
    for bound in form:
        target = bound.id_for_label or (f"{bound.auto_id}_0" if bound.auto_id else "")
        if bound.use_fieldset and bound.auto_id:
            target = f"{bound.auto_id}_0"  # a group is reached through its first choice
        found += [Problem(str(message), target) for message in bound.errors]
    return found
