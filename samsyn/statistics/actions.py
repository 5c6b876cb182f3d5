"""What a person does with a release: check, change, record. Numbers are computed once, at drafting."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from samsyn.audit import actions as audit
from samsyn.people import queries as people
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.statistics import (
    attacking,
    coarsening,
    counting,
    disclosure,
    documents,
    drafting,
    events,
    linking,
    pdf,
    policies,
    queries,
)
from samsyn.statistics.definitions.loader import standard_report
from samsyn.statistics.definitions.model import Report
from samsyn.statistics.definitions.of_deliveries import delivered_report
from samsyn.statistics.delivered import reading
from samsyn.statistics.models import Cell, PublishedFile, PublishedTable, PublishedTime, Release, ReleaseTable
from samsyn.statistics.periods import Quarter
from samsyn.ui import numbers

# Drafting and publishing wait for each other: each release is protected against all before it ("release" in ASCII).
RELEASE_LOCK = 0x72656C65617365
TIME = ["publish_at", "timed_by_id", "timed_by"]


@transaction.atomic
def draft_release(*, quarter: Quarter, by: Actor, at: datetime) -> Release:
    """Count the quarter, the year to date and everything since 2014, protect and audit it, and store the draft.

    A running quarter is preliminary and counts what has been closed until now. Tables that can't be protected otherwise
    become coarser. Raise Refused with the reason.
    """
    _wait_for_turn()
    policies.check_can_draft(
        by,
        quarter=quarter,
        running=Quarter.of(numbers.local(at).date()),
        is_open=queries.has_open_draft(),
        is_published=queries.latest_published(quarter, report=standard_report().code) is not None,
    )
    return _store_draft(report=standard_report(), quarter=quarter, by=by, at=at)


@transaction.atomic
def draft_year(*, year: int, by: Actor, at: datetime) -> Release:
    """Compile what municipalities have delivered of a year that is over, protect and audit it, and store the draft.

    Raise Refused with the reason.
    """
    _wait_for_turn()
    quarter = Quarter(year, 4)
    policies.check_can_draft_year(
        by,
        year=year,
        running=numbers.local(at).year,
        is_open=queries.has_open_draft(),
        is_published=queries.latest_published(quarter, report=delivered_report().code) is not None,
    )
    return _store_draft(report=delivered_report(), quarter=quarter, by=by, at=at)


@transaction.atomic
def revise_release(*, release_id: UUID, note: str, by: Actor, at: datetime) -> Release:
    """Draft a new edition of a published quarter; ``note`` tells the reader why. The old one stays readable."""
    _wait_for_turn()
    old = Release.objects.get(pk=release_id)
    quarter = Quarter(old.year, old.quarter)
    report = report_of(old.report_code)
    latest = queries.latest_published(quarter, report=report.code)
    policies.check_can_revise(
        by, is_published=latest is not None and latest.pk == old.pk, is_open=queries.has_open_draft(), note=note
    )
    # What was too fine to be published then would be so now: a correction keeps the tables that its readers know.
    choices = old.structure.get("choices", {})
    said = " ".join(note.split())[:300]
    return _store_draft(report=report, quarter=quarter, by=by, at=at, revises=old, note=said, choices=choices)


@transaction.atomic
def coarsen_release(*, release_id: UUID, kind: str, code: str, choice: str, by: Actor, at: datetime) -> Release:
    """Count a draft again with a table's groups only, without the table, or (no choice) with the table as it is defined.

    Return the new draft; the old one is put aside, since what was counted stays as it was counted.
    """
    _wait_for_turn()
    old = Release.objects.get(pk=release_id)
    policies.check_can_coarsen(by, old)
    places = {place: one for place, one in old.structure["choices"].items() if place != f"{kind}/{code}"}
    if choice:
        places[f"{kind}/{code}"] = choice
    try:
        choices = coarsening.checked(places, report_of(old.report_code))
    except LookupError as error:
        raise Invalid(_("Så kan tabellen inte visas.")) from error
    discard_release(release_id=release_id, by=by, at=at)
    return _store_draft(
        report=report_of(old.report_code),
        quarter=Quarter(old.year, old.quarter),
        by=by,
        at=at,
        revises=old.revision_of,
        note=old.revision_note,
        choices=choices,
    )


def report_of(code: str) -> Report:
    """Return the report that a release is of."""
    return delivered_report() if code == delivered_report().code else standard_report()


def _counts(report: Report, quarter: Quarter, revises: Release | None, at: datetime) -> counting.Counts:
    """Count what a report is made of: the house's own facts, or what others have delivered of the year."""
    if report.code != delivered_report().code:
        return counting.count(report.definitions, last=quarter)
    before = queries.deliveries_of_editions(report.code, quarter.year) if revises else []
    return counting.of_delivered(reading.year_of(report, year=quarter.year, before=before, at=at))


