"""What an editor adds to a draft: a new question with its concept and answers, and how a question stands beside another's."""

import re
from collections.abc import Collection, Sequence
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, replace

from samsyn.questions.exchange.editing import MOST_ANSWERS, NotPossible, free_code, nothing_before, numbered
from samsyn.questions.exchange.lineage import relation_between
from samsyn.questions.exchange.package import (
    NOTED,
    Code,
    CodeList,
    CodePair,
    Concept,
    Condition,
    Kind,
    Level,
    ListReference,
    Mapping,
    Mode,
    Package,
    Relation,
    Requirement,
    Target,
    Text,
    Universe,
    Variable,
    Wording,
)

# Requirements have numbers of two digits.
LAST_REQUIREMENT = 99
# Systems that our own packages name; somebody else's question belongs to one that is named like these.
_SYSTEM = re.compile(r"[^\n]{1,60}\Z")


@dataclass(frozen=True)
class NewQuestion:
    """A question to add; either a list of the draft is used, or a new one is made of the answers."""

    label: Text
    definition: Text
    universe: Universe
    kind: Kind
    rule: Text
    mode: Mode
    text: Text
    help: Text | None = None
    code_list: ListReference | None = None
    answers: tuple[Text, ...] = ()
    is_required: bool = False
    condition: Condition | None = None
    source: str = ""


def begin(*, code: str, title: Text, purpose: Text) -> Package:
    """Return the first draft of a package: no questions yet, and nothing before it."""
    level, nothing = Level.MAJOR, Text("", "")
    made = Package(code, "", title, purpose, level, nothing, concepts=(), code_lists=(), variables=())
    return numbered(made, nothing_before(made))


def add(package: Package, before: Package, *, new: NewQuestion, taken: Collection[str] = ()) -> Package:
    """Return the draft with the question at its end; its code comes from its English name and is never used again.

    ``taken`` are codes that other packages have decided: in the bank they mean something else.
    """
    own = {
        each.code
        for one in (package, before)
        for part in (one.concepts, one.variables, one.code_lists)
        for each in part
    }
    code = free_code(new.label, own | set(taken))
    lists = package.code_lists
    if new.code_list is None:
        if not 2 <= len(new.answers) <= MOST_ANSWERS:
            raise NotPossible(f"En lista har 2 till {MOST_ANSWERS} svar.", f"A list has 2 to {MOST_ANSWERS} answers.")
        made = CodeList(code, 1, Text(new.label.sv, new.label.en), _codes(new.answers))
        lists, reference = (*lists, made), ListReference(made.code, made.version)
    else:
        reference = new.code_list
    variable = Variable(
        code=code,
        version=1,
        concept=code,
        label=new.label,
        universe=new.universe,
        kind=new.kind,
        code_list=reference,
        rule=new.rule,
        wordings=(Wording(new.mode, new.text, new.help),),
        nothing=NOTED,
        required=new.is_required,
        condition=new.condition,
    )
    concept = Concept(code, Text(new.label.sv, new.label.en), new.definition, new.source)
    return numbered(
        replace(
            package,
            concepts=(*package.concepts, concept),
            code_lists=lists,
            variables=(*package.variables, variable),
        ),
        before,
    )


def _codes(answers: Sequence[Text]) -> tuple[Code, ...]:
    taken = {str(one) for one in NOTED}
    found = []
    for label in answers:
        found.append(Code(free_code(label, taken), label))
        taken.add(found[-1].value)
    return tuple(found)


def remove(package: Package, before: Package, *, variable: str) -> Package:
    """Return the draft without a question, and without what only it used; decided versions keep theirs for ever."""
    gone = package.variable(variable)
    if any(one.condition and one.condition.variable == variable for one in package.variables):
        raise NotPossible("Andra frågor ställs bara efter den här.", "Other questions are asked after this one only.")
    if variable in package.breakdowns:
        raise NotPossible("Siffrorna delas upp efter den här frågan.", "Figures are broken down by this question.")
    alone = [one.code for one in package.requirements if one.variables == (variable,)]
    if alone:
        names = ", ".join(alone)
        raise NotPossible(
            f"Krav gäller bara den här frågan: {names}. Ändra eller ta bort dem först.",
            f"Requirements are about this question only: {names}. Change or remove them first.",
        )
    left = tuple(one for one in package.variables if one.code != variable)
    concepts = {one.concept for one in left}
    lists = {(one.code_list.code, one.code_list.version) for one in left}
    return numbered(
        replace(
            package,
            variables=left,
            concepts=tuple(one for one in package.concepts if one.code in concepts or one.code != gone.concept),
            code_lists=tuple(one for one in package.code_lists if (one.code, one.version) in lists),
            mappings=tuple(one for one in package.mappings if one.variable != variable),
            requirements=tuple(
                replace(one, variables=tuple(code for code in one.variables if code != variable))
                for one in package.requirements
            ),
        ),
        before,
    )


def take_back(package: Package, before: Package, *, variable: str) -> Package:
    """Return the draft with a question as it was decided, which had been removed from it; it stands last."""
    made = _with_decided(package, before, variable)
    own = (one for one in before.mappings if one.variable == variable and not one.target.system)
    return numbered(replace(made, mappings=(*made.mappings, *own)), before)


