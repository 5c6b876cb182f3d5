"""How long the room's rows are kept: figures that count for good, what never counted for ninety days."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samsyn.deliveries.models import Delivery
from samsyn.privacy.retention import RetentionRule

DAYS = 90
_NEVER_COUNTED = Q(state__in=["refused", "withdrawn", "checked"])


def _over(at: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(_NEVER_COUNTED, received_at__lte=at - timedelta(days=DAYS))


RULES = (
    RetentionRule.of_rows(
        "delivery_receipts",
        _("Leveranser som avvisats, tagits tillbaka eller aldrig godkänts"),
        keep=timedelta(days=DAYS),
        decision="delivery_receipts",
        rows=_over,
    ),
    RetentionRule(
        code="delivery_register",
        title=_("Uppgiftslämnare, överenskommelser, godkända leveranser och enkätsvar"),
        keep=None,
        decision="delivery_register",
    ),
)
