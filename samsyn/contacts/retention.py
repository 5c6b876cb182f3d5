"""When the desk's rows go. Facts stay: they say nothing about anybody, and published figures rest on them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Model, QuerySet
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


def _erase(rows: "QuerySet[Contact] | QuerySet[Matter] | QuerySet[MeasuredFact]", size: int) -> dict[str, int]:
    """Delete at most ``size`` rows with all that belongs to them; return the numbers by model."""
    chosen = list(rows.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])
    model: type[Model] = rows.model
    return model._default_manager.filter(pk__in=chosen).delete()[1] if chosen else {}


RULES = (
    RetentionRule(
        code="working_record",
        title=_("Arbetsunderlag till avslutade kontakter"),
        keep=timedelta(days=settings.SAMSYN_WORKING_RECORD_DAYS),
        decision="working_record",
        model="contacts.Contact",
        due=lambda at: _closed_before(at).count(),
        erase_batch=lambda at, size: _erase(_closed_before(at), size),
    ),
    RetentionRule(
        code="abandoned_draft",
        title=_("Utkast som ingen har avslutat"),
        keep=timedelta(days=DRAFT_DAYS),
        decision="working_record",
        model="contacts.Contact",
        due=lambda at: _abandoned_before(at).count(),
        erase_batch=lambda at, size: _erase(_abandoned_before(at), size),
    ),
    RetentionRule(
        code="matter",
        title=_("Ärendeord, när ärendet inte har hörts av på ett år"),
        keep=timedelta(days=MATTER_DAYS),
        decision="matter_codes",
        model="contacts.Matter",
        due=lambda at: _matters_before(at).count(),
        erase_batch=lambda at, size: _erase(_matters_before(at), size),
    ),
    RetentionRule(
        code="measured_facts",
        title=_("Underlag till mätningar, ett år efter mätningens slut"),
        keep=timedelta(days=MEASURED_DAYS),
        decision="measurements",
        model="contacts.MeasuredFact",
        due=lambda at: _measured_before(at).count(),
        erase_batch=lambda at, size: _erase(_measured_before(at), size),
    ),
    RetentionRule(
        code="facts",
        title=_("Avidentifierade faktarader"),
        keep=None,
        decision="statistical_facts",
    ),
)
