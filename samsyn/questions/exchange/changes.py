"""What differs between two versions of a package, as sentences in both languages, and how large the step is at least."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from samsyn.questions.exchange.package import Code, CodeList, Level, Package, Text, Variable

LEVELS = (Level.PATCH, Level.MINOR, Level.MAJOR)


@dataclass(frozen=True)
class Change:
    """One difference; ``subject`` is the code of the variable, or of the part of the package."""

    subject: str
    level: Level
    text: Text


def changes(before: Package, after: Package) -> tuple[Change, ...]:
    """Return every difference from the version before, in the order of the new version."""
    return (
        *_of_variables(before, after),
        *_of_order(before, after),
        *_of_words(before, after),
        *_of_breakdowns(before, after),
        *_of_named("mappings", "Mappningarna", "The mappings", before, after),
        *_of_named("requirements", "Kraven", "The requirements", before, after),
    )


def lowest_level(before: Package, after: Package) -> Level:
    """Return the smallest level that the step may be called: the largest of its changes."""
    found = [LEVELS.index(change.level) for change in changes(before, after)]
    return LEVELS[max(found, default=0)]


def _of_variables(before: Package, after: Package) -> Iterator[Change]:
    old = {one.code: one for one in before.variables}
    new = {one.code: one for one in after.variables}
    for code in old:
        if code not in new:
            name = old[code].label
            yield Change(code, Level.MAJOR, _pair("«%s» är borttagen.", "“%s” is removed.", name))
    for code, one in new.items():
        if code not in old:
            yield Change(code, Level.MINOR, _pair("«%s» är ny.", "“%s” is new.", one.label))
        else:
            yield from _of_variable(before, old[code], after, one)


def _of_variable(before: Package, was: Variable, after: Package, now: Variable) -> Iterator[Change]:
    name = now.label
    for attribute, level, swedish, english in (
        ("concept", Level.MAJOR, "«%s» mäter ett annat begrepp.", "“%s” measures another concept."),
        ("universe", Level.MAJOR, "«%s» räknas på något annat.", "“%s” is counted by something else."),
        ("kind", Level.MAJOR, "«%s» besvaras på ett annat sätt.", "“%s” is answered in another way."),
        ("condition", Level.MAJOR, "«%s» frågas om andra än förut.", "“%s” is asked of others than before."),
        ("nothing", Level.MAJOR, "«%s»: skälen till att svar saknas är andra.", "“%s”: other reasons for no answer."),
        ("required", Level.MINOR, "«%s»: om svar krävs är ändrat.", "“%s”: whether it is required has changed."),
        ("label", Level.PATCH, "«%s» har ett nytt namn.", "“%s” has a new name."),
        ("rule", Level.PATCH, "«%s» registreras enligt en ny regel.", "“%s” is registered by a new rule."),
        ("wordings", Level.PATCH, "«%s» har en ny formulering.", "“%s” has a new wording."),
    ):
        if getattr(was, attribute) != getattr(now, attribute):
            yield Change(now.code, level, _pair(swedish, english, name))
    yield from _of_codes(now, before.list_of(was), after.list_of(now))
    concept, earlier = after.concept(now.concept), {one.code: one for one in before.concepts}.get(now.concept)
    if earlier is not None and earlier != concept:
        yield Change(
            now.code, Level.MAJOR, _pair("«%s» har en ny definition.", "“%s” has a new definition.", concept.label)
        )


def _of_codes(variable: Variable, before: CodeList, after: CodeList) -> Iterator[Change]:
    old = {one.value: one for one in before.codes}
    new = {one.value: one for one in after.codes}
    for value, one in old.items():
        if value not in new:
            yield _of_code(variable, one, Level.MAJOR, "«%s»: svaret «%s» är borttaget.", "“%s”: “%s” is removed.")
    for value, one in new.items():
        # What fell under another answer before is now told apart: the old answers mean less than they did.
        if value not in old:
            yield _of_code(variable, one, Level.MAJOR, "«%s»: svaret «%s» är nytt.", "“%s”: “%s” is new.")
        elif old[value] != one:
            yield _of_code(variable, one, Level.PATCH, "«%s»: svaret «%s» har nya ord.", "“%s”: “%s” has other words.")
    if [value for value in old if value in new] != [value for value in new if value in old]:
        yield Change(
            variable.code,
            Level.PATCH,
            _pair("«%s»: svaren står i en annan ordning.", "“%s”: the answers stand in another order.", variable.label),
        )


def _of_code(variable: Variable, code: Code, level: Level, swedish: str, english: str) -> Change:
    text = Text(swedish % (variable.label.sv, code.label.sv), english % (variable.label.en, code.label.en))
    return Change(variable.code, level, text)


def _of_order(before: Package, after: Package) -> Iterator[Change]:
    old, new = [one.code for one in before.variables], [one.code for one in after.variables]
    if [code for code in old if code in new] != [code for code in new if code in old]:
        yield Change(
            "variables", Level.PATCH, Text("Frågorna står i en annan ordning.", "The questions stand in another order.")
        )


def _of_words(before: Package, after: Package) -> Iterator[Change]:
    if (before.title, before.purpose) != (after.title, after.purpose):
        yield Change("package", Level.PATCH, Text("Titeln eller syftet är ändrat.", "Title or purpose has changed."))


def _of_breakdowns(before: Package, after: Package) -> Iterator[Change]:
    if set(before.breakdowns) - set(after.breakdowns):
        yield Change("breakdowns", Level.MAJOR, Text("En uppdelning är borttagen.", "A breakdown is removed."))
    elif before.breakdowns != after.breakdowns:
        yield Change("breakdowns", Level.MINOR, Text("Uppdelningarna är ändrade.", "The breakdowns have changed."))


def _of_named(part: str, swedish: str, english: str, before: Package, after: Package) -> Iterator[Change]:
    if set(getattr(before, part)) != set(getattr(after, part)):
        yield Change(part, Level.PATCH, Text(f"{swedish} är ändrade.", f"{english} have changed."))


def _pair(swedish: str, english: str, name: Text) -> Text:
    return Text(swedish % name.sv, english % name.en)


def change_log(versions: tuple[Package, ...]) -> list[dict[str, Any]]:
    """Return what changed from version to version, the newest first, as plain values."""
    log = []
    for number, one in enumerate(versions):
        found = changes(versions[number - 1], one) if number else ()
        log.append(
            {
                "version": one.version,
                "level": str(one.level),
                "valid_from": one.valid_from,
                "reason": {field.name: getattr(one.reason, field.name) for field in fields(Text)[:2]},
                "changes": [
                    {"subject": c.subject, "level": str(c.level), "sv": c.text.sv, "en": c.text.en} for c in found
                ],
            }
        )
    return log[::-1]
