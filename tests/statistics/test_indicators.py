"""Indicators are said in words in both languages, and a version that figures were computed by is never edited."""

import hashlib
import json
from dataclasses import asdict, replace

import pytest
from django.utils import translation

from samsyn.statistics.delivered import indicators
from samsyn.statistics.delivered.described import described
from tests.questions.exported import FIRST, METHODS

# What each version said when it came into use. A new version gets a line; no line is ever changed.
PUBLISHED = {
    ("honour_context", 1): "dff777df364c4a88",
    ("method_used", 1): "f5ffc218caeb3803",
    ("protected_housing", 1): "932df96116771774",
    ("less_exposure", 1): "d3f27d3e583a23ca",
    ("goal_reached", 1): "376bfd64da3fc16a",
    ("helped", 1): "5662a45f6c3231ea",
    ("safer", 1): "de1785dcd695e397",
    ("took_part", 1): "c0a621b654e11ada",
}


def fingerprint(one: indicators.Indicator) -> str:
    """Return a checksum of all that a version says but its last year, which a successor gives it."""
    said = {name: value for name, value in asdict(one).items() if name != "valid_to"}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def test_a_version_of_an_indicator_is_never_edited() -> None:
    assert {(one.code, one.version): fingerprint(one) for one in indicators.indicators()} == PUBLISHED


def test_no_year_is_computed_by_two_versions() -> None:
    for year in range(2025, 2040):
        valid = [one.code for one in indicators.indicators() if one.is_valid(year)]
        assert len(valid) == len(set(valid)), year


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "sv",
            "Ärenden där målet nåddes helt eller delvis. Räknas: Måluppfyllelse: Helt eller Delvis. Av: Måluppfyllelse: alla "
            "som tillfrågats, vet ej inräknat. Svaren kommer ur aktgranskning. Högre är bättre. Gäller från 2025. Källa: "
            "Kärnpaketet; jämför Kolada, avslutade med uppnått mål.",
        ),
        (
            "en",
            "Cases where the goal was met wholly or partly. Counted: Goal attainment: Wholly or Partly. Out of: Goal "
            "attainment: all who were asked, unknown included. The answers come from case review. Higher is better. Valid "
            "from 2025. Source: The core package; compare Kolada, cases closed with the goal met (avslutade med uppnått mål).",
        ),
    ],
)
def test_an_indicator_is_said_in_words(language: str, wanted: str) -> None:
    with translation.override(language):
        said = {one.code: one for one in described(FIRST)}
        assert len(said) == len(indicators.indicators())
        assert said["goal_reached"].sentence() == wanted
        assert said["helped"].asked in {"självskattning eller samtal", "self-report or interview"}


def test_a_version_that_has_ended_says_its_last_year(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = replace(indicators.indicators()[1], valid_to=2026, direction=indicators.DOWN)
    monkeypatch.setattr("samsyn.statistics.delivered.described.indicators", lambda: (ended,))
    (said,) = described(FIRST)
    assert (said.valid, said.direction) == ("2025 till 2026", "Lägre är bättre")
    assert described(METHODS) == [], "none of another package"
