"""The form renderer: our markup, errors tied to their fields, a summary that links."""

import html5lib
import pytest
from django import forms
from django.template import engines

from samsyn.ui.forms import problems
from samsyn.ui.gallery.examples import SampleForm


class Renamed(forms.Form):
    """A form whose texts try to be markup."""

    field = forms.CharField(label="<b>Namn</b>", help_text="<script>alert(1)</script>")


def template(text: str, **context: object) -> str:
    return str(engines["django"].from_string(text).render(context))


def test_a_hint_and_an_error_are_announced_with_their_field() -> None:
    html = template("{{ form }}", form=SampleForm({}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert '<ul class="error" id="id_name_error">' in html
    assert 'aria-invalid="true"' in html


def test_a_group_of_choices_is_a_fieldset_with_a_legend_and_native_controls() -> None:
    html = template("{{ form.medium.as_field_group }}", form=SampleForm())
    assert "<legend>Form" in html
    assert html.count('type="radio"') == 2
    assert '<label for="id_medium_0">Tryckt</label>' in html


def test_a_single_checkbox_has_its_label_after_it() -> None:
    html = template("{{ form.agreed.as_field_group }}", form=SampleForm())
    assert html.index('type="checkbox"') < html.index("Jag har läst reglerna")


def test_only_what_may_be_left_out_is_marked() -> None:
    html = template("{{ form }}", form=SampleForm())
    assert html.count("valfritt") == 2


def test_texts_of_a_form_are_never_markup() -> None:
    html = template("{{ form }}", form=Renamed({}))
    assert "<script>" not in html
    assert "<b>" not in html


def test_the_summary_links_each_problem_to_a_control_that_exists() -> None:
    form = SampleForm({"weeks": "0"})
    html = template("{% load ui %}{% error_summary form %}{{ form }}", form=form)
    assert 'role="alert"' in html
    assert len(problems(form)) == 5
    for problem in problems(form):
        assert f'id="{problem.target}"' in html, problem


def test_no_summary_without_problems() -> None:
    assert template("{% load ui %}{% error_summary form %}", form=SampleForm()).strip() == ""


@pytest.mark.parametrize("data", [None, {}, {"weeks": "0", "medium": "v9", "days": ["x"]}])
def test_a_rendered_form_is_valid_html(data: dict[str, object] | None) -> None:
    html = template("{% load ui %}{% error_summary form %}<form>{{ form }}</form>", form=SampleForm(data))
    html5lib.HTMLParser(strict=True).parseFragment(html)
