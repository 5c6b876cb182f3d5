"""The DDI file is valid DDI-Lifecycle 3.3 by the alliance's own schemas, and every reference in it finds its object."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import ddi_l
import pytest
from lxml import etree

from samsyn.questions.exchange import ddi, form
from samsyn.questions.exchange.package import Package
from tests.questions.exported import ALL, SECOND

R = f"{{{ddi.SPACES['r']}}}"


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The alliance's schemas, as the package ddi-l carries them."""
    return etree.XMLSchema(etree.parse(str(Path(ddi_l.__file__).parent / "schemas/ddi/v3_3/instance_3_3.xsd")))


def faults(schema: etree.XMLSchema, raw: bytes) -> list[str]:
    """Return what the schemas say, and which references lead nowhere."""
    tree = etree.fromstring(raw)
    schema.validate(tree)
    said = [error.message for error in schema.error_log]
    found = [
        (one.findtext(f"{R}ID"), one.findtext(f"{R}Version"), one)
        for one in tree.iter()
        if one.find(f"{R}ID") is not None
    ]
    there = Counter((code, version) for code, version, one in found if one.find(f"{R}TypeOfObject") is None)
    named = {(code, version) for code, version, one in found if one.find(f"{R}TypeOfObject") is not None}
    said += [f"{code} {version} is referred to and is not there" for code, version in named - set(there)]
    return said + [f"{code} {version} is there twice" for (code, version), times in there.items() if times > 1]


@pytest.mark.parametrize("package", ALL.values(), ids=ALL)
def test_the_schemas_find_no_fault_and_no_reference_leads_nowhere(package: Package, schema: etree.XMLSchema) -> None:
    assert faults(schema, ddi.as_xml(package)) == []


def _no_agency(raw: bytes) -> bytes:
    return raw.replace(b"<r:Agency>samsyn</r:Agency>", b"", 1)


def _unknown_element(raw: bytes) -> bytes:
    return raw.replace(b"<l:RepresentedVariable>", b"<l:Field/><l:RepresentedVariable>", 1)


def _version_in_words(raw: bytes) -> bytes:
    return raw.replace(b"<r:Version>2.0.0</r:Version>", b"<r:Version>second</r:Version>", 1)


def _variable_of_no_list(raw: bytes) -> bytes:
    return raw.replace(b"<r:ID>codes-goal</r:ID>", b"<r:ID>codes-nowhere</r:ID>", 1)


def _code_without_category(raw: bytes) -> bytes:
    return re.sub(rb"<r:CategoryReference>.*?</r:CategoryReference>", b"", raw, count=1, flags=re.DOTALL)


@pytest.mark.parametrize(
    "spoil", [_no_agency, _unknown_element, _version_in_words, _variable_of_no_list, _code_without_category]
)
def test_a_spoilt_file_is_rejected(spoil: Callable[[bytes], bytes], schema: etree.XMLSchema) -> None:
    whole = ddi.as_xml(SECOND)
    assert spoil(whole) != whole
    assert faults(schema, spoil(whole))


def test_all_wordings_in_all_languages_are_there_and_what_cannot_be_carried_is_said() -> None:
    texts = {one.text for one in etree.fromstring(ddi.as_xml(SECOND)).iter() if one.text}
    for variable in SECOND.variables:
        for wording in variable.wordings:
            assert {wording.text.sv, wording.text.en} | ({wording.text.easy} - {""}) <= texts
    for item in form.of_package(SECOND).items:
        assert {option.label.sv for option in item.options} <= texts
    assert any("kravlista" in text and "Den här filen bär inte" in text for text in texts)
