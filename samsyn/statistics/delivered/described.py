"""Indicators in words: what is counted, of what, how it was asked, which way is better, since when and where it comes from."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.deliveries.checking import of_packages
from samsyn.deliveries.checking.formats import TableFormat
from samsyn.questions.exchange.package import Package
from samsyn.questions.exchange.words import MODE
from samsyn.statistics.delivered.indicators import ASKED, DOWN, UP, Indicator, Part, indicators


@dataclass(frozen=True)
class Described:
    """One version of an indicator in the active language."""

    title: str
    numerator: str
    denominator: str
    asked: str
    direction: str
    valid: str
    source: str
    code: str
    version: int

    def sentence(self) -> str:
        """Return all of it as one paragraph."""
        return _(
            "%(title)s. Räknas: %(numerator)s. Av: %(denominator)s. Svaren kommer ur %(asked)s. %(direction)s."
            " Gäller %(valid)s. Källa: %(source)s."
        ) % vars(self)


def described(package: Package) -> list[Described]:
    """Return every indicator of a package's tables, in the words of this version: the first, in which they are computed."""
    forms = {form.table: form for form in of_packages.tables(package)}
    return [_described(one, package, forms[one.table]) for one in indicators() if one.table in forms]


def _described(one: Indicator, package: Package, form: TableFormat) -> Described:
    is_english = get_language() == "en"
    directions = {UP: _("Högre är bättre"), DOWN: _("Lägre är bättre")}
    return Described(
        title=one.title_en if is_english else one.title_sv,
        numerator=_part(one.numerator, form),
        denominator=_part(one.denominator, form),
        asked=_asked(package, one),
        direction=directions.get(one.direction, _("Varken högre eller lägre är bättre")),
        valid=_valid(one),
        source=one.source_en if is_english else one.source_sv,
        code=one.code,
        version=one.version,
    )


def _asked(package: Package, one: Indicator) -> str:
    """Return how the question that is counted may have been asked."""
    wordings = package.variable(one.numerator.variable).wordings
    return _(" eller ").join(MODE[each.mode].en if get_language() == "en" else MODE[each.mode].sv for each in wordings)


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
