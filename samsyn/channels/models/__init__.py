"""The room's tables, by what comes and goes."""

from samsyn.channels.models.call_backs import CallBack, CallBackAttempt
from samsyn.channels.models.calls import Call, CallEvent, CallFact, Presence
from samsyn.channels.models.chat import Chat, ChatMessage
from samsyn.channels.models.hours import OpeningException, OpeningHours, Queue
from samsyn.channels.models.letters import Letter
from samsyn.channels.models.outbox import OutgoingMail

__all__ = [
    "Call",
    "CallBack",
    "CallBackAttempt",
    "CallEvent",
    "CallFact",
    "Chat",
    "ChatMessage",
    "Letter",
    "OpeningException",
    "OpeningHours",
    "OutgoingMail",
    "Presence",
    "Queue",
]
