"""The machinery of retention: rules that the rooms declare, a dry run, and erasure in batches with a protocol.

A room's ``retention.py`` has ``RULES``, a tuple of RetentionRule. Upper rooms come first: what points at a row goes
before the row. Each batch is one transaction with its erasure, its event in the log and its protocol row, so a process
that is killed at any point leaves whole batches behind it and the next run goes on from there.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.audit.actors import Actor
from samsyn.privacy import events
from samsyn.privacy.decisions import DisposalDecision, decision

log = logging.getLogger("samsyn.privacy.retention")

# A batch holds its row locks for a fraction of a second, so an adviser never waits for it.
BATCH_SIZE = 500
# One run at a time in a database ("gallra" in ASCII); a second one waits for the batch, then finds nothing.
ERASURE_LOCK = 0x67616C6C7261

# How many rows went: a number of the rule's own rows, or numbers by model label where several tables went along.
Erased = int | Mapping[str, int]


@dataclass(frozen=True)
class RetentionRule:
    """What is kept how long, and how it is erased.

    ``due(at)`` counts the rows whose time is up when the run happens at ``at`` (use ``before(at)`` for the limit);
    ``erase_batch(at, size)`` erases at most ``size`` of them in the caller's transaction and returns how many went,
    0 when none is left. A rule whose rows are kept has ``keep=None`` and neither function; what falls under it is never
    erased by this machinery. A rule whose limit isn't "so long after" (a session with its own date) has both functions
    and any ``keep``. ``decision`` is a key of data/disposal_decisions.toml.
    """

    code: str
    title: str | Promise
    keep: timedelta | None
    decision: str
    due: Callable[[datetime], int] | None = None
    erase_batch: Callable[[datetime, int], Erased] | None = None
    model: str = ""

    def __post_init__(self) -> None:
        if (self.due is None) != (self.erase_batch is None):
            raise ValueError(f"{self.code}: a rule that counts also erases")
        if self.keep is not None and self.due is None:
            raise ValueError(f"{self.code}: a time limit without erasure is only a wish")

    @classmethod
    def of_rows(
        cls,
        code: str,
        title: str | Promise,
        *,
        keep: timedelta,
        decision: str,
        rows: Callable[[datetime], QuerySet[Any]],
        never_change: bool = False,
    ) -> "RetentionRule":
        """Return the rule by which the rows that ``rows(at)`` finds go, with all that belongs to them.

        Rows that ``never_change`` can't be locked, for our role may not update them, and need not be.
        """
        return cls(
            code=code,
            title=title,
            keep=keep,
            decision=decision,
            due=lambda at: rows(at).count(),
            erase_batch=lambda at, size: erase_rows(rows(at), size, locked=not never_change),
        )

    @property
    def erases(self) -> bool:
        """Tell whether rows ever go by this rule."""
        return self.due is not None

    def before(self, at: datetime) -> datetime:
        """Return the limit: what closed before it is due at ``at``."""
        return at - (self.keep or timedelta())


def erase_rows(rows: QuerySet[Any], size: int, *, locked: bool = True) -> dict[str, int]:
    """Delete at most ``size`` of the rows; those that somebody works with at this moment wait for the next run."""
    found = rows.order_by("pk").values_list("pk", flat=True)
    if locked:
        found = found.select_for_update(skip_locked=True, of=("self",))
    chosen = list(found[:size])
    return dict(rows.model._default_manager.filter(pk__in=chosen).delete()[1]) if chosen else {}


@dataclass
class ProtocolRow:
    """What one rule did, or would do, in one run."""

    rule: RetentionRule
    decision: DisposalDecision
    due: int
    erased: dict[str, int] = field(default_factory=dict)
    batches: int = 0
    failed: str = ""

    @property
    def total(self) -> int:
        """Return the number of rows erased, over all tables."""
        return sum(self.erased.values())


def declared_rules() -> tuple[RetentionRule, ...]:
    """Return every installed room's rules, upper rooms first; raise ValueError if two share a code."""
    found: dict[str, RetentionRule] = {}
    for app in apps.get_app_configs():
        if not app.name.startswith("samsyn.") or not find_spec(f"{app.name}.retention"):
            continue
        for rule in getattr(import_module(f"{app.name}.retention"), "RULES", ()):
            if rule.code in found:
                raise ValueError(f"two retention rules are called {rule.code}")
            found[rule.code] = rule
    return tuple(found.values())


