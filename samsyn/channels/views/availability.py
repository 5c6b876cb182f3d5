"""How available the line was: answered, waits, missed, by hour; rounded."""

from collections.abc import Mapping, Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from samsyn.channels import queries, texts
from samsyn.channels.figures import Figure
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.ui import numbers
from samsyn.ui.components import Cell, Column, Row, Table


@requires(Permission.SEE_NEEDS)
@require_GET
def availability(request: StaffRequest) -> HttpResponse:
    """Show a quarter, the latest where none is asked for."""
    periods = queries.periods()
    asked = request.GET.get("period", "")
    chosen = next((period for period in periods if _code(period) == asked), periods[0] if periods else None)
    context: dict[str, object] = {"periods": [(_code(period), period) for period in periods], "chosen": chosen}
    if chosen:
        found = queries.availability(year=chosen[0], quarter=chosen[1])
        context["by_channel"] = _by_outcome(
            _("Under öppettid, efter kanal"), [(texts.CHANNELS[code], cells) for code, cells in found.channels.items()]
        )
        context["by_hour"] = _by_outcome(
            _("Samtal och chattar under öppettid, efter klockslag"),
            [(texts.HOUR_BANDS[hour], cells) for hour, cells in found.by_hour.items()],
            (_("Hela dagen"), found.outcomes),
        )
        context["waits"] = _waits(_("Väntetid för samtal och chattar som fick svar"), texts.WAIT_BANDS, found.waits)
        context["mailbox_waits"] = _waits(_("Tid till svar i brevlådan"), texts.MAILBOX_WAIT_BANDS, found.mailbox_waits)
        context["total"] = _words(found.total)
        context["out_of_hours"] = _words(found.out_of_hours)
    return render(request, "channels/availability.html", context)


Cells = Mapping[str, Figure]


def _by_outcome(
    caption: str, rows: Sequence[tuple[str | Promise, Cells]], total: tuple[str, Cells] | None = None
) -> Table:
    """Return a table with the outcomes as columns."""

    def row(head: str | Promise, cells: Cells, *, is_sum: bool = False) -> Row:
        return Row(head=head, cells=tuple(_cell(cells[code]) for code in texts.OUTCOMES), is_sum=is_sum)

    return Table(
        caption=caption,
        columns=(Column(label="", numeric=False), *(Column(label=label) for label in texts.OUTCOMES.values())),
        rows=(*(row(*one) for one in rows), *([row(*total, is_sum=True)] if total else [])),
    )


def _waits(caption: str, labels: Mapping[str, Promise], figures: Mapping[str, Figure]) -> Table:
    return Table(
        caption=caption,
        columns=(Column(label="", numeric=False), Column(label=_("Antal"))),
        rows=tuple(Row(head=labels[code], cells=(_cell(figure),)) for code, figure in figures.items()),
    )


def _code(period: tuple[int, int]) -> str:
    return f"{period[0]}Q{period[1]}"


def _words(figure: Figure) -> str:
    return _("färre än 5") if figure.number is None else numbers.number(figure.number)


def _cell(figure: Figure) -> Cell:
    return Cell(text=_words(figure))