def _store_draft(
    *,
    report: Report,
    quarter: Quarter,
    by: Actor,
    at: datetime,
    revises: Release | None = None,
    note: str = "",
    choices: drafting.Choices | None = None,
) -> Release:
    # Years that others deliver have no unit in common with anything else: only their own editions can be subtracted.
    is_year = report.code == delivered_report().code
    earlier = (
        queries.published_editions(report=report.code, year=quarter.year) if is_year else queries.published_editions()
    )
    try:
        made = coarsening.prepare(
            report,
            quarter=quarter,
            frozen_at=at,
            counts=_counts(report, quarter, revises, at),
            earlier=earlier,
            choices=choices or {},
        )
    except disclosure.CannotProtect as error:
        raise Refused(_("Tabellerna kan inte skyddas: hur mycket som än döljs kan en uppgift räknas ut.")) from error
    except linking.Contradiction as error:
        raise Refused(_("En tidigare publicering räknade fler än vad som finns nu. Utkastet stoppades.")) from error
    except reading.NothingDelivered as error:
        raise Refused(_("Ingen har lämnat hela året. Då finns inget att sammanställa.")) from error
    except reading.NotKept as error:
        raise Refused(
            _("Leveranser som den förra utgåvan räknade finns inte kvar. En rättelse kan inte skyddas.")
        ) from error
    except counting.UnknownValue as error:
        raise Refused(_("En uppgift har ett värde som ingen tabell visar. Utkastet stoppades.")) from error
    proposed = coarsening.proposals(report, made, quarter=quarter, frozen_at=at, earlier=earlier)
    narrowest = made.audit.narrowest
    release = Release.objects.create(
        year=quarter.year,
        quarter=quarter.number,
        is_preliminary=numbers.local(at).date() <= quarter.last_day,
        freeze_at=at,
        place=queries.published_count(),
        revision=revises.revision + 1 if revises else 0,
        revision_of=revises,
        revision_note=note,
        report_code=report.code,
        report_version=report.version,
        leaves=made.counts.as_lists(),
        structure={
            "shapes": [shape.as_json() for shape in made.shapes],
            "populations": {name: list(keys) for name, keys in made.populations.items()},
            "definitions": {one.code: one.version for one in report.definitions},
            "choices": dict(made.choices),
            "sums": [[list(parts), whole] for parts, whole in year.sums] if (year := made.counts.delivered) else [],
            "deliveries": list(year.deliveries) if year else [],
            "proposals": [one.as_json() for one in proposed],
            "because": {f"{one.name} {one.first} {one.last}": one.because for one in made.cells if one.because},
        },
        audit_tried=made.audit.tried,
        audit_recovered=made.audit.recovered,
        audit_unsafe=made.audit.unsafe,
        audit_low=narrowest.low if narrowest else None,
        audit_high=_finite(narrowest.high) if narrowest else None,
        audit_seconds=made.audit.seconds,
        drafted_by_id=by.account_id,
        drafted_by=by.pseudonym,
        drafted_at=at,
    )
    Cell.objects.bulk_create(
        Cell(
            release=release,
            name=one.name,
            first=one.first,
            last=one.last,
            value=one.value,
            reason=one.reason,
            threshold=one.threshold,
            protects_zeros=one.protects_zeros,
        )
        for one in made.cells
    )
    edition = documents.Edition(report, quarter, at, release.is_preliminary, release.revision, release.revision_note)
    shown = made.shown()
    ReleaseTable.objects.bulk_create(
        ReleaseTable(
            release=release,
            kind=layout.kind,
            code=layout.table.code,
            position=at_,
            document=documents.document(layout, edition, shown, is_public=False),
            public_document=documents.document(layout, edition, shown, is_public=True),
        )
        for at_, layout in enumerate(made.layouts)
    )
    hidden = sum(bool(one.reason) for one in made.cells)
    _record(events.RELEASE_DRAFTED, release, by=by, at=at, hidden=hidden, recovered=made.audit.recovered)
    return release


def _finite(value: float) -> float | None:
    return None if value == float("inf") else value


@transaction.atomic
def submit_for_approval(*, release_id: UUID, by: Actor, at: datetime) -> Release:
    """Hand the draft to somebody else for approval."""
    release = _step("submit", release_id, by)
    release.submitted_at = at
    release.save(update_fields=["status", "submitted_at"])
    _record(events.RELEASE_SUBMITTED, release, by=by, at=at)
    return release


