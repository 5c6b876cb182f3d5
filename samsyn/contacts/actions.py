"""What an adviser does at the desk: each function checks, changes and records in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from samsyn.audit import actions as audit
from samsyn.contacts import checklists, events, facts, further, policies, queries
from samsyn.contacts.facts import Reply
from samsyn.contacts.models import (
    Answer,
    CallerPlaceFact,
    ChecklistTick,
    Contact,
    ContactFact,
    ExposedPerson,
    Fact,
    FurtherMentioned,
    Matter,
    MatterFact,
    MentionedFact,
    PersonFact,
    SavedGroup,
)
from samsyn.followups import actions as followups
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import code_messages, spoken_codes
from samsyn.questions import policies as answering
from samsyn.questions import queries as questions
from samsyn.questions.asking import Instrument, Question
from samsyn.vocabulary import queries as vocabulary

CODE_PURPOSE = "matter_code"
# Up to so many rows are written as one statement, more are copied in.
_BATCH = 200


@dataclass(frozen=True)
class Saved:
    """Field groups as they were posted: question code, or ``p<number>-<code>`` for a person, and the raw values."""

    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    channel: str | None = None
    mentioned: Mapping[str, int] | None = None
    ticks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tab: str = ""
    sequence: int = 0


@transaction.atomic
def open_contact(*, by: Actor, at: datetime, channel: str = "phone") -> UUID:
    """Open a draft with one exposed person and return its id."""
    policies.check_can_register(by)
    if len(queries.open_drafts(by=by)) >= policies.MOST_DRAFTS:
        raise Refused(_("Du har många öppna utkast. Avsluta eller kasta något av dem först."))
    _check_code(policies.CHANNELS_LIST, channel, at)
    instrument = questions.instrument_in_force(at=at)
    contact = Contact.objects.create(
        adviser_id=by.account_id,
        channel=channel,
        instrument_version_id=instrument.version_id,
        instrument_number=instrument.version,
        further=further.draw(at=at),
        opened_at=at,
        saved_at=at,
    )
    contact.template_version_id = _choose_template(contact)
    contact.save(update_fields=["template_version_id"])
    ExposedPerson.objects.create(contact=contact, number=1)
    audit.record(events.CONTACT_OPENED, by=by, at=at, subject=str(contact.id))
    return contact.id


@dataclass(frozen=True)
class Kept:
    """What autosave answers: when, the how manieth change of the draft, and whether other checklists fit now."""

    saved_at: datetime
    revision: int
    is_other_template: bool


@transaction.atomic
def save_answers(*, contact_id: UUID, saved: Saved, by: Actor, at: datetime) -> Kept:
    """Keep the posted field groups of an open draft.

    A group that arrives late from the same tab (a lower sequence) is left alone. Raise LookupError for another's draft,
    Refused for a closed one, Invalid for an answer that cannot be kept; then nothing of the post is kept.
    """
    contact = _own_open(contact_id, by)
    before = contact.template_version_id
    _keep(contact, saved, at)
    is_other = contact.template_version_id != before or not saved.answers.keys().isdisjoint(checklists.VARIED_BY)
    return Kept(contact.saved_at, contact.revision, is_other)


@transaction.atomic
def add_person(*, contact_id: UUID, saved: Saved, by: Actor, at: datetime) -> int:
    """Keep what was posted, add an exposed person to the draft and return the person's number."""
    contact = _own_open(contact_id, by)
    _keep(contact, saved, at)
    numbers = list(contact.persons.values_list("number", flat=True))
    if len(numbers) >= policies.MOST_PERSONS:
        raise Refused(_("Högst %(most)s personer i en kontakt.") % {"most": policies.MOST_PERSONS})
    number = max(numbers, default=0) + 1
    ExposedPerson.objects.create(contact=contact, number=number)
    return number


@transaction.atomic
def remove_person(*, contact_id: UUID, number: int, saved: Saved, by: Actor, at: datetime) -> None:
    """Keep what was posted and take the exposed person with its answers out of the draft."""
    contact = _own_open(contact_id, by)
    _keep(contact, saved, at)
    contact.persons.filter(number=number).delete()


@transaction.atomic
def restart_timer(*, contact_id: UUID, by: Actor, at: datetime) -> None:
    """Let the contact begin now: the page was opened before the call came."""
    contact = _own_open(contact_id, by)
    contact.opened_at = at
    contact.save(update_fields=["opened_at"])


