"""What an editor does to a draft: words change, an answer is split. Versions and mappings follow by themselves.

``before`` is the version that was decided last: whatever differs from it gets the next version, so that something
decided never says anything else under its old name.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from samsyn.questions.exchange.changes import lowest_level
from samsyn.questions.exchange.package import (
    Code,
    CodeList,
    CodePair,
    ListReference,
    Mapping,
    Package,
    Relation,
    Target,
    Text,
    Variable,
    Wording,
    next_version,
)


class NotPossible(ValueError):
    """The draft can't be changed like that; the text says why, in both languages."""

    def __init__(self, swedish: str, english: str) -> None:
        super().__init__(english)
        self.text = Text(swedish, english)


def reword(
    package: Package, before: Package, *, variable: str, label: Text, rule: Text, wordings: Sequence[Wording]
) -> Package:
    """Return the draft with other words for a variable; its answers stay, so it can be read as the decided one."""
    changed = replace(package.variable(variable), label=label, rule=rule, wordings=tuple(wordings))
    return _with_variable(package, before, changed, {value: value for value in package.list_of(changed).values})


def split(package: Package, before: Package, *, variable: str, value: str, into: Sequence[Text]) -> Package:
    """Return the draft with one answer split in several; the new variable can be read as the decided one, never back."""
    if len(into) < 2:
        raise NotPossible("Ett svar delas i minst två.", "An answer is split in two at least.")
    old = package.variable(variable)
    listed = package.list_of(old)
    at = next((number for number, code in enumerate(listed.codes) if code.value == value), None)
    if at is None:
        raise NotPossible("Svaret finns inte.", "There is no such answer.")
    taken = {code.value for code in listed.codes} | {code.value for code in _decided_codes(before, variable)}
    new = []
    for label in into:
        new.append(Code(free_code(label, taken), label))
        taken.add(new[-1].value)
    codes = (*listed.codes[:at], *new, *listed.codes[at + 1 :])
    own = _own_list(package, before, old, listed, codes)
    changed = replace(old, code_list=ListReference(own.code, own.version))
    package = replace(package, code_lists=(*package.code_lists, own))
    pairs = {code.value: code.value for code in listed.codes if code.value != value}
    pairs |= dict.fromkeys((code.value for code in new), value)
    return _with_variable(package, before, changed, _onward(package, before, old, pairs))


def _onward(package: Package, before: Package, old: Variable, pairs: dict[str, str]) -> dict[str, str]:
    """Return the pairs to the decided variable, where the draft's own one has already been changed before."""
    earlier = _mapping_to_decided(package, before, old)
    if earlier is None:
        return pairs
    onward = {pair.source: pair.target for pair in earlier.codes}
    return {value: onward[becomes] for value, becomes in pairs.items() if becomes in onward}


def _mapping_to_decided(package: Package, before: Package, variable: Variable) -> Mapping | None:
    decided = {(one.code, one.version) for one in before.variables}
    for one in package.mappings:
        is_own = not one.target.system and (one.target.variable, one.target.version) in decided
        if is_own and (one.variable, one.version) == (variable.code, variable.version):
            return one
    return None


def _decided_codes(before: Package, variable: str) -> Sequence[Code]:
    return next((before.list_of(one).codes for one in before.variables if one.code == variable), ())


def _own_list(
    package: Package, before: Package, variable: Variable, listed: CodeList, codes: tuple[Code, ...]
) -> CodeList:
    """Return the list with these codes: the next version, or a list of the variable's own where others use the old one."""
    shared = any(one.code_list.code == listed.code for one in package.variables if one.code != variable.code)
    code = variable.code if shared else listed.code
    label = variable.label if shared else listed.label
    decided = [one.version for one in before.code_lists if one.code == code]
    return CodeList(code, max(decided, default=0) + 1, Text(label.sv, label.en), codes)


def free_code(label: Text, taken: set[str]) -> str:
    """Return a code made of the English words that nothing else has."""
    plain = unicodedata.normalize("NFKD", label.en).encode("ascii", "ignore").decode().lower()
    code = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:36] or "answer"
    return next(one for one in (code, *(f"{code}_{n}" for n in range(2, 100))) if one not in taken)


def _with_variable(package: Package, before: Package, changed: Variable, pairs: dict[str, str]) -> Package:
    """Return the draft with a variable in its next version, mapped to the decided one."""
    decided = next((one for one in before.variables if one.code == changed.code), None)
    mappings = package.mappings
    if decided is not None:
        old = package.variable(changed.code)
        changed = replace(changed, version=decided.version)
        if changed != decided:
            changed = replace(changed, version=decided.version + 1)
        external = [
            replace(one, version=changed.version)
            for one in mappings
            if (one.variable, one.version) == (old.code, old.version)
            and one.target.system
            # A mapping to others' codes holds only where the answers are the same.
            and (not one.codes or set(pairs) == {pair.source for pair in one.codes})
        ]
        others = [one for one in mappings if one.variable != changed.code]
        own = []
        if changed != decided:
            is_exact = len(set(pairs.values())) == len(pairs)
            codes = tuple(CodePair(source, target) for source, target in pairs.items())
            relation = Relation.EXACT if is_exact else Relation.COARSER
            own = [
                Mapping(
                    changed.code, changed.version, Target(decided.code, decided.version), relation, codes, None, True
                )
            ]
        mappings = (*others, *external, *own)
    variables = tuple(changed if one.code == changed.code else one for one in package.variables)
    used = {(one.code_list.code, one.code_list.version) for one in variables}
    lists = {(one.code, one.version): one for one in package.code_lists if (one.code, one.version) in used}
    return numbered(replace(package, variables=variables, mappings=mappings, code_lists=tuple(lists.values())), before)


def numbered(package: Package, before: Package) -> Package:
    """Return the draft with the level of its changes and the version that follows from it."""
    level = lowest_level(before, package)
    return replace(package, level=level, version=next_version(before.version, level))
