"""A small table as its file, the meter's own script in Node, and people signed in."""

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from samsyn.anonymity import files, packing
from samsyn.config.demonstration import made_up_population
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account
from samsyn.people.roles import Regime, Role
from samsyn.vocabulary import queries as vocabulary

SCRIPT = Path(files.__file__).parent / "static" / "anonymity" / "meter.js"
PROGRAM = """
import { readFileSync } from "node:fs";
const meter = await import(process.argv[1]);
const { packed, asked } = JSON.parse(readFileSync(0, "utf8"));
const table = packed === null ? null : meter.decode(Uint8Array.from(Buffer.from(packed, "base64")));
const decoded = table && Object.fromEntries([...table].map(([code, counts]) => [code, [...counts]]));
console.log(JSON.stringify({ divisor: meter.DIVISOR, decoded, found: asked.map((said) => meter.estimate(table, said)) }));
"""


def in_node(table: files.Table | None, asked: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the page's own script reads in the table and answers to what is told."""
    import base64

    node = shutil.which("node")
    assert node, "Node.js is missing: script/test installs it or says how"
    packed = None if table is None else base64.b64encode(packing.pack(table.counts)).decode()
    done = subprocess.run(
        [node, "--input-type=module", "--eval", PROGRAM, SCRIPT.as_uri()],
        input=json.dumps({"packed": packed, "asked": asked}), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="session")
def made_up() -> files.Table:
    """A made-up table of some municipalities in two counties."""
    return made_up_population.table(["0114", "0115", "0580", "0581", "0583"], seed=7)


@pytest.fixture
def whole_country(db: None, now: datetime) -> files.Table:
    """A made-up table of every municipality."""
    return made_up_population.table(sorted(row.value for row in vocabulary.codes("municipality", on=now.date())))


def as_file(table: files.Table, *, made_up: str = "yes") -> str:
    """Return a table as its file."""
    head = [table.version, table.source, table.counted_on.isoformat(), table.read_on.isoformat(), made_up]
    lines = [f"# {name}: {value}" for name, value in zip(files.HEAD, head, strict=True)]
    lines.append(";".join(files.COLUMNS))
    for code, counts in table.counts.items():
        for place, count in enumerate(counts):
            sex, age = divmod(place, packing.AGES)
            lines.append(f"{code};{age};{packing.SEXES[sex]};{count}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def signed_in(db: None, now: datetime) -> Callable[[Role], Client]:
    """Return a browser in which somebody with this role is signed in."""

    def sign_in(role: Role) -> Client:
        organisation = people.create_organisation(
            name=f"Centret {role}", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=now
        )
        account = people.create_account(
            name=f"en.{role}", pseudonym="Någon 1", organisation=organisation, by=SYSTEM, at=now
        )
        people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=now)
        Account.objects.filter(pk=account.pk).update(password_is_temporary=False)
        client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
        client.force_login(account)
        session = client.session
        session[FACTOR] = True
        session.save()
        return client

    return sign_in