@transaction.atomic
def give_reference_code(*, contact_id: UUID, by: Actor, at: datetime) -> str:
    """Return three words for the professional to keep. They are shown this once; only a keyed hash is stored."""
    contact = _own_open(contact_id, by)
    policies.check_has_words(_instrument(contact))
    if contact.is_repeat:
        raise Refused(_("Ärendet har redan sina ord: de som just användes gäller fortfarande."))
    code, code_hash = _unused_code()
    if contact.matter is None:
        contact.matter = Matter.objects.create(code_hash=code_hash, last_contact_at=at)
        contact.save(update_fields=["matter"])
    else:
        contact.matter.code_hash = code_hash
        contact.matter.save(update_fields=["code_hash"])
    audit.record(events.CODE_GIVEN, by=by, at=at, subject=str(contact.id))
    return code


def _unused_code() -> tuple[str, bytes]:
    for _attempt in range(20):
        code = spoken_codes.new_code(words=3)
        code_hash = spoken_codes.keyed_hash(CODE_PURPOSE, code)
        if not Matter.objects.filter(code_hash=code_hash).exists():
            return code, code_hash
    raise Refused(_("Inga lediga ord just nu. Försök igen."))


@transaction.atomic
def join_matter(*, contact_id: UUID, code: str, by: Actor, at: datetime) -> None:
    """Let the contact count as one more about the matter with these words; raise Invalid if no matter has them."""
    contact = _own_open(contact_id, by)
    policies.check_has_words(_instrument(contact))
    try:
        code_hash = spoken_codes.keyed_hash(CODE_PURPOSE, spoken_codes.normalise(code))
    except spoken_codes.NotACode as error:
        raise Invalid(code_messages.message(error)) from error
    matter = Matter.objects.filter(code_hash=code_hash).first()
    if matter is None:
        raise Invalid(_("Inget ärende har de orden. Kontrollera dem, eller svara att orden är borttappade."))
    contact.matter = matter
    contact.is_repeat = True
    contact.save(update_fields=["matter", "is_repeat"])
    # The persons of the matter are counted already: an untouched first person would count one twice.
    contact.persons.filter(answers=None).delete()
    audit.record(events.MATTER_JOINED, by=by, at=at, subject=str(contact.id))


@transaction.atomic
def discard_draft(*, contact_id: UUID, by: Actor, at: datetime) -> None:
    """Throw the adviser's own open draft away; nothing is counted."""
    contact = _own_open(contact_id, by)
    followups.forget_wish(contact_id=contact.id, by=by, at=at)
    audit.record(events.DRAFT_DISCARDED, by=by, at=at, subject=str(contact.id))
    contact.delete()


class NotComplete(Exception):
    """Closing demands more; ``missing`` says what. What was typed is kept."""

    def __init__(self, missing: Sequence[policies.Missing]) -> None:
        super().__init__("not complete")
        self.missing = missing


def close_contact(*, contact_id: UUID, saved: Saved, by: Actor, at: datetime) -> None:
    """Close the draft and write its de-identified facts, once.

    Raise NotComplete if an answer is missing (what was posted is kept then), Refused if it is closed already.
    """
    with transaction.atomic():
        contact = _own_open(contact_id, by)
        _keep(contact, saved, at)
        instrument = _instrument(contact)
        known = queries.answers_of(contact)
        missing = policies.missing_at_close(instrument, known.replies)
        if not missing:
            _close(contact, known, by=by, at=at)
    if missing:
        raise NotComplete(missing)


def _close(contact: Contact, known: queries.Answers, *, by: Actor, at: datetime) -> None:
    replies = known.replies
    outcome = replies["outcome"].one
    closed_at = max(at, contact.opened_at)
    lists = _checklists(contact, replies)
    rows = facts.fact_rows(
        facts.Closed(
            opened_at=timezone.localtime(contact.opened_at),
            closed_at=timezone.localtime(closed_at),
            channel=contact.channel,
            outcome=outcome,
            is_matter=policies.is_matter(outcome),
            is_repeat=contact.is_repeat,
            municipality=replies.get("municipality", Reply(facts.NOT_ASKED)),
            template=lists.template.code if lists.template else facts.NOT_APPLICABLE,
            standard_minutes=lists.minutes,
            instrument_version=contact.instrument_number,
            replies=replies,
            persons=[person.replies for person in known.persons if person.replies],
            mentioned=known.mentioned,
        )
    )
    add_facts(**vars(rows))
    if policies.is_matter(outcome):
        further.count(contact, replies, by=by, at=at)
    followups.plan_follow_up(contact_id=contact.id, matter=contact.matter_id, by=by, at=at)
    contact.closed_at = closed_at
    contact.outcome = outcome
    contact.save(update_fields=["closed_at", "outcome"])
    if contact.matter is not None:
        contact.matter.last_contact_at = closed_at
        contact.matter.save(update_fields=["last_contact_at"])
    audit.record(events.CONTACT_CLOSED, by=by, at=at, subject=str(contact.id))


