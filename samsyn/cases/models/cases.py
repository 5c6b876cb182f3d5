"""Cases whose texts nobody reads in the database, and who may open them."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from samsyn.privacy.classes import classify


class Case(models.Model):
    """A case as the database knows it: two words that mean nothing, a state, a date. All that was told is encrypted."""

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", "ordinary"
        BY_CODE = "by_code", "by_code"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    handle = models.CharField(max_length=60, unique=True)
    key_version = models.PositiveIntegerField(default=1)
    is_open = models.BooleanField(default=True)
    # Somebody under 18: what relatives may be told goes through two persons first.
    concerns_child = models.BooleanField(default=False)
    opened_on = models.DateField()
    last_contact_on = models.DateField()
    erase_on = models.DateField()
    # The first day of asking how a referral went; never in a case by code, where each layer has days of its own.
    follow_up_on = models.DateField(null=True)

    privacy = classify(
        retention="case",
        sensitive=("is_open", "concerns_child", "opened_on", "last_contact_on", "erase_on", "follow_up_on"),
        technical=("id", "kind", "handle", "key_version"),
    )

    class Meta:
        indexes = [models.Index(fields=["erase_on"], name="case_erase_on")]

    def __str__(self) -> str:
        return f"case {self.pk}"


class CaseGrant(models.Model):
    """The case key, sealed to one person for a purpose and a time, and signed by whoever gave it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="grants")
    grantee = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    granter_id = models.UUIDField()
    version = models.PositiveIntegerField()
    purpose = models.CharField(max_length=20)
    rights = ArrayField(models.CharField(max_length=10))
    expires_at = models.CharField(max_length=40)
    sealed = models.BinaryField()
    signature = models.BinaryField()

    privacy = classify(
        retention="case",
        sensitive=("sealed",),
        technical=("id", "case", "grantee", "granter_id", "version", "purpose", "rights", "expires_at", "signature"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["case", "grantee"], name="one_grant_a_person"),
        ]

    def __str__(self) -> str:
        return f"grant of case {self.case_id}"


class OfficerSeal(models.Model):
    """The case key, sealed to one pair of officers for an emergency."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="officer_seals")
    officers = models.CharField(max_length=80)
    sealed = models.BinaryField()

    privacy = classify(retention="case", sensitive=("sealed",), technical=("id", "case", "officers"))

    def __str__(self) -> str:
        return f"officers of case {self.case_id}"


class CaseText(models.Model):
    """One version of one text of a case, encrypted."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="texts")
    object = models.CharField(max_length=36)
    kind = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    author_id = models.UUIDField()
    sealed = models.BinaryField()

    privacy = classify(
        retention="case", sensitive=("sealed",), technical=("id", "case", "object", "kind", "version", "author_id")
    )

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="case_text_in_order")]

    def __str__(self) -> str:
        return f"text of case {self.case_id}"


class CaseCode(models.Model):
    """What the caller's words are held against; layers that weren't chosen are noise of the same size."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="code")
    locator = models.BinaryField(unique=True)
    salt = models.BinaryField()
    by_code = models.BinaryField()
    duress = models.BinaryField()
    recovery = models.BinaryField()
    uses = models.PositiveIntegerField(default=0)

    privacy = classify(
        retention="case",
        sensitive=("locator", "salt", "by_code", "duress", "recovery", "uses"),
        technical=("case",),
    )

    def __str__(self) -> str:
        return f"code of case {self.case_id}"


class Exclusion(models.Model):
    """Whom the person doesn't want as a supporter, as a token that only compares."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exclusions")
    token = models.BinaryField()

    privacy = classify(retention="case", sensitive=("token",), technical=("id", "case"))

    def __str__(self) -> str:
        return f"exclusion of case {self.case_id}"


class Withdrawal(models.Model):
    """A supporter who withdrew from a case because of a conflict of interest, for ever."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="withdrawals")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    privacy = classify(retention="case", technical=("id", "case", "account", "withdrawn_at"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["case", "account"], name="withdrawn_once"),
        ]

    def __str__(self) -> str:
        return f"withdrawal from case {self.case_id}"
