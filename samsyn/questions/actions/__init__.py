"""What a person does to question sets and templates: one function each, check, change and audit in one transaction."""

from samsyn.questions.actions.instruments import (
    LocalQuestion,
    QuestionChange,
    add_local_question,
    change_question,
    change_reminder,
    discard_instrument_draft,
    move_question,
    publish_instrument,
    remove_local_question,
    start_instrument_draft,
)
from samsyn.questions.actions.loading import load_instrument, load_template
from samsyn.questions.actions.templates import (
    ItemChange,
    TemplateChange,
    change_template,
    create_template,
    discard_template_draft,
    publish_template,
    start_template_draft,
)
from samsyn.questions.actions.versions import Publication

__all__ = [
    "ItemChange",
    "LocalQuestion",
    "Publication",
    "QuestionChange",
    "TemplateChange",
    "add_local_question",
    "change_question",
    "change_reminder",
    "change_template",
    "create_template",
    "discard_instrument_draft",
    "discard_template_draft",
    "load_instrument",
    "load_template",
    "move_question",
    "publish_instrument",
    "publish_template",
    "remove_local_question",
    "start_instrument_draft",
    "start_template_draft",
]
