"""What is asked beside the main question set: the direct follow-up, and what ``questions`` has in force for a time.

Their answers lie beside the others under names of their own (``direct-treatment``, ``extra-...``), so that no figure of the
main set can take them for its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from samsyn.contacts.facts import Replies
from samsyn.contacts.models import Contact, MeasuredFact
from samsyn.followups import actions as followups
from samsyn.people.actors import Actor
from samsyn.questions import further as in_force
from samsyn.questions import queries as questions
from samsyn.questions.asking import Instrument, Question

DIRECT = "direct"
EXTRA = "extra"
ASKED, NOT_ANSWERED = "asked", "not_answered"


@dataclass(frozen=True)
class Beside:
    """A question set beside the main one, and what its fields' names begin with."""

    prefix: str
    instrument: Instrument
    in_force_id: UUID | None = None

    @property
    def questions(self) -> dict[str, Question]:
        """Return the questions by the names of their fields; what the set asks by link only is left out."""
        return {
            f"{self.prefix}-{question.code}": question for question in self.instrument.questions if not question.more
        }


def draw(*, at: datetime) -> list[UUID]:
    """Return what a contact that opens now is asked for a time: nearly always nothing."""
    return in_force.draw(at=at)


def beside(ids: Sequence[UUID], *, opened_at: datetime) -> tuple[Beside, ...]:
    """Return the question sets that a contact is asked beside the main one."""
    direct = Beside(DIRECT, questions.instrument_in_force("direct_follow_up", at=opened_at))
    extra = in_force.instruments(ids=ids, on=timezone.localdate(opened_at))
    return (direct, *(Beside(EXTRA, instrument, id_) for id_, instrument in extra.items()))


def questions_of(ids: Sequence[UUID], *, opened_at: datetime) -> dict[str, Question]:
    """Return all further questions by the names of their fields."""
    return {name: question for one in beside(ids, opened_at=opened_at) for name, question in one.questions.items()}


def count(contact: Contact, replies: Replies, *, by: Actor, at: datetime) -> None:
    """Store the answers of a contact that closes, each where it cannot be put together with the others again."""
    for one in beside(contact.further, opened_at=contact.opened_at):
        said = {
            question.code: replies[name]
            for name, question in one.questions.items()
            if name in replies and replies[name].state != "not_asked"
        }
        if one.in_force_id is not None:
            facts = {question.code: said.get(question.code) for question in one.questions.values()}
            MeasuredFact.objects.bulk_create(
                [
                    MeasuredFact(in_force_id=one.in_force_id, answers=[ASKED if said else NOT_ANSWERED]),
                    *(
                        MeasuredFact(
                            in_force_id=one.in_force_id, question=code, answers=reply.many if reply else ["not_asked"]
                        )
                        for code, reply in facts.items()
                    ),
                ]
            )
        elif said:
            followups.count_direct_answers(
                answers={code: reply.one for code, reply in said.items()},
                version=one.instrument.version,
                asked_by="desk",
                by=by,
                at=at,
            )


def add_facts(*, in_force_id: UUID, rows: Iterable[tuple[str, list[str]]]) -> None:
    """Store answers to what was asked for a time, given as question and codes."""
    MeasuredFact.objects.bulk_create(
        MeasuredFact(in_force_id=in_force_id, question=question, answers=codes) for question, codes in rows
    )
