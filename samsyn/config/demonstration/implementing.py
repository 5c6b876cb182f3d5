"""Made-up register of who has which version of the core package in which system since when. Real places, nothing true."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from samsyn.config.demonstration.deliverers import MUNICIPALITIES, PACKAGE, TODAY
from samsyn.people.actors import Actor
from samsyn.questions import actions, bank
from samsyn.vocabulary import queries as vocabulary

SYSTEMS = ("Treserva", "Lifecare", "Viva", "Eget system")
SHARES = (0.4, 0.38, 0.14, 0.08)
# How many have the package in use beside those that deliver already.
OTHERS = 46
ROUTES = ("rest", "sftp", "portal", "none")


def load(*, by: Actor) -> None:
    """Write the register: those that deliver, and as many others as would have come along in two years."""
    dice = random.Random(17)  # noqa: S311
    ids = {row.version: row.id for code, rows in bank.packages() if code == PACKAGE for row in rows}
    delivering = {code: system for code, _name, _county, _cases, system in MUNICIPALITIES}
    known = sorted(code for code in vocabulary.labels("municipality") if code.isdigit() and code not in delivering)
    for code, system in delivering.items():
        _line(ids["1.0.0"], code, system, "rest", date(2025, 1, 1), by=by, until=date(2025, 12, 31))
        _line(ids["2.0.0"], code, system, "rest", date(2026, 1, 1), by=by)
    for code in dice.sample(known, OTHERS):
        system, route = dice.choices(SYSTEMS, SHARES)[0], dice.choices(ROUTES, (0.3, 0.3, 0.25, 0.15))[0]
        began = date(2025, 2, 1) + timedelta(days=dice.randrange((TODAY - date(2025, 2, 1)).days - 30))
        if began >= date(2026, 1, 1):
            _line(ids["2.0.0"], code, system, route, began, by=by)
        elif dice.random() < 0.25:  # has not changed over yet
            _line(ids["1.0.0"], code, system, route, began, by=by)
        else:
            changed = date(2026, 1, 1) + timedelta(days=dice.randrange(200))
            _line(ids["1.0.0"], code, system, route, began, by=by, until=changed - timedelta(days=1))
            _line(ids["2.0.0"], code, system, route, changed, by=by)


def _line(
    version_id: UUID, code: str, system: str, route: str, began: date, *, by: Actor, until: date | None = None
) -> None:
    made = actions.record_implementation(
        version_id=version_id,
        municipality=code,
        system=system,
        route=route,
        from_on=began,
        by=by,
        at=datetime(began.year, began.month, began.day, 9, tzinfo=UTC),
    )
    if until is not None:
        at = datetime(until.year, until.month, until.day, 15, tzinfo=UTC)
        actions.end_implementation(implementation_id=made, to_on=until, by=by, at=at)
