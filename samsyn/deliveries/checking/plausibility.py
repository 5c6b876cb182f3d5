"""What is possible but unlikely: told to the sender first, who then says that it is right or sends another file. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from statistics import median

import numpy as np

from samsyn.deliveries.checking.across import Readings
from samsyn.deliveries.checking.formats import NOT_APPLICABLE, WHOLE, TableFormat
from samsyn.deliveries.checking.of_packages import ALL, UNITS
from samsyn.deliveries.checking.texts import Rule
from samsyn.questions.exchange.package import Package

# A third or three times the usual number, and ten units off: less happens by itself in a small municipality.
FACTOR, LEAST_CHANGE = 3, 10
LEAST_EARLIER, MOST_EARLIER = 2, 8
# Of an answer also so many deviations of a count by chance (Poisson): they are many and mostly small.
DEVIATIONS = 4
MOST_NOT_ASKED = 0.5

RULES: Mapping[str, Rule] = {
    "units_jump": Rule(
        "Antalet är %(now)s; tidigare perioder har haft omkring %(usual)s.",
        "Kontrollera urval och period i exporten.",
        "The number is %(now)s; earlier periods had about %(usual)s.",
        "Check the selection and the period of the export.",
    ),
    "answer_jump": Rule(
        "%(variable)s: %(code)s är %(now)s; med samma fördelning som tidigare vore det omkring %(usual)s.",
        "Kontrollera att svaren exporteras med rätt kod.",
        "%(variable)s: %(code)s is %(now)s; distributed as before it would be about %(usual)s.",
        "Check that the answers are exported with the right code.",
    ),
    "same_as_before": Rule(
        "Alla siffror är desamma som för %(period)s.",
        "Kontrollera att det är den nya periodens siffror.",
        "All figures are those of %(period)s.",
        "Check that they are the new period's.",
    ),
    "all_nought": Rule(
        "Alla siffror är noll.",
        "Kontrollera att ingen varit aktuell. Har ni inte registrerat ska statusen vara saknas.",
        "All figures are nought.",
        "Check that nobody became known. Where nothing is registered, the status is missing.",
    ),
    "sum_differs": Rule(
        "%(variable)s (%(division)s) summerar till %(sum)s, men personerna är %(units)s.",
        "Varje person ska stå på precis en rad av variabeln, också den som inte tillfrågats.",
        "%(variable)s (%(division)s) adds up to %(sum)s, but the persons are %(units)s.",
        "Every person stands on exactly one row of the variable, also who was not asked.",
    ),
    "more_than_all": Rule(
        "%(variable)s: %(code)s (%(division)s) är fler än personerna.",
        "Ett svar kan inte gälla fler än alla.",
        "%(variable)s: %(code)s (%(division)s) are more than the persons.",
        "An answer can't be about more than all.",
    ),
    "many_not_asked": Rule(
        "%(variable)s: %(share)s procent är inte tillfrågade.",
        "Stämmer det? Det visas bredvid siffran överallt.",
        "%(variable)s: %(share)s per cent were not asked.",
        "Is that right? It is shown beside the figure everywhere.",
    ),
}

# Told on the receipt, and no reason to ask the sender anything.
NOTES: Mapping[str, Rule] = {
    "not_compared": Rule(
        "Inte jämfört med tidigare perioder, för att frågan är ny eller ändrad: %(variables)s.",
        "Ingenting behöver göras.",
        "Not compared with earlier periods, because the question is new or changed: %(variables)s.",
        "Nothing has to be done.",
    ),
}


@dataclass(frozen=True)
class Warned:
    """One thing that the sender should look at."""

    rule: str
    named: Mapping[str, str | int] = field(default_factory=dict)

    def as_data(self) -> dict[str, object]:
        """Return it as plain data."""
        return {"rule": self.rule, "named": dict(self.named)}


@dataclass(frozen=True)
class Earlier:
    """An accepted delivery of an earlier period, in whatever version of the package it was."""

    period: str
    form: TableFormat
    counts: Sequence[int]
    statuses: bytes


def warnings(
    form: TableFormat,
    counts: Sequence[int],
    statuses: bytes,
    *,
    earlier: Sequence[Earlier] = (),
    packages: tuple[Package, ...] = (),
) -> tuple[list[Warned], list[Warned]]:
    """Return what is unlikely in these figures, and what is noted without asking.

    ``earlier`` deliveries, the latest first, are of periods of the same length; ``packages`` are the decided versions,
    along whose mappings those of other versions are read.
    """
    now = Earlier("", form, counts, statuses)
    found, notes = _against_earlier(now, earlier[:MOST_EARLIER], Readings(packages))
    if UNITS in form.places:
        found += _within(form, counts, statuses)
    return found, notes


def total(form: TableFormat, counts: Sequence[int], statuses: bytes, variable: str, answer: str) -> int | None:
    """Return an answer's count over all breakdowns; None where a part of it lacks its number."""
    at = form.places[variable][answer]
    if any(chr(one) not in WHOLE for one in statuses[at : at + form.width]):
        return None
    return sum(counts[at : at + form.width])