def run(
    rules: Iterable[RetentionRule],
    *,
    at: datetime,
    dry_run: bool,
    by: Actor,
    batch_size: int = BATCH_SIZE,
) -> list[ProtocolRow]:
    """Erase what is due by each rule, batch by batch, and return what happened; a dry run only counts.

    Raise UnknownDecision before anything is erased if a rule rests on a decision that isn't in the data. A rule that
    fails in the database is marked ``failed`` and doesn't hold the others back; its last batch is undone.
    """
    protocol = [ProtocolRow(rule=rule, decision=decision(rule.decision), due=0) for rule in rules]
    for row in protocol:
        if row.rule.due is None:
            continue
        try:
            row.due = row.rule.due(at)
            if not dry_run:
                _erase(row, at=at, by=by, batch_size=batch_size)
        except DatabaseError as error:
            row.failed = type(error).__name__
            log.error("the retention rule %s failed: %s", row.rule.code, row.failed)
    return protocol


@dataclass(frozen=True)
class ErasedRow:
    """One day's erasures by one rule, as the protocol keeps them."""

    day: date
    rule: str
    title: str
    total: int
    rows: Mapping[str, int]
    decision: str
    by: str


def protocol(*, most: int = 200) -> list[ErasedRow]:
    """Return what was erased, a line for each day and rule, the latest first; days are Swedish."""
    from samsyn.privacy.models import ErasureRecord

    titles = {rule.code: str(rule.title) for rule in declared_rules()}
    found: dict[tuple[date, str, str, str], dict[str, int]] = {}
    for record in ErasureRecord.objects.order_by("-erased_at", "rule").iterator():
        place = (timezone.localdate(record.erased_at), record.rule, record.decision, record.erased_by)
        if place not in found and len(found) == most:
            break
        rows = found.setdefault(place, {})
        for model, count in record.rows.items():
            rows[model] = rows.get(model, 0) + count
    return [
        ErasedRow(day, rule, titles.get(rule, rule), sum(rows.values()), rows, decision(key).title, by)
        for (day, rule, key, by), rows in found.items()
    ]


def _erase(row: ProtocolRow, *, at: datetime, by: Actor, batch_size: int) -> None:
    # Nothing new falls due at a fixed time, so this many batches are enough; a rule that claims rows without erasing
    # them must not run for ever.
    for _batch in range(row.due // batch_size + 2):
        erased = _erase_batch(row.rule, at=at, by=by, batch_size=batch_size)
        if not erased:
            return
        row.batches += 1
        for model, count in erased.items():
            row.erased[model] = row.erased.get(model, 0) + count


def _erase_batch(rule: RetentionRule, *, at: datetime, by: Actor, batch_size: int) -> dict[str, int]:
    """Erase one batch with its event and its protocol row, all or nothing."""
    from samsyn.privacy.models import ErasureRecord

    if rule.erase_batch is None:
        return {}
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ERASURE_LOCK])
        said = rule.erase_batch(at, batch_size)
        rows = {rule.model or rule.code: said} if isinstance(said, int) else dict(said)
        rows = {model: count for model, count in sorted(rows.items()) if count}
        total = sum(rows.values())
        if total == 0:
            return {}
        ErasureRecord(
            rule=rule.code,
            rows=rows,
            total=total,
            decision=rule.decision,
            erased_at=at,
            erased_by=by.pseudonym,
        ).save(force_insert=True)
        audit.record(
            events.ROWS_ERASED,
            by=by,
            at=at,
            facts={"rule": rule.code, "rows": total, "decision": rule.decision},
        )
    return rows


# Rows of this room and of the one below it, which can't declare a rule itself.
RULES = (
    RetentionRule(code="erasure_records", title=_("Gallringsprotokoll"), keep=None, decision="erasure_records"),
    RetentionRule(code="audit_log", title=_("Händelselogg"), keep=None, decision="audit_log"),
)
