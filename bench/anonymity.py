"""The anonymity meter: how long it counts, how large its table is, and what its rule misses in made-up worlds.

    python -m bench.anonymity

Needs Node.js and no database. The worlds are held out: the divisor was chosen before they were made.
"""

import base64
import gzip
import json
import subprocess
from pathlib import Path

from samsyn.anonymity import files, packing
from samsyn.config.demonstration import made_up_population
from tests.anonymity import worlds

SCRIPT = Path(files.__file__).parent / "static" / "anonymity" / "meter.js"
SEEDS = (11, 12, 13, 14, 15)
PROGRAM = """
import { readFileSync } from "node:fs";
const meter = await import(process.argv[1]);
const bytes = Uint8Array.from(Buffer.from(readFileSync(0, "utf8"), "base64"));
const began = performance.now();
const table = meter.decode(bytes);
const decoded = performance.now() - began;
const times = [];
for (let turn = 0; turn < 300; turn += 1) {
  const told = [0.1, 0.03, 0.02].map((share, group) => ({ group, share }));
  const before = performance.now();
  meter.estimate(table, { place: turn % 2 ? "" : "05", from: turn % 90, to: 100, told });
  times.push(performance.now() - before);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ decoded, median: times[150], p95: times[285], worst: times[299] }));
"""


def main() -> None:
    table = made_up_population.table([f"{code:04}" for code in range(101, 101 + worlds.MUNICIPALITIES)])
    packed = packing.pack(table.counts)
    print(f"table: {len(packed):,} bytes, {len(gzip.compress(packed, 9)):,} compressed")
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", PROGRAM, SCRIPT.as_uri()],
        input=base64.b64encode(packed).decode(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    print({name: f"{value:.2f} ms" for name, value in json.loads(done.stdout).items()})
    for divisor in (1, 3, 10):
        found = [worlds.calibrate(worlds.world(seed), divisor=divisor) for seed in SEEDS]
        for rows in zip(*found, strict=True):
            missed, alarms = [one.missed for one in rows], [one.false_alarms for one in rows]
            print(
                f"/{divisor:<3}{rows[0].told:42} missed {min(missed):.2%}-{max(missed):.2%}"
                f"  false alarms {min(alarms):.1%}-{max(alarms):.1%}"
            )


if __name__ == "__main__":
    main()
