"""Do code checks tell whether a locator is known? ``python -m bench.code_timing [--samples 2000] [--memory 1024]``.

Wrong words, half of them for boxes or cases that exist, in random order, against PostgreSQL: through the visitors'
``open_box``, and through a supporter's ``open_by_code`` with the keeper in this process, its events stored each time. The
derivation is the same for both, so it is made cheap here: the rest shows better. Two-sample Kolmogorov-Smirnov, and how
often a guesser who knows the best limit would be right (50 % is chance). The baseline derives for known locators only,
as a program does that looks the row up first.
"""

import argparse
import contextlib
import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

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

    sealing.WORDS = sealing.Cost(memory=memory, passes=1)
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


def cases(samples: int, memory: int, folder: Path) -> None:
    from samsyn.cases.actions import codes, keys
    from samsyn.cases.models import CaseCode
    from samsyn.people.refusals import Refused
    from samsyn.privacy import spoken_codes
    from samsyn.privacy.custody import codes as limits
    from samsyn.privacy.custody.derivation import Cost
    from tests.cases.conftest import made

    made_here = made(folder / "bench-keeper")
    keeper = made_here.keeper
    keeper.code_cost = Cost(memory=memory, passes=1)
    # One supporter makes all the cases and all the mistakes here; a locator is tried once, as by somebody who guesses.
    keeper._spend = lambda *_of, **_limits: None  # type: ignore[method-assign]
    limits.WRONG_A_PERSON = 10 * samples
    keys.begin_duty(by=made_here.actor("anna"), at=made_here.now)
    given = {"concerns_child": False, "with_duress": False, "with_recovery": False}
    known = [codes.create_by_code(**given, **made_here.who("anna")).code for _ in range(samples)]  # type: ignore[arg-type]
    places = [" ".join(code.split()[:2]) for code in known]
    others: list[str] = []
    while len(others) < samples:
        other = spoken_codes.new_code(words=2)
        if other not in {*places, *others}:
            others.append(other)
    wrong, said = spoken_codes.new_code(words=4), set()

    def tried(place: str) -> None:
        try:
            codes.open_by_code(code=f"{place} {wrong}", **made_here.who("anna"))  # type: ignore[arg-type]
        except Refused as refused:
            said.add((type(refused), str(refused)))

    def without_a_row(place: str) -> None:
        if CaseCode.objects.filter(locator=keeper.locator(words=place)).exists():
            tried(place)

    half = samples // 2
    for name, do, at in (("words of a case", tried, 0), ("baseline: the row first", without_a_row, half)):
        here, other_words = iter(places[at : at + half]), iter(others[at : at + half])
        compared(name, lambda do=do, here=here: do(next(here)), lambda do=do, it=other_words: do(next(it)), samples)
    print(f"different answers: {len(said)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=2_000)
    parser.add_argument("--memory", type=int, default=1_024, help="KiB of a derivation")
    chosen = parser.parse_args()
    with house("operator") as folder:
        visitors(chosen.samples, chosen.memory)
        cases(chosen.samples, chosen.memory, folder)


if __name__ == "__main__":
    main()
