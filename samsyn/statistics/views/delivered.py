"""Pages of delivered figures: for an organisation its own, as a page and as a PDF; for those who watch the nation's."""

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
from samsyn.statistics.delivered.comparing import Compared
from samsyn.statistics.delivered.compiling import BROKEN, HIDDEN, OUTSIDE
from samsyn.statistics.delivered.described import Described, described
from samsyn.statistics.delivered.indicators import Amount
from samsyn.statistics.delivered.own import Answer, OwnFigures, OwnTable
from samsyn.statistics.exports import HIDDEN as NO_NUMBER
from samsyn.ui import numbers
from samsyn.ui.components import Tab


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
        return figures.own_figures(sender.code, deliveries.name_of(sender.deliverer_id), year=int(asked or 0))
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


def _of_others(one: Compared, words: str) -> str:
    return NO_NUMBER if one.hidden else words


def _over_time(found: OwnFigures, table: OwnTable) -> Table:
    """Return the own shares of every year, and of how many the chosen one is made."""
    rows = []
    for line in table.lines:
        own = [_sign(lack) or _share(one) for lack, one in zip(line.lacks, line.own, strict=True)]
        asked = numbers.number(line.chosen.denominator if line.chosen else None)
        rows.append((line.title, [*own, _sign(line.lack) or asked]))
    heads = [_("Ni %(year)s") % {"year": year} for year in found.years]
    heads.append(_("Underlag %(year)s") % {"year": found.year})
    return Table(_("Era andelar över tid"), _("Indikator"), heads, rows)


def _beside(found: OwnFigures, table: OwnTable) -> list[Table]:
    """Return the chosen year beside the others: the shares, and how many were not asked."""
    shares, skipped = [], []
    for line in table.lines:
        others = (line.county, line.like, line.country)
        own = line.chosen and _with_uncertainty(line.chosen.share, line.chosen.interval)
        beside = [_of_others(one, _with_uncertainty(one.share, one.interval)) for one in others]
        shares.append((line.title, [_sign(line.lack) or own or numbers.MISSING, *beside]))
        not_asked = _sign(line.lack) or _sign(line.lack_beside) or _not_asked(line.chosen)
        beside = [_of_others(one, numbers.percent(one.not_asked)) for one in others]
        skipped.append((line.title, [not_asked, *beside]))
    chosen, who = {"year": found.year}, [_("Ni"), _("Länet"), _("Som ni"), _("Landet")]
    return [
        Table(_("Bredvid de andra, %(year)s, med osäkerhet") % chosen, _("Indikator"), who, shares),
        Table(_("Inte frågade, %(year)s") % chosen, _("Indikator"), who, skipped),
    ]


def _answers(found: OwnFigures, title: str, answers: Sequence[Answer]) -> Table:
    rows = [(one.label, _answer_cells(one)) for one in answers]
    return Table(title, _("Svar"), [str(year) for year in found.years], rows)


def _tables(found: OwnFigures, table: OwnTable) -> list[Table]:
    answers = [_answers(found, title, rows) for title, rows in table.answers]
    return [_over_time(found, table), *_beside(found, table), *answers]


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
    return described(packages.formats().values(), package=figures.PACKAGE)


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
        "sections": [(table.title, _tables(found, table)) for table in found.tables],
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
        "tables": [_as_pdf(one, table.title) for table in found.tables for one in _tables(found, table)],
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
