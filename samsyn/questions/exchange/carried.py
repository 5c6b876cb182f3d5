"""What a format can't carry, said in the file itself.

``tests/questions/test_what_formats_carry`` changes every part of a package and looks whether the file changes: the lists
below say exactly what it finds.
"""

from samsyn.questions.exchange.package import Text

# A part by its path in the document of a package, with all that belongs to it, and its words.
PARTS = {
    "purpose": Text("syftet", "the purpose"),
    "title.en": Text("titeln på engelska", "the title in English"),
    "level": Text("hur stor ändringen är", "how large the change is"),
    "reason": Text("varför versionen görs", "why the version is made"),
    "status": Text("om versionen är i bruk", "whether the version is in use"),
    "valid_from": Text("första dagen", "the first day"),
    "valid_to": Text("sista dagen", "the last day"),
    "breakdowns": Text("uppdelningar", "breakdowns"),
    "mappings": Text(
        "jämförelser med tidigare versioner och andras frågor",
        "comparisons with earlier versions and others' questions",
    ),
    "requirements": Text("kravlistan", "the requirement list"),
    "concepts": Text("begrepp och deras definitioner", "concepts and their definitions"),
    "concepts.source": Text("definitionernas källor", "the sources of the definitions"),
    "code_lists.code": Text("svarslistornas beteckningar", "the codes of the code lists"),
    "code_lists.version": Text("svarslistornas versioner", "the versions of the code lists"),
    "code_lists.label": Text("svarslistornas rubriker", "the titles of the code lists"),
    "code_lists.codes.label.en": Text("svaren på engelska", "the answers in English"),
    "code_lists.codes.label.easy": Text("svaren på lätt svenska", "the answers in easy Swedish"),
    "code_lists.codes.definition": Text("svarens definitioner", "the definitions of the answers"),
    "variables.label": Text("frågornas namn", "the names of the questions"),
    "variables.label.en": Text("frågornas namn på engelska", "the names of the questions in English"),
    "variables.version": Text("frågornas versioner", "the versions of the questions"),
    "variables.universe": Text("vad frågorna räknas per", "what the questions are counted by"),
    "variables.rule": Text("när och av vem det registreras", "when and by whom it is registered"),
    "variables.required": Text("om svar krävs", "whether an answer is required"),
    "variables.condition": Text("när en fråga ställs", "when a question is asked"),
    "variables.wordings": Text(
        "hur frågorna ställs: ord, hjälptexter och sätt att fråga", "how questions are asked: words, help and modes"
    ),
    "unchanged": Text("allt som inte ändrades", "all that did not change"),
    "mappings.target.version": Text("vilken version en jämförelse gäller", "the version that a comparison is with"),
    "questions": Text("frågorna, utom deras beteckningar", "the questions, but for their codes"),
    "code_lists": Text("svarslistorna", "the lists of answers"),
    "other_language": Text(
        "texter på engelska, utom frågor och svar", "texts in Swedish, other than questions and answers"
    ),
    "ends": Text(
        "slutet av svar över 120 tecken och av namn över 252 (å, ä och ö räknas som två)",
        "the end of answers beyond 120 bytes and of names beyond 252",
    ),
}
# Several parts under one name. What stands in the reader's language only lacks the other: of a Swedish file, the English.
TOGETHER = {
    "unchanged": (),
    "code_lists": ("code_lists", "codes.order", "ends"),
    "questions": (
        *("variables.version", "variables.concept", "variables.label", "variables.universe", "variables.kind"),
        *("variables.code_list", "variables.rule", "variables.wordings", "variables.nothing", "variables.required"),
        *("variables.condition", "variables.order"),
    ),
    "other_language": (
        *("title.en", "purpose.en", "reason.en", "concepts.label.en", "concepts.definition.en", "code_lists.label.en"),
        *("code_lists.codes.definition.en", "variables.label.en", "variables.rule.en", "mappings.note.en"),
        *("variables.wordings.first.help.en", "variables.wordings.other.help.en"),
        *("requirements.text.en", "requirements.verified_by.en"),
    ),
}
_ALWAYS = ("level", "reason", "status", "mappings", "requirements", "concepts.source")
_WORDS = ("concepts", "code_lists.label", "code_lists.codes.definition", "variables.universe", "variables.rule")
# What each kind of file lacks, by its code in ``files``.
LOST: dict[str, tuple[str, ...]] = {
    "specification": ("requirements", "other_language"),
    "document": ("other_language",),
    "requirements": ("purpose", "mappings", "concepts", "code_lists", "questions", "other_language"),
    "json": (),
    "changes": (
        *("unchanged", "status", "valid_to", "code_lists.code", "code_lists.version", "code_lists.label"),
        *("variables.version", "mappings.target.version"),
    ),
    "fhir": (*_ALWAYS, *_WORDS, "breakdowns"),
    "xlsform": (*_ALWAYS, *_WORDS, "breakdowns"),
    "spss": (
        *(*_ALWAYS, *_WORDS, "title.en", "purpose", "breakdowns", "valid_from", "valid_to", "code_lists.code"),
        *("code_lists.version", "code_lists.codes.label.en", "code_lists.codes.label.easy", "variables.label.en"),
        *("variables.required", "variables.condition", "variables.wordings", "ends"),
    ),
    "ddi": (*_ALWAYS, "breakdowns", "valid_from", "valid_to"),
}


def lost(name: str, language: str = "sv") -> str:
    """Return one sentence on what this kind of file can't carry."""
    # What is part of something else that is lost needs no words of its own.
    named = [one for one in PARTS if one in LOST[name] and not any(one.startswith(f"{whole}.") for whole in LOST[name])]
    parts = "; ".join(getattr(PARTS[one], language) for one in named)
    if language == "en":
        return f"This file does not carry: {parts}. The JSON file of the package has all of it."
    return f"Den här filen bär inte: {parts}. Paketets JSON-fil har allt."
