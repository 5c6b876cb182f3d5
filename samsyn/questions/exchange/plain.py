"""A package version as JSON and back: one text for one content, so that a checksum stands for it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from samsyn.questions.exchange.package import Package

FORMAT = "samsyn-package/1"
# Where a version has come and since when may change after its content was fixed.
NOT_CONTENT = ("status", "valid_from", "valid_to")

T = TypeVar("T")


class Malformed(ValueError):
    """What was read is no package; the message says where and why."""


def to_plain(value: Any) -> Any:
    """Return dictionaries, lists, strings, numbers and truth values; what may be left out and is empty is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        said = [(field, getattr(value, field.name)) for field in fields(value)]
        return {
            field.name: to_plain(one) for field, one in said if field.default is MISSING or one not in (None, "", ())
        }
    if isinstance(value, tuple):
        return [to_plain(one) for one in value]
    return str(value) if isinstance(value, StrEnum) else value


def document(package: Package) -> dict[str, Any]:
    """Return the JSON document of a package version, with its format and the checksum of its content."""
    return {"format": FORMAT, "content_hash": fingerprint(package), **to_plain(package)}


def canonical(plain: Any) -> bytes:
    """Return the one way to write these values: sorted keys, no blanks, UTF-8."""
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def fingerprint(package: Package) -> str:
    """Return the SHA-256 of the content in canonical JSON, without how far the version has come."""
    said = {name: value for name, value in to_plain(package).items() if name not in NOT_CONTENT}
    return hashlib.sha256(canonical(said)).hexdigest()


def fingerprint_of(value: Any) -> str:
    """Return the SHA-256 of any part: a concept, a code list, a variable."""
    return hashlib.sha256(canonical(to_plain(value))).hexdigest()


def from_document(said: Mapping[str, Any]) -> Package:
    """Return the package of a JSON document; raise Malformed if it is none or its checksum belongs to another."""
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise Malformed(f"format: must be {FORMAT}")
    package = from_plain({name: value for name, value in said.items() if name not in ("format", "content_hash")})
    if said.get("content_hash") != fingerprint(package):
        raise Malformed("content_hash: does not belong to this content")
    return package


def from_json(raw: bytes | str) -> Package:
    """Return the package of a JSON file; raise Malformed if it is none."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error
    return from_document(said)


def from_plain(said: Mapping[str, Any]) -> Package:
    """Return the package that ``to_plain`` came from; raise Malformed at the first value that doesn't fit."""
    return _built(Package, said, "package")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _built(kind: type[T], said: Any, where: str) -> T:
    if not isinstance(said, Mapping):
        raise Malformed(f"{where}: must be an object")
    hints = _hints(kind)  # type: ignore[arg-type]
    unknown = sorted(set(said) - set(hints))
    if unknown:
        raise Malformed(f"{where}: unknown {unknown[0]}")
    missing = [f.name for f in fields(kind) if f.default is MISSING and f.name not in said]  # type: ignore[arg-type]
    if missing:
        raise Malformed(f"{where}: {missing[0]} is missing")
    return kind(**{name: _value(hints[name], value, f"{where}.{name}") for name, value in said.items()})


def _value(kind: Any, said: Any, where: str) -> Any:
    if isinstance(kind, UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is tuple:
        if not isinstance(said, list | tuple):
            raise Malformed(f"{where}: must be a list")
        return tuple(_value(get_args(kind)[0], one, f"{where}[{number}]") for number, one in enumerate(said))
    if is_dataclass(kind) and isinstance(kind, type):
        return _built(kind, said, where)
    if issubclass(kind, StrEnum):
        if said not in list(kind):
            raise Malformed(f"{where}: must be one of {', '.join(kind)}")
        return kind(said)
    # A truth value is a number to Python, but not here.
    if not isinstance(said, kind) or (kind is int and isinstance(said, bool)):
        raise Malformed(f"{where}: must be {kind.__name__}")
    return said
