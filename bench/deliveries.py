"""Deliveries: ``python -m bench.deliveries [--municipalities 290] [--clients 6] [--without-million]``.

1. A million rows with 200 planted faults, checked by us and by frictionless (the Table Schema of our package, without its key:
   with it frictionless keeps every row) on the same file, each in a process of its own. Goals: under 8 s, under 100 MB, every
   fault found where it is and none invented.
2. The nation: every municipality x 12 quarters x the core package (both of its tables) through the REST door of the real web
   server, by a bounded number of clients, into a PostgreSQL that writes to the disk. The server is killed (SIGKILL) twice on the
   way; a client that got no answer sends the same file under the same key again. Nothing may be lost or doubled; the log must
   verify.
3. The yearly compilation over all of it. Goal: under 5 s.
"""

import argparse
import csv
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from samsyn.config import database
from samsyn.config.cluster import Cluster
from samsyn.config.keys import create_missing
from samsyn.deliveries.checking import checker, offline
from samsyn.deliveries.checking.formats import Breakdown, Item, TableFormat, Variable
from tests.deliveries import files
from tests.deliveries.rest_load import Place, load
from tests.desk_at_work import Web

FAULTS = 200
GOAL_SECONDS, GOAL_MEMORY, GOAL_COMPILED = 8.0, 100, 5.0
MUNICIPALITIES, QUARTERS, KILLS = 290, 12, 2
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


def write(path: Path) -> set[files.Place]:
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
                spoiler = files.SPOILERS[dice.randrange(len(files.SPOILERS))]
                planted.add(files.spoil(row, spoiler, form, number=at + 2))
            out.write(";".join(row) + "\n")
    return planted


def ours(path: str) -> None:
    form = large_format()
    begun, worked = time.perf_counter(), time.process_time()
    with Path(path).open("rb") as file:
        made = checker.check(file, formats={(form.name, form.table): form}, organisation="0180")
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([took, worked, memory, sorted(files.places(made))]))


def theirs(path: str) -> None:
    from frictionless import Checklist, Dialect, Resource, Schema, formats

    dialect = Dialect(controls=[formats.CsvControl(delimiter=";")])
    schema = Schema.from_descriptor(offline.schema(large_format()))
    file = Path(path)
    begun, worked = time.perf_counter(), time.process_time()
    resource_ = Resource(path=file.name, basepath=str(file.parent), schema=schema, dialect=dialect, encoding="utf-8")
    report = resource_.validate(Checklist(skip_errors=["primary-key"]), limit_errors=100_000, limit_rows=None)
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = {error["rowNumber"] for error in report.to_dict()["tasks"][0]["errors"] if "rowNumber" in error}
    print(json.dumps([took, worked, memory, sorted(rows)]))


def run(what: str, path: Path) -> tuple[float, float, float, list[Any]]:
    program = f"from bench import deliveries; deliveries.{what}({str(path)!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    took, worked, memory, found = json.loads(done.stdout.splitlines()[-1])
    return took, worked, memory, found


def busy() -> str:
    return f"load of the machine {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores"


def verdict(is_met: bool) -> str:
    return "ok" if is_met else "NOT MET"


@dataclass(frozen=True)
class Read:
    """What a reader of the million rows took, and what it found."""

    took: float
    worked: float
    memory: float
    found: list[Any]

    def __str__(self) -> str:
        return f"{self.took:6.1f} s ({self.worked:.1f} s of processor)  {self.memory:5.0f} MB"


def million() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        planted = write(path)
        print(f"1,000,000 rows, {FAULTS} planted faults; {busy()}", flush=True)
        we, they = Read(*run("ours", path)), Read(*run("theirs", path))
    wrong = {(rule, row, column) for rule, row, column in we.found} ^ planted
    if wrong:
        raise RuntimeError(f"not found, or invented: {sorted(wrong)[:5]}")
    seen = len({row for _rule, row, _column in planted} & set(they.found))
    print(f"  ours          {we}  all faults found where they are, none invented")
    print(f"                goal {GOAL_SECONDS} s: {verdict(we.took < GOAL_SECONDS)}", end="; ")
    print(f"goal {GOAL_MEMORY} MB: {verdict(we.memory < GOAL_MEMORY)}")
    print(f"  frictionless  {they}  sees {seen} of {FAULTS} faulty rows")
    print(
        f"  ratio         {they.took / we.took:6.1f} x by the clock, {they.worked / we.worked:.1f} x of processor",
        flush=True,
    )


# The nation


@contextmanager
def installation() -> Iterator[tuple[Cluster, dict[str, str]]]:
    """Start a database server that writes to the disk before it answers, with an installation in it."""
    with tempfile.TemporaryDirectory(prefix="samsyn-bench-") as place:
        folder = Path(place)
        folder.chmod(0o711)
        cluster = Cluster(folder / "cluster")
        cluster.start()
        try:
            keys = folder / "keys"
            create_missing(keys)
            addresses = database.prepare(cluster.url(), name="samsyn_centre", secret_folder=folder / "roles")
            settings = {
                "SAMSYN_INSTALLATION": "centre",
                "SAMSYN_KEY_DIR": str(keys),
                "SAMSYN_STATIC_DIR": str(folder / "static"),
            }
            settings["DJANGO_SETTINGS_MODULE"] = "samsyn.config.settings"
            database.migrate(addresses, environment=settings)
            environment = {**os.environ, **settings, **addresses.environment()}
            for command in ("collectstatic", "load"):
                named = ["--noinput", "--verbosity=0"] if command == "collectstatic" else []
                asked = [sys.executable, "-m", "samsyn", command, *named]
                subprocess.run(asked, env=environment, check=True, capture_output=True)
            yield cluster, environment
        finally:
            cluster.stop()


