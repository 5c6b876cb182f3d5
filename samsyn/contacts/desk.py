"""What one desk page shows, ready for its template: questions with what is chosen, the timer, the checklists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from samsyn.contacts import checklists, facts, further, policies
from samsyn.contacts.forms import MENTIONED, field_name
from samsyn.contacts.queries import Draft, Person
from samsyn.questions import queries as questions
from samsyn.questions.asking import Instrument, Item, Question, Section, Template
from samsyn.ui import numbers
from samsyn.ui.components import Choice, Select
from samsyn.vocabulary import queries as vocabulary

# Without a template there is a length that a call usually keeps to.
USUAL_MINUTES = 20


@dataclass(frozen=True)
class Asked:
    """A question on the page: its field, and what is chosen."""

    question: Question
    name: str
    chosen: tuple[str, ...]
    error: str = ""


@dataclass(frozen=True)
class PersonBox:
    """The box of one exposed person."""

    number: int
    summary: str
    lines: tuple[tuple[Asked, ...], ...]
    more_lines: tuple[tuple[Asked, ...], ...]


@dataclass(frozen=True)
class SectionShown:
    """A heading with its lines; the persons' section has boxes instead."""

    code: str
    title: str
    is_persons: bool
    lines: tuple[tuple[Asked, ...], ...]
    more_lines: tuple[tuple[Asked, ...], ...]


@dataclass(frozen=True)
class BesideShown:
    """A question set beside the main one."""

    title: str
    reminder: str
    is_direct: bool
    questions: tuple[Asked, ...]


@dataclass(frozen=True)
class Timer:
    """Server time as truth."""

    started_ms: int
    now_ms: int
    limit_seconds: int
    elapsed: str
    minutes: str


