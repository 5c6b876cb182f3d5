"""The tables that can be delivered: those of every decided version in the question bank, and those of the support line."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from django.db import DEFAULT_DB_ALIAS

from samsyn.deliveries import support_line
from samsyn.deliveries.checking import of_packages
from samsyn.deliveries.checking.formats import TableFormat
from samsyn.questions import queries as questions
from samsyn.questions.exchange.package import Package


def versions(package: str) -> tuple[Package, ...]:
    """Return every decided version of a package, the oldest first; raise LookupError."""
    known = versions_if_any(package)
    if not known:
        raise LookupError("no such package")
    return known


def versions_if_any(package: str) -> tuple[Package, ...]:
    """Return every decided version of a package; none of the support line's, which has no place in the bank."""
    return tuple(one.package for one in questions.decided_packages(package))


def formats(*, using: str = DEFAULT_DB_ALIAS) -> Mapping[tuple[str, str], TableFormat]:
    """Return every table of every decided version, by package/version and table."""
    decided = questions.decided_packages(using=using)
    made = [form for one in decided for form in _tables(_Marked(one))]
    made += support_line.formats()
    return MappingProxyType({(form.name, form.table): form for form in made})


class _Marked:
    """A decided version as a key: the checksum stands for the content, which is far too large to compare each time."""

    def __init__(self, one: questions.Decided) -> None:
        self.package, self.mark = one.package, one.content_hash

    def __hash__(self) -> int:
        return hash(self.mark)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Marked) and other.mark == self.mark


@lru_cache(maxsize=64)
def _tables(one: _Marked) -> tuple[TableFormat, ...]:
    return of_packages.tables(one.package)


def format_of(package: str, version: str, table: str) -> TableFormat:
    """Return one table's format; raise LookupError."""
    try:
        return formats()[f"{package}/{version}", table]
    except KeyError:
        raise LookupError("no such table") from None
