"""A week's log review as it stands: what is to be looked at, why, what was decided, and what is late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext_lazy as _

from samsyn.audit import queries as log
from samsyn.audit.queries import LoggedEvent
from samsyn.oversight import events
from samsyn.oversight.review import explaining, flags, sampling
from samsyn.oversight.review.limits import Limits, limits_on
from samsyn.oversight.review.seen import ACCESSES, GROUNDS, Seen
from samsyn.people import queries as people
from samsyn.people.actors import Actor

SAMPLE = "sample"
RULES: Mapping[str, Promise] = {
    "unexplained": _("Inget förklarar åtkomsten: en incident"),
    "duress": _("Koden för tvång användes: någon kan vara i fara"),
    "emergency": _("Nödöppning"),
    "helpers_words": _("Reservkoden användes: två namngivna kan den"),
    "ties_taken_back": _("Tog tillbaka egna band som var anmälda"),
    "passkey_copied": _("En nyckel till inloggningen kan vara kopierad"),
    "export": _("Ett ärende lämnade huset"),
    "override": _("En person nåddes mot sina egna regler för trygg kontakt"),
    "officer_replaced": _("En nyckelansvarig ersattes"),
    "frequent_emergencies": _("Samma läsare i flera nödöppningar"),
    "export_after_first_reading": _("Export snart efter första läsningen"),
    "after_new_rules": _("Läst snart efter att någon annan ändrat hur personen får nås"),
    "after_closing": _("Läst efter att ärendet avslutats"),
    "many_cases": _("Många olika ärenden på kort tid"),
    "reading_without_writing": _("Läst flera gånger utan att skriva"),
    "granted_and_only_read": _("Fick behörighet att skriva och har bara läst"),
    "outside_duty": _("Läst utan att vara i tjänst"),
    "refused_codes": _("Flera koder som inte öppnade något"),
    "refused_cases": _("Sökte flera ärenden utan rätt till dem"),
    "refused_keys": _("Flera misslyckade försök att låsa upp nycklarna"),
    "reciprocal_approvers": _("Två som godkänner varandra"),
    "roles_at_night": _("Konton eller roller ändrade på natten"),
    "quick_reviews": _("Granskningar snabbare än någon hinner läsa"),
    SAMPLE: _("Stickprov"),
}
EXPLANATIONS: Mapping[str, Promise] = {
    explaining.OWN: _("eget ärende"),
    explaining.GRANT: _("delat av en kollega"),
    explaining.HAND_OVER: _("överlämning"),
    explaining.SUPERVISION: _("handledning"),
    explaining.CODE: _("i tjänst och den hjälpsökandes kod"),
    explaining.EMERGENCY: _("nödöppning"),
    explaining.REFUSED: _("vägrades, inget öppnades"),
    explaining.NOTHING: _("inget"),
}
# What the rules look at.
KINDS = (
    ACCESSES
    | GROUNDS
    | {
        *("case_denied", "case_code_refused", "keys_refused", "case_share_approved", "case_export_approved"),
        *("outbound_overridden", "override_confirmed", "officer_replaced", "case_erased_under_duress"),
        *("case_code_opened_by_helpers", "ties_taken_back", "passkey_copied"),
        *("account_created", "account_closed", "sign_in_reset", "role_given", "role_ended", "log_reviewed"),
    }
)
# How far back patterns go that begin before the week.
_PATTERNS = timedelta(days=31)
MOST_WEEKS = 6
OPEN_VERDICTS = frozenset({"", "asked"})


@dataclass(frozen=True)
class Item:
    """One thing to look at: an event, why, what explains it, and what was decided."""

    event: LoggedEvent
    rule: str
    explanation: str
    ground_at: datetime | None
    unit: str
    verdict: str
    decided_by: str
    decided_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Say whether somebody has still to decide."""
        return self.verdict in OPEN_VERDICTS

    @property
    def why(self) -> str:
        """Return the rule in words."""
        return str(RULES[self.rule])

    @property
    def explained(self) -> str:
        """Return the explanation in words; "" for what is no access."""
        return str(EXPLANATIONS[self.explanation]) if self.explanation else ""

    @property
    def verdict_label(self) -> str:
        """Return the decision in words."""
        return str(events.VERDICTS[self.verdict]) if self.verdict else ""


@dataclass(frozen=True)
class Round:
    """A week's review; ``is_drawn`` says whether the sample is there: it comes with the first checkpoint after."""

    week: str
    first: date
    last: date
    items: tuple[Item, ...]
    accesses: int
    by_explanation: tuple[tuple[str, int], ...]
    is_over: bool
    is_drawn: bool
    due_on: date

    @property
    def open(self) -> int:
        """Return how many things wait for a decision."""
        return sum(one.is_open for one in self.items)

    def is_late(self, *, today: date) -> bool:
        """Say whether something waits that should have been decided."""
        return self.is_over and bool(self.open) and today > self.due_on


def week_of(day: date) -> str:
    """Return the name of a day's week, as ISO 8601 writes it."""
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02}"


def first_day(week: str) -> date:
    """Return a week's Monday; raise ValueError for what is no week."""
    if len(week) != 8 or not week.isascii():
        raise ValueError("not a week")
    return datetime.strptime(f"{week}-1", "%G-W%V-%u").date()  # noqa: DTZ007 (a day has no zone)


