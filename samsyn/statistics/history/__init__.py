"""The published history: printed figures beside what follows from the printed table itself. Pure but for the language."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from samsyn.statistics import shown
from samsyn.ui import charts, numbers
from samsyn.ui.chart_parts import Chart, Series
from samsyn.ui.components import Cell, Column, Row, Table
from samsyn.ui.svg import Value

FOLDER = Path(__file__).parent


def documents() -> list[dict[str, Any]]:
    """Return every series as it stands in its reviewed file, with dates as text."""
    found = []
    for file in sorted(FOLDER.glob("*.toml")):
        loaded = tomllib.loads(file.read_text(encoding="utf-8"))
        found.append({name: value.isoformat() if isinstance(value, date) else value for name, value in loaded.items()})
    return found


def computed_mean(document: dict[str, Any]) -> int:
    """Return matters per month over the whole time: the matters divided by the months of all years."""
    months = sum(float(year["months"]) for year in document["years"])
    return round(float(sum(year["matters"] for year in document["years"])) / months)


def persons_since(document: dict[str, Any], year: int) -> int:
    """Return the exposed persons who were registered while a variable existed."""
    total: int = sum(row["persons"] for row in document["years"] if row["year"] >= year)
    return total


def flags(document: dict[str, Any]) -> list[str]:
    """Return what was printed and does not follow from the printed table, with the formula."""
    found = []
    years = document["years"]
    for unit, words in (("matters", _("ärenden")), ("persons", _("utsatta personer"))):
        total = sum(year[unit] for year in years)
        if total != document["totals"][unit]:
            found.append(
                _("Summan av %(unit)s är %(computed)s, inte %(printed)s.")
                % {"unit": words, "computed": total, "printed": document["totals"][unit]}
            )
    for year in years:
        mean = round(year["matters"] / year["months"])
        if mean != year["mean_per_month"]:
            found.append(
                _(
                    "%(year)s: tryckt medel %(printed)s per månad; %(matters)s ärenden på %(months)s månader ger %(computed)s."
                )
                % {
                    "year": year["year"],
                    "printed": year["mean_per_month"],
                    "matters": year["matters"],
                    "months": numbers.decimal(year["months"]),
                    "computed": mean,
                }
            )
    mean = computed_mean(document)
    if mean != document["totals"]["mean_per_month"]:
        found.append(
            _(
                "Hela tiden: tryckt medel %(printed)s per månad; %(matters)s ärenden på %(months)s månader ger %(computed)s."
            )
            % {
                "printed": document["totals"]["mean_per_month"],
                "matters": numbers.number(document["totals"]["matters"]),
                "months": numbers.decimal(round(sum(year["months"] for year in years), 1)),
                "computed": mean,
            }
        )
    for table in document["shares"]:
        for row in table["rows"]:
            found += _share_flag(document, table, row)
    return found


def _share_flag(document: dict[str, Any], table: dict[str, Any], row: dict[str, Any]) -> list[str]:
    if "count" not in row:
        return []
    everybody = document["totals"][table["base"]]
    share = 100 * row["count"] / everybody
    if round(share) == row["percent"] and "valid_from" not in row:
        return []
    since = row.get("valid_from", document["years"][0]["year"])
    base = persons_since(document, since)
    return [
        _(
            "%(label)s: %(count)s av %(all)s är %(share)s %%, inte %(printed)s %%. %(count)s av %(base)s, de som "
            "registrerats från %(since)s, är %(valid)s %%: uppgiften finns troligen bara från det året."
        )
        % {
            "label": shown.text(row["label"]),
            "count": numbers.number(row["count"]),
            "all": numbers.number(everybody),
            "share": numbers.decimal(round(share, 1)),
            "printed": row["percent"],
            "base": numbers.number(base),
            "since": since,
            "valid": numbers.decimal(round(100 * row["count"] / base, 1)),
        }
    ]


def page(document: dict[str, Any]) -> dict[str, Any]:
    """Return what the history page shows."""
    years = document["years"]
    labels = (_("Ärenden"), _("Utsatta personer"))
    rows = [
        Row(
            head=str(year["year"]),
            note="1" if year["year"] == date.fromisoformat(document["first_day"]).year else "",
            cells=(
                Cell(text=numbers.number(year["matters"])),
                Cell(text=numbers.number(year["persons"])),
                Cell(text=numbers.number(year["mean_per_month"])),
                Cell(text=numbers.number(round(year["matters"] / year["months"]))),
            ),
        )
        for year in years
    ]
    totals = document["totals"]
    rows.append(
        Row(
            head=_("Summa"),
            is_sum=True,
            cells=(
                Cell(text=numbers.number(sum(year["matters"] for year in years))),
                Cell(text=numbers.number(sum(year["persons"] for year in years))),
                Cell(text=numbers.number(totals["mean_per_month"])),
                Cell(text=numbers.number(computed_mean(document))),
            ),
        )
    )
    table = Table(
        caption=_("Ärenden och utsatta personer per år"),
        columns=(
            Column(label=_("År"), numeric=False),
            *(Column(label=label) for label in labels),
            Column(label=_("Ärenden per månad, tryckt")),
            Column(label=_("Ärenden per månad, räknat")),
        ),
        rows=tuple(rows),
        notes=(_("¹ Från 13 mars. Räknat på 9,6 månader."),),
    )
    chart = Chart(
        name="history",
        title=_("Ärenden och utsatta personer per år"),
        subtitle=_("2014 från 13 mars"),
        notes=(_("* Från 13 mars 2014."),),
        categories=tuple(f"{year['year']}*" if year["year"] == 2014 else str(year["year"]) for year in years),
        series=tuple(
            Series(name=label, values=tuple(Value(year[unit]) for year in years))
            for unit, label in zip(("matters", "persons"), labels, strict=True)
        ),
    )
    return {
        "title": shown.text(document["title"]),
        "source": document["source"],
        "source_date": document["source_date"],
        "source_url": document["source_url"],
        "is_verified": document["status"] == "verified",
        "missing": shown.text(document["missing"]),
        "reservations": [shown.text(one) for one in document["reservations"]],
        "table": table,
        "chart": shown.drawn(chart, charts.grouped_bars(chart)),
        "flags": flags(document),
        "mentioned": numbers.number(totals["mentioned"]),
        "mentioned_share": numbers.percent(totals["mentioned_under_18_percent"]),
        "shares": [_share_table(one) for one in document["shares"]],
    }


def _share_table(table: dict[str, Any]) -> dict[str, Any]:
    least = table.get("is_least", False)

    def written(row: dict[str, Any]) -> Cell:
        return Cell(text=numbers.at_least(row["percent"]) if least else numbers.percent(row["percent"]))

    return {
        "table": Table(
            caption=shown.text(table["title"]),
            columns=(Column(label="", numeric=False), Column(label=_("Andel"))),
            rows=tuple(
                Row(
                    head=shown.text(row["label"])
                    + (" " + _("(från %(year)s)") % {"year": row["valid_from"]} if "valid_from" in row else ""),
                    cells=(written(row),),
                )
                for row in table["rows"]
            ),
        ),
        "reading": shown.text(table.get("reading")),
    }
