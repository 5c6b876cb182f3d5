"""Interface texts: ``python -m samsyn.config.messages update|check|compile``.

Swedish is written in the code and the templates; English stands in ``locale/en``. No gettext tools are needed:
Django turns templates into a form that Babel's extractor reads.
"""

import io
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def extracted() -> Catalog:
    """Return every text that the code and the templates ask to have translated, with its places."""
    catalogue = Catalog(locale="en", charset="utf-8", project="Samsyn", header_comment="# English texts of Samsyn.")
    for file in sorted(ROOT.rglob("*")):
        if file.suffix not in {".py", ".html", ".txt", ".xml"} or "locale" in file.parts or "migrations" in file.parts:
            continue
        if file.suffix != ".py" and "templates" not in file.parts:
            continue
        place = file.relative_to(ROOT.parent).as_posix()
        for line, context, singular, plural in _texts(file):
            key: str | tuple[str, str] = (singular, plural) if plural else singular
            catalogue.add(key, locations=[(place, line)], context=context)
    return catalogue


def _texts(file: Path) -> list[tuple[int, str | None, str, str | None]]:
    source = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        from django.conf import settings
        from django.utils.translation.template import templatize

        if not settings.configured:
            settings.configure()
        source = templatize(source)
    found: list[tuple[int, str | None, str, str | None]] = []
    # The declared types of the extractor are narrower than what it yields: a string, or a tuple of strings and None.
    asked: Iterable[tuple[int, str, Any, list[str]]] = extract_python(io.BytesIO(source.encode()), KEYWORDS, (), {})  # type: ignore[assignment]
    for line, function, texts, _comments in asked:
        parts: list[Any] = list(texts) if isinstance(texts, tuple) else [texts]
        context: str | None = None
        if function.removesuffix("_lazy") in {"pgettext", "npgettext"}:
            context = str(parts.pop(0))
        if not parts or not isinstance(parts[0], str) or not parts[0]:
            continue
        plural = parts[1] if "ngettext" in function or "npgettext" in function else None
        found.append((line, context, parts[0], plural if isinstance(plural, str) else None))
    return found


def stored() -> Catalog:
    """Return the English catalogue as it stands in the repository."""
    if not CATALOGUE.exists():
        return Catalog(locale="en", charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def update() -> int:
    """Add new texts with an empty translation, drop those that are gone, keep the rest."""
    catalogue = extracted()
    old = stored()
    for message in catalogue:
        known = old.get(message.id, message.context) if message.id else None
        if known is not None:
            message.string = known.string
            message.flags |= known.flags & {"fuzzy"}
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.fuzzy = False
    with CATALOGUE.open("wb") as file:
        # No line numbers: a moved line is no change of a text.
        write_po(file, catalogue, width=120, include_lineno=False, sort_output=True, omit_header=False)
    _drop_dates()
    print(f"{sum(1 for m in catalogue if m.id)} texts, {len(missing(catalogue))} without English")
    return 0


def _drop_dates() -> None:
    """Take the header's dates out: the same texts give the same file."""
    text = CATALOGUE.read_text(encoding="utf-8")
    drop = (
        r'^"(POT-Creation-Date|PO-Revision-Date|Report-Msgid-Bugs-To|Last-Translator|Language-Team|Generated-By):.*\n'
    )
    CATALOGUE.write_text(re.sub(drop, "", text, flags=re.M), encoding="utf-8")


def _strings(message: Message) -> list[str]:
    """Return the translation's forms; a new message has none yet."""
    text = message.string
    return [text] if isinstance(text, str) else list(text or [""])


def _placeholders(text: str) -> set[str]:
    return {a or b for a, b in PLACEHOLDER.findall(text)}


def missing(catalogue: Catalog) -> list[Message]:
    """Return the texts without a complete English translation."""
    return [m for m in catalogue if m.id and ("fuzzy" in m.flags or not all(_strings(m)))]


def check() -> int:
    """Fail on a text without English, a text that is gone, or a translation with other placeholders."""
    wanted, have = extracted(), stored()
    faults = []
    for message in wanted:
        if not message.id:
            continue
        known = have.get(message.id, message.context)
        singular = message.id if isinstance(message.id, str) else message.id[0]
        if known is None or "fuzzy" in known.flags or not all(_strings(known)):
            place = message.locations[0][0] if message.locations else "?"
            faults.append(f"{place}: no English for {singular!r}")
        elif any(_placeholders(text) != _placeholders(singular) for text in _strings(known)[-1:]):
            faults.append(f"other placeholders in the English of {singular!r}")
    faults += [f"not used any more: {m.id!r}" for m in have if m.id and wanted.get(m.id, m.context) is None]
    for fault in faults[:60]:
        print(fault, file=sys.stderr)
    if faults:
        print(f"{len(faults)} faults: run python -m samsyn.config.messages update and translate", file=sys.stderr)
    return 1 if faults else 0


def compile_catalogue() -> int:
    """Write the binary form that Django reads."""
    target = CATALOGUE.with_suffix(".mo")
    partial = target.with_suffix(f".{os.getpid()}")  # two test runs may start at the same moment
    with partial.open("wb") as file:
        write_mo(file, stored())
    partial.replace(target)
    return 0


if __name__ == "__main__":
    command = {"update": update, "check": check, "compile": compile_catalogue}[sys.argv[1]]
    sys.exit(command())
