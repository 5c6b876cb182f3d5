"""Keys under secrets that the server lacks, cases whose texts nobody reads in the database, and who may open them."""

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

    privacy = classify(
        retention="case",
        sensitive=("is_open", "concerns_child", "opened_on", "last_contact_on", "erase_on"),
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


class ShareRequest(models.Model):
    """A sharing that takes two persons: the right to share further, or somebody of another organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="share_requests")
    grantee = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    rights = ArrayField(models.CharField(max_length=10))
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)

    privacy = classify(
        retention="case", technical=("id", "case", "grantee", "rights", "asked_by", "asked_at", "approved_by")
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["case", "grantee"], name="one_request_a_person"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("asked_by")), name="two_persons_share"
            ),
        ]

    def __str__(self) -> str:
        return f"share request {self.pk}"


class Emergency(models.Model):
    """A case that somebody without a grant reads for an hour, because two officers let them; reviewed afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="emergencies")
    reader = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    officers = models.CharField(max_length=80, default="")
    opened_once = models.BinaryField(default=bytes)
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    privacy = classify(
        retention="case",
        sensitive=("opened_once",),
        technical=(
            "id",
            "case",
            "reader",
            "ground",
            "version",
            "officers",
            "asked_at",
            "opened_at",
            "reviewed_by",
            "reviewed_at",
        ),
    )

    def __str__(self) -> str:
        return f"emergency {self.pk}"


class CaseExport(models.Model):
    """A case on its way to somebody else: who asks, for whom, why, and an officer's signature. The copy is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exports")
    recipient = models.CharField(max_length=120)
    public = models.BinaryField()
    ground = models.CharField(max_length=20)
    manifest = models.CharField(max_length=64)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True)
    signature = models.BinaryField(default=bytes)
    # Of a child's case: who the guardian is, whether they may read, whether the copy goes to them. Codes, never names.
    guardian = models.CharField(max_length=20, blank=True)
    guardian_reads = models.CharField(max_length=20, blank=True)
    guardian_receives = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)  # handed out, or declined

    privacy = classify(
        retention="case",
        sensitive=("recipient", "ground", "reason", "guardian", "guardian_reads", "guardian_receives"),
        technical=(
            *("id", "case", "public", "manifest", "asked_by", "asked_at", "approved_by", "approved_at", "signature"),
            "ended_at",
        ),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("asked_by")), name="two_persons_export"
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="one_export_at_a_time"),
            models.CheckConstraint(
                condition=Q(guardian_receives=False) | Q(guardian_reads="may_read"), name="no_export_to_a_threat"
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"
