"""What has been decided, as anybody may read it: versions of packages and who has them in use, without drafts or names.

Read through views of the database, which the public's role may open too. A content is kept by its checksum for the life of the
process: what is decided never changes, only how far it has come.
"""

import json
from dataclasses import dataclass, replace
from datetime import date

from django.db import DEFAULT_DB_ALIAS, connections

from samsyn.questions.exchange import plain
from samsyn.questions.exchange.package import Package, Status

_contents: dict[str, Package] = {}
# Far more than will ever be decided; a process that tries many out doesn't keep them all.
MOST_KEPT = 200


@dataclass(frozen=True)
class Decided:
    """A decided version, with the checksum of its content."""

    package: Package
    content_hash: str


@dataclass(frozen=True)
class InUse:
    """That a municipality has a version in a system: the public part of the register."""

    package: str
    version: str
    municipality: str
    system: str
    from_on: date
    to_on: date | None

    def holds_on(self, on: date) -> bool:
        """Say whether it is in use on this day."""
        return self.from_on <= on and (self.to_on is None or self.to_on >= on)


def versions(code: str = "", *, using: str = DEFAULT_DB_ALIAS) -> tuple[Decided, ...]:
    """Return every decided version of a package (or of all), the oldest first; retired ones are among them."""
    with connections[using].cursor() as cursor:
        sql = "SELECT package, version, status, valid_from, valid_to, content_hash FROM questions_decided_package"
        cursor.execute(f"{sql} WHERE %s IN ('', package)", [code])
        rows = cursor.fetchall()
    missing = [row[5] for row in rows if row[5] not in _contents]
    if missing:
        if len(_contents) > MOST_KEPT:
            _contents.clear()
            missing = [row[5] for row in rows]
        with connections[using].cursor() as cursor:
            sql = "SELECT content_hash, content::text FROM questions_decided_package WHERE content_hash = ANY(%s)"
            cursor.execute(sql, [missing])
            _contents.update({mark: plain.from_plain(json.loads(content)) for mark, content in cursor.fetchall()})
    found = [
        Decided(
            replace(
                _contents[mark],
                status=Status(status),
                valid_from=valid_from.isoformat(),
                valid_to=valid_to.isoformat() if valid_to else "",
            ),
            mark,
        )
        for _code, _version, status, valid_from, valid_to, mark in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.package.code, order(one.package.version))))


def in_use(code: str, *, using: str = DEFAULT_DB_ALIAS) -> tuple[InUse, ...]:
    """Return the public part of the register of a package, ended lines too."""
    with connections[using].cursor() as cursor:
        sql = "SELECT package, version, municipality, system, from_on, to_on FROM questions_package_in_use"
        cursor.execute(f"{sql} WHERE package = %s ORDER BY municipality, system, from_on", [code])
        return tuple(InUse(*row) for row in cursor.fetchall())


def order(version: str) -> tuple[int, ...]:
    """Return what versions are sorted by."""
    return tuple(int(part) for part in version.split("."))
