"""The checker of HTML says what breaks the standard, and nothing of a page that keeps to it."""

import pytest

from tests.journeys.conformance import html_faults

PAGE = """<!DOCTYPE html>
<html lang="sv"><head><meta charset="utf-8"><title>Sida</title></head>
<body><main><h1>Sida</h1>{}</main></body></html>"""


def test_nothing_is_said_of_a_page_that_keeps_to_the_standard() -> None:
    assert html_faults(PAGE.format('<p id="one">Å, ä och ö</p><label for="a">Ord</label><input id="a" name="a">')) == []


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        ('<p id="one">Ett</p><p id="one">Två</p>', "no-dup-id"),
        ("<p><div>Ett</div></p>", "element-permitted-content|close-order"),
        ("<section><p>Ett</p>", "close-order"),
        ('<input type="checkbox" aria-label="Ja" autocomplete="off">', "valid-autocomplete"),
        ('<label for="nothing">Ord</label>', "no-missing-references"),
        ('<input name="a">', "input-missing-label"),
        ("<ul><p>Ett</p></ul>", "element-permitted-content"),
        ("<h2>Ett</h2><h4>Två</h4>", "heading-level"),
    ],
)
def test_each_fault_is_named_with_its_rule(planted: str, rule: str) -> None:
    said = {one.split()[0] for one in html_faults(PAGE.format(planted))}
    assert said, planted
    assert said <= set(rule.split("|")), said
