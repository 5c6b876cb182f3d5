"""A measurement's report: counted once, protected, and then a document that nothing moves any more."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from samsyn.contacts.queries import Measured
from samsyn.privacy import few
from samsyn.questions.asking import Instrument, Question

Report = Mapping[str, Any]


def frozen(instrument: Instrument, measured: Measured) -> dict[str, Any]:
    """Return the report as plain data: the response share and each question's shown answers. What is hidden isn't in it.

    The share's denominator is the contacts in the sample. Where all but one to four answered, only a lower bound is said.
    """
    silent = measured.in_sample - measured.answered
    response = few.shown({"answered": measured.answered, "silent": silent}, total=measured.in_sample)
    least = None
    if response.total and response.share("answered") is None and silent < few.FEWEST:
        least = 100 * (response.total - few.FEWEST + 1) // response.total
    return {
        "in_sample": response.total,
        "answered": response.counts["answered"],
        "share": response.share("answered"),
        "share_at_least": least,
        "questions": [_question(one, measured.answers.get(one.code, {})) for one in instrument.questions],
    }


def _question(question: Question, answers: Mapping[tuple[str, ...], int]) -> dict[str, Any]:
    codes: Counter[str] = Counter()
    states: Counter[str] = Counter()
    for given, number in answers.items():
        chosen = [value for value in given if value in question.known]
        if not chosen:
            states[given[0]] += number
        for value in chosen:
            codes[value] += number
    told = sum(number for given, number in answers.items() if set(given) & question.known)
    not_asked = states.pop("not_asked", 0)
    offered = {option.value: codes[option.value] for option in question.options}
    # Several answers are shares of those who told anything, a single one of those who were asked.
    base, rest = (told, states.total() + not_asked) if question.is_multiple else (told + states.total(), not_asked)
    cells = offered if question.is_multiple else {**offered, **{state: states[state] for state in question.states}}
    shown = few.shown(cells, total=base, is_multiple=question.is_multiple)
    # Everybody in the sample less the base is a count too: where it is small, only shares are said.
    is_exact = few.shown({"base": base, "rest": rest}, total=base + rest).counts["base"] is not None
    labels = {option.value: (option.label_sv, option.label_en) for option in question.options}
    return {
        "code": question.code,
        "wording_sv": question.wording_sv,
        "wording_en": question.wording_en,
        "is_multiple": question.is_multiple,
        "base": shown.total if is_exact else None,
        "rows": [
            {
                "code": code,
                "labels": labels.get(code),  # a state has its words in every language
                "count": shown.counts[code] if is_exact else None,
                "share": shown.share(code),
            }
            for code in cells
        ],
    }
