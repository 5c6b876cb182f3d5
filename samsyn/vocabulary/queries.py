"""Reads of the code lists, from a copy in the process: a page looks up thousands of labels and asks the database once.

The copy is held against the lists' versions at most once a second, so a code that is closed elsewhere is closed here
within a second, and at once in the process that closed it.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from django.db.models import Count, Sum
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samsyn.vocabulary.models import Category, Change, Code, CodeList, Crosswalk, ListVersion, Scheme, Source
from samsyn.vocabulary.swedish import sort_key

# Answer states: they stand where a code stands, and are never codes.
STATES: Mapping[str, Promise] = MappingProxyType(
    {
        "unknown": _("Okänt"),
        "declined": _("Vill inte svara"),
        "not_asked": _("Inte frågat"),
        "not_applicable": _("Inte aktuellt"),
    }
)
_CHECK_EVERY = 1.0  # seconds


class UnknownList(LookupError):
    """No code list has this code."""


class UnknownCode(LookupError):
    """The list has no such value, and it is no answer state either."""


def _in_language(sv: str, en: str) -> str:
    return en if (get_language() or "sv").startswith("en") else sv


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code as pages show it. ``valid_to`` is the last day on which it may be used, or None."""

    value: str
    label_sv: str
    label_en: str
    hint_sv: str
    hint_en: str
    parent: str
    group: str
    position: int
    valid_from: date
    valid_to: date | None
    source: str
    verified: bool

    @property
    def label(self) -> str:
        """Return the label in the active language."""
        return _in_language(self.label_sv, self.label_en)

    @property
    def hint(self) -> str:
        """Return the explanation in the active language, or an empty text."""
        return _in_language(self.hint_sv, self.hint_en)

    def is_valid(self, on: date) -> bool:
        """Tell whether the code may be used on this day, Swedish time."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class ListRow:
    """A code list as pages show it."""

    code: str
    title_sv: str
    title_en: str
    note_sv: str
    note_en: str
    parent_list: str
    is_alphabetical: bool
    version: int

    @property
    def title(self) -> str:
        """Return the title in the active language."""
        return _in_language(self.title_sv, self.title_en)

    @property
    def note(self) -> str:
        """Return the remark in the active language, or an empty text."""
        return _in_language(self.note_sv, self.note_en)


@dataclass(frozen=True, slots=True)
class _List:
    row: ListRow
    by_value: Mapping[str, CodeRow]
    ordered: Mapping[str, tuple[CodeRow, ...]]  # by language
    labels: Mapping[str, Mapping[str, str]]  # by language


@dataclass(slots=True)
class _Copy:
    stamp: tuple[int, int]
    lists: Mapping[str, _List]
    checked_at: float = field(default_factory=time.monotonic)


_copy: _Copy | None = None
_lock = threading.Lock()


def forget() -> None:
    """Drop the process's copy: the next read takes a new one. Called by what changes the lists."""
    global _copy
    _copy = None


def _stamp() -> tuple[int, int]:
    # Versions only grow and lists are never deleted, so this pair never comes back after a change.
    found = CodeList.objects.aggregate(versions=Sum("version"), lists=Count("code"))
    return (found["versions"] or 0, found["lists"])


def _lists() -> Mapping[str, _List]:
    global _copy
    copy = _copy
    now = time.monotonic()
    if copy is not None and now - copy.checked_at < _CHECK_EVERY:
        return copy.lists
    with _lock:
        copy = _copy
        if copy is not None and time.monotonic() - copy.checked_at < _CHECK_EVERY:
            return copy.lists
        stamp = _stamp()
        if copy is None or copy.stamp != stamp:
            # The stamp was read first: what changes between the two reads is found by the next check.
            copy = _Copy(stamp=stamp, lists=_read())
        else:
            copy = _Copy(stamp=stamp, lists=copy.lists)
        _copy = copy
    return copy.lists


def state() -> object:
    """Return something that stays the same object until a list changes: what was built from the lists still holds."""
    return _lists()


def _read() -> Mapping[str, _List]:
    rows: dict[str, list[CodeRow]] = {}
    for code in Code.objects.order_by("code_list_id", "position"):
        rows.setdefault(code.code_list_id, []).append(
            CodeRow(
                value=code.value,
                label_sv=code.label_sv,
                label_en=code.label_en,
                hint_sv=code.hint_sv,
                hint_en=code.hint_en,
                parent=code.parent,
                group=code.group,
                position=code.position,
                valid_from=code.valid_from,
                valid_to=code.valid_to,
                source=code.source_id,
                verified=code.verified,
            )
        )
    return {one.code: _as_list(one, rows.get(one.code, [])) for one in CodeList.objects.order_by("position")}


def _as_list(one: CodeList, rows: list[CodeRow]) -> _List:
    is_alphabetical = one.order == CodeList.Order.ALPHABETICAL
    ordered = {"sv": tuple(rows), "en": tuple(rows)}
    if is_alphabetical:
        ordered["sv"] = tuple(sorted(rows, key=lambda row: sort_key(row.label_sv)))
        ordered["en"] = tuple(sorted(rows, key=lambda row: sort_key(row.label_en)))
    return _List(
        row=ListRow(
            code=one.code,
            title_sv=one.title_sv,
            title_en=one.title_en,
            note_sv=one.note_sv,
            note_en=one.note_en,
            parent_list=one.parent_list_id or "",
            is_alphabetical=is_alphabetical,
            version=one.version,
        ),
        by_value=MappingProxyType({row.value: row for row in rows}),
        ordered=ordered,
        labels={
            "sv": MappingProxyType({row.value: row.label_sv for row in ordered["sv"]}),
            "en": MappingProxyType({row.value: row.label_en for row in ordered["en"]}),
        },
    )


