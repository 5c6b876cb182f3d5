"""The public map of methods: closed rounds only, names of those who use a method only, sums for the rest."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from samsyn.deliveries.survey import actions
from samsyn.people.actors import Actor
from samsyn.statistics import queries
from tests.deliveries.conftest import AT, Deliverer, enrol
from tests.deliveries.test_portal import shown
from tests.deliveries.test_survey import PATRIARK, opened, replied


@pytest.fixture
def reader(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(queries, "PUBLIC", "default")
    return Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})


@pytest.fixture
def municipalities(db: None) -> Iterator[list[Deliverer]]:
    counties = ("01", "01", "01", "03", "09")
    yield [enrol(f"0{114 + n}", f"Kommun {n}", county=county, number=n) for n, county in enumerate(counties)]


def test_nothing_is_public_while_the_round_is_open(
    reader: Client, municipalities: list[Deliverer], analyst: Actor
) -> None:
    made = opened(analyst)
    replied(made, municipalities[0], PATRIARK)
    assert "Ingen enkät är avslutad än" in shown(reader.get("/methods/"))
    assert reader.get("/methods/patriark/").status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM deliveries_closed_reply")
        assert cursor.fetchone() == (0,)


def test_the_map_says_how_many_were_asked_and_names_only_who_uses_a_method(
    reader: Client, municipalities: list[Deliverer], analyst: Actor
) -> None:
    made = opened(analyst)
    for one in municipalities[:3]:
        replied(made, one, PATRIARK)
    replied(made, municipalities[3], {"patriark_used": ["no"]})
    actions.close_round(round_id=made, by=analyst, at=AT)
    page = shown(reader.get("/methods/"))
    assert "4 av 5 tillfrågade organisationer svarade (80 %)" in page.replace("\u00a0", " ")
    assert "PATRIARK 3 1 0 0 1 0" in page
    assert "FREDA 0 3 0 1 1 0" in page
    assert "Kommun" not in page
    answer = reader.get("/methods/patriark/")
    page = shown(answer)
    for named in ("Kommun 0", "Kommun 1", "Kommun 2"):
        assert named in page
    for unnamed in ("Kommun 3", "Kommun 4"):
        assert unnamed not in page
    assert "Stockholm 3 3" in page
    assert "Gotland 1 0" in page, "a county of one says neither no nor that nobody answered"
    assert "1–4 3" in page
    assert "Children and young persons under 18 3" in shown(reader.get("/en/methods/patriark/"))
    again = reader.get("/methods/patriark/", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    assert reader.get("/methods/nothing/").status_code == 404


def test_how_many_are_trained_is_not_told_of_fewer_than_three(
    reader: Client, municipalities: list[Deliverer], analyst: Actor
) -> None:
    made = opened(analyst)
    for one in municipalities[:2]:
        replied(made, one, PATRIARK)
    actions.close_round(round_id=made, by=analyst, at=AT)
    page = shown(reader.get("/methods/patriark/"))
    assert "visas när minst tre använder metoden" in page
    assert "1–4" not in page
    assert "Kommun 1" in page
