"""The quality declaration: what the figures are good for, told under the headings of the European Statistics Code of Practice."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from samsyn.people.access import open_to_everyone
from samsyn.statistics import editions, queries, shown, timetable
from samsyn.statistics.definitions.loader import standard_report
from samsyn.statistics.definitions.model import UNITS, Definition
from samsyn.statistics.definitions.of_deliveries import delivered_report
from samsyn.statistics.periods import PeriodKind
from samsyn.statistics.views.pages import page, url


@open_to_everyone
@require_safe
def declaration(request: HttpRequest) -> HttpResponse:
    """Declare purpose, accuracy, timeliness, comparability and protection, with every edition that there has been."""
    found = queries.report_editions()
    latest: dict[str, int] = {}
    for one in found:
        latest[str(one.quarter)] = max(one.number, latest.get(str(one.quarter), 0))
    standard = standard_report()
    context = {
        "purpose_not": shown.text(standard.cannot_be_used_for.as_json()),
        "definitions": [
            {
                "code": one.code,
                "title": shown.text(one.title.as_json()),
                "unit": shown.text(UNITS[one.unit].many.as_json()),
                "version": one.version,
            }
            for one in standard.definitions
        ],
        "breaks": [told for one in standard.definitions for told in _breaks(one)],
        "definitions_url": url("definitions"),
        "calendar_url": url("calendar"),
        "history_url": url("history"),
        "programs_url": url("programs"),
        "accessibility_url": url("accessibility"),
        "threshold": max(one.threshold for one in standard.definitions),
        "times": [
            {
                "title": shown.quarter_title(str(one.quarter)),
                "ended": one.quarter.last_day,
                "planned": timetable.planned(one.quarter),
                "edition": one,
            }
            for one in editions.first_whole(found)
        ],
        "usual": editions.usual_days(found),
        "years": [
            {
                "title": shown.report_title(one.quarter, one.kind),
                "url": url("report", one.quarter, one.kind),
                "notes": shown.notes(one.document),
            }
            for quarter, _revision, _at in queries.published_years()
            for one in queries.published_report(quarter, PeriodKind.YEAR)[:1]
        ],
        "delivered_not": shown.text(delivered_report().cannot_be_used_for.as_json()),
        "editions": [
            {
                "title": shown.quarter_title(str(one.quarter)),
                "edition": one,
                "url": url("report_edition", str(one.quarter), PeriodKind.QUARTER.value, one.number),
                "is_latest": one.number == latest[str(one.quarter)],
            }
            for one in found
        ],
    }
    versions = sum(one.version for one in standard.definitions)
    mark = f"quality-3-{standard.version}-{versions}-{queries.edition_mark()}"
    return page(request, "figures/quality.html", "about", context, mark=mark)


def _breaks(one: Definition) -> Iterator[tuple[str, str, str]]:
    """Yield where a definition's series breaks, or begins later than the others: title, quarter and note."""
    turns = [(gap.before, gap.note) for gap in one.breaks]
    turns += [(valid.valid_from, valid.note) for valid in one.validity.values()]
    for quarter, note in sorted(turns, key=lambda turn: turn[0]):
        yield shown.text(one.title.as_json()), shown.quarter_title(str(quarter)), shown.text(note.as_json())
