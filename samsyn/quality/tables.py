"""A frozen report as tables of the interface and as rows of a file."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from samsyn.questions.asking import in_active_language
from samsyn.ui.components import Cell, Column, Row, Table
from samsyn.vocabulary import queries as vocabulary


def of_report(report: Mapping[str, Any]) -> tuple[Table, ...]:
    """Return a table for each question."""
    return tuple(
        Table(
            caption=in_active_language(one["wording_sv"], one["wording_en"]),
            columns=(Column(label=""), Column(label=_("Antal")), Column(label=_("Procent"))),
            rows=(
                *(Row(head=_label(row), cells=(_cell(row["count"]), _cell(row["share"]))) for row in one["rows"]),
                Row(
                    head=_("Svarade") if one["is_multiple"] else _("Frågades"),
                    cells=(_cell(one["base"]), _blank()),
                    is_sum=True,
                ),
            ),
            look="grid",
        )
        for one in report["questions"]
    )


def as_rows(report: Mapping[str, Any]) -> Iterator[list[object]]:
    """Yield the lines of the report's file, the heading first; what is hidden is empty with its status."""
    yield [_("fråga"), _("svar"), _("kod"), _("antal"), _("procent"), _("status")]
    yield [_("I urvalet"), "", "", _or_empty(report["in_sample"]), "", _status(report["in_sample"])]
    answered = report["answered"]
    yield [_("Svarade"), "", "", _or_empty(answered), _or_empty(report["share"]), _status(answered)]
    for one in report["questions"]:
        wording = in_active_language(one["wording_sv"], one["wording_en"])
        for row in one["rows"]:
            line = [wording, _label(row), row["code"], _or_empty(row["count"]), _or_empty(row["share"])]
            yield [*line, _status(row["share"])]


def file_name(number: int) -> str:
    """Return the name of a report's file: it may lie in a folder of downloads for long, and says nothing."""
    return f"{_('rapport')}-{number}.csv"


def _label(row: Mapping[str, Any]) -> str:
    return in_active_language(*row["labels"]) if row["labels"] else str(vocabulary.STATES[row["code"]])


def _cell(value: int | None) -> Cell:
    return Cell(text=str(value)) if value is not None else Cell(text="▪", mark="hidden", reason=_("Döljs: för få"))


def _blank() -> Cell:
    return Cell(text="")


def _or_empty(value: int | None) -> object:
    return "" if value is None else value


def _status(value: int | None) -> str:
    return _("döljs") if value is None else ""
