"""Code lists, their codes and versions, and the crosswalk. Triggers (first migration) keep codes from being deleted.

Nothing here is about a person. A code is named by its list and value everywhere else, as text without a foreign key,
so that facts can be read when nothing of this room is at hand.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from samsyn.privacy.classes import classify

KEPT = "vocabulary"  # kept: figures can't be understood without their codes; see retention.py


class CodeList(models.Model):
    """A list of codes. Its version grows with every change of a label, an end date or a new code."""

    class Order(models.TextChoices):
        POSITION = "position", _("som i filen")
        ALPHABETICAL = "alphabetical", _("alfabetisk")

    code = models.CharField(max_length=40, primary_key=True)
    title_sv = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    note_sv = models.CharField(max_length=200, blank=True)
    note_en = models.CharField(max_length=200, blank=True)
    parent_list = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    order = models.CharField(max_length=12, choices=Order, default=Order.POSITION)
    position = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)

    privacy = classify(
        retention=KEPT,
        technical=("code", "title_sv", "title_en", "note_sv", "note_en", "parent_list", "order", "position", "version"),
    )

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.code


class Source(models.Model):
    """Where a list's codes come from."""

    code = models.CharField(max_length=40, primary_key=True)
    title = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    note_sv = models.CharField(max_length=200, blank=True)
    note_en = models.CharField(max_length=200, blank=True)

    privacy = classify(retention=KEPT, technical=("code", "title", "address", "note_sv", "note_en"))

    def __str__(self) -> str:
        return self.code


class Code(models.Model):
    """One code of a list. ``valid_to`` is its last day, Swedish time; ``verified`` says that its dates were checked."""

    code_list = models.ForeignKey(CodeList, on_delete=models.PROTECT, related_name="codes")
    value = models.CharField(max_length=40)
    label_sv = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60)
    hint_sv = models.CharField(max_length=120, blank=True)
    hint_en = models.CharField(max_length=120, blank=True)
    parent = models.CharField(max_length=40, blank=True)
    group = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField()
    sort_key = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    verified = models.BooleanField(default=True)

    privacy = classify(
        retention=KEPT,
        technical=(
            *("id", "code_list", "value", "label_sv", "label_en", "hint_sv", "hint_en", "parent", "group", "position"),
            *("sort_key", "valid_from", "valid_to", "source", "verified"),
        ),
    )

    class Meta:
        ordering = ["code_list", "position"]
        constraints = [
            models.UniqueConstraint(fields=["code_list", "value"], name="code_once_in_its_list"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="code_dates"),
            models.CheckConstraint(condition=~Q(label_sv="") & ~Q(label_en=""), name="code_has_both_labels"),
            # What isn't known is a state of the answer: as a code it would be counted as knowledge.
            models.CheckConstraint(
                condition=~Q(value__in=["unknown", "declined", "not_asked", "not_applicable"]),
                name="code_is_no_answer_state",
            ),
            models.CheckConstraint(condition=Q(value__regex=r"^[a-z0-9][a-z0-9_]*$"), name="code_value_is_plain"),
        ]

    def __str__(self) -> str:
        return f"{self.code_list_id}:{self.value}"


class ListVersion(models.Model):
    """A dated change of a list: which version it became, when, and by whom."""

    code_list = models.ForeignKey(CodeList, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)  # a pseudonym: accounts may go, versions stay

    privacy = classify(retention=KEPT, identifying=("made_by",), technical=("id", "code_list", "number", "made_at"))

    class Meta:
        ordering = ["code_list", "-number"]
        constraints = [models.UniqueConstraint(fields=["code_list", "number"], name="list_version_once")]

    def __str__(self) -> str:
        return f"{self.code_list_id} {self.number}"


class Change(models.Model):
    """One thing that a new version of a list changed."""

    class Kind(models.TextChoices):
        LIST_MADE = "list_made", _("listan lades upp")
        LIST_CHANGED = "list_changed", _("listans rubrik eller anmärkning ändrades")
        CODE_ADDED = "code_added", _("ny kod")
        CODE_CHANGED = "code_changed", _("ändrad")
        CODE_CLOSED = "code_closed", _("stängd")

    version = models.ForeignKey(ListVersion, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=20, choices=Kind)
    value = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=40, blank=True)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)

    privacy = classify(retention=KEPT, technical=("id", "version", "kind", "value", "field", "before", "after"))

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Scheme(models.Model):
    """Another organisation's way of classifying."""

    code = models.CharField(max_length=40, primary_key=True)
    title = models.CharField(max_length=120)
    publisher = models.CharField(max_length=120)
    country = models.CharField(max_length=2, blank=True)
    address = models.CharField(max_length=300, blank=True)
    note_sv = models.CharField(max_length=200, blank=True)
    note_en = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField()

    privacy = classify(
        retention=KEPT,
        technical=("code", "title", "publisher", "country", "address", "note_sv", "note_en", "position"),
    )

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.code


class Category(models.Model):
    """A category of another organisation, in its own words and in Swedish."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="categories")
    code = models.CharField(max_length=60)
    label = models.CharField(max_length=120)
    label_sv = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()

    privacy = classify(retention=KEPT, technical=("id", "scheme", "code", "label", "label_sv", "position"))

    class Meta:
        ordering = ["scheme", "position"]
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="category_once_in_its_scheme")]

    def __str__(self) -> str:
        return f"{self.scheme_id}:{self.code}"


class Crosswalk(models.Model):
    """How one of our codes compares with a category elsewhere. A row that stops being true is closed with a date."""

    class Relation(models.TextChoices):
        EXACT = "exact", _("samma innehåll")
        COARSER = "coarser", _("deras är vidare")
        FINER = "finer", _("deras är snävare")
        NOT_COMPARABLE = "not_comparable", _("kan inte jämföras")

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="rows")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="crosswalk")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="rows")
    relation = models.CharField(max_length=16, choices=Relation)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    verified = models.BooleanField(default=False)
    note_sv = models.CharField(max_length=200, blank=True)
    note_en = models.CharField(max_length=200, blank=True)

    privacy = classify(
        retention=KEPT,
        technical=(
            *("id", "scheme", "code", "category", "relation", "valid_from", "valid_to", "verified"),
            *("note_sv", "note_en"),
        ),
    )

    class Meta:
        ordering = ["scheme", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "code", "category"],
                condition=Q(valid_to=None),
                nulls_distinct=False,
                name="crosswalk_one_open_row",
            ),
            models.CheckConstraint(
                condition=Q(category=None, relation="not_comparable") | Q(category__isnull=False),
                name="crosswalk_without_category_is_not_comparable",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="crosswalk_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.relation}"
