"""What an editor does to a question of a draft: other words, another condition, other answers, another place.

``before`` is the version that was decided last: whatever differs from it gets the next version, so that something
decided never says anything else under its old name. Versions and mappings follow by themselves.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, replace

from samsyn.questions.exchange import lineage
from samsyn.questions.exchange.changes import lowest_level
from samsyn.questions.exchange.package import (
    NOTED,
    Code,
    CodeList,
    CodePair,
    Condition,
    Level,
    ListReference,
    Mapping,
    Nothing,
    Package,
    Relation,
    Target,
    Text,
    Variable,
    Wording,
    next_version,
)

# What the first version of a package follows.
NONE_YET = "0.0.0"
# A list is read aloud or looked through: more answers are two questions.
MOST_ANSWERS = 30
Origins = MappingABC[str, Collection[str]]  # an answer and which answers of the draft before the edit it comes from


class NotPossible(ValueError):
    """The draft can't be changed like that; the text says why, in both languages."""

    def __init__(self, swedish: str, english: str) -> None:
        super().__init__(english)
        self.text = Text(swedish, english)


@dataclass(frozen=True)
class Answer:
    """An answer as the editor writes it; ``value`` is empty for a new one."""

    value: str
    label: Text
    definition: Text | None = None


def nothing_before(package: Package) -> Package:
    """Return what a package without a decided version is held against: nothing at all, under its code."""
    return replace(
        package,
        version=NONE_YET,
        concepts=(),
        code_lists=(),
        variables=(),
        breakdowns=(),
        mappings=(),
        requirements=(),
    )


def describe(package: Package, before: Package, *, title: Text, purpose: Text, breakdowns: Collection[str]) -> Package:
    """Return the draft with another title or purpose, or broken down by other questions: those that were stay first."""
    kept = [code for code in package.breakdowns if code in breakdowns]
    new = [one.code for one in package.variables if one.code in breakdowns and one.code not in kept]
    if len(kept) + len(new) < len(set(breakdowns)) or any(package.variable(code).is_multiple for code in new):
        raise NotPossible(
            "Uppdelning kan bara ske efter en fråga med ett svar.",
            "Figures can only be broken down by a question with one answer.",
        )
    return numbered(replace(package, title=title, purpose=purpose, breakdowns=(*kept, *new)), before)


def reword(
    package: Package,
    before: Package,
    *,
    variable: str,
    label: Text,
    rule: Text,
    wordings: Sequence[Wording],
    is_required: bool | None = None,
    nothing: Sequence[Nothing] | None = None,
) -> Package:
    """Return the draft with other words for a variable; its answers stay, so it can be read as the decided one."""
    if not wordings:
        raise NotPossible("Frågan behöver en formulering.", "The question needs a wording.")
    old = package.variable(variable)
    changed = replace(old, label=label, rule=rule, wordings=tuple(wordings))
    if is_required is not None:
        changed = replace(changed, required=is_required)
    if nothing is not None:
        changed = replace(changed, nothing=tuple(one for one in NOTED if one in nothing))
    return numbered(_placed(package, before, changed), before)


def define(package: Package, before: Package, *, concept: str, definition: Text, source: str) -> Package:
    """Return the draft with what a concept means and where that comes from; a decided one stays as it is for good."""
    if concept in {one.code for one in before.concepts}:
        raise NotPossible(
            "Begreppet är beslutat och ändras inte: gör en ny fråga.",
            "The concept is decided and doesn't change: make a new question.",
        )
    found = replace(package.concept(concept), definition=definition, source=source)
    concepts = tuple(found if one.code == concept else one for one in package.concepts)
    return numbered(replace(package, concepts=concepts), before)


def ask_when(package: Package, before: Package, *, variable: str, about: str, values: Collection[str]) -> Package:
    """Return the draft where a variable is asked only when another has one of these answers; always if ``about`` is empty."""
    changed = replace(package.variable(variable), condition=None)
    if about:
        codes = [one.code for one in package.variables]
        if about not in codes[: codes.index(variable)]:
            raise NotPossible(
                "Den fråga som avgör måste stå före den här. Flytta den först.",
                "The question that decides must stand before this one. Move it first.",
            )
        chosen = tuple(value for value in package.list_of(package.variable(about)).values if value in values)
        if not chosen or len(chosen) < len(set(values)):
            raise NotPossible("Välj minst ett svar som avgör.", "Choose at least one answer that decides.")
        changed = replace(changed, condition=Condition(about, chosen))
    return numbered(_placed(package, before, changed), before)


