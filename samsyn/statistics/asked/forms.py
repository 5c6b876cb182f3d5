"""Reads a question from what a browser sends: every word must be one that the page offered."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.translation import gettext as _

from samsyn.people.refusals import Invalid
from samsyn.statistics.asked.answers import values_of
from samsyn.statistics.asked.questions import Population, Question, normal
from samsyn.statistics.asked.variables import TIME, variables
from samsyn.statistics.definitions.model import UNITS, Unit
from samsyn.statistics.periods import Quarter, Span

# A filter's name in the form: where.age_band
WHERE = "where."


def unit_of(sent: QueryDict) -> Unit:
    """Return the unit that was sent, exposed persons where none was; raise Invalid."""
    name = sent.get("unit", "person")
    for unit in UNITS:
        if unit == name:
            return unit
    raise Invalid(_("Den enheten finns inte. Välj en av flikarna."))


def question_of(sent: QueryDict) -> Question:
    """Return the question in its normal form; raise Invalid with what has to be put right."""
    unit = unit_of(sent)
    known = variables()[unit]
    row, column = sent.get("row", ""), sent.get("column", "")
    if row not in known and row != TIME:
        raise Invalid(_("Välj vad raderna ska visa, bland det som hör till enheten."))
    if column and column not in known and column != TIME:
        raise Invalid(_("Välj vad kolumnerna ska visa, bland det som hör till enheten."))
    if row == column:
        raise Invalid(_("Rader och kolumner ska visa olika saker."))
    filters: dict[str, Sequence[str]] = {}
    for name in sent:
        if not name.startswith(WHERE):
            continue
        variable = name.removeprefix(WHERE)
        if variable not in known:
            raise Invalid(_("Ett urval gäller något som inte hör till enheten. Välj på nytt."))
        filters[variable] = sent.getlist(name)
    values = {variable: values_of(known[variable]) for variable in filters}
    if any(set(codes) - set(values[variable]) for variable, codes in filters.items()):
        raise Invalid(_("Ett urval har en kod som inte finns i kodlistan. Välj på nytt."))
    # Somebody with several answers can lack all others: everything ticked is still everybody, in every variable.
    return Question(row, column, Population(unit, normal(filters, values=values), _span(sent)))


def _span(sent: QueryDict) -> Span:
    try:
        first, last = Quarter.parse(sent.get("first", "")), Quarter.parse(sent.get("last", ""))
    except ValueError as error:
        raise Invalid(_("Välj periodens första och sista kvartal.")) from error
    if last < first:
        raise Invalid(_("Periodens sista kvartal ligger före det första."))
    return Span(first, last)
