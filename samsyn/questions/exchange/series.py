"""Figures over several versions: they continue where the mappings allow it, and visibly break where they don't.

A mapping may be followed where each code of one side has one code on the other (exact both ways, coarser towards its
target, finer from its target). For a variable with several answers codes are never merged: a case that gave both would
be counted twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass

from samsyn.questions.exchange.package import Nothing, Package, Relation

Node = tuple[str, int]  # a variable's code and version
Codes = MappingABC[str, str]
Counts = MappingABC[str, int]


class Ambiguous(ValueError):
    """Two ways through the mappings give different results: no version like that may be decided."""


@dataclass(frozen=True)
class Figures:
    """The counts of a period, by code, as they were delivered in one version of a variable."""

    period: str
    node: Node
    counts: Counts


@dataclass(frozen=True)
class Stretch:
    """Periods that can be read as one series, in one version of the variable; between stretches the series breaks."""

    node: Node
    figures: tuple[Figures, ...]


def reading(packages: Sequence[Package], *, source: Node, target: Node) -> Codes | None:
    """Return what each code of one variable version becomes in another, or None where figures may not be carried over.

    Raise Ambiguous where two ways through the mappings differ, KeyError where no package has the source.
    """
    steps = _steps(packages)
    found: Codes | None = None
    for codes in _ways(steps, source, target, _own_codes(packages, source)):
        if found is not None and codes != found:
            raise Ambiguous(f"{source[0]} {source[1]} → {target[0]} {target[1]}")
        found = codes
    if found is None or (_merges(found) and _has_several_answers(packages, source)):
        return None
    return found


def translate(counts: Counts, codes: Codes) -> dict[str, int]:
    """Return the counts in the other version's codes; the total stays, and reasons for no answer stay what they are."""
    result: dict[str, int] = {}
    for value, count in counts.items():
        becomes = value if value in list(Nothing) else codes[value]
        result[becomes] = result.get(becomes, 0) + count
    return result


def joined(packages: Sequence[Package], figures: Iterable[Figures], *, target: Node) -> tuple[Stretch, ...]:
    """Return the figures in their order as stretches: what can be read as ``target`` is, the rest stays as it was."""
    stretches: list[Stretch] = []
    for one in figures:
        codes = reading(packages, source=one.node, target=target)
        read = one if codes is None else Figures(one.period, target, translate(one.counts, codes))
        if stretches and stretches[-1].node == read.node:
            stretches[-1] = Stretch(read.node, (*stretches[-1].figures, read))
        else:
            stretches.append(Stretch(read.node, (read,)))
    return tuple(stretches)


def conflicts(packages: Sequence[Package]) -> Iterator[str]:
    """Return every pair of variable versions between which two ways give different results."""
    steps = _steps(packages)
    known = {(one.code, one.version) for package in packages for one in package.variables}
    nodes = {node for pair in steps for node in pair} & known
    for source in sorted(nodes):
        for target in sorted(nodes - {source}):
            ways = list(_ways(steps, source, target, _own_codes(packages, source)))
            if any(way != ways[0] for way in ways):
                yield f"{source[0]} {source[1]} → {target[0]} {target[1]}"


def _steps(packages: Sequence[Package]) -> dict[tuple[Node, Node], Codes]:
    """Return every single step along which figures may be added up."""
    steps: dict[tuple[Node, Node], Codes] = {}
    for package in packages:
        for one in package.mappings:
            if one.target.system:
                continue
            source, target = (one.variable, one.version), (one.target.variable, one.target.version)
            if one.relation in (Relation.EXACT, Relation.COARSER):
                steps[source, target] = {pair.source: pair.target for pair in one.codes}
            if one.relation in (Relation.EXACT, Relation.FINER):
                steps[target, source] = {pair.target: pair.source for pair in one.codes}
    return steps


def _ways(
    steps: MappingABC[tuple[Node, Node], Codes],
    source: Node,
    target: Node,
    codes: Codes,
    seen: frozenset[Node] = frozenset(),
) -> Iterator[Codes]:
    """Return the result of every way that passes no version twice."""
    if source == target:
        yield codes
        return
    for (start, end), step in steps.items():
        if start == source and end not in seen and all(value in step for value in codes.values()):
            onward = {value: step[becomes] for value, becomes in codes.items()}
            yield from _ways(steps, end, target, onward, seen | {source})


def _own_codes(packages: Sequence[Package], node: Node) -> Codes:
    for package in packages:
        for one in package.variables:
            if (one.code, one.version) == node:
                return {value: value for value in package.list_of(one).values}
    raise KeyError(f"{node[0]} {node[1]}")


def _merges(codes: Codes) -> bool:
    return len(set(codes.values())) < len(codes)


def _has_several_answers(packages: Sequence[Package], node: Node) -> bool:
    return any(one.is_multiple for p in packages for one in p.variables if (one.code, one.version) == node)
