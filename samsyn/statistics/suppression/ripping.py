"""Rip-up: dear cells are shown again where what leaned on them can be laid anew for less."""

import time
from concurrent.futures import Executor
from functools import partial

import numpy as np

from samsyn.statistics.suppression.programs import TINY
from samsyn.statistics.suppression.router import NEAR, Laid, Part, Router, laid
from samsyn.statistics.suppression.wires import Wires

# How many cells are in a group of blocks, and the share of the loss that is not worth a round.
RIPPED, LITTLE = 2500, 0.001


def rip_up(router: Router, pool: Executor | None, workers: int, seconds: float) -> None:
    """Do without dear cells as long as it pays or until the time is over; group by group, others each round.

    ``workers``: how many groups are worked on at a time.
    """
    blocks = {int(label): router.open(np.flatnonzero(router.table.blocks == label)) for label in router.neighbours}
    if not blocks or len(router.open(np.arange(len(router.is_hidden)))) <= NEAR[1]:
        _rip_up_together(router, time.perf_counter() + seconds)
        return
    rng, until = np.random.default_rng(2), time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > seconds / 20:
        before = router.loss
        count = {label: int(router.is_secondary[cells].sum()) for label, cells in blocks.items()}
        groups = router.groups(blocks, count, RIPPED, rng)
        each = left * workers / max(1, len(groups))
        router.lay_apart(partial(_rip_up_group, seconds=each), groups, pool)
        if router.loss > before * (1 - LITTLE):
            return


def _rip_up_together(router: Router, until: float) -> None:
    """Show dear cells again where what leaned on them can be laid anew for less; stop at a time or without gain."""
    _clean(router)
    for _sweep in range(5):
        gain = 0.0
        whole = np.flatnonzero(router.is_hidden | router.may_hide)
        wires = Wires(router, whole) if len(whole) <= NEAR[1] else None
        dear = np.flatnonzero(router.is_secondary)
        for cell in dear[np.argsort(-router.table.costs[dear], kind="stable")].tolist():
            if time.perf_counter() > until:
                return
            if router.is_secondary[cell]:
                near = wires or Wires(router, np.sort(router.around(cell, NEAR[0] // 2)))
                gain += _lay_anew(router, cell, near, until)
        _clean(router)
        if gain < TINY:
            return


def _lay_anew(router: Router, cell: int, wires: Wires, until: float) -> float:
    """Return what was gained by doing without a secondary cell; 0 and everything as before if nothing was by then."""
    users = [one for one in router.users.get(cell, ()) if one != cell]
    if not wires.inside.issuperset(users):
        return 0.0
    before = {one: (router.proofs[one], router.leans[one]) for one in (*users, cell)}
    price = left = float(router.table.costs[cell])
    router.show(cell)
    wires.reprice([cell])
    added: list[int] = []
    is_laid = True
    for one in sorted(users, key=lambda user: -int(router.table.values[user])):
        if router.proofs[one] is not None:
            continue
        new = wires.lay(one, budget=left - TINY) if time.perf_counter() < until else None
        if new is None:
            is_laid = False
            break
        added += new
        left -= float(router.table.costs[new].sum())
    if is_laid and all(router.proofs[one] is not None for one in added):
        return left if added else price
    for one in added:
        router.show(one)
    router.hide([cell])
    wires.reprice([*added, cell])
    for one, (proof, leans) in before.items():
        router.forget(one)
        if proof is not None:
            router.learn(one, proof, leans)
    return 0.0


def _clean(router: Router) -> None:
    """Show again what no other cell's proof leans on."""
    for cell in np.flatnonzero(router.is_secondary).tolist():
        if not router.users.get(cell, set()) - {cell}:
            router.show(cell)


def _rip_up_group(part: Part, seconds: float) -> Laid:
    """Do without dear cells of a group of blocks."""
    router = part.router()
    _rip_up_together(router, time.perf_counter() + seconds)
    return laid(router)
