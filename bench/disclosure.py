"""Protection of large sparse tables beside its peers: what is hidden, what is recovered, how long it takes.

    .venv/bin/python -m bench.disclosure [h0 h1 h2 h3 h2+1 h3+1]

Instances (made up, seeded): municipalities < counties < the country x age bands x sexes [x quarters < years], counts
of 1 to 4 hidden. h0: 40 municipalities, 5 ages. h1: 290, 7 ages. h2: h1 x 4 quarters. h3: h1 x 24 quarters. h3+1: 23
quarters are published with what was hidden for them, the year so far and their total; then comes the 24th with its year
and the new total. What was published stays, and what old and new totals say together is known to the attacker too.
h2+1: the same with the first 7 quarters of h3 and the 8th. ``suppress`` is what protects releases as well.

Peers, where the search path has them: GaussSuppression (Statistics Norway; R, MIT) and tau-ARGUS (PyPI's pytauargus:
its ``tauargus``), each followed by the repair of what the attacker of this house (a hidden cell is at least 1) works
out from it: the wires of ``samsyn.statistics.suppression``. A peer that isn't at hand says so. Loss: number of
secondary cells, and the sum of their values.
"""

import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from samsyn.statistics import attack
from samsyn.statistics.suppression import Dimension, Result, Table, repair, suppress, table_of

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
# Seconds that a peer may take, and minutes that tau-ARGUS may look for its optimum.
PATIENCE, OPTIMAL = 3600, 3
ONE_MORE = {"h2+1": 7, "h3+1": 23}
NAMES = ("municipality", "age", "sex", "quarter")
GAUSS = """
suppressMessages(library(GaussSuppression))
a <- commandArgs(TRUE); d <- read.csv(a[1], colClasses = c(rep("character", 5), "integer"))
v <- c("municipality", "county", "age", "sex"); if (length(unique(d$quarter)) > 1) v <- c(v, "quarter")
b <- proc.time()[3]
o <- SuppressSmallCounts(d, maxN = 4, freqVar = "count", dimVar = v, protectZeros = FALSE, extend0 = FALSE,
                         printInc = FALSE)
cat(proc.time()[3] - b)
write.csv(o, a[2], row.names = FALSE)
"""


@dataclass(frozen=True)
class Instance:
    """A made-up table: leaf counts (municipality, age, sex, quarter), its dimensions, each municipality's county."""

    leaves: Ints
    dimensions: Sequence[Dimension]
    county: dict[str, str]
    table: Table
    cube: Ints


def instance(kind: str) -> Instance:
    """Return one of the kinds."""
    size, ages, counties, quarters, persons = {
        "h0": (40, 5, 4, 1, 620),
        "h1": (290, 7, 21, 1, 7_000),
        "h2": (290, 7, 21, 4, 11_000),
        "h3": (290, 7, 21, 24, 60_000),
    }[kind]
    rng = np.random.default_rng(1)
    share = rng.lognormal(0, 1.0, size)
    age = np.exp(-0.5 * ((np.arange(ages) - ages * 0.45) / (ages * 0.22)) ** 2)
    mean = share[:, None] / share.sum() * (age / age.sum())
    mean = persons / quarters * mean[:, :, None, None] * np.array([0.85, 0.15])[:, None]
    leaves = rng.poisson(np.broadcast_to(mean, (size, ages, 2, quarters)))
    county = {f"m{at:03}": f"c{at % counties:02}" for at in range(size)}
    times = [f"q{at:02}" for at in range(quarters)]
    years = {one: f"y{at // 4}" for at, one in enumerate(times)} if quarters > 4 else None
    time_ = Dimension.with_total(times, years) if quarters > 1 else Dimension(times)
    return _instance(leaves, county, time_)


def _instance(leaves: Ints, county: dict[str, str], time_: Dimension) -> Instance:
    dimensions = [
        Dimension.with_total(list(county), county),
        Dimension.with_total([f"a{at}" for at in range(leaves.shape[1])]),
        Dimension.with_total(["female", "male"]),
        time_,
    ]
    table, cube = table_of(leaves, dimensions, blocks=_blocks(dimensions))
    return Instance(leaves, dimensions, county, table, cube)


