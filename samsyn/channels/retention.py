"""When the channels' rows go."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
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


def _letters(at: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(arrived_at__lte=at - timedelta(days=LETTER_DAYS))


def _chats(at: datetime) -> QuerySet[Chat]:
    return Chat.objects.filter(code_hash=None, active_at__lte=at - timedelta(hours=CHAT_HOURS))


def _mailboxes(at: datetime) -> QuerySet[Chat]:
    return Chat.objects.filter(
        Q(active_at__lte=at - timedelta(days=MAILBOX_DAYS))
        | Q(begun_at__lte=at - timedelta(days=MAILBOX_DAYS_AT_MOST)),
        code_hash__isnull=False,
    )


RULES = (
    RetentionRule.of_rows(
        "calls",
        _("Samtal i telefonkön och deras händelser"),
        keep=timedelta(days=settings.SAMSYN_WORKING_RECORD_DAYS),
        decision="working_record",
        rows=_calls,
    ),
    RetentionRule.of_rows(
        "call_backs",
        _("Återuppringningar"),
        keep=timedelta(days=CALL_BACK_DAYS),
        decision="working_record",
        rows=_call_backs,
    ),
    RetentionRule.of_rows(
        "presence",
        _("Närvaro i telefonkön"),
        keep=timedelta(days=PRESENCE_DAYS),
        decision="working_record",
        rows=_presence,
    ),
    RetentionRule.of_rows(
        "opening_exceptions",
        _("Undantag från öppettiderna"),
        keep=timedelta(days=EXCEPTION_DAYS),
        decision="opening_hours",
        rows=_exceptions,
    ),
    RetentionRule(code="opening_hours", title=_("Köer och öppettider"), keep=None, decision="opening_hours"),
    RetentionRule(
        code="call_facts", title=_("Avidentifierade fakta om samtal"), keep=None, decision="statistical_facts"
    ),
    RetentionRule.of_rows(
        "outgoing_mail",
        _("Brev som väntar på att gå ut"),
        keep=timedelta(days=MAIL_DAYS),
        decision="outgoing_mail",
        rows=_mails,
    ),
    RetentionRule.of_rows(
        "letters",
        _("E-post som har kommit in"),
        keep=timedelta(days=LETTER_DAYS),
        decision="letters",
        rows=_letters,
    ),
    RetentionRule.of_rows(
        "chats",
        _("Chattar som är avslutade eller övergivna"),
        keep=timedelta(hours=CHAT_HOURS),
        decision="chats",
        rows=_chats,
    ),
    RetentionRule.of_rows(
        "mailboxes",
        _("Brevlådor från yrkesverksamma"),
        keep=timedelta(days=MAILBOX_DAYS),
        decision="chats",
        rows=_mailboxes,
    ),
)