def _against_earlier(now: Earlier, earlier: Sequence[Earlier], readings: Readings) -> tuple[list[Warned], list[Warned]]:
    found = []
    if not any(now.counts) and b"A" in now.statuses:
        found.append(Warned("all_nought"))
    for one in earlier:
        if any(now.counts) and _is_same(now, one, readings):
            found.append(Warned("same_as_before", {"period": one.period}))
            break
    read = {one.code: _read(one.code, now, earlier, readings) for one in now.form.variables}
    broken = [one.label_sv for one in now.form.variables if not read[one.code][1]]
    notes = [Warned("not_compared", {"variables": ", ".join(broken)})] if earlier and broken else []
    if UNITS not in read:
        return found, notes
    units, units_before = (_of(answers, ALL) for answers in read[UNITS])
    if units and len(units_before) >= LEAST_EARLIER and _is_far(units[0], usual := median(units_before)):
        return [*found, Warned("units_jump", {"now": units[0], "usual": round(usual)})], notes
    grown = units[0] / median(units_before) if units and units_before and median(units_before) else 1
    for variable in now.form.variables:
        if variable.code != UNITS:
            found += _jumps(variable.label_sv, *read[variable.code], grown=grown)
    return found, notes


Totals = Mapping[str, int | None]


def _read(
    variable: str, now: Earlier, earlier: Sequence[Earlier], readings: Readings
) -> tuple[list[Totals], list[Totals]]:
    """Return a variable's totals now (one) and before, in the version in which most of them can be read; none: nowhere."""
    best: tuple[list[Totals], list[Totals]] = ([], [])
    for target in {one.form.content_hash: one.form for one in earlier}.values():
        here = _totals(now, variable, target, readings)
        if here is None:
            continue
        before = [read for one in earlier if (read := _totals(one, variable, target, readings)) is not None]
        if len(before) > len(best[1]):
            best = ([here], before)
    return best


def _totals(one: Earlier, variable: str, target: TableFormat, readings: Readings) -> Totals | None:
    """Return a variable's counts over all breakdowns, by the answers of another version; None where it can't be read there.

    An answer has no count where a part of it has none.
    """
    if variable not in one.form.places or variable not in target.places:
        return None
    answers, places = one.form.places[variable], readings.places(one.form, target)
    becomes = {at: int(places[at]) for at in answers.values()}
    if min(becomes.values()) < 0:
        return None
    found: dict[int, int | None] = {}
    for answer, at in answers.items():
        added, before = total(one.form, one.counts, one.statuses, variable, answer), found.get(becomes[at], 0)
        found[becomes[at]] = None if added is None or before is None else before + added
    return {answer: found.get(at, 0) for answer, at in target.places[variable].items()}


def _is_same(now: Earlier, one: Earlier, readings: Readings) -> bool:
    """Say whether all figures that can be read in the earlier version are those of then, and not only how many there are."""
    if now.form.content_hash == one.form.content_hash:
        return list(one.counts) == list(now.counts) and one.statuses == now.statuses
    places = readings.places(now.form, one.form)
    kept = np.flatnonzero(places >= 0)
    if len(kept) <= now.form.width:
        return False
    counts, carried = np.zeros(one.form.size, np.int64), np.unique(places[kept])
    np.add.at(counts, places[kept], np.asarray(now.counts, np.int64)[kept])
    return bool((counts[carried] == np.asarray(one.counts, np.int64)[carried]).all())


def _of(read: Sequence[Totals], answer: str) -> list[int]:
    return [value for one in read if (value := one[answer]) is not None]


def _is_far(now: int, usual: float) -> bool:
    return (now > FACTOR * usual or usual > FACTOR * now) and abs(now - usual) >= LEAST_CHANGE


def _jumps(label: str, now: list[Totals], before: list[Totals], *, grown: float) -> list[Warned]:
    """Return the answers that are far from their usual part of the units, and further than chance takes a few."""
    found = []
    for answer in now[0] if now else ():
        here, earlier = _of(now, answer), _of(before, answer)
        if not here or len(earlier) < LEAST_EARLIER:
            continue
        usual = median(earlier) * grown
        if _is_far(here[0], usual) and abs(here[0] - usual) > DEVIATIONS * sqrt(here[0] + usual):
            named: dict[str, str | int] = {"variable": label, "code": answer, "now": here[0], "usual": round(usual)}
            found.append(Warned("answer_jump", named))
    return found


def _within(form: TableFormat, counts: Sequence[int], statuses: bytes) -> list[Warned]:
    found = []
    units_at = form.places[UNITS][ALL]
    for variable in form.variables:
        if variable.code == UNITS:
            continue
        answers = form.places[variable.code]
        for division in range(form.width):
            units = counts[units_at + division]
            known = [(one, at + division) for one, at in answers.items() if chr(statuses[at + division]) in WHOLE]
            is_outside = all(statuses[at + division] == ord(NOT_APPLICABLE) for at in answers.values())
            if is_outside or chr(statuses[units_at + division]) not in WHOLE:
                continue
            named: dict[str, str | int] = {"variable": variable.label_sv, "division": _division(form, division)}
            for code, at in known:
                if counts[at] > units:
                    found.append(Warned("more_than_all", {**named, "code": code}))
            if not variable.is_multiple and len(known) == len(answers):
                added = sum(counts[at] for _code, at in known)
                if added != units:
                    found.append(Warned("sum_differs", {**named, "sum": added, "units": units}))
        found += _not_asked(form, counts, statuses, variable.code, variable.label_sv)
    return found


def _not_asked(form: TableFormat, counts: Sequence[int], statuses: bytes, variable: str, label: str) -> list[Warned]:
    if "not_asked" not in form.places[variable]:
        return []
    units = total(form, counts, statuses, UNITS, ALL)
    number = total(form, counts, statuses, variable, "not_asked")
    if not units or number is None or number <= MOST_NOT_ASKED * units:
        return []
    return [Warned("many_not_asked", {"variable": label, "share": min(100, round(100 * number / units))})]


def _division(form: TableFormat, at: int) -> str:
    words = []
    for one, stride in zip(form.breakdowns, form.strides, strict=True):
        words.append(one.codes[at // stride % len(one.codes)].label_sv)
    return ", ".join(words) or "–"
