"""Pages of delivered figures: for an organisation its own, as a page and as a PDF; for those who watch the nation's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from samsyn.deliveries import packages
from samsyn.deliveries import queries as deliveries
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.statistics import pdf
from samsyn.statistics.delivered import line as support_line
from samsyn.statistics.delivered import own as figures
from samsyn.statistics.delivered.asking import Asking
from samsyn.statistics.delivered.comparing import Compared
from samsyn.statistics.delivered.compiling import BROKEN, HIDDEN, OUTSIDE
from samsyn.statistics.delivered.described import Described, described
from samsyn.statistics.delivered.indicators import Amount
from samsyn.statistics.delivered.own import Answer, Line, OwnFigures, OwnTable
from samsyn.statistics.exports import HIDDEN as NO_NUMBER
from samsyn.ui import numbers
from samsyn.ui.components import Tab

# As many systems as a table has room for, those that most have.
MOST_SYSTEMS = 8


@dataclass(frozen=True)
class Table:
    """A table in words, for the page and for the PDF: what heads the rows and the columns, and each row's cells."""

    caption: str
    row_head: str
    heads: list[str]
    rows: list[tuple[str, list[str]]]


def _own(request: StaffRequest) -> OwnFigures:
    """Return the figures with the year that was asked for; raise Http404 for one of which there are none."""
    sender = deliveries.deliverer_of(request.actor)
    asked = request.GET.get("year", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) == len("2026")):
        raise Http404
    try:
        name, today = deliveries.name_of(sender.deliverer_id), localdate(request.received_at)
        return figures.own_figures(sender.code, name, today=today, year=int(asked or 0))
    except LookupError as missing:
        raise Http404 from missing


def _sign(lack: str) -> str:
    """Return what stands where a figure is not the whole; "" where it is."""
    return {"": "", BROKEN: _("bryts"), HIDDEN: NO_NUMBER, OUTSIDE: numbers.MISSING}[lack]


def _notes() -> list[str]:
    return [
        _(
            "Två punkter betyder att ett av era tal är dolt eller saknas, eller att för få andra har lämnat hela siffror."
        ),
        _("Bryts betyder att frågan ändrades så att året inte kan jämföras med de andra."),
        _("Streck: inget är lämnat, ingen är tillfrågad, frågan gäller inte er eller indikatorn räknas inte för året."),
    ]


def _answer_cells(one: Answer) -> list[str]:
    return [_sign(lack) or numbers.number(count) for count, lack in zip(one.counts, one.lacks, strict=True)]


def _share(one: Amount | None) -> str:
    if one is None or one.share is None:
        return numbers.MISSING
    return numbers.percent(one.share)


def _with_uncertainty(share: float | None, interval: tuple[float, float] | None) -> str:
    """Write a share with its interval: 51 % (44–58)."""
    if share is None or interval is None:
        return numbers.MISSING
    low, high = (numbers.decimal(end, 0) for end in interval)
    return f"{numbers.percent(share)} ({low}{numbers.EN_DASH}{high})"


def _not_asked(one: Amount | None) -> str:
    if one is None or not one.units:
        return numbers.MISSING
    return numbers.percent(min(100.0, 100 * one.not_asked / one.units))


def _of_others(one: Compared | None) -> str:
    """Return the others' share with its interval."""
    if one is None:
        return numbers.MISSING
    return NO_NUMBER if one.hidden else _with_uncertainty(one.share, one.interval)


def _not_asked_of_others(one: Compared | None) -> str:
    if one is None:
        return numbers.MISSING
    return NO_NUMBER if one.hidden else numbers.percent(one.not_asked)


def _own_not_asked(line: Line) -> list[str]:
    """Return by year how many were not asked."""
    lacks = zip(line.lacks, line.lacks_beside, line.own, strict=True)
    return [_sign(lack) or _sign(beside) or _not_asked(one) for lack, beside, one in lacks]


