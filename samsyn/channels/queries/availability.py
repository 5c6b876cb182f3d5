"""Reads: availability out of the facts of calls, and out of nothing else."""

from django.db.models import Count

from samsyn.channels.figures import Availability
from samsyn.channels.figures import availability as figures_of
from samsyn.channels.models import CallFact


def periods() -> tuple[tuple[int, int], ...]:
    """Return the quarters that have calls, the latest first."""
    rows = CallFact.objects.order_by("-year", "-quarter").values_list("year", "quarter").distinct()
    return tuple(rows[:20])


def availability(*, year: int, quarter: int) -> Availability:
    """Return the figures of a quarter, rounded."""
    rows = (
        CallFact.objects.filter(year=year, quarter=quarter)
        .order_by()
        .values_list("channel", "hour_band", "outcome", "wait_band", "is_out_of_hours")
        .annotate(number=Count("*"))
    )
    return figures_of(rows)
