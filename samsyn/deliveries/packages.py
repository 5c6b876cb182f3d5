"""The tables that can be delivered: those of every decided version of every package."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from samsyn.deliveries.checking import of_packages
from samsyn.deliveries.checking.formats import TableFormat
from samsyn.questions.exchange import core
from samsyn.questions.exchange.package import Package


@cache
def versions(package: str) -> tuple[Package, ...]:
    """Return every version of a package, the oldest first; raise LookupError."""
    known = core.versions()
    if not known or known[0].code != package:
        raise LookupError("no such package")
    return known


@cache
def formats() -> Mapping[tuple[str, str], TableFormat]:
    """Return every table of every version, by package/version and table."""
    made = [form for version in core.versions() for form in of_packages.tables(version)]
    return MappingProxyType({(form.name, form.table): form for form in made})


def format_of(package: str, version: str, table: str) -> TableFormat:
    """Return one table's format; raise LookupError."""
    try:
        return formats()[f"{package}/{version}", table]
    except KeyError:
        raise LookupError("no such table") from None
