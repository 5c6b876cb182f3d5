"""What coming back costs: ``python -m bench.returning [--rounds 8]``: the keeper's work for a case that its words open.

Processor seconds of this process, so that they mean the same on a busy machine. Beside ours, in the same run, the
derivations that GlobaLeaks publishes for its sixteen digits (see bench/RESULTS.md for the source), and none at all.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samsyn.privacy.custody import derivation
from samsyn.privacy.custody.derivation import Cost
from tests.custody.conftest import House, furnished

# GlobaLeaks: one derivation of 16 passes for the hash, one of 17 for the key, 128 MiB each, one at a time.
PEER = (Cost(memory=128 * 1024, passes=16), Cost(memory=128 * 1024, passes=17))
SECRET = "fyra ord som räcker"  # noqa: S105


def timed(what: str, do: Callable[[], object], rounds: int, against: float = 0.0) -> float:
    """Run it, print the median of its processor seconds and its ratio to another, and return it."""
    took = []
    for _ in range(rounds):
        begun = time.process_time()
        do()
        took.append(time.process_time() - begun)
    middle = statistics.median(took)
    ratio = f"  × {middle / against:.2f}" if against else ""
    print(f"{what:<52} {1000 * middle:8.1f} ms{ratio}", flush=True)
    return middle


class Returning:
    """A supporter on duty, and cases that words open, with the derivation as it runs for real."""

    def __init__(self, folder: Path) -> None:
        self.house: House = furnished(folder)
        self.house.keeper.code_cost = derivation.CODE
        self.house.log.on_duty.add("anna")
        self.number, self.row = 0, {}

    def create(self) -> None:
        self.number += 1
        self.house.later(hours=2)
        self.house.unlock("anna")
        case, keeper = f"case-{self.number}", self.house.keeper
        locator = keeper.locator(words=f"två ord {self.number}")
        made: Any = keeper.create_by_code(
            token=self.house.tokens["anna"], case=case, locator=locator, secrets_said={"by_code": SECRET},
            event=self.house.log.store("case_created", "anna", case),
        )  # fmt: skip
        self.row = {key: made[key] for key in ("salt", "by_code", "duress", "recovery")} | {"case": case, "uses": 0}
        self.locator = locator

    def come_back(self) -> None:
        self.house.later(hours=2)
        self.house.unlock("anna")
        self.house.keeper.open_by_code(
            token=self.house.tokens["anna"], locator=self.locator, secret=SECRET, row=self.row,
            event=self.house.log.store("case_code_tried", "anna"),
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        ours = Returning(Path(folder))
        salt = os.urandom(16)
        peer = timed(
            "the peer's derivations for a sign-in by receipt",
            lambda: [derivation.stretch(b"0" * 16, salt=salt, cost=cost) for cost in PEER], rounds,
        )  # fmt: skip
        timed(
            "ours: one derivation", lambda: derivation.stretch(b"0" * 16, salt=salt, cost=derivation.CODE), rounds, peer
        )
        timed("ours: a case made, words given", ours.create, rounds, peer)
        timed("ours: back with the words, the case open", ours.come_back, rounds, peer)
        house = ours.house
        grants = house.create("ordinary", "anna")
        notes = [house.write("ordinary", "anna", grants["anna"], b"x" * 4000) for _ in range(20)]
        house.log.now = house.log.now.replace(microsecond=1)
        timed(
            "ours: an ordinary case of 20 notes opened", lambda: house.read("ordinary", "anna", grants["anna"], *notes),
            rounds,
        )  # fmt: skip


if __name__ == "__main__":
    main()