def _over_time(found: OwnFigures, table: OwnTable) -> list[Table]:
    """Return every year: the own shares and how many the chosen one is made of, who was not asked, and the others' shares."""
    years = [str(year) for year in found.years]
    shares = []
    for line in table.lines:
        own = [_sign(lack) or _share(one) for lack, one in zip(line.lacks, line.own, strict=True)]
        chosen = line.own[line.at]
        asked = numbers.number(chosen.denominator if chosen else None)
        shares.append((line.title, [*own, _sign(line.lacks[line.at]) or asked]))
    heads = [_("Ni %(year)s") % {"year": year} for year in years]
    heads.append(_("Underlag %(year)s") % {"year": found.year})
    tables = [Table(_("Era andelar över tid"), _("Indikator"), heads, shares)]
    if len(years) == 1:
        return tables
    skipped = [(line.title, _own_not_asked(line)) for line in table.lines]
    county, like, country = (
        [(line.title, [_of_others(one) for one in getattr(line, group)]) for line in table.lines]
        for group in ("county", "like", "country")
    )
    beside = (
        (_("Inte frågade hos er över tid"), skipped),
        (_("Länet över tid"), county),
        (_("De som liknar er över tid"), like),
        (_("Landet över tid"), country),
    )
    return [*tables, *(Table(caption, _("Indikator"), years, rows) for caption, rows in beside)]


def _beside(found: OwnFigures, table: OwnTable) -> list[Table]:
    """Return the chosen year beside the others: the shares, and how many were not asked."""
    shares, skipped = [], []
    for line in table.lines:
        others = [group[line.at] for group in (line.county, line.like, line.country)]
        chosen = line.own[line.at]
        own = _with_uncertainty(chosen.share, chosen.interval) if chosen else numbers.MISSING
        shares.append((line.title, [_sign(line.lacks[line.at]) or own, *map(_of_others, others)]))
        skipped.append((line.title, [_own_not_asked(line)[line.at], *map(_not_asked_of_others, others)]))
    year, who = {"year": found.year}, [_("Ni"), _("Länet"), _("Som ni"), _("Landet")]
    return [
        Table(_("Bredvid de andra, %(year)s, med osäkerhet") % year, _("Indikator"), who, shares),
        Table(_("Inte frågade, %(year)s") % year, _("Indikator"), who, skipped),
    ]


def _answers(found: OwnFigures, title: str, answers: Sequence[Answer]) -> Table:
    rows = [(one.label, _answer_cells(one)) for one in answers]
    return Table(title, _("Svar"), [str(year) for year in found.years], rows)


def _tables(found: OwnFigures, table: OwnTable) -> list[Table]:
    answers = [_answers(found, title, rows) for title, rows in table.answers]
    return [*_over_time(found, table), *_beside(found, table), *answers]


def _who_asks(found: OwnFigures) -> Table:
    """Return the register of systems in the chosen year: who has the questions where, since when, and who delivered."""
    systems = sum((Counter(one.systems) for one in found.asking), Counter[str]()).most_common(MOST_SYSTEMS)
    rows = [
        (_("Har frågorna i ett system"), [numbers.number(one.who) for one in found.asking]),
        (_("Av dem började under året"), [numbers.number(one.began) for one in found.asking]),
        (_("Av dem har lämnat siffror för året"), [numbers.number(one.delivered) for one in found.asking]),
        (_("Första dagen"), [_first_day(one) for one in found.asking]),
        *((name, [numbers.number(one.systems.get(name, 0)) for one in found.asking]) for name, _number in systems),
    ]
    heads = [_("Ni"), _("Andra i länet"), _("Andra i landet")]
    return Table(
        _("Vem som frågade, i vilka system, %(year)s") % {"year": found.year}, _("Antal kommuner"), heads, rows
    )


def _first_day(one: Asking) -> str:
    return numbers.MISSING if one.first_on is None else numbers.short_date(one.first_on)


