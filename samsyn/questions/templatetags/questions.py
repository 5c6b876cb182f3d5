"""Tags that ask: ``{% ask question name=… chosen=… %}`` renders a question as the call desk does."""

from collections.abc import Collection
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from samsyn.questions import controls
from samsyn.questions.asking import Question
from samsyn.questions.models import Question as Row

register = template.Library()


@register.simple_tag
def ask(
    question: Question, name: str, chosen: Collection[str] = (), error: str = "", field: str = "", inline: bool = False
) -> SafeString:
    """Render a question with its native controls; ``inline`` leaves out the label column (several on one line)."""
    return _controls(question, name, tuple(chosen), str(error), field, bool(inline), get_language() or "")


# A desk page is two dozen questions with some five hundred answers to choose from, and nearly all of it is as it was on
# the page before. What is kept is what a question looks like with an answer chosen, never whose it was.
@lru_cache(maxsize=2048)
def _controls(
    question: Question, name: str, chosen: tuple[str, ...], error: str, field: str, inline: bool, _language: str
) -> SafeString:
    about, values = question.condition or ("", ())
    before, _code, after = name.rpartition(question.code)
    is_select = question.kind == Row.Kind.SELECT
    build = controls.as_select if is_select else controls.as_group
    control = build(question, name=name, chosen=chosen, error=error, field=field)
    shown = {
        "select": control if is_select else None,
        "group": None if is_select else control,
        "inline": inline,
        # The field that decides is called as this one is: person-2-exposure decides over person-2-abduction_status.
        "asked_if": f"{before}{about}{after}" if about else "",
        "asked_values": " ".join(values),
    }
    return render_to_string("questions/_question.html", shown)
