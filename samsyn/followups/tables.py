"""Counted answers as tables of the interface: shares where five or more answered, a mark where something is hidden."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from samsyn.followups.queries import Result
from samsyn.privacy.few import Shown
from samsyn.ui.components import Cell, Column, Row, Table


def direct(results: Sequence[Result]) -> Table:
    """Return one table: a row for each question, a column for each answer."""
    options = results[0].question.options
    return Table(
        caption=_("Så svarade de som ringde, procent"),
        columns=(Column(label=""), *(Column(label=option.label) for option in options), Column(label=_("Svar"))),
        rows=tuple(
            Row(
                head=one.question.wording,
                cells=(*(share(one.shown[0], option.value) for option in options), total(one.shown[0])),
            )
            for one in results
        ),
        look="grid",
        notes=(_("▪ Döljs: färre än fem, eller så att ingen annan siffra kan ge dem."),),
    )


def effect(result: Result) -> Table:
    """Return one question's table: a row for each answer, a column for each time after the call."""
    return Table(
        caption=result.question.wording,
        columns=(Column(label=""), *(Column(label=months(int(month))) for month in result.columns)),
        rows=(
            *(
                Row(head=option.label, cells=tuple(share(one, option.value) for one in result.shown))
                for option in result.question.options
            ),
            Row(head=_("Svar"), cells=tuple(total(one) for one in result.shown), is_sum=True),
        ),
        look="grid",
    )


def months(number: int) -> str:
    """Return how long after the call, in words."""
    return _("efter 1 månad") if number == 1 else _("efter %(number)s månader") % {"number": number}


def share(shown: Shown, code: str) -> Cell:
    """Return a share in per cent, or the mark of what is hidden."""
    found = shown.share(code)
    return Cell(text=str(found)) if found is not None else hidden()


def total(shown: Shown) -> Cell:
    """Return how many answered, or the mark where they are too few."""
    return Cell(text=str(shown.total)) if shown.total is not None else hidden()


def hidden() -> Cell:
    """Return the mark of what is hidden, with its reason for who can't see it."""
    return Cell(text="▪", mark="hidden", reason=_("Döljs: för få"))
