"""A package version as its pages show it: questions as they are asked, what must be put right and where, differences."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from samsyn.questions import bank
from samsyn.questions.addition_forms import foreign_of_mapping
from samsyn.questions.bank import said
from samsyn.questions.exchange import changes, form, lineage
from samsyn.questions.exchange.package import Kind, ListReference, Mode, Package, Text, Variable
from samsyn.questions.exchange.words import KIND, MODE, RELATION, UNIVERSE
from samsyn.ui.components import Choice, ChoiceGroup

LANGUAGES = ("sv", "en", "easy")
# Said on the page where a draft is sent out, and asked for there.
SAID_LATER = "package.reason"


@dataclass(frozen=True)
class Asked:
    """A question of the preview, and which answers of which other decide that it shows."""

    group: ChoiceGroup
    about: str
    values: str


def questions(package: Package) -> list[dict[str, object]]:
    """Return the questions with everything that their page says of them."""
    asked = {item.code: item for item in form.of_package(package).items}
    return [
        {
            "code": one.code,
            "version": one.version,
            "label": said(one.label),
            "text": said(asked[one.code].text),
            "help": said(one.wording.help) if one.wording.help else "",
            "kind": said(KIND[one.kind]),
            "is_multiple": one.is_multiple,
            "universe": said(UNIVERSE[one.universe]),
            "rule": said(one.rule),
            "definition": said(package.concept(one.concept).definition),
            "source": package.concept(one.concept).source,
            "is_required": one.required,
            "list": one.code_list,
            "options": [
                {"value": option.value, "label": said(option.label), "is_reason": option.is_reason}
                for option in asked[one.code].options
            ],
            "condition": said(changes.condition(package, one.condition)) if one.condition else "",
            "others": [
                {"mode": said(MODE[wording.mode]), "text": said(wording.text), "easy": wording.text.easy}
                for wording in one.wordings
            ],
        }
        for one in package.variables
    ]


def mappings(package: Package) -> list[dict[str, object]]:
    """Return how questions stand beside earlier versions and others' questions."""
    return [
        {
            "variable": said(package.variable(one.variable).label),
            "target": f"{one.target.system}: {one.target.variable}"
            if one.target.system
            else _("version %(version)s av variabeln") % {"version": one.target.version},
            "relation": said(RELATION[one.relation]),
            "note": said(one.note) if one.note else "",
            "is_verified": one.is_verified,
            "is_own": not one.target.system,
            "code": one.variable,
            "list": package.variable(one.variable).code_list,
            "system": one.target.system,
            "theirs": one.target.variable,
            "foreign": foreign_of_mapping(one).as_text() if one.target.system else "",
        }
        for one in package.mappings
    ]


def requirements(package: Package) -> list[dict[str, object]]:
    """Return the requirement list."""
    labels = {one.code: said(one.label) for one in package.variables}
    return [
        {
            "code": one.code,
            "is_must": one.is_must,
            "text": said(one.text),
            "verified_by": said(one.verified_by),
            "variables": [labels.get(code, code) for code in one.variables],
        }
        for one in package.requirements
    ]


def removed(package: Package, before: Package | None) -> list[Variable]:
    """Return the questions of the version before that this one doesn't have."""
    kept = {one.code for one in package.variables}
    return [one for one in before.variables if one.code not in kept] if before else []


def faults(package: Package) -> list[dict[str, Any]]:
    """Return what must be put right before the draft can be sent out, and where that is done."""
    variables = {one.code: one for one in package.variables}
    found, unsaid = [], set()
    for fault in sorted(bank.faults(package), key=lambda one: not _is_of_earlier(one.where)):
        variable = next((variables[part] for part in fault.where.split(".") if part in variables), None)
        code = variable.code if variable else ""
        # Where the answers stand beside others' is settled together with what they were before.
        if fault.where == SAID_LATER or (fault.where.startswith("mappings.") and code in unsaid):
            continue
        if _is_of_earlier(fault.where):
            unsaid.add(code)
        found.append(
            {
                "text": said(fault.text),
                "code": code,
                "label": said(variable.label) if variable else "",
                "list": variable.code_list if variable and code in unsaid else None,
            }
        )
    return found


def _is_of_earlier(where: str) -> bool:
    """Say whether a fault is about what answers were in an earlier version, as mappings.goal.1 is."""
    part, _dot, rest = where.partition(".")
    return part == "mappings" and rest.rpartition(".")[2].isdigit()


def differences(before: Package, after: Package) -> list[dict[str, object]]:
    """Return what differs between two versions, with the words of both sides line by line."""
    return [
        {"text": said(one.text), "was": said(one.was).splitlines(), "now": said(one.now).splitlines()}
        for one in changes.changes(before, after)
    ]


def preview(
    package: Package, *, mode: Mode | None, language: str, answers: Mapping[str, Collection[str]] | None = None
) -> tuple[list[Asked], list[str]]:
    """Return the questions as they will be asked in a mode and a language, and the names of those that are not.

    ``answers`` are what is chosen already, by question.
    """
    asked = [one for one in package.variables if mode is None or mode in {wording.mode for wording in one.wordings}]
    items = {item.code: item for item in form.of_package(package, mode=mode).items}
    codes, given = {other.code for other in asked}, answers or {}
    shown = [_asked(items[one.code], language, codes, given.get(one.code, ())) for one in asked]
    return shown, [said(one.label) for one in package.variables if one not in asked]


def _asked(item: form.Item, language: str, shown: set[str], chosen: Collection[str]) -> Asked:
    def words(text: Text) -> str:
        return getattr(text, language) or text.sv

    is_multiple = item.kind == Kind.MULTIPLE
    choices = tuple(
        Choice(
            value=one.value,
            label=words(one.label),
            exclusive=one.is_reason and is_multiple,
            chosen=one.value in chosen,
        )
        for one in item.options
    )
    hints = [words(item.help)] if item.help else []
    if not all(getattr(text, language) for text in (item.text, *(one.label for one in item.options))):
        hints.append(_("Saknar ord på det här språket. Det som saknas visas på svenska."))
    # What decides may not be asked in this mode at all: then the question is shown.
    condition = item.condition if item.condition and item.condition.variable in shown else None
    group = ChoiceGroup(
        name=item.code, legend=words(item.text), multiple=is_multiple, hint=" ".join(hints), choices=choices
    )
    return Asked(group, condition.variable if condition else "", " ".join(condition.values if condition else ()))


def list_users(package: Package, before: Package, reference: ListReference) -> dict[str, Any]:
    """Return a list of the draft, who uses it, and the decided list that its answers are held against (or None)."""
    users = [one for one in package.variables if one.code_list == reference]
    if not users:
        raise LookupError(reference.code)
    decided = [one for one in users if lineage.decided_of(before, one.code)]
    held = next((one for one in decided if lineage.own_mapping(package, before, one)), decided[0] if decided else None)
    against = lineage.decided_of(before, held.code) if held else None
    note = lineage.own_mapping(package, before, held) if held else None
    return {
        "listed": package.list_of(users[0]),
        "name": said(package.list_of(users[0]).label),
        "users": tuple(one.code for one in users),
        "names": [said(one.label) for one in users],
        "earlier": before.list_of(against) if against else None,
        "known": lineage.pairs_to_decided(package, before, held) if held else (),
        "note": note.note if note and note.note and note.note != lineage.ASKED_OF_OTHERS else Text("", ""),
        "is_multiple": any(one.is_multiple for one in users),
    }
