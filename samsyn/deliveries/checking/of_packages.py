"""What a package of questions asks to be delivered: a table for each thing that its variables are counted by. Pure.

What is asked of organisations themselves is answered in a survey and is no table.

A table is divided by the package's first breakdown; the other breakdowns are delivered as variables of their own. Every
crossing of sex, age and problem would be a single person in most municipalities, and that is never asked for.
"""

from samsyn.deliveries.checking.formats import Breakdown, Item, TableFormat, Variable
from samsyn.questions.exchange.package import CodeList, Package, Universe
from samsyn.questions.exchange.package import Variable as Asked

UNITS, ALL = "units", "all"
_TITLES = {
    Universe.CONTACT: ("Kontakter", "Contacts"),
    Universe.CASE: ("Ärenden som avslutats under perioden", "Cases closed in the period"),
    Universe.PERSON: ("Personer som tillfrågats när deras ärende avslutades", "Persons asked when their case closed"),
    Universe.MEASURE: ("Insatser", "Measures"),
}
_UNKNOWN = Item("unknown", "Okänt", "Unknown")
_EVERYTHING = Variable(UNITS, "Alla", "All", (Item(ALL, "Alla", "All"),), states=())


def tables(package: Package) -> tuple[TableFormat, ...]:
    """Return the tables of a version, in the order of its variables."""
    divided = package.breakdowns[:1]
    breakdowns = tuple(_breakdown(package, package.variable(code)) for code in divided)
    asked = [one for one in package.variables if one.code not in divided and one.universe in _TITLES]
    return tuple(
        TableFormat(
            package=package.code,
            version=package.version,
            table=str(universe),
            title_sv=_TITLES[universe][0],
            title_en=_TITLES[universe][1],
            variables=(_EVERYTHING, *(_variable(package, one) for one in asked if one.universe == universe)),
            breakdowns=breakdowns,
        )
        for universe in dict.fromkeys(one.universe for one in asked)
    )


def _items(codes: CodeList) -> tuple[Item, ...]:
    return tuple(Item(one.value, one.label.sv, one.label.en) for one in codes.codes)


def _breakdown(package: Package, one: Asked) -> Breakdown:
    codes = (*_items(package.list_of(one)), _UNKNOWN)
    return Breakdown(one.code, one.label.sv, one.label.en, codes)


def _variable(package: Package, one: Asked) -> Variable:
    return Variable(
        code=one.code,
        label_sv=one.label.sv,
        label_en=one.label.en,
        codes=_items(package.list_of(one)),
        states=tuple(str(reason) for reason in one.nothing),
        is_multiple=one.is_multiple,
    )
