"""Accounts follow the organisation's decision; sessions go when they have ended."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samsyn.privacy.retention import RetentionRule


def _ended(at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lte=at)


RULES = (
    RetentionRule(code="accounts", title=_("Konton, roller och inloggningsuppgifter"), keep=None, decision="accounts"),
    RetentionRule(code="organisations", title=_("Organisationer"), keep=None, decision="organisations"),
    RetentionRule.of_rows("sessions", _("Avslutade inloggningar"), keep=timedelta(), decision="sessions", rows=_ended),
)
