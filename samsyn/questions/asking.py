"""What is asked, as frozen values: a question set and a template on a certain day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.questions import law
from samsyn.vocabulary import queries as vocabulary

# What stands where a code stands when there is no answer; never a code of any list.
STATES = vocabulary.STATES
# Digits 1 to 9 can be pressed; what comes after has none.
LAST_DIGIT = 9


def in_active_language(swedish: str, english: str) -> str:
    """Return the one that the reader of this page reads."""
    return english if get_language() == "en" else swedish


def adaptations() -> dict[str, str]:
    """Return what a variant of a template may be for, by code: what a talk is adapted to, and who is in touch."""
    return vocabulary.labels("adaptation") | vocabulary.labels("caller_role")


def applies_to(said: Mapping[str, Any]) -> str:
    """Return for whom a template is, in words; ``said``: its sector, situations, contact_kind and adaptation."""
    parts = [adaptations()[said["adaptation"]]] if said.get("adaptation") else []
    parts += [vocabulary.label(name, said[name]) for name in ("contact_kind", "sector") if said.get(name)]
    parts += [vocabulary.label("main_concern", code) for code in said["situations"]]
    return ", ".join(parts) or _("alla samtal")


@dataclass(frozen=True)
class Option:
    """An answer that can be chosen: a code of the list, or one of the states (then ``is_state``)."""

    value: str
    label_sv: str
    label_en: str
    digit: str = ""
    parent: str = ""
    group: str = ""
    is_state: bool = False

    @property
    def label(self) -> str:
        """Return the label in the active language."""
        if self.is_state:
            return str(STATES[self.value])
        return in_active_language(self.label_sv, self.label_en)


@dataclass(frozen=True, eq=False)
class Question:
    """A question as it is asked on a certain day; ``known`` also holds codes that can no longer be chosen.

    One object for a version and a day, so it is told from others by being another object.
    """

    id: UUID
    concept: str
    code: str
    unit: str
    section: str
    row: int
    kind: str
    list_code: str
    options: tuple[Option, ...]
    known: frozenset[str]
    wording_sv: str
    wording_en: str
    hint_sv: str
    hint_en: str
    states: tuple[str, ...]
    required_at_close: bool
    core: bool
    local: bool
    more: bool
    condition: tuple[str, tuple[str, ...]] | None

    @property
    def wording(self) -> str:
        """Return the wording in the active language."""
        return in_active_language(self.wording_sv, self.wording_en)

    @property
    def hint(self) -> str:
        """Return the hint in the active language."""
        return in_active_language(self.hint_sv, self.hint_en)

    @property
    def is_multiple(self) -> bool:
        """Say whether several answers may be given."""
        return self.kind == "multiple"

    @property
    def state_options(self) -> tuple[Option, ...]:
        """Return the states that are offered as answers, numbered after the options."""
        first = len(self.options) + 1
        return tuple(
            Option(state, "", "", digit=digit(number), is_state=True)
            for number, state in enumerate(self.states, start=first)
        )

    @property
    def choices(self) -> tuple[Option, ...]:
        """Return everything that can be chosen, in the order of the digits."""
        return self.options + self.state_options

    def label(self, value: str) -> str:
        """Return the label of an answer, closed codes and states included."""
        if value in STATES:
            return str(STATES[value])
        return vocabulary.label(self.list_code, value)


@dataclass(frozen=True)
class Section:
    """A heading with its questions."""

    code: str
    title_sv: str
    title_en: str
    questions: tuple[Question, ...] = ()

    @property
    def title(self) -> str:
        """Return the heading in the active language."""
        return in_active_language(self.title_sv, self.title_en)

    @property
    def unit(self) -> str:
        """Return what the section's questions are about."""
        return self.questions[0].unit if self.questions else "contact"

    @property
    def lines(self) -> tuple[tuple[Question, ...], ...]:
        """Return the questions that are always shown, those of one line together."""
        return _lines(question for question in self.questions if not question.more)

    @property
    def more_lines(self) -> tuple[tuple[Question, ...], ...]:
        """Return the questions under "Fler frågor", those of one line together."""
        return _lines(question for question in self.questions if question.more)


@dataclass(frozen=True)
class Instrument:
    """A version of a question set as it is asked on a certain day."""

    code: str
    title_sv: str
    title_en: str
    version_id: UUID
    version: int
    reminder_sv: str
    reminder_en: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]

    @property
    def title(self) -> str:
        """Return the title in the active language."""
        return in_active_language(self.title_sv, self.title_en)

    @property
    def reminder(self) -> str:
        """Return what the adviser reads first, in the active language."""
        return in_active_language(self.reminder_sv, self.reminder_en)

    def question(self, code: str) -> Question:
        """Return the question with this code; raise KeyError if the version has none."""
        for question in self.questions:
            if question.code == code:
                return question
        raise KeyError(code)

    def about(self, unit: str) -> tuple[Question, ...]:
        """Return the questions about this unit: contact, matter or person."""
        return tuple(question for question in self.questions if question.unit == unit)


@dataclass(frozen=True)
class Item:
    """One line of a checklist."""

    code: str
    text_sv: str
    text_en: str

    @property
    def text(self) -> str:
        """Return the text in the active language."""
        return in_active_language(self.text_sv, self.text_en)


@dataclass(frozen=True)
class Template:
    """A version of a call template; no sector means every sector, no situations every main concern.

    With an adaptation it is a variant, whose lines and minutes are added to those of the template that fits.
    """

    code: str
    version_id: UUID
    version: int
    title_sv: str
    title_en: str
    sector: str | None
    situations: tuple[str, ...]
    contact_kind: str | None
    adaptation: str | None
    standard_minutes: int
    ask: tuple[Item, ...]
    inform: tuple[Item, ...]
    law: tuple[law.LawReference, ...]

    @property
    def title(self) -> str:
        """Return the title in the active language."""
        return in_active_language(self.title_sv, self.title_en)

    @property
    def applies_to(self) -> str:
        """Return for whom it is, in words."""
        return applies_to(vars(self))

    @property
    def situation(self) -> str | None:
        """Return the first main concern that the template is made for, if it is made for any."""
        return self.situations[0] if self.situations else None


def digit(number: int) -> str:
    """Return the key that picks the option at this place, or nothing where there are too many."""
    return str(number) if number <= LAST_DIGIT else ""


def _lines(questions: Iterable[Question]) -> tuple[tuple[Question, ...], ...]:
    return tuple(tuple(line) for _row, line in groupby(questions, key=lambda question: question.row))
