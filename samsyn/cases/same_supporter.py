"""The same supporter where possible: who wrote last in a case, and whether they could go on with it now."""

from dataclasses import dataclass
from uuid import UUID

from samsyn.cases import queries
from samsyn.cases.models import Case, CaseText
from samsyn.people import queries as people
from samsyn.people.roles import Permission


@dataclass(frozen=True)
class Before:
    """The colleague who wrote last in a case: the same supporter is offered where possible."""

    pseudonym: str
    is_on_duty: bool
    is_asker: bool


def before(case: Case, *, asked_by: UUID) -> Before | None:
    """Return who wrote last in the case and could go on with it, or None; nothing of what was written is opened."""
    latest = CaseText.objects.filter(case=case).order_by("-pk").values_list("author_id", flat=True).first()
    account = people.account_with_roles(latest) if latest else None
    if account is None or not account.is_active or not people.actor_of(account).may(Permission.SUPPORT_PERSONS):
        return None
    if queries.has_withdrawn(case, account.pk) or queries.is_excluded(case, account.pk):
        return None
    return Before(account.pseudonym, queries.is_on_duty(account.pk), account.pk == asked_by)
