"""Answers: at the desk, by a link that holds once, by phone; and the facts that they leave, five at a time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from samsyn.audit import actions as audit
from samsyn.followups import events, links, policies
from samsyn.followups.models import (
    Batched,
    ContactDetails,
    DirectFact,
    EffectAnswer,
    EffectFact,
    FollowUp,
    Invitation,
    Occasion,
)
from samsyn.people.actors import SYSTEM, Actor
from samsyn.privacy.few import FEWEST
from samsyn.questions import queries as questions

OPEN = (Occasion.State.PLANNED, Occasion.State.ASKED, Occasion.State.REMINDED)
# One pool of waiting facts is released at a time ("foljd" in ASCII).
_RELEASE_LOCK = 0x666F6C6A64

Raw = Mapping[str, Sequence[str]]


@transaction.atomic
def count_direct_answers(*, answers: Mapping[str, str], version: int, asked_by: str, by: Actor, at: datetime) -> None:
    """Store one professional's answers (question code to answer code or state) as a fact that knows no call.

    It has no time either until five wait: then the five get the quarter of this day together.
    """
    DirectFact.objects.create(
        instrument_version=version,
        asked_by=asked_by,
        **{code: answers.get(code, "not_asked") for code in DirectFact.QUESTIONS},
    )
    _release(DirectFact, at)
    audit.record(events.DIRECT_ANSWERED, by=by, at=at)


@transaction.atomic
def add_direct_facts(*, rows: Iterable[Mapping[str, str | int]]) -> None:
    """Store answers that were counted already, with their quarter, given as columns and values."""
    DirectFact.objects.bulk_create(DirectFact(**row) for row in rows)


def answer_by_link(*, token: str, raw: Raw, at: datetime) -> None:
    """Take the answers that came by a link, once. Raise LookupError for a link that doesn't hold, Invalid for no answer."""
    with transaction.atomic():
        mark = links.mark(token)
        invitation = Invitation.objects.select_for_update().filter(mark=mark, expires_at__gt=at).first()
        if invitation is not None:
            _answer_direct(invitation, raw, at)
            return
        occasion = (
            Occasion.objects.select_for_update(of=("self",))
            .select_related("follow_up")
            .filter(mark=mark, expires_at__gt=at, state__in=OPEN, follow_up__state=FollowUp.State.ACTIVE)
            .first()
        )
        if occasion is None:
            raise LookupError("no such link")
        _answer(occasion, raw, by=SYSTEM, at=at)


@transaction.atomic
def answer_by_phone(*, occasion_id: UUID, raw: Raw, by: Actor, at: datetime) -> None:
    """Take the answers that the professional gave on the phone."""
    policies.check_can_follow_up(by)
    occasion = (
        Occasion.objects.select_for_update(of=("self",))
        .select_related("follow_up")
        .filter(id=occasion_id, state__in=OPEN, due_on__lte=timezone.localdate(at))
        .first()
    )
    if occasion is None:
        raise LookupError("no such occasion")
    policies.check_is_active(occasion.follow_up.state)
    _answer(occasion, raw, by=by, at=at)


@transaction.atomic
def withdraw(*, follow_up_id: UUID, by: Actor, at: datetime) -> None:
    """End a follow-up because the professional takes the consent back: contact details and planned times go at once."""
    policies.check_can_follow_up(by)
    follow_up = FollowUp.objects.select_for_update().filter(id=follow_up_id).first()
    if follow_up is None:
        raise LookupError("no such follow-up")
    _withdraw(follow_up, by=by, at=at)


@transaction.atomic
def withdraw_by_link(*, token: str, at: datetime) -> None:
    """End a follow-up from the mail's link. Raise LookupError for a link that doesn't hold."""
    occasion = Occasion.objects.filter(mark=links.mark(token), expires_at__gt=at, state__in=OPEN).first()
    if occasion is None:
        raise LookupError("no such link")
    _withdraw(FollowUp.objects.select_for_update().get(id=occasion.follow_up_id), by=SYSTEM, at=at)


def end_if_nothing_is_left(follow_up: FollowUp, *, by: Actor, at: datetime) -> None:
    """Erase the contact details and end the follow-up when no occasion is open any more."""
    if follow_up.occasions.filter(state__in=OPEN).exists():
        return
    _end(follow_up, FollowUp.State.DONE, at)
    audit.record(events.DONE, by=by, at=at, subject=str(follow_up.id))


def _answer_direct(invitation: Invitation, raw: Raw, at: datetime) -> None:
    instrument = questions.instrument_version(version_id=invitation.version_id, on=timezone.localdate(at))
    said = policies.answered(instrument, raw, of=DirectFact.QUESTIONS)
    invitation.delete()
    count_direct_answers(
        answers={code: values[0] if values else state for code, (state, values) in said.items()},
        version=instrument.version,
        asked_by="link",
        by=SYSTEM,
        at=at,
    )


def _answer(occasion: Occasion, raw: Raw, *, by: Actor, at: datetime) -> None:
    follow_up = occasion.follow_up
    instrument = questions.instrument_version(version_id=follow_up.version_id, on=timezone.localdate(at))
    said = policies.answered(instrument, raw, of=EffectFact.QUESTIONS)
    EffectAnswer.objects.bulk_create(
        EffectAnswer(occasion=occasion, code=code, state=state, values=list(values))
        for code, (state, values) in said.items()
    )
    occasion.state, occasion.mark = Occasion.State.ANSWERED, None
    occasion.save(update_fields=["state", "mark"])
    changed_state, changed = said["changed"]
    EffectFact.objects.create(
        instrument_version=instrument.version,
        month=occasion.month,
        changed=changed[0] if changed else changed_state,
        **{code: list(said[code][1]) or [said[code][0]] for code in ("done", "done_by", "hindered")},
    )
    _release(EffectFact, at)
    audit.record(events.ANSWERED, by=by, at=at, subject=str(follow_up.id))
    end_if_nothing_is_left(follow_up, by=by, at=at)


def _release(model: type[Batched], at: datetime) -> None:
    """Give all waiting facts today's quarter if there are five: a figure then never moves by one person's answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_RELEASE_LOCK])
    waiting = model._default_manager.filter(year=None)
    if waiting.count() >= FEWEST:
        today = timezone.localdate(at)
        waiting.update(year=today.year, quarter=(today.month + 2) // 3)


def _withdraw(follow_up: FollowUp, *, by: Actor, at: datetime) -> None:
    policies.check_is_active(follow_up.state)
    follow_up.occasions.filter(state__in=OPEN).update(state=Occasion.State.WITHDRAWN, mark=None)
    _end(follow_up, FollowUp.State.WITHDRAWN, at)
    audit.record(events.WITHDRAWN, by=by, at=at, subject=str(follow_up.id))


def _end(follow_up: FollowUp, state: str, at: datetime) -> None:
    ContactDetails.objects.filter(follow_up=follow_up).delete()
    follow_up.state, follow_up.ended_at = state, at
    follow_up.save(update_fields=["state", "ended_at"])
