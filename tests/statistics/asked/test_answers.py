"""The table builder: any crossing of what is approved, protected by default."""

from typing import Any

import numpy as np
import pytest

from samsyn.contacts import queries as contact_queries
from samsyn.statistics.asked import answers, words
from samsyn.statistics.asked.questions import Question, normal
from samsyn.statistics.asked.variables import TIME, load, variables
from samsyn.statistics.definitions.loader import BadDefinition
from samsyn.statistics.definitions.model import UNITS
from samsyn.statistics.periods import Quarter
from tests.oracle.tables import counted
from tests.statistics.asked.asking import asking, conditions, rows_of

pytestmark = pytest.mark.django_db

CROSSINGS = (
    asking("age_band"),
    asking("age_band", "sex", exposure=["marriage", "fgm"]),
    asking("exposure", "age_band"),
    asking("age_band", "exposure", sex=["girl_woman"]),
    asking("exposure", "perpetrator_relation", age_band=["13_15", "16_17", "unknown"]),
    asking("county", "outcome", unit="contact", first="2014-q1"),
    asking("actors_engaged", "main_concern", unit="matter"),
    asking("age_group", unit="mentioned"),
)


def test_every_cell_is_what_looking_at_every_fact_gives(facts: None) -> None:
    for question in CROSSINGS:
        check_every_cell(question)


def check_every_cell(question: Question) -> None:
    found = answers.answer(question)
    population = question.population
    rows = rows_of(population.unit)
    where = dict(population.filters)
    within = [row for row in rows if counted([row], first=(2014, 1), last=(2026, 4), where=where)]
    for at in range(found.row.size):
        for across in range(found.column.size if found.column else 1):
            wanted = [conditions(found.row, at), conditions(found.column, across) if found.column else {}]
            number = sum(
                all(counted([row], first=(2014, 1), last=(2026, 4), where=one) for one in wanted)
                for row in within
                if population.span.first.pair <= (row["year"], row["quarter"]) <= population.span.last.pair
            )
            assert found.figures.counts[at, across] == number, (at, across)


def test_quarters_add_up_to_their_years(facts: None) -> None:
    found = answers.answer(asking(TIME, "sex", first="2023-q2", last="2025-q1"))
    counts = found.figures.counts
    assert [code for code, _members in found.row.groups] == ["2023", "2024", "2025"]
    assert counts[8].tolist() == counts[:3].sum(axis=0).tolist()
    assert counts[-1].tolist() == counts[:8].sum(axis=0).tolist()
    assert counts[-1, -1] == counted(rows_of("person"), first=(2023, 2), last=(2025, 1))


def test_the_same_people_have_the_same_figure_in_every_table(facts: None) -> None:
    crossed = answers.answer(asking("age_band", "exposure"))
    turned = answers.answer(asking("exposure", "age_band"))
    girls = answers.answer(asking("age_band", sex=["girl_woman"]))
    by_sex = answers.answer(asking("age_band", "sex"))
    married = answers.answer(asking("age_band", exposure=["marriage"]))
    assert crossed.figures.shown.T.tolist() == [
        turned.figures.shown[at].tolist()[: len(crossed.row.values)]
        + crossed.figures.shown.T[at].tolist()[len(crossed.row.values) : -1]
        + [turned.figures.shown[at, -1]]
        for at in range(turned.row.size)
    ]
    assert by_sex.column is not None
    assert (
        by_sex.figures.shown[:, by_sex.column.values.index("girl_woman")].tolist() == girls.figures.shown[:, 0].tolist()
    )
    assert crossed.column is not None
    assert (
        crossed.figures.shown[:, crossed.column.values.index("marriage")].tolist()
        == married.figures.shown[:, 0].tolist()
    )


def test_no_figure_that_is_shown_lies_between_nought_and_five(facts: None) -> None:
    found = answers.answer(asking("profession", "county", unit="contact", first="2014-q1"))
    shown = found.figures.shown
    assert ((found.figures.counts > 0) & (found.figures.counts < 5)).any()
    assert not ((shown > 0) & (shown < 5)).any()
    assert (shown[found.figures.counts == 0] == 0).all()
    assert (shown != found.figures.counts).any()


