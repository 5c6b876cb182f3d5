"""Writes of the code lists: load the reviewed files, close a code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.audit.actors import Actor as LogActor
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid
from samsyn.vocabulary import events, policies, queries
from samsyn.vocabulary.files import CodeLine, CrosswalkLine, Files, ListLine
from samsyn.vocabulary.models import Category, Change, Code, CodeList, Crosswalk, ListVersion, Scheme, Source
from samsyn.vocabulary.swedish import day, sort_key

# One loader at a time in a database ("codes" in ASCII).
LOAD_LOCK = 0x636F646573

# What a file may change on a code that is there, never what the code is.
CHANGEABLE = ("label_sv", "label_en", "hint_sv", "hint_en", "parent", "group", "source_id", "verified")


class Conflict(Exception):
    """The files contradict what the database must keep; nothing was loaded."""


@dataclass
class Loaded:
    """What a load did: new versions by list, and what it left alone."""

    versions: dict[str, int] = field(default_factory=dict)
    crosswalk: dict[str, tuple[int, int]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Tell whether anything was written."""
        return bool(self.versions or self.crosswalk)


def load(*, files: Files, by: LogActor, at: datetime) -> Loaded:
    """Bring the files into the database, all or nothing; the same files twice change nothing.

    Raise Conflict if a file lacks a code that the database has, or gives it another first day: codes are closed by a
    date, never taken away. A code that somebody closed stays closed, whatever the file says; it is named in ``kept``.
    """
    done = Loaded()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
        for line in files.sources:
            _keep(
                Source,
                {"code": line.code},
                title=line.title,
                address=line.address,
                note_sv=line.note_sv,
                note_en=line.note_en,
            )
        _check_nothing_left_out(set(CodeList.objects.values_list("code", flat=True)), {one.code for one in files.lists})
        for position, one in enumerate(files.lists, start=1):
            _load_list(one, position=position, by=by, at=at, done=done)
        _load_schemes(files)
        for scheme in files.schemes:
            _load_crosswalk(
                scheme.code, [row for row in files.crosswalk if row.scheme == scheme.code], by=by, at=at, done=done
            )
    queries.forget()
    return done


def _keep(model: type[models.Model], key: Mapping[str, object], **values: object) -> bool:
    """Write the row unless it is there exactly so; return whether anything was written."""
    found = model._default_manager.filter(**key).values(*values).first()
    if found is None:
        model._default_manager.create(**key, **values)
    elif found != values:
        model._default_manager.filter(**key).update(**values)
    return found != values


def _check_nothing_left_out(there: set[str], said: set[str]) -> None:
    missing = sorted(there - said)
    if missing:
        raise Conflict(f"the files lack {', '.join(missing)}: close by a date, don't take away")


def _load_list(one: ListLine, *, position: int, by: LogActor, at: datetime, done: Loaded) -> None:
    changes: list[Change] = []
    is_new = not CodeList.objects.filter(code=one.code).exists()
    titles = {
        "title_sv": one.title_sv,
        "title_en": one.title_en,
        "note_sv": one.note_sv,
        "note_en": one.note_en,
        "parent_list_id": one.parent_list or None,
        "order": one.order,
    }
    before = {} if is_new else dict(CodeList.objects.filter(code=one.code).values(*titles).get())
    _keep(CodeList, {"code": one.code}, position=position, **titles)
    changes += [
        Change(kind=Change.Kind.LIST_CHANGED, field=name, before=before[name] or "", after=value or "")
        for name, value in titles.items()
        if not is_new and before[name] != value
    ]
    there = {code.value: code for code in Code.objects.filter(code_list_id=one.code)}
    _check_nothing_left_out({f"{one.code}:{v}" for v in there}, {f"{one.code}:{line.value}" for line in one.codes})
    fresh = [
        _new_code(one.code, place, line) for place, line in enumerate(one.codes, start=1) if line.value not in there
    ]
    for line in one.codes:
        if line.value in there:
            changes += _changed_code(there[line.value], line, done=done)
    Code.objects.bulk_create(fresh)
    if _move(there, one.codes) and not fresh:
        changes.append(Change(kind=Change.Kind.LIST_CHANGED, field="order"))
    if is_new:
        changes.append(Change(kind=Change.Kind.LIST_MADE, after=str(len(fresh))))
    else:
        changes += [Change(kind=Change.Kind.CODE_ADDED, value=code.value, after=code.label_sv) for code in fresh]
    if not changes:
        return
    number = _new_version(one.code, changes, is_new=is_new, by=by, at=at)
    done.versions[one.code] = number
    kinds = [change.kind for change in changes]
    audit.record(
        events.LIST_LOADED,
        by=by,
        at=at,
        subject=one.code,
        facts={
            "list": one.code,
            "version": number,
            "added": len(fresh),
            "changed": len({c.value for c in changes if c.kind == Change.Kind.CODE_CHANGED}),
            "closed": kinds.count(Change.Kind.CODE_CLOSED),
        },
    )


def _new_code(list_code: str, place: int, line: CodeLine) -> Code:
    return Code(
        code_list_id=list_code,
        value=line.value,
        sort_key=sort_key(line.label_sv),
        valid_from=line.valid_from,
        valid_to=line.valid_to,
        position=place,
        **_changeable(line),
    )


def _move(there: Mapping[str, Code], lines: Sequence[CodeLine]) -> bool:
    """Give existing codes the places of the file and return whether any moved."""
    moved = [
        (there[line.value].pk, place)
        for place, line in enumerate(lines, start=1)
        if line.value in there and there[line.value].position != place
    ]
    for key, place in moved:
        Code.objects.filter(pk=key).update(position=place)
    return bool(moved)


