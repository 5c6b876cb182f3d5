"""Nothing of fewer than five: what staff pages may show of counted answers, one question at a time. Pure, no Django.

For answers to a single question with its total. Published tables have far more to guard (``statistics``, above).
"""

from collections.abc import Mapping
from dataclasses import dataclass

FEWEST = 5


@dataclass(frozen=True)
class Shown:
    """Counts as they may be shown: None is hidden. Without a total nothing is shown at all."""

    total: int | None
    counts: Mapping[str, int | None]

    def share(self, code: str) -> int | None:
        """Return a shown count in per cent of the total, rounded."""
        count = self.counts.get(code)
        if self.total is None or count is None:
            return None
        return round(100 * count / self.total)


def shown(counts: Mapping[str, int], *, total: int, is_multiple: bool = False) -> Shown:
    """Return the counts without those of one to four, and without what would give a hidden one away.

    Answers that exclude each other add up to the total: a hidden count needs company, and the hidden ones together are at
    least five. Where several answers may be given, a count is guarded with its complement: all but two is a count of two.
    """
    if total < FEWEST:
        return Shown(None, dict.fromkeys(counts))
    few = range(1, FEWEST)
    if is_multiple:
        hidden = {code for code, count in counts.items() if count in few or total - count in few}
    else:
        hidden = {code for code, count in counts.items() if count in few}
        rest = sorted((count == 0, count, code) for code, count in counts.items() if code not in hidden)
        while hidden and rest and (len(hidden) < 2 or sum(counts[code] for code in hidden) < FEWEST):
            hidden.add(rest.pop(0)[2])
    return Shown(total, {code: None if code in hidden else count for code, count in counts.items()})