def _blocks(dimensions: Sequence[Dimension]) -> Ints:
    """Return a block for each county in each year: the cells of its municipalities and its own; so for the country."""
    place, time_ = dimensions[0], dimensions[3]
    county = np.zeros(len(place.codes), dtype=np.int64)
    for total, parts in place.sums[:-1]:
        county[[total, *parts]] = total
    year = np.zeros(len(time_.codes), dtype=np.int64)
    has_years = any(code.startswith("y") for code in time_.codes)
    for at, code in enumerate(time_.codes if has_years else ()):
        number = int(code[1:]) if code[0] in "qys" else -1
        year[at] = 1 + (number if code[0] == "y" else (number - (code[0] == "s")) // 4)
    label = county[:, None] * 100 + year[None, :]
    return np.broadcast_to(label[:, None, None, :], [len(one.codes) for one in dimensions]).copy()


def _so_far(quarters: int, published: int) -> Dimension:
    """Return the times of releases that each published the year so far and all quarters so far.

    These are what was out after ``published`` quarters (not whole years), and what comes after all ``quarters``: the year
    so far is what the last quarter is added to.
    """
    codes = [f"q{at:02}" for at in range(quarters)]
    years = published // 4
    sums: list[tuple[int, Sequence[int]]] = []
    for year in range(years):
        sums.append((len(codes), range(4 * year, 4 * year + 4)))
        codes.append(f"y{year}")
    sums.append((len(codes), range(4 * years, published)))
    codes.append(f"s{published}")
    sums.append((len(codes), range(quarters, quarters + years + 1)))
    codes.append(f"t{published}")
    if quarters > published:
        for code, before in ((f"y{years}", -2), (f"t{quarters}", -2)):
            sums.append((len(codes), [len(codes) + before, *range(published, quarters)]))
            codes.append(code)
    return Dimension(codes, sums)


def one_more(before: Instance, released: Result, leaves: Ints) -> tuple[Instance, csr_array]:
    """Return the table with one more quarter, on top of what was published and hidden before, and the moves of that."""
    one = _instance(leaves, before.county, _so_far(leaves.shape[3], before.leaves.shape[3]))
    at = [one.dimensions[3].codes.index(code) for code in before.dimensions[3].codes]
    is_fixed, is_hidden = np.zeros((2, *one.cube.shape), dtype=bool)
    is_fixed[..., at] = True
    is_hidden[..., at] = released.is_hidden.reshape(before.cube.shape)
    place, moves = np.flatnonzero(is_fixed), released.moves
    moves = csr_array((moves.data, place[moves.indices], moves.indptr), shape=(moves.shape[0], one.cube.size))
    return replace(one, table=replace(one.table, is_fixed=is_fixed.ravel(), is_hidden=is_hidden.ravel())), moves


def _run(command: list[str], wanted: Path) -> str | None:
    """Return what a peer printed, or None where it failed: ``wanted`` is the file that it had to write."""
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, cwd=wanted.parent, timeout=PATIENCE)
    return done.stdout if done.returncode == 0 and wanted.exists() else None


def _leaves(one: Instance) -> list[tuple[list[str], int]]:
    """Return each leaf's codes (municipality, age, sex, quarter) and its count."""
    leaf = [[dimension.codes[at] for at in dimension.leaves] for dimension in one.dimensions]
    return [
        ([leaf[axis][place] for axis, place in enumerate(at)], int(one.leaves[at]))
        for at in np.ndindex(one.leaves.shape)
    ]


def _hidden(one: Instance, cells: Sequence[Sequence[str]]) -> Bools:
    """Return which cells are named, by their codes; a time that the peer doesn't know is the only one there is."""
    index = [{code: at for at, code in enumerate(dimension.codes)} for dimension in one.dimensions]
    hidden = np.zeros(one.cube.shape, dtype=bool)
    for codes in cells:
        names = ["total" if code == "Total" else code for code in codes]
        hidden[tuple(index[axis][name] for axis, name in enumerate(names)) + (0,) * (4 - len(names))] = True
    return hidden.ravel()


