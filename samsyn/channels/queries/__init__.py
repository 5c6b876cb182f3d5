"""Reads of the channels."""

from samsyn.channels.queries.calls import TakenCall, Waiting, board, is_present, present, taken_call
from samsyn.channels.queries.hours import QueueRow, hours, is_queue, queue_title, queues

__all__ = [
    "QueueRow",
    "TakenCall",
    "Waiting",
    "board",
    "hours",
    "is_present",
    "is_queue",
    "present",
    "queue_title",
    "queues",
    "taken_call",
]
