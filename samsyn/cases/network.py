"""The network of relatives as roles without identities, and where each stands in its picture. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Roles, never names. Several of one role are told apart by a number: brother 1, brother 2.
RELATIONS = (
    "mother",
    "father",
    "brother",
    "sister",
    "grandparent",
    "uncle_aunt",
    "cousin",
    "spouse",
    "former_spouse",
    "fiance",
    "partner",
    "in_law",
    "own_child",
    "friend",
    "school_or_work",
    "community",
    "other",
)
MARKS = ("threat", "protects", "knows", "abroad")
MOST = 24
SIZE = 480
_RADIUS = 180


class NotANetwork(ValueError):
    """What was sent is no network."""


@dataclass(frozen=True)
class Relative:
    """One person of the network: a role, a number among those of the same role, and what matters about them."""

    relation: str
    number: int
    marks: frozenset[str]


@dataclass(frozen=True)
class Place:
    """Where a relative stands in the picture."""

    relative: Relative
    x: int
    y: int


def build(rows: Sequence[tuple[str, frozenset[str]]]) -> tuple[Relative, ...]:
    """Return the relatives of rows of relation and marks, numbered; raise NotANetwork for what isn't one."""
    if len(rows) > MOST:
        raise NotANetwork
    counted: dict[str, int] = {}
    found = []
    for relation, marks in rows:
        if relation not in RELATIONS or not marks <= set(MARKS):
            raise NotANetwork
        counted[relation] = counted.get(relation, 0) + 1
        found.append(Relative(relation, counted[relation], marks))
    return tuple(found)


def as_data(relatives: Sequence[Relative]) -> list[dict[str, object]]:
    """Return what is encrypted."""
    return [{"relation": one.relation, "marks": sorted(one.marks)} for one in relatives]


def from_data(data: Sequence[Mapping[str, object]]) -> tuple[Relative, ...]:
    """Return what was encrypted."""
    rows = []
    for row in data:
        marks = row["marks"]
        if not isinstance(marks, list):
            raise NotANetwork
        rows.append((str(row["relation"]), frozenset(str(mark) for mark in marks)))
    return build(rows)


def several(relatives: Sequence[Relative], relation: str) -> bool:
    """Say whether there is more than one of this role, so that each needs its number."""
    return sum(one.relation == relation for one in relatives) > 1


def places(relatives: Sequence[Relative]) -> tuple[Place, ...]:
    """Return the relatives on a circle around the person, those who are a threat beside each other from the top."""
    order = sorted(
        relatives, key=lambda one: ("threat" not in one.marks, "protects" in one.marks, RELATIONS.index(one.relation))
    )
    middle = SIZE // 2
    found = []
    for at, one in enumerate(order):
        angle = 2 * math.pi * at / max(len(order), 1) - math.pi / 2
        # Neighbours step in and out where there are many, so that their words don't run into each other.
        radius = _RADIUS - (60 if len(order) > 10 and at % 2 else 0)
        found.append(Place(one, round(middle + radius * math.cos(angle)), round(middle + radius * math.sin(angle))))
    return tuple(found)
