"""Who may do what with a release, and from which state to which: pure rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Permission
from samsyn.statistics.periods import Quarter

# A reason is a sentence; "x" or "test" is none.
SHORTEST_REASON = 10
# A time further away is a slip of the pen.
LONGEST_AHEAD = timedelta(days=366)


class ReleaseState(Protocol):
    """What the rules look at."""

    status: str
    drafted_by_id: UUID
    audit_recovered: int
    audit_unsafe: int
    place: int


@dataclass(frozen=True)
class Transition:
    """A step of a release: from where to where, and what it demands."""

    code: str
    before: frozenset[str]
    after: str
    permission: Permission
    by_another: bool = False
    needs_safe_audit: bool = False
    needs_latest: bool = False


# The same table stands in the database (second migration), so that no code can take another way.
TRANSITIONS = {
    one.code: one
    for one in (
        Transition(
            "submit",
            frozenset({"draft"}),
            "submitted",
            Permission.DRAFT_RELEASE,
            needs_safe_audit=True,
            needs_latest=True,
        ),
        Transition("send_back", frozenset({"submitted", "approved"}), "draft", Permission.APPROVE_RELEASE),
        Transition(
            "approve",
            frozenset({"submitted"}),
            "approved",
            Permission.APPROVE_RELEASE,
            by_another=True,
            needs_safe_audit=True,
            needs_latest=True,
        ),
        Transition(
            "publish",
            frozenset({"approved"}),
            "published",
            Permission.APPROVE_RELEASE,
            by_another=True,
            needs_safe_audit=True,
            needs_latest=True,
        ),
        Transition("discard", frozenset({"draft"}), "discarded", Permission.DRAFT_RELEASE),
    )
}


def check_can_draft(actor: Actor, *, quarter: Quarter, running: Quarter, is_open: bool, is_published: bool) -> None:
    """Refuse a draft of the future, a second draft beside an open one, or of what is published (that is a revision)."""
    _check_permission(actor, Permission.DRAFT_RELEASE)
    if quarter > running:
        raise Refused(_("Kvartalet har inte börjat än."))
    if is_open:
        raise Refused(
            _(
                "Ett utkast är redan öppet. Publicera eller kassera det först: varje publicering skyddas mot alla tidigare."
            )
        )
    if is_published:
        raise Refused(_("Kvartalet är redan publicerat. En rättelse görs som en ny omgång."))


def check_can_draft_year(actor: Actor, *, year: int, running: int, is_open: bool, is_published: bool) -> None:
    """Refuse a draft of a year that isn't over, beside an open one, or of what is published (that is a revision)."""
    _check_permission(actor, Permission.DRAFT_RELEASE)
    if year >= running:
        raise Refused(_("Året är inte slut än."))
    if is_open:
        raise Refused(
            _(
                "Ett utkast är redan öppet. Publicera eller kassera det först: varje publicering skyddas mot alla tidigare."
            )
        )
    if is_published:
        raise Refused(_("Året är redan publicerat. En rättelse görs som en ny omgång."))


def check_can_revise(actor: Actor, *, is_published: bool, is_open: bool, note: str) -> None:
    """Refuse a revision of what isn't published, without a reason, or beside an open draft."""
    _check_permission(actor, Permission.DRAFT_RELEASE)
    if not is_published:
        raise Refused(_("Bara det som är publicerat kan rättas med en ny omgång."))
    if is_open:
        raise Refused(
            _(
                "Ett utkast är redan öppet. Publicera eller kassera det först: varje publicering skyddas mot alla tidigare."
            )
        )
    if not note.strip():
        raise Refused(_("Skriv varför siffrorna rättas. Läsaren ser det."), status=422)


def check_can_coarsen(actor: Actor, release: ReleaseState) -> None:
    """Refuse to count anything but a draft again."""
    _check_permission(actor, Permission.DRAFT_RELEASE)
    if release.status != "draft":
        raise Refused(_("Publiceringen är inte längre i det läget. Ladda om sidan."))


def check_transition(code: str, actor: Actor, release: ReleaseState, *, published: int) -> Transition:
    """Return the step if this person may take it now; raise NotAllowed or Refused with the reason."""
    step = TRANSITIONS[code]
    _check_permission(actor, step.permission)
    if release.status not in step.before:
        raise Refused(_("Publiceringen är inte längre i det läget. Ladda om sidan."))
    if step.by_another and actor.account_id == release.drafted_by_id:
        raise NotAllowed(_("Den som har räknat kan inte godkänna eller publicera. Det gör en annan person."))
    if step.needs_safe_audit and (release.audit_recovered or release.audit_unsafe):
        raise Refused(_("Prövningen hittade uppgifter som kan räknas ut. Det kan inte publiceras."))
    if step.needs_latest and release.place != published:
        raise Refused(_("Något annat har publicerats sedan utkastet prövades. Kassera det och räkna om."))
    return step


def check_can_set_time(
    actor: Actor, release: ReleaseState, *, publish_at: datetime, at: datetime, published: int
) -> None:
    """Refuse a time from whoever may not publish the release now, a time that has passed, and one more than a year away."""
    check_transition("publish", actor, release, published=published)
    if publish_at <= at:
        raise Invalid(_("Tiden har redan passerat. Välj en senare, eller publicera nu."))
    if publish_at > at + LONGEST_AHEAD:
        raise Invalid(_("Tiden är mer än ett år bort. Välj en närmare."))


def can(code: str, actor: Actor, release: ReleaseState, *, published: int) -> bool:
    """Tell whether this person may take the step now."""
    try:
        check_transition(code, actor, release, published=published)
    except Refused:
        return False
    return True


def check_can_ask(actor: Actor) -> None:
    """Refuse a question to the table builder from those who see no tables before they are published."""
    _check_permission(actor, Permission.SEE_STATISTICS_DRAFTS)


def check_can_see_exactly(actor: Actor, *, reason: str) -> None:
    """Refuse exact figures without a reason in words."""
    check_can_ask(actor)
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Skriv varför de exakta talen behövs. Skälet sparas tillsammans med frågan."), status=422)


def may_show_exactly(*, size: int, near: int, threshold: int) -> bool:
    """Tell whether exact figures of ``size`` units give nobody away who stands in ``near`` earlier questions or in none.

    Nobody at all is no secret; a population below the threshold is itself about a few.
    """
    return near == 0 and not 0 < size < threshold


def _check_permission(actor: Actor, permission: Permission) -> None:
    if not actor.may(permission):
        raise NotAllowed(_("Din roll får inte göra det här."))