@transaction.atomic
def add_facts(
    *,
    contact: Iterable[Mapping[str, Any]] = (),
    matter: Iterable[Mapping[str, Any]] = (),
    person: Iterable[Mapping[str, Any]] = (),
    mentioned: Iterable[Mapping[str, Any]] = (),
    caller_place: Iterable[Mapping[str, Any]] = (),
) -> None:
    """Store fact rows, given as columns and values; a row with a column too many or too few raises TypeError."""
    tables: tuple[tuple[type[Fact], Iterable[Mapping[str, Any]]], ...] = (
        (ContactFact, contact),
        (MatterFact, matter),
        (PersonFact, person),
        (MentionedFact, mentioned),
        (CallerPlaceFact, caller_place),
    )
    for model, rows in tables:
        wanted = frozenset(model.COLUMNS)
        given = []
        for row in rows:
            if frozenset(row) != wanted:
                raise TypeError(f"{model.__name__}: {sorted(wanted ^ frozenset(row))}")
            given.append(row)
        if len(given) <= _BATCH:
            model._default_manager.bulk_create([model(**row) for row in given])
        else:
            _copy(model, given)


def _copy(model: type[Fact], rows: Sequence[Mapping[str, Any]]) -> None:
    """Store many rows at once, by COPY: a world of facts in seconds."""
    fields = model._meta.concrete_fields
    columns = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[field.name] if field.name in row else field.get_default() for field in fields])


# Steps that several actions share


def _own_open(contact_id: UUID, by: Actor) -> Contact:
    """Return the locked contact; only its adviser finds it, and only while it is open."""
    policies.check_can_register(by)
    contact = (
        Contact.objects.select_for_update(of=("self",))
        .select_related("matter")
        .filter(id=contact_id, adviser_id=by.account_id)
        .first()
    )
    if contact is None:
        raise LookupError("no such contact")
    policies.check_is_open(is_closed=contact.closed_at is not None)
    return contact


def _instrument(contact: Contact) -> Instrument:
    """Return the version that the contact was opened with, as it is asked on the day of the contact."""
    day = timezone.localdate(contact.opened_at)
    return questions.instrument_version(version_id=contact.instrument_version_id, on=day)


def _checklists(contact: Contact, replies: facts.Replies) -> checklists.Checklists:
    return checklists.checklists(
        template_version_id=contact.template_version_id, replies=replies, opened_at=contact.opened_at
    )


def _check_code(list_code: str, value: str, at: datetime) -> None:
    if value not in {code.value for code in vocabulary.codes(list_code, on=timezone.localdate(at))}:
        raise Invalid(_("Okänd kod."))


def _keep(contact: Contact, saved: Saved, at: datetime) -> None:
    """Write the posted groups that are not older than what is stored."""
    instrument = _instrument(contact)
    wanted = _newer_groups(contact, saved)
    persons = {person.number: person for person in contact.persons.all()}
    beside = further.questions_of(contact.further, opened_at=contact.opened_at)
    given: dict[tuple[UUID | None, UUID], Answer] = {}
    for group in wanted & set(saved.answers):
        person, question = (None, beside[group]) if group in beside else _addressed(instrument, persons, group)
        values, state = answering.split_answer(saved.answers[group])
        if state != answering.NOT_ASKED:
            answering.check_answer(question, values, state)
        given[person.id if person else None, question.id] = Answer(
            contact=contact,
            person=person,
            question_id=question.id,
            code=group if group in beside else question.code,
            state=state,
            values=list(values),
        )
    if given:
        _write_answers(contact, given)
    if saved.channel is not None and "channel" in wanted:
        # The page offers the channels of the day on which the contact was opened.
        _check_code(policies.CHANNELS_LIST, saved.channel, contact.opened_at)
        policies.check_channel(saved.channel, before=contact.channel)
        contact.channel = saved.channel
    if saved.mentioned is not None and "mentioned" in wanted:
        _write_mentioned(contact, saved.mentioned)
    for checklist in sorted(wanted & set(saved.ticks)):
        _write_ticks(contact, checklist, saved.ticks[checklist])
    contact.template_version_id = _choose_template(contact)
    contact.revision += 1
    contact.saved_at = max(at, contact.saved_at)
    contact.save(update_fields=["channel", "template_version_id", "revision", "saved_at"])


