"""What rooms hand to the component templates: frozen descriptions, no markup.

{% include "ui/components/choice_group.html" with group=group only %}
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One chip or one option of a list."""

    value: str
    label: Text
    digit: str = ""
    chosen: bool = False
    apart: bool = False
    """Stands a little off the others: an answer of another sort."""
    exclusive: bool = False
    """In a group of many: choosing it lets go of the others (Okänt)."""
    hint: Text = ""


@dataclass(frozen=True, kw_only=True)
class ChoiceGroup:
    """One question with chips; native radio buttons, or checkboxes when several may be chosen."""

    name: str
    legend: Text
    choices: tuple[Choice, ...]
    multiple: bool = False
    legend_unseen: bool = False
    hint: Text = ""
    error: Text = ""
    field: str = ""
    """What autosave calls the group; the name when empty."""

    @property
    def kind(self) -> str:
        """Return the type of the native control."""
        return "checkbox" if self.multiple else "radio"

    @property
    def saved_as(self) -> str:
        """Return what autosave calls the group."""
        return self.field or self.name

    @property
    def described_by(self) -> str:
        """Return the id of the error line, the only one that needs announcing."""
        return f"{self.name}-error" if self.error else ""


@dataclass(frozen=True, kw_only=True)
class Select:
    """One native pick list; typing finds the option."""

    name: str
    label: Text
    choices: tuple[Choice, ...]
    empty: Text = ""
    label_unseen: bool = False
    error: Text = ""
    field: str = ""

    @property
    def saved_as(self) -> str:
        """Return what autosave calls the list."""
        return self.field or self.name


@dataclass(frozen=True, kw_only=True)
class Column:
    """A table's column head."""

    label: Text
    numeric: bool = True
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A table's cell: its text is formatted already; a mark says why it is hidden, or hidden from the reader."""

    text: Text
    numeric: bool = True
    mark: str = ""
    """"", "primary" (few), "secondary" (protects another) or "hidden" (the reader's page, no value)."""
    reason: Text = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A table's row; a sum stands out."""

    head: Text
    cells: tuple[Cell, ...]
    is_sum: bool = False
    note: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with caption, scopes and notes; ``look`` is "open" (public) or "grid" (analyst)."""

    caption: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    look: str = "open"
    notes: tuple[Text, ...] = ()
    caption_unseen: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """A stage of a course of events: done, current or to come."""

    label: Text
    state: str = "coming"


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A link among links."""

    label: Text
    url: str
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class TimelineEvent:
    """Something that happened, as a sentence."""

    when: Text
    sentence: Text
    machine_time: str = ""


def numbered(
    pairs: Iterable[tuple[str, Text]],
    *,
    chosen: Iterable[str] = (),
    states: Iterable[tuple[str, Text]] = (),
    exclusive_states: bool = False,
) -> tuple[Choice, ...]:
    """Return chips with the digits 1 to 9; states such as Okänt come last and take the next digit."""
    marked = frozenset(chosen)
    answers = [(value, label, False) for value, label in pairs]
    answers += [(value, label, True) for value, label in states]
    return tuple(
        Choice(
            value=value,
            label=label,
            digit=str(at) if at <= 9 else "",
            chosen=value in marked,
            exclusive=is_state and exclusive_states,
        )
        for at, (value, label, is_state) in enumerate(answers, start=1)
    )


def pages(*, current: int, last: int) -> tuple[int | None, ...]:
    """Return the page numbers a pager shows, None where some are left out."""
    wanted = sorted({1, last, *range(max(1, current - 1), min(last, current + 1) + 1)})
    shown: list[int | None] = []
    for page in wanted:
        if shown and isinstance(shown[-1], int) and page - shown[-1] > 1:
            shown.append(None)
        shown.append(page)
    return tuple(shown)
