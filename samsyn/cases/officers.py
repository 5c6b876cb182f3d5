"""The office of three (*nyckelansvariga*) as it stands: whom the keeper trusts, who could follow, whose exchange is under way."""

from dataclasses import dataclass
from uuid import UUID

from samsyn.cases.keeper import asking
from samsyn.cases.models import KeyWay, Succession
from samsyn.people.models import Account
from samsyn.people.roles import Role


@dataclass(frozen=True)
class Office:
    """The officers whom the keeper trusts, those who could succeed one, and what has been begun."""

    trusted: tuple[Account, ...]
    candidates: tuple[Account, ...]
    under_way: Succession | None


def trusted() -> list[UUID]:
    """Return whom the keeper trusts; raise Refused where it does not answer."""
    with asking() as keep:
        return [UUID(one) for one in keep.trusted_officers()]


def with_the_role() -> list[Account]:
    """Return the open accounts of key officers, whether or not the keeper trusts them."""
    found = Account.objects.filter(is_active=True, assignments__role=Role.KEY_OFFICER.value, assignments__ended_at=None)
    return list(found.distinct().order_by("pseudonym"))


def office() -> Office:
    """Return the office; raise Refused where the keeper does not answer."""
    known = trusted()
    return Office(
        trusted=tuple(Account.objects.filter(pk__in=known).order_by("pseudonym")),
        candidates=tuple(one for one in with_the_role() if one.pk not in known and ways(one.pk) >= 2),
        under_way=Succession.objects.select_related("gone", "successor").first(),
    )


def ways(account_id: UUID) -> int:
    """Return in how many ways a person can unlock keys of their own."""
    return KeyWay.objects.filter(keyring_id=account_id).count()