def weeks(*, today: date) -> list[str]:
    """Return the weeks that are reviewed, the running one first."""
    return [week_of(today - timedelta(weeks=back)) for back in range(MOST_WEEKS)]


def round_of(week: str, *, at: datetime) -> Round:
    """Build a week's review out of the log; raise ValueError for what is no week."""
    monday = first_day(week)
    zone = get_default_timezone()
    since = datetime.combine(monday, time.min, tzinfo=zone)
    until = datetime.combine(monday + timedelta(days=7), time.min, tzinfo=zone)
    limits = limits_on(monday)
    logged = log.events_between(since=since, until=until, kinds=KINDS)
    earlier = {one.event_id: one for one in log.events_between(since=since - _PATTERNS, until=since, kinds=KINDS)}
    grounds = log.events_between(since=since - limits.owner, until=since, kinds=GROUNDS)
    earlier |= {one.event_id: one for one in grounds}
    before = sorted((seen(one) for one in earlier.values()), key=lambda one: (one.at, one.id))
    period = flags.Period(events=[seen(one) for one in logged], before=before, limits=limits)
    explanations = explaining.explain_all(period.events, grounds=period.all, limits=limits)
    chosen = [(one.rule, one.event.id) for one in flags.raised(period)]
    seed = log.first_root_after(until) if at >= until else None
    if seed is not None:
        chosen += [(SAMPLE, one) for one in _sample(explanations, chosen, seed, limits)]
    by_id = {str(one.event_id): one for one in logged}
    accesses = [one for one in explanations.values() if one.by != explaining.REFUSED]
    return Round(
        week=week,
        first=monday,
        last=monday + timedelta(days=6),
        items=_items(chosen, by_id, explanations, week),
        accesses=len(accesses),
        by_explanation=_counted(one.by for one in accesses),
        is_over=at >= until,
        is_drawn=seed is not None,
        due_on=monday + timedelta(days=6) + limits.review_within,
    )


def seen(one: LoggedEvent) -> Seen:
    """Return an event of the log as the rules see it."""
    return Seen(str(one.event_id), one.kind, one.at, one.actor_id, one.subject, one.facts)


def _sample(
    explanations: Mapping[str, explaining.Explained], chosen: Iterable[tuple[str, str]], seed: bytes, limits: Limits
) -> list[str]:
    flagged = {event_id for _rule, event_id in chosen}
    ordinary = [
        key
        for key, one in explanations.items()
        if key not in flagged and one.by not in {explaining.NOTHING, explaining.REFUSED}
    ]
    return sampling.drawn(ordinary, seed=seed, share=limits.sample_share, least=limits.sample_least)


def _counted(explanations: Iterable[str]) -> tuple[tuple[str, int], ...]:
    found = list(explanations)
    return tuple((str(EXPLANATIONS[one]), found.count(one)) for one in EXPLANATIONS if one in found)


def _items(
    chosen: list[tuple[str, str]],
    by_id: Mapping[str, LoggedEvent],
    explanations: Mapping[str, explaining.Explained],
    week: str,
) -> tuple[Item, ...]:
    units = people.units({UUID(one.actor_id) for one in by_id.values() if _is_id(one.actor_id)})
    decided = _decisions(week)
    found = []
    for rule, event_id in chosen:
        event = by_id[event_id]
        said = explanations.get(event_id)
        decision = decided.get((rule, event_id))
        found.append(
            Item(
                event=event,
                rule=rule,
                explanation=said.by if said else "",
                ground_at=said.ground.at if said and said.ground else None,
                unit=units.get(UUID(event.actor_id), "") if _is_id(event.actor_id) else "",
                verdict=str(decision.facts["verdict"]) if decision else "",
                decided_by=decision.pseudonym if decision else "",
                decided_at=decision.at if decision else None,
            )
        )
    return tuple(found)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _decisions(week: str) -> dict[tuple[str, str], LoggedEvent]:
    """Return the latest decision of each thing of a week; decisions are events, so nobody can take one back unseen."""
    since = datetime.combine(first_day(week), time.min, tzinfo=get_default_timezone())
    kind = events.LOG_REVIEWED.code
    rows = log.events_between(since=since, until=since + timedelta(days=3660), kinds=[kind])
    return {(str(one.facts["rule"]), one.subject): one for one in rows if one.facts.get("week") == week}


def item(week: str, *, rule: str, event_id: UUID, at: datetime) -> Item:
    """Return one thing of a week; raise LookupError."""
    try:
        found = round_of(week, at=at)
    except ValueError as error:
        raise LookupError("no such week") from error
    for one in found.items:
        if (one.rule, one.event.event_id) == (rule, event_id):
            return one
    raise LookupError("nothing to review")


def late(*, at: datetime) -> list[Round]:
    """Return the weeks in which something waits that should have been decided, the oldest first."""
    today = localdate(at)
    found = [round_of(week, at=at) for week in reversed(weeks(today=today)[1:])]
    return [one for one in found if one.is_late(today=today)]


def may_decide(one: Item, *, by: Actor) -> bool:
    """Say whether this reviewer may decide about it: never about themselves or their own unit."""
    return one.event.actor_id != by.actor_id and one.unit != by.organisation