def move(package: Package, before: Package, *, variable: str, is_up: bool) -> Package:
    """Return the draft with a variable one place up or down; a follow-up question stays after what decides it."""
    order = list(package.variables)
    at = order.index(package.variable(variable))
    to = at - 1 if is_up else at + 1
    if not 0 <= to < len(order):
        raise NotPossible("Frågan står redan ytterst.", "The question stands outermost already.")
    first, second = order[min(at, to)], order[max(at, to)]
    if second.condition and second.condition.variable == first.code:
        raise NotPossible(
            "En följdfråga måste stå efter den fråga som den hänger på.",
            "A follow-up question must stand after the one that it depends on.",
        )
    order[at], order[to] = order[to], order[at]
    return numbered(replace(package, variables=tuple(order)), before)


def split(package: Package, before: Package, *, variable: str, value: str, into: Sequence[Text]) -> Package:
    """Return the draft with one answer split in several; the new variable can be read as the decided one, never back."""
    if len(into) < 2:
        raise NotPossible("Ett svar delas i minst två.", "An answer is split in two at least.")
    old = package.variable(variable)
    listed = package.list_of(old)
    if value not in listed.values:
        raise NotPossible("Svaret finns inte.", "There is no such answer.")
    at = listed.values.index(value)
    new = _coded([Answer("", label) for label in into], _taken(package, before, old))
    codes = (*listed.codes[:at], *new, *listed.codes[at + 1 :])
    shared = any(one.code_list.code == listed.code for one in package.variables if one.code != variable)
    # Others use the list too, and their answers stay: the question gets a list of its own.
    own = replace(listed, code=variable, label=Text(old.label.sv, old.label.en)) if shared else listed
    came = {code.value: {code.value} for code in listed.codes} | {code.value: {value} for code in new}
    origins = {code.value: came[code.value] for code in codes}
    package = _with_list(package, before, [old], replace(own, codes=codes), origins)
    return numbered(_with_followers(package, before, variable, origins), before)


def relist(package: Package, before: Package, *, code_list: ListReference, answers: Sequence[Answer]) -> Package:
    """Return the draft with other answers in a list, for every variable that uses it.

    What a new answer was before, and where a dropped one went, is not known yet: ``compare_answers`` says it.
    """
    users = [one for one in package.variables if one.code_list == code_list]
    if not users:
        raise KeyError(code_list.code)
    if not 2 <= len(answers) <= MOST_ANSWERS:
        raise NotPossible(f"En lista har 2 till {MOST_ANSWERS} svar.", f"A list has 2 to {MOST_ANSWERS} answers.")
    listed = package.list_of(users[0])
    kept = [one.value for one in answers if one.value]
    if len(set(kept)) < len(kept) or not set(kept) <= set(listed.values):
        raise NotPossible("Svaret finns inte.", "There is no such answer.")
    taken = set().union(*(_taken(package, before, one) for one in users))
    codes = _coded(answers, taken)
    origins = {code.value: {code.value} & set(listed.values) for code in codes}
    return numbered(_with_list(package, before, users, replace(listed, codes=codes), origins), before)