def borrow(package: Package, before: Package, *, chosen: Sequence[tuple[Package, str]]) -> Package:
    """Return the draft with questions as other packages have decided them, so that the same is asked in both.

    How they stand beside their own earlier versions is the other package's; beside somebody else's questions they
    stand here as there.
    """
    for source, variable in chosen:
        package = _with_decided(package, source, variable)
    return numbered(package, before)


def _with_decided(package: Package, source: Package, variable: str) -> Package:
    """Return the draft with a question of a decided package last, its concept, answers and comparisons with others'."""
    again = source.variable(variable)
    if any(one.code == variable for one in package.variables):
        raise NotPossible("Frågan finns redan i utkastet.", "The question is in the draft already.")
    if again.condition and not any(one.code == again.condition.variable for one in package.variables):
        raise NotPossible("Ta först med frågan som avgör.", "Take the question that decides first.")
    concept, listed = source.concept(again.concept), source.list_of(again)
    external = (one for one in source.mappings if one.variable == variable and one.target.system)
    return replace(
        package,
        variables=(*package.variables, again),
        concepts=(*package.concepts, *((concept,) if concept not in package.concepts else ())),
        code_lists=(*package.code_lists, *((listed,) if listed not in package.code_lists else ())),
        mappings=(*package.mappings, *external),
    )


def require(package: Package, before: Package, *, requirement: Requirement) -> Package:
    """Return the draft with a line of the requirement list: in the place of the one with its number, or at the end."""
    unknown = set(requirement.variables) - {one.code for one in package.variables}
    if unknown:
        raise NotPossible(
            "Kravet nämner en fråga som inte finns.", "The requirement names a question that is not there."
        )
    codes = [one.code for one in package.requirements]
    if requirement.code in codes:
        listed = tuple(requirement if one.code == requirement.code else one for one in package.requirements)
    else:
        listed = (*package.requirements, requirement)
    return numbered(replace(package, requirements=listed), before)


def drop_requirement(package: Package, before: Package, *, code: str) -> Package:
    """Return the draft without a line of the requirement list; raise KeyError if there is none."""
    left = tuple(one for one in package.requirements if one.code != code)
    if len(left) == len(package.requirements):
        raise KeyError(code)
    return numbered(replace(package, requirements=left), before)


def next_requirement(packages: Sequence[Package]) -> str:
    """Return the number that follows every one that these versions have had: a number is never used again."""
    used = [one.code.rpartition("-") for package in packages for one in package.requirements]
    prefix = used[-1][0] if used else "SAM"
    number = max((int(number) for _prefix, _dash, number in used), default=0) + 1
    if number > LAST_REQUIREMENT:
        raise NotPossible("Kravlistan är full.", "The requirement list is full.")
    return f"{prefix}-{number:02}"


def compare(
    package: Package,
    before: Package,
    *,
    variable: str,
    target: Target,
    answers: MappingABC[str, Sequence[str]],
    note: Text | None,
    is_verified: bool,
) -> Package:
    """Return the draft with how a question stands beside somebody else's; what stood there before is replaced.

    ``answers`` says for each of our answers which of theirs mean the same; none at all means that the two can't be
    compared, and then a note has to say why.
    """
    if not _SYSTEM.match(target.system):
        raise NotPossible("Skriv vems frågan är.", "Write whose question it is.")
    own = package.variable(variable)
    pairs = tuple(CodePair(value, one) for value in package.list_of(own).values for one in answers.get(value, ()))
    relation = relation_of(package.list_of(own).values, pairs)
    if relation == Relation.NOT_COMPARABLE and note is None:
        raise NotPossible("Skriv varför de inte kan jämföras.", "Write why they can't be compared.")
    made = Mapping(own.code, own.version, target, relation, pairs, note, is_verified)
    return numbered(replace(package, mappings=(*_without(package, variable, target), made)), before)


def forget(package: Package, before: Package, *, variable: str, target: Target) -> Package:
    """Return the draft without how a question stands beside somebody else's."""
    return numbered(replace(package, mappings=_without(package, variable, target)), before)


def _without(package: Package, variable: str, target: Target) -> tuple[Mapping, ...]:
    key = (variable, target.system, target.variable)
    return tuple(
        one
        for one in package.mappings
        if not one.target.system or (one.variable, one.target.system, one.target.variable) != key
    )


def relation_of(values: Sequence[str], pairs: Sequence[CodePair]) -> Relation:
    """Return what the pairs say of two questions; raise NotPossible for what is neither exact, coarser nor finer."""
    if not pairs:
        return Relation.NOT_COMPARABLE
    if {one.source for one in pairs} != set(values):
        raise NotPossible(
            "Varje svar behöver minst ett svar på andra sidan. Annars kan frågorna inte jämföras: lämna alla tomma.",
            "Every answer needs one on the other side. Otherwise they can't be compared: leave all of them empty.",
        )
    # Which answers somebody else has besides is not ours to say.
    relation = relation_between(values, {one.target for one in pairs}, pairs)
    if relation == Relation.NOT_COMPARABLE:
        raise NotPossible(
            "Svaren går om varandra: samma svar hos dem hör till flera av våra och tvärtom. Lämna alla tomma och skriv varför.",
            "The answers cross: one of theirs belongs to several of ours and the other way round. Leave them empty and say why.",
        )
    return relation
