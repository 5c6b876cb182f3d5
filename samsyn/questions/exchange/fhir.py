"""FHIR R4 Questionnaire (4.0.1) with inlined answers, as the Swedish base profile wants it, and back.

Answers are inlined: a contained value set without expansion leaves renderers without answers. ``linkId`` is the stable
variable code, ``code`` has its version, ``url|version`` is the package version.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from samsyn.questions.exchange import form as forms
from samsyn.questions.exchange.carried import lost
from samsyn.questions.exchange.form import Form, Item, NotAForm, Option
from samsyn.questions.exchange.package import Condition, ListReference, Mode, Package, Status, Text, Wording

PROFILE = "https://commonprofiles.care/fhir/StructureDefinition/QuestionnaireSECommonsLite"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
EXCLUSIVE = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive"
CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"
# A private subtag of BCP 47: no registered tag means easy Swedish.
EASY = "sv-x-lattlast"
# Our own, which other programs leave alone: how a question is asked in these words, and its words in other modes.
MODE = "urn:samsyn:fhir:mode"
WORDING = "urn:samsyn:fhir:wording"
NOTHING_SYSTEM = "urn:samsyn:no-answer"
VARIABLES = "urn:samsyn:variable"
# Before the name of a code list.
CODES = "urn:samsyn:codes:"
STATUS = {
    Status.DRAFT: "draft",
    Status.CONSULTATION: "draft",
    Status.DECIDED: "active",
    Status.IN_USE: "active",
    Status.RETIRED: "retired",
}


def questionnaire(package: Package, *, mode: Mode | None = None) -> dict[str, Any]:
    """Return the package as a Questionnaire resource, as plain values."""
    form = forms.of_package(package, mode=mode)
    return {
        "resourceType": "Questionnaire",
        "id": f"{package.code}-{package.version}".replace("_", "-"),
        "meta": {"profile": [PROFILE]},
        "language": "sv",
        "url": package.url,
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"{package.url}:{package.version}"}],
        "version": package.version,
        "name": "".join(part.capitalize() for part in package.code.split("_")),
        "title": package.title.sv,
        "_title": _translations(package.title),
        "status": STATUS[package.status],
        "subjectType": ["Patient"],
        **_validity(package),
        "publisher": "Samsyn",
        "description": f"{lost('fhir')}\n\n{lost('fhir', 'en')}",
        "purpose": package.purpose.sv,
        "_purpose": _translations(package.purpose),
        "code": [{"system": "urn:samsyn:package", "code": package.code, "version": package.version}],
        "item": [_item(package, item) for item in form.items],
    }


def as_json(package: Package, *, mode: Mode | None = None) -> bytes:
    """Return the Questionnaire as a file, in the order that FHIR's own examples have."""
    return json.dumps(questionnaire(package, mode=mode), ensure_ascii=False, indent=2).encode()


def _validity(package: Package) -> dict[str, Any]:
    period = {name: day for name, day in (("start", package.valid_from), ("end", package.valid_to)) if day}
    first = {"date": package.valid_from} if package.valid_from else {}
    return {**first, **({"effectivePeriod": period} if period else {})}


def _item(package: Package, item: Item) -> dict[str, Any]:
    variable = package.variable(item.code)
    control = {"system": CONTROLS, "code": "check-box" if variable.is_multiple else "radio-button"}
    said: dict[str, Any] = {
        "extension": [
            {"url": CONTROL, "valueCodeableConcept": {"coding": [control]}},
            *([{"url": MODE, "valueCode": str(item.mode)}] if item.mode else []),
            *(_wording(one) for one in item.others),
        ],
        "linkId": item.code,
        "definition": f"{package.url}#{item.code}",
        "code": [
            {
                "system": VARIABLES,
                "code": item.code,
                "version": str(variable.version),
                "display": variable.label.sv,
                "_display": _translations(variable.label),
            }
        ],
        "text": item.text.sv,
        "_text": _translations(item.text),
        "type": "choice",
        "required": item.is_required,
        "repeats": variable.is_multiple,
        "answerOption": [_option(package, item, option) for option in item.options],
    }
    if item.condition is not None:
        about = package.variable(item.condition.variable)
        said["enableWhen"] = [
            {"question": about.code, "operator": "=", "answerCoding": _coding(package, about.code, value)}
            for value in item.condition.values
        ]
        if len(item.condition.values) > 1:
            said["enableBehavior"] = "any"
    if item.help is not None:
        button = {"coding": [{"system": CONTROLS, "code": "help"}]}
        said["item"] = [
            {
                "extension": [{"url": CONTROL, "valueCodeableConcept": button}],
                "linkId": f"{item.code}.help",
                "text": item.help.sv,
                "_text": _translations(item.help),
                "type": "display",
            }
        ]
    return said


