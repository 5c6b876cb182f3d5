"""Reads of the channels."""

from samsyn.channels.queries.calls import TakenCall, Waiting, board, is_present, present, taken_call
from samsyn.channels.queries.chat import ChatLine, ChatShown, own_chat, queue, visitors_chat
from samsyn.channels.queries.hours import QueueRow, hours, is_queue, queue_title, queues
from samsyn.channels.queries.letters import LetterRow, letters

__all__ = [
    "ChatLine",
    "ChatShown",
    "LetterRow",
    "QueueRow",
    "TakenCall",
    "Waiting",
    "board",
    "hours",
    "is_present",
    "is_queue",
    "letters",
    "own_chat",
    "present",
    "queue",
    "queue_title",
    "queues",
    "taken_call",
    "visitors_chat",
]
