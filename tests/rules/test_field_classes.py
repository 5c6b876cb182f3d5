"""Every field of every table is classed exactly once and falls under a retention rule that exists."""

from dataclasses import replace

import pytest
from django.apps import apps
from django.db.models import Model

from samsyn.contacts.models import Contact
from samsyn.people.third_party import CLASSIFICATIONS
from samsyn.privacy import retention
from samsyn.privacy.classes import Classification, FieldClass, classification_of, problems

MODELS = sorted(apps.get_models(), key=lambda model: model._meta.label)


def said_of(model: type[Model]) -> Classification | None:
    return classification_of(model) or CLASSIFICATIONS.get(model._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_field_is_classed_once_and_kept_by_a_rule(model: type[Model]) -> None:
    said = said_of(model)
    assert said is not None, "no classification"
    assert problems(model, said) == []
    assert said.retention in {rule.code for rule in retention.declared_rules()}


def test_the_libraries_are_not_classed_beyond_what_they_have() -> None:
    assert set(CLASSIFICATIONS) <= {model._meta.label for model in MODELS}
    assert not [model for model in MODELS if classification_of(model) and model._meta.label in CLASSIFICATIONS]


def test_a_new_field_without_a_class_is_found() -> None:
    said = classification_of(Contact)
    assert said is not None
    everything = said.fields(*FieldClass)
    for name in everything:
        fewer = replace(
            said, classes={kind: tuple(f for f in names if f != name) for kind, names in said.classes.items()}
        )
        assert problems(Contact, fewer) == [f"contacts.Contact.{name} has no privacy class"]
    twice = replace(
        said, classes={**said.classes, FieldClass.IDENTIFYING: (*said.classes[FieldClass.IDENTIFYING], everything[0])}
    )
    assert problems(Contact, twice) == [f"contacts.Contact.{everything[0]} is classed twice"]


def test_the_desk_keeps_no_identifying_field() -> None:
    """Who called is never kept; the adviser at the desk is the only person a working record names."""
    for model in apps.get_app_config("contacts").get_models():
        said = said_of(model)
        assert said is not None
        assert set(said.fields(FieldClass.IDENTIFYING)) <= {"adviser_id", "adviser"}, model
