"""The working record, which goes after its time, and the fact rows, which say nothing about anybody and stay."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from samsyn.privacy.classes import classify


class Matter(models.Model):
    """What contacts are about, joined by the professional's own words and by nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code_hash = models.BinaryField(null=True, unique=True)
    last_contact_at = models.DateTimeField()

    privacy = classify(retention="matter", sensitive=("code_hash",), technical=("id", "last_contact_at"))

    def __str__(self) -> str:
        return f"matter {self.pk}"


class Contact(models.Model):
    """One call, chat, message or meeting while it is worked on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    adviser_id = models.UUIDField(db_index=True)
    channel = models.CharField(max_length=40)
    instrument_version_id = models.UUIDField()
    instrument_number = models.PositiveSmallIntegerField()
    template_version_id = models.UUIDField(null=True)
    # What is asked beside the main question set: drawn at the opening, and kept like the version.
    further = ArrayField(models.UUIDField(), default=list)
    matter = models.ForeignKey(Matter, null=True, on_delete=models.SET_NULL, related_name="contacts")
    is_repeat = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, db_index=True)
    outcome = models.CharField(max_length=40, default="")

    privacy = classify(
        retention="working_record",
        sensitive=("adviser_id", "opened_at", "saved_at", "closed_at", "matter"),
        statistical=("channel", "outcome", "is_repeat", "instrument_number"),
        technical=("id", "instrument_version_id", "template_version_id", "further", "revision"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | ~Q(outcome=""), name="closed_contact_has_an_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class ExposedPerson(models.Model):
    """A person whom the matter is about; a number, no identity."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="persons")
    number = models.PositiveSmallIntegerField()

    privacy = classify(retention="working_record", technical=("id", "contact", "number"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["contact", "number"], name="person_number_once_in_a_contact"),
        ]

    def __str__(self) -> str:
        return f"exposed person {self.pk}"


class FurtherMentioned(models.Model):
    """How many further persons were mentioned, by an age no finer than under 18, 18 or older, unknown."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="mentioned")
    age_group = models.CharField(max_length=20)
    count = models.PositiveSmallIntegerField()

    privacy = classify(retention="working_record", sensitive=("age_group", "count"), technical=("id", "contact"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["contact", "age_group"], name="mentioned_once_for_each_age_group"),
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=30), name="mentioned_count_is_plausible"),
        ]

    def __str__(self) -> str:
        return f"mentioned in contact {self.contact_id}"


class Answer(models.Model):
    """One question's answer: codes, or the state that says why there are none."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(ExposedPerson, null=True, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey("questions.Question", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    state = models.CharField(max_length=20)
    values = ArrayField(models.CharField(max_length=60), default=list)

    privacy = classify(
        retention="working_record",
        sensitive=("state", "values"),
        technical=("id", "contact", "person", "question", "code"),
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["contact", "person", "question"], nulls_distinct=False, name="one_answer_for_each_question"
            ),
            models.CheckConstraint(
                condition=(Q(state="answered") & ~Q(values=[])) | (~Q(state="answered") & Q(values=[])),
                name="answer_has_codes_or_a_state",
            ),
        ]

    def __str__(self) -> str:
        return f"answer to {self.code}"


class SavedGroup(models.Model):
    """The last arrival of a field group from a browser tab: what comes late never overwrites what is newer."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="saved_groups")
    group = models.CharField(max_length=80)
    tab = models.CharField(max_length=40)
    sequence = models.PositiveIntegerField()

    privacy = classify(retention="working_record", technical=("id", "contact", "group", "tab", "sequence"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["contact", "group", "tab"], name="one_arrival_for_each_group_and_tab"),
        ]

    def __str__(self) -> str:
        return f"group of contact {self.contact_id}"


class ChecklistTick(models.Model):
    """A line of the template that was asked about or told."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="ticks")
    item = models.CharField(max_length=60)

    privacy = classify(retention="working_record", sensitive=("item",), technical=("id", "contact"))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["contact", "item"], name="ticked_once"),
        ]

    def __str__(self) -> str:
        return f"tick in contact {self.contact_id}"


class Fact(models.Model):
    """What every fact row has: the quarter; the id is random and points nowhere."""

    COLUMNS: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.year} quarter {self.quarter}"


class WeeklyFact(Fact):
    """A fact that also knows its week, and no finer time."""

    # Monday of the week; none where a quarter's end cuts the week, because a part of a week is nearly a date.
    week = models.DateField(null=True)

    class Meta:
        abstract = True


def codes(**options: Any) -> Any:
    """Return a column of several codes; it is never empty, a state stands where there is no code."""
    return ArrayField(models.CharField(max_length=60), **options)


def _not_asked() -> list[str]:
    return ["not_asked"]


def _never_empty(name: str, column: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=~Q(**{column: []}), name=f"{name}_{column}_not_empty")


