"""What is done about measurements and deviations: check, change and record in one transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.contacts import queries as contacts
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Invalid
from samsyn.quality import events, policies, reports
from samsyn.quality.models import Deviation, Period
from samsyn.quality.policies import Plan
from samsyn.questions import further
from samsyn.questions import queries as questions
from samsyn.vocabulary import queries as vocabulary

# Two plans made at once get two numbers ("matning" in ASCII).
_NUMBER_LOCK = 0x6D61746E696E67


@transaction.atomic
def plan_period(*, plan: Plan, by: Actor, at: datetime) -> UUID:
    """Plan a measurement and return its id. From now on neither questions, days nor sample can be changed."""
    policies.check_can_plan(by)
    policies.check_plan(plan, today=timezone.localdate(at))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    highest: int | None = Period.objects.aggregate(highest=Max("number"))["highest"]
    number = (highest or 0) + 1
    days, start = policies.drawn_days(plan), policies.first_of_nth(plan)
    in_force_id = further.put_in_force(
        source=_source(plan, number),
        first_on=plan.first_on,
        last_on=plan.last_on,
        sample=further.SampleRule(plan.sample, plan.nth if plan.sample == "nth" else 1, start, days),
        by=by,
        at=at,
    )
    period = Period.objects.create(
        number=number,
        title_sv=plan.title_sv,
        title_en=plan.title_en,
        first_on=plan.first_on,
        last_on=plan.last_on,
        sample=plan.sample,
        nth=plan.nth if plan.sample == "nth" else 1,
        seed=plan.seed,
        days=list(days),
        in_force_id=in_force_id,
        version_id=further.version_of(in_force_id=in_force_id),
        planned_by=by.pseudonym,
        planned_at=at,
    )
    audit.record(
        events.PERIOD_PLANNED,
        by=by,
        at=at,
        subject=str(period.id),
        facts={
            "number": number,
            "first_on": plan.first_on.isoformat(),
            "last_on": plan.last_on.isoformat(),
            "questions": len(plan.questions),
            "sample": plan.sample,
            "nth": period.nth,
            "seed": plan.seed,
        },
    )
    return period.id


@transaction.atomic
def stop_period(*, period_id: UUID, by: Actor, at: datetime) -> None:
    """Stop a measurement now, whatever its last day: no new contact is asked, and the report is frozen."""
    policies.check_can_plan(by)
    period = Period.objects.select_for_update().filter(id=period_id).first()
    if period is None:
        raise LookupError("no such period")
    policies.check_is_running(period.state)
    audit.record(events.PERIOD_STOPPED, by=by, at=at, subject=str(period.id), facts={"number": period.number})
    _end(period, Period.State.STOPPED, by=by, at=at)


def end_periods_that_are_over(*, at: datetime) -> int:
    """End every measurement whose last day lies two days back, and return how many there were. Work by the clock.

    Two days: by then every contact that was opened on the last day is closed or its draft has lapsed.
    """
    limit = timezone.localdate(at) - timedelta(days=2)
    over = Period.objects.filter(state=Period.State.PLANNED, last_on__lt=limit).values_list("id", flat=True)
    ended = 0
    for period_id in over:
        with transaction.atomic():
            period = Period.objects.select_for_update().get(id=period_id)
            if period.state == Period.State.PLANNED:
                _end(period, Period.State.REPORTED, by=SYSTEM, at=at)
                ended += 1
    return ended


@transaction.atomic
def report_deviation(*, template_version_id: UUID, item: str, kind: str, reason: str, by: Actor, at: datetime) -> UUID:
    """Keep a departure from a template, in codes; who reported it stands in the log alone."""
    policies.check_can_report(by)
    template = questions.published_template(version_id=template_version_id)
    if item and item not in {line.code for line in (*template.ask, *template.inform)}:
        raise Invalid(_("Raden finns inte i mallen."))
    today = timezone.localdate(at)
    for list_code, value in (("deviation_kind", kind), ("deviation_reason", reason)):
        if not vocabulary.is_valid(list_code, value, on=today):
            raise Invalid(_("Välj vad som avvek och varför."))
    deviation = Deviation.objects.create(
        template=template.code,
        template_version_id=template.version_id,
        template_number=template.version,
        item=item,
        kind=kind,
        reason=reason,
        reported_on=today,
    )
    audit.record(
        events.DEVIATION_REPORTED,
        by=by,
        at=at,
        subject=str(deviation.id),
        facts={"template": template.code, "version": template.version},
    )
    return deviation.id


@transaction.atomic
def decide_deviation(*, deviation_id: UUID, decision: str, by: Actor, at: datetime) -> None:
    """Decide that the template stays as it is, or that its next version takes the deviation up."""
    policies.check_can_plan(by)
    deviation = Deviation.objects.select_for_update().filter(id=deviation_id).first()
    if deviation is None:
        raise LookupError("no such deviation")
    policies.check_is_open(deviation.decision)
    if decision not in {Deviation.Decision.KEEP, Deviation.Decision.REVISE}:
        raise Invalid(_("Välj att behålla eller att ändra mallen."))
    deviation.decision, deviation.decided_by, deviation.decided_at = decision, by.pseudonym, at
    deviation.save(update_fields=["decision", "decided_by", "decided_at"])
    audit.record(
        events.DEVIATION_DECIDED,
        by=by,
        at=at,
        subject=str(deviation.id),
        facts={"template": deviation.template, "decision": decision},
    )


def _end(period: Period, state: str, *, by: Actor, at: datetime) -> None:
    further.end(in_force_id=period.in_force_id, at=at)
    instrument = questions.instrument_version(version_id=period.version_id, on=period.first_on)
    period.report = reports.frozen(instrument, contacts.measured(in_force_id=period.in_force_id))
    period.state, period.ended_at = state, at
    period.save(update_fields=["report", "state", "ended_at"])
    audit.record(events.PERIOD_REPORTED, by=by, at=at, subject=str(period.id), facts={"number": period.number})


def _source(plan: Plan, number: int) -> dict[str, object]:
    """Return the question set in the form that ``questions`` loads."""
    return {
        "code": f"measurement_{number}",
        "version": 1,
        "valid_from": plan.first_on,
        "level": "major",
        "title_sv": plan.title_sv,
        "title_en": plan.title_en,
        "reminder_sv": "Mätning: fråga när det passar i samtalet.",
        "reminder_en": "Measurement: ask when it fits into the call.",
        "reason_sv": f"Mätning {number}.",
        "section": [{"code": "extra", "title_sv": plan.title_sv[:60], "title_en": plan.title_en[:60]}],
        "question": [
            {
                "code": f"q{place}",
                "concept": f"measurement_{number}_q{place}",
                "unit": "contact",
                "section": "extra",
                "row": place,
                "kind": "multiple" if one.is_multiple else "single",
                "list": one.list_code,
                "wording_sv": one.wording_sv,
                "wording_en": one.wording_en,
                "states": ["unknown", "declined"],
                "local": True,
            }
            for place, one in enumerate(plan.questions, start=1)
        ],
    }
