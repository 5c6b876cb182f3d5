"""The regime, proven: what the operator has and the centre lacks is a written list, and nothing else takes a note."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
# Everything that only the operator's installation has.
OPERATORS_TABLES = {
    "aggregates_agreement",
    "aggregates_package",
    "cases_case",
    "cases_casecode",
    "cases_caseexport",
    "cases_casegrant",
    "cases_casetext",
    "cases_certification",
    "cases_contactclearance",
    "cases_contactoverride",
    "cases_dutyshift",
    "cases_emergency",
    "cases_exclusion",
    "cases_keyring",
    "cases_keyway",
    "cases_officerseal",
    "cases_recovery",
    "cases_recoveryseal",
    "cases_sharerequest",
    "cases_succession",
    "cases_successionseal",
    "cases_tie",
    "cases_withdrawal",
    "visitors_box",
    "visitors_chat",
    "visitors_chatline",
    "visitors_message",
    "visitors_readingwindow",
    "visitors_spentchallenge",
    "visitors_wrongtry",
}
OPERATORS_PREFIXES = ("cases/", "inbox/", "packages/")
OPERATORS_ADDRESSES = 32
PROGRAM = """
import django, json, sys
django.setup()
from importlib import import_module
from django.apps import apps
from django.urls import URLResolver
def under(patterns, prefix=""):
    for one in patterns:
        whole = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from under(one.url_patterns, whole)
        else:
            yield whole
fields = {
    f"{m._meta.db_table}.{f.name}": f.get_internal_type() for m in apps.get_models() for f in m._meta.local_concrete_fields
}
print(json.dumps({
    "tables": sorted(m._meta.db_table for m in apps.get_models(include_auto_created=True)),
    "fields": fields,
    "addresses": sorted(under(import_module("samsyn.config.urls_staff").urlpatterns)),
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


def test_the_operators_tables_are_the_written_ones(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    centre, operator = both
    assert set(operator["tables"]) - set(centre["tables"]) == OPERATORS_TABLES
    assert set(centre["tables"]) <= set(operator["tables"])


def test_the_operators_addresses_are_the_written_ones(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    centre, operator = both
    more = set(operator["addresses"]) - set(centre["addresses"])
    assert all(address.startswith(OPERATORS_PREFIXES) for address in more)
    assert len(more) == OPERATORS_ADDRESSES
    assert set(centre["addresses"]) <= set(operator["addresses"])


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


@pytest.mark.django_db
def test_the_centres_database_has_none_of_the_tables() -> None:
    assert settings.SAMSYN_INSTALLATION == "centre"
    assert OPERATORS_TABLES & set(connection.introspection.table_names()) == set()


def test_no_template_of_another_room_speaks_of_the_room() -> None:
    house = ROOT / "samsyn"
    templates = [file for file in house.rglob("*.html") if file.relative_to(house).parts[0] != "cases"]
    assert len(templates) > 50
    assert [file.name for file in templates if "cases:" in file.read_text(encoding="utf-8")] == []
