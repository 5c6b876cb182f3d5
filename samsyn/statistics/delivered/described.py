"""Indicators in words: what is counted, of what, which way is better, since when and where it comes from."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.deliveries.checking.formats import TableFormat
from samsyn.statistics.delivered.indicators import ASKED, DOWN, UP, Indicator, Part, indicators


@dataclass(frozen=True)
class Described:
    """One version of an indicator in the active language."""

    title: str
    numerator: str
    denominator: str
    direction: str
    valid: str
    source: str
    code: str
    version: int

    def sentence(self) -> str:
        """Return all of it as one paragraph."""
        return _(
            "%(title)s. Räknas: %(numerator)s. Av: %(denominator)s. %(direction)s. Gäller %(valid)s. Källa: %(source)s."
        ) % vars(self)


def described(formats: Iterable[TableFormat], *, package: str) -> list[Described]:
    """Return every indicator whose table is among a package's formats, in the words of its first version."""
    first: dict[str, TableFormat] = {}
    for form in formats:
        if form.package == package and (form.table not in first or _number(form) < _number(first[form.table])):
            first[form.table] = form
    return [_described(one, first[one.table]) for one in indicators() if one.table in first]


def _number(form: TableFormat) -> tuple[int, ...]:
    return tuple(int(part) for part in form.version.split("."))


def _described(one: Indicator, form: TableFormat) -> Described:
    is_english = get_language() == "en"
    directions = {UP: _("Högre är bättre"), DOWN: _("Lägre är bättre")}
    return Described(
        title=one.title_en if is_english else one.title_sv,
        numerator=_part(one.numerator, form),
        denominator=_part(one.denominator, form),
        direction=directions.get(one.direction, _("Varken högre eller lägre är bättre")),
        valid=_valid(one),
        source=one.source_en if is_english else one.source_sv,
        code=one.code,
        version=one.version,
    )


def _valid(one: Indicator) -> str:
    years = {"first": one.valid_from, "last": one.valid_to}
    return _("%(first)s till %(last)s") % years if one.valid_to else _("från %(first)s") % years


def _part(part: Part, form: TableFormat) -> str:
    """Return a variable and which of its answers, in words."""
    is_english = get_language() == "en"
    variable = next(one for one in form.variables if one.code == part.variable)
    labels = {one.code: one.label_en if is_english else one.label_sv for one in variable.codes}
    name = variable.label_en if is_english else variable.label_sv
    if part.codes == (ASKED,):
        answers = _("alla som tillfrågats, vet ej inräknat")
    elif part == Indicator.units:
        return form.title_en if is_english else form.title_sv
    else:
        answers = _(" eller ").join(labels[code] for code in part.codes)
    return f"{name}: {answers}"
