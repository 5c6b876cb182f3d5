"""Cases that only the caller's words open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.cases import events, policies, queries, same_supporter
from samsyn.cases.actions import cases
from samsyn.cases.keeper import asking
from samsyn.cases.models import Case, CaseCode
from samsyn.people.actors import Actor
from samsyn.people.keeping import stored
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy import code_messages, spoken_codes
from samsyn.privacy.custody.cases import DURESS
from samsyn.privacy.custody.codes import RECOVERY

WORDS, LOCATOR_WORDS, SECRET_WORDS = 6, 2, 4


@dataclass(frozen=True)
class GivenCode:
    """A code as it is said to the caller once; nobody can say it again."""

    case_id: UUID
    code: str
    word: str
    duress: str = ""
    recovery: str = ""


@dataclass(frozen=True)
class OpenedByCode:
    """What the supporter says to the caller: the word of last time, and the one of next time."""

    case_id: UUID
    word_before: str
    word: str
    # Helpers have said words of this code: the person needs a new one.
    wants_new_code: bool
    # Who wrote last; None under force too, which looks like a case in which nobody has.
    before: same_supporter.Before | None = None


def split(code: str) -> tuple[str, str]:
    """Return locator and secret of a code; raise Invalid with a sentence if it is none."""
    try:
        words = spoken_codes.normalise(code, words=WORDS).split(" ")
    except spoken_codes.NotACode as error:
        raise Invalid(code_messages.message(error)) from error
    return " ".join(words[:LOCATOR_WORDS]), " ".join(words[LOCATOR_WORDS:])


def create_by_code(
    *, concerns_child: bool, with_duress: bool, with_recovery: bool, token: bytes, by: Actor, at: datetime
) -> GivenCode:
    """Open a case that only its code opens, and return the code: said once, kept nowhere."""
    policies.check_can_support(by)
    _check_duty(by)
    case_id = uuid4()
    with asking() as keep:
        place, locator = _new_locator(keep)
    said = _new_secrets(with_duress=with_duress, with_recovery=with_recovery)
    event = stored(events.CASE_CREATED, by=by, at=at, subject=str(case_id), kind="by_code")
    with asking() as keep:
        made = keep.create_by_code(token=token, case=str(case_id), locator=locator, secrets_said=said, event=event)
    today = timezone.localdate(at)
    with transaction.atomic():
        case = Case.objects.create(
            id=case_id, kind=Case.Kind.BY_CODE, handle=cases.new_handle(), concerns_child=concerns_child, opened_on=today,
            last_contact_on=today, erase_on=policies.erase_on("by_code", today),
        )  # fmt: skip
        CaseCode.objects.create(case=case, **_columns(made))
    return _given(case_id, place, said, made["word"])


def open_by_code(*, code: str, token: bytes, by: Actor, at: datetime) -> OpenedByCode:
    """Open a case with what the caller says; wrong words and unknown ones get the same answer.

    A supporter whom the caller doesn't want to meet, or who withdrew, is refused: only somebody with the right words
    hears it, and the caller's word stays the one of last time.
    """
    policies.check_can_support(by)
    place, secret = split(code)
    event = stored(events.CODE_TRIED, by=by, at=at)
    try:
        with asking() as keep:
            locator = keep.locator(words=place)
            opened = keep.open_by_code(
                token=token, locator=locator, secret=secret, row=queries.code_row(locator), event=event
            )
    except Refused:
        stored(events.CODE_REFUSED, by=by, at=at)
        raise
    case_id = UUID(opened["case"])
    is_forced = opened["layer"] == DURESS
    case = Case.objects.get(pk=case_id)
    if queries.has_withdrawn(case, by.account_id) or queries.is_excluded(case, by.account_id):
        _refuse_conflict(case_id, is_forced=is_forced, by=by, at=at)
    with transaction.atomic():
        # Forced or not it is one event: the reviewers see which, the screen and the time don't.
        audit.record(
            events.CODE_OPENED_UNDER_DURESS if is_forced else events.CODE_OPENED, by=by, at=at, subject=str(case_id)
        )
        if opened["layer"] == RECOVERY:
            audit.record(events.CODE_OPENED_BY_HELPERS, by=by, at=at, subject=str(case_id))
        cases.count_use(case_id)
    words = spoken_codes.word_list()
    return OpenedByCode(
        case_id, words[opened["word_before"]], words[opened["word"]], wants_new_code=opened["wants_new_code"],
        before=None if is_forced else same_supporter.before(case, asked_by=by.account_id),
    )  # fmt: skip


def _refuse_conflict(case_id: UUID, *, is_forced: bool, by: Actor, at: datetime) -> None:
    with asking() as keep:
        keep.let_go(person=str(by.account_id), case=str(case_id))
    with transaction.atomic():
        if is_forced:
            # Somebody may be in danger, whoever answered.
            audit.record(events.CODE_OPENED_UNDER_DURESS, by=by, at=at, subject=str(case_id))
        audit.record(events.CASE_DENIED, by=by, at=at, subject=str(case_id))
    policies.check_not_excluded(True)


def change_code(
    *, case_id: UUID, with_duress: bool, with_recovery: bool, token: bytes, by: Actor, at: datetime
) -> GivenCode:
    """Give an open case new words: after a helper has used them, or when somebody may have heard them."""
    access = cases.access_to(case_id=case_id, by=by, at=at)
    if access.grant is not None or access.case.kind != Case.Kind.BY_CODE:
        raise NotAllowed(_("Ärendet öppnas inte med kod."))
    said = _new_secrets(with_duress=with_duress, with_recovery=with_recovery)
    event = stored(events.CODE_CHANGED, by=by, at=at, subject=str(case_id))
    with asking() as keep:
        place, locator = _new_locator(keep)
        made = keep.change_code(token=token, case=str(case_id), locator=locator, secrets_said=said, event=event)
    if made["layer"] != DURESS:
        # Whoever was forced to say a code is given one that opens nothing; the case keeps its own.
        CaseCode.objects.filter(pk=case_id).update(**_columns(made), uses=0)
    return _given(case_id, place, said, made["word"])


def _check_duty(by: Actor) -> None:
    if not queries.is_on_duty(by.account_id):
        raise NotAllowed(_("Du är inte i tjänst. Gå i tjänst och försök igen."))


def _new_locator(keep: object) -> tuple[str, bytes]:
    for _attempt in range(20):
        place = spoken_codes.new_code(words=LOCATOR_WORDS)
        locator: bytes = keep.locator(words=place)  # type: ignore[attr-defined]
        if not CaseCode.objects.filter(locator=locator).exists():
            return place, locator
    raise Refused(_("Det gick inte att hitta en ledig kod. Försök igen."))


def _new_secrets(*, with_duress: bool, with_recovery: bool) -> dict[str, str]:
    said = {"by_code": spoken_codes.new_code(words=SECRET_WORDS)}
    if with_duress:
        said["duress"] = spoken_codes.new_code(words=SECRET_WORDS)
    if with_recovery:
        said["recovery"] = spoken_codes.new_code(words=SECRET_WORDS)
    return said


def _columns(made: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: made[name] for name in ("locator", "salt", "by_code", "duress", "recovery")}


def _given(case_id: UUID, place: str, said: Mapping[str, str], word: int) -> GivenCode:
    def whole(layer: str) -> str:
        return f"{place} {said[layer]}" if layer in said else ""

    return GivenCode(
        case_id=case_id, code=whole("by_code"), word=spoken_codes.word_list()[word], duress=whole("duress"),
        recovery=whole("recovery"),
    )  # fmt: skip