def compare_answers(
    package: Package, before: Package, *, code_list: ListReference, pairs: Sequence[CodePair], note: Text | None
) -> Package:
    """Return the draft with what each answer of a list was in the decided version; the relation follows from the pairs.

    Where an answer is left out on either side, or they cross, the series breaks there and ``note`` has to say why.
    """
    users = [one for one in package.variables if one.code_list == code_list]
    if not users:
        raise KeyError(code_list.code)
    for user in users:
        decided = lineage.decided_of(before, user.code)
        if decided is None:
            continue
        earlier, values = before.list_of(decided).values, package.list_of(user).values
        if not {one.source for one in pairs} <= set(values) or not {one.target for one in pairs} <= set(earlier):
            raise NotPossible("Svaret finns inte.", "There is no such answer.")
        is_broken = lineage.relation_between(values, earlier, pairs) == Relation.NOT_COMPARABLE
        if is_broken and note is None:
            raise NotPossible(
                "Svaren kan inte läsas som de tidigare: något saknar motsvarighet, eller så går de om varandra. "
                "Skriv varför. Serien bryts där.",
                "The answers can't be read as the earlier ones: one has no counterpart, or they cross. "
                "Write why. The series breaks there.",
            )
        origins = _origins(values, lineage.pairs_to_decided(package, before, user), pairs)
        known = () if is_broken else tuple(pairs)
        package = _placed(package, before, user, pairs=known, note=note, origins=origins)
        package = _with_followers(package, before, user.code, origins)
    return numbered(package, before)


def _origins(values: Sequence[str], known: Sequence[CodePair], pairs: Sequence[CodePair]) -> Origins:
    """Return what follow-up questions may name each answer by: itself, and what it has just been said to have been."""
    return {
        value: {value} | {one.target for one in pairs if one.source == value and one not in known} for value in values
    }


def _taken(package: Package, before: Package, variable: Variable) -> set[str]:
    """Return the codes that a new answer can't have: those of the draft, of the decided version, and the reasons."""
    decided = lineage.decided_of(before, variable.code)
    earlier = before.list_of(decided).values if decided else ()
    return {*package.list_of(variable).values, *earlier, *(str(one) for one in Nothing)}


def _coded(answers: Sequence[Answer], taken: set[str]) -> tuple[Code, ...]:
    """Return the answers with codes: new ones get one that nothing else has."""
    found, used = [], set(taken)
    for one in answers:
        found.append(Code(one.value or free_code(one.label, used), one.label, one.definition))
        used.add(found[-1].value)
    return tuple(found)


def free_code(label: Text, taken: set[str]) -> str:
    """Return a code made of the English words that nothing else has."""
    plain = unicodedata.normalize("NFKD", label.en).encode("ascii", "ignore").decode().lower()
    code = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:36] or "answer"
    return next(one for one in (code, *(f"{code}_{n}" for n in range(2, 100))) if one not in taken)


def _with_list(
    package: Package, before: Package, users: Sequence[Variable], listed: CodeList, origins: Origins
) -> Package:
    """Return the draft where these variables are answered from a list, in the version that it needs."""
    decided = [one for one in before.code_lists if one.code == listed.code]
    listed = replace(listed, version=max((one.version for one in decided), default=0) + 1)
    # Written back to what it was, it is what was decided.
    listed = next((one for one in decided if replace(one, version=listed.version) == listed), listed)
    reference = ListReference(listed.code, listed.version)
    old = package.list_of(users[0])
    known = [lineage.pairs_to_decided(package, before, user) for user in users]
    notes = [_note(package, before, user) for user in users]
    dropped = set(old.values) - set().union(*origins.values())
    # In the place of the old one, which stays after it while others use it.
    lists = [one for one in package.code_lists if (one.code, one.version) != (listed.code, listed.version)]
    lists.insert(package.code_lists.index(old), listed)
    package = replace(package, code_lists=tuple(lists))
    for user, was, note in zip(users, known, notes, strict=True):
        pairs = tuple(CodePair(value, one.target) for value in origins for one in was if one.source in origins[value])
        changed = replace(package.variable(user.code), code_list=reference)
        # Where new answers stand beside others' is known when it is said what they were, and where dropped ones went.
        is_said_later = lineage.decided_of(before, user.code) is not None and (dropped or not all(origins.values()))
        package = _placed(package, before, changed, pairs=pairs, note=note, origins=None if is_said_later else origins)
    return package


def _with_followers(package: Package, before: Package, about: str, origins: Origins) -> Package:
    """Return the draft where what hung on an answer hangs on whatever it has become."""
    for one in package.variables:
        if one.condition and one.condition.variable == about:
            values = tuple(value for value, came in origins.items() if set(came) & set(one.condition.values))
            # Nothing left of them: the check names the question, and its editor says what decides instead.
            if values and values != one.condition.values:
                package = _placed(package, before, replace(one, condition=Condition(about, values)))
    return package