@transaction.atomic
def send_back_release(*, release_id: UUID, by: Actor, at: datetime) -> Release:
    """Give the release back to the one who drafted it."""
    release = _step("send_back", release_id, by)
    release.submitted_at = release.approved_at = release.approved_by_id = None
    release.approved_by = ""
    _forget_time(release, by=by, at=at)
    release.save(update_fields=["status", "submitted_at", "approved_at", "approved_by_id", "approved_by", *TIME])
    _record(events.RELEASE_RETURNED, release, by=by, at=at)
    return release


@transaction.atomic
def approve_release(*, release_id: UUID, by: Actor, at: datetime) -> Release:
    """Approve what another person has counted."""
    release = _step("approve", release_id, by)
    release.approved_at, release.approved_by_id, release.approved_by = at, by.account_id, by.pseudonym
    release.save(update_fields=["status", "approved_at", "approved_by_id", "approved_by"])
    _record(events.RELEASE_APPROVED, release, by=by, at=at)
    return release


@transaction.atomic
def set_publication_time(*, release_id: UUID, publish_at: datetime, by: Actor, at: datetime) -> Release:
    """Let the clock's work publish an approved release at a time, in this person's name; a second call moves the time."""
    _wait_for_turn()
    release = Release.objects.select_for_update().get(pk=release_id)
    policies.check_can_set_time(by, release, publish_at=publish_at, at=at, published=queries.published_count())
    before = release.publish_at
    release.publish_at, release.timed_by_id, release.timed_by = publish_at, by.account_id, by.pseudonym
    release.save(update_fields=TIME)
    PublishedTime.objects.update_or_create(quarter=_stretch_of(release), defaults={"at": publish_at})
    if before is None:
        _record(events.RELEASE_TIMED, release, by=by, at=at, time=_shown(publish_at))
    else:
        _record(events.RELEASE_RETIMED, release, by=by, at=at, before=_shown(before), time=_shown(publish_at))
    return release


@transaction.atomic
def withdraw_publication_time(*, release_id: UUID, by: Actor, at: datetime) -> Release:
    """Take the time away: the release waits until somebody publishes it or sets another."""
    _wait_for_turn()
    release = Release.objects.select_for_update().get(pk=release_id)
    policies.check_transition("publish", by, release, published=queries.published_count())
    _forget_time(release, by=by, at=at)
    release.save(update_fields=TIME)
    return release


@transaction.atomic
def publish_due(*, at: datetime) -> Release | None:
    """Publish the release whose time has come, in the name of whoever set the time; return it, or None.

    Several processes may call this at once, and again after a restart: each takes its turn and looks again. Where that
    person may no longer publish, nothing is published: the time is taken away and the log says so.
    """
    due = queries.next_publication()
    if due is None or due[1] > at:
        return None
    _wait_for_turn()
    release = Release.objects.select_for_update().filter(pk=due[0], status="approved", publish_at__lte=at).first()
    account = people.account_with_roles(release.timed_by_id) if release and release.timed_by_id else None
    if release is None:
        return None
    try:
        if account is not None:
            return publish_release(release_id=release.pk, by=people.actor_of(account), at=at)
    except Refused:
        pass  # what follows is the same for an account that is closed and for one that may no longer publish
    _record(events.RELEASE_NOT_PUBLISHED, release, by=SYSTEM, at=at)
    _forget_time(release, by=SYSTEM, at=at)
    release.save(update_fields=TIME)
    return None


def _forget_time(release: Release, *, by: Actor, at: datetime) -> None:
    """Take the time away, also from what the public reads, if there is one; the caller saves the release."""
    if release.publish_at is None:
        return
    time = _shown(release.publish_at)
    release.publish_at, release.timed_by_id, release.timed_by = None, None, ""
    PublishedTime.objects.filter(quarter=_stretch_of(release)).delete()
    _record(events.RELEASE_UNTIMED, release, by=by, at=at, time=time)


def _stretch_of(release: Release) -> str:
    """Return what a release is about: its quarter, or the year of delivered figures."""
    is_year = release.report_code == delivered_report().code
    return str(release.year) if is_year else str(Quarter(release.year, release.quarter))


def _shown(moment: datetime) -> str:
    return numbers.local(moment).strftime("%Y-%m-%d %H:%M")


