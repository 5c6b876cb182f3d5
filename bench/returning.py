"""What coming back costs: ``python -m bench.returning [--rounds 8] [--cases 200]``: making, opening, listing, returning.

The keeper's work for a case that its words open, and a supporter's list of many cases out of PostgreSQL, without and with
its page. Processor seconds of this process, so that they mean the same on a busy machine (the database's own are not in
them). Beside ours, in the same run, the derivations that GlobaLeaks publishes for its sixteen digits (see
bench/RESULTS.md for the source), and none at all.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.house import house
from samsyn.privacy.custody import derivation
from samsyn.privacy.custody.derivation import Cost

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
        from tests.custody.conftest import furnished

        self.house = furnished(folder)
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


def listing(folder: Path, *, number: int, rounds: int) -> None:
    """Give a supporter many cases and time the list of them."""
    from django.utils import timezone

    from samsyn.cases import queries
    from tests.cases.conftest import made
    from tests.cases.test_pages import browser

    line = made(folder / "bench-keeper")
    line.keeper.clock = timezone.now
    line.is_now(timezone.now())
    line.unlock("anna")
    for _ in range(number):
        line.case()
    timed(f"ours: {number} cases listed", lambda: queries.my_cases(by=line.actor("anna"), at=line.now), rounds)
    client = browser(line, "anna")
    assert client.get("/cases/").content.count(b'translate="no"') >= number
    timed(f"ours: the page of {number} cases", lambda: client.get("/cases/"), rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--cases", type=int, default=200)
    chosen = parser.parse_args()
    rounds = chosen.rounds
    with house("operator", static=True) as made_here:
        ours = Returning(made_here / "keeper")
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
        line = ours.house
        grants = line.create("ordinary", "anna")
        notes = [line.write("ordinary", "anna", grants["anna"], b"x" * 4000) for _ in range(20)]
        line.log.now = line.log.now.replace(microsecond=1)
        timed(
            "ours: an ordinary case of 20 notes opened", lambda: line.read("ordinary", "anna", grants["anna"], *notes),
            rounds,
        )  # fmt: skip
        listing(made_here, number=chosen.cases, rounds=4 * rounds)


if __name__ == "__main__":
    main()
