"""From a contact's answers to its fact rows: coarse time, coded answers, no way back. Pure: no database here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

# A fact's column never is empty: where there is no code stands the reason.
NOT_ASKED = "not_asked"
NOT_APPLICABLE = "not_applicable"
SINGLE = "single"

# (upper limit in minutes, code): how long a contact was, in bands that say nothing about one call.
LENGTHS = ((10, "under_10"), (20, "10_20"), (40, "20_40"))
# (upper limit of the hour of the day in Stockholm, code): the line is open 9 to 12.
HOURS = ((9, "before_09"), (10, "09_10"), (11, "10_11"), (12, "11_12"))
# (upper limit as a share of the standard length, code): how a contact kept to its template's standard length.
ADHERENCE = ((0.8, "shorter"), (1.2, "as_standard"))


@dataclass(frozen=True)
class Reply:
    """The answer to one question: codes, or the state that says why there are none."""

    state: str
    values: tuple[str, ...] = ()

    @property
    def one(self) -> str:
        """Return the code, or the state."""
        return self.values[0] if self.values else self.state

    @property
    def many(self) -> list[str]:
        """Return the codes, or the state as the only element."""
        return list(self.values) if self.values else [self.state]


Replies = Mapping[str, Reply]


@dataclass(frozen=True)
class Closed:
    """What is known of a contact at the moment of its closing."""

    opened_at: datetime  # Stockholm time
    closed_at: datetime
    channel: str
    outcome: str
    is_matter: bool
    is_repeat: bool
    municipality: Reply
    template: str
    standard_minutes: int | None
    instrument_version: int
    replies: Replies
    persons: Sequence[Replies] = ()
    mentioned: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FactRows:
    """Rows for each fact table, as columns and values."""

    contact: list[dict[str, Any]]
    matter: list[dict[str, Any]]
    person: list[dict[str, Any]]
    mentioned: list[dict[str, Any]]
    caller_place: list[dict[str, Any]]


def quarter_of(day: date) -> int:
    """Return 1 to 4."""
    return (day.month + 2) // 3


def whole_week(day: date) -> date | None:
    """Return the Monday of the day's week, or nothing where a quarter's end cuts the week."""
    monday = day - timedelta(days=day.weekday())
    sunday = monday + timedelta(days=6)
    is_whole = (monday.year, quarter_of(monday)) == (sunday.year, quarter_of(sunday))
    return monday if is_whole else None


def length_minutes(opened_at: datetime, closed_at: datetime) -> float:
    """Return the length in minutes; a clock that went back gives 0, never less.

    Counted in UTC: two times of one zone are subtracted as their clocks show, an hour wrong when summer time ends.
    """
    return max(0.0, (closed_at.astimezone(UTC) - opened_at.astimezone(UTC)).total_seconds() / 60)


def band(value: float, limits: Sequence[tuple[float, str]], above: str) -> str:
    """Return the code of the first limit that the value is below, or ``above``."""
    return next((code for limit, code in limits if value < limit), above)


def one(replies: Replies, code: str) -> str:
    """Return a question's code or state; a question that the version does not have was not asked."""
    reply = replies.get(code)
    return reply.one if reply else NOT_ASKED


def many(replies: Replies, code: str) -> list[str]:
    """Return a question's codes or its state."""
    reply = replies.get(code)
    return reply.many if reply else [NOT_ASKED]


def _status(replies: Replies, name: str, exposure: str) -> str:
    """Return how far it has come; the question applies only where the exposure is told of."""
    return one(replies, name) if exposure in many(replies, "exposure") else NOT_APPLICABLE


def fact_rows(closed: Closed) -> FactRows:
    """Return the rows that closing leaves. A repeated contact counts no matter again, but persons who are new in it."""
    day = closed.opened_at.date()
    time = {"year": day.year, "quarter": quarter_of(day), "week": whole_week(day)}
    minutes = length_minutes(closed.opened_at, closed.closed_at)
    asked = closed.replies if closed.is_matter else {}
    sector = one(closed.replies, "sector")
    # The first two digits of a municipality's code are its county's (SCB); who asks for the county alone has it itself.
    county = closed.municipality.values[0][:2] if closed.municipality.values else closed.municipality.state
    county = one(closed.replies, "county") if "county" in closed.replies else county
    adherence = NOT_APPLICABLE
    if closed.is_matter and closed.standard_minutes:
        adherence = band(minutes / closed.standard_minutes, ADHERENCE, "longer")
    order = "repeat" if closed.is_repeat else one(asked, "contact_order")
    if closed.is_matter and order == NOT_ASKED:
        order = "first"
    contact = time | {
        "hour_band": band(closed.opened_at.hour, HOURS, "after_12"),
        "channel": closed.channel,
        "outcome": closed.outcome,
        "sector": sector,
        "profession": one(closed.replies, "profession"),
        "county": county,
        "length_band": band(minutes, LENGTHS, "40_plus"),
        "contact_order": order,
        "caller_subject": many(asked, "caller_subject"),
        "advice": many(asked, "advice"),
        "referral": many(asked, "referral"),
        "duty_informed": one(asked, "duty_informed"),
        "helped": one(asked, "helped"),
        "template": closed.template if closed.is_matter else NOT_APPLICABLE,
        "adherence_band": adherence,
        "instrument_version": closed.instrument_version,
        "contact_kind": one(closed.replies, "contact_kind"),
        "caller_role": one(closed.replies, "caller_role"),
        "adaptation": many(closed.replies, "adaptation"),
        "language": one(closed.replies, "language"),
        "interpreter": one(closed.replies, "interpreter"),
    }
    if not closed.is_matter:
        return FactRows([contact], [], [], [], [])
    is_new_matter = order == "first"
    persons = [
        time
        | {
            "sector": sector,
            "case_kind": one(asked, "case_kind"),
            "main_concern": one(asked, "main_concern"),
            "age_band": one(replies, "age_band"),
            "sex": one(replies, "sex"),
            "exposure": many(replies, "exposure"),
            "marriage_status": _status(replies, "marriage_status", "marriage"),
            "abduction_status": _status(replies, "abduction_status", "abduction"),
            "fgm_status": _status(replies, "fgm_status", "fgm"),
            "perpetrator_relation": many(replies, "perpetrator_relation"),
            "perpetrator_number": one(replies, "perpetrator_number"),
            "disability": one(replies, "disability"),
            "lgbtq": one(replies, "lgbtq"),
            "abroad_now": one(replies, "abroad_now"),
        }
        for replies in closed.persons
    ]
    matter = time | {
        "sector": sector,
        "county": county,
        "case_kind": one(asked, "case_kind"),
        "main_concern": one(asked, "main_concern"),
        "concern_status": one(asked, "concern_status"),
        "danger_now": one(asked, "danger_now"),
        "person_count": len(persons),
        "actors_engaged": many(asked, "actors_engaged"),
    }
    mentioned = [time | {"age_group": age} for age, count in sorted(closed.mentioned.items()) for _ in range(count)]
    place = [
        {"year": day.year, "quarter": quarter_of(day), "municipality": code} for code in closed.municipality.values
    ]
    return FactRows([contact], [matter] if is_new_matter else [], persons, mentioned, place)
