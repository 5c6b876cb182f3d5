"""Made-up facts for the table builder."""

from collections.abc import Iterator

import pytest

from samsyn.contacts import actions as contacts
from samsyn.contacts.models import PersonFact
from samsyn.statistics.asked.questions import Question
from tests.statistics.asked.asking import asking, made_up


@pytest.fixture
def facts(db: None) -> None:
    made = made_up()
    contacts.add_facts(**vars(made))


@pytest.fixture(autouse=True)
def no_copy_from_another_test() -> Iterator[None]:
    from samsyn.vocabulary import queries as vocabulary

    vocabulary.forget()
    yield
    vocabulary.forget()


@pytest.fixture
def planted(facts: None) -> Question:
    """A population of 2026 in which one single person more has been taken abroad and cut; the others have not."""
    PersonFact.objects.create(
        **(PersonFact.objects.values(*PersonFact.COLUMNS).filter(year=2026, quarter=1)[0])
        | {"sex": "boy_man", "age_band": "0_6", "exposure": ["fgm"], "case_kind": "siblings"}
    )
    rest = PersonFact.objects.filter(year=2026, quarter__lte=2)
    others = rest.filter(sex="boy_man", age_band="0_6")
    assert others.exists()
    return asking("exposure", first="2026-q1", last="2026-q2", sex=["girl_woman", "unknown"])
