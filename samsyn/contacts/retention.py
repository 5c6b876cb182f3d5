"""When the desk's rows go. Facts stay: they say nothing about anybody, and published figures rest on them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samsyn.contacts.models import Contact, Matter, MeasuredFact
from samsyn.privacy.retention import RetentionRule
from samsyn.questions import further

# A draft that nobody has touched for two days is a call that nobody will finish.
DRAFT_DAYS = 2
# A matter can be joined for a year after its latest contact; then its words mean nothing any more.
MATTER_DAYS = 365

# A measurement's report is made when it ends; a year later nobody checks it against its rows any more.
MEASURED_DAYS = 365


def _closed_before(at: datetime) -> QuerySet[Contact]:
    return Contact.objects.filter(closed_at__lte=at - timedelta(days=settings.SAMSYN_WORKING_RECORD_DAYS))


def _abandoned_before(at: datetime) -> QuerySet[Contact]:
    return Contact.objects.filter(closed_at=None, saved_at__lte=at - timedelta(days=DRAFT_DAYS))


def _matters_before(at: datetime) -> QuerySet[Matter]:
    return Matter.objects.filter(last_contact_at__lte=at - timedelta(days=MATTER_DAYS))


def _measured_before(at: datetime) -> QuerySet[MeasuredFact]:
    over = further.over_since(before=(at - timedelta(days=MEASURED_DAYS)).date())
    return MeasuredFact.objects.filter(in_force_id__in=over)


RULES = (
    RetentionRule.of_rows(
        "working_record",
        _("Arbetsunderlag till avslutade kontakter"),
        keep=timedelta(days=settings.SAMSYN_WORKING_RECORD_DAYS),
        decision="working_record",
        rows=_closed_before,
    ),
    RetentionRule.of_rows(
        "abandoned_draft",
        _("Utkast som ingen har avslutat"),
        keep=timedelta(days=DRAFT_DAYS),
        decision="working_record",
        rows=_abandoned_before,
    ),
    RetentionRule.of_rows(
        "matter",
        _("Ärendeord, när ärendet inte har hörts av på ett år"),
        keep=timedelta(days=MATTER_DAYS),
        decision="matter_codes",
        rows=_matters_before,
    ),
    RetentionRule.of_rows(
        "measured_facts",
        _("Underlag till mätningar, ett år efter mätningens slut"),
        keep=timedelta(days=MEASURED_DAYS),
        decision="measurements",
        rows=_measured_before,
    ),
    RetentionRule(code="facts", title=_("Avidentifierade faktarader"), keep=None, decision="statistical_facts"),
)
