"""How a variable of a draft stands beside the version that was decided last: whom it is asked of, which answers are which.

``before`` is the version that was decided last. A pair leads from an answer of the draft to the decided answer that it
is, or is a part of.
"""

from collections.abc import Collection, Sequence

from samsyn.questions.exchange.package import CodePair, Mapping, Package, Relation, Text, Variable

ASKED_OF_OTHERS = Text("Frågas om andra än förut.", "Asked of others than before.")


def decided_of(before: Package, code: str) -> Variable | None:
    """Return the variable as it was decided, if it was."""
    return next((one for one in before.variables if one.code == code), None)


def own_mapping(package: Package, before: Package, variable: Variable) -> Mapping | None:
    """Return how a variable of the draft is mapped to the decided one, if it is."""
    decided = decided_of(before, variable.code)
    if decided is None:
        return None
    for one in package.mappings:
        is_to_decided = (one.target.system, one.target.variable, one.target.version) == (
            *("", decided.code),
            decided.version,
        )
        if is_to_decided and (one.variable, one.version) == (variable.code, variable.version):
            return one
    return None


def pairs_to_decided(package: Package, before: Package, variable: Variable) -> tuple[CodePair, ...]:
    """Return which decided answer each answer is; nothing where it is not known or the two can't be compared."""
    mapping, decided = own_mapping(package, before, variable), decided_of(before, variable.code)
    if mapping is not None and mapping.codes:
        return mapping.codes
    if decided is None or variable.code_list != decided.code_list:
        return ()
    return tuple(CodePair(value, value) for value in before.list_of(decided).values)


def relation_between(values: Collection[str], targets: Collection[str], pairs: Sequence[CodePair]) -> Relation:
    """Return what the pairs say of two lists of answers; what leaves an answer out on either side can't be compared."""
    given, taken = [one.source for one in pairs], [one.target for one in pairs]
    if set(given) != set(values) or set(taken) != set(targets):
        return Relation.NOT_COMPARABLE
    if len(set(given)) == len(given):
        return Relation.EXACT if len(set(taken)) == len(taken) else Relation.COARSER
    return Relation.FINER if len(set(taken)) == len(taken) else Relation.NOT_COMPARABLE


def asks_the_same(before: Package, was: Variable, after: Package, now: Variable) -> bool:
    """Say whether a variable is asked of the same ones as before, also where the deciding answers have other codes.

    Where the deciding question can't be read as the decided one, nobody knows whether its answers choose the same ones.
    """
    if was.condition is None or now.condition is None:
        return was.condition == now.condition
    if was.condition.variable != now.condition.variable:
        return False
    about = decided_of(after, now.condition.variable)
    said = own_mapping(after, before, about) if about else None
    if said is not None and said.relation == Relation.NOT_COMPARABLE and not said.codes:
        return False
    pairs = pairs_to_decided(after, before, about) if about else ()
    if not pairs:
        return set(was.condition.values) == set(now.condition.values)
    inside = {one.source for one in pairs if one.target in was.condition.values}
    outside = {one.source for one in pairs if one.target not in was.condition.values}
    return set(now.condition.values) == inside and not inside & outside
