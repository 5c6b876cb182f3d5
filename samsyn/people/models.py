"""Organisations, accounts, who holds which role when, and what this installation is."""

import unicodedata
import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from samsyn.people.roles import Regime, Role
from samsyn.privacy.classes import classify


def normalised_name(name: str) -> str:
    """Return a sign-in name in the one form in which it is stored and compared."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


class Installation(models.Model):
    """What this installation is. One row, set once; a trigger refuses every change."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=20)
    regime = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Regime])
    created_at = models.DateTimeField()

    privacy = classify(retention="organisations", technical=("id", "name", "regime", "created_at"))

    class Meta:
        constraints: ClassVar[list[Any]] = [models.CheckConstraint(condition=Q(id=1), name="one_installation")]

    def __str__(self) -> str:
        return f"installation {self.name}"


class Organisation(models.Model):
    """Whoever employs the staff, with the regime that decides what may be kept."""

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=30)
    regime = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Regime])

    privacy = classify(retention="organisations", technical=("id", "name", "kind", "regime"))

    def __str__(self) -> str:
        return f"organisation {self.pk}"


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by their normalised sign-in name; they are made by ``actions.create_account``."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """Return the account with this sign-in name, in whatever case and form it was typed."""
        return self.get(name=normalised_name(username or ""))


class Account(AbstractBaseUser):
    """A person who signs in; colleagues and callers know the pseudonym only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60, unique=True)
    pseudonym = models.CharField(max_length=60, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    language = models.CharField(max_length=5, default="sv")
    is_active = models.BooleanField(default=True)
    password_is_temporary = models.BooleanField(default=False)
    # The only session that counts: a new sign-in ends the older one.
    session_key = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField()

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    privacy = classify(
        retention="accounts",
        identifying=("name", "pseudonym"),
        sensitive=("password", "last_login", "session_key"),
        technical=("id", "organisation", "language", "is_active", "password_is_temporary", "created_at"),
    )

    def __str__(self) -> str:
        return f"account {self.pk}"


class RoleAssignment(models.Model):
    """One person holding one role from one time to another. A trigger refuses forbidden pairs."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=30, choices=[(r.value, r.value) for r in Role])
    given_by = models.UUIDField()
    given_at = models.DateTimeField()
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    privacy = classify(
        retention="accounts",
        technical=("id", "account", "role", "given_by", "given_at", "ended_by", "ended_at"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["account", "role"], condition=Q(ended_at__isnull=True), name="role_held_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of account {self.account_id}"
