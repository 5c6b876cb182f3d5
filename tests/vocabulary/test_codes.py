from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from samsyn.vocabulary import queries
from samsyn.vocabulary.models import Category, Change, Code, CodeList, Crosswalk, ListVersion
from samsyn.vocabulary.swedish import day, sort_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]
TODAY = date(2026, 9, 16)

# Number of municipalities in each county, from the county boards' own list (domain.md 5): a second source.
MUNICIPALITIES = {
    "01": 26, "03": 8, "04": 9, "05": 13, "06": 13, "07": 8, "08": 12, "09": 1, "10": 5, "12": 33, "13": 6,
    "14": 49, "17": 16, "18": 12, "19": 10, "20": 15, "21": 10, "22": 7, "23": 8, "24": 15, "25": 14,
}  # fmt: skip

# Other rooms, published definitions and delivered files rely on these values.
FIXED = {
    "channel": "phone booked_call video chat mailbox email other",
    "sector": "social_services school health_care police other_authority non_profit private_person other",
    "age_band": "0_6 7_12 13_15 16_17 18_21 22_25 26_plus",
    "mentioned_age": "under_18 18_plus",
    "sex": "girl_woman boy_man other",
    "exposure": "control psychological physical sexual marriage abduction fgm virginity_check",
    "exposure_status": "worry plan completed",
    "main_concern": "control threat violence abduction marriage fgm",
    "perpetrator_relation": "parents siblings partner other_relatives",
    "perpetrator_number": "one two three more_than_three",
    "case_kind": "single_person woman_with_children siblings other",
    "caller_subject": "acute concrete_tips risk_assessment placement cooperation law authority_failure",
    "actors_engaged": "social_services school health_care police other_authority non_profit other none",
    "advice": "protection concern_report police_report travel_ban cooperation law other",
    "referral": "social_services police health_care resource_centre victims_line non_profit consular other",
    "outcome": "answered referred booked will_return silent wrong_number hang_up test information_only",
    "contact_order": "first repeat repeat_code_lost",
    "length_band": "under_10 10_20 20_40 40_plus",
    "hour_band": "before_09 09_10 10_11 11_12 after_12",
    "yes_no": "yes no",
    "abroad": "yes no risk",
    "helped": "1 2 3 4 5",
}


def test_there_are_21_counties_and_290_municipalities() -> None:
    assert len(queries.codes("county", on=TODAY)) == 21
    assert len(queries.codes("municipality", on=TODAY)) == 290


def test_each_county_has_its_number_of_municipalities() -> None:
    assert Counter(row.parent for row in queries.codes("municipality", on=TODAY)) == MUNICIPALITIES


def test_region_codes_are_text_with_leading_zeros() -> None:
    assert all(len(row.value) == 2 and row.value.isdigit() for row in queries.all_codes("county"))
    assert all(len(row.value) == 4 and row.value.startswith(row.parent) for row in queries.all_codes("municipality"))
    assert queries.label("municipality", "0114") == "Upplands Väsby"
    assert queries.parent("municipality", "0583") == "05"


@pytest.mark.parametrize("list_code", sorted(FIXED))
def test_values_that_others_rely_on_are_there_in_their_order(list_code: str) -> None:
    assert [row.value for row in queries.all_codes(list_code)] == FIXED[list_code].split()


def test_every_code_has_a_swedish_and_an_english_label() -> None:
    for one in queries.lists():
        assert one.title_sv
        assert one.title_en
        for row in queries.all_codes(one.code):
            assert row.label_sv.strip(), row
            assert row.label_en.strip(), row


def test_labels_follow_the_active_language() -> None:
    assert queries.label("main_concern", "abduction") == "Bortförande"
    with translation.override("en"):
        assert queries.label("main_concern", "abduction") == "Abduction"
        assert queries.labels("exposure_status") == {"worry": "Worry", "plan": "Plans", "completed": "Completed"}


def test_an_answer_state_has_a_label_and_is_no_code() -> None:
    assert queries.label("sex", "unknown") == "Okänt"
    assert not queries.is_valid("sex", "unknown", on=TODAY)
    assert "unknown" not in queries.labels("sex")


