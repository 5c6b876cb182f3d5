"""What is to come and what has come out: the release calendar, as a page and as a file, and the next date elsewhere."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from samsyn.people.access import open_to_everyone
from samsyn.statistics import icalendar, queries, shown
from samsyn.statistics import timetable as plan
from samsyn.statistics.editions import Edition
from samsyn.statistics.periods import PeriodKind
from samsyn.statistics.views.pages import KEPT, page, url
from samsyn.ui import numbers


@dataclass(frozen=True)
class Dates:
    """What is to come, the next first, and the latest edition of each quarter, and of each year, that is public."""

    coming: list[plan.Coming]
    latest: dict[str, int]
    years: dict[str, int]
    coming_years: dict[str, datetime]
    """The years of delivered figures for which a time is set."""

    @property
    def next(self) -> plan.Coming:
        """Return the next one: where a report is late and nothing is decided, that is the late one."""
        first = self.coming[0]
        following = next((one for one in self.coming if not one.is_late), first)
        return following if following.is_decided else first

    @property
    def mark(self) -> str:
        """Return what changes with every publication, and when the next date does."""
        editions = "".join(f"{name}.{number}" for name, number in sorted({**self.latest, **self.years}.items()))
        return hashlib.sha256(f"{editions} {_mark(self.next)}".encode()).hexdigest()[:24]

    @property
    def whole_mark(self) -> str:
        """Return what changes in a page that tells all dates when one of them does."""
        of_years = (f"{year}{at:%Y%m%d%H%M}" for year, at in sorted(self.coming_years.items()))
        return "-".join((*(_mark(one) for one in self.coming), *of_years))

    @property
    def next_told(self) -> str:
        """Write the next date, as a page tells it beside the freeze date."""
        return _("försenad") if self.next.is_late else numbers.short_date(self.next.at)


def _mark(one: plan.Coming) -> str:
    return f"{one.quarter}{one.at:%Y%m%d%H%M}{one.is_decided:d}{one.is_correction:d}{one.is_late:d}"


def dates(now: datetime) -> Dates:
    """Return the dates as the public may know them now: one query."""
    found = queries.release_dates()
    published = {quarter: at for quarter, (_revision, at) in found.published.items()}
    coming = plan.coming(published=published, decided=found.decided, now=now)
    latest = {str(quarter): revision for quarter, (revision, _at) in found.published.items()}
    return Dates(coming, latest, found.years, found.decided_years)


def _standing(one: plan.Coming) -> str:
    if one.is_late:
        return _("försenad, ny tid meddelas")
    return _("beslutad") if one.is_decided else _("planerad")


@open_to_everyone
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show which reports are to come and when, and which came out when."""
    now: datetime = request.received_at  # type: ignore[attr-defined]
    found = dates(now)
    context = {
        "coming": [
            {
                "title": title_of(str(one.quarter), is_correction=one.is_correction),
                "at": one.at,
                "standing": _standing(one),
                "tone": "attention" if one.is_late else "good" if one.is_decided else "",
            }
            for one in found.coming
        ]
        + [
            {"title": _title_of_year(year, found), "at": at, "standing": _("beslutad"), "tone": "good"}
            for year, at in sorted(found.coming_years.items())
        ],
        "published": [
            {
                "title": shown.report_title(str(one.quarter), kind),
                "url": edition_url(one, found, kind),
                "revision": one.number - 1,
                "note": one.note,
                "at": one.published_at,
            }
            for one, kind in sorted(_published(), key=lambda one: one[0].published_at, reverse=True)
        ],
        "rule": plan.rules()[-1],
        "file_url": url("calendar_file"),
        "quality_url": url("quality"),
    }
    return page(
        request, "figures/calendar.html", "start", context, mark=f"calendar-{queries.edition_mark()}-{found.whole_mark}"
    )


def title_of(quarter: str, *, is_correction: bool) -> str:
    """Name a report to come."""
    return _corrected(shown.quarter_title(quarter), is_correction=is_correction)


def _title_of_year(year: str, found: Dates) -> str:
    return _corrected(shown.report_title(f"{year}-q4", PeriodKind.YEAR), is_correction=year in found.years)


def _corrected(title: str, *, is_correction: bool) -> str:
    return _("%(title)s, rättad") % {"title": title} if is_correction else title


def _published() -> list[tuple[Edition, str]]:
    """Return every edition of the quarters' reports and of the delivered years, with its kind of period."""
    quarters = [(one, PeriodKind.QUARTER.value) for one in queries.report_editions()]
    return quarters + [(one, PeriodKind.YEAR.value) for one in queries.report_editions(of_years=True)]


def edition_url(one: Edition, found: Dates, kind: str) -> str:
    """Return the address of an edition of a report: of the latest the report's own."""
    quarter = str(one.quarter)
    latest = found.years.get(quarter[:4], -1) if kind == PeriodKind.YEAR else found.latest.get(quarter, -1)
    if one.number == latest + 1:
        return url("report", quarter, kind)
    return url("report_edition", quarter, kind, one.number)


@open_to_everyone
@require_safe
def calendar_file(request: HttpRequest) -> HttpResponse:
    """Hand out the same as an iCalendar file; an event keeps its name when it is moved, decided and published."""
    now: datetime = request.received_at  # type: ignore[attr-defined]
    found, language = dates(now), get_language() or "sv"
    base = f"{request.scheme}://{request.get_host()}"

    def event(quarter: str, revision: int, at: datetime, title: str, path: str, *, is_certain: bool) -> icalendar.Event:
        uid = f"{quarter}-{revision}@{settings.SAMSYN_PUBLIC_HOST}"
        return icalendar.Event(uid, at, f"Samsyn: {title}", base + path, is_certain)

    events = [
        event(
            str(one.quarter.year) if kind == PeriodKind.YEAR else str(one.quarter), one.number - 1, one.published_at,
            _corrected(shown.report_title(str(one.quarter), kind), is_correction=one.number > 1),
            edition_url(one, found, kind), is_certain=True,
        )
        for one, kind in _published()
    ] + [
        event(
            year, found.years.get(year, -1) + 1, at, _title_of_year(year, found), url("calendar"), is_certain=True,
        )
        for year, at in sorted(found.coming_years.items())
    ] + [
        event(
            str(one.quarter), found.latest.get(str(one.quarter), -1) + 1, one.at,
            title_of(str(one.quarter), is_correction=one.is_correction), url("calendar"), is_certain=one.is_decided,
        )
        for one in found.coming
    ]  # fmt: skip
    # The day is when it was true: the same file all day, unless something has been published or decided.
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    content = icalendar.as_bytes(events, name=_("Samsyn: publiceringar"), language=language, made_at=today)
    etag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    answer["ETag"] = etag
    answer["Cache-Control"] = KEPT
    return answer
