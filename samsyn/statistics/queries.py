"""Reads: releases for the staff, and published tables for everybody by the role that sees nothing else."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, Value, When
from django.db.models.functions import Substr
from django.utils.translation import get_language

from samsyn.statistics import editions, linking
from samsyn.statistics.asked.differencing import Earlier
from samsyn.statistics.asked.questions import Population
from samsyn.statistics.counting import leaves_from
from samsyn.statistics.definitions.of_deliveries import delivered_report
from samsyn.statistics.models import AskedTable, NearTables, PublishedFile, PublishedTable, PublishedTime, Release
from samsyn.statistics.periods import PeriodKind, Quarter

OPEN = ("draft", "submitted", "approved")
PUBLIC = "public"
# A question is compared with the populations that anybody asked about in a year, the latest thousand of each unit.
COMPARED_DAYS = 365
COMPARED_MOST = 1_000


def has_open_draft() -> bool:
    """Tell whether a release is on its way."""
    return Release.objects.filter(status__in=OPEN).exists()


def published_count() -> int:
    """Return how many releases have been published."""
    return Release.objects.filter(status="published").count()


def latest_published(quarter: Quarter, *, report: str) -> Release | None:
    """Return the latest edition of a report for a quarter, or of a year that ends with it, that is public."""
    found = Release.objects.filter(status="published", year=quarter.year, quarter=quarter.number, report_code=report)
    return found.defer("leaves", "structure").order_by("-revision").first()


def deliveries_of_editions(report: str, year: int) -> list[list[str]]:
    """Return which deliveries each published edition of a year was made of, the first edition first."""
    found = Release.objects.filter(status="published", report_code=report, year=year).order_by("revision")
    return [list(structure["deliveries"]) for structure in found.values_list("structure", flat=True)]


def years_of(report: str) -> list[int]:
    """Return the years of a report that are published, the earliest first."""
    found = Release.objects.filter(status="published", report_code=report)
    return sorted(set(found.values_list("year", flat=True)))


def next_publication() -> tuple[UUID, datetime] | None:
    """Return the approved release whose time comes first, and the time."""
    found = Release.objects.filter(status="approved", publish_at__isnull=False).order_by("publish_at")
    first = found.only("pk", "publish_at").first()
    return (first.pk, first.publish_at) if first and first.publish_at else None


def release(release_id: UUID) -> Release:
    """Return a release without its leaves; raise LookupError."""
    found = Release.objects.filter(pk=release_id).defer("leaves").first()
    if found is None:
        raise LookupError(release_id)
    return found


def releases() -> list[Release]:
    """Return all releases that were not discarded, the latest quarter first, with how many cells each hides."""
    found = Release.objects.exclude(status="discarded").defer("leaves", "structure")
    found = found.annotate(hidden=Count("cells", filter=~Q(cells__reason="")), shown=Count("cells"))
    return list(found.order_by("-year", "-quarter", "-revision"))


def reasons(release_id: UUID) -> dict[str, int]:
    """Return how many counts of a release are shown, and how many hidden for which reason."""
    from samsyn.statistics.models import Cell

    rows = Cell.objects.filter(release_id=release_id).values_list("reason").annotate(number=Count("id"))
    found = dict(rows)
    return {"shown": found.get("", 0), "primary": found.get("primary", 0), "secondary": found.get("secondary", 0)}


def tables(release_id: UUID, *, kind: str | None = None) -> list[dict[str, Any]]:
    """Return the analyst's documents of a release, in order."""
    from samsyn.statistics.models import ReleaseTable

    found = ReleaseTable.objects.filter(release_id=release_id)
    if kind is not None:
        found = found.filter(kind=kind)
    return [dict(document) for document in found.order_by("position").values_list("document", flat=True)]


