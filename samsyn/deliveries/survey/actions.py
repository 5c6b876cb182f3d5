"""What is done to a round of the survey: opened, answered, reminded of and closed, each with its event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.deliveries import events, periods, policies, reminders
from samsyn.deliveries import queries as deliveries
from samsyn.deliveries.checking.formats import WHOLE
from samsyn.deliveries.models import Reply, Round
from samsyn.deliveries.policies import Sender
from samsyn.deliveries.survey import answers, queries
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.questions.exchange import methods

# Delivered figures of the last year stand in for a missing answer.
FIGURES = timedelta(days=365)
PACKAGE, TABLE, VARIABLE = "municipal_core", "case", "method"
# A sum of fewer organisations, or of all but fewer, would tell that a single one has had a case.
LEAST = 3


@dataclass(frozen=True)
class NewRound:
    """A round to open."""

    year: int
    version: str
    closes_on: date


@transaction.atomic
def open_round(*, new: NewRound, by: Actor, at: datetime) -> UUID:
    """Ask every organisation of the register; raise Refused while another round is open or the year has had its own."""
    policies.check_can_manage(by)
    today = localdate(at)
    if new.version not in queries.versions():
        raise Invalid(_("Den versionen av frågorna är inte beslutad, eller avvecklad."))
    if abs(new.year - today.year) > 1:
        raise Invalid(_("Året ska vara i år, förra året eller nästa."))
    if new.closes_on < today:
        raise Invalid(_("Sista svarsdagen har redan varit."))
    known = Round.objects.filter(package=methods.CODE)
    if known.filter(closed_at=None).exists():
        raise Refused(_("En omgång är redan öppen. Stäng den först."))
    if known.filter(year=new.year).exists():
        raise Refused(_("Året har redan en omgång."))
    asked = list(queries.to_ask())
    if not asked:
        raise Refused(_("Ingen organisation står i registret."))
    made = Round.objects.create(
        package=methods.CODE,
        version=new.version,
        year=new.year,
        closes_on=new.closes_on,
        opened_at=at,
        opened_by=by.pseudonym,
    )
    Reply.objects.bulk_create([Reply(round=made, deliverer=one) for one in asked])
    facts: dict[str, str | int] = {
        "package": methods.CODE,
        "version": new.version,
        "year": new.year,
        "asked": len(asked),
    }
    audit.record(events.ROUND_OPENED, by=by, at=at, subject=str(made.pk), facts=facts)
    return made.pk


@transaction.atomic
def answer(*, round_id: UUID, given: Mapping[str, Sequence[str]], sender: Sender, at: datetime) -> None:
    """Write an organisation's answer, in the place of its earlier one; raise Invalid, or Refused when the round is closed."""
    made = Round.objects.select_for_update(of=("self",), no_key=True).filter(pk=round_id).first()
    reply = Reply.objects.filter(round=made, deliverer_id=sender.deliverer_id).first() if made else None
    if made is None or reply is None:
        raise Refused(_("Er organisation är inte tillfrågad i den omgången."))
    if made.closed_at is not None:
        raise Refused(_("Omgången är stängd. Svaret sparades inte."))
    said, problems = answers.read(queries.package_of(made.version), given)
    if problems:
        raise Invalid(next(iter(problems.values())))
    if not said:
        raise Invalid(_("Svara på minst en fråga."))
    reply.answers, reply.answered_at, reply.answered_by = said, at, sender.by.pseudonym
    reply.save(update_fields=["answers", "answered_at", "answered_by"])
    facts: dict[str, str | int] = {"deliverer": sender.code, "year": made.year}
    audit.record(events.ROUND_ANSWERED, by=sender.by, at=at, subject=str(round_id), facts=facts)


@transaction.atomic
def remind(*, round_id: UUID, code: str, by: Actor, at: datetime) -> None:
    """Remind an organisation, or without a code everybody who hasn't answered; raise LookupError."""
    policies.check_can_manage(by)
    made = _open(round_id)
    lacking = Reply.objects.filter(round=made, answers__isnull=True).select_related("deliverer")
    if code:
        lacking = lacking.filter(deliverer__code=code)
    found = list(lacking.order_by("deliverer__code"))
    if not found:
        raise LookupError("nobody to remind")
    for one in found:
        one.reminded_at, one.reminded_by = at, by.pseudonym
        facts = {"deliverer": one.deliverer.code, "period": str(made.year)}
        audit.record(events.DELIVERER_REMINDED, by=by, at=at, facts=facts)
    Reply.objects.bulk_update(found, ["reminded_at", "reminded_by"])
    reminders.tell((one.deliverer.code for one in found), by=by, at=at)


@transaction.atomic
def close_round(*, round_id: UUID, by: Actor, at: datetime) -> None:
    """Close a round for good: from now on its answers are public and never change. Raise LookupError."""
    policies.check_can_manage(by)
    made = _open(round_id)
    replies = Reply.objects.filter(round=made)
    lacking = set(replies.filter(answers__isnull=True).values_list("deliverer__code", flat=True))
    made.from_figures = _from_figures(lacking, since=localdate(at) - FIGURES)
    made.closed_at, made.closed_by = at, by.pseudonym
    made.save(update_fields=["from_figures", "closed_at", "closed_by"])
    asked = replies.count()
    facts: dict[str, str | int] = {"year": made.year, "asked": asked, "answered": asked - len(lacking)}
    audit.record(events.ROUND_CLOSED, by=by, at=at, subject=str(made.pk), facts=facts)


def _open(round_id: UUID) -> Round:
    found = Round.objects.select_for_update().filter(pk=round_id, closed_at=None).first()
    if found is None:
        raise LookupError("no such open round")
    return found


def _from_figures(lacking: set[str], *, since: date) -> dict[str, int | None]:
    """Return how many of these organisations delivered figures, and by tool how many had cases with it.

    None stands for too few, and for a tool of which somebody's figures are hidden: a hidden figure is no nought.
    """
    wanted = [one for one in deliveries.periods_of(PACKAGE, TABLE) if periods.last_day(one) >= since]
    delivering: set[str] = set()
    using: dict[str, set[str]] = {tool: set() for tool in methods.TOOLS}
    unsure: dict[str, set[str]] = {tool: set() for tool in methods.TOOLS}
    for one in deliveries.accepted_figures(package=PACKAGE, table=TABLE, periods=wanted):
        if one.deliverer not in lacking or VARIABLE not in one.format.places:
            continue
        delivering.add(one.deliverer)
        places = one.format.places[VARIABLE]
        for tool, codes in methods.TOOLS.items():
            starts = [places[code] for code in codes if code in places]
            cells = [start + division for start in starts for division in range(one.format.width)]
            if any(one.counts[at] for at in cells):
                using[tool].add(one.deliverer)
            elif any(one.statuses[at] not in WHOLE for at in cells):
                unsure[tool].add(one.deliverer)
    return {"organisations": len(delivering)} | {
        tool: len(found)
        if not unsure[tool] - found and (not found or LEAST <= len(found) <= len(delivering) - LEAST)
        else None
        for tool, found in using.items()
    }
