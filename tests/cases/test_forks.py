"""The legal forks are data with a source, a day and a mark; the page shows them beside the case and decides nothing."""

import re

import pytest
from django.utils import timezone, translation

from samsyn.cases import forks
from samsyn.cases.actions import cases
from tests.cases.conftest import House
from tests.cases.test_pages import browser, page

TOPICS = {"duty_to_report", "police_report", "secrecy", "data_protection", "health_care"}


def test_each_of_the_five_stands_there_with_source_day_and_both_languages() -> None:
    keys = [one.key for one in forks.forks()]
    assert len(keys) == len(set(keys))
    assert set(keys) >= TOPICS
    for one in forks.forks():
        assert one.source
        assert one.read_on.year >= 2026
        assert all((one.title_sv, one.title_en, one.note_sv, one.note_en))
        # What rests on something that is to be verified is itself to be verified.
        assert one.verify or not any(law.verify for law in one.laws)
        with translation.override("en"):
            assert one.title == one.title_en
            assert one.whom


def test_age_and_profession_decide_what_is_shown() -> None:
    child, adult = ({one.key for one in forks.beside(concerns_child=is_child)} for is_child in (True, False))
    assert child - adult == {"duty_to_report", "who_must_report", "health_staff_must_report", "police_report"}
    assert adult - child == {"police_report_adult"}
    health = {one.key for one in forks.forks() if one.profession == "health_care"}
    assert health == {"health_care", "health_staff_must_report"}


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ('age = "any"', 'age = "old"', ValueError),
        ('profession = "any"', 'profession = "smith"', ValueError),
        ("law = [", 'law = ["no_such_law", ', KeyError),
        ("read_on = 2026-11-27\n", "", TypeError),
        ('source = "D', 'source = ""\nx = "', ValueError),
    ],
)
def test_what_is_wrong_in_the_file_is_found_when_it_is_read(before: str, after: str, error: type[Exception]) -> None:
    text = forks.FILE.read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(error):
        forks.parse(text.replace(before, after, 1))


def test_the_case_shows_its_forks_with_their_marks(house: House) -> None:
    house.keeper.clock = timezone.now
    house.is_now(timezone.now())
    house.unlock("anna")
    adult = house.case()
    child = cases.create_case(concerns_child=True, **house.who("anna"))  # type: ignore[arg-type]
    anna = browser(house, "anna")
    of_child, of_adult = (page(anna.get(f"/cases/{one}/")) for one in (child, adult))
    assert "Anmälan till socialtjänsten" in of_child
    assert "Anmälan till socialtjänsten" not in of_adult
    for told in (of_child, of_adult):
        assert "ska kontrolleras" in told
        assert "Systemet avgör inget" in told
        assert "läst 2026-11-27" in re.sub("<[^>]+>", "", told)
