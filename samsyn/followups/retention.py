"""When follow-ups go: links when they lapse, agreements with their call, a matter's answers a year after the last."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samsyn.followups.models import FollowUp, Invitation, Wish
from samsyn.privacy.retention import RetentionRule

# As long as an untouched draft of a call: then nobody will close it any more.
WISH_DAYS = 2
# So long a matter's later occasions can be read beside its earlier ones; the facts have counted them then.
FOLLOW_UP_DAYS = 365


def _wishes(at: datetime) -> QuerySet[Wish]:
    return Wish.objects.filter(noted_at__lte=at - timedelta(days=WISH_DAYS))


def _invitations(at: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(expires_at__lte=at)


def _follow_ups(at: datetime) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(ended_at__lte=at - timedelta(days=FOLLOW_UP_DAYS))


RULES = (
    RetentionRule.of_rows(
        "follow_up_wishes",
        _("Samtycken till uppföljning, tills samtalet är avslutat"),
        keep=timedelta(days=WISH_DAYS),
        decision="follow_ups",
        rows=_wishes,
    ),
    RetentionRule.of_rows(
        "follow_up_invitations",
        _("Länkar till direkt uppföljning, när de har gått ut"),
        keep=timedelta(),
        decision="follow_ups",
        rows=_invitations,
    ),
    RetentionRule.of_rows(
        "follow_ups",
        _("Uppföljningar av enskilda ärenden, ett år efter sista tillfället"),
        keep=timedelta(days=FOLLOW_UP_DAYS),
        decision="follow_ups",
        rows=_follow_ups,
    ),
    RetentionRule(
        code="follow_up_facts", title=_("Avidentifierade svar i uppföljningar"), keep=None, decision="statistical_facts"
    ),
)
