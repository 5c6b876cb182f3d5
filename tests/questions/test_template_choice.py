"""The most specific template is chosen by the caller's sector and the main concern."""

from datetime import datetime

import pytest

from samsyn.questions import policies, queries


@pytest.mark.parametrize(
    ("sector", "main_concern", "chosen"),
    [
        ("social_services", "abduction", "abduction_social_services"),
        ("school", "abduction", "abduction_school"),
        ("school", "control", "control_school"),
        ("social_services", "marriage", "marriage_social_services"),
        ("health_care", "fgm", "fgm_health_care"),
        ("police", "violence", "violence_police"),
        ("police", "threat", "violence_police"),
        ("school", "fgm", "general_school"),
        ("police", None, "general_police"),
        ("health_care", "", "general_health_care"),
        ("non_profit", "abduction", "general"),
        (None, None, "general"),
        ("", "", "general"),
    ],
)
def test_the_template_that_fits_best_is_chosen(
    loaded: None, now: datetime, sector: str | None, main_concern: str | None, chosen: str
) -> None:
    template = policies.choose_template(queries.templates_in_force(at=now), sector=sector, main_concern=main_concern)
    assert template is not None
    assert template.code == chosen


def test_without_templates_none_is_chosen() -> None:
    assert policies.choose_template((), sector="school", main_concern="control") is None
