"""Accounts follow the organisation's decision; sessions go when they have ended."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from samsyn.privacy.retention import RetentionRule


def _erase_sessions(at: datetime, size: int) -> int:
    keys = list(Session.objects.filter(expire_date__lte=at).values_list("pk", flat=True)[:size])
    return Session.objects.filter(pk__in=keys).delete()[0] if keys else 0


RULES = (
    RetentionRule(code="accounts", title=_("Konton, roller och inloggningsuppgifter"), keep=None, decision="accounts"),
    RetentionRule(code="organisations", title=_("Organisationer"), keep=None, decision="organisations"),
    RetentionRule(
        code="sessions",
        title=_("Avslutade inloggningar"),
        keep=timedelta(0),
        decision="sessions",
        model="sessions.Session",
        due=lambda at: Session.objects.filter(expire_date__lte=at).count(),
        erase_batch=_erase_sessions,
    ),
)
