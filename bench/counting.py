"""Coded answers to a cube with all margins: ``python -m bench.counting [1000000 10000000 30000000]``.

290 municipalities x 7 ages x 2 sexes x 24 quarters, made up and seeded, as columns of one or two bytes; 174,600 cells
with all margins. The baselines in the same run: ``np.add.at`` into an array of the leaves with the same margins, and
a dictionary filled in a loop (on the first million answers, said for one answer). Each size is a process of its own, so
that its highest memory is its own; goal for 10^7: under 1 s and under 1.5 GB.
"""

import resource
import subprocess
import sys

import numpy as np

from bench.audit import line, seconds
from samsyn.statistics.margins import Dimension, count_leaves, cube, with_margins

SIZES = (290, 7, 2, 24)
GOAL = 1.0
GOAL_MEMORY = 1.5
LARGEST = 10**8


def columns(rows: int) -> list["np.ndarray[tuple[int], np.dtype[np.integer]]"]:
    """Return the coded answers, made a piece at a time so that making them takes little memory."""
    rng = np.random.default_rng(4)
    return [rng.integers(0, size, rows, dtype=np.uint16 if size > 255 else np.uint8) for size in SIZES]


def measure(rows: int) -> None:
    """Print the figures of one size."""
    coded = columns(rows)
    plain = [Dimension(size) for size in SIZES]
    nested = [
        Dimension(290, tuple(tuple(range(at, 290, 21)) for at in range(21))),
        Dimension(7, (tuple(range(4)), tuple(range(4, 7)))),
        Dimension(2),
        Dimension(24, tuple(tuple(range(at, at + 4)) for at in range(0, 24, 4))),
    ]
    found = cube(coded, plain)
    took = seconds(lambda: cube(coded, plain), turns=5)
    levels = seconds(lambda: cube(coded, nested), turns=3)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20

    def added_at() -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
        leaves = np.zeros(SIZES, dtype=np.int64)
        np.add.at(leaves, tuple(coded), 1)
        return with_margins(leaves, plain)

    if not (added_at() == found).all():
        raise SystemExit("the two ways of counting don't agree")
    peer = seconds(added_at, turns=1)

    def in_a_loop() -> None:
        counted: dict[tuple[int, ...], int] = {}
        for row in zip(*(column[:1_000_000].tolist() for column in coded), strict=True):
            counted[row] = counted.get(row, 0) + 1

    loop = seconds(in_a_loop, turns=1) * rows / min(rows, 1_000_000)
    print(f"{rows:,} coded answers, {found.size:,} cells; at most {memory:.2f} GB")
    line("  cube with all margins", took, peer=peer, of="np.add.at and the same margins")
    line("  the same", took, peer=loop, of="a dictionary in a loop, leaves only")
    line("  with counties, two age groups and years", levels)
    leaf = seconds(lambda: count_leaves(coded, SIZES), turns=3)
    line("  leaves alone", leaf)
    line(f"  at this pace for {LARGEST:,} (extrapolated)", took * LARGEST / rows)
    if rows == 10**7:
        is_good = took < GOAL and memory < GOAL_MEMORY
        print(f"goal: under {GOAL} s and {GOAL_MEMORY} GB for 10^7: {'ok' if is_good else 'MISSED'}")


def main() -> None:
    """Measure each size in a process of its own."""
    asked = sys.argv[1:] or ["1000000", "10000000", "30000000"]
    if len(asked) == 1:
        measure(int(asked[0]))
        return
    for rows in asked:
        subprocess.run([sys.executable, "-m", "bench.counting", rows], check=True)


if __name__ == "__main__":
    main()