@transaction.atomic
def publish_release(*, release_id: UUID, by: Actor, at: datetime) -> Release:
    """Make the release public: its tables are copied, without what is hidden, to where the public reads."""
    release = _step("publish", release_id, by)
    if release.publish_at is not None and at < release.publish_at:
        _forget_time(release, by=by, at=at)
    release.published_at, release.published_by_id, release.published_by = at, by.account_id, by.pseudonym
    release.save(update_fields=["status", "published_at", "published_by_id", "published_by", *TIME])
    quarter = str(Quarter(release.year, release.quarter))
    PublishedTime.objects.filter(quarter=_stretch_of(release)).delete()
    tables = [
        PublishedTable(
            source=PublishedTable.Source.RELEASE,
            quarter=quarter,
            revision=release.revision,
            kind=table.kind,
            code=table.code,
            position=table.position,
            document=(published := table.public_document | {"published_at": at.isoformat()}),
            content_hash=content_hash(published),
            published_at=at,
        )
        for table in release.tables.order_by("position")
    ]
    PublishedTable.objects.bulk_create(tables)
    PublishedFile.objects.bulk_create(_files(tables))
    _record(events.RELEASE_PUBLISHED, release, by=by, at=at)
    return release


def _files(tables: Sequence[PublishedTable]) -> Iterator[PublishedFile]:
    """Make the PDF of each table and of each kind's report in both languages, from what the public reads."""
    for language in documents.LANGUAGES:
        with translation.override(language):
            for table in tables:
                yield _file(table, table.code, language, pdf.as_table(table.document))
            for kind in dict.fromkeys(table.kind for table in tables):
                report = [table for table in tables if table.kind == kind]
                yield _file(report[0], "", language, pdf.as_report([table.document for table in report]))


def _file(table: PublishedTable, code: str, language: str, content: bytes) -> PublishedFile:
    return PublishedFile(
        quarter=table.quarter,
        revision=table.revision,
        kind=table.kind,
        code=code,
        language=language,
        format=PublishedFile.Format.PDF,
        content=content,
        content_hash=hashlib.sha256(content).hexdigest(),
        published_at=table.published_at,
    )


@transaction.atomic
def discard_release(*, release_id: UUID, by: Actor, at: datetime) -> Release:
    """Put a draft aside for good; what it counted stays on record."""
    release = _step("discard", release_id, by)
    release.save(update_fields=["status"])
    _record(events.RELEASE_DISCARDED, release, by=by, at=at)
    return release


@transaction.atomic
def record_export(*, release_id: UUID, by: Actor, at: datetime) -> None:
    """Record that somebody fetched the documents of a release."""
    release = Release.objects.get(pk=release_id)
    _record(events.RELEASE_EXPORTED, release, by=by, at=at)


@transaction.atomic
def attack_everything(*, by: Actor, at: datetime) -> attacking.Attack:
    """Read all releases as an attacker would, and record what can be worked out."""
    found = attacking.everything()
    facts = {
        "releases": found.releases,
        "tried": found.audit.tried,
        "recovered": found.audit.recovered + len(found.leaks),
        "unsafe": found.audit.unsafe,
    }
    audit.record(events.RELEASES_ATTACKED, by=by, at=at, facts=facts)
    return found


@transaction.atomic
def load_history(*, document: Mapping[str, Any], by: Actor, at: datetime) -> bool:
    """Store a historical series as it stands in its data file; return whether it was new or changed."""
    code = str(document["code"])
    digest = content_hash(document)
    latest = PublishedTable.objects.filter(source="history", code=code).order_by("-revision").first()
    if latest is not None and latest.content_hash == digest:
        return False
    revision = latest.revision + 1 if latest else 0
    PublishedTable.objects.create(
        source=PublishedTable.Source.HISTORY,
        quarter="",
        revision=revision,
        kind="history",
        code=code,
        position=0,
        document=dict(document),
        content_hash=digest,
        published_at=at,
    )
    audit.record(events.HISTORY_LOADED, by=by, at=at, facts={"series": code, "revision": revision})
    return True


def content_hash(document: Mapping[str, Any]) -> str:
    """Return the fingerprint of a document, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _step(code: str, release_id: UUID, by: Actor) -> Release:
    """Return the release, locked, in its new state; nothing is stored yet."""
    _wait_for_turn()
    release = Release.objects.select_for_update().get(pk=release_id)
    step = policies.check_transition(code, by, release, published=queries.published_count())
    release.status = step.after
    return release


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RELEASE_LOCK])


def _record(kind: Any, release: Release, *, by: Actor, at: datetime, **facts: str | int) -> None:
    said: dict[str, str | int] = {
        "quarter": _stretch_of(release),
        "revision": release.revision,
        **facts,
    }
    audit.record(kind, by=by, at=at, subject=str(release.pk), facts=said)
