"""What could point at a person is seen in any digits; what we tell people ourselves is not."""

import pytest

from samsyn.visitors import content, traits

IDENTITY = {traits.IDENTITY_NUMBER}
PHONE = {traits.PHONE}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("jag är 15 år och bor i Sverige sedan 2019", set()),
        ("mitt nummer är 19121212-1212", IDENTITY),
        ("121212 1212", IDENTITY),
        ("١٢١٢١٢١٢١٢", IDENTITY),
        ("121212-1213", set() | PHONE),
        ("ring 070-123 45 67", PHONE),
        ("+46 70 123 45 67 på kvällen", PHONE),
        ("۰۷۰۱۲۳۴۵۶۷", PHONE),
        ("jag ringde 020-50 50 50 i går", set()),
        ("112", set()),
    ],
)
def test_numbers_of_persons_are_found(text: str, wanted: set[str]) -> None:
    assert traits.found(text, known=content.known_numbers()) == wanted
