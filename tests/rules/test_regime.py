"""The regime, proven: what the operator has and the centre lacks is a written list, and nothing else takes a note."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
# Every table, column and address that not both have, one a line, with whose it is: what is new is written there, to be seen.
WRITTEN = Path(__file__).parent / "regime.txt"
TEXTS = Path(__file__).parent / "centre_texts.toml"
# A code of a fact has at most so many characters; what is longer could take a sentence.
LONGEST_CODE = 60
PROGRAM = """
import django, json, sys
django.setup()
from importlib import import_module
from django.apps import apps
from django.conf import settings
from django.db.models import CharField
from django.urls import URLResolver
def under(patterns, prefix=""):
    for one in patterns:
        whole = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from under(one.url_patterns, whole)
        else:
            yield whole
fields = {
    f"{m._meta.db_table}.{f.column}": f.get_internal_type()
    for m in apps.get_models(include_auto_created=True) for f in m._meta.local_concrete_fields
}
kinds = {"TextField": "text", "JSONField": "json", "BinaryField": "bytes"}
def longest(field):
    field = getattr(field, "base_field", field)
    if isinstance(field, CharField) and field.max_length is None:
        return "text"
    return kinds.get(field.get_internal_type()) or field.max_length or 0
texts = {
    f"{m._meta.db_table}.{f.column}": longest(f)
    for m in apps.get_models(include_auto_created=True) for f in m._meta.local_concrete_fields
}
sites = [module.rpartition("_")[2] for module in settings.SAMSYN_URLCONFS.values()]
print(json.dumps({
    "tables": sorted(m._meta.db_table for m in apps.get_models(include_auto_created=True)),
    "fields": fields,
    "texts": texts,
    "addresses": sorted(
        f"{site}:/{address}" for site in sites for address in under(import_module(f"samsyn.config.urls_{site}").urlpatterns)
    ),
    "rooms": sorted(a.name for a in apps.get_app_configs() if a.name.startswith("samsyn.")),
    "modules": sorted(name for name in sys.modules if name.startswith("samsyn.cases")),
}))
"""


def told(installation: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "SAMSYN_INSTALLATION": installation},
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def both() -> tuple[dict[str, Any], dict[str, Any]]:
    return told("centre"), told("operator")


def difference(centre: dict[str, Any], operator: dict[str, Any]) -> set[str]:
    """Return what only one of the two has, as a line of the written list each."""
    found = set()
    for what, kind in (("tables", "table"), ("fields", "column"), ("addresses", "address")):
        for whose, ours, theirs in (("centre", centre, operator), ("operator", operator, centre)):
            found |= {f"{whose} {kind} {name}" for name in set(ours[what]) - set(theirs[what])}
    return found


def written() -> list[str]:
    return [line for line in WRITTEN.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def test_what_only_one_of_the_two_has_is_the_written_list(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    lines, found = written(), difference(*both)
    new, gone = sorted(found - set(lines)), sorted(set(lines) - found)
    assert (new, gone) == ([], []), "\n".join([*(f"+ {one}" for one in new), *(f"- {one}" for one in gone)])
    assert lines == sorted(set(lines))


def test_the_centre_has_no_table_and_no_column_of_its_own() -> None:
    """What the centre could take, the operator takes too: the list has nothing of the centre but addresses of the public."""
    of_the_centre = [line for line in written() if line.startswith("centre ")]
    assert of_the_centre
    assert [line for line in of_the_centre if not line.startswith("centre address public:/")] == []


def test_a_running_centre_has_loaded_nothing_of_the_room(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    centre, operator = both
    assert "samsyn.cases" not in centre["rooms"]
    assert centre["modules"] == []
    assert "samsyn.cases.models" in operator["modules"]


def test_no_table_of_the_centre_takes_encrypted_or_unlimited_text_about_a_contact(
    both: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    """In the rooms of calls and facts there is no text field at all, and the one binary field is a keyed hash."""
    centre, _operator = both
    of_calls = {name: kind for name, kind in centre["fields"].items() if name.startswith("contacts_")}
    assert of_calls
    assert {name for name, kind in of_calls.items() if kind == "TextField"} == set()
    assert {name for name, kind in of_calls.items() if kind == "BinaryField"} == {"contacts_matter.code_hash"}


def test_what_of_the_centre_could_take_a_sentence_is_the_written_list_each_with_its_reason(
    both: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    centre, _operator = both
    found = {
        f"{name} {longest}"
        for name, longest in centre["texts"].items()
        if isinstance(longest, str) or longest > LONGEST_CODE
    }
    assert {"audit_checkpoint.note text", "statistics_askedtable.reason 300"} <= found
    reasons = tomllib.loads(TEXTS.read_text(encoding="utf-8"))["columns"]
    names = [name for one in reasons for name in one["names"]]
    new, gone = sorted(found - set(names)), sorted(set(names) - found)
    assert (new, gone) == ([], []), "\n".join([*(f"+ {one}" for one in new), *(f"- {one}" for one in gone)])
    assert len(names) == len(set(names))
    assert [one["names"] for one in reasons if len(one["why"]) < 30] == []


@pytest.mark.django_db
def test_the_centres_database_has_none_of_the_tables() -> None:
    assert settings.SAMSYN_INSTALLATION == "centre"
    of_the_operator = {line.split()[2] for line in written() if line.startswith("operator table ")}
    assert len(of_the_operator) > 20
    assert of_the_operator & set(connection.introspection.table_names()) == set()


def test_no_template_of_another_room_speaks_of_the_room() -> None:
    house = ROOT / "samsyn"
    templates = [file for file in house.rglob("*.html") if file.relative_to(house).parts[0] != "cases"]
    assert len(templates) > 50
    assert [file.name for file in templates if "cases:" in file.read_text(encoding="utf-8")] == []