def _changeable(line: CodeLine) -> dict[str, Any]:
    values = (
        *(line.label_sv, line.label_en, line.hint_sv, line.hint_en, line.parent, line.group),
        *(line.source, line.verified),
    )
    return dict(zip(CHANGEABLE, values, strict=True))


def _changed_code(code: Code, line: CodeLine, *, done: Loaded) -> list[Change]:
    """Bring one existing code up to the file and return what changed."""
    name = f"{code.code_list_id}:{code.value}"
    if code.valid_from != line.valid_from:
        raise Conflict(f"{name} has been valid from {code.valid_from}; that can't become {line.valid_from}")
    changes = []
    for column, value in _changeable(line).items():
        old = getattr(code, column)
        if old != value:
            changes.append(
                Change(
                    kind=Change.Kind.CODE_CHANGED,
                    value=code.value,
                    field=column.removesuffix("_id"),
                    before=str(old),
                    after=str(value),
                )
            )
            setattr(code, column, value)
    code.sort_key = sort_key(code.label_sv)
    if code.valid_to is None and line.valid_to is not None:
        code.valid_to = line.valid_to
        changes.append(
            Change(kind=Change.Kind.CODE_CLOSED, value=code.value, field="valid_to", after=line.valid_to.isoformat())
        )
    elif code.valid_to != line.valid_to:
        done.kept.append(f"{name} was closed {code.valid_to} and stays so")
    if changes:
        code.save()
    return changes


def _new_version(list_code: str, changes: list[Change], *, is_new: bool, by: LogActor, at: datetime) -> int:
    """Write the next version of a list with its changes and return its number."""
    if not is_new:
        CodeList.objects.filter(code=list_code).update(version=models.F("version") + 1)
    number = CodeList.objects.values_list("version", flat=True).get(code=list_code)
    version = ListVersion(code_list_id=list_code, number=number, made_at=at, made_by=by.pseudonym)
    version.save(force_insert=True)
    for change in changes:
        change.version = version
    Change.objects.bulk_create(changes)
    return number


def _load_schemes(files: Files) -> None:
    for position, scheme in enumerate(files.schemes, start=1):
        _keep(
            Scheme,
            {"code": scheme.code},
            title=scheme.title,
            publisher=scheme.publisher,
            country=scheme.country,
            address=scheme.address,
            note_sv=scheme.note_sv,
            note_en=scheme.note_en,
            position=position,
        )
    for position, line in enumerate(files.categories, start=1):
        key = {"scheme_id": line.scheme, "code": line.code}
        _keep(Category, key, label=line.label, label_sv=line.label_sv, position=position)


def _load_crosswalk(scheme: str, rows: list[CrosswalkLine], *, by: LogActor, at: datetime, done: Loaded) -> None:
    """Open the rows that are new and close the ones that are gone or say something else now."""
    codes = {(c.code_list_id, c.value): c.pk for c in Code.objects.all()}
    categories = {c.code: c.pk for c in Category.objects.filter(scheme_id=scheme)}
    wanted = {(codes[row.list, row.value], categories.get(row.category)): row for row in rows}
    today = day(at)
    opened = closed = 0
    standing = set()
    for old in Crosswalk.objects.filter(scheme_id=scheme, valid_to=None):
        row = wanted.get((old.code_id, old.category_id))
        if row is not None and row.relation == old.relation:
            standing.add((old.code_id, old.category_id))
            said = {"verified": row.verified, "note_sv": row.note_sv, "note_en": row.note_en}
            _keep(Crosswalk, {"pk": old.pk}, **said)
            continue
        # A row that is corrected on its first day was never in force: it then ends on the day it began.
        old.valid_to = max(old.valid_from, today - timedelta(days=1))
        old.save(update_fields=["valid_to"])
        closed += 1
    fresh = [
        Crosswalk(
            scheme_id=scheme,
            code_id=code,
            category_id=category,
            relation=row.relation,
            valid_from=row.valid_from if not closed else max(row.valid_from, today),
            verified=row.verified,
            note_sv=row.note_sv,
            note_en=row.note_en,
        )
        for (code, category), row in wanted.items()
        if (code, category) not in standing
    ]
    Crosswalk.objects.bulk_create(fresh)
    opened = len(fresh)
    if opened or closed:
        done.crosswalk[scheme] = (opened, closed)
        audit.record(
            events.CROSSWALK_LOADED,
            by=by,
            at=at,
            subject=scheme,
            facts={"scheme": scheme, "opened": opened, "closed": closed},
        )


def close_code(*, list_code: str, value: str, last_day: date, by: Actor, at: datetime) -> int:
    """Close a code after its last day and return the list's new version.

    Raise NotAllowed, or Invalid for a code that doesn't exist, is closed already, or a last day that has passed.
    """
    policies.check_can_close_code(by)
    with transaction.atomic():
        # The list's row is the lock: its version grows by one for each change.
        CodeList.objects.select_for_update().filter(code=list_code).first()
        code = Code.objects.select_for_update().filter(code_list_id=list_code, value=value).first()
        if code is None:
            raise Invalid(_("Koden finns inte."))
        policies.check_last_day(last_day=last_day, valid_from=code.valid_from, valid_to=code.valid_to, today=day(at))
        code.valid_to = last_day
        code.save(update_fields=["valid_to"])
        change = Change(kind=Change.Kind.CODE_CLOSED, value=value, field="valid_to", after=last_day.isoformat())
        number = _new_version(list_code, [change], is_new=False, by=by, at=at)
        audit.record(
            events.CODE_CLOSED,
            by=by,
            at=at,
            subject=f"{list_code}/{value}",
            facts={"list": list_code, "code": value, "last_day": last_day.isoformat(), "version": number},
        )
        transaction.on_commit(queries.forget)
    queries.forget()
    return number
