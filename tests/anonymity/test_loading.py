"""A table is loaded once, by a command, and never changed."""

from dataclasses import replace
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction

from samsyn.anonymity import actions, queries
from samsyn.anonymity.files import BadTable, Table
from samsyn.anonymity.models import PopulationTable
from samsyn.audit.models import Event
from samsyn.people.actors import SYSTEM
from tests.anonymity.conftest import as_file

pytestmark = pytest.mark.django_db


def test_the_command_loads_a_file_and_prints_its_sums(whole_country: Table, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(as_file(whole_country), encoding="utf-8")
    said = StringIO()
    call_command("load_population", str(file), stdout=said)
    assert f"{whole_country.total} people in 290 municipalities" in said.getvalue()
    assert f"  01: {whole_country.totals_by_county()['01']}" in said.getvalue()
    assert "MADE UP" in said.getvalue()
    (event,) = Event.objects.filter(kind="population_table_loaded")
    assert event.facts["total"] == whole_country.total
    again = StringIO()
    call_command("load_population", str(file), stdout=again)
    assert "It is loaded already." in again.getvalue()
    assert Event.objects.filter(kind="population_table_loaded").count() == 1


def test_a_bad_file_loads_nothing(whole_country: Table, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(as_file(whole_country).replace("0114;0;girl_woman;", "0114;0;girl_woman;-"), encoding="utf-8")
    with pytest.raises(CommandError, match="line 7"):
        call_command("load_population", str(file))
    with pytest.raises(CommandError):
        call_command("load_population", str(tmp_path / "nothing.csv"))
    assert not PopulationTable.objects.exists()
    assert not Event.objects.filter(kind="population_table_loaded").exists()


def test_a_version_keeps_its_contents(whole_country: Table, now: datetime) -> None:
    actions.load_table(table=whole_country, by=SYSTEM, at=now)
    other = replace(whole_country, counts={**whole_country.counts, "0114": [1] * 202})
    with pytest.raises(BadTable, match="version of its own"):
        actions.load_table(table=other, by=SYSTEM, at=now)
    with pytest.raises(ProgrammingError), transaction.atomic():
        PopulationTable.objects.update(is_made_up=False)


def test_the_latest_real_table_is_in_force_and_a_made_up_one_only_where_there_is_none(
    whole_country: Table, now: datetime
) -> None:
    assert queries.table_in_force() is None
    for version, made_up, day in (("m", True, 2026), ("r1", False, 2024), ("r2", False, 2025), ("r0", False, 2023)):
        table = replace(whole_country, version=version, is_made_up=made_up, counted_on=date(day, 1, 1))
        assert actions.load_table(table=table, by=SYSTEM, at=now)
        if version == "m":
            assert queries.table_in_force().version == "m"  # type: ignore[union-attr]
    assert queries.table_in_force().version == "r2"  # type: ignore[union-attr]
