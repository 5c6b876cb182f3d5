"""What can be had: a public page that is made of the registers, so that it is never more or less than what there is."""

import hashlib
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from samsyn.deliveries import packages
from samsyn.deliveries import queries as deliveries
from samsyn.people.access import open_to_everyone
from samsyn.questions import queries as questions
from samsyn.statistics import queries, shown
from samsyn.statistics.delivered.described import described
from samsyn.statistics.delivered.own import PACKAGE
from samsyn.statistics.periods import PeriodKind
from samsyn.statistics.queries import Published
from samsyn.statistics.views.pages import page, url


@open_to_everyone
@require_safe
def available(request: HttpRequest) -> HttpResponse:
    """List what is published, what is delivered and by how many, and what is computed from it."""
    is_english = get_language() == "en"
    quarters = queries.published_quarters()
    latest = quarters[0][0] if quarters else ""
    tables = queries.published_report(latest, "quarter") if latest else []
    years = queries.published_years()
    compiled = queries.published_report(years[0][0], PeriodKind.YEAR) if years else []
    delivered = deliveries.delivered(using=queries.PUBLIC)
    formats = list(packages.formats(using=queries.PUBLIC).values())
    core = questions.decided_packages(PACKAGE, using=queries.PUBLIC)
    titles = {(one.name, one.table): one.title_en if is_english else one.title_sv for one in formats}
    asked = [one.content_hash for one in formats]
    mark = hashlib.sha256(repr((queries.edition_mark(), delivered, asked)).encode()).hexdigest()[:20]
    context = {
        "tables": _links(tables),
        "compiled": _links(compiled),
        "years": len(years),
        "quarters": len(quarters),
        "bank_url": url("question_bank"),
        "methods_url": url("methods"),
        "delivered": [(titles.get((f"{one.package}/{one.version}", one.table), one.package), one) for one in delivered],
        "formats": [
            {
                "name": f"{one.name} {one.table}",
                "title": titles[one.name, one.table],
                "variables": [v.label_en if is_english else v.label_sv for v in one.variables[1:]],
            }
            for one in formats
        ],
        "indicators": described(core[0].package) if core else [],
    }
    return page(request, "figures/available.html", "available", context, mark=f"available-{mark}")


def _links(tables: Iterable[Published]) -> list[dict[str, str]]:
    return [
        {"title": shown.text(one.document["title"]), "url": url("table", one.quarter, one.kind, one.code)}
        for one in tables
    ]
