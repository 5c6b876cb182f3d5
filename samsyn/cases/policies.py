"""Rules of cases and keys. Pure: nothing here touches the database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Permission
from samsyn.privacy.custody.rights import READ, SHARE, WRITE

# How long a case is kept after its latest contact. Both are proposals until somebody has verified the basis.
KEPT_DAYS = {"by_code": 180, "ordinary": 730}
GRANT_DAYS = 14
LONGEST_GRANT_DAYS = 90
SUPERVISION_HOURS = 2
OWNER_DAYS = 365
REVIEW_WITHIN = timedelta(hours=24)
# Nothing else is a reason to read a case without its supporter.
GROUNDS = {
    "danger": _("Fara för någons liv"),
    "duty": _("Lagstadgad skyldighet"),
    "incident": _("Säkerhetshändelse"),
}
# Why somebody must be reached against what they said of safe contact. Codes, so that they stand in the log.
OVERRIDE_GROUNDS = {
    "danger": _("Fara för någons liv"),
    "warning": _("Personen måste varnas för något som är på väg att hända"),
    "missed": _("Personen hördes inte av när det var avtalat"),
    "duty": _("Lagstadgad skyldighet"),
}
# How long the second person has to answer: what can wait for longer can wait for the hours that were said.
OVERRIDE_WAITS = timedelta(hours=1)
# Why a case may leave, and what the second person has made sure of. Codes, so that both stand in the log.
EXPORT_GROUNDS = {
    "wish": _("Personen vill det själv"),
    "move": _("Personen får fortsatt stöd av mottagaren"),
    "duty": _("Lagstadgad skyldighet"),
    "court": _("Domstol eller myndighet har beslutat det"),
}
EXPORT_REASONS = {
    "wish_heard": _("Personens vilja är bekräftad, och mottagarens nyckel är jämförd"),
    "decision_seen": _("Beslutet är granskat, och mottagarens nyckel är jämförd"),
}
# A guardian may ask for what stands about the child, and may be the threat (OSL 12:3, to be verified). Who it is stands in
# roles, never names; what isn't known is treated as a threat.
GUARDIANS = {
    "both": _("Båda föräldrarna"),
    "mother": _("Mor"),
    "father": _("Far"),
    "appointed": _("Någon annan som är utsedd"),
    "unknown": _("Inte känt"),
}
MAY_READ = "may_read"
GUARDIAN_READS = {
    "threat": _("Nej, vårdnadshavaren är ett hot eller står nära hotet"),
    "harm": _("Nej, barnet kan skadas av det"),
    "unknown": _("Inte känt: då läser vårdnadshavaren inte"),
    MAY_READ: _("Ja, det är prövat och utan risk för barnet"),
}
APPROVED_FOR = timedelta(hours=24)
# The same two no more often than this: else one of them has become the other's second button (security.md 4).
SAME_APPROVER, SAME_APPROVER_WITHIN = 3, timedelta(days=30)
PURPOSES = {
    "support": _("Stöd"),
    "handover": _("Överlämning"),
    "supervision": _("Handledning"),
}


@dataclass(frozen=True)
class Guardian:
    """What whoever hands out a child's case has answered: who the guardian is, may they read, do they receive it."""

    who: str
    reads: str
    receives: bool

    def as_data(self) -> dict[str, str]:
        """Return it as the manifest says it, which the second person signs."""
        return {"who": self.who, "reads": self.reads, "receives": "yes" if self.receives else "no"}


def check_guardian(guardian: Guardian | None, *, concerns_child: bool) -> None:
    """Raise Invalid unless a child's case has the answers, and NotAllowed if a guardian who may not read would receive it."""
    if not concerns_child and guardian is None:
        return
    if not concerns_child or guardian is None:
        raise Invalid(_("Ärendet gäller ett barn. Svara på frågorna om vårdnadshavaren."))
    if guardian.who not in GUARDIANS or guardian.reads not in GUARDIAN_READS:
        raise Invalid(_("Ärendet gäller ett barn. Svara på frågorna om vårdnadshavaren."))
    if guardian.receives and guardian.reads != MAY_READ:
        raise NotAllowed(_("Ärendet lämnas inte ut till vårdnadshavaren."))


def check_can_support(actor: Actor) -> None:
    """Raise NotAllowed unless the actor supports exposed persons."""
    if not actor.may(Permission.SUPPORT_PERSONS):
        raise NotAllowed(_("Bara stödjare arbetar med ärenden."))


def check_is_officer(actor: Actor) -> None:
    """Raise NotAllowed unless the actor looks after keys."""
    if not actor.may(Permission.MANAGE_KEYS):
        raise NotAllowed(_("Bara nyckelansvariga gör det här."))


