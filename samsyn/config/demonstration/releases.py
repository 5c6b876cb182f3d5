"""Releases of the made-up world, taken through all steps by two persons."""

from datetime import datetime

from django.db import transaction

from samsyn.people.actors import Actor
from samsyn.statistics import actions
from samsyn.statistics.models import Release
from samsyn.statistics.periods import Quarter


@transaction.atomic
def publish_quarter(*, year: int, quarter: int, drafted_by: Actor, approved_by: Actor, at: datetime) -> Release:
    """Publish a quarter of the line's figures."""
    release = actions.draft_release(quarter=Quarter(year, quarter), by=drafted_by, at=at)
    return _publish(release, drafted_by=drafted_by, approved_by=approved_by, at=at)


@transaction.atomic
def publish_year(*, year: int, drafted_by: Actor, approved_by: Actor, at: datetime) -> Release:
    """Publish a year that the made-up municipalities delivered."""
    release = actions.draft_year(year=year, by=drafted_by, at=at)
    return _publish(release, drafted_by=drafted_by, approved_by=approved_by, at=at)


def _publish(release: Release, *, drafted_by: Actor, approved_by: Actor, at: datetime) -> Release:
    actions.submit_for_approval(release_id=release.pk, by=drafted_by, at=at)
    actions.approve_release(release_id=release.pk, by=approved_by, at=at)
    return actions.publish_release(release_id=release.pk, by=approved_by, at=at)
