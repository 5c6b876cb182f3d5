"""Which of the explained accesses are looked at all the same: drawn by a seed that nobody knows beforehand. Pure.

The seed is the root of the log's first checkpoint after the period: whoever acts in the period cannot know whether they
will be drawn, and whoever checks the review afterwards draws the same ones.
"""

import math
from collections.abc import Iterable
from hashlib import sha256


def drawn(ids: Iterable[str], *, seed: bytes, share: float, least: int) -> list[str]:
    """Return the drawn ids: this share of them and no fewer than ``least``, in the order of the draw."""
    ranked = sorted(set(ids), key=lambda one: sha256(seed + one.encode()).digest())
    return ranked[: max(least, math.ceil(share * len(ranked)))]
