"""The JSON Schema of a package document, made from the classes that it is read into."""

from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from samsyn.questions.exchange.package import Code, CodeList, Concept, ListReference, Package, Requirement, Variable
from samsyn.questions.exchange.plain import FORMAT

CODE = "^[a-z][a-z0-9_]{0,39}$"
DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
PATTERNS = {
    (Package, "code"): CODE,
    (Package, "version"): r"^[0-9]+\.[0-9]+\.[0-9]+$",
    (Package, "valid_from"): DAY,
    (Package, "valid_to"): DAY,
    (Concept, "code"): CODE,
    (CodeList, "code"): CODE,
    (ListReference, "code"): CODE,
    (Code, "value"): "^[a-z0-9][a-z0-9_]{0,39}$",
    (Variable, "code"): CODE,
    (Variable, "concept"): CODE,
    (Requirement, "code"): "^[A-Z]+-[0-9]{2}$",
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a package document."""
    parts: dict[str, Any] = {}
    whole = _object(Package, parts)
    whole["properties"] = {
        "format": {"const": FORMAT},
        "content_hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        **whole["properties"],
    }
    whole["required"] = ["format", "content_hash", *whole["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:samsyn:schema:{FORMAT}",
        "title": FORMAT,
        **whole,
        "$defs": dict(sorted(parts.items())),
    }


def _object(kind: type, parts: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {
        "type": "object",
        "description": (kind.__doc__ or "").split("\n")[0],
        "properties": {
            name: _value(hint, parts, PATTERNS.get((kind, name))) | _least(kind, name) for name, hint in hints.items()
        },
        "required": [field.name for field in fields(kind) if field.default is MISSING],
        "additionalProperties": False,
    }


def _least(kind: type, name: str) -> dict[str, Any]:
    required = {(Package, "variables"), (CodeList, "codes"), (Variable, "wordings")}
    return {"minItems": 1} if (kind, name) in required else {}


def _value(hint: Any, parts: dict[str, Any], pattern: str | None) -> dict[str, Any]:
    if isinstance(hint, UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _value(get_args(hint)[0], parts, pattern)}
    if is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in parts:
            parts[hint.__name__] = {}
            parts[hint.__name__] = _object(hint, parts)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if issubclass(hint, StrEnum):
        return {"enum": [str(one) for one in hint]}
    if hint is bool:
        return {"type": "boolean"}
    if hint is int:
        return {"type": "integer", "minimum": 0}
    return {"type": "string", "minLength": 1, **({"pattern": pattern} if pattern else {})}