@dataclass(frozen=True)
class Side:
    """The checklists of the template that fits just now."""

    template: Template | None
    line: str = ""
    seconds: int = USUAL_MINUTES * 60
    ask: tuple[Choice, ...] = ()
    inform: tuple[Choice, ...] = ()

    @property
    def deviation_url(self) -> str:
        """Return where a departure from the template is reported: a room above, so an address and no import."""
        if self.template is None:
            return ""
        return reverse("quality:report_deviation", args=[self.template.version_id])

    def as_data(self) -> dict[str, object]:
        """Return the checklists as plain data for the page's script."""

        def items(choices: tuple[Choice, ...]) -> list[dict[str, object]]:
            return [{"code": c.value, "text": str(c.label), "chosen": c.chosen} for c in choices]

        return {
            "line": self.line,
            "ask": items(self.ask),
            "inform": items(self.inform),
            "deviation": self.deviation_url,
            "limit": self.seconds,
            "minutes": _("av %(minutes)s") % {"minutes": minutes_said(self.seconds // 60)},
        }


@dataclass(frozen=True)
class Desk:
    """The page."""

    draft: Draft
    instrument: Instrument
    sections: tuple[SectionShown, ...]
    persons: tuple[PersonBox, ...]
    mentioned: tuple[tuple[str, str, int], ...]
    channel: Select
    timer: Timer
    side: Side
    saved_at: str
    # The id of the outcome's first answer: where F9 goes.
    outcome: str
    is_more_open: bool
    has_words: bool
    # The direct follow-up, and what is asked for a time; both stand after the outcome.
    beside: tuple["BesideShown", ...] = ()
    problems: Sequence[Mapping[str, str]] = field(default_factory=tuple)


def desk(*, draft: Draft, at: datetime, errors: Mapping[str, str] | None = None) -> Desk:
    """Build the page of an open draft."""
    errors = errors or {}
    instrument = questions.instrument_version(
        version_id=draft.instrument_version_id, on=timezone.localdate(draft.opened_at)
    )
    shown = side(draft=draft)
    sections = tuple(_section(section, draft, errors) for section in instrument.sections)
    return Desk(
        draft=draft,
        instrument=instrument,
        sections=sections,
        persons=tuple(_box(instrument, person) for person in draft.persons),
        mentioned=tuple((age, _mentioned_label(age), draft.mentioned.get(age, 0)) for age in MENTIONED),
        channel=_channel(draft),
        timer=_timer(draft, shown.seconds, at),
        side=shown,
        saved_at=numbers.clock(timezone.localtime(draft.saved_at)) if draft.revision else "",
        outcome=_target(instrument, "outcome"),
        has_words=instrument.code in policies.LINES_WITH_WORDS,
        is_more_open=any(asked.error for section in sections for line in section.more_lines for asked in line),
        beside=tuple(_beside(one, draft) for one in further.beside(draft.further, opened_at=draft.opened_at)),
        problems=tuple({"target": _target(instrument, name), "message": text} for name, text in errors.items()),
    )


def side(*, draft: Draft) -> Side:
    """Build the checklists; a tick stays when the page comes again."""
    lists = checklists.checklists(
        template_version_id=draft.template_version_id, replies=draft.replies, opened_at=draft.opened_at
    )
    template = lists.template
    if template is None:
        return Side(None)
    name = " + ".join(one.title for one in (template, *lists.variants))
    line = _("Mall: %(name)s · version %(version)s") % {"name": name, "version": template.version}
    asked, told = _ticks(draft, "ask", lists.ask), _ticks(draft, "inform", lists.inform)
    return Side(template, line, (lists.minutes or USUAL_MINUTES) * 60, asked, told)


def _ticks(draft: Draft, name: str, items: tuple[Item, ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            value=item.code,
            label=item.text,
            digit=str(number) if number <= 9 else "",
            chosen=f"{name}:{item.code}" in draft.ticks,
        )
        for number, item in enumerate(items, start=1)
    )


def _target(instrument: Instrument, name: str) -> str:
    """Return the id of a field's first control: where the error summary leads."""
    question = instrument.question(name)
    return name if question.kind == "select" else f"{name}-{question.choices[0].value}"


def _asked(question: Question, replies: facts.Replies, person: int | None = None, error: str = "") -> Asked:
    reply = replies.get(question.code)
    chosen = () if reply is None else reply.values or (reply.state,)
    return Asked(question, field_name(question.code, person), tuple(chosen), error)


def _section(section: Section, draft: Draft, errors: Mapping[str, str]) -> SectionShown:
    def shown(lines: tuple[tuple[Question, ...], ...]) -> tuple[tuple[Asked, ...], ...]:
        return tuple(
            tuple(_asked(question, draft.replies, error=errors.get(question.code, "")) for question in line)
            for line in lines
        )

    is_persons = section.unit == "person"
    return SectionShown(
        code=section.code,
        title=section.title,
        is_persons=is_persons,
        lines=() if is_persons else shown(section.lines),
        more_lines=() if is_persons else shown(section.more_lines),
    )


def _beside(one: further.Beside, draft: Draft) -> BesideShown:
    asked = tuple(
        Asked(question, name, reply.values or (reply.state,) if (reply := draft.replies.get(name)) else ())
        for name, question in one.questions.items()
    )
    return BesideShown(one.instrument.title, one.instrument.reminder, one.in_force_id is None, asked)


def _box(instrument: Instrument, person: Person) -> PersonBox:
    section = next(section for section in instrument.sections if section.unit == "person")

    def shown(lines: tuple[tuple[Question, ...], ...]) -> tuple[tuple[Asked, ...], ...]:
        return tuple(tuple(_asked(question, person.replies, person.number) for question in line) for line in lines)

    words = [
        instrument.question(code).label(person.replies[code].values[0])
        for code in ("sex", "age_band")
        if code in person.replies and person.replies[code].values
    ]
    return PersonBox(person.number, ", ".join(words), shown(section.lines), shown(section.more_lines))


def _mentioned_label(age: str) -> str:
    return _("okänd ålder") if age == "unknown" else vocabulary.label("mentioned_age", age)


def _channel(draft: Draft) -> Select:
    codes = vocabulary.codes("channel", on=timezone.localdate(draft.opened_at))
    return Select(
        name="channel",
        label=_("Kanal"),
        choices=tuple(
            Choice(value=code.value, label=code.label, chosen=code.value == draft.channel)
            for code in codes
            if code.value != policies.MAILBOX or code.value == draft.channel
        ),
    )


def minutes_said(minutes: int) -> str:
    """Return the standard length as the timer says it."""
    return _("%(n)s min") % {"n": minutes}


def _timer(draft: Draft, limit_seconds: int, at: datetime) -> Timer:
    seconds = max(0, int((at - draft.opened_at).total_seconds()))
    return Timer(
        started_ms=int(draft.opened_at.timestamp() * 1000),
        now_ms=int(at.timestamp() * 1000),
        limit_seconds=limit_seconds,
        elapsed=f"{seconds // 60:02}:{seconds % 60:02}",
        minutes=minutes_said(limit_seconds // 60),
    )