def public_documents(release_id: UUID, *, kind: str) -> list[dict[str, Any]]:
    """Return the reader's documents of a release, in order."""
    from samsyn.statistics.models import ReleaseTable

    found = ReleaseTable.objects.filter(release_id=release_id, kind=kind).order_by("position")
    return [dict(document) for document in found.values_list("public_document", flat=True)]


def published_editions(*, report: str = "", year: int = 0) -> Sequence[linking.Edition]:
    """Return every published release as the attacker has it, in the order of publication; or those of a report's year."""
    found = []
    rows = Release.objects.filter(status="published")
    for one in (rows.filter(report_code=report, year=year) if report else rows).order_by("place"):
        # A hidden count that others delivered may be a nought: that, too, is somebody's figure.
        is_delivered = one.report_code == delivered_report().code
        cells = tuple(
            linking.Asked(
                tuple(name.split("+")),
                first,
                last,
                threshold,
                protects_zeros,
                is_hidden=bool(reason),
                is_primary=reason == "primary",
                may_be_none=is_delivered,
            )
            for name, first, last, threshold, protects_zeros, reason in one.cells.order_by("pk").values_list(
                "name", "first", "last", "threshold", "protects_zeros", "reason"
            )
        )
        found.append(
            linking.Edition(
                last=Quarter(one.year, one.quarter).index,
                leaves=leaves_from(one.leaves),
                shapes=tuple(linking.Shape.from_json(shape) for shape in one.structure["shapes"]),
                populations={name: tuple(keys) for name, keys in one.structure["populations"].items()},
                cells=cells,
                sums=tuple((tuple(parts), whole) for parts, whole in one.structure.get("sums", ())),
            )
        )
    return found


@dataclass(frozen=True)
class Published:
    """A published table as the public site reads it."""

    document: dict[str, Any]
    content_hash: str
    quarter: str
    revision: int
    kind: str
    code: str
    published_at: datetime


def _published(found: Any) -> list[Published]:
    return [
        Published(row.document, row.content_hash, row.quarter, row.revision, row.kind, row.code, row.published_at)
        for row in found
    ]


def _public() -> Any:
    return PublishedTable.objects.using(PUBLIC)


def _standard() -> Any:
    """Return the published tables of the standard report: quarters, years to date and everything."""
    return _public().filter(source="release").exclude(kind=PeriodKind.YEAR)


def published_years() -> list[tuple[str, int, datetime]]:
    """Return the published years of delivered figures, as a quarter's: by the year's last quarter, the latest first."""
    rows = _public().filter(source="release", kind=PeriodKind.YEAR).values("quarter")
    rows = rows.annotate(revision=Max("revision"), at=Max("published_at")).order_by("-quarter")
    return [(row["quarter"], row["revision"], row["at"]) for row in rows]


def published_quarters() -> list[tuple[str, int, datetime]]:
    """Return the published quarters with their latest revision and its time, the latest quarter first: one query."""
    rows = _standard().values("quarter")
    rows = rows.annotate(revision=Max("revision"), at=Max("published_at")).order_by("-quarter")
    return [(row["quarter"], row["revision"], row["at"]) for row in rows]


def published_report(quarter: str, kind: str, *, revision: int | None = None) -> list[Published]:
    """Return the tables of a published report in order: the latest edition, or the one asked for."""
    found = _public().filter(source="release", quarter=quarter, kind=kind)
    if revision is None:
        latest = found.order_by("-revision").values("revision")[:1]
        found = found.filter(revision=latest)
    else:
        found = found.filter(revision=revision)
    return _published(found.order_by("position"))


def published_table(quarter: str, kind: str, code: str, *, revision: int | None = None) -> Published | None:
    """Return one published table: the latest edition, or the one asked for."""
    found = _public().filter(source="release", quarter=quarter, kind=kind, code=code)
    if revision is not None:
        found = found.filter(revision=revision)
    rows = _published(found.order_by("-revision")[:1])
    return rows[0] if rows else None