def _placed(
    package: Package,
    before: Package,
    changed: Variable,
    *,
    pairs: Sequence[CodePair] | None = None,
    note: Text | None = None,
    origins: Origins | None = None,
) -> Package:
    """Return the draft with a variable as changed, in its next version and mapped to the decided one.

    Without ``pairs`` its answers are what they were. Pairs that say too little are kept, but nothing can be read by
    them: the check asks for the rest.
    """
    old = package.variable(changed.code)
    decided = lineage.decided_of(before, changed.code)
    if decided is not None:
        if pairs is None:
            pairs, note = lineage.pairs_to_decided(package, before, old), _note(package, before, old)
        changed = replace(changed, version=decided.version)
        # The same words asked of others are another variable: figures under one name would be added up.
        if changed != decided or not lineage.asks_the_same(before, decided, package, changed):
            changed = replace(changed, version=decided.version + 1)
    variables = tuple(changed if one.code == changed.code else one for one in package.variables)
    used = {(one.code_list.code, one.code_list.version) for one in variables}
    others = tuple(one for one in package.mappings if one.variable != changed.code)
    external = tuple(_external(package, changed, origins))
    package = replace(
        package,
        variables=variables,
        code_lists=tuple(one for one in package.code_lists if (one.code, one.version) in used),
    )
    own: tuple[Mapping, ...] = ()
    if decided is not None and changed == decided:
        own = tuple(one for one in before.mappings if one.variable == changed.code and not one.target.system)
    elif decided is not None:
        own = (_own(package, before, decided, changed, tuple(pairs or ()), note),)
    mappings = (*others, *external, *own)
    # The same in another order is no change.
    if set(mappings) != set(package.mappings):
        package = replace(package, mappings=mappings)
    return package


def _note(package: Package, before: Package, variable: Variable) -> Text | None:
    """Return what an editor has written about how a variable stands beside the decided one."""
    found = lineage.own_mapping(package, before, variable)
    return found.note if found and found.note != lineage.ASKED_OF_OTHERS else None


def _own(
    package: Package,
    before: Package,
    decided: Variable,
    changed: Variable,
    pairs: tuple[CodePair, ...],
    note: Text | None,
) -> Mapping:
    """Return how a changed variable stands beside the decided one."""
    relation = lineage.relation_between(package.list_of(changed).values, before.list_of(decided).values, pairs)
    if not lineage.asks_the_same(before, decided, package, changed):
        relation, pairs, note = Relation.NOT_COMPARABLE, (), note or lineage.ASKED_OF_OTHERS
    target = Target(decided.code, decided.version)
    return Mapping(changed.code, changed.version, target, relation, pairs, note, is_verified=True)


def _external(package: Package, changed: Variable, origins: Origins | None) -> Iterator[Mapping]:
    """Return how a changed variable stands beside others': carried over where that still says something."""
    for one in package.mappings:
        if one.variable != changed.code or not one.target.system:
            continue
        if not one.codes or origins is None:
            yield replace(one, version=changed.version)
            continue
        codes = tuple(CodePair(value, p.target) for value in origins for p in one.codes if p.source in origins[value])
        relation = lineage.relation_between(origins, {pair.target for pair in one.codes}, codes)
        is_verified = one.is_verified and codes == one.codes
        if relation != Relation.NOT_COMPARABLE:
            yield replace(one, version=changed.version, codes=codes, relation=relation, is_verified=is_verified)


def numbered(package: Package, before: Package) -> Package:
    """Return the draft with the level of its changes and the version that follows from it.

    Where a deciding question's series breaks or is whole again, those of the questions that hang on it follow.
    """
    for one in package.variables:
        if one.condition is not None and lineage.decided_of(before, one.code) is not None:
            package = _placed(package, before, package.variable(one.code))
    level = Level.MAJOR if before.version == NONE_YET else lowest_level(before, package)
    return replace(package, level=level, version=next_version(before.version, level))
