"""What is counted says nothing about anybody: no way back, nothing finer than a week."""

import pytest
from django.db import models

from samsyn.contacts import queries
from samsyn.contacts.models import CallerPlaceFact, ContactFact, MatterFact, MentionedFact, PersonFact
from samsyn.privacy.classes import FieldClass

FACTS = (CallerPlaceFact, ContactFact, MatterFact, PersonFact, MentionedFact)


@pytest.mark.parametrize("model", FACTS)
def test_every_column_of_a_fact_is_statistical_but_its_random_id(model: type[models.Model]) -> None:
    said = model.privacy  # type: ignore[attr-defined]
    columns = {field.name for field in model._meta.concrete_fields}
    assert set(said.fields(FieldClass.STATISTICAL)) == columns - {"id"}
    assert not said.fields(FieldClass.IDENTIFYING, FieldClass.SENSITIVE)


@pytest.mark.parametrize("model", FACTS)
def test_a_fact_points_nowhere_and_knows_no_time_finer_than_a_week(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        assert not field.is_relation, field
        assert not isinstance(field, models.DateTimeField | models.TimeField | models.TextField), field
        if isinstance(field, models.DateField):
            assert field.name == "week"


@pytest.mark.parametrize("name", list(queries.FACTS))
def test_statistics_is_handed_the_named_columns_only(name: queries.Facts) -> None:
    rows = queries.facts(name, first=(2014, 1), last=(2026, 4))
    assert set(rows.query.values_select) == set(queries.columns(name))
    assert "id" not in rows.query.values_select


def test_a_municipality_stands_beside_nothing_but_the_quarter() -> None:
    assert set(CallerPlaceFact.COLUMNS) == {"year", "quarter", "municipality"}
    assert not any("municipality" in queries.columns(name) for name in queries.FACTS if name != "caller_place")
