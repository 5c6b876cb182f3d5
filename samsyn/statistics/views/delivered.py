"""Pages of delivered figures: for an organisation its own, as a page and as a PDF; for those who watch the nation's."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from samsyn.deliveries import queries as deliveries
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.statistics import pdf
from samsyn.statistics.delivered import line
from samsyn.statistics.delivered import own as figures
from samsyn.statistics.delivered.comparing import Compared
from samsyn.statistics.delivered.compiling import BROKEN, HIDDEN
from samsyn.statistics.delivered.indicators import Amount
from samsyn.statistics.delivered.own import Method, OwnFigures
from samsyn.statistics.exports import HIDDEN as NO_NUMBER
from samsyn.ui import numbers


def _own(request: StaffRequest) -> OwnFigures:
    sender = deliveries.deliverer_of(request.actor)
    return figures.own_figures(sender.code, deliveries.name_of(sender.deliverer_id))


def _sign(lack: str) -> str:
    """Return what stands where a figure is not the whole; "" where it is."""
    return {"": "", BROKEN: _("bryts"), HIDDEN: NO_NUMBER}[lack]


def _notes() -> list[str]:
    return [
        _(
            "Två punkter betyder att ett av era tal är dolt eller saknas, eller att för få andra har lämnat hela siffror."
        ),
        _("Bryts betyder att frågan ändrades så att året inte kan jämföras med de andra."),
    ]


def _method_cells(one: Method) -> list[str]:
    return [_sign(lack) or numbers.number(count) for count, lack in zip(one.counts, one.lacks, strict=True)]


def _share(one: Amount | None) -> str:
    if one is None or one.share is None:
        return numbers.MISSING
    return numbers.percent(one.share)


def _range(one: Amount | None) -> str:
    if one is None or one.interval is None:
        return numbers.MISSING
    low, high = (numbers.decimal(end, 0) for end in one.interval)
    return numbers.percent(one.interval[1]).replace(high, f"{low}{numbers.EN_DASH}{high}", 1)


def _other(one: Compared) -> str:
    return NO_NUMBER if one.hidden else numbers.percent(one.share)


def _not_asked(one: Amount | None) -> str:
    if one is None or not one.units:
        return numbers.MISSING
    return numbers.percent(min(100.0, 100 * one.not_asked / one.units))


def _rows(found: OwnFigures) -> list[dict[str, Any]]:
    return [
        {
            "title": line.title,
            "own": [_sign(lack) or _share(one) for lack, one in zip(line.lacks, line.own, strict=True)],
            "range": _range(line.latest),
            "others": [_other(line.county), _other(line.like), _other(line.country)],
            "not_asked": _sign(line.lack_beside) or _not_asked(line.latest),
            "cases": numbers.number(line.latest.denominator if line.latest else None),
        }
        for line in found.lines
    ]


def _warnings() -> list[str]:
    return [
        _("Siffrorna visar dem som ni har sett. Hur många som är utsatta i kommunen säger de inget om."),
        _("En ändring kan bero på att fler frågades, att det frågades på ett annat sätt eller att andra frågade."),
        _("Jämför bara om andelen som inte frågats är ungefär lika stor."),
        _("Få ärenden ger stor osäkerhet: intervallet visar vad slumpen ensam kan göra."),
        _(
            "Länet, de som liknar er och landet är de andra utan er, med ett litet brus, och visas bara om minst tre lämnat."
        ),
    ]


def _heads(found: OwnFigures) -> list[str]:
    own = [_("Ni %(year)s") % {"year": year} for year in found.years]
    return [*own, _("Osäkerhet"), _("Ärenden"), _("Inte frågade"), _("Länet"), _("Som ni"), _("Landet")]


def _cells(row: dict[str, Any]) -> list[str]:
    return [*row["own"], row["range"], row["cases"], row["not_asked"], *row["others"]]


@requires(Permission.DELIVER)
@require_GET
def own(request: StaffRequest) -> HttpResponse:
    """Show the organisation's own figures beside those of the others."""
    found = _own(request)
    rows = [{"title": row["title"], "cells": _cells(row)} for row in _rows(found)]
    methods = [{"label": one.label, "cells": _method_cells(one)} for one in found.methods]
    context = {
        "found": found,
        "heads": _heads(found),
        "rows": rows,
        "warnings": _warnings(),
        "methods": methods,
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
        "tables": [_indicator_table(found), _method_table(found)] if found.years else [],
        "closing": [{"title": _("Läs så här"), "paragraphs": _warnings()}],
    }
    content = pdf.compiled(data, frozen_at=request.received_at.isoformat())
    headers = {"Content-Disposition": 'attachment; filename="egna-siffror.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _indicator_table(found: OwnFigures) -> dict[str, Any]:
    rows = [{"label": row["title"], "note": "", "is_sum": False, "cells": _cells(row)} for row in _rows(found)]
    return {
        "headline": "",
        "caption": _("Andelar av ärenden"),
        "counted": _("Räknas: ärenden som avslutats under året"),
        "head": [_("Indikator"), *_heads(found)],
        "rows": rows,
        "notes": _notes(),
    }


def _method_table(found: OwnFigures) -> dict[str, Any]:
    rows = [{"label": one.label, "note": "", "is_sum": False, "cells": _method_cells(one)} for one in found.methods]
    return {
        "headline": "",
        "caption": _("Metoder som användes"),
        "counted": _("Räknas: ärenden; flera metoder kan ha använts i samma ärende"),
        "head": [_("Metod"), *(str(year) for year in found.years)],
        "rows": rows,
        "notes": _notes(),
    }


@requires(Permission.SEE_DELIVERIES)
@require_GET
def nation(request: StaffRequest) -> HttpResponse:
    """Show the yearly compilation, the indicators of the country, and where which methods are used."""
    return render(
        request,
        "delivered/nation.html",
        {**figures.nation(today=localdate(request.received_at)), "lines": line.handed_over()},
    )