def test_a_question_has_one_normal_form(facts: None) -> None:
    assert asking(sex=["boy_man", "girl_woman", "boy_man"]) == asking(sex=["girl_woman", "boy_man"])
    every = {"sex": answers.values_of(variables()["person"]["sex"])}
    assert normal(every, values=every) == ()
    assert normal({"sex": []}) == ()
    one = asking("age_band", "sex", exposure=["fgm"])
    assert Question.from_json(one.as_json()) == one


def test_a_variable_is_counted_only_while_it_was_recorded(facts: None) -> None:
    asked = asking("disability", first="2018-q1")
    counted_ = answers.effective(asked)
    assert counted_.population.span.first == Quarter(2021, 1)
    found = answers.answer(counted_)
    assert any("2021" in note and "senare" in note for note in words.notes(asked, found, is_exact=False))
    with pytest.raises(answers.NeverTogether):
        answers.effective(asking("age_band", first="2018-q1", last="2020-q4", lgbtq=["yes"]))


def test_the_share_of_a_late_code_is_of_those_since_then(facts: None) -> None:
    found = answers.answer(asking("exposure", first="2014-q1", last="2018-q4"))
    shown = words.shown_of(found, is_exact=True)
    at = [row.code for row in shown.rows].index("sexual")
    base = counted(rows_of("person"), first=(2017, 1), last=(2018, 4))
    part = counted(rows_of("person"), first=(2014, 1), last=(2018, 4), where={"exposure": ["sexual"]})
    assert shown.shares[at] == [round(100 * part / base)]
    assert shown.shares[[row.code for row in shown.rows].index("virginity_check")] == [None]
    assert any("Sexuellt våld" in note for note in words.notes(found.question, found, is_exact=False))


def test_shares_are_of_the_protected_figures(facts: None) -> None:
    found = answers.answer(asking("age_band", "sex"))
    shown = words.shown_of(found, is_exact=False)
    for row, shares in zip(shown.rows, shown.shares, strict=True):
        for column, share in zip(shown.columns, shares, strict=True):
            whole = int(shown.figures[-1, column.at])
            assert share == (min(100, int(100 * shown.figures[row.at, column.at] / whole + 0.5)) if whole else None)


def test_a_state_that_shows_nought_is_not_told_by_its_row(facts: None) -> None:
    found = answers.answer(asking("age_band"))
    nothing = np.zeros_like(found.figures.shown)
    assert {one.code for one in words.places(found.row, "person", nothing)} == {
        "0_6", "7_12", "13_15", "16_17", "18_21", "22_25", "26_plus", "under_18", "18_plus", "total",
    }  # fmt: skip


def test_only_approved_columns_can_be_asked_for(tmp_path: Any) -> None:
    for unit in UNITS:
        assert set(variables()[unit]) <= set(contact_queries.columns(unit)) - {"year", "quarter", "week"}
    # The line's figures can't be used for numbers of matters or exposed persons by county.
    assert [unit for unit in UNITS if "county" in variables()[unit]] == ["contact"]
    file = tmp_path / "variables.toml"
    file.write_text('[[variables]]\nunit = "person"\ncolumn = "id"\nlist = "sex"\n')
    with pytest.raises(BadDefinition):
        load(file, columns={unit: contact_queries.columns(unit) for unit in UNITS}, line="support_call")


def test_a_line_is_asked_only_for_what_it_asks() -> None:
    columns = {unit: contact_queries.columns(unit) for unit in UNITS}
    centre, operator = load(columns=columns, line="support_call"), load(columns=columns, line="exposed_line")
    assert {"sector", "profession"} <= set(centre["contact"])
    assert set(operator["contact"]) - set(centre["contact"]) == {
        "contact_kind", "caller_role", "adaptation", "language", "interpreter",
    }  # fmt: skip
    assert not {"sector", "profession"} & {column for unit in UNITS for column in operator[unit]}


def test_every_variable_has_its_list_and_its_words(facts: None) -> None:
    for unit, known in variables().items():
        for column, one in known.items():
            assert words.label(unit, column)
            assert len(answers.values_of(one)) > len(words.STATES)
            fact = contact_queries.FACTS[unit]._meta.get_field(column)
            assert one.is_multiple == (fact.get_internal_type() == "ArrayField"), column
