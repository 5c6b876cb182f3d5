"""When boxes go, when the desk's keys are destroyed, and when what keeps floods away is forgotten."""

import contextlib
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samsyn.people import keeping
from samsyn.privacy.custody.refusals import KeyRefused
from samsyn.privacy.retention import RetentionRule
from samsyn.visitors import chat_policies, chats, policies
from samsyn.visitors.models import Box, Chat, Message, ReadingWindow, SpentChallenge, WrongTry


def _windows_before(at: datetime) -> QuerySet[ReadingWindow]:
    return ReadingWindow.objects.filter(day__lte=timezone.localdate(at) - policies.READING_TIME)


def _boxes_before(at: datetime) -> QuerySet[Box]:
    return Box.objects.filter(used_on__lte=timezone.localdate(at) - policies.BOX_TIME)


def _destroy_windows(at: datetime, size: int) -> dict[str, int]:
    """Take the desk's keys off the messages. The keeper destroys the pairs by its own clock, asked or not."""
    days = list(_windows_before(at).order_by("day").values_list("day", flat=True)[:size])
    # Away, it destroys them when it is back, before it opens anything.
    with contextlib.suppress(KeyRefused):
        keeping.keeper().forget_windows()
    Message.objects.filter(window_id__in=days).update(key_for_desk=None)
    return ReadingWindow.objects.filter(day__in=days).delete()[1] if days else {}


def _forget(at: datetime, size: int) -> dict[str, int]:
    spent = list(SpentChallenge.objects.filter(expires_at__lt=at).values_list("pk", flat=True)[:size])
    tries = list(WrongTry.objects.filter(day__lt=timezone.localdate(at)).values_list("pk", flat=True)[:size])
    gone = SpentChallenge.objects.filter(pk__in=spent).delete()[1]
    return gone | WrongTry.objects.filter(pk__in=tries).delete()[1]


def _chats_to_end(at: datetime) -> QuerySet[Chat]:
    return Chat.objects.filter(ending="", active_at__lte=at - chat_policies.SILENCE)


def _old_chats(at: datetime) -> QuerySet[Chat]:
    return Chat.objects.exclude(ending="").filter(active_at__lte=at - chat_policies.ROW_TIME)


def _erase_chats(at: datetime, size: int) -> dict[str, int]:
    """End what nobody has touched for long, which erases its lines; then let go of the rows of those that are over."""
    quiet = list(_chats_to_end(at).order_by("pk").select_for_update(skip_locked=True)[:size])
    lines = sum(chats.erase_words(chat, ending="silence", at=at) for chat in quiet)
    over = list(_old_chats(at).order_by("pk").values_list("pk", flat=True)[:size])
    gone = Chat.objects.filter(pk__in=over).delete()[1] if over else {}
    return gone | ({"visitors.ChatLine": lines + gone.get("visitors.ChatLine", 0)} if quiet else {})


RULES = (
    RetentionRule(
        code="visitor_chats",
        title=_("Besökares chattar som är slut eller som ingen skriver i"),
        keep=chat_policies.ROW_TIME,
        decision="visitor_chats",
        model="visitors.Chat",
        due=lambda at: _chats_to_end(at).count() + _old_chats(at).count(),
        erase_batch=_erase_chats,
    ),
    RetentionRule.of_rows(
        "visitor_boxes",
        _("Besökares meddelanden som ingen har öppnat eller skrivit i"),
        keep=policies.BOX_TIME,
        decision="visitor_messages",
        rows=_boxes_before,
    ),
    RetentionRule(
        code="visitor_reading_windows",
        title=_("Stödjarnas nycklar till besökares meddelanden"),
        keep=policies.READING_TIME,
        decision="visitor_messages",
        model="visitors.ReadingWindow",
        due=lambda at: _windows_before(at).count(),
        erase_batch=_destroy_windows,
    ),
    RetentionRule(
        code="visitor_floods",
        title=_("Förbrukade engångsuppgifter och räknade felförsök"),
        keep=timedelta(hours=1),
        decision="visitor_floods",
        model="visitors.SpentChallenge",
        due=lambda at: (
            SpentChallenge.objects.filter(expires_at__lt=at).count()
            + WrongTry.objects.filter(day__lt=timezone.localdate(at)).count()
        ),
        erase_batch=_forget,
    ),
)
