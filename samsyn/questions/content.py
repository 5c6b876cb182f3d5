"""What a version says, as plain values read from its rows: to be hashed and compared."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from samsyn.questions import models

QUESTION_FIELDS = (
    *("concept", "code", "unit", "section", "row", "kind", "list_code", "options", "wording_sv", "wording_en"),
    *("hint_sv", "hint_en", "states", "required_at_close", "core", "local", "more"),
    *("condition_question", "condition_values"),
)
SECTION_FIELDS = ("code", "title_sv", "title_en")
# For whom a template is. Those that came later are said only where they say something: what was published before keeps
# its hash.
TARGET_FIELDS = ("sector", "situations", "contact_kind", "adaptation")
LATER_FIELDS = ("contact_kind", "adaptation")
TEMPLATE_FIELDS = ("title_sv", "title_en", *TARGET_FIELDS, "standard_minutes", "law")
ITEM_FIELDS = ("kind", "code", "text_sv", "text_en")

Content = Mapping[str, Any]


def _values(row: object, fields: tuple[str, ...]) -> dict[str, Any]:
    return {field: getattr(row, field) for field in fields}


def of_instrument(version: models.InstrumentVersion) -> Content:
    """Return sections and questions of a version in their order, without ids, dates and people."""
    return {
        "reminder_sv": version.reminder_sv,
        "reminder_en": version.reminder_en,
        "sections": [_values(section, SECTION_FIELDS) for section in version.sections.order_by("position")],
        "questions": [_values(question, QUESTION_FIELDS) for question in version.questions.order_by("position")],
    }


def of_template(version: models.TemplateVersion) -> Content:
    """Return what a template version says, its items in their order, without ids, dates and people."""
    return {
        **{
            field: value
            for field, value in _values(version, TEMPLATE_FIELDS).items()
            if value or field not in LATER_FIELDS
        },
        "items": [_values(item, ITEM_FIELDS) for item in version.items.order_by("position")],
    }


def of_instrument_file(source: Content) -> Content:
    """Return the same shape as ``of_instrument`` from a file such as data/support_call.toml."""
    return {
        "reminder_sv": source["reminder_sv"],
        "reminder_en": source["reminder_en"],
        "sections": [{field: section[field] for field in SECTION_FIELDS} for section in source["section"]],
        "questions": [_question_of_file(entry) for entry in source["question"]],
    }


def _question_of_file(entry: Content) -> Content:
    condition = entry.get("condition", {})
    given = {
        **entry,
        "list_code": entry["list"],
        "condition_question": condition.get("question", ""),
        "condition_values": condition.get("values", []),
    }
    unknown = set(entry) - {*QUESTION_FIELDS, "list", "condition"}
    if unknown:
        raise ValueError(f"{entry['code']}: unknown field {sorted(unknown)[0]}")
    empty = {
        **dict.fromkeys(("hint_sv", "hint_en"), ""),
        **dict.fromkeys(("options", "states"), ()),
        **dict.fromkeys(("required_at_close", "core", "local", "more"), False),
    }
    return {
        field: list(value) if isinstance(value := given.get(field, empty.get(field)), tuple) else value
        for field in QUESTION_FIELDS
    }


def of_template_file(source: Content) -> Content:
    """Return the same shape as ``of_template`` from an entry of a file such as data/support_call_templates.toml."""
    return {
        **{field: source[field] for field in ("title_sv", "title_en", "standard_minutes", "law")},
        "sector": source.get("sector", ""),
        "situations": source.get("situations", []),
        **{field: source[field] for field in LATER_FIELDS if field in source},
        "items": [
            {"kind": kind, "code": item["code"], "text_sv": item["sv"], "text_en": item["en"]}
            for kind in ("ask", "inform")
            for item in source[kind]
        ],
    }


def fingerprint(content: Content) -> str:
    """Return the SHA-256 of the content in canonical JSON: sorted keys, no blanks, UTF-8."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
