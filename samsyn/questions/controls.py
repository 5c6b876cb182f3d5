"""A question as the page's controls: chips with digits, or a pick list. The desk and the preview both use this."""

from collections.abc import Collection
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from samsyn.questions.asking import Option, Question
from samsyn.ui.components import Choice, ChoiceGroup, Select
from samsyn.vocabulary import queries as vocabulary


def as_group(
    question: Question, *, name: str, chosen: Collection[str] = (), error: str | Promise = "", field: str = ""
) -> ChoiceGroup:
    """Return the question as chips. A state such as Okänt is posted like a code, and lets go of the other answers."""
    return ChoiceGroup(
        name=name,
        legend=question.wording,
        multiple=question.is_multiple,
        # A hint takes a line; the questions that are always on the screen can't spare one.
        hint=question.hint if question.more else "",
        error=error,
        field=field,
        choices=tuple(
            Choice(
                value=option.value,
                label=option.label,
                digit=option.digit,
                chosen=option.value in chosen,
                exclusive=option.is_state and question.is_multiple,
                # Answers of another sort stand a little off, such as the outcomes of calls that were none.
                apart=option.group not in ("", before.group) and not option.is_state,
            )
            for before, option in pairwise(
                (Option("", "", "", group=_first_group(question)), *_offered(question, chosen))
            )
        ),
    )


def as_select(
    question: Question, *, name: str, chosen: Collection[str] = (), error: str | Promise = "", field: str = ""
) -> Select:
    """Return the question as a native pick list, found by typing."""
    return Select(
        name=name,
        label=question.wording,
        empty=_("Välj"),
        error=error,
        field=field,
        choices=tuple(
            Choice(value=option.value, label=_with_county(question, option), chosen=option.value in chosen)
            for option in _offered(question, chosen)
        ),
    )


def _first_group(question: Question) -> str:
    return question.options[0].group if question.options else ""


def _offered(question: Question, chosen: Collection[str]) -> tuple[Option, ...]:
    """Return what can be chosen, and what was chosen before it was closed: an open draft loses nothing unseen."""
    offered = {option.value for option in question.choices}
    kept = tuple(
        Option(value, question.label(value), question.label(value))
        for value in chosen
        if value not in offered and value in question.known
    )
    return question.choices + kept


def _with_county(question: Question, option: Option) -> str:
    # Several municipalities are heard alike on the phone; the county beside the name tells them apart.
    if question.list_code == "municipality" and option.parent:
        return f"{option.label} · {vocabulary.label('county', option.parent)}"
    return option.label
