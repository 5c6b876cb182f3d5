"""How long the room's rows are kept: releases for good, they are what the public has read; asked tables for two years."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samsyn.privacy.retention import RetentionRule
from samsyn.statistics.models import AskedTable

# Twice as long as an asked table is compared with new ones; the trigger of the fifth migration lets go of it then too.
ASKED_DAYS = 730


def _asked_before(at: datetime) -> QuerySet[AskedTable]:
    return AskedTable.objects.filter(asked_at__lte=at - timedelta(days=ASKED_DAYS))


RULES = (
    RetentionRule(
        code="statistical_releases",
        title=_("Publiceringar med sina celler och dokument"),
        keep=None,
        decision="statistical_releases",
    ),
    RetentionRule.of_rows(
        "asked_tables",
        _("Frågor till tabellbyggaren"),
        keep=timedelta(days=ASKED_DAYS),
        decision="asked_tables",
        rows=_asked_before,
        never_change=True,
    ),
)
