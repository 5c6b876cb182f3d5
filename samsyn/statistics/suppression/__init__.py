"""Complementary suppression of large hierarchical tables: little hidden, nothing recoverable. Pure: no Django.

A *table* is a vector of cells and the equations between them (a county is the sum of its municipalities, a year that of
its quarters, all at once). Shown cells stay as they are; hidden ones may be anything that fits the equations and is at
least 1, which is what the attacker knows. A *move* is another table that fits everything published. A hidden cell is
protected when moves change it by the table's width: 1, unless more is asked for; that is a *unit* here. They are handed
out with the result: ``attack.recovered`` checks each of them by other code, in whole numbers, and asks programs of its
own about what they leave open.

First, what always changes alike is joined (``ties``). Then three steps, each on what the one before left:

1. *Blocks* (a county in a year, say) by cuts: a master program chooses which cells to hide, and for each cell that is
   still known the dual of the attacker's program gives an inequality that every safe choice fulfils (Fischetti and
   Salazar-Gonzalez, "Solving the cell suppression problem on tabular data with linear constraints", Management Science
   2001). Small blocks are then solved in whole numbers; in large ones the fractions only guide the next step.
2. *Wires*: what remains gets the cheapest move of one unit, one cell after the other, over several blocks that share
   equations; other blocks each round, and more of them. In very large tables a block and the blocks of its sums come
   first: their programs don't grow with the table.
3. *Rip-up*, as routers of circuit boards do: a dear cell is shown again and what leaned on it is laid anew, now that
   others lie there to be shared; kept where that is cheaper. In large tables group by group, other groups each round.
"""

import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from samsyn.statistics.suppression.extending import extend
from samsyn.statistics.suppression.ripping import rip_up
from samsyn.statistics.suppression.router import Router
from samsyn.statistics.suppression.tables import Bools, CannotHide, Contradiction, Dimension, Result, Table, table_of
from samsyn.statistics.suppression.ties import joined

__all__ = ["CannotHide", "Contradiction", "Dimension", "Result", "Table", "repair", "suppress", "table_of"]

# Smaller tables are done before another process has started.
LARGE = 2000


def suppress(table: Table, *, moves: csr_array | None = None, seconds: float = 30.0, workers: int = 2) -> Result:
    """Return which cells to hide; raise CannotHide where hiding every open cell is not enough.

    ``moves`` (k x n) of an earlier release spare the search for them where they still fit. ``seconds`` bounds the
    rip-up, which only makes it cheaper. ``workers``: processes for the blocks. Raise Contradiction where the table
    can't be true.
    """
    begun = time.perf_counter()
    table.check()
    tied = joined(table)
    router = Router(tied.table)
    if moves is not None:
        fitting, others = tied.gather_moves(table, moves)
        router.take_over(fitting)
        extend(router, others, tied.came_since(table))
    with ProcessPoolExecutor(workers) if workers > 1 and len(table.values) > LARGE else nullcontext() as pool:
        router.lay_blocks(pool)
        router.lay_under_sums(pool)
        router.lay_groups(pool)
        try:
            router.lay_wires()
        except CannotHide as no:
            raise CannotHide(int(tied.speakers(table)[no.args[0]])) from None
        rip_up(router, pool, workers if pool else 1, seconds)
    is_hidden = tied.spread(router.is_hidden) & ~np.broadcast_to(table.is_free, len(table.values))
    is_secondary = is_hidden & ~table.is_primary & ~table.is_hidden
    speakers = tied.speakers(table)
    sakes = speakers.copy()
    for cell, other in router.because().items():
        sakes[cell] = speakers[other]
    return Result(
        is_hidden=is_hidden,
        is_secondary=is_secondary,
        loss=float(table.costs[is_secondary].sum()),
        because=np.where(is_secondary, sakes[tied.place], -1),
        moves=tied.spread_moves(router.moves()),
        seconds=time.perf_counter() - begun,
    )


def repair(table: Table, is_hidden: Bools, recovered: Iterable[int]) -> Bools:
    """Return another tool's choice of hidden cells with what must be added to protect the recovered ones."""
    tied = joined(replace(table, is_hidden=table.is_hidden | is_hidden))
    router = Router(tied.table)
    needy = set(tied.place[list(recovered)].tolist())
    for cell in set(np.flatnonzero(router.is_hidden).tolist()) - needy:
        router.learn(cell, ())
    router.lay_wires()
    return tied.spread(router.is_hidden)
