"""What differs between two versions of a package, as sentences in both languages, and how large the step is at least."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from samsyn.questions.exchange import lineage
from samsyn.questions.exchange.carried import lost
from samsyn.questions.exchange.package import (
    Code,
    CodeList,
    Condition,
    Kind,
    Level,
    Mode,
    Nothing,
    Package,
    Requirement,
    Text,
    Universe,
    Variable,
    Wording,
)
from samsyn.questions.exchange.words import KIND, LANGUAGE, MODE, NOTHING, OBLIGATION, RELATION, UNIVERSE, YES_NO

LEVELS = (Level.PATCH, Level.MINOR, Level.MAJOR)
EMPTY = Text("", "")


@dataclass(frozen=True)
class Change:
    """One difference; ``subject`` is the code of the variable, or of the part of the package.

    ``was`` and ``now`` are the words on each side: nothing where it wasn't there, or isn't any more.
    """

    subject: str
    level: Level
    text: Text
    was: Text = EMPTY
    now: Text = EMPTY


def changes(before: Package, after: Package) -> tuple[Change, ...]:
    """Return every difference from the version before, in the order of the new version."""
    return (
        *_of_variables(before, after),
        *_of_order(before, after),
        *_of_words(before, after),
        *_of_breakdowns(before, after),
        *_of_mappings(before, after),
        *_of_requirements(before, after),
    )


def lowest_level(before: Package, after: Package) -> Level:
    """Return the smallest level that the step may be called: the largest of its changes."""
    found = [LEVELS.index(change.level) for change in changes(before, after)]
    return LEVELS[max(found, default=0)]


def _of_variables(before: Package, after: Package) -> Iterator[Change]:
    old = {one.code: one for one in before.variables}
    new = {one.code: one for one in after.variables}
    for code, one in old.items():
        if code not in new:
            said = _pair("«%s» är borttagen.", "“%s” is removed.", one.label)
            yield Change(code, Level.MAJOR, said, was=one.wording.text if one.wordings else EMPTY)
    for code, one in new.items():
        if code not in old:
            said = _pair("«%s» är ny.", "“%s” is new.", one.label)
            yield Change(code, Level.MINOR, said, now=one.wording.text if one.wordings else EMPTY)
        else:
            yield from _of_variable(before, old[code], after, one)


def _of_variable(before: Package, was: Variable, after: Package, now: Variable) -> Iterator[Change]:
    for attribute, level, swedish, english in (
        ("concept", Level.MAJOR, "«%s» mäter ett annat begrepp.", "“%s” measures another concept."),
        ("universe", Level.MAJOR, "«%s» räknas på något annat.", "“%s” is counted by something else."),
        ("kind", Level.MAJOR, "«%s» besvaras på ett annat sätt.", "“%s” is answered in another way."),
        ("nothing", Level.MAJOR, "«%s»: skälen till att svar saknas är andra.", "“%s”: other reasons for no answer."),
        ("required", Level.MINOR, "«%s»: om svar krävs är ändrat.", "“%s”: whether it is required has changed."),
        ("label", Level.PATCH, "«%s» har ett nytt namn.", "“%s” has a new name."),
        ("rule", Level.PATCH, "«%s» registreras enligt en ny regel.", "“%s” is registered by a new rule."),
    ):
        old, new = getattr(was, attribute), getattr(now, attribute)
        if old != new:
            yield Change(now.code, level, _pair(swedish, english, now.label), _in_words(old), _in_words(new))
    yield from _of_condition(before, was, after, now)
    yield from _of_wordings(was, now)
    yield from _of_codes(now, before.list_of(was), after.list_of(now))
    concept, earlier = after.concept(now.concept), {one.code: one for one in before.concepts}.get(now.concept)
    if earlier is not None and earlier != concept:
        said = _pair("«%s» har en ny definition.", "“%s” has a new definition.", concept.label)
        yield Change(now.code, Level.MAJOR, said, earlier.definition, concept.definition)


def _in_words(value: Any) -> Text:
    """Return a property of a variable as a reader knows it."""
    if isinstance(value, Text):
        return value
    if isinstance(value, tuple):
        return _joined([NOTHING[one] for one in value if isinstance(one, Nothing)])
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, Universe):
        return UNIVERSE[value]
    return KIND[value] if isinstance(value, Kind) else Text(str(value), str(value))


def _joined(texts: Sequence[Text]) -> Text:
    return Text(", ".join(one.sv for one in texts), ", ".join(one.en for one in texts))


def _of_condition(before: Package, was: Variable, after: Package, now: Variable) -> Iterator[Change]:
    sides = condition(before, was.condition), condition(after, now.condition)
    if not lineage.asks_the_same(before, was, after, now):
        said = _pair("«%s» frågas om andra än förut.", "“%s” is asked of others than before.", now.label)
        yield Change(now.code, Level.MAJOR, said, *sides)
    elif was.condition != now.condition:
        said = _pair(
            "«%s» frågas om samma som förut, men svaren som avgör heter annat.",
            "“%s” is asked of the same ones, but the answers that decide have other names.",
            now.label,
        )
        yield Change(now.code, Level.PATCH, said, *sides)


def condition(package: Package, said: Condition | None) -> Text:
    """Return when something is asked, in words."""
    if said is None:
        return Text("Frågas alltid.", "Always asked.")
    about = lineage.decided_of(package, said.variable)
    if about is None:
        return Text(said.variable, said.variable)
    labels = {one.value: one.label for one in package.list_of(about).codes}
    answers = [labels.get(value, Text(value, value)) for value in said.values]
    return Text(
        f"{about.label.sv}: {' eller '.join(one.sv for one in answers)}",
        f"{about.label.en}: {' or '.join(one.en for one in answers)}",
    )


def _of_wordings(was: Variable, now: Variable) -> Iterator[Change]:
    old, new = {one.mode: one for one in was.wordings}, {one.mode: one for one in now.wordings}
    for mode in Mode:
        if old.get(mode) == new.get(mode):
            continue
        if mode not in old:
            swedish, english = "«%s» har fått en formulering för %s.", "“%s” has got a wording for %s."
        elif mode not in new:
            swedish, english = "«%s» har ingen formulering för %s längre.", "“%s” has no wording for %s any more."
        else:
            swedish, english = "«%s» har en ny formulering för %s.", "“%s” has a new wording for %s."
        text = Text(swedish % (now.label.sv, MODE[mode].sv), english % (now.label.en, MODE[mode].en))
        yield Change(now.code, Level.PATCH, text, *_differing(old.get(mode), new.get(mode)))
    if was.wordings and now.wordings and was.wording.mode != now.wording.mode and was.wording.mode in new:
        said = _pair("«%s» frågas i första hand på ett annat sätt.", "“%s” is asked in another mode first.", now.label)
        yield Change(now.code, Level.PATCH, said, MODE[was.wording.mode], MODE[now.wording.mode])


def _differing(was: Wording | None, now: Wording | None) -> tuple[Text, Text]:
    """Return both sides of a wording in the languages where they differ."""
    sides: tuple[list[Text], list[Text]] = ([], [])
    for part in ("text", "help"):
        for field in fields(Text):
            said = [str(getattr(getattr(one, part, None), field.name, "")) for one in (was, now)]
            if said[0] != said[1]:
                for side, words in zip(sides, said, strict=True):
                    name = LANGUAGE[part, field.name]
                    side.extend([Text(f"{name.sv}: {words}", f"{name.en}: {words}")] if words else [])
    return _lines(sides[0]), _lines(sides[1])


def _lines(texts: Sequence[Text]) -> Text:
    return Text("\n".join(one.sv for one in texts), "\n".join(one.en for one in texts))


def _of_codes(variable: Variable, before: CodeList, after: CodeList) -> Iterator[Change]:
    old = {one.value: one for one in before.codes}
    new = {one.value: one for one in after.codes}
    for value, one in old.items():
        if value not in new:
            said = _of_code(variable, one, "«%s»: svaret «%s» är borttaget.", "“%s”: “%s” is removed.")
            yield Change(variable.code, Level.MAJOR, said, was=one.label)
    for value, one in new.items():
        # What fell under another answer before is now told apart: the old answers mean less than they did.
        if value not in old:
            said = _of_code(variable, one, "«%s»: svaret «%s» är nytt.", "“%s”: “%s” is new.")
            yield Change(variable.code, Level.MAJOR, said, now=one.label)
        elif old[value] != one:
            said = _of_code(variable, one, "«%s»: svaret «%s» har nya ord.", "“%s”: “%s” has other words.")
            yield Change(variable.code, Level.PATCH, said, _of_answer(old[value]), _of_answer(one))
    if [value for value in old if value in new] != [value for value in new if value in old]:
        said = _pair(
            "«%s»: svaren står i en annan ordning.", "“%s”: the answers stand in another order.", variable.label
        )
        order = (_joined([one.label for one in codes.values()]) for codes in (old, new))
        yield Change(variable.code, Level.PATCH, said, *order)


def _of_code(variable: Variable, code: Code, swedish: str, english: str) -> Text:
    return Text(swedish % (variable.label.sv, code.label.sv), english % (variable.label.en, code.label.en))


def _of_answer(code: Code) -> Text:
    """Return everything that an answer says, line by line."""
    easy = [Text(f"Lätt svenska: {code.label.easy}", f"Easy Swedish: {code.label.easy}")] if code.label.easy else []
    both = Text(f"{code.label.sv} / {code.label.en}", f"{code.label.en} / {code.label.sv}")
    return _lines([both, *easy, *([code.definition] if code.definition else [])])


def _of_order(before: Package, after: Package) -> Iterator[Change]:
    old, new = [one.code for one in before.variables], [one.code for one in after.variables]
    if [code for code in old if code in new] != [code for code in new if code in old]:
        said = Text("Frågorna står i en annan ordning.", "The questions stand in another order.")
        sides = (_joined([one.label for one in package.variables]) for package in (before, after))
        yield Change("variables", Level.PATCH, said, *sides)


def _of_words(before: Package, after: Package) -> Iterator[Change]:
    for was, now in ((before.title, after.title), (before.purpose, after.purpose)):
        if was != now:
            said = Text("Titeln eller syftet är ändrat.", "Title or purpose has changed.")
            yield Change("package", Level.PATCH, said, was, now)


def _of_breakdowns(before: Package, after: Package) -> Iterator[Change]:
    sides = [
        _joined([package.variable(code).label for code in package.breakdowns if lineage.decided_of(package, code)])
        for package in (before, after)
    ]
    if set(before.breakdowns) - set(after.breakdowns):
        said = Text("En uppdelning är borttagen.", "A breakdown is removed.")
        yield Change("breakdowns", Level.MAJOR, said, *sides)
    elif before.breakdowns != after.breakdowns:
        said = Text("Uppdelningarna är ändrade.", "The breakdowns have changed.")
        yield Change("breakdowns", Level.MINOR, said, *sides)


def _of_mappings(before: Package, after: Package) -> Iterator[Change]:
    """Return what differs in how questions stand beside others'; beside our own it follows from what was said above."""
    old, new = _external(before), _external(after)
    for key in [*old, *(key for key in new if key not in old)]:
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        name = f"{key[1]}: {key[2]}"
        said = Text(f"Jämförelsen med {name} är ändrad.", f"The comparison with {name} has changed.")
        yield Change(key[0], Level.PATCH, said, _of_mapping(was), _of_mapping(now))