def table_editions(quarter: str, kind: str, code: str) -> list[tuple[int, datetime, str]]:
    """Return every edition of a table: revision, time and note, the latest first."""
    rows = _public().filter(source="release", quarter=quarter, kind=kind, code=code).order_by("-revision")
    return list(rows.values_list("revision", "published_at", "document__revision_note"))


def latest_edition(quarter: str, kind: str) -> int:
    """Return the number of a published report's latest edition, 1 for the first."""
    found = _public().filter(source="release", quarter=quarter, kind=kind).aggregate(latest=Max("revision"))
    return int(found["latest"]) + 1


def report_editions(*, of_years: bool = False) -> list[editions.Edition]:
    """Return every edition of every quarter's report, or of every delivered year's, the latest first: one query."""
    found = _public().filter(source="release", kind=PeriodKind.YEAR) if of_years else _standard()
    rows = found.order_by("-quarter", "-revision", "position", "kind")
    found = rows.distinct("quarter", "revision").values_list(
        "quarter", "revision", "published_at", "document__revision_note", "document__status"
    )
    return [
        editions.Edition(Quarter.parse(quarter), revision + 1, at, note, is_preliminary=status == "preliminary")
        for quarter, revision, at, note, status in found
    ]


@dataclass(frozen=True)
class ReleaseDates:
    """What is known of each quarter: its latest edition and the time of that, and the times that have been set."""

    published: dict[Quarter, tuple[int, datetime]]
    decided: dict[Quarter, datetime]
    years: dict[str, int]
    """The latest edition of each published year of delivered figures."""
    decided_years: dict[str, datetime]


def release_dates() -> ReleaseDates:
    """Return when each quarter was published last, and the set times of what is still to come: one query."""
    name = Case(When(kind=PeriodKind.YEAR, then=Substr("quarter", 1, 4)), default=F("quarter"))
    published = _public().filter(source="release").annotate(name=name).values("name")
    published = published.annotate(edition=Max("revision"), latest=Max("published_at"))
    still = PublishedTime.objects.using(PUBLIC).annotate(edition=Value(None, output_field=IntegerField()))
    rows = list(
        published.values_list("name", "edition", "latest").union(
            still.values_list("quarter", "edition", "at"), all=True
        )
    )
    quarters = [(Quarter.parse(name), edition, at) for name, edition, at in rows if "-" in name]
    return ReleaseDates(
        {quarter: (edition, at) for quarter, edition, at in quarters if edition is not None},
        {quarter: at for quarter, edition, at in quarters if edition is None},
        {name: edition for name, edition, _at in rows if "-" not in name and edition is not None},
        {name: at for name, edition, at in rows if "-" not in name and edition is None},
    )


def published_history(code: str) -> Published | None:
    """Return a historical series as it was last loaded."""
    rows = _published(_public().filter(source="history", code=code).order_by("-revision")[:1])
    return rows[0] if rows else None


def published_file(quarter: str, kind: str, code: str, *, language: str, ending: str) -> tuple[bytes, str] | None:
    """Return a file of the latest edition and its fingerprint; an empty ``code`` is the whole report."""
    found = PublishedFile.objects.using(PUBLIC).filter(quarter=quarter, kind=kind, code=code)
    row = found.filter(language=language, format=ending).order_by("-revision").first()
    return (bytes(row.content), row.content_hash) if row else None


def has_file(quarter: str, kind: str, code: str, *, ending: str) -> bool:
    """Tell whether such a file was made; releases from before there were any have none."""
    found = PublishedFile.objects.using(PUBLIC).filter(quarter=quarter, kind=kind, code=code, format=ending)
    return found.exists()


def first_published(kind: str) -> dict[str, datetime]:
    """Return when each table of a kind of period was published for the first time, by code: one query."""
    rows = _public().filter(source="release", kind=kind).values("code").annotate(at=Min("published_at"))
    return {row["code"]: row["at"] for row in rows}


