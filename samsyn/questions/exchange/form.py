"""A form as most systems know it: questions with answers and conditions. Our packages become one, foreign ones too."""

from dataclasses import dataclass

from samsyn.questions.exchange.package import (
    Condition,
    ListReference,
    Mode,
    Nothing,
    Package,
    Text,
    Variable,
    Wording,
)
from samsyn.questions.exchange.words import NOTHING


@dataclass(frozen=True)
class Option:
    """An answer that can be chosen; ``is_reason`` marks a reason for no answer."""

    value: str
    label: Text
    is_reason: bool = False


@dataclass(frozen=True)
class Item:
    """One question; ``kind`` is single, multiple, or what a foreign form calls it: text, integer, date ...

    ``mode`` says how it is asked in these words, ``others`` how in other modes. ``label`` and ``version`` are those of
    the variable, ``code_list`` names the list that its answers come from. A foreign form says none of these.
    """

    code: str
    text: Text
    kind: str
    help: Text | None = None
    options: tuple[Option, ...] = ()
    is_required: bool = False
    condition: Condition | None = None
    mode: Mode | None = None
    others: tuple[Wording, ...] = ()
    label: Text | None = None
    version: int = 0
    code_list: ListReference | None = None


@dataclass(frozen=True)
class Form:
    """A form in one version; ``left_out`` says in words what of a foreign form was not taken in.

    ``valid_from`` and ``valid_to`` are days as YYYY-MM-DD, or nothing.
    """

    code: str
    version: str
    title: Text
    items: tuple[Item, ...]
    left_out: tuple[str, ...] = ()
    purpose: Text | None = None
    valid_from: str = ""
    valid_to: str = ""


class NotAForm(ValueError):
    """What was read is no form of the kind it was taken for; the message says why."""


def of_package(package: Package, *, mode: Mode | None = None) -> Form:
    """Return the form of a package: each variable in the wording of this mode, else in its first one."""
    items = tuple(_item(package, variable, mode) for variable in package.variables)
    return Form(
        code=package.code,
        version=package.version,
        title=package.title,
        items=items,
        purpose=package.purpose,
        valid_from=package.valid_from,
        valid_to=package.valid_to,
    )


def _item(package: Package, variable: Variable, mode: Mode | None) -> Item:
    wording = next((one for one in variable.wordings if one.mode == mode), variable.wording)
    codes = [Option(code.value, code.label) for code in package.list_of(variable).codes]
    reasons = [Option(str(one), reason_label(one, is_easy=bool(wording.text.easy)), True) for one in variable.nothing]
    return Item(
        code=variable.code,
        text=wording.text,
        kind=str(variable.kind),
        help=wording.help,
        options=(*codes, *reasons),
        is_required=variable.required,
        condition=variable.condition,
        mode=wording.mode,
        others=tuple(one for one in variable.wordings if one is not wording),
        label=variable.label,
        version=variable.version,
        code_list=variable.code_list,
    )


def number(said: object) -> int:
    """Return the number of a version as a form writes it, or 0 where there is none."""
    return int(said) if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 10 else 0


def reason_label(reason: Nothing, *, is_easy: bool) -> Text:
    """Return the words for a reason, with easy Swedish only where the question has it."""
    text = NOTHING[reason]
    return text if is_easy else Text(text.sv, text.en)
