"""Deliveries: ``python -m tests.run --only-django shell -c "from bench import deliveries; deliveries.main()"``.

1. A million rows with 200 planted faults, checked by us and by frictionless (the published Table Schema) on the same file, each
   in a process of its own. Goals: under 8 s, under 100 MB, every fault found where it is and none invented.
2. The nation: 290 municipalities x 12 quarters x the core package through the REST view in one run; then the yearly compilation
   over all of it. Goal: under 5 s. (Sudden death is tried in tests/deliveries/test_kill.py.)
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from samsyn.deliveries.checking import checker, offline
from samsyn.deliveries.checking.formats import Breakdown, Item, TableFormat, Variable
from tests.deliveries.files import SPOILERS

FAULTS = 200
GOAL_SECONDS, GOAL_MEMORY = 8.0, 100
ROWS = {"variables": 500, "codes": 46, "sexes": 40}  # with four answer states: 500 x 50 x 40


def large_format() -> TableFormat:
    def items(sign: str, number: int) -> tuple[Item, ...]:
        return tuple(Item(f"{sign}{at}", sign, sign) for at in range(number))

    variables = tuple(
        Variable(f"variabel{at}", "V", "V", items("kod", ROWS["codes"])) for at in range(ROWS["variables"])
    )
    return TableFormat(
        "core", "1.0.0", "persons", "P", "P", variables, (Breakdown("sex", "Kön", "Sex", items("k", ROWS["sexes"])),)
    )


def write(path: Path) -> set[tuple[str, int]]:
    """Write a million rows with planted faults, and return what has to be found."""
    form = large_format()
    dice = random.Random(7)
    chosen = set(dice.sample(range(1, form.size), FAULTS))
    planted = set()
    with path.open("w", newline="") as out:
        out.write(";".join(form.headings) + "\n")
        for at, key in enumerate(form.each_cell()):
            row = ["0180", "2026K1", form.name, form.table, *key, str(at % 90), "normal"]
            if at in chosen:
                planted.add((SPOILERS[dice.randrange(len(SPOILERS))](row, form, dice), at + 2))
            out.write(";".join(row) + "\n")
    return planted


def ours(path: str) -> None:
    form = large_format()
    begun = time.perf_counter()
    with Path(path).open("rb") as file:
        made = checker.check(file, formats={(form.name, form.table): form}, organisation="0180")
    took = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([took, memory, sorted((fault.rule, fault.row) for fault in made.faults), made.number_of_faults]))


def theirs(path: str) -> None:
    from frictionless import Checklist, Dialect, Resource, Schema, formats

    dialect = Dialect(controls=[formats.CsvControl(delimiter=";")])
    schema = Schema.from_descriptor(offline.schema(large_format()))
    file = Path(path)
    begun = time.perf_counter()
    resource_ = Resource(path=file.name, basepath=str(file.parent), schema=schema, dialect=dialect, encoding="utf-8")
    report = resource_.validate(Checklist(skip_errors=["primary-key"]), limit_errors=100_000, limit_rows=None)
    took = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = {error["rowNumber"] for error in report.to_dict()["tasks"][0]["errors"] if "rowNumber" in error}
    print(json.dumps([took, memory, sorted(rows)]))


def run(what: str, path: Path) -> list[object]:
    program = f"from bench import deliveries; deliveries.{what}({str(path)!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    found: list[object] = json.loads(done.stdout.splitlines()[-1])
    return found


def million() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        planted = write(path)
        took, memory, found, number = run("ours", path)
        theirs_took, theirs_memory, rows = run("theirs", path)
    assert {(rule, row) for rule, row in found} == planted  # type: ignore[attr-defined]
    assert number == FAULTS
    seen = len({row for _rule, row in planted} & set(rows))  # type: ignore[call-overload]
    print(f"1,000,000 rows, {FAULTS} planted faults, all found where they are, none invented")
    print(f"  ours          {took:6.1f} s  {memory:5.0f} MB   (goals {GOAL_SECONDS} s, {GOAL_MEMORY} MB)")
    print(f"  frictionless  {theirs_took:6.1f} s  {theirs_memory:5.0f} MB   sees {seen} of {FAULTS} faulty rows")
    print(f"  ratio         {theirs_took / took:6.1f} ×")  # type: ignore[operator]


def nation(municipalities: int = 290) -> None:
    """Deliver through the REST view in this process's database, then compile; nothing may be lost or doubled."""
    import csv
    from datetime import UTC, datetime
    from urllib.parse import urlencode

    from django.conf import settings
    from django.test import Client

    from samsyn.config.demonstration.deliverers import PACKAGE, TABLE, as_file, figures
    from samsyn.deliveries import actions, packages, periods, queries
    from samsyn.deliveries.models import Delivery
    from samsyn.people.actors import SYSTEM
    from samsyn.statistics.delivered import own

    settings.ALLOWED_HOSTS = ["*"]
    places = Path(__file__).parents[1] / "samsyn" / "vocabulary" / "data" / "lists" / "municipality.csv"
    with places.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:municipalities]
    at = datetime(2023, 12, 1, tzinfo=UTC)
    system = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    quarters = list(periods.between("2023K4", datetime(2026, 10, 20, tzinfo=UTC).date()))[:12]
    sent: dict[str, int] = {}
    begun = time.perf_counter()
    for row in rows:
        code = row["value"]
        pk = actions.add_deliverer(
            new=actions.NewDeliverer(code, row["label_sv"], "municipality", code[:2]), by=SYSTEM, at=at
        )
        for version, first in (("1.0.0", "2023K4"), ("2.0.0", "2026K1")):
            agreed = actions.NewAgreement(PACKAGE, version, TABLE, "quarter", first)
            actions.make_agreement(deliverer_id=pk, new=agreed, by=SYSTEM, at=at)
        client_id, secret = actions.make_client(sender=queries.sender_named(code, by=SYSTEM), at=at)
        asked = urlencode({"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret})
        form_type = "application/x-www-form-urlencoded"
        token = system.post("/deliveries/api/v1/token", asked, content_type=form_type).json()["access_token"]
        for quarter in quarters:
            form = packages.format_of(PACKAGE, "1.0.0" if quarter < "2026" else "2.0.0", TABLE)
            counts = figures(form, cases=5 + int(code) % 30, seed=f"{code}{quarter}")
            sent[quarter] = sent.get(quarter, 0) + sum(counts[: form.width])
            headers = {
                "authorization": f"Bearer {token}",
                "idempotency-key": f"{code}{quarter}",
                "samsyn-accept-warnings": "true",
            }
            content = as_file(form, code=code, period=quarter, counts=counts).getvalue()
            told = system.post("/deliveries/api/v1/deliveries", content, content_type="text/csv", headers=headers)
            assert told.status_code == 202, told.content
            assert told.json()["state"] == "accepted", told.json()
    took = time.perf_counter() - begun
    number = municipalities * len(quarters)
    assert Delivery.objects.filter(state="accepted").count() == number
    begun = time.perf_counter()
    made = own.latest_compilation()
    compiled_in = time.perf_counter() - begun
    first = made.target.places["units"]["all"]
    total = int(made.counts[:, first : first + made.target.width].sum())
    assert total == sum(sent.values()), (total, sum(sent.values()))
    assert int(made.deliveries.sum()) == number
    cells = number * made.target.size
    print(
        f"the nation: {municipalities} municipalities × {len(quarters)} quarters through REST: {number} files, {cells} cells"
    )
    print(f"  delivered in  {took:6.1f} s  ({number / took:.0f} files/s, made-up figures included)")
    print(f"  compiled in   {compiled_in:6.2f} s  (goal 5 s), {total} cases, none lost or doubled")


def main() -> None:
    million()
    nation()
