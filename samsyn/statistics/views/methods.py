"""The map of methods as the public reads it: what organisations have answered in the latest closed round of the survey.

Named is who answered that they use a tool, and nobody else: so a county, which may have one municipality, shows no other
answer. For whom, since when and how many are trained is counted for the country, of three organisations at least. Who
didn't answer is counted from delivered figures, as a sum, where there are enough of them.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from samsyn.deliveries.survey import answers
from samsyn.deliveries.survey import queries as survey
from samsyn.deliveries.survey.actions import LEAST
from samsyn.people.access import open_to_everyone
from samsyn.questions.exchange.package import Package, Text, Variable
from samsyn.questions.exchange.words import NOTHING
from samsyn.statistics import queries
from samsyn.statistics.views.pages import page, url
from samsyn.ui import maps, numbers
from samsyn.ui.svg import Standing, Value
from samsyn.vocabulary import queries as vocabulary

NAME = "methods"
BOUNDS = (25.0, 50.0, 75.0)


def _said(text: Text) -> str:
    return text.en if get_language() == "en" else text.sv


def _mark(found: survey.ClosedRound | None) -> str:
    return hashlib.sha256(repr(found).encode()).hexdigest()[:24]


def _facts(found: survey.ClosedRound) -> dict[str, Any]:
    asked = len(found.replies)
    answered = sum(said is not None for _name, _county, said in found.replies)
    return {
        "year": found.year,
        "asked": asked,
        "answered": answered,
        "share": 100 * answered / asked if asked else None,
        "opened_at": found.opened_at,
        "closed_at": found.closed_at,
        "delivering": found.from_figures["organisations"],
    }


@open_to_everyone
@require_safe
def methods(request: HttpRequest) -> HttpResponse:
    """Show for each method how many of those who were asked use it."""
    found = survey.latest_closed(using=queries.PUBLIC)
    context: dict[str, Any] = {"found": None}
    if found is not None:
        replies = [said for _name, _county, said in found.replies]
        rows = []
        for one in answers.tools(found.package):
            tool = answers.tool_of(one)
            figures = found.from_figures[tool]
            rows.append(
                {
                    "label": _said(one.label),
                    "url": url("method", tool),
                    "tally": answers.tally(tool, replies),
                    "from_figures": numbers.number(figures) if figures is not None else _("döljs"),
                }
            )
        context = {"found": _facts(found), "rows": rows}
    return page(request, "figures/methods.html", NAME, context, mark=f"{NAME}-{_mark(found)}")


@open_to_everyone
@require_safe
def method(request: HttpRequest, tool: str) -> HttpResponse:
    """Show where a method is used, by whom, for whom and since when."""
    found = survey.latest_closed(using=queries.PUBLIC)
    one = next((v for v in answers.tools(found.package) if answers.tool_of(v) == tool), None) if found else None
    if found is None or one is None:
        raise Http404(_("Metoden finns inte i den senaste enkäten."))
    counties = _counties(found, tool)
    users = [said for _name, _county, said in found.replies if said is not None and answers.uses(tool, said)]
    context = {
        "found": _facts(found),
        "label": _said(one.label),
        "methods_url": url("methods"),
        "counties": counties,
        "map": _map(_said(one.label), counties),
        "details": [_detail(found.package, v, users) for v in _hanging_on(found.package, one)]
        if len(users) >= LEAST
        else [],
        "users": [name for name, _county, said in found.replies if answers.uses(tool, said)],
    }
    return page(request, "figures/method.html", NAME, context, mark=f"{NAME}-{tool}-{_mark(found)}")


def _hanging_on(package: Package, one: Variable) -> list[Variable]:
    return [v for v in package.variables if v.condition is not None and v.condition.variable == one.code]


def _counties(found: survey.ClosedRound, tool: str) -> list[dict[str, Any]]:
    labels = vocabulary.labels("county")
    by_county: dict[str, list[answers.Answers | None]] = {}
    for _name, county, said in found.replies:
        by_county.setdefault(county, []).append(said)
    return [
        {"code": county, "label": labels.get(county, _("Utan län")), "tally": answers.tally(tool, replies)}
        for county, replies in sorted(by_county.items())
    ]


def _map(label: str, counties: Sequence[dict[str, Any]]) -> str:
    values = {}
    for row in counties:
        share = row["tally"].share
        values[row["code"]] = Value(share, Standing.MISSING if share is None else Standing.FINAL)
    return maps.county_map(
        maps.CountyMap(
            name="methods",
            title=label,
            description=_("Andel av de tillfrågade som svarat att de använder den"),
            values=values,
            county_names={row["code"]: row["label"] for row in counties},
            bounds=BOUNDS,
        )
    )


def _detail(package: Package, variable: Variable, users: Sequence[answers.Answers]) -> dict[str, Any]:
    listed = package.list_of(variable)
    labels = [*(_said(code.label) for code in listed.codes), *(_said(NOTHING[reason]) for reason in variable.nothing)]
    counts = answers.counted(variable, listed.values, users)
    return {
        "label": _said(variable.label),
        "is_multiple": variable.is_multiple,
        "rows": list(zip([*labels, _("Frågan tom")], counts, strict=True)),
    }
