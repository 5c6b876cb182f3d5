"""What makes a package whole: every fault is found and said, with its place, in both languages."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, fields, is_dataclass
from types import MappingProxyType
from typing import Any

from samsyn.questions.exchange import lineage, series
from samsyn.questions.exchange.package import (
    NOTED,
    Kind,
    Mapping,
    Mode,
    Nothing,
    Package,
    Relation,
    Text,
    Universe,
    Variable,
)
from samsyn.questions.exchange.plain import fingerprint_of


@dataclass(frozen=True)
class Fault:
    """Something that must be put right before the version can be decided."""

    where: str
    text: Text


Faults = tuple[Fault, ...]
Marks = MappingABC[tuple[str, str, int], str]


def faults(package: Package, *, earlier: Sequence[Package] = (), elsewhere: Marks = MappingProxyType({})) -> Faults:
    """Return everything that is wrong with a version, alone, beside the decided ones before it and beside the bank.

    ``elsewhere`` holds the checksum of every part that another package has decided.
    """
    return (
        *_empty(package),
        *_repeated(package),
        *_wordless(package, "package"),
        *_of_lists(package),
        *_of_variables(package),
        *_of_breakdowns(package),
        *_of_mappings(package, earlier),
        *_asked_of_others(package, earlier),
        *_of_requirements(package),
        *_said_otherwise(package, earlier),
        *_said_otherwise_elsewhere(package, elsewhere),
        *_used_again(package, earlier),
    )


def _fault(where: str, swedish: str, english: str) -> Fault:
    return Fault(where, Text(swedish, english))


def _twice(values: Iterable[Any]) -> list[Any]:
    return [value for value, times in Counter(values).items() if times > 1]


def _empty(package: Package) -> Iterator[Fault]:
    if not package.variables:
        yield _fault("variables", "Paketet har inga frågor.", "The package has no questions.")


def _repeated(package: Package) -> Iterator[Fault]:
    for what, values in (
        ("concepts", [one.code for one in package.concepts]),
        ("code_lists", [f"{one.code} {one.version}" for one in package.code_lists]),
        ("variables", [one.code for one in package.variables]),
        ("requirements", [one.code for one in package.requirements]),
    ):
        for value in _twice(values):
            yield _fault(f"{what}.{value}", "Koden finns två gånger.", "The code is there twice.")


def _wordless(value: Any, where: str) -> Iterator[Fault]:
    """Find every text without Swedish or English."""
    if isinstance(value, Text):
        if not value.sv.strip() or not value.en.strip():
            yield _fault(where, "Texten måste finnas på svenska och engelska.", "The text needs Swedish and English.")
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _wordless(one, f"{where}.{getattr(one, 'code', getattr(one, 'value', number))}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _wordless(getattr(value, field.name), f"{where}.{field.name}")


def _of_lists(package: Package) -> Iterator[Fault]:
    for one in package.code_lists:
        where = f"code_lists.{one.code}"
        if not one.codes:
            yield _fault(where, "Kodlistan har inga koder.", "The code list has no codes.")
        for value in _twice(one.values):
            yield _fault(f"{where}.{value}", "Koden finns två gånger.", "The code is there twice.")
        for value in set(one.values) & set(Nothing):
            yield _fault(
                f"{where}.{value}",
                "Koden är en av de fem orsakerna till att svar saknas och kan inte vara ett svar.",
                "The code is one of the five reasons for no answer and cannot be an answer.",
            )


def _of_variables(package: Package) -> Iterator[Fault]:
    concepts = {one.code for one in package.concepts}
    seen: dict[str, Variable] = {}
    for one in package.variables:
        where = f"variables.{one.code}"
        if one.concept not in concepts:
            yield _fault(where, "Begreppet finns inte i paketet.", "The concept is not in the package.")
        if not one.wordings:
            yield _fault(where, "Frågan saknar formulering.", "The question has no wording.")
        for mode in _twice(wording.mode for wording in one.wordings):
            yield _fault(f"{where}.{mode}", "Två formuleringar för samma sätt.", "Two wordings for the same mode.")
        if not set(one.nothing) <= set(NOTED):
            yield _fault(
                where,
                "Undertryckt och ej levererat sägs bara om levererade siffror.",
                "Suppressed and not delivered are said of delivered figures only.",
            )
        yield from _of_answers(package, one)
        yield from _of_condition(package, one, seen)
        seen[one.code] = one
    used = {(one.code_list.code, one.code_list.version) for one in package.variables}
    for unused in (one for one in package.code_lists if (one.code, one.version) not in used):
        yield _fault(f"code_lists.{unused.code}", "Kodlistan används inte.", "The code list is not used.")


def _of_answers(package: Package, variable: Variable) -> Iterator[Fault]:
    where = f"variables.{variable.code}"
    try:
        code_list = package.list_of(variable)
    except KeyError:
        yield _fault(where, "Kodlistan finns inte i paketet.", "The code list is not in the package.")
        return
    # Whoever answers for an organisation reads it at work.
    is_of_a_person = variable.universe != Universe.ORGANISATION
    asks_the_person = [one for one in variable.wordings if is_of_a_person and one.mode == Mode.SELF_REPORT]
    labels = [code.label for code in code_list.codes]
    if asks_the_person and not all(text.easy for text in [wording.text for wording in asks_the_person] + labels):
        yield _fault(
            where,
            "Det som personen själv läser behöver lätt svenska, både frågan och svaren.",
            "What the person reads needs easy Swedish, the question and the answers.",
        )


def _of_condition(package: Package, variable: Variable, seen: dict[str, Variable]) -> Iterator[Fault]:
    condition = variable.condition
    if condition is None:
        return
    where = f"variables.{variable.code}.condition"
    about = seen.get(condition.variable)
    if about is None:
        yield _fault(
            where,
            "Frågan hänger på en fråga som inte finns före den.",
            "The question depends on one that is not before it.",
        )
        return
    try:
        values = set(package.list_of(about).values)
    except KeyError:
        return  # said of the deciding question already
    if not condition.values or not set(condition.values) <= values:
        yield _fault(where, "Frågan hänger på ett svar som inte finns.", "The question depends on an unknown answer.")


def _of_breakdowns(package: Package) -> Iterator[Fault]:
    variables = {one.code: one for one in package.variables}
    for code in package.breakdowns:
        if code not in variables or variables[code].kind != Kind.SINGLE:
            yield _fault(
                f"breakdowns.{code}",
                "Uppdelning kan bara ske efter en variabel i paketet med ett svar.",
                "Figures can only be broken down by a variable of the package with one answer.",
            )


def _of_mappings(package: Package, earlier: Sequence[Package]) -> Iterator[Fault]:
    own = {(one.code, one.version): one for one in package.variables}
    known = {(v.code, v.version): p.list_of(v).values for p in earlier for v in p.variables}
    for double in _twice((one.variable, one.version, one.target) for one in package.mappings):
        yield _fault(f"mappings.{double[0]}", "Samma mappning finns två gånger.", "The mapping is there twice.")
    for one in package.mappings:
        where = f"mappings.{one.variable}.{one.target.system or one.target.version}"
        variable = own.get((one.variable, one.version))
        if variable is None:
            yield _fault(
                where, "Variabelversionen finns inte i paketet.", "The variable version is not in the package."
            )
            continue
        target = (one.target.variable, one.target.version)
        if not one.target.system and earlier and target not in known:
            yield _fault(where, "Den tidigare variabeln finns inte.", "The earlier variable does not exist.")
            continue
        targets = None if one.target.system else known.get(target)
        try:
            sources = package.list_of(variable).values
        except KeyError:
            continue  # said of the variable already
        if not one.target.system and one.relation == Relation.NOT_COMPARABLE and (one.codes or one.note is None):
            yield _fault(
                where,
                "Det är inte sagt vad svaren var förut, eller varför de inte kan jämföras.",
                "It is not said what the answers were before, or why they can't be compared.",
            )
        elif not _is_what_it_says(one, sources, targets):
            yield _fault(
                where,
                "Kodparen stämmer inte med relationen: exakt är en mot en, grövre flera mot en, finare en mot flera.",
                "The code pairs do not fit the relation: exact is one to one, coarser many to one, finer one to many.",
            )
    for path in series.conflicts([*earlier, package]):
        yield _fault(f"mappings.{path}", "Två vägar ger olika resultat.", "Two ways give different results.")


def _asked_of_others(package: Package, earlier: Sequence[Package]) -> Iterator[Fault]:
    """Find what is asked of others than in the version before, and could still be read as the same."""
    if not earlier:
        return
    before = earlier[-1]
    for one in package.variables:
        decided = lineage.decided_of(before, one.code)
        if decided is None or lineage.asks_the_same(before, decided, package, one):
            continue
        said = lineage.own_mapping(package, before, one)
        if one.version == decided.version or (said is not None and said.relation != Relation.NOT_COMPARABLE):
            yield _fault(
                f"variables.{one.code}.condition",
                "Frågan ställs om andra än förut, så serien måste brytas: den behöver en ny version som inte jämförs.",
                "The question is asked of others than before, so the series must break: "
                "it needs a new version that is not compared.",
            )


def _is_what_it_says(mapping: Mapping, sources: Sequence[str], targets: Sequence[str] | None) -> bool:
    """Say whether the pairs are a function where that is claimed, use known codes and leave none of them out."""
    given = [pair.source for pair in mapping.codes]
    taken = [pair.target for pair in mapping.codes]
    if mapping.relation == Relation.NOT_COMPARABLE:
        return not given
    if set(given) != set(sources) or (targets is not None and not set(taken) <= set(targets)):
        return False
    if mapping.relation == Relation.FINER:
        return not _twice(taken)
    if mapping.relation == Relation.EXACT:
        covers = targets is None or set(taken) == set(targets)
        return covers and not _twice(given) and not _twice(taken)
    return not _twice(given)


def _of_requirements(package: Package) -> Iterator[Fault]:
    variables = {one.code for one in package.variables}
    for one in package.requirements:
        if not set(one.variables) <= variables:
            yield _fault(
                f"requirements.{one.code}",
                "Kravet nämner en variabel som inte finns.",
                "The requirement names a variable that does not exist.",
            )


def _said_otherwise(package: Package, earlier: Sequence[Package]) -> Iterator[Fault]:
    """Find what has the name and version of something decided, but says something else."""
    decided = {key: mark for before in earlier for key, mark in parts(before).items()}
    for key, mark in parts(package).items():
        if decided.get(key, mark) != mark:
            yield _fault(
                ".".join(str(one) for one in key if one != 0),
                "Det här är beslutat med annat innehåll. Ge det en ny version.",
                "This has been decided with another content. Give it a new version.",
            )


def _said_otherwise_elsewhere(package: Package, elsewhere: Marks) -> Iterator[Fault]:
    """Find what another package has decided under the same name with another content."""
    for key, mark in parts(package).items():
        if elsewhere.get(key, mark) != mark:
            yield _fault(
                ".".join(str(one) for one in key if one != 0),
                "Ett annat paket har beslutat det här med annat innehåll. Ta bort frågan och hämta den på nytt, "
                "eller gör en egen fråga.",
                "Another package has decided this with another content. Remove the question and take it in again, "
                "or make one of its own.",
            )


def _used_again(package: Package, earlier: Sequence[Package]) -> Iterator[Fault]:
    """Find codes of answers that once meant something else and had gone: whoever reads old figures would be misled."""
    for variable in package.variables:
        lists = [one.list_of(old) for one in earlier for old in one.variables if old.code == variable.code]
        gone = {
            code.value: code.label for one in lists[:-1] for code in one.codes if code.value not in lists[-1].values
        }
        try:
            codes = package.list_of(variable).codes
        except KeyError:
            continue  # said of the variable already
        for code in codes:
            if gone.get(code.value, code.label) != code.label:
                yield _fault(
                    f"variables.{variable.code}.{code.value}",
                    f"Koden för «{code.label.sv}» har betytt något annat. Skriv svaret annorlunda på engelska, "
                    "så får det en egen.",
                    f"The code of “{code.label.en}” has meant something else. Write the answer otherwise in English, "
                    "and it gets its own.",
                )


def parts(package: Package) -> dict[tuple[str, str, int], str]:
    """Return the checksum of every concept, code list and variable, by kind, code and version (0 for concepts)."""
    return {
        **{("concepts", one.code, 0): fingerprint_of(one) for one in package.concepts},
        **{("code_lists", one.code, one.version): fingerprint_of(one) for one in package.code_lists},
        **{("variables", one.code, one.version): fingerprint_of(one) for one in package.variables},
    }
