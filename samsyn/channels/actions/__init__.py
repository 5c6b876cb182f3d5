"""What people and the clock do in the channels."""

from samsyn.channels.actions.call_backs import promise_call_back, record_attempt, show_number
from samsyn.channels.actions.calls import add_call_facts, note_call, set_presence, sweep_calls, take_call, take_events
from samsyn.channels.actions.chat import (
    Left,
    answer_chat,
    begin_chat,
    close_mailbox,
    end_chat,
    is_calm,
    leave_letter,
    note_sign_of_life,
    open_mailbox,
    sweep_chats,
    waiting,
    write_as_adviser,
    write_as_visitor,
)
from samsyn.channels.actions.hours import (
    add_opening_hours,
    remove_opening_exception,
    remove_opening_hours,
    set_opening_exception,
)
from samsyn.channels.actions.letters import answer_letter, erase_letter, open_letter, take_letter
from samsyn.channels.actions.outbox import send_due_mail, send_neutral_mail
from samsyn.channels.actions.visitors_chats import count_visitors_chats

__all__ = [
    "Left",
    "add_call_facts",
    "add_opening_hours",
    "answer_chat",
    "answer_letter",
    "begin_chat",
    "close_mailbox",
    "count_visitors_chats",
    "end_chat",
    "erase_letter",
    "is_calm",
    "leave_letter",
    "note_call",
    "note_sign_of_life",
    "open_letter",
    "open_mailbox",
    "promise_call_back",
    "record_attempt",
    "remove_opening_exception",
    "remove_opening_hours",
    "send_due_mail",
    "send_neutral_mail",
    "set_opening_exception",
    "set_presence",
    "show_number",
    "sweep_calls",
    "sweep_chats",
    "take_call",
    "take_events",
    "take_letter",
    "waiting",
    "write_as_adviser",
    "write_as_visitor",
]
