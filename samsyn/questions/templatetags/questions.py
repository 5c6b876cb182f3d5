"""Tags that ask: ``{% ask question name=… chosen=… %}`` renders a question as the call desk does."""

from collections.abc import Collection
from typing import Any

from django import template

from samsyn.questions import controls
from samsyn.questions.asking import Question
from samsyn.questions.models import Question as Row

register = template.Library()


@register.inclusion_tag("questions/_question.html")
def ask(
    question: Question, name: str, chosen: Collection[str] = (), error: str = "", field: str = "", inline: bool = False
) -> dict[str, Any]:
    """Render a question with its native controls; ``inline`` leaves out the label column (several on one line)."""
    about, values = question.condition or ("", ())
    before, _code, after = name.rpartition(question.code)
    is_select = question.kind == Row.Kind.SELECT
    build = controls.as_select if is_select else controls.as_group
    return {
        "select": build(question, name=name, chosen=chosen, error=error, field=field) if is_select else None,
        "group": None if is_select else build(question, name=name, chosen=chosen, error=error, field=field),
        "inline": inline,
        # The field that decides is called as this one is: person-2-exposure decides over person-2-abduction_status.
        "asked_if": f"{before}{about}{after}" if about else "",
        "asked_values": " ".join(values),
    }