def _wording(one: Wording) -> dict[str, Any]:
    parts = [("text", one.text), *([("help", one.help)] if one.help else [])]
    words = [{"url": name, "valueString": text.sv, "_valueString": _translations(text)} for name, text in parts]
    return {"url": WORDING, "extension": [{"url": "mode", "valueCode": str(one.mode)}, *words]}


def _coding(package: Package, variable: str, value: str) -> dict[str, str]:
    code_list = package.list_of(package.variable(variable))
    return {"system": f"{CODES}{code_list.code}", "version": str(code_list.version), "code": value}


def _option(package: Package, item: Item, option: Option) -> dict[str, Any]:
    place = {"system": NOTHING_SYSTEM, "code": option.value} if option.is_reason else None
    coding = place or _coding(package, item.code, option.value)
    said: dict[str, Any] = {
        "valueCoding": {**coding, "display": option.label.sv, "_display": _translations(option.label)}
    }
    if option.is_reason and item.kind == "multiple":
        said["extension"] = [{"url": EXCLUSIVE, "valueBoolean": True}]
    return said


def _translations(text: Text) -> dict[str, Any]:
    words = [("en", text.en), *([(EASY, text.easy)] if text.easy else [])]
    return {
        "extension": [
            {
                "url": TRANSLATION,
                "extension": [{"url": "lang", "valueCode": code}, {"url": "content", "valueString": said}],
            }
            for code, said in words
        ]
    }


# Answers


def answers(said: Any) -> dict[str, tuple[str, ...]]:
    """Return the coded answers of a QuestionnaireResponse, by variable; raise NotAForm where it is none."""
    if not isinstance(said, Mapping) or said.get("resourceType") != "QuestionnaireResponse":
        raise NotAForm("resourceType is not QuestionnaireResponse")
    found: dict[str, tuple[str, ...]] = {}
    waiting = _objects(said.get("item"))
    while waiting:
        one = waiting.pop(0)
        given = [answer.get("valueCoding") for answer in _objects(one.get("answer"))]
        codes = tuple(coding["code"] for coding in given if isinstance(coding, Mapping) and coding.get("code"))
        if codes:
            found[str(one.get("linkId"))] = codes
        waiting += _objects(one.get("item"))
    return found


# Foreign forms, and our own coming back


def read(said: Any) -> Form:
    """Return the form in a Questionnaire; groups are flattened; raise NotAForm where it is none.

    What has no place in a form of ours, such as calculated values or conditions on other than coded answers, is named
    in ``left_out``.
    """
    if not isinstance(said, Mapping) or said.get("resourceType") != "Questionnaire":
        raise NotAForm("resourceType is not Questionnaire")
    left_out: list[str] = []
    items = tuple(_read_items(said.get("item", []), left_out))
    if not items:
        raise NotAForm("the form has no questions")
    codes = [item.code for item in items]
    if len(set(codes)) < len(codes):
        raise NotAForm(f"linkId {next(code for code in codes if codes.count(code) > 1)} is there twice")
    about = {item.condition.variable for item in items if item.condition}
    if not about <= set(codes):
        raise NotAForm(f"a condition is on {sorted(about - set(codes))[0]}, which is not there")
    code = next((one["code"] for one in _objects(said.get("code")) if isinstance(one.get("code"), str)), "")
    title = _text(said, "title") or Text(str(said.get("name", "")), "")
    name = code or str(said.get("name") or said.get("id") or "")
    period = said.get("effectivePeriod")
    valid = period if isinstance(period, Mapping) else {}
    return Form(
        code=name,
        version=str(said.get("version", "")),
        title=title,
        items=items,
        left_out=tuple(left_out),
        purpose=_text(said, "purpose"),
        valid_from=str(valid.get("start", "")),
        valid_to=str(valid.get("end", "")),
    )


