"""Reads: accounts as actors, and the lists of the account page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from samsyn.people.actors import Actor
from samsyn.people.models import Account, Installation, Organisation, normalised_name
from samsyn.people.roles import Regime, Role

_ORGANISATION_AND_ROLES = """
    SELECT id, name, kind, regime,
        ARRAY(SELECT role FROM people_roleassignment WHERE account_id = %s AND ended_at IS NULL)
    FROM people_organisation WHERE id = %s
"""
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class AccountRow:
    """An account in the administrator's list."""

    id: UUID
    name: str
    pseudonym: str
    organisation: str
    is_active: bool
    has_second_factor: bool
    roles: tuple[Role, ...]
    created_at: datetime


def _with_roles(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Return the accounts with organisation and roles held now, in one query."""
    return accounts.select_related("organisation").annotate(
        held=ArrayAgg("assignments__role", filter=Q(assignments__ended_at=None, assignments__role__isnull=False))
    )


def account_named(name: str) -> Account | None:
    """Return the active account with this sign-in name."""
    return Account.objects.filter(name=normalised_name(name), is_active=True).first()


def account_with_roles(account_id: UUID) -> Account | None:
    """Return the active account with what an actor needs: one query."""
    return _with_roles(Account.objects.filter(pk=account_id, is_active=True)).first()


def recognise(account: Account) -> Account:
    """Give a session's account what an actor needs, organisation and roles held now, and return it.

    Written out, because every page of the staff's asks it: the ORM takes ten times as long to put the question together.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ORGANISATION_AND_ROLES, [account.pk, account.organisation_id])
        row = cursor.fetchone()
    account.organisation = Organisation.from_db("default", ("id", "name", "kind", "regime"), row[:-1])
    account.held = row[-1]  # type: ignore[attr-defined]
    return account


def actor_of(account: Account) -> Actor:
    """Return the account as the rules see it."""
    held = getattr(account, "held", None)
    if held is None:
        held = account.assignments.filter(ended_at=None).values_list("role", flat=True)
    return Actor(
        account_id=account.pk,
        pseudonym=account.pseudonym,
        organisation=account.organisation.name,
        regime=Regime(account.organisation.regime),
        roles=frozenset(Role(role) for role in held or ()),
    )


def actor_named(name: str) -> Actor:
    """Return the actor with this sign-in name; raise LookupError if there is none."""
    account = account_named(name)
    if account is None:
        raise LookupError("no such account")
    return actor_of(account)


def has_second_factor(account_id: UUID) -> bool:
    """Say whether the account has a passkey or a one-time code."""
    found: bool = Authenticator.objects.filter(user_id=account_id, type__in=SECOND_FACTORS).exists()
    return found


def accounts() -> tuple[AccountRow, ...]:
    """Return every account, the open ones first."""
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=SECOND_FACTORS)
    rows = _with_roles(Account.objects.all()).annotate(factor=Exists(factors)).order_by("-is_active", "pseudonym")
    return tuple(
        AccountRow(
            id=row.pk,
            name=row.name,
            pseudonym=row.pseudonym,
            organisation=row.organisation.name,
            is_active=row.is_active,
            has_second_factor=bool(row.factor),
            roles=tuple(sorted(Role(role) for role in getattr(row, "held", None) or ())),
            created_at=row.created_at,
        )
        for row in rows
    )


def installation() -> Installation | None:
    """Return what this installation was set up as, or None before it was."""
    return Installation.objects.first()


def pseudonyms(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return what colleagues call these accounts."""
    return dict(Account.objects.filter(pk__in=list(ids)).values_list("pk", "pseudonym"))


def organisations() -> list[tuple[int, str]]:
    """Return the organisations that accounts may belong to, our own first."""
    return list(Organisation.objects.order_by("pk").values_list("pk", "name"))


def units(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the organisation that each of these accounts works in."""
    return dict(Account.objects.filter(pk__in=list(ids)).values_list("pk", "organisation__name"))