def _list(list_code: str) -> _List:
    try:
        return _lists()[list_code]
    except KeyError:
        raise UnknownList(list_code) from None


def lists() -> tuple[ListRow, ...]:
    """Return every list in its order."""
    return tuple(one.row for one in _lists().values())


def code_list(list_code: str) -> ListRow:
    """Return one list; raise UnknownList."""
    return _list(list_code).row


def codes(list_code: str, *, on: date) -> tuple[CodeRow, ...]:
    """Return the codes that are valid on a day, in the list's order in the active language; raise UnknownList."""
    return tuple(row for row in all_codes(list_code) if row.is_valid(on))


def all_codes(list_code: str) -> tuple[CodeRow, ...]:
    """Return every code that the list ever had, in the list's order in the active language; raise UnknownList."""
    return _list(list_code).ordered[_in_language("sv", "en")]


def code(list_code: str, value: str) -> CodeRow:
    """Return one code, closed or not; raise UnknownList or UnknownCode."""
    try:
        return _list(list_code).by_value[value]
    except KeyError:
        raise UnknownCode(f"{list_code}:{value}") from None


def is_valid(list_code: str, value: str, *, on: date) -> bool:
    """Tell whether the value is a code of the list that may be used on this day; raise UnknownList."""
    row = _list(list_code).by_value.get(value)
    return row is not None and row.is_valid(on)


def label(list_code: str, value: str) -> str:
    """Return the label of a code, closed or not, or of an answer state; raise UnknownList or UnknownCode."""
    found = _list(list_code).labels[_in_language("sv", "en")].get(value)
    if found is not None:
        return found
    try:
        return str(STATES[value])
    except KeyError:
        raise UnknownCode(f"{list_code}:{value}") from None


def labels(list_code: str) -> dict[str, str]:
    """Return the label of every code of the list, closed ones too, in the list's order; raise UnknownList."""
    return dict(_list(list_code).labels[_in_language("sv", "en")])


def parent(list_code: str, value: str) -> str:
    """Return the code above this one (a municipality's county, a profession's sector); raise UnknownCode."""
    return code(list_code, value).parent


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """How one of our codes compares with a category of another organisation."""

    scheme: str
    list_code: str
    value: str
    category: str
    category_label: str
    category_label_sv: str
    relation: str
    relation_label: str
    valid_from: date
    valid_to: date | None
    verified: bool
    note: str


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """Another organisation's classification."""

    code: str
    title: str
    publisher: str
    country: str
    address: str
    note: str
    categories: tuple[tuple[str, str, str], ...]  # code, its own words, Swedish


def schemes() -> tuple[SchemeRow, ...]:
    """Return every scheme with its categories."""
    return tuple(
        SchemeRow(
            code=one.code,
            title=one.title,
            publisher=one.publisher,
            country=one.country,
            address=one.address,
            note=_in_language(one.note_sv, one.note_en),
            categories=tuple((c.code, c.label, c.label_sv) for c in one.categories.all()),
        )
        for one in Scheme.objects.prefetch_related("categories")
    )


def crosswalk(
    list_code: str, *, on: date, scheme: str | None = None, value: str | None = None
) -> tuple[CrosswalkRow, ...]:
    """Return what our codes of this list correspond to elsewhere on a day, by scheme and by our order."""
    rows = Crosswalk.objects.filter(code__code_list_id=list_code, valid_from__lte=on).exclude(valid_to__lt=on)
    if scheme is not None:
        rows = rows.filter(scheme_id=scheme)
    if value is not None:
        rows = rows.filter(code__value=value)
    rows = rows.select_related("code", "category").order_by("scheme__position", "code__position", "category__position")
    return tuple(
        CrosswalkRow(
            scheme=row.scheme_id,
            list_code=list_code,
            value=row.code.value,
            category=row.category.code if row.category else "",
            category_label=row.category.label if row.category else "",
            category_label_sv=row.category.label_sv if row.category else "",
            relation=row.relation,
            relation_label=str(Crosswalk.Relation(row.relation).label),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            verified=row.verified,
            note=_in_language(row.note_sv, row.note_en),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of a list."""

    kind: str
    kind_label: str
    value: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a list with what it changed."""

    number: int
    made_at: datetime
    made_by: str
    changes: tuple[ChangeRow, ...]


def history(list_code: str) -> tuple[VersionRow, ...]:
    """Return the versions of a list, the latest first."""
    versions = ListVersion.objects.filter(code_list_id=list_code).order_by("-number").prefetch_related("changes")
    return tuple(
        VersionRow(
            number=one.number,
            made_at=one.made_at,
            made_by=one.made_by,
            changes=tuple(
                ChangeRow(c.kind, str(Change.Kind(c.kind).label), c.value, c.field, c.before, c.after)
                for c in one.changes.all()
            ),
        )
        for one in versions
    )


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where codes come from."""

    code: str
    title: str
    address: str
    note: str


def sources() -> dict[str, SourceRow]:
    """Return every source by its code."""
    return {
        one.code: SourceRow(one.code, one.title, one.address, _in_language(one.note_sv, one.note_en))
        for one in Source.objects.all()
    }


def categories_without_a_code(scheme: str, *, on: date) -> tuple[tuple[str, str, str], ...]:
    """Return the categories of a scheme that none of our codes corresponds to on a day: code, own words, Swedish."""
    used = Crosswalk.objects.filter(scheme_id=scheme, valid_from__lte=on, category__isnull=False).exclude(
        valid_to__lt=on
    )
    rest = Category.objects.filter(scheme_id=scheme).exclude(pk__in=used.values("category_id"))
    return tuple((one.code, one.label, one.label_sv) for one in rest)
