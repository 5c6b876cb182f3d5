"""When follow-ups go: links when they lapse, agreements with their call, a matter's answers a year after the last."""

from datetime import datetime, timedelta

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from samsyn.followups.models import FollowUp, Invitation, Wish
from samsyn.privacy.retention import Erased, RetentionRule

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


def _erase(rows: "QuerySet[Wish] | QuerySet[Invitation] | QuerySet[FollowUp]", size: int) -> Erased:
    chosen = list(rows.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])
    model: type[Model] = rows.model
    return model._default_manager.filter(pk__in=chosen).delete()[1] if chosen else {}


RULES = (
    RetentionRule(
        code="follow_up_wishes",
        title=_("Samtycken till uppföljning, tills samtalet är avslutat"),
        keep=timedelta(days=WISH_DAYS),
        decision="follow_ups",
        model="followups.Wish",
        due=lambda at: _wishes(at).count(),
        erase_batch=lambda at, size: _erase(_wishes(at), size),
    ),
    RetentionRule(
        code="follow_up_invitations",
        title=_("Länkar till direkt uppföljning, när de har gått ut"),
        keep=timedelta(),
        decision="follow_ups",
        model="followups.Invitation",
        due=lambda at: _invitations(at).count(),
        erase_batch=lambda at, size: _erase(_invitations(at), size),
    ),
    RetentionRule(
        code="follow_ups",
        title=_("Uppföljningar av enskilda ärenden, ett år efter sista tillfället"),
        keep=timedelta(days=FOLLOW_UP_DAYS),
        decision="follow_ups",
        model="followups.FollowUp",
        due=lambda at: _follow_ups(at).count(),
        erase_batch=lambda at, size: _erase(_follow_ups(at), size),
    ),
    RetentionRule(
        code="follow_up_facts", title=_("Avidentifierade svar i uppföljningar"), keep=None, decision="statistical_facts"
    ),
)
