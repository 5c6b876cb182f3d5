"""When the channels' rows go."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samsyn.channels import call_states
from samsyn.channels.models import Call, CallBack, Chat, Letter, OpeningException, OutgoingMail, Presence
from samsyn.privacy.retention import RetentionRule

# Sent mail goes at once, and what nobody takes is given up after a day; this finds what is left where no clock runs.
MAIL_DAYS = 2
# A call that nobody has settled (where no clock runs) goes so long after its last event all the same.
UNSETTLED_DAYS = 14
PRESENCE_DAYS = 1
# Who could not be reached in so many days has found another way.
CALL_BACK_DAYS = 7
# A dated exception explains last quarter's figures; then it is only an old note.
EXCEPTION_DAYS = 180
# A letter is answered, or its sender asked to call, within a working week; then it goes, answered or not.
LETTER_DAYS = 7
# A chat in which nobody has written for so long is over; its words go with it.
CHAT_HOURS = 12
# A letter is answered within a working week, and its writer has as long to read: counted from the last words. However
# long they write to and fro, a mailbox is no archive.
MAILBOX_DAYS = 7
MAILBOX_DAYS_AT_MOST = 28


def _mails(at: datetime) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(queued_at__lte=at - timedelta(days=MAIL_DAYS))


def _erase_mails(at: datetime, size: int) -> int:
    chosen = list(_mails(at).order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])
    return OutgoingMail.objects.filter(pk__in=chosen).delete()[0]


def _calls(at: datetime) -> QuerySet[Call]:
    return Call.objects.filter(
        Q(settled_at__lte=at - timedelta(days=settings.SAMSYN_WORKING_RECORD_DAYS))
        | Q(heard_at__lte=at - timedelta(days=UNSETTLED_DAYS), state=call_states.CLOSED)
    )


def _presence(at: datetime) -> QuerySet[Presence]:
    return Presence.objects.filter(since__lte=at - timedelta(days=PRESENCE_DAYS))


def _call_backs(at: datetime) -> QuerySet[CallBack]:
    return CallBack.objects.filter(made_at__lte=at - timedelta(days=CALL_BACK_DAYS))


def _exceptions(at: datetime) -> QuerySet[OpeningException]:
    return OpeningException.objects.filter(day__lte=timezone.localdate(at) - timedelta(days=EXCEPTION_DAYS))


def _erase(rows: QuerySet[Any], size: int) -> dict[str, int]:
    """Delete at most ``size`` rows with all that belongs to them; return the numbers by model."""
    chosen = list(rows.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])
    model: type[Model] = rows.model
    return model._default_manager.filter(pk__in=chosen).delete()[1] if chosen else {}


def _letters(at: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(arrived_at__lte=at - timedelta(days=LETTER_DAYS))


def _erase_letters(at: datetime, size: int) -> int:
    chosen = list(_letters(at).order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])
    return Letter.objects.filter(pk__in=chosen).delete()[0]


def _chats(at: datetime) -> QuerySet[Chat]:
    return Chat.objects.filter(code_hash=None, active_at__lte=at - timedelta(hours=CHAT_HOURS))


def _mailboxes(at: datetime) -> QuerySet[Chat]:
    return Chat.objects.filter(
        Q(active_at__lte=at - timedelta(days=MAILBOX_DAYS))
        | Q(begun_at__lte=at - timedelta(days=MAILBOX_DAYS_AT_MOST)),
        code_hash__isnull=False,
    )


RULES = (
    RetentionRule(
        code="calls",
        title=_("Samtal i telefonkön och deras händelser"),
        keep=timedelta(days=settings.SAMSYN_WORKING_RECORD_DAYS),
        decision="working_record",
        model="channels.Call",
        due=lambda at: _calls(at).count(),
        erase_batch=lambda at, size: _erase(_calls(at), size),
    ),
    RetentionRule(
        code="call_backs",
        title=_("Återuppringningar"),
        keep=timedelta(days=CALL_BACK_DAYS),
        decision="working_record",
        model="channels.CallBack",
        due=lambda at: _call_backs(at).count(),
        erase_batch=lambda at, size: _erase(_call_backs(at), size),
    ),
    RetentionRule(
        code="presence",
        title=_("Närvaro i telefonkön"),
        keep=timedelta(days=PRESENCE_DAYS),
        decision="working_record",
        model="channels.Presence",
        due=lambda at: _presence(at).count(),
        erase_batch=lambda at, size: _erase(_presence(at), size),
    ),
    RetentionRule(
        code="opening_exceptions",
        title=_("Undantag från öppettiderna"),
        keep=timedelta(days=EXCEPTION_DAYS),
        decision="opening_hours",
        model="channels.OpeningException",
        due=lambda at: _exceptions(at).count(),
        erase_batch=lambda at, size: _erase(_exceptions(at), size),
    ),
    RetentionRule(code="opening_hours", title=_("Köer och öppettider"), keep=None, decision="opening_hours"),
    RetentionRule(
        code="call_facts", title=_("Avidentifierade fakta om samtal"), keep=None, decision="statistical_facts"
    ),
    RetentionRule(
        code="outgoing_mail",
        title=_("Brev som väntar på att gå ut"),
        keep=timedelta(days=MAIL_DAYS),
        decision="outgoing_mail",
        model="channels.OutgoingMail",
        due=lambda at: _mails(at).count(),
        erase_batch=_erase_mails,
    ),
    RetentionRule(
        code="letters",
        title=_("E-post som har kommit in"),
        keep=timedelta(days=LETTER_DAYS),
        decision="letters",
        model="channels.Letter",
        due=lambda at: _letters(at).count(),
        erase_batch=_erase_letters,
    ),
    RetentionRule(
        code="chats",
        title=_("Chattar som är avslutade eller övergivna"),
        keep=timedelta(hours=CHAT_HOURS),
        decision="chats",
        model="channels.Chat",
        due=lambda at: _chats(at).count(),
        erase_batch=lambda at, size: _erase(_chats(at), size),
    ),
    RetentionRule(
        code="mailboxes",
        title=_("Brevlådor från yrkesverksamma"),
        keep=timedelta(days=MAILBOX_DAYS),
        decision="chats",
        model="channels.Chat",
        due=lambda at: _mailboxes(at).count(),
        erase_batch=lambda at, size: _erase(_mailboxes(at), size),
    ),
)
