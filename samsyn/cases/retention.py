"""Cases have their last day from the first; erasing one destroys its key before its rows."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samsyn.cases.models import Case, DutyShift
from samsyn.people.actors import SYSTEM
from samsyn.privacy.retention import RetentionRule

# When shifts no longer explain an opened code: the log keeps the events.
SHIFT_DAYS = 365


def _due(at: datetime) -> QuerySet[Case]:
    return Case.objects.filter(erase_on__lte=timezone.localdate(at))


def _erase_cases(at: datetime, size: int) -> dict[str, int]:
    from samsyn.cases.actions import endings

    total: dict[str, int] = {}
    for case_id in list(_due(at).order_by("erase_on").values_list("pk", flat=True)[:size]):
        for model, count in endings.erase_rows(case_id=case_id, by=SYSTEM, at=at).items():
            total[model] = total.get(model, 0) + count
    return total


def _old_shifts(at: datetime) -> QuerySet[DutyShift]:
    return DutyShift.objects.filter(ended_at__lte=at - timedelta(days=SHIFT_DAYS))


RULES = (
    RetentionRule(
        code="case",
        title=_("Ärenden om utsatta personer, med allt som hör till"),
        keep=timedelta(0),
        decision="case_records",
        model="cases.Case",
        due=lambda at: _due(at).count(),
        erase_batch=_erase_cases,
    ),
    RetentionRule.of_rows(
        "duty_shifts",
        _("Tjänstgöringspass"),
        keep=timedelta(days=SHIFT_DAYS),
        decision="case_records",
        rows=_old_shifts,
    ),
    RetentionRule(code="case_keys", title=_("Stödjares nycklar och anmälda band"), keep=None, decision="case_keys"),
)
