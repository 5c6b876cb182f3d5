"""What is done in a follow-up: one function each, check, change and record in one transaction."""

from samsyn.followups.actions.answers import (
    add_direct_facts,
    answer_by_link,
    answer_by_phone,
    count_direct_answers,
    withdraw,
    withdraw_by_link,
)
from samsyn.followups.actions.planning import forget_wish, note_wish, plan_follow_up, read_details
from samsyn.followups.actions.sending import ask_due

__all__ = [
    "add_direct_facts",
    "answer_by_link",
    "answer_by_phone",
    "ask_due",
    "count_direct_answers",
    "forget_wish",
    "note_wish",
    "plan_follow_up",
    "read_details",
    "withdraw",
    "withdraw_by_link",
]
