"""What is possible but unlikely: told to the sender first, who then says that it is right or sends another file. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from samsyn.deliveries.checking.formats import WITH_COUNT, TableFormat
from samsyn.deliveries.checking.of_packages import ALL, UNITS
from samsyn.deliveries.checking.texts import Rule

# A third or three times the usual number, and ten units off: less happens by itself in a small municipality.
FACTOR, LEAST_CHANGE = 3, 10
MOST_EARLIER = 8
MOST_NOT_ASKED = 0.5

RULES: Mapping[str, Rule] = {
    "units_jump": Rule(
        "Antalet är %(now)s; tidigare perioder har haft omkring %(usual)s.",
        "Kontrollera urval och period i exporten.",
        "The number is %(now)s; earlier periods had about %(usual)s.",
        "Check the selection and the period of the export.",
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
    """An accepted delivery of an earlier period in the same format."""

    period: str
    counts: Sequence[int]
    statuses: bytes


def warnings(
    form: TableFormat, counts: Sequence[int], statuses: bytes, *, earlier: Sequence[Earlier] = ()
) -> list[Warned]:
    """Return what is unlikely in these figures; ``earlier`` deliveries, the latest first, are of the same format."""
    found = _against_earlier(form, counts, statuses, earlier[:MOST_EARLIER])
    if UNITS in form.places:
        found += _within(form, counts, statuses)
    return found


def total(form: TableFormat, counts: Sequence[int], statuses: bytes, variable: str, answer: str) -> int | None:
    """Return an answer's count over all breakdowns; None where a part of it has no number."""
    at = form.places[variable][answer]
    if any(chr(one) not in WITH_COUNT for one in statuses[at : at + form.width]):
        return None
    return sum(counts[at : at + form.width])


def _against_earlier(
    form: TableFormat, counts: Sequence[int], statuses: bytes, earlier: Sequence[Earlier]
) -> list[Warned]:
    found = []
    if not any(counts) and b"A" in statuses:
        found.append(Warned("all_nought"))
    for one in earlier:
        if any(counts) and list(one.counts) == list(counts) and one.statuses == statuses:
            found.append(Warned("same_as_before", {"period": one.period}))
            break
    if UNITS not in form.places:
        return found
    now = total(form, counts, statuses, UNITS, ALL)
    before = [value for one in earlier if (value := total(form, one.counts, one.statuses, UNITS, ALL)) is not None]
    if now is not None and len(before) >= 2:
        usual = median(before)
        is_far = now > FACTOR * usual or usual > FACTOR * now
        if is_far and abs(now - usual) >= LEAST_CHANGE:
            found.append(Warned("units_jump", {"now": now, "usual": round(usual)}))
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
            known = [(one, at + division) for one, at in answers.items() if chr(statuses[at + division]) in WITH_COUNT]
            if chr(statuses[units_at + division]) not in WITH_COUNT:
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
