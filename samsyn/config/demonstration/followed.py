"""What was followed up in the made-up world: answers of earlier quarters, a measurement that is over, a call that is due."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from samsyn.contacts import further
from samsyn.followups import actions as followups
from samsyn.followups.policies import Agreed
from samsyn.people.actors import Actor
from samsyn.quality import actions as quality
from samsyn.quality import queries
from samsyn.quality.policies import ExtraQuestion, Plan
from samsyn.questions import queries as questions

QUARTERS = ((2025, 4), (2026, 1), (2026, 2))
# Invented: most are content; getting through is the weakest.
RATINGS = {
    "treatment": (0, 1, 4, 30, 65),
    "competence": (0, 3, 8, 41, 48),
    "problem": (1, 4, 12, 45, 38),
    "availability": (6, 13, 25, 36, 20),
}


def load(*, adviser: Actor, lead: Actor, at: datetime) -> None:
    """Store it all, by those who would have done it."""
    rng = random.Random(3)  # noqa: S311
    followups.add_direct_facts(rows=_direct(rng))
    begun = at - timedelta(days=40)
    for place, phone in enumerate(("+46701740605", "+46701740606", "+46701740607"), start=1):
        contact_id = UUID(int=place)
        agreed = Agreed(to=phone, way="phone", asks_direct=False, months=(1, 3, 6))
        followups.note_wish(contact_id=contact_id, agreed=agreed, by=adviser, at=begun)
        followups.plan_follow_up(contact_id=contact_id, matter=None, by=adviser, at=begun)
    _measure(rng, lead=lead, at=begun)
    template = questions.templates_in_force(at=at)[0]
    quality.report_deviation(
        template_version_id=template.version_id,
        item=template.ask[0].code,
        kind="line_not_asked",
        reason="unclear",
        by=adviser,
        at=at - timedelta(days=3),
    )


def _direct(rng: random.Random) -> list[dict[str, str | int]]:
    rows: list[dict[str, str | int]] = []
    for year, quarter in QUARTERS:
        for _answer in range(rng.randrange(40, 60)):
            row: dict[str, str | int] = {"year": year, "quarter": quarter, "instrument_version": 1}
            row["asked_by"] = rng.choice(("desk", "desk", "link"))
            row |= {code: rng.choices("12345", weights)[0] for code, weights in RATINGS.items()}
            if row["asked_by"] == "desk":
                row["availability"] = "not_asked"
            rows.append(row)
    return rows


def _measure(rng: random.Random, *, lead: Actor, at: datetime) -> None:
    first = timezone.localdate(at)
    plan = Plan(
        title_sv="Två veckor om handlingsplaner",
        title_en="Two weeks about plans of action",
        first_on=first,
        last_on=first + timedelta(days=13),
        sample="nth",
        questions=(
            ExtraQuestion("Har verksamheten en handlingsplan?", "Does the service have a plan of action?", "yes_no"),
            ExtraQuestion("Vad har hindrat er?", "What has hindered you?", "effect_hinder", is_multiple=True),
        ),
        nth=2,
        seed=4711,
    )
    period_id = quality.plan_period(plan=plan, by=lead, at=at)
    rows: list[tuple[str, list[str]]] = []
    for number in range(46):
        is_answered = number % 6 != 0
        rows.append(("", ["asked" if is_answered else "not_answered"]))
        rows.append(("q1", [rng.choices(("yes", "no", "unknown"), (5, 3, 1))[0] if is_answered else "not_asked"]))
        hinders = rng.sample(("organisation", "cooperation", "resources", "knowledge", "law"), rng.randrange(1, 3))
        rows.append(("q2", hinders if is_answered else ["not_asked"]))
    period = queries.period(period_id=period_id, by=lead)
    further.add_facts(in_force_id=period.in_force_id, rows=rows)
    quality.end_periods_that_are_over(at=at + timedelta(days=17))
