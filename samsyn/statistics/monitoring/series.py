"""Reads the quarterly series that are watched, out of the de-identified facts."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from samsyn.statistics import control, counting, needs, trends
from samsyn.statistics.control import ControlChart
from samsyn.statistics.counting import Axis
from samsyn.statistics.definitions.model import EVERYBODY, STATES
from samsyn.statistics.monitoring.definitions import Indicator, Variable
from samsyn.statistics.needs import Series
from samsyn.statistics.periods import FIRST_QUARTER, Quarter, months
from samsyn.ui import numbers
from samsyn.vocabulary import queries as vocabulary

Floats = NDArray[np.float64]
# Units whose question was not asked, or had no place, are not part of what a share is a share of.
NOT_IN_THE_BASE = ("not_asked", "not_applicable")
# Six years: long enough for limits, short enough to be read on a phone.
QUARTERS_SHOWN = 24


def last_whole_quarter(at: datetime) -> Quarter:
    """Return the latest quarter that has ended, by Swedish time: a running one is never compared as if it were whole."""
    return Quarter.of(numbers.local(at).date()).previous


def watched(variable: Variable, *, last: Quarter) -> tuple[Series, ...]:
    """Return the series of each code of a variable; raise counting.UnknownValue."""
    axis = Axis(variable.unit, variable.population, variable.variable, variable.list_code, variable.is_multiple)
    leaves = counting.leaves_by_value(axis, last=last)
    codes = vocabulary.all_codes(variable.list_code)
    if unknown := set(leaves) - {row.value for row in codes} - set(STATES):
        raise counting.UnknownValue(f"{variable.unit}.{variable.variable} ({len(unknown)})")
    nothing = np.zeros(last.index + 1, dtype=np.int64)
    whole = counting.leaf_of_all(axis, last=last)
    bases = whole - sum((leaves.get(state, nothing) for state in NOT_IN_THE_BASE), start=nothing)
    since_break = trends.since_break(last.index, [one.before.index for one in variable.breaks])
    found = []
    for row in codes:
        if variable.only and row.value not in variable.only:
            continue
        begun = max(variable.valid_from, variable.valid_codes.get(row.value, FIRST_QUARTER), _first(row.valid_from))
        is_closed = row.valid_to is not None and row.valid_to < last.last_day
        if begun > last or is_closed:
            continue
        found.append(
            Series(
                variable=variable.code,
                code=row.value,
                events=leaves.get(row.value, nothing),
                bases=bases,
                first=max(begun.index, since_break),
                least_window=variable.least_window,
            )
        )
    return tuple(found)


def _first(day: date) -> Quarter:
    """Return the first quarter in which a code could be used from its first day on; the line's first is whole as it is."""
    found = max(Quarter.of(day), FIRST_QUARTER)
    return found if found.first_day >= day else found.next


@dataclass(frozen=True)
class Watching:
    """An indicator's quarters with its control chart; where a value is nan and ``few`` is true it would be too few."""

    indicator: Indicator
    quarters: tuple[Quarter, ...]
    chart: ControlChart
    moving: ControlChart | None
    few: tuple[bool, ...]
    scale: float
    """What a value is multiplied by to be read: 100 for shares and for events in 100 units."""


def control_chart(indicator: Indicator, *, last: Quarter) -> Watching | None:
    """Return the control chart of the latest quarters, or None where the indicator has none to show.

    Points with fewer than five, or with fewer than five others, are left out before any limit is computed.
    """
    final = min(last, indicator.valid_to) if indicator.valid_to else last
    first = max(indicator.valid_from, Quarter.at(max(0, final.index - QUARTERS_SHOWN + 1)))
    if first > final:
        return None
    quarters = tuple(Quarter.at(index) for index in range(first.index, final.index + 1))
    shown = slice(first.index, final.index + 1)
    breaks = [one.before.index - first.index for one in indicator.breaks]
    axis = Axis(indicator.unit, indicator.population, indicator.variable)
    whole = counting.leaf_of_all(axis, last=final)[shown].astype(np.float64)
    if indicator.chart == "x":
        lengths = np.array([float(months(one.first_day, one.last_day)) for one in quarters])
        few = whole < needs.THRESHOLD
        values = np.where(few, np.nan, whole / lengths)
        individuals, moving = control.xmr_charts(values, breaks=breaks)
        return Watching(indicator, quarters, individuals, moving, tuple(few.tolist()), 1.0)
    leaves = counting.leaves_by_value(axis, last=final)
    nothing = np.zeros(final.index + 1, dtype=np.int64)
    events = sum((leaves.get(code, nothing) for code in indicator.counted), start=nothing)[shown].astype(np.float64)
    if indicator.per is not None:
        bases = counting.leaf_of_all(Axis(indicator.per, EVERYBODY), last=final)[shown].astype(np.float64)
        few = (events < needs.THRESHOLD) | (bases < needs.THRESHOLD)
        chart = control.u_chart(np.where(few, np.nan, events), bases, breaks=breaks)
    else:
        bases = whole - sum((leaves.get(state, nothing) for state in NOT_IN_THE_BASE), start=nothing)[shown]
        few = (bases > 0) & ((events < needs.THRESHOLD) | (bases - events < needs.THRESHOLD))
        chart = control.p_chart(np.where(few, np.nan, events), bases, breaks=breaks)
    if np.all(np.isnan(chart.values)):
        return None
    return Watching(indicator, quarters, chart, None, tuple(few.tolist()), 100.0)
