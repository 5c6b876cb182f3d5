"""A table as a form of numbers, and what was written in it as the same file that a system would send."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from samsyn.deliveries.checking.formats import STATUSES, TableFormat
from samsyn.deliveries.checking.offline import as_csv
from samsyn.vocabulary.queries import STATES


@dataclass(frozen=True)
class Box:
    """One cell to write in."""

    name: str
    value: str
    label: str
    problem: str


@dataclass(frozen=True)
class Answer:
    """One row of the form."""

    label: str
    boxes: tuple[Box, ...]
    is_state: bool


@dataclass(frozen=True)
class Section:
    """One variable."""

    code: str
    label: str
    is_multiple: bool
    answers: tuple[Answer, ...]


def columns(form: TableFormat) -> list[str]:
    """Return the heads of the columns."""
    return [" · ".join(one.label_sv for one in items) for items in product(*(b.codes for b in form.breakdowns))]


def sections(form: TableFormat, posted: Mapping[str, str], problems: Mapping[int, str]) -> list[Section]:
    """Return the form's rows with what was written in them."""
    heads = columns(form)
    found = []
    for variable in form.variables:
        labels = {one.code: one.label_sv for one in variable.codes}
        answers = []
        for answer in variable.answers:
            label = labels.get(answer) or str(STATES[answer])
            first = form.places[variable.code][answer]
            boxes = tuple(
                Box(
                    name=f"c{first + at}",
                    value=posted.get(f"c{first + at}", "")[:20],
                    label=f"{variable.label_sv}, {label}, {head}",
                    problem=problems.get(first + at, ""),
                )
                for at, head in enumerate(heads)
            )
            answers.append(Answer(label, boxes, answer not in labels))
        found.append(Section(variable.code, variable.label_sv, variable.is_multiple, tuple(answers)))
    return found


def as_file(form: TableFormat, posted: Mapping[str, str], *, organisation: str, period: str) -> io.BytesIO:
    """Return what was written as a delivered file: a number, or a status in words where there is none."""
    rows = []
    for at, key in enumerate(form.each_cell()):
        value = " ".join(posted.get(f"c{at}", "").split())[:40].replace(";", ",").replace('"', "'")
        is_status = value.casefold() in STATUSES and STATUSES[value.casefold()] not in {"A", "E"}
        count, status = ("", value.casefold()) if is_status else (value, "normal")
        rows.append([organisation, period, form.name, form.table, *key, count, status])
    return io.BytesIO(as_csv(form, rows))