def test_no_code_is_an_answer_state() -> None:
    assert not Code.objects.filter(value__in=queries.STATES).exists()
    code = Code.objects.get(code_list="sex", value="boy_man")
    code.pk, code.value = None, "unknown"
    with pytest.raises(DatabaseError, match="code_is_no_answer_state"), transaction.atomic():
        code.save(force_insert=True)


def test_unknown_lists_and_codes_are_named_as_such() -> None:
    with pytest.raises(queries.UnknownList):
        queries.codes("colour", on=TODAY)
    with pytest.raises(queries.UnknownCode):
        queries.label("sex", "colour")
    assert not queries.is_valid("sex", "colour", on=TODAY)


def test_there_are_professions_in_every_sector() -> None:
    sectors = {row.value for row in queries.codes("sector", on=TODAY)}
    professions = queries.codes("profession", on=TODAY)
    assert {row.parent for row in professions} == sectors
    assert len(professions) >= 45


def test_municipalities_and_professions_are_in_swedish_alphabetical_order() -> None:
    names = [row.label for row in queries.codes("municipality", on=TODAY)]
    assert names[0] == "Ale"
    assert names[-1] == "Övertorneå"
    assert names.index("Zinkgruvan" if "Zinkgruvan" in names else "Ydre") < names.index("Åmål")
    assert names.index("Åstorp") < names.index("Älmhult") < names.index("Öckerö")
    assert names == sorted(names, key=sort_key)


def test_swedish_letters_sort_after_z_and_accents_do_not_matter() -> None:
    words = ["Örebro", "Zeta", "Ärla", "Åmål", "idé", "Ide-gran", "idegrans", "A\u030ahus"]
    assert sorted(words, key=sort_key) == [
        "idé",
        "Ide-gran",
        "idegrans",
        "Zeta",
        "A\u030ahus",
        "Åmål",
        "Ärla",
        "Örebro",
    ]


def test_a_code_is_valid_on_its_last_day_and_not_the_day_after() -> None:
    Code.objects.filter(code_list="advice", value="law").update(valid_to=date(2026, 3, 31))
    CodeList.objects.filter(code="advice").update(version=2)
    queries.forget()
    assert queries.is_valid("advice", "law", on=date(2026, 3, 31))
    assert not queries.is_valid("advice", "law", on=date(2026, 4, 1))
    assert "law" not in [row.value for row in queries.codes("advice", on=date(2026, 4, 1))]
    assert queries.label("advice", "law") == "Juridik"


def test_a_dated_code_is_not_valid_before_its_day_and_is_marked_to_be_verified() -> None:
    row = queries.code("exposure", "virginity_check")
    assert not row.verified
    assert not row.is_valid(date(2025, 11, 30))
    assert row.is_valid(date(2025, 12, 1))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), date(2026, 3, 31)),  # summer time: two hours ahead
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),  # winter time: one hour ahead
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_days_are_swedish_days(moment: datetime, expected: date) -> None:
    assert day(moment) == expected


KEPT_MODELS = (CodeList, Code, ListVersion, Change, Crosswalk, Category)


@pytest.mark.parametrize("model", KEPT_MODELS, ids=lambda model: model.__name__)
def test_the_database_refuses_to_delete(model: Any) -> None:
    with pytest.raises(DatabaseError, match=r"kept|permission denied"), transaction.atomic():
        model.objects.all()._raw_delete("default")
    assert model.objects.exists()


@pytest.mark.parametrize("change", [{"value": "sea"}, {"valid_from": date(2015, 1, 1)}, {"code_list": "sex"}], ids=str)
def test_the_database_refuses_to_change_what_a_code_is(change: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Code.objects.filter(code_list="advice", value="law").update(**change)


def test_the_database_refuses_to_open_a_closed_code_again() -> None:
    code = Code.objects.filter(code_list="advice", value="law")
    code.update(valid_to=date(2026, 3, 31))
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        code.update(valid_to=None)


def test_the_database_refuses_to_change_the_history() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ListVersion.objects.update(made_by="Någon annan")
    with pytest.raises(DatabaseError), transaction.atomic():
        Change.objects.update(after="0")


def test_labels_of_a_page_cost_no_query_each(django_assert_max_num_queries: Any) -> None:
    queries.forget()
    with django_assert_max_num_queries(3):  # the stamp, the lists, the codes
        for _turn in range(100):
            for row in queries.codes("municipality", on=TODAY):
                queries.label("municipality", row.value)
                queries.label("county", row.parent)
