"""What is watched as pages show it: sentences, small charts and tables, in the language that is read.

Needs come here protected (``needs.Shown``); the values of indicators are rounded to whole ones before they are drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from samsyn.statistics.control import RULES, ControlChart, Rule
from samsyn.statistics.monitoring.definitions import Variable
from samsyn.statistics.monitoring.series import Watching
from samsyn.statistics.needs import Shown, Verdict
from samsyn.statistics.periods import Quarter
from samsyn.statistics.shown import quarter_title, text
from samsyn.ui import control_charts, numbers
from samsyn.ui.chart_parts import Break, Chart, Series, notes
from samsyn.ui.components import Cell, Column, Row, Table
from samsyn.ui.control_charts import Limits
from samsyn.ui.svg import HIDDEN as HIDDEN_VALUE
from samsyn.ui.svg import MISSING as MISSING_VALUE
from samsyn.ui.svg import Value
from samsyn.vocabulary import queries as vocabulary

HIDDEN = "▪"
LETTERS = dict(zip((rule.code for rule in RULES), "ABCDE", strict=True))
# Lists whose labels make no sense alone are quoted: «Ja» ökar.
QUOTED = frozenset({"abroad"})


@dataclass(frozen=True)
class Finding:
    """A sentence with its small chart."""

    id: str
    variable: str
    heading: str
    sentence: str
    chart: SafeString | None


@dataclass(frozen=True)
class Figure:
    """A control chart with what it says and its notes."""

    id: str
    heading: str
    sub: str
    chart: SafeString
    notes: tuple[str, ...]
    url: str = ""


def axis_name(quarter: Quarter) -> str:
    """Write a quarter as short as an axis needs it, in the manner of Statistics Sweden."""
    return _("%(year)sK%(number)s") % {"year": quarter.year, "number": quarter.number}


def quarter_name(quarter: Quarter) -> str:
    """Write a quarter short, as notes and tables have it."""
    words = _("%(year)s kv %(number)s") % {"year": quarter.year, "number": quarter.number}
    return words.replace(" ", numbers.NO_BREAK_SPACE)


def quarter_words(quarter: Quarter) -> str:
    """Write a quarter as it stands in a sentence, never broken over two lines."""
    return quarter_title(str(quarter)).lower().replace(" ", numbers.NO_BREAK_SPACE)


def verdict_words(verdict: Verdict) -> str:
    """Write what a comparison says, with a sign that is seen without colour."""
    return {
        Verdict.RISES: _("▲ ökar"),
        Verdict.FALLS: _("▼ minskar"),
        Verdict.NEW: _("✱ ny"),
        Verdict.BACK: _("✱ åter efter lång tid"),
        Verdict.MAY_BE_CHANCE: _("kan vara slump"),
        Verdict.TOO_FEW: _("för få"),
        Verdict.NOT_COMPARABLE: _("frågan är ny"),
    }[verdict]


def label_of(variable: Variable, code: str) -> str:
    """Name a code as a sentence can begin with it."""
    name = vocabulary.label(variable.list_code, code)
    return _("«%(name)s»") % {"name": name} if variable.list_code in QUOTED else name


def finding(one: Shown, variable: Variable, *, years: Sequence[str], period: str) -> Finding:
    """Return the sentence and the chart of one finding."""
    heading = {
        Verdict.RISES: _("%(label)s ökar"),
        Verdict.FALLS: _("%(label)s minskar"),
        Verdict.NEW: _("%(label)s är nytt"),
        Verdict.BACK: _("%(label)s är tillbaka efter lång tid"),
    }[one.verdict] % {"label": label_of(variable, one.code)}
    return Finding(
        id=f"{one.variable}-{one.code}",
        variable=text(variable.title.as_json()),
        heading=heading,
        sentence=_sentence(one, text(variable.whole.as_json())),
        chart=_years_chart(one, heading=heading, years=years, period=period),
    )


def _sentence(one: Shown, whole: str) -> str:
    few = _("för få att visa")
    latest = few
    if one.latest is not None:
        latest = _("%(share)s av %(whole)s") % {"share": percent(one.latest, one.step), "whole": whole}
    if one.verdict in {Verdict.NEW, Verdict.BACK}:
        words = _("Nu %(latest)s. Färre än fem under åren före, sammanlagt.") % {"latest": latest}
        return words + (" " + _("Ännu längre tillbaka fanns det fler.") if one.verdict is Verdict.BACK else "")
    reference = few if one.reference is None else percent(one.reference, one.step)
    words = _("Nu %(latest)s, samma tid åren före %(reference)s.") % {"latest": latest, "reference": reference}
    if one.difference is None:
        return words
    low, high = sorted(abs(end) for end in one.difference)
    if low == high:
        return f"{words} " + _("Skillnaden är ungefär %(points)s procentenheter.") % {"points": numbers.number(low)}
    return f"{words} " + _("Skillnaden är %(low)s till %(high)s procentenheter.") % {
        "low": numbers.number(low),
        "high": numbers.number(high),
    }


def _years_chart(one: Shown, *, heading: str, years: Sequence[str], period: str) -> SafeString | None:
    if not one.years:
        return None
    chart = Chart(
        name=f"{one.variable}-{one.code}-chart",
        title=heading,
        subtitle=period,
        categories=tuple(years[-len(one.years) :]),
        series=(Series(name=heading, values=control_charts.values_of(one.years)),),
        is_percent=True,
        height=100,
    )
    return control_charts.interval_bars(chart, one.ends)


def needs_table(variable: Variable, shown: Sequence[Shown], *, with_trend: bool) -> Table:
    """Return everything that was compared of one variable."""
    labels = vocabulary.labels(variable.list_code)
    by_code = {one.code: one for one in shown if one.variable == variable.code}
    head = text(variable.title.as_json())
    columns = [Column(label=head, numeric=False), Column(label=_("Nu")), Column(label=_("Åren före"))]
    columns += [Column(label=_("Skillnad, procentenheter"))]
    columns += [Column(label=_("Trend per år"))] if with_trend else []
    columns += [Column(label=_("Bedömning"), numeric=False)]
    rows = []
    for code, label in labels.items():
        if code not in by_code:
            continue
        one = by_code[code]
        cells = [_share(one.latest, one.step), _share(one.reference, one.step), _difference(one)]
        cells += [_trend(one)] if with_trend else []
        cells += [Cell(text=verdict_words(one.verdict), numeric=False)]
        rows.append(Row(head=label, cells=tuple(cells)))
    whole = _("Andel av %(whole)s") % {"whole": text(variable.whole.as_json())}
    return Table(caption=f"{head}. {whole}", columns=tuple(columns), rows=tuple(rows), look="grid")


def percent(share: int, step: int) -> str:
    """Write a share that was rounded to a step; five persons or more are never written as nought."""
    return numbers.percent(share) if share else _("under %(share)s") % {"share": numbers.percent(step)}


def _few() -> Cell:
    return Cell(text=HIDDEN, mark="hidden", reason=_("för få att visa"))


def _share(share: int | None, step: int) -> Cell:
    return _few() if share is None else Cell(text=percent(share, step))


def _difference(one: Shown) -> Cell:
    if one.difference is None:
        return Cell(text=numbers.MISSING)
    low, high = (numbers.signed(end) for end in one.difference)
    return Cell(text=low if low == high else _("%(low)s till %(high)s") % {"low": low, "high": high})


def _trend(one: Shown) -> Cell:
    if one.trend is None:
        return Cell(text=numbers.MISSING)
    low, high = (numbers.signed(100 * end, 1) for end in (one.trend.interval.low, one.trend.interval.high))
    return Cell(text=_("%(low)s till %(high)s") % {"low": low, "high": high})


def rule_words(rule: Rule) -> str:
    """Write a rule as one reads it in a note."""
    return {
        "beyond_3": _("utanför gränserna"),
        "two_of_three_beyond_2": _("två av tre nära samma gräns"),
        "four_of_five_beyond_1": _("fyra av fem en bit från medel på samma sida"),
        "nine_on_one_side": _("nio i rad på samma sida om medel"),
        "six_in_one_direction": _("sex i rad som stiger eller sjunker"),
    }[rule.code]


def rule_lines() -> list[str]:
    """Write every rule with its letter, its source and how often a stable process sets it off."""
    return [
        _("%(letter)s %(rule)s. %(source)s. Falskt larm: en gång på %(points)s punkter.")
        % {
            "letter": LETTERS[rule.code],
            "rule": rule_words(rule),
            "source": rule.source,
            "points": numbers.number(round(1 / rule.false_alarm)),
        }
        for rule in RULES
    ]


def state(watching: Watching) -> str:
    """Write what the last four quarters say, in few words."""
    count = len(watching.quarters)
    if np.isnan(watching.chart.centre[-1]):
        return _("för få kvartal för gränser")
    recent = [at for at in range(count - 4, count) if watching.chart.signals_at(at)]
    if not recent:
        return _("stabilt det senaste året")
    latest = watching.chart.signals_at(recent[-1])[0]
    side = _("uppåt") if latest.side > 0 else _("nedåt")
    return _("%(rule)s (%(side)s), %(quarter)s") % {
        "rule": rule_words(latest.rule),
        "side": side,
        "quarter": quarter_name(watching.quarters[latest.at]),
    }


def _written(watching: Watching, value: float) -> str:
    if np.isnan(value):
        return numbers.MISSING
    whole = numbers.number(round(value * watching.scale))
    return numbers.percent(round(value * watching.scale)) if watching.indicator.chart == "p" else whole


def _limits(watching: Watching, at: int) -> str:
    low, high = (_written(watching, float(one[at])) for one in (watching.chart.lower, watching.chart.upper))
    return numbers.MISSING if low == numbers.MISSING else f"{low} – {high}"


def summary(watched: Sequence[Watching]) -> Table:
    """Return the table of all indicators: the latest quarter, the mean, the limits, and what can be said."""
    rows = []
    for one in watched:
        chart = one.chart
        latest = _few() if one.few[-1] else Cell(text=_written(one, float(chart.values[-1])))
        cells = (
            latest,
            Cell(text=_written(one, float(chart.centre[-1]))),
            Cell(text=_limits(one, -1)),
            Cell(text=state(one), numeric=False),
        )
        rows.append(
            Row(
                head=text(one.indicator.title.as_json()),
                cells=cells,
                url=reverse("needs:indicator", args=[one.indicator.code]),
            )
        )
    labels = (_("Indikator"), _("Senaste kvartal"), _("Medel"), _("Gränser"), _("Läge"))
    columns = tuple(Column(label=label, numeric=0 < at < 4) for at, label in enumerate(labels))
    return Table(caption=_("Alla indikatorer"), columns=columns, rows=tuple(rows), look="grid", caption_unseen=True)


def figure(watching: Watching, *, url: str = "") -> Figure:
    """Return the control chart of an indicator; ``url`` leads to all its values."""
    indicator = watching.indicator
    heading = f"{text(indicator.title.as_json())}: {state(watching)}"
    sub = text(indicator.meaning.as_json())
    return _figure(watching, watching.chart, name=indicator.code, heading=heading, sub=sub, url=url)


def moving_figure(watching: Watching) -> Figure | None:
    """Return the chart of moving ranges that goes with individual values; the first quarter has none."""
    if watching.moving is None:
        return None
    heading = _("%(title)s: skillnaden mellan ett kvartal och nästa") % {
        "title": text(watching.indicator.title.as_json())
    }
    sub = _("Skillnaden mellan två kvartal i följd, utan tecken")
    return _figure(watching, watching.moving, name=f"{watching.indicator.code}-moving", heading=heading, sub=sub)


def _figure(watching: Watching, chart: ControlChart, *, name: str, heading: str, sub: str, url: str = "") -> Figure:
    start = 1 if chart.kind == "mr" else 0
    quarters = tuple(map(quarter_name, watching.quarters))
    scale = watching.scale
    values = tuple(
        HIDDEN_VALUE if few else MISSING_VALUE if np.isnan(value) else Value(round(float(value) * scale))
        for value, few in zip(chart.values, watching.few, strict=True)
    )
    limits = [
        None if np.isnan(centre) else Limits(*(round(float(one) * scale, 1) for one in (centre, lower, upper)))
        for centre, lower, upper in zip(chart.centre, chart.lower, chart.upper, strict=True)
    ]
    first = watching.quarters[start].index
    drawing = Chart(
        name=f"{name}-chart",
        title=heading,
        subtitle=sub,
        categories=tuple(map(axis_name, watching.quarters[start:])),
        series=(Series(name=sub, values=values[start:]),),
        breaks=tuple(
            Break(before=one.before.index - first, note=text(one.note.as_json()))
            for one in watching.indicator.breaks
            if 0 < one.before.index - first < len(quarters) - start
        ),
        notes=tuple(_signal_notes(chart, quarters)),
        hidden_note=_("Färre än fem i eller utanför det som räknas; inte med i gränserna."),
        is_percent=watching.indicator.chart == "p",
        height=170,
    )
    marks = {at - start: letter for at, letter in _letters(chart).items()}
    svg = control_charts.control_chart(drawing, limits[start:], marks)
    return Figure(id=name, heading=heading, sub=sub, chart=svg, notes=notes(drawing), url=url)


def _letters(chart: ControlChart) -> dict[int, str]:
    """Return the letter of each point that shows a pattern: of several, the one that comes first in the rules."""
    places = sorted({signal.at for signal in chart.signals})
    return {at: LETTERS[chart.signals_at(at)[0].rule.code] for at in places}


def _signal_notes(chart: ControlChart, quarters: Sequence[str]) -> list[str]:
    """Write which points each rule marks."""
    found = []
    for rule in RULES:
        places = [quarters[signal.at] for signal in chart.signals if signal.rule == rule]
        if places:
            found.append(f"{LETTERS[rule.code]} {rule_words(rule)}: {', '.join(places)}.")
    return found


def values_table(watching: Watching) -> Table:
    """Return every quarter of an indicator, the latest first."""
    labels = (_("Kvartal"), _("Värde"), _("Medel"), _("Gränser"), _("Mönster"))
    chart = watching.chart
    rows = []
    for at in range(len(watching.quarters) - 1, -1, -1):
        words = ", ".join(rule_words(signal.rule) for signal in chart.signals_at(at))
        cells = (
            _few() if watching.few[at] else Cell(text=_written(watching, float(chart.values[at]))),
            Cell(text=_written(watching, float(chart.centre[at]))),
            Cell(text=_limits(watching, at)),
            Cell(text=words, numeric=False),
        )
        rows.append(Row(head=quarter_name(watching.quarters[at]), cells=cells))
    columns = tuple(Column(label=label, numeric=0 < at < 4) for at, label in enumerate(labels))
    caption = text(watching.indicator.meaning.as_json())
    return Table(caption=caption, columns=columns, rows=tuple(rows), look="open")