def _newer_groups(contact: Contact, saved: Saved) -> set[str]:
    groups = set(saved.answers) | set(saved.ticks)
    groups |= {name for name in ("channel", "mentioned") if getattr(saved, name) is not None}
    if not saved.tab:
        return groups
    seen = {row.group: row for row in contact.saved_groups.filter(tab=saved.tab, group__in=groups)}
    newer = {group for group in groups if group not in seen or seen[group].sequence < saved.sequence}
    SavedGroup.objects.bulk_create(
        [SavedGroup(contact=contact, group=group, tab=saved.tab, sequence=saved.sequence) for group in newer],
        update_conflicts=True,
        unique_fields=["contact", "group", "tab"],
        update_fields=["sequence"],
    )
    return newer


def _addressed(
    instrument: Instrument, persons: Mapping[int, ExposedPerson], group: str
) -> tuple[ExposedPerson | None, Question]:
    """Return whom and what a group is about; raise Invalid if the page has no such field."""
    prefix, dash, code = group.partition("-")
    person = None
    if dash:
        number = prefix.removeprefix("p")
        if not number.isascii() or not number.isdigit() or len(number) > 3 or int(number) not in persons:
            raise Invalid(_("Personen finns inte i kontakten. Ladda om sidan."))
        person = persons[int(number)]
    try:
        question = instrument.question(code if dash else group)
    except KeyError as error:
        raise Invalid(_("Frågan finns inte i den version som kontakten öppnades med. Ladda om sidan.")) from error
    if (question.unit == "person") != (person is not None):
        raise Invalid(_("Frågan hör till en annan del av kontakten. Ladda om sidan."))
    return person, question


def _write_answers(contact: Contact, given: Mapping[tuple[UUID | None, UUID], Answer]) -> None:
    """Store what differs from what is stored, in three statements at most: closing posts the whole page."""
    stored = {(answer.person_id, answer.question_id): answer for answer in contact.answers.all()}
    gone, new, changed = [], [], []
    for key, answer in given.items():
        before = stored.get(key)
        if answer.state == answering.NOT_ASKED:
            if before is not None:
                gone.append(before.id)
        elif before is None:
            new.append(answer)
        elif (before.state, before.values) != (answer.state, answer.values):
            before.state, before.values = answer.state, answer.values
            changed.append(before)
    if gone:
        contact.answers.filter(id__in=gone).delete()
    Answer.objects.bulk_create(new)
    if changed:
        Answer.objects.bulk_update(changed, ["state", "values"])


def _write_mentioned(contact: Contact, counts: Mapping[str, int]) -> None:
    policies.check_mentioned(counts)
    contact.mentioned.all().delete()
    FurtherMentioned.objects.bulk_create(
        FurtherMentioned(contact=contact, age_group=age, count=count) for age, count in counts.items() if count
    )


def _write_ticks(contact: Contact, checklist: str, items: frozenset[str]) -> None:
    lists = _checklists(contact, queries.answers_of(contact).replies)
    known = {item.code for item in getattr(lists, checklist)}
    kept = [f"{checklist}:{item}" for item in sorted(items & known)]
    contact.ticks.filter(item__startswith=f"{checklist}:").exclude(item__in=kept).delete()
    ChecklistTick.objects.bulk_create(
        [ChecklistTick(contact=contact, item=item) for item in kept], ignore_conflicts=True
    )


def _choose_template(contact: Contact) -> UUID | None:
    chosen = contact.answers.filter(code__in=checklists.CHOSEN_BY).exclude(values=[])
    said = {answer.code: answer.values[0] for answer in chosen}
    return checklists.choose_template(said, opened_at=contact.opened_at)
