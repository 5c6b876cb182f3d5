"""The tables that can be delivered: one data file for each version of a package. A version in use is never edited."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from samsyn.deliveries.checking.formats import STATES, TableFormat, from_data

FOLDER = Path(__file__).parent / "data" / "tables"


def parse(text: str) -> TableFormat:
    """Read a data file; a variable has every answer state unless it says which."""
    data: dict[str, Any] = tomllib.loads(text)
    for variable in data["variables"]:
        variable.setdefault("states", list(STATES))
        variable.setdefault("is_multiple", False)
    return from_data(data)


@cache
def formats() -> Mapping[tuple[str, str], TableFormat]:
    """Return every table of every version, by package/version and table."""
    found = {}
    for file in sorted(FOLDER.glob("*.toml")):
        form = parse(file.read_text(encoding="utf-8"))
        found[form.name, form.table] = form
    return MappingProxyType(found)


def format_of(package: str, version: str, table: str) -> TableFormat:
    """Return one table's format; raise LookupError."""
    try:
        return formats()[f"{package}/{version}", table]
    except KeyError:
        raise LookupError("no such table") from None
