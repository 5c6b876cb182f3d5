"""Where the cells of one version's table stand in another's: along the mappings, or nowhere. Pure: no Django."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from samsyn.deliveries.checking.formats import TableFormat
from samsyn.questions.exchange import series
from samsyn.questions.exchange.package import Nothing, Package


@lru_cache(maxsize=64)
def places_in(source: TableFormat, target: TableFormat, packages: tuple[Package, ...]) -> tuple[int, ...]:
    """Return where each cell of one version's table stands in another's: -1 where figures may not be carried over.

    Tables that are divided by other codes have no cell in common: the series breaks in all of them. Without packages, as
    of those of the support line, a variable is the same where the major version is: minor ones add and change nothing.
    """
    is_other = not packages and source.version.split(".")[0] != target.version.split(".")[0]
    if source.divisions != target.divisions or is_other:
        return (-1,) * source.size
    versions = {one.version: one for one in packages}
    before, asked = (_asked(versions.get(one.version)) for one in (source, target))
    found = [-1] * source.size
    for variable in source.variables:
        if variable.code not in target.places:
            continue
        codes: dict[str, str] | None = {answer: answer for answer in variable.answers}
        if variable.code in asked:
            ends = [(variable.code, known[variable.code]) for known in (before, asked)]
            reading = series.reading(packages, source=ends[0], target=ends[1])
            codes = dict(reading) if reading is not None else None
        if codes is None:
            continue
        reasons = {str(one) for one in Nothing}
        for answer, at in source.places[variable.code].items():
            becomes = answer if answer in reasons else codes[answer]
            to = target.places[variable.code].get(becomes)
            for division in range(source.width):
                found[at + division] = -1 if to is None else to + division
    return tuple(found)


def _asked(package: Package | None) -> dict[str, int]:
    return {one.code: one.version for one in package.variables} if package else {}


class Readings:
    """Which cells of one version can be read in another, each pair worked out once."""

    def __init__(self, packages: tuple[Package, ...]) -> None:
        self.packages = packages
        # By their hashes: to compare whole formats takes longer than to add their figures up.
        self.known: dict[tuple[str, str], NDArray[np.intp]] = {}

    def places(self, source: TableFormat, target: TableFormat) -> NDArray[np.intp]:
        """Return where each cell of a table stands in another version; -1 where it can't be read there."""
        key = source.content_hash, target.content_hash
        if key not in self.known:
            is_same = key[0] == key[1]
            self.known[key] = np.arange(source.size) if is_same else np.array(places_in(source, target, self.packages))
        return self.known[key]
