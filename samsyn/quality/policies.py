"""Rules of measuring and of deviations. Pure: nothing here touches the database."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Permission

# An adviser asks a few things more during a call; more than five is another instrument.
MOST_QUESTIONS = 5
# A measurement is limited in time; a longer one is a change of the question set.
LONGEST_DAYS = 92
MOST_NTH = 50
SAMPLES = ("every", "nth", "days")


@dataclass(frozen=True)
class ExtraQuestion:
    """A question that is asked for a time, answered from a code list that exists."""

    wording_sv: str
    wording_en: str
    list_code: str
    is_multiple: bool = False


@dataclass(frozen=True)
class Plan:
    """A measurement as it is planned. ``nth`` counts for "nth", ``number_of_days`` for "days"."""

    title_sv: str
    title_en: str
    first_on: date
    last_on: date
    sample: str
    questions: Sequence[ExtraQuestion]
    nth: int = 1
    number_of_days: int = 0
    seed: int = 0


def check_can_plan(actor: Actor) -> None:
    """Raise NotAllowed unless the actor plans measurements."""
    if not actor.may(Permission.PLAN_MEASUREMENTS):
        raise NotAllowed(_lazy("Bara den som leder arbetet på linjen planerar mätningar."))


def check_can_see(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may see measurements."""
    if not actor.may(Permission.SEE_QUALITY):
        raise NotAllowed(_lazy("Din roll får inte se mätningar."))


def check_can_report(actor: Actor) -> None:
    """Raise NotAllowed unless the actor works by the templates."""
    if not actor.may(Permission.REGISTER_CONTACT):
        raise NotAllowed(_lazy("Bara den som tar samtal anmäler avvikelser."))


def check_plan(plan: Plan, *, today: date) -> None:
    """Raise Invalid unless the measurement begins today or later, ends, and asks something of somebody."""
    if plan.first_on < today:
        raise Invalid(_("En mätning kan börja tidigast i dag."))
    if plan.last_on < plan.first_on:
        raise Invalid(_("Sista dagen ligger före den första."))
    if (plan.last_on - plan.first_on).days >= LONGEST_DAYS:
        raise Invalid(_("En mätning är tidsbegränsad: högst %(most)s dagar.") % {"most": LONGEST_DAYS})
    if not 1 <= len(plan.questions) <= MOST_QUESTIONS:
        raise Invalid(_("Ställ mellan en och %(most)s frågor.") % {"most": MOST_QUESTIONS})
    if plan.sample not in SAMPLES:
        raise Invalid(_("Välj vilka kontakter som frågas."))
    if plan.sample == "nth" and not 2 <= plan.nth <= MOST_NTH:
        raise Invalid(_("Var n:te kontakt: välj ett tal från 2 till %(most)s.") % {"most": MOST_NTH})
    if plan.sample == "days":
        weekdays = len(weekdays_between(plan.first_on, plan.last_on))
        if not 1 <= plan.number_of_days <= weekdays:
            raise Invalid(_("Antal dagar: välj ett tal från 1 till %(most)s vardagar.") % {"most": weekdays})


def weekdays_between(first: date, last: date) -> list[date]:
    """Return Mondays to Fridays between two days, both included."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


def drawn_days(plan: Plan) -> tuple[date, ...]:
    """Return the weekdays that the seed draws: anybody who has plan and seed draws the same again."""
    if plan.sample != "days":
        return ()
    chosen = random.Random(plan.seed).sample(weekdays_between(plan.first_on, plan.last_on), plan.number_of_days)  # noqa: S311 (a sample that can be checked, not a secret)
    return tuple(sorted(chosen))


def first_of_nth(plan: Plan) -> int:
    """Return which of the first n contacts is asked, by the seed."""
    return random.Random(plan.seed).randrange(plan.nth) if plan.sample == "nth" else 0  # noqa: S311 (as above)


def check_is_running(state: str) -> None:
    """Raise Refused if the measurement is over: its report is frozen."""
    if state != "planned":
        raise Refused(_lazy("Mätningen är avslutad och rapporten frusen."))


def check_is_open(decision: str) -> None:
    """Raise Refused if the deviation is decided."""
    if decision != "open":
        raise Refused(_lazy("Avvikelsen är redan beslutad."))
