"""An organisation's answers: read from what was sent, and counted over those who were asked. Pure: no database.

Four things are kept apart: not asked (no reply row), asked and not answered (None), a question left out, and unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from samsyn.questions.exchange.methods import TOOLS
from samsyn.questions.exchange.package import Nothing, Package, Variable

Answers = Mapping[str, Sequence[str]]
YES = "yes"


def read(package: Package, sent: Mapping[str, Sequence[str]]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return what was answered, by question, and what has to be put right, by question.

    What is asked only after another answer is left out where that answer wasn't given.
    """
    given: dict[str, list[str]] = {}
    problems: dict[str, str] = {}
    for one in package.variables:
        chosen = list(dict.fromkeys(value for value in sent.get(one.code, ()) if value))
        if not chosen or not _is_asked(one, given):
            continue
        problem = _problem(one, chosen, package.list_of(one).values)
        if problem:
            problems[one.code] = problem
        given[one.code] = chosen
    return given, problems


def _is_asked(one: Variable, given: Answers) -> bool:
    return one.condition is None or bool(set(one.condition.values) & set(given.get(one.condition.variable, ())))


def _problem(one: Variable, chosen: Sequence[str], values: Sequence[str]) -> str:
    if not set(chosen) <= {*values, *one.nothing}:
        return _("Välj bland svaren på sidan.")
    if not one.is_multiple and len(chosen) > 1:
        return _("Välj ett svar.")
    if len(chosen) > 1 and set(chosen) & set(one.nothing):
        return _("Vet ej kan inte stå bredvid ett svar.")
    return ""


def still_known(package: Package, earlier: Answers) -> dict[str, list[str]]:
    """Return what can be taken over from an earlier round: answers that the questions still have."""
    codes = {one.code: {*package.list_of(one).values, *one.nothing} for one in package.variables}
    kept = {code: [value for value in values if value in codes.get(code, ())] for code, values in earlier.items()}
    return {code: values for code, values in kept.items() if values}


@dataclass(frozen=True)
class Tally:
    """How a question with one answer was answered; together they are all who were asked."""

    code: str
    used: int
    not_used: int
    unknown: int
    left_out: int
    no_reply: int

    @property
    def asked(self) -> int:
        """Return how many were asked."""
        return self.replied + self.no_reply

    @property
    def replied(self) -> int:
        """Return how many sent an answer in, whatever it says here."""
        return self.used + self.not_used + self.unknown + self.left_out

    @property
    def share(self) -> float | None:
        """Return how many of those who were asked said that they use it, in per cent."""
        return 100 * self.used / self.asked if self.asked else None


def tally(tool: str, replies: Iterable[Answers | None]) -> Tally:
    """Count what organisations answered about a tool."""
    found = {"used": 0, "not_used": 0, "unknown": 0, "left_out": 0, "no_reply": 0}
    for one in replies:
        found[_kind(tool, one)] += 1
    return Tally(tool, **found)


def _kind(tool: str, answers: Answers | None) -> str:
    if answers is None:
        return "no_reply"
    said = list(answers.get(f"{tool}_used", ()))
    if not said:
        return "left_out"
    if said == [Nothing.UNKNOWN]:
        return "unknown"
    return "used" if said == [YES] else "not_used"


def uses(tool: str, answers: Answers | None) -> bool:
    """Say whether an organisation said that it uses a tool."""
    return _kind(tool, answers) == "used"


def tools(package: Package) -> list[Variable]:
    """Return the questions that say whether a tool is used, in the order in which they are asked."""
    return [one for one in package.variables if one.code.removesuffix("_used") in TOOLS and one.code.endswith("_used")]


def tool_of(variable: Variable) -> str:
    """Return the tool that such a question is about."""
    return variable.code.removesuffix("_used")


def counted(variable: Variable, values: Sequence[str], replies: Iterable[Answers]) -> list[int]:
    """Return how many gave each answer, the reasons for none and last those who left the question out among them."""
    given = [list(one.get(variable.code, ())) for one in replies]
    return [
        *(sum(value in one for one in given) for value in (*values, *variable.nothing)),
        sum(not one for one in given),
    ]
