"""DDI-Lifecycle 3.3 for archives and researchers: concepts, categories, code lists, variables, questions, instrument."""

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from samsyn.questions.exchange.carried import lost
from samsyn.questions.exchange.fhir import EASY
from samsyn.questions.exchange.package import CodeList, Nothing, Package, Text, Variable, Wording
from samsyn.questions.exchange.words import MODE, NOTHING, UNIVERSE

AGENCY = "samsyn"
SPACES = {
    "": "ddi:instance:3_3",
    "g": "ddi:group:3_3",
    "c": "ddi:conceptualcomponent:3_3",
    "d": "ddi:datacollection:3_3",
    "l": "ddi:logicalproduct:3_3",
    "r": "ddi:reusable:3_3",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def as_xml(package: Package) -> bytes:
    """Return the package as one DDI instance."""
    for prefix, space in SPACES.items():
        ElementTree.register_namespace(prefix, space)
    instance = Element(_name("DDIInstance"))
    _identify(instance, f"{package.code}-instance", package.version)
    resource = _part(instance, "g:ResourcePackage", package.code, package.version)
    _strings(SubElement(SubElement(resource, _name("r:Citation")), _name("r:Title")), "r:String", package.title)
    limits = Text(f"{package.purpose.sv} {lost('ddi')}", f"{package.purpose.en} {lost('ddi', 'en')}")
    _strings(SubElement(resource, _name("r:Purpose")), "r:Content", limits)
    _concepts(package, resource)
    _universes(package, resource)
    _variables(package, resource)
    _constructs(package, resource)
    _questions(package, resource)
    _categories(package, resource)
    _code_lists(package, resource)
    _instrument(package, resource)
    ElementTree.indent(instance)
    said: bytes = ElementTree.tostring(instance, encoding="utf-8", xml_declaration=True)
    return said


def _name(name: str) -> str:
    prefix, _colon, local = name.rpartition(":")
    return f"{{{SPACES[prefix]}}}{local}"


def _identify(part: Element, code: str, version: str) -> None:
    for name, value in (("Agency", AGENCY), ("ID", code), ("Version", version)):
        SubElement(part, _name(f"r:{name}")).text = value


def _part(parent: Element, name: str, code: str, version: str) -> Element:
    part = SubElement(parent, _name(name))
    _identify(part, code, version)
    return part


def _strings(parent: Element, name: str, text: Text) -> None:
    for language, words in (("sv", text.sv), ("en", text.en), (EASY, text.easy)):
        if words:
            SubElement(parent, _name(name), {LANG: language}).text = words


def _said(parent: Element, name: str, text: Text) -> None:
    _strings(SubElement(parent, _name(name)), "r:Content", text)


def _reference(parent: Element, name: str, kind: str, code: str, version: str) -> None:
    reference = SubElement(parent, _name(name))
    _identify(reference, code, version)
    SubElement(reference, _name("r:TypeOfObject")).text = kind


def _concepts(package: Package, resource: Element) -> None:
    scheme = _part(resource, "c:ConceptScheme", f"{package.code}-concepts", package.version)
    for one in package.concepts:
        concept = _part(scheme, "c:Concept", f"concept-{one.code}", "1")
        _said(concept, "r:Label", one.label)
        _said(concept, "r:Description", one.definition)


def _universes(package: Package, resource: Element) -> None:
    scheme = _part(resource, "c:UniverseScheme", f"{package.code}-universes", package.version)
    for one in dict.fromkeys(variable.universe for variable in package.variables):
        _said(_part(scheme, "c:Universe", f"universe-{one}", "1"), "r:Label", UNIVERSE[one])


def _variables(package: Package, resource: Element) -> None:
    scheme = _part(resource, "l:RepresentedVariableScheme", f"{package.code}-variables", package.version)
    for one in package.variables:
        variable = _part(scheme, "l:RepresentedVariable", f"variable-{one.code}", str(one.version))
        _said(variable, "r:Label", one.label)
        _said(variable, "r:Description", one.rule)
        _reference(variable, "r:ConceptReference", "Concept", f"concept-{one.concept}", "1")
        _coded(SubElement(variable, _name("r:CodeRepresentation"), _missing(one)), one)


def _missing(variable: Variable) -> dict[str, str]:
    return {"missingValue": " ".join(variable.nothing)} if variable.nothing else {}


def _coded(representation: Element, variable: Variable) -> None:
    code_list = variable.code_list
    version = str(code_list.version)
    _reference(representation, "r:CodeListReference", "CodeList", f"codes-{code_list.code}", version)


def _wordings(package: Package) -> Iterator[tuple[Variable, Wording, str]]:
    for variable in package.variables:
        for wording in variable.wordings:
            yield variable, wording, f"question-{variable.code}-{wording.mode}"


def _constructs(package: Package, resource: Element) -> None:
    """Write what is asked in which order: each question in its first wording, under its condition."""
    scheme = _part(resource, "d:ControlConstructScheme", f"{package.code}-constructs", package.version)
    sequence = _part(scheme, "d:Sequence", f"{package.code}-sequence", package.version)
    for one in package.variables:
        version = str(one.version)
        kind, code = ("IfThenElse", f"if-{one.code}") if one.condition else ("QuestionConstruct", f"ask-{one.code}")
        _reference(sequence, "d:ControlConstructReference", kind, code, version)
        asked = _part(scheme, "d:QuestionConstruct", f"ask-{one.code}", version)
        _reference(asked, "r:QuestionReference", "QuestionItem", f"question-{one.code}-{one.wording.mode}", version)
        if one.condition is not None:
            choice = _part(scheme, "d:IfThenElse", f"if-{one.code}", version)
            command = SubElement(SubElement(choice, _name("d:IfCondition")), _name("r:Command"))
            SubElement(command, _name("r:ProgramLanguage")).text = "XPath"
            values = " or ".join(f"{one.condition.variable} = '{value}'" for value in one.condition.values)
            SubElement(command, _name("r:CommandContent")).text = values
            _reference(choice, "d:ThenConstructReference", "QuestionConstruct", f"ask-{one.code}", version)


def _questions(package: Package, resource: Element) -> None:
    scheme = _part(resource, "d:QuestionScheme", f"{package.code}-questions", package.version)
    for variable, wording, code in _wordings(package):
        question = _part(scheme, "d:QuestionItem", code, str(variable.version))
        _said(question, "r:Label", MODE[wording.mode])
        if wording.help:
            _said(question, "r:Description", wording.help)
        for language, words in (("sv", wording.text.sv), ("en", wording.text.en), (EASY, wording.text.easy)):
            if words:
                text = SubElement(SubElement(question, _name("d:QuestionText")), _name("d:LiteralText"))
                SubElement(text, _name("d:Text"), {LANG: language}).text = words
        domain = SubElement(question, _name("d:CodeDomain"), _missing(variable))
        _coded(domain, variable)
        most = len(package.list_of(variable).codes) if variable.is_multiple else 1
        least = "1" if variable.required else "0"
        SubElement(domain, _name("r:ResponseCardinality"), {"minimumResponses": least, "maximumResponses": str(most)})
        version = str(variable.version)
        _reference(
            question, "r:RepresentedVariableReference", "RepresentedVariable", f"variable-{variable.code}", version
        )


def _category(code_list: CodeList, value: str) -> str:
    return f"category-{code_list.code}-{value}"


def _categories(package: Package, resource: Element) -> None:
    scheme = _part(resource, "l:CategoryScheme", f"{package.code}-categories", package.version)
    for code_list in package.code_lists:
        for code in code_list.codes:
            category = _part(scheme, "l:Category", _category(code_list, code.value), str(code_list.version))
            _said(category, "r:Label", code.label)
            if code.definition:
                _said(category, "r:Description", code.definition)
    for reason in _reasons(package):
        category = _part(scheme, "l:Category", f"category-no-answer-{reason}", "1")
        category.set("isMissing", "true")
        _said(category, "r:Label", NOTHING[reason])


def _reasons(package: Package) -> list[Nothing]:
    return list(dict.fromkeys(reason for variable in package.variables for reason in variable.nothing))


def _code_lists(package: Package, resource: Element) -> None:
    scheme = _part(resource, "l:CodeListScheme", f"{package.code}-code-lists", package.version)
    for one in package.code_lists:
        version = str(one.version)
        listed = _part(scheme, "l:CodeList", f"codes-{one.code}", version)
        _said(listed, "r:Label", one.label)
        for value in one.values:
            _code(listed, f"code-{one.code}-{value}", value, _category(one, value), version)
    listed = _part(scheme, "l:CodeList", "codes-no-answer", "1")
    for reason in _reasons(package):
        _code(listed, f"code-no-answer-{reason}", reason, f"category-no-answer-{reason}", "1")


def _code(listed: Element, code: str, value: str, category: str, version: str) -> None:
    part = _part(listed, "l:Code", code, version)
    _reference(part, "r:CategoryReference", "Category", category, version)
    SubElement(part, _name("r:Value")).text = value


def _instrument(package: Package, resource: Element) -> None:
    scheme = _part(resource, "d:InstrumentScheme", f"{package.code}-instruments", package.version)
    instrument = _part(scheme, "d:Instrument", f"{package.code}-instrument", package.version)
    _said(instrument, "r:Label", package.title)
    _reference(instrument, "d:ControlConstructReference", "Sequence", f"{package.code}-sequence", package.version)