def _external(package: Package) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    return {
        (one.variable, one.target.system, one.target.variable): (one.relation, one.codes, one.note, one.is_verified)
        for one in package.mappings
        if one.target.system
    }


def _of_mapping(said: tuple[Any, ...] | None) -> Text:
    if said is None:
        return EMPTY
    relation, codes, note, _is_verified = said
    pairs = ", ".join(f"{one.source} → {one.target}" for one in codes)
    lines = [RELATION[relation], *([Text(pairs, pairs)] if pairs else []), *([note] if note else [])]
    return _lines(lines)


def _of_requirements(before: Package, after: Package) -> Iterator[Change]:
    old, new = ({one.code: one for one in package.requirements} for package in (before, after))
    for code in [*old, *(code for code in new if code not in old)]:
        was, now = old.get(code), new.get(code)
        if was == now:
            continue
        word, english = (
            ("nytt", "new") if was is None else ("borttaget", "removed") if now is None else ("ändrat", "changed")
        )
        said = Text(f"Kravet {code} är {word}.", f"The requirement {code} is {english}.")
        yield Change("requirements", Level.PATCH, said, _of_requirement(before, was), _of_requirement(after, now))
    if list(old) != [code for code in new if code in old] and set(old) <= set(new):
        said = Text("Kraven står i en annan ordning.", "The requirements stand in another order.")
        yield Change("requirements", Level.PATCH, said)


def _of_requirement(package: Package, one: Requirement | None) -> Text:
    if one is None:
        return EMPTY
    names = [about.label for about in package.variables if about.code in one.variables]
    return _lines([OBLIGATION[one.is_must], one.text, one.verified_by, *([_joined(names)] if names else [])])


def _pair(swedish: str, english: str, name: Text) -> Text:
    return Text(swedish % name.sv, english % name.en)


def change_log(versions: tuple[Package, ...]) -> dict[str, Any]:
    """Return what changed from version to version, the newest first, and what the log can't say, as plain values."""
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
                    {
                        "subject": c.subject,
                        "level": str(c.level),
                        "sv": c.text.sv,
                        "en": c.text.en,
                        "was": {"sv": c.was.sv, "en": c.was.en},
                        "now": {"sv": c.now.sv, "en": c.now.en},
                    }
                    for c in found
                ],
            }
        )
    return {
        "package": versions[-1].code,
        "not_carried": {language: lost("changes", language) for language in ("sv", "en")},
        "versions": log[::-1],
    }
