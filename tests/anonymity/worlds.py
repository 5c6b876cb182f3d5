"""Made-up worlds with dependence: origins that cluster in municipalities and ages, and families whose size goes with origin.

Each seed is a world of its own, held out from the choice of the meter's divisor. A world is counts of people by municipality,
sex, age, origin and number of siblings; what a statistics office would publish of it is computed from those same people.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samsyn.config.demonstration.made_up_population import expected

MUNICIPALITIES, COUNTIES, ORIGINS, SIBLINGS, BAND = 290, 21, 30, 5, 5
FEWEST = 20
Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]


def world(seed: int) -> Counts:
    """Return the people of a world: municipality × sex × age × origin × siblings."""
    rng = np.random.default_rng(seed)
    people = expected(rng, municipalities=MUNICIPALITIES)
    age = np.arange(people.shape[2])
    rank = np.arange(1, ORIGINS)
    national = np.concatenate([[0.75], 0.25 * (1 / rank) / (1 / rank).sum()])
    clustered = rng.lognormal(0.0, 0.9, (MUNICIPALITIES, ORIGINS))
    younger = np.exp(np.outer(age - 40, rng.normal(-0.01, 0.01, ORIGINS)))
    origin = national * clustered[:, None, :] * younger[None]
    origin /= origin.sum(axis=2, keepdims=True)
    family = np.array([0.2, 0.4, 0.25, 0.1, 0.05]) * rng.lognormal(0.0, 0.5, (ORIGINS, SIBLINGS))
    siblings = family[None] * rng.lognormal(0.0, 0.3, (MUNICIPALITIES, 1, SIBLINGS))
    siblings /= siblings.sum(axis=2, keepdims=True)
    return rng.poisson(np.einsum("msa,mao,moc->msaoc", people, origin, siblings, optimize=True))


def of_county(of_municipalities: Counts) -> Counts:
    """Return counts by county: neighbours in the list of municipalities."""
    edges = np.linspace(0, MUNICIPALITIES, COUNTIES + 1).astype(int)[:-1]
    return np.asarray(np.add.reduceat(of_municipalities, edges, axis=0))


def of_bands(by_age: Counts) -> Counts:
    """Return counts by bands of five years, the third axis."""
    return np.asarray(np.add.reduceat(by_age, np.arange(0, by_age.shape[2], BAND), axis=2))


@dataclass(frozen=True)
class Calibration:
    """Of all people: how many are in danger unseen (fewer than 20 like them, shown as 20 or more), and warned for nothing."""

    told: str
    missed: float
    false_alarms: float


def national_share(people: Counts, axis: int) -> Numbers:
    """Return an attribute's national share within sex and band of age, for each single year: sex × age × attribute."""
    other = 7 - axis  # axes 3 and 4: origin and siblings
    published = people.sum(axis=(0, other))
    bands = np.add.reduceat(published, np.arange(0, published.shape[1], BAND), axis=1)
    shares = bands / bands.sum(axis=2, keepdims=True)
    return np.asarray(np.repeat(shares, BAND, axis=1)[:, : published.shape[1]])


def estimates(people: Counts) -> dict[str, tuple[Counts, Numbers]]:
    """Return for each set of answers the true number of people and the estimate from what is published."""
    base = people.sum(axis=(3, 4))
    origin, siblings = national_share(people, 3), national_share(people, 4)
    return {
        "municipality, age, sex, origin": (people.sum(axis=4), base[..., None] * origin[None]),
        "municipality, age, sex, siblings": (people.sum(axis=3), base[..., None] * siblings[None]),
        "municipality, age, sex, origin, siblings": (
            people,
            base[..., None, None] * origin[None, ..., None] * siblings[None, :, :, None, :],
        ),
        "county, age, sex, origin": (of_county(people.sum(axis=4)), of_county(base)[..., None] * origin[None]),
        "county, age, sex, origin, siblings": (
            of_county(people),
            of_county(base)[..., None, None] * origin[None, ..., None] * siblings[None, :, :, None, :],
        ),
    }


def calibrate(people: Counts, *, divisor: float) -> list[Calibration]:
    """Return what the rule would have missed and warned for needlessly in this world, weighted by people."""
    found = []
    for told, (true, estimate) in estimates(people).items():
        is_few, is_shown_few = true < FEWEST, estimate / divisor < FEWEST
        everybody = true.sum()
        missed = true[is_few & ~is_shown_few].sum() / everybody
        false_alarms = true[~is_few & is_shown_few].sum() / everybody
        found.append(Calibration(told, float(missed), float(false_alarms)))
    return found
