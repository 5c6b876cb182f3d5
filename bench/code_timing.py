"""Do code checks tell whether a locator is known? ``python -m bench.code_timing [--samples 2000] [--memory 1024]``.

Wrong words, half of them for boxes that exist, in random order, through the visitors' ``open_box`` against PostgreSQL
(the keeper's ``open_by_code`` is measured by ``tests/custody/test_codes.py`` with ``--soak``). The derivation is the
same for both, so it is made cheap here: the rest shows better. Two-sample Kolmogorov-Smirnov, and how often a guesser
who knows the best limit would be right (50 % is chance). The baseline derives for known locators only, as a program does
that looks the row up first.
"""

import argparse
import contextlib
import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from scipy.stats import ks_2samp

from bench.house import house


def compared(name: str, known: Callable[[], None], unknown: Callable[[], None], samples: int) -> None:
    """Time both in random order and print how well they are told apart."""
    order = [True, False] * (samples // 2)
    random.Random(17).shuffle(order)
    took: dict[bool, list[float]] = {True: [], False: []}
    for is_known in order:
        do = known if is_known else unknown
        begun = time.perf_counter()
        do()
        took[is_known].append(time.perf_counter() - begun)
    test = ks_2samp(took[True], took[False])
    medians = [statistics.median(took[which]) * 1e6 for which in (True, False)]
    print(
        f"{name}: {samples:,} samples; medians {medians[0]:.0f} and {medians[1]:.0f} µs; KS {test.statistic:.3f},"
        f" p {test.pvalue:.3f}; best guesser right in {50 + 50 * test.statistic:.0f} %",
        flush=True,
    )


def visitors(samples: int, memory: int) -> None:
    from samsyn.privacy import floods
    from samsyn.visitors import actions, codes, sealing
    from samsyn.visitors.models import Box, WrongTry

    sealing.stretched.__kwdefaults__["cost"] = sealing.Cost(memory=memory, passes=1)
    at, boxes = datetime.now(UTC), []
    for _number in range(samples // 2 + 1):
        made = actions.prepared_box(edition="sv", at=at)
        made.box.save(force_insert=True)
        boxes.append(made.left.code.locator)

    def shown() -> floods.Shown:
        return floods.Shown(os.urandom(32), int(at.timestamp()) + 60, by_script=True)

    def tried(locator: str) -> None:
        with contextlib.suppress(actions.WrongWords):
            actions.open_box(code=codes.Code(locator, "annat ord helt här"), shown=shown(), at=at)

    def without_a_row(locator: str) -> None:
        code = codes.Code(locator, "annat ord helt här")
        with contextlib.suppress(actions.WrongWords):
            if Box.objects.filter(locator_hash=code.locator_hash).exists():
                actions.open_box(code=code, shown=shown(), at=at)

    for name, do in (("visitors' words", tried), ("baseline: the row first", without_a_row)):
        WrongTry.objects.all().delete()
        here, other = iter(boxes), iter([codes.new_code().locator for _ in boxes])
        compared(name, lambda do=do, here=here: do(next(here)), lambda do=do, other=other: do(next(other)), samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=2_000)
    parser.add_argument("--memory", type=int, default=1_024, help="KiB of a derivation")
    chosen = parser.parse_args()
    with house("operator"):
        visitors(chosen.samples, chosen.memory)


if __name__ == "__main__":
    main()