class ContactFact(WeeklyFact):
    """One closed contact."""

    hour_band = models.CharField(max_length=20)
    channel = models.CharField(max_length=40)
    outcome = models.CharField(max_length=40)
    sector = models.CharField(max_length=40)
    profession = models.CharField(max_length=60)
    county = models.CharField(max_length=20)
    length_band = models.CharField(max_length=20)
    contact_order = models.CharField(max_length=30)
    caller_subject = codes()
    advice = codes()
    referral = codes()
    duty_informed = models.CharField(max_length=20)
    helped = models.CharField(max_length=20)
    template = models.CharField(max_length=60)
    adherence_band = models.CharField(max_length=20)
    instrument_version = models.PositiveSmallIntegerField()
    # What only the line for exposed persons asks: elsewhere they were not asked.
    contact_kind = models.CharField(max_length=40, default="not_asked")
    caller_role = models.CharField(max_length=40, default="not_asked")
    adaptation = codes(default=_not_asked)
    language = models.CharField(max_length=20, default="not_asked")
    interpreter = models.CharField(max_length=20, default="not_asked")

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "year", "quarter", "week", "hour_band", "channel", "outcome", "sector", "profession", "county", "length_band",
        "contact_order", "caller_subject", "advice", "referral", "duty_informed", "helped", "template",
        "adherence_band", "instrument_version", "contact_kind", "caller_role", "adaptation", "language", "interpreter",
    )  # fmt: skip
    privacy = classify(retention="facts", statistical=COLUMNS, technical=("id",))

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["year", "quarter"], name="contact_fact_period")]
        constraints: ClassVar[list[Any]] = [
            _never_empty("contact_fact", name) for name in ("caller_subject", "advice", "referral", "adaptation")
        ]


class MatterFact(WeeklyFact):
    """One matter, counted at its first contact."""

    sector = models.CharField(max_length=40)
    county = models.CharField(max_length=20)
    case_kind = models.CharField(max_length=40)
    main_concern = models.CharField(max_length=40)
    concern_status = models.CharField(max_length=20)
    danger_now = models.CharField(max_length=20)
    person_count = models.PositiveSmallIntegerField()
    actors_engaged = codes()

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "year", "quarter", "week", "sector", "county", "case_kind", "main_concern", "concern_status", "danger_now",
        "person_count", "actors_engaged",
    )  # fmt: skip
    privacy = classify(retention="facts", statistical=COLUMNS, technical=("id",))

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["year", "quarter"], name="matter_fact_period")]
        constraints: ClassVar[list[Any]] = [_never_empty("matter_fact", "actors_engaged")]


class PersonFact(WeeklyFact):
    """One exposed person."""

    sector = models.CharField(max_length=40)
    case_kind = models.CharField(max_length=40)
    main_concern = models.CharField(max_length=40)
    age_band = models.CharField(max_length=20)
    sex = models.CharField(max_length=20)
    exposure = codes()
    marriage_status = models.CharField(max_length=20)
    abduction_status = models.CharField(max_length=20)
    fgm_status = models.CharField(max_length=20)
    perpetrator_relation = codes()
    perpetrator_number = models.CharField(max_length=20)
    disability = models.CharField(max_length=20)
    lgbtq = models.CharField(max_length=20)
    abroad_now = models.CharField(max_length=20)

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "year", "quarter", "week", "sector", "case_kind", "main_concern", "age_band", "sex", "exposure",
        "marriage_status", "abduction_status", "fgm_status", "perpetrator_relation", "perpetrator_number",
        "disability", "lgbtq", "abroad_now",
    )  # fmt: skip
    privacy = classify(retention="facts", statistical=COLUMNS, technical=("id",))

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["year", "quarter"], name="person_fact_period")]
        constraints: ClassVar[list[Any]] = [
            _never_empty("person_fact", name) for name in ("exposure", "perpetrator_relation")
        ]


class MentionedFact(WeeklyFact):
    """One further mentioned person, whose exposure is unclear."""

    age_group = models.CharField(max_length=20)

    COLUMNS: ClassVar[tuple[str, ...]] = ("year", "quarter", "week", "age_group")
    privacy = classify(retention="facts", statistical=COLUMNS, technical=("id",))

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["year", "quarter"], name="mentioned_fact_period")]


class CallerPlaceFact(Fact):
    """The municipality where a caller works, for one contact that concerned a matter: a row that knows nothing else.

    Beside profession, week and what was told a small municipality would point at a school or an office, and so at a
    family. Whoever did not say where leaves no row.
    """

    municipality = models.CharField(max_length=20)

    COLUMNS: ClassVar[tuple[str, ...]] = ("year", "quarter", "municipality")
    privacy = classify(retention="facts", statistical=COLUMNS, technical=("id",))

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["year", "quarter"], name="caller_place_fact_period")]


class MeasuredFact(models.Model):
    """One answer to a further question, or one contact that was in its sample (then ``question`` is empty).

    A row for each question: what the same caller answered to another one is not kept, nor when.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    in_force_id = models.UUIDField(db_index=True)
    question = models.CharField(max_length=40, blank=True)
    answers = codes()

    privacy = classify(
        retention="measured_facts", statistical=("in_force_id", "question", "answers"), technical=("id",)
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [_never_empty("measured_fact", "answers")]

    def __str__(self) -> str:
        return f"MeasuredFact {self.question}"
