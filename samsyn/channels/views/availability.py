"""How available the line was: answered, waits, missed, by hour; rounded."""

from django.http import HttpResponse
from django.shortcuts import render
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
        context["by_hour"] = Table(
            caption=_("Samtal under öppettid, efter klockslag"),
            columns=(Column(label="", numeric=False), *(Column(label=label) for label in texts.OUTCOMES.values())),
            rows=(
                *(
                    Row(head=texts.HOUR_BANDS[hour], cells=tuple(_cell(cells[code]) for code in texts.OUTCOMES))
                    for hour, cells in found.by_hour.items()
                ),
                Row(
                    head=_("Hela dagen"),
                    cells=tuple(_cell(found.outcomes[code]) for code in texts.OUTCOMES),
                    is_sum=True,
                ),
            ),
        )
        context["waits"] = Table(
            caption=_("Väntetid för dem som fick svar"),
            columns=(Column(label="", numeric=False), Column(label=_("Samtal"))),
            rows=tuple(
                Row(head=texts.WAIT_BANDS[code], cells=(_cell(figure),)) for code, figure in found.waits.items()
            ),
        )
        context["total"] = _words(found.total)
        context["out_of_hours"] = _words(found.out_of_hours)
    return render(request, "channels/availability.html", context)


def _code(period: tuple[int, int]) -> str:
    return f"{period[0]}Q{period[1]}"


def _words(figure: Figure) -> str:
    return _("färre än 5") if figure.number is None else numbers.number(figure.number)


def _cell(figure: Figure) -> Cell:
    return Cell(text=_words(figure))