def enrol(municipalities: int, folder: Path) -> list[Place]:
    """Write the register and every file that is going to be sent."""
    from samsyn.config.demonstration.deliverers import PACKAGE, TABLES, as_file, figures
    from samsyn.deliveries import actions, packages, periods, queries
    from samsyn.people.actors import SYSTEM

    named = Path(__file__).parents[1] / "samsyn" / "vocabulary" / "data" / "lists" / "municipality.csv"
    with named.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["value"].isdigit()][:municipalities]
    at = datetime(2023, 9, 1, tzinfo=UTC)
    quarters = list(periods.between("2023K4", datetime(2026, 10, 20, tzinfo=UTC).date()))[:QUARTERS]
    found = []
    for row in rows:
        code = row["value"]
        new = actions.NewDeliverer(code, row["label_sv"], "municipality", code[:2])
        pk = actions.add_deliverer(new=new, by=SYSTEM, at=at)
        for version, first in (("1.0.0", "2023K4"), ("2.0.0", "2026K1")):
            for table in TABLES:
                agreed = actions.NewAgreement(PACKAGE, version, table, "quarter", first)
                actions.make_agreement(deliverer_id=pk, new=agreed, by=SYSTEM, at=at)
        client_id, secret = actions.make_client(sender=queries.sender_named(code, by=SYSTEM), at=at)
        files = []
        for quarter, (table, share) in itertools.product(quarters, TABLES.items()):
            form = packages.format_of(PACKAGE, "1.0.0" if quarter < "2026" else "2.0.0", table)
            counts = figures(form, cases=round(share * (5 + int(code) % 30)), seed=f"{code}{quarter}{table}")
            path = folder / f"{code}-{quarter}-{table}.csv"
            path.write_bytes(as_file(form, code=code, period=quarter, counts=counts).getvalue())
            files.append((quarter, path, sum(counts[: form.width])))
        found.append(Place(code, str(client_id), secret, tuple(files)))
    return found


def check(places: list[Place], environment: dict[str, str]) -> None:
    """Raise unless every file counts exactly once, has one event, and the log verifies."""
    from samsyn.audit.models import Event
    from samsyn.deliveries.models import Delivery

    wanted = sorted(path.stem for place in places for _period, path, _cases in place.files)
    rows = Delivery.objects.values_list("deliverer__code", "period", "table", "state")
    if sorted(f"{code}-{period}-{table}" for code, period, table, _state in rows) != wanted:
        raise RuntimeError("deliveries are lost or doubled")
    if {state for *_which, state in rows} != {"accepted"}:
        raise RuntimeError("a delivery does not count")
    events = Event.objects.filter(kind="delivery_accepted").values_list("subject", flat=True)
    if len(events) != len(set(events)) or len(events) != len(wanted):
        raise RuntimeError("events are lost or doubled")
    for what in ("checkpoint", "verify"):
        asked = [sys.executable, "-m", "samsyn", "audit", what]
        subprocess.run(asked, env=environment, check=True, capture_output=True)


def nation(municipalities: int, clients: int) -> None:
    with installation() as (_cluster, environment), tempfile.TemporaryDirectory() as folder:
        os.environ.update(environment)
        import django

        django.setup()
        places = enrol(municipalities, Path(folder))
        number = sum(len(place.files) for place in places)
        part = "" if municipalities >= MUNICIPALITIES else " (a part of the country)"
        said = f"the nation: {len(places)} municipalities{part} x {QUARTERS} quarters x 2 tables = {number} files"
        print(f"{said}, {clients} clients; {busy()}", flush=True)
        web = Web(environment)
        web.start()
        try:
            team, took = load(places, web, clients=clients, kills=KILLS)
        finally:
            web.stop()
        check(places, environment)
        seconds = sorted(one for client in team for one in client.seconds)
        again = sum(client.again for client in team)
        p50, p95 = (seconds[int(len(seconds) * share)] * 1000 for share in (0.5, 0.95))
        print(
            f"  delivered in  {took:6.1f} s, {number / took:.0f} files/s; p50 {p50:.0f} ms, p95 {p95:.0f} ms", end="; "
        )
        print(f"{KILLS} kills, {again} sent again; every file counts once, has one event, the log verifies", flush=True)
        compile_all(places)
        print(f"  afterwards: {busy()}")


def compile_all(places: list[Place]) -> None:
    """Add up both tables, and raise unless what was sent is what was compiled."""
    from samsyn.statistics.delivered import own

    begun, worked = time.perf_counter(), time.process_time()
    compiled = [own.latest_compilation(table) for table in own.TABLES]
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    totals = []
    for made in compiled:
        ending = f"-{made.target.table}"
        sent = [units for place in places for _period, path, units in place.files if path.stem.endswith(ending)]
        first = made.target.places["units"]["all"]
        total = int(made.counts[:, first : first + made.target.width].sum())
        if total != sum(sent) or int(made.deliveries.sum()) != len(sent):
            raise RuntimeError(f"{made.target.table}: {total} compiled, {sum(sent)} sent")
        totals.append(f"{total} of {made.target.table}")
    goal = f"goal {GOAL_COMPILED} s: {verdict(took < GOAL_COMPILED)}"
    rows = sum(len(made.rows) for made in compiled)
    print(f"  compiled in   {took:6.2f} s ({worked:.2f} s of processor; {goal}), {rows} rows", end="; ")
    print(f"{', '.join(totals)} sent and compiled")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--municipalities", type=int, default=MUNICIPALITIES)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--without-million", action="store_true")
    options = parser.parse_args()
    if not options.without_million:
        million()
    nation(options.municipalities, options.clients)


if __name__ == "__main__":
    main()
