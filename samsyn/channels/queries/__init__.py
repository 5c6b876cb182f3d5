"""Reads of the channels."""

from samsyn.channels.queries.availability import availability, periods
from samsyn.channels.queries.call_backs import CallBackRow, open_call_backs
from samsyn.channels.queries.calls import (
    TakenCall,
    Waiting,
    answered,
    board,
    clock,
    is_present,
    present,
    reference_hash,
    taken_call,
)
from samsyn.channels.queries.chat import (
    ChatLine,
    ChatShown,
    open_chat_of_adviser,
    open_chat_of_visitor,
    own_chat,
    visitors_chat,
)
from samsyn.channels.queries.hours import (
    QueueRow,
    exceptions,
    hours,
    is_queue,
    queue_title,
    queues,
    weekly_hours,
)
from samsyn.channels.queries.letters import LetterRow, letters

__all__ = [
    "CallBackRow",
    "ChatLine",
    "ChatShown",
    "LetterRow",
    "QueueRow",
    "TakenCall",
    "Waiting",
    "answered",
    "availability",
    "board",
    "clock",
    "exceptions",
    "hours",
    "is_present",
    "is_queue",
    "letters",
    "open_call_backs",
    "open_chat_of_adviser",
    "open_chat_of_visitor",
    "own_chat",
    "periods",
    "present",
    "queue_title",
    "queues",
    "reference_hash",
    "taken_call",
    "visitors_chat",
    "weekly_hours",
]