def from_json(raw: bytes | str) -> Form:
    """Return the form in a JSON file; raise NotAForm where it is none."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise NotAForm(f"not JSON: {error}") from error
    return read(said)


def _objects(said: Any) -> list[Mapping[str, Any]]:
    return [one for one in said if isinstance(one, Mapping)] if isinstance(said, list) else []


def _read_items(said: Any, left_out: list[str], depth: int = 0) -> Iterator[Item]:
    if depth > 20:
        raise NotAForm("groups within groups without end")
    for one in _objects(said):
        code = one.get("linkId")
        if not isinstance(code, str) or not code:
            raise NotAForm("a question has no linkId")
        kind = one.get("type")
        if not isinstance(kind, str):
            raise NotAForm(f"{code} has no type")
        if kind not in ("group", "display"):
            yield _read_item(one, code, kind, left_out)
        inner = [i for i in _objects(one.get("item")) if kind == "group" or i.get("type") != "display"]
        yield from _read_items(inner, left_out, depth + 1)


def _read_item(one: Mapping[str, Any], code: str, kind: str, left_out: list[str]) -> Item:
    if kind in ("choice", "open-choice", "coding"):
        kind = "multiple" if one.get("repeats") is True else "single"
    if "answerValueSet" in one:
        left_out.append(f"{code}: answerValueSet")
    helps = [i for i in _objects(one.get("item")) if i.get("type") == "display"]
    about: Mapping[str, Any] = next((c for c in _objects(one.get("code")) if c.get("system") == VARIABLES), {})
    return Item(
        code=code,
        text=_text(one, "text") or Text("", ""),
        kind=kind,
        help=_text(helps[0], "text") if helps else None,
        options=tuple(_read_options(one, code, left_out)),
        is_required=one.get("required") is True,
        condition=_read_condition(one, code, left_out),
        mode=next((_mode(part) for part in _extensions(one, MODE)), None),
        others=tuple(_read_wordings(one, code, left_out)),
        label=_text(about, "display"),
        version=forms.number(about.get("version")),
        code_list=next(_read_lists(one), None),
    )


def _read_lists(one: Mapping[str, Any]) -> Iterator[ListReference]:
    for option in _objects(one.get("answerOption")):
        coding = option.get("valueCoding")
        system = coding.get("system") if isinstance(coding, Mapping) else None
        if isinstance(coding, Mapping) and isinstance(system, str) and system.startswith(CODES):
            yield ListReference(system.removeprefix(CODES), forms.number(coding.get("version")))


def _extensions(one: Mapping[str, Any], url: str) -> list[Mapping[str, Any]]:
    return [part for part in _objects(one.get("extension")) if part.get("url") == url]


def _mode(part: Mapping[str, Any]) -> Mode | None:
    known: Mapping[str, Mode] = {str(mode): mode for mode in Mode}
    return known.get(str(part.get("valueCode")))


def _read_wordings(one: Mapping[str, Any], code: str, left_out: list[str]) -> Iterator[Wording]:
    for part in _extensions(one, WORDING):
        mode = next((_mode(inner) for inner in _extensions(part, "mode")), None)
        texts = {name: next(map(_value, _extensions(part, name)), None) for name in ("text", "help")}
        if mode is None or texts["text"] is None:
            left_out.append(f"{code}: wording")
        else:
            yield Wording(mode, texts["text"], texts["help"])


def _value(part: Mapping[str, Any]) -> Text | None:
    return _text(part, "valueString")


def _read_options(one: Mapping[str, Any], code: str, left_out: list[str]) -> Iterator[Option]:
    for option in _objects(one.get("answerOption")):
        coding = option.get("valueCoding")
        if isinstance(coding, Mapping) and isinstance(coding.get("code"), str):
            label = _text(coding, "display") or Text(coding["code"], "")
            yield Option(coding["code"], label, coding.get("system") == NOTHING_SYSTEM)
        elif isinstance(option.get("valueString"), str):
            yield Option(option["valueString"], Text(option["valueString"], ""))
        else:
            left_out.append(f"{code}: answerOption")


def _read_condition(one: Mapping[str, Any], code: str, left_out: list[str]) -> Condition | None:
    given = _objects(one.get("enableWhen"))
    if not given:
        return None
    about = {str(when.get("question")) for when in given}
    values = [when["answerCoding"].get("code") for when in given if isinstance(when.get("answerCoding"), Mapping)]
    is_plain = all(when.get("operator") == "=" for when in given) and all(isinstance(v, str) for v in values)
    is_any = len(given) == 1 or one.get("enableBehavior") == "any"
    if len(about) == 1 and len(values) == len(given) and is_plain and is_any:
        return Condition(about.pop(), tuple(values))
    left_out.append(f"{code}: enableWhen")
    return None


def _text(said: Mapping[str, Any], name: str) -> Text | None:
    words = said.get(name)
    if not isinstance(words, str):
        return None
    found = {"en": "", EASY: ""}
    beside = said.get(f"_{name}")
    for one in _objects(beside.get("extension")) if isinstance(beside, Mapping) else []:
        parts = {str(part.get("url")): part for part in _objects(one.get("extension"))}
        language, content = parts.get("lang", {}).get("valueCode"), parts.get("content", {}).get("valueString")
        if one.get("url") == TRANSLATION and isinstance(language, str) and isinstance(content, str):
            found |= {language: content} if language in found else {}
    return Text(words, found["en"], found[EASY])
