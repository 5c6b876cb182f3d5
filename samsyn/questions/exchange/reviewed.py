"""Packages that come with the programme, as reviewed files: a folder each, a version a file."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from samsyn.questions.exchange.package import NOTED, Package
from samsyn.questions.exchange.plain import from_plain


def versions(folder: Path) -> tuple[Package, ...]:
    """Return every version of the package in a folder, the oldest first."""
    return tuple(from_plain(said) for said in _documents(folder).values())


def version(folder: Path, number: str) -> Package:
    """Return this version of the package; raise KeyError if there is none."""
    return from_plain(_documents(folder)[number])


@cache
def _documents(folder: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.toml"), key=lambda path: int(path.stem)):
        said = tomllib.loads(path.read_text("utf-8"))
        before = said.pop("based_on", None)
        for variable in said.get("variables", ()):
            variable.setdefault("nothing", [str(one) for one in NOTED])
        found[said["version"]] = _renewed(found[before], said) if before else said
    return found


def _renewed(before: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the earlier document with what is said anew in its place, and without what nothing refers to any more."""
    after = {**before, **said}
    for part in ("concepts", "code_lists", "variables", "requirements"):
        new = {one["code"]: one for one in said.get(part, ())}
        kept = [new.pop(one["code"], one) for one in before.get(part, ())]
        after[part] = [*kept, *new.values()]
    versions = {(one["code"], one["version"]) for one in after["variables"]}
    renewed = {_compared(one): one for one in said.get("mappings", ())}
    kept = [one for one in before.get("mappings", ()) if (one["variable"], one["version"]) in versions]
    after["mappings"] = [*(renewed.pop(_compared(one), one) for one in kept), *renewed.values()]
    used = {(one["code_list"]["code"], one["code_list"]["version"]) for one in after["variables"]}
    after["code_lists"] = [one for one in after["code_lists"] if (one["code"], one["version"]) in used]
    return after


def _compared(mapping: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a mapping is about: which version of a variable, and what it is held against."""
    target = mapping["target"]
    return mapping["variable"], mapping["version"], target.get("system"), target["variable"], target.get("version")