def _sections(found: OwnFigures) -> list[tuple[str, list[Table]]]:
    """Return all tables under their titles; none where nothing has been accepted."""
    if not found.years:
        return []
    return [
        *((table.title, _tables(found, table)) for table in found.tables),
        (_("Kommuner med frågorna i ett system"), [_who_asks(found)]),
    ]


def _warnings() -> list[str]:
    return [
        _("Siffrorna visar dem som ni har sett. Hur många som är utsatta i kommunen säger de inget om."),
        _("En ändring kan bero på att fler frågades, att det frågades på ett annat sätt eller att andra frågade."),
        _("Jämför bara om andelen som inte frågats är ungefär lika stor."),
        _("Intervallet i parentes (95 procent) visar vad slumpen kan göra, hos de andra också vad bruset gör."),
        _("Att kommuner arbetar olika ingår inte i intervallet: en skillnad kan bero på det."),
        _(
            "Länet, de som liknar er och landet är de andra utan er, med ett litet brus, och visas bara om minst tre lämnat."
        ),
    ]


def _indicators() -> list[Described]:
    return described(packages.versions(figures.PACKAGE)[0])


@requires(Permission.DELIVER)
@require_GET
def own(request: StaffRequest) -> HttpResponse:
    """Show the organisation's own figures over time, and a year of them beside those of the others."""
    found = _own(request)
    context = {
        "found": found,
        "years": [
            Tab(label=str(year), url=f"?year={year}", current=year == found.year) for year in reversed(found.years)
        ],
        "sections": _sections(found),
        "indicators": _indicators(),
        "warnings": _warnings(),
        "notes": _notes(),
    }
    return render(request, "delivered/own.html", context)


@requires(Permission.DELIVER)
@require_GET
def own_pdf(request: StaffRequest) -> HttpResponse:
    """Hand the same out as a PDF for a manager."""
    found = _own(request)
    title = _("Uppföljning: %(name)s") % {"name": found.name}
    made_on = numbers.long_date(request.received_at)
    is_english = get_language() == "en"
    data: dict[str, Any] = {
        "language": "en" if is_english else "sv",
        "region": "GB" if is_english else "SE",
        "author": pdf.AUTHOR,
        "title": title,
        "document_title": title,
        "description": title,
        "subtitle": _("Egna siffror bredvid länet, dem som liknar er och landet"),
        "running": title,
        "period": ", ".join(str(year) for year in found.years) or numbers.MISSING,
        "status": _("egna siffror, inte publicerade"),
        "is_final": False,
        "revision_title": "",
        "revision_note": "",
        "meta": [{"name": _("Framställd"), "value": made_on}],
        "contents": "",
        "tables": [_as_pdf(one, title) for title, tables in _sections(found) for one in tables],
        "closing": [
            {"title": _("Läs så här"), "paragraphs": [*_warnings(), *_notes()]},
            {"title": _("Så räknas indikatorerna"), "paragraphs": [one.sentence() for one in _indicators()]},
        ],
    }
    content = pdf.compiled(data, frozen_at=request.received_at.isoformat())
    headers = {"Content-Disposition": 'attachment; filename="egna-siffror.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _as_pdf(one: Table, counted: str) -> dict[str, Any]:
    return {
        "headline": "",
        "caption": one.caption,
        "counted": _("Räknas: %(what)s") % {"what": counted},
        "head": [one.row_head, *one.heads],
        "rows": [{"label": label, "note": "", "is_sum": False, "cells": cells} for label, cells in one.rows],
        "notes": [],
    }


@requires(Permission.SEE_DELIVERIES)
@require_GET
def nation(request: StaffRequest) -> HttpResponse:
    """Show the yearly compilation, the indicators of the country, and where which methods are used."""
    found = figures.nation(today=localdate(request.received_at))
    context = {**found, "indicators": _indicators(), "lines": support_line.handed_over()}
    return render(request, "delivered/nation.html", context)