def gauss(one: Instance, folder: Path) -> tuple[Bools, float] | None:
    """Return what GaussSuppression hides (one a cell) and its seconds, or None where it isn't at hand."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    with (folder / "leaves.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["municipality", "county", "age", "sex", "quarter", "count"])
        writer.writerows([codes[0], one.county[codes[0]], *codes[1:], count] for codes, count in _leaves(one))
    (folder / "gauss.R").write_text(GAUSS)
    wanted = folder / "hidden.csv"
    said = _run([rscript, str(folder / "gauss.R"), str(folder / "leaves.csv"), str(wanted)], wanted)
    if said is None:
        return None
    with wanted.open(newline="") as file:
        cells = [
            [row[name] for name in NAMES if name in row] for row in csv.DictReader(file) if row["suppressed"] == "TRUE"
        ]
    return _hidden(one, cells), float(said.split()[-1])


def tauargus(one: Instance, folder: Path) -> tuple[Bools, float] | None:
    """Return what tau-ARGUS hides at its optimum and its seconds, or None where it isn't at hand."""
    program = shutil.which("tauargus")
    if program is None or one.leaves.shape[3] > 1:
        return None
    persons = [codes[:3] for codes, count in _leaves(one) for _person in range(count)]
    widths = [max(map(len, codes)) for codes in zip(*persons, strict=True)]
    lines = [" ".join(code.rjust(width) for code, width in zip(codes, widths, strict=True)) for codes in persons]
    (folder / "persons.asc").write_text("".join(f"{one} 1\n" for one in lines))
    places: dict[str, list[str]] = {}
    for place, county in one.county.items():
        places.setdefault(county, []).append(f"@{place}")
    (folder / "places.hrc").write_text("".join("\n".join([name, *of]) + "\n" for name, of in places.items()))
    tree = f'  <HIERARCHICAL>\n  <HIERCODELIST> "{folder}/places.hrc"\n  <HIERLEADSTRING> "@"\n'
    about = "".join(
        f'{name} {1 + sum(widths[:at]) + at} {widths[at]}\n  <RECODEABLE>\n  <TOTCODE> "Total"\n{"" if at else tree}'
        for at, name in enumerate(NAMES[:3])
    )
    about += f"count {1 + sum(widths) + 3} 1\n  <NUMERIC>\n  <DECIMALS> 0\n"
    (folder / "persons.rda").write_text(about)
    wanted = folder / "table.tab"
    (folder / "batch.arb").write_text(
        f'<OPENMICRODATA> "{folder}/persons.asc"\n<OPENMETADATA> "{folder}/persons.rda"\n'
        f'<SPECIFYTABLE> "municipality""age""sex"|"count"||\n<SAFETYRULE> FREQ(5,20)\n<READMICRODATA>\n'
        f'<SUPPRESS> OPT(1,{OPTIMAL})\n<WRITETABLE> (1,5,SO+,"{wanted}")\n'
    )
    begun = time.perf_counter()
    if _run([program, "run", str(folder / "batch.arb")], wanted) is None:
        return None
    took = time.perf_counter() - begun
    with wanted.open(newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    # The row ends with cost; status; lower; upper. U: primary, M: secondary.
    return _hidden(one, [[code.strip() for code in row[:3]] for row in rows if row[-3] in "UM"]), took


@dataclass(frozen=True)
class Line:
    """What a tool hides for others' sake, the sum of it, and what the attacker works out."""

    cells: int
    sum: int
    recovered: list[int]


def line(name: str, one: Instance, hidden: Bools, seconds: float, moves: csr_array | None = None) -> Line:
    """Print and return what a tool hides (of what isn't published yet), and what the audit over everything finds.

    ``moves``: what a tool says about its own safety; the audit checks each of them.
    """
    table = one.table
    secondary = hidden & ~table.is_primary & ~table.is_fixed
    begun = time.perf_counter()
    found = attack.recovered(table.values, table.equations, hidden, moves=moves)
    audited = time.perf_counter() - begun
    result = Line(int(secondary.sum()), int(table.values[secondary].sum()), found)
    print(
        f"  {name:<30} secondary {result.cells:>6}  sum {result.sum:>7}  recovered {len(found):>4}  "
        f"{seconds:8.1f} s  audit {audited:.1f} s",
        flush=True,
    )
    return result


def ours(one: Instance, seconds: float, moves: csr_array | None = None) -> tuple[Result, Line]:
    """Protect, print and return the result, with the processor time and memory that it took."""
    before = _used()
    result = suppress(one.table, moves=moves, seconds=seconds)
    found = line("samsyn", one, result.is_hidden, result.seconds, result.moves)
    memory = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"  processor {_used() - before:.1f} s with the audit, memory at most {memory / 1024:.0f} MB", flush=True)
    return result, found


def _used() -> float:
    return sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def beside(name: str, one: Instance, mine: Line, peer: Callable[[Instance, Path], tuple[Bools, float] | None]) -> None:
    """Run a peer, repair what its audit finds, and print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            given = peer(one, Path(folder))
        except subprocess.TimeoutExpired:
            print(f"  {name}: an hour was not enough")
            return
    if given is None:
        print(f"  {name}: not at hand for this table")
        return
    hidden, seconds = given
    theirs, begun = line(name, one, hidden, seconds), time.perf_counter()
    for _round in range(20):
        if not theirs.recovered:
            break
        hidden = repair(one.table, hidden, theirs.recovered)
        theirs = line(f"{name} + LP repair", one, hidden, seconds + time.perf_counter() - begun)
    print(f"  × {name}, repaired: cells {mine.cells / theirs.cells:.2f}, sum {mine.sum / theirs.sum:.2f}")


def _print_size(kind: str, one: Instance) -> None:
    new = ~one.table.is_fixed
    counts = (one.cube.ravel() > 0)[new].sum(), one.table.is_primary[new].sum()
    print(f"{kind}: {new.sum()} cells, {counts[0]} not 0, {counts[1]} primary", flush=True)


def main(kinds: Sequence[str]) -> None:
    """Measure and print."""
    for kind in kinds:
        if kind in ONE_MORE:
            whole, published = instance("h3"), ONE_MORE[kind]
            before = _instance(whole.leaves[..., :published], whole.county, _so_far(published, published))
            _print_size(f"{kind}: {published} quarters", before)
            released, _line = ours(before, 30)
            one, moves = one_more(before, released, whole.leaves[..., : published + 1])
            _print_size(f"{kind}: one more", one)
            ours(one, 5, moves)
            continue
        one = instance(kind)
        _print_size(kind, one)
        _result, mine = ours(one, {"h0": 2, "h1": 5, "h2": 15}.get(kind, 60))
        if kind == "h3":
            print("  no peer is run on h3: GaussSuppression takes minutes at h2, a sixth of it")
            continue
        beside("GaussSuppression", one, mine, gauss)
        beside("tau-ARGUS", one, mine, tauargus)


if __name__ == "__main__":
    main(sys.argv[1:] or ["h0", "h1", "h2"])
