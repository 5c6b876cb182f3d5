"""When the channels' rows go."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samsyn.channels.models import OutgoingMail
from samsyn.privacy.retention import RetentionRule

# Sent mail goes at once, and what nobody takes is given up after a day; this finds what is left where no clock runs.
MAIL_DAYS = 2


def _mails(at: datetime) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(queued_at__lte=at - timedelta(days=MAIL_DAYS))


def _erase_mails(at: datetime, size: int) -> int:
    chosen = list(_mails(at).order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])
    return OutgoingMail.objects.filter(pk__in=chosen).delete()[0]


RULES = (
    RetentionRule(
        code="outgoing_mail",
        title=_("Brev som väntar på att gå ut"),
        keep=timedelta(days=MAIL_DAYS),
        decision="outgoing_mail",
        model="channels.OutgoingMail",
        due=lambda at: _mails(at).count(),
        erase_batch=_erase_mails,
    ),
)
