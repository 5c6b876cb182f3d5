"""Protection of large sparse tables against GaussSuppression: what is hidden, what is recovered, how long it takes.

    .venv/bin/python -m bench.disclosure [h0 h1 h2 h3]

Instances (made up, seeded): municipalities < counties < the country x age bands x sexes [x quarters < years], counts
of 1 to 4 hidden. h0: 40 municipalities, 5 ages. h1: 290, 7 ages. h2: h1 x 4 quarters. h3: h1 x 24 quarters.

The peer is GaussSuppression (Statistics Norway; R, MIT), where Rscript finds it, followed by the repair of what the
attacker of this house (a hidden cell is at least 1) works out from it: the wires of ``samsyn.statistics.suppression``.
Without R its line is left out and says so. Loss: number of secondary cells, and the sum of their values.
"""

import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samsyn.statistics import attack
from samsyn.statistics.suppression import Dimension, Table, repair, suppress, table_of

Ints = NDArray[np.int64]
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
    """A made-up table: leaf counts (municipality, age, sex, quarter) and its dimensions."""

    leaves: Ints
    dimensions: Sequence[Dimension]
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
    dimensions = [
        Dimension.with_total(list(county), county),
        Dimension.with_total([f"a{at}" for at in range(ages)]),
        Dimension.with_total(["female", "male"]),
        Dimension.with_total(times, years) if quarters > 1 else Dimension(times, [-1]),
    ]
    blocks = _blocks(dimensions)
    table, cube = table_of(leaves, dimensions, blocks=blocks)
    return Instance(leaves, dimensions, table, cube)


def _blocks(dimensions: Sequence[Dimension]) -> Ints:
    """Return a block for each county (and year): its municipalities' cells."""
    shape = [len(one.codes) for one in dimensions]
    place, time_ = dimensions[0], dimensions[3]
    county = np.array([above if above > 0 else -1 for above in place.parents])
    has_years = any(above > 0 for above in time_.parents)
    year = np.zeros(len(time_.codes), dtype=np.int64)
    if has_years:
        for at, above in enumerate(time_.parents):
            year[at] = -1 if above < 0 else at if above == 0 else above
    label = np.where((county[:, None] < 0) | (year[None, :] < 0), -1, county[:, None] * 1000 + year[None, :])
    return np.broadcast_to(label[:, None, None, :], shape).copy()


def gauss(one: Instance, folder: Path) -> tuple[NDArray[np.bool_], float] | None:
    """Return what GaussSuppression hides (one a cell) and its seconds, or None where it isn't at hand."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    place = one.dimensions[0]
    names = [dimension.codes for dimension in one.dimensions]
    leaf = [dimension.leaves for dimension in one.dimensions]
    with (folder / "leaves.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["municipality", "county", "age", "sex", "quarter", "count"])
        for at in np.ndindex(one.leaves.shape):
            codes = [names[axis][leaf[axis][at[axis]]] for axis in range(4)]
            county = place.codes[place.parents[leaf[0][at[0]]]]
            writer.writerow([codes[0], county, *codes[1:], one.leaves[at]])
    (folder / "gauss.R").write_text(GAUSS)
    command = [rscript, str(folder / "gauss.R"), str(folder / "leaves.csv"), str(folder / "hidden.csv")]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=3600)
    if done.returncode:
        return None
    index = [{code: at for at, code in enumerate(dimension.codes)} for dimension in one.dimensions]
    hidden = np.zeros(one.cube.shape, dtype=bool)
    with (folder / "hidden.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["suppressed"] == "TRUE":
                codes = [row.get(name) for name in ("municipality", "age", "sex", "quarter")]
                codes = ["total" if code == "Total" else code for code in codes]
                hidden[tuple(index[axis][code] if code else 0 for axis, code in enumerate(codes))] = True
    return hidden.ravel(), float(done.stdout.split()[-1])


def line(name: str, one: Instance, hidden: NDArray[np.bool_], seconds: float) -> tuple[int, int, list[int]]:
    """Print what a tool hides and what the audit finds; return its loss (cells, sum) and what is recovered."""
    secondary = hidden & ~one.table.is_primary
    count, values = int(secondary.sum()), int(one.table.values[secondary].sum())
    begun = time.perf_counter()
    found = attack.recovered(one.table.values, one.table.equations, hidden)
    audited = time.perf_counter() - begun
    print(
        f"  {name:<28} secondary {count:>6}  sum {values:>7}  recovered {len(found):>3}  "
        f"{seconds:8.1f} s  (audit {audited:.1f} s)",
        flush=True,
    )
    return count, values, found


def main(kinds: Sequence[str]) -> None:
    """Measure and print."""
    for kind in kinds:
        one = instance(kind)
        primary = int(one.table.is_primary.sum())
        print(f"{kind}: {one.cube.size} cells, {int((one.cube > 0).sum())} not 0, {primary} primary", flush=True)
        result = suppress(one.table, seconds={"h0": 2, "h1": 5, "h2": 15}.get(kind, 60))
        ours = line("samsyn", one, result.is_hidden, result.seconds)
        memory = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(f"  memory at most {memory / 1024:.0f} MB")
        if kind == "h3":
            print("  GaussSuppression is not run on h3: an hour was not enough")
            continue
        with tempfile.TemporaryDirectory() as folder:
            peer = gauss(one, Path(folder))
        if peer is None:
            print("  GaussSuppression: Rscript or the package is not at hand")
            continue
        theirs = line("GaussSuppression", one, *peer)
        repaired, begun = peer[0], time.perf_counter()
        for _round in range(20):
            if not theirs[2]:
                break
            repaired = repair(one.table, repaired, theirs[2])
            theirs = line("GaussSuppression + LP repair", one, repaired, peer[1] + time.perf_counter() - begun)
        print(f"  loss against the repaired peer: cells {ours[0] / theirs[0]:.2f}, sum {ours[1] / theirs[1]:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:] or ["h0", "h1", "h2"])
