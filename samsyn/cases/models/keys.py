"""Keys under secrets that the server lacks, who vouched for them, and who is on duty."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from samsyn.privacy.classes import classify


class Keyring(models.Model):
    """A person's public keys; the private ones lie wrapped in ``KeyWay`` and sealed to officers in ``RecoverySeal``."""

    account = models.OneToOneField("people.Account", primary_key=True, on_delete=models.PROTECT, related_name="+")
    public = models.BinaryField()
    made_at = models.DateTimeField()

    privacy = classify(retention="case_keys", technical=("account", "public", "made_at"))

    def __str__(self) -> str:
        return f"keyring of {self.pk}"


class KeyWay(models.Model):
    """One way to unlock: the private keys, wrapped under a passkey's answer or a passphrase."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    keyring = models.ForeignKey(Keyring, on_delete=models.CASCADE, related_name="ways")
    way = models.CharField(max_length=20)
    salt = models.BinaryField()
    sealed = models.BinaryField()
    # Which passkey, and what it is asked: no secrets, they only let the browser find it.
    credential = models.BinaryField(default=bytes)
    question = models.BinaryField(default=bytes)
    made_at = models.DateTimeField()

    privacy = classify(
        retention="case_keys",
        sensitive=("salt", "sealed", "credential"),
        technical=("id", "keyring", "way", "question", "made_at"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(way__in=["passkey", "passphrase"]), name="way_is_known"),
        ]

    def __str__(self) -> str:
        return f"way of {self.keyring_id}"


class RecoverySeal(models.Model):
    """The private keys, sealed to one pair of officers."""

    keyring = models.ForeignKey(Keyring, on_delete=models.CASCADE, related_name="recovery")
    officers = models.CharField(max_length=80)
    sealed = models.BinaryField()

    privacy = classify(retention="case_keys", sensitive=("sealed",), technical=("id", "keyring", "officers"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["keyring", "officers"], name="one_seal_for_each_pair"),
        ]

    def __str__(self) -> str:
        return f"recovery of {self.keyring_id}"


class Certification(models.Model):
    """An officer's signature that these are the person's keys."""

    keyring = models.ForeignKey(Keyring, on_delete=models.CASCADE, related_name="certifications")
    officer_id = models.UUIDField()
    signature = models.BinaryField()
    signed_at = models.DateTimeField()

    privacy = classify(retention="case_keys", technical=("id", "keyring", "officer_id", "signature", "signed_at"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["keyring", "officer_id"], name="certified_once_by_each_officer"),
        ]

    def __str__(self) -> str:
        return f"certification of {self.keyring_id}"


class Recovery(models.Model):
    """A person who lost every way in: two officers help, a day after it began."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    keyring = models.ForeignKey(Keyring, on_delete=models.CASCADE, related_name="recoveries")
    reception = models.BinaryField()
    salt = models.BinaryField()
    sealed = models.BinaryField()
    officers = models.CharField(max_length=80, default="")
    opened_once = models.BinaryField(default=bytes)
    for_the_person = models.BinaryField(default=bytes)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    privacy = classify(
        retention="case_keys",
        sensitive=("salt", "sealed", "opened_once", "for_the_person"),
        technical=("id", "keyring", "reception", "officers", "begun_at", "ended_at"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["keyring"], condition=Q(ended_at=None), name="one_recovery_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"recovery {self.pk}"


class Succession(models.Model):
    """An officer whom the two others replace: the first one's step is taken, the second one's waits.

    ``renewed`` are the people whose certificates the first officer renewed, which is part of what was signed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gone = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    begun_by = models.UUIDField()
    begun_at = models.DateTimeField()
    signature = models.BinaryField()
    renewed = ArrayField(models.UUIDField())

    privacy = classify(
        retention="case_keys",
        technical=("id", "gone", "successor", "begun_by", "begun_at", "signature", "renewed"),
    )

    def __str__(self) -> str:
        return f"succession {self.pk}"


class SuccessionSeal(models.Model):
    """Something sealed to the two who stay, with the second one's layer left; gone when the exchange is done."""

    succession = models.ForeignKey(Succession, on_delete=models.CASCADE, related_name="seals")
    keyring = models.ForeignKey(Keyring, null=True, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField()

    privacy = classify(
        retention="case_keys", sensitive=("sealed",), technical=("id", "succession", "keyring", "case", "version")
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(keyring=None) ^ Q(case=None), name="seal_of_a_person_or_a_case"),
        ]

    def __str__(self) -> str:
        return f"seal of succession {self.succession_id}"


class DutyShift(models.Model):
    """Somebody is on duty from one time to another: without it no caller's code opens."""

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    privacy = classify(retention="duty_shifts", technical=("id", "account", "begun_at", "ended_at"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="one_shift_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"shift of {self.account_id}"


class Tie(models.Model):
    """What a supporter declared about themselves (a place, a family name, an employer), as a token that only compares."""

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    token = models.BinaryField()

    privacy = classify(retention="case_keys", sensitive=("token",), technical=("id", "account"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["account", "token"], name="tie_declared_once"),
        ]

    def __str__(self) -> str:
        return f"tie of {self.account_id}"
