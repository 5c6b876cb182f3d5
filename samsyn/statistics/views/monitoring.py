"""The staff's pages of needs and of the service's indicators. Read only, protected, never public."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.statistics import needs as methods
from samsyn.statistics import trends
from samsyn.statistics.monitoring import definitions, series, shown
from samsyn.statistics.monitoring.definitions import Variable
from samsyn.statistics.needs import Shown
from samsyn.statistics.periods import Quarter
from samsyn.statistics.shown import text
from samsyn.ui.components import Tab

sees_needs = requires(Permission.SEE_NEEDS)
WINDOWS = {"year": 4, "quarter": 1}


def _read(last: Quarter, window: int) -> tuple[tuple[Variable, ...], tuple[Shown, ...]]:
    """Return the variables and what may be seen of all their codes."""
    variables = definitions.variables()
    every = [one for variable in variables for one in series.watched(variable, last=last)]
    readings = methods.read(every, last=last.index, window=window)
    single = {variable.code: not variable.is_multiple for variable in variables}
    return variables, methods.protect(readings, single_choice=single)


@sees_needs
@require_GET
def needs(request: StaffRequest) -> HttpResponse:
    """Show what rises, falls and is new, first in sentences and then everything that was compared."""
    kind = request.GET.get("window", "year")
    if kind not in WINDOWS:
        raise Http404
    window = WINDOWS[kind]
    last = series.last_whole_quarter(request.received_at)
    variables, seen = _read(last, window)
    by_code = {variable.code: variable for variable in variables}
    years = [str(last.year - back) for back in range(methods.YEARS, -1, -1)]
    period = (
        _("Fyra kvartal till och med kvartal %(number)s varje år") if window > 1 else _("Kvartal %(number)s varje år")
    ) % {"number": last.number}
    findings = [
        shown.finding(one, by_code[one.variable], years=years, period=period) for one in seen if one.verdict.is_finding
    ]
    untested = {methods.Verdict.TOO_FEW, methods.Verdict.NOT_COMPARABLE}
    context = {
        "last": shown.quarter_words(last),
        "running": shown.quarter_words(last.next),
        "period": period,
        "findings": findings,
        "tested": sum(one.verdict not in untested for one in seen),
        "tabs": _tabs("needs"),
        "windows": (
            Tab(label=_("Senaste fyra kvartalen"), url="?window=year", current=kind == "year"),
            Tab(label=_("Senaste kvartalet"), url="?window=quarter", current=kind == "quarter"),
        ),
        "tables": [shown.needs_table(variable, seen, with_trend=window > 1) for variable in variables],
        "rate": round(100 * methods.FALSE_DISCOVERIES),
        "trend_years": methods.TREND_QUARTERS // trends.QUARTERS,
    }
    return render(request, "needs/needs.html", context)


@sees_needs
@require_GET
def indicators(request: StaffRequest) -> HttpResponse:
    """Show the service's indicators: a table of all, then the control chart of each."""
    last = series.last_whole_quarter(request.received_at)
    found = [series.control_chart(indicator, last=last) for indicator in definitions.indicators()]
    watched = [one for one in found if one is not None]
    context = {
        "last": shown.quarter_words(last),
        "tabs": _tabs("indicators"),
        "summary": shown.summary(watched),
        "figures": [shown.figure(one, url=reverse("needs:indicator", args=[one.indicator.code])) for one in watched],
        "rules": shown.rule_lines(),
    }
    return render(request, "needs/indicators.html", context)


@sees_needs
@require_GET
def indicator(request: StaffRequest, code: str) -> HttpResponse:
    """Show one indicator: all its values as a table, beside its control chart."""
    asked = next((one for one in definitions.indicators() if one.code == code), None)
    last = series.last_whole_quarter(request.received_at)
    watching = series.control_chart(asked, last=last) if asked else None
    if watching is None:
        raise Http404
    moving = shown.moving_figure(watching)
    context = {
        "title": text(watching.indicator.title.as_json()),
        "last": shown.quarter_words(last),
        "state": shown.state(watching),
        "table": shown.values_table(watching),
        "figures": [shown.figure(watching), *([moving] if moving else [])],
        "rules": shown.rule_lines(),
    }
    return render(request, "needs/indicator.html", context)


def _tabs(current: str) -> tuple[Tab, ...]:
    labels = (("needs", _("Behov och mönster")), ("indicators", _("Tjänstens indikatorer")))
    return tuple(Tab(label=label, url=reverse(f"needs:{name}"), current=name == current) for name, label in labels)