@dataclass(frozen=True)
class Series:
    """A table of the standard report over all quarters in which it was published: its latest document, and since when."""

    code: str
    kind: str
    document: dict[str, Any]
    first: str
    last: str
    published_at: datetime


def edition_mark() -> str:
    """Return a word that changes with every publication: whoever kept an answer under it has the right one."""
    found = (
        _public()
        .filter(source="release")
        .aggregate(number=Count("id"), at=Max("published_at"), low=Min("content_hash"), high=Max("content_hash"))
    )
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()[:24]


def published_series() -> list[Series]:
    """Return every table that was ever published in a standard report, in the report's order, with its latest document."""
    found = _public().filter(source="release")
    spans = {
        (row["code"], row["kind"]): row
        for row in found.values("code", "kind").annotate(
            first=Min("quarter"), last=Max("quarter"), at=Max("published_at")
        )
    }
    latest = found.order_by("code", "kind", "-quarter", "-revision").distinct("code", "kind")
    rows = sorted(latest.values("code", "kind", "position", "document"), key=lambda row: (row["position"], row["kind"]))
    series = []
    for row in rows:
        span = spans[row["code"], row["kind"]]
        series.append(Series(row["code"], row["kind"], row["document"], span["first"], span["last"], span["at"]))
    return series


def series_documents(code: str, kind: str) -> list[dict[str, Any]]:
    """Return the latest edition of a table for each quarter, in order of time."""
    found = _public().filter(source="release", code=code, kind=kind)
    latest = found.order_by("quarter", "-revision").distinct("quarter")
    return [dict(document) for document in latest.values_list("document", flat=True)]


def found_in(told: Mapping[str, str], words: str) -> list[str]:
    """Return the names of the texts that all words are about, the nearest first: PostgreSQL's search by word stems.

    Every word may be the beginning of a longer one, as Swedish builds them. Words without a meaning of their own count
    for nothing.
    """
    asked = " & ".join(f"{word}:*" for word in re.findall(r"\w+", words)[:10])
    if not asked or not told:
        return []
    grammar = "english" if get_language() == "en" else "swedish"
    with connections[PUBLIC].cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS said(name, words, place),"
            " to_tsvector(%s::regconfig, words) AS vector, to_tsquery(%s::regconfig, %s) AS asked"
            " WHERE vector @@ asked ORDER BY ts_rank(vector, asked) DESC, place",
            [list(told), list(told.values()), grammar, grammar, asked],
        )
        return [name for (name,) in cursor.fetchall()]


def asked_table(asked_id: UUID) -> AskedTable:
    """Return a question that somebody asked; raise LookupError."""
    found = AskedTable.objects.filter(pk=asked_id).first()
    if found is None:
        raise LookupError(asked_id)
    return found


def asked_tables(*, most: int = 100) -> list[AskedTable]:
    """Return the latest questions of everybody, with how many too near ones were found at the time."""
    return list(AskedTable.objects.annotate(pairs=Count("near")).order_by("-asked_at", "pk")[:most])


def near_tables(*, asked_id: UUID | None = None, most: int = 100) -> list[NearTables]:
    """Return the pairs that are too near, the latest first; of one question, or all."""
    found = NearTables.objects.select_related("asked", "earlier").order_by("-asked__asked_at", "-earlier__asked_at")
    return list((found.filter(asked_id=asked_id) if asked_id else found)[:most])


def earlier_populations(unit: str, *, at: datetime) -> list[Earlier]:
    """Return what a new question of the unit is compared with: each population, at each of its sizes, once."""
    within = AskedTable.objects.filter(unit=unit, asked_at__gt=at - timedelta(days=COMPARED_DAYS))
    latest = within.order_by("population", "size", "-asked_at").distinct("population", "size").values("pk")
    rows = AskedTable.objects.filter(pk__in=latest).order_by("-asked_at")[:COMPARED_MOST]
    return [Earlier(row.pk, Population.from_json(row.population), row.size, row.facts_then) for row in rows]
