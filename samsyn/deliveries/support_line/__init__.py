"""The tables that the operator of a support line hands over each quarter (*kvartalspaketet*), as reviewed files.

A version is never edited: figures are stored in the order of its cells. Codes are those of the code lists on the day the
version was made; ``tests/aggregates`` tells when a list has a code that the newest version lacks.
"""

import json
from functools import cache
from pathlib import Path

from samsyn.deliveries.checking.formats import TableFormat, from_data

PACKAGE = "support_line"
FILES = Path(__file__).parent


@cache
def formats() -> tuple[TableFormat, ...]:
    """Return every table of every version, the oldest version first."""
    found = []
    for file in sorted(FILES.glob("*.json")):
        found += [from_data(table) for table in json.loads(file.read_text(encoding="utf-8"))]
    return tuple(found)


def newest() -> tuple[TableFormat, ...]:
    """Return the tables of the newest version."""
    last = formats()[-1].version
    return tuple(one for one in formats() if one.version == last)
