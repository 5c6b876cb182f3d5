"""What a version of a question package says, as frozen values.

The split follows the variable cascade of DDI and ISO 11179: concept, code list in a version, variable in a version,
wording by mode, package in a version. A code list or variable of a certain version says the same wherever it stands.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar


class Status(StrEnum):
    """How far a package version has come."""

    DRAFT = "draft"
    CONSULTATION = "consultation"
    DECIDED = "decided"
    IN_USE = "in_use"
    RETIRED = "retired"


class Level(StrEnum):
    """How large the step from the version before is."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


class Kind(StrEnum):
    """How a variable is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"


class Universe(StrEnum):
    """What a variable is about and counted by."""

    CONTACT = "contact"
    CASE = "case"
    PERSON = "person"
    MEASURE = "measure"
    ORGANISATION = "organisation"


class Mode(StrEnum):
    """How the answer comes about: asked in a talk, filled in by the person, or read from the case file."""

    INTERVIEW = "interview"
    SELF_REPORT = "self_report"
    CASE_REVIEW = "case_review"


class Nothing(StrEnum):
    """The five different reasons why a figure or an answer is not there; never the same as zero or each other."""

    NOT_ASKED = "not_asked"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    SUPPRESSED = "suppressed"
    NOT_DELIVERED = "not_delivered"


# What can be noted of one case. The other two are said of delivered figures only.
NOTED = (Nothing.NOT_ASKED, Nothing.UNKNOWN, Nothing.NOT_APPLICABLE)


class Relation(StrEnum):
    """What the target of a mapping is beside its source; only exact and coarser ones may be added up."""

    EXACT = "exact"
    COARSER = "coarser"
    FINER = "finer"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True)
class Text:
    """Words in Swedish and English, and where a client reads them in easy Swedish."""

    sv: str
    en: str
    easy: str = ""


@dataclass(frozen=True)
class Concept:
    """What is asked about; ``source`` says where the definition comes from. A code is never used again."""

    code: str
    label: Text
    definition: Text
    source: str = ""


@dataclass(frozen=True)
class Code:
    """An answer: a stable value, its label, and what belongs to it where the label isn't enough."""

    value: str
    label: Text
    definition: Text | None = None


@dataclass(frozen=True)
class CodeList:
    """One version of an ordered list of answers."""

    code: str
    version: int
    label: Text
    codes: tuple[Code, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """Return the code values in their order."""
        return tuple(code.value for code in self.codes)


@dataclass(frozen=True)
class ListReference:
    """Names a code list in a version."""

    code: str
    version: int


@dataclass(frozen=True)
class Wording:
    """How a variable is asked for in one mode."""

    mode: Mode
    text: Text
    help: Text | None = None


@dataclass(frozen=True)
class Condition:
    """A variable is asked for only where another one has one of these values."""

    variable: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Variable:
    """One version of a variable; ``rule`` says when it is registered and by whom.

    ``nothing`` holds which reasons for no answer may be noted. The wording in the first mode is the one that is asked.
    """

    code: str
    version: int
    concept: str
    label: Text
    universe: Universe
    kind: Kind
    code_list: ListReference
    rule: Text
    wordings: tuple[Wording, ...]
    nothing: tuple[Nothing, ...] = ()
    required: bool = False
    condition: Condition | None = None

    @property
    def wording(self) -> Wording:
        """Return the wording that is asked unless another mode is chosen."""
        return self.wordings[0]

    @property
    def is_multiple(self) -> bool:
        """Say whether several answers may be given."""
        return self.kind == Kind.MULTIPLE


@dataclass(frozen=True)
class Target:
    """The other end of a mapping: a version of our own variable (``system`` empty) or somebody else's variable."""

    variable: str
    version: int = 0
    system: str = ""


@dataclass(frozen=True)
class CodePair:
    """One code and what it becomes on the other side."""

    source: str
    target: str


@dataclass(frozen=True)
class Mapping:
    """How a variable version of this package stands beside an earlier one or beside somebody else's."""

    variable: str
    version: int
    target: Target
    relation: Relation
    codes: tuple[CodePair, ...] = ()
    note: Text | None = None
    is_verified: bool = False


@dataclass(frozen=True)
class Requirement:
    """One line of the requirement list (*kravlista*) for procurement; no variables means the package as a whole."""

    code: str
    is_must: bool
    text: Text
    verified_by: Text
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Package:
    """A version of a package; ``breakdowns`` are the variables that volume data is crossed with, in this order."""

    code: str
    version: str
    title: Text
    purpose: Text
    level: Level
    reason: Text
    concepts: tuple[Concept, ...]
    code_lists: tuple[CodeList, ...]
    variables: tuple[Variable, ...]
    breakdowns: tuple[str, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    status: Status = Status.DRAFT
    valid_from: str = ""
    valid_to: str = ""

    @property
    def url(self) -> str:
        """Return the name that stands for the package in every format; it is an identifier, not an address to open."""
        return f"urn:samsyn:package:{self.code}"

    def concept(self, code: str) -> Concept:
        """Return the concept with this code; raise KeyError if there is none."""
        return _one(self.concepts, code)

    def variable(self, code: str) -> Variable:
        """Return the variable with this code; raise KeyError if there is none."""
        return _one(self.variables, code)

    def list_of(self, variable: Variable) -> CodeList:
        """Return the code list that a variable is answered from; raise KeyError if there is none."""
        for one in self.code_lists:
            if (one.code, one.version) == (variable.code_list.code, variable.code_list.version):
                return one
        raise KeyError(f"{variable.code_list.code} {variable.code_list.version}")


Coded = TypeVar("Coded", Concept, Variable)


def _one(among: tuple[Coded, ...], code: str) -> Coded:
    for one in among:
        if one.code == code:
            return one
    raise KeyError(code)


def next_version(version: str, level: Level) -> str:
    """Return the version that follows by a step of this size: 1.2.3 gives 2.0.0, 1.3.0 or 1.2.4."""
    major, minor, patch = (int(part) for part in version.split("."))
    if level == Level.MAJOR:
        return f"{major + 1}.0.0"
    if level == Level.MINOR:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"