def check_can_override(*, is_by_code: bool, may_write: bool) -> None:
    """Raise NotAllowed where nobody is reached against the rules: a case of an anonymous caller's, or a reader's."""
    if is_by_code:
        raise NotAllowed(_("Den som bara nås genom sin kod nås aldrig mot sina egna regler."))
    if not may_write:
        raise NotAllowed(_("Din behörighet i ärendet räcker inte till det."))


def check_can_confirm_override(actor: Actor) -> None:
    """Raise NotAllowed unless the actor is a supporter or a team lead."""
    if not actor.may(Permission.CONFIRM_OVERRIDES):
        raise NotAllowed(_("Bara stödjare och samordnare bekräftar en kontakt mot reglerna."))


def check_has_keys(actor: Actor) -> None:
    """Raise NotAllowed for roles that have no use for keys of their own."""
    if not (actor.may(Permission.SUPPORT_PERSONS) or actor.may(Permission.MANAGE_KEYS)):
        raise NotAllowed(_("Din roll har inga egna nycklar."))


def erase_on(kind: str, last_contact_on: date) -> date:
    """Return the day on which a case of this kind is erased, unless somebody is in touch before."""
    return last_contact_on + timedelta(days=KEPT_DAYS[kind])


def needs_two_persons(rights: Collection[str], *, is_other_organisation: bool) -> bool:
    """Say whether a second person has to approve: who may share on, and who is from elsewhere."""
    return SHARE in rights or is_other_organisation


def check_rights(rights: Collection[str]) -> None:
    """Raise Invalid for rights that make no sense."""
    if not rights or not set(rights) <= {READ, WRITE, SHARE} or READ not in rights:
        raise Invalid(_("Välj vad kollegan får göra: läsa, och kanske skriva och dela."))


def check_can_approve(approver: UUID, *, asked_by: UUID, grantee: UUID) -> None:
    """Raise NotAllowed unless the approver is a third person."""
    if approver in {asked_by, grantee}:
        raise NotAllowed(_("Det behövs två olika personer."))


def check_not_excluded(is_excluded: bool) -> None:
    """Raise Refused where the person's wish and the supporter's ties meet: not which tie, and not whose wish."""
    if is_excluded:
        raise Refused(_("Välj en annan kollega."))


def check_no_orphan(*, holders_who_share: int, officer_pairs: int) -> None:
    """Raise Refused if nobody would be left who can open the case and pass it on."""
    if holders_who_share < 1 or (holders_who_share < 2 and officer_pairs < 3):
        raise Refused(_("Då skulle ingen kunna öppna ärendet. Lämna över det till en kollega först."))


# Two of them do everything together, so a third is what is left when one is away (security.md 3).
OFFICERS_NEEDED = 3


def pair_to_open(pairs: Collection[str], *, officer: UUID, chosen: str) -> str:
    """Return the pair for which this officer takes the first step: the next one where it was taken already.

    So that the one who begins can turn to the other colleague. Raise NotAllowed where the officer is no pair's first.
    """
    mine = sorted(pair for pair in pairs if pair.startswith(str(officer)))
    if not mine:
        raise NotAllowed(_("En annan nyckelansvarig börjar, du tar det andra steget."))
    return mine[(mine.index(chosen) + 1) % len(mine)] if chosen in mine else mine[0]


def check_succession(
    *, gone: UUID, successor: UUID, by: UUID, trusted: Collection[UUID], candidates: Collection[UUID]
) -> None:
    """Raise a refusal unless an officer puts somebody with the role and two ways to unlock in another officer's place."""
    if by not in trusted:
        raise NotAllowed(_("Bara de nyckelansvariga som nyckelvakten litar på gör det här."))
    if gone not in trusted or gone == by:
        raise Invalid(_("Välj vem av de andra två som ersätts."))
    if successor not in candidates:
        raise Invalid(_("Efterträdaren behöver rollen nyckelansvarig och egna nycklar med två sätt att låsa upp."))


def check_reviewer(reviewer: UUID, *, reader: UUID, officers: str) -> None:
    """Raise NotAllowed if the reviewer took part in what is reviewed."""
    if str(reviewer) in {str(reader), *officers.split(" ")}:
        raise NotAllowed(_("Ingen granskar sin egen nödöppning."))


def check_no_overdue_review(has_overdue: bool) -> None:
    """Raise NotAllowed for somebody whose emergency nobody has reviewed in time."""
    if has_overdue:
        raise NotAllowed(_("Din förra nödöppning är inte granskad. Vänta på granskningen."))
