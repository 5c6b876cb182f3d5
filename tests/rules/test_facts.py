"""What is counted says nothing about anybody: no way back, nothing finer than a week."""

import hashlib
import itertools

import pytest
from django.db import models

from samsyn.config.demonstration import world
from samsyn.contacts import actions, queries
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


@pytest.mark.django_db
@pytest.mark.parametrize("by", [(), ("age_band",), ("exposure",), ("age_band", "exposure"), ("year", "sex")])
def test_cells_leave_the_database_as_counts_and_sums_of_keys_without_ids(by: tuple[str, ...]) -> None:
    made = world.generate(scale=0.05)
    actions.add_facts(**vars(made))
    cells = queries.keyed_cells(queries.facts("person", first=(2014, 1), last=(2026, 4)), by=by)
    wanted: dict[tuple[object, ...], tuple[int, int]] = {}
    for fact in PersonFact.objects.all():
        key = int.from_bytes(hashlib.sha256(fact.id.bytes).digest()[:4], "big")
        values = [getattr(fact, name) for name in by]
        for place in itertools.product(*(one if isinstance(one, list) else [one] for one in values)):
            number, total = wanted.get(place, (0, 0))
            wanted[place] = (number + 1, (total + key) % 2**32)
    assert {cell[:-2]: cell[-2:] for cell in cells} == wanted
    ids = {str(fact_id) for fact_id in PersonFact.objects.values_list("id", flat=True)}
    assert not ids & {str(value) for cell in cells for value in cell}


@pytest.mark.django_db
def test_no_cell_is_an_empty_sum_and_two_multiple_choices_are_not_crossed_at_once() -> None:
    nobody = queries.facts("person", first=(2014, 1), last=(2014, 1))
    assert queries.keyed_cells(nobody, by=()) == [(0, 0)]
    assert queries.keyed_cells(nobody, by=("sex",)) == []
    with pytest.raises(ValueError):
        queries.keyed_cells(nobody, by=("exposure", "perpetrator_relation"))
