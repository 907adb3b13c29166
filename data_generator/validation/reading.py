"""What a search says: readings, which chance explains up to a level, and oddities, which nothing explains."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

LEVEL = 1e-4  # chance of any false alarm in the search of one clean frame
EVENTS = 60  # rarer things than this many expected leavers are not tested: no normal law holds for them
DOMINANT = 0.1  # nor are sums of which one customer makes more than this share of the variance

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """A statistic that is standard normal where nothing is wrong; `place` names column, level or month.

    A `one_sided` one may lie far below zero without meaning, as where a test allows for more than it finds.
    """

    test: str
    place: str
    z: float
    one_sided: bool = False

    @property
    def size(self) -> float:
        """How far it speaks against chance."""
        return self.z if self.one_sided else abs(self.z)


@dataclass(frozen=True)
class Oddity:
    """Something that should not be: which test saw it, where, and what was found."""

    test: str
    place: str
    found: str

    def __str__(self) -> str:
        """Return it in one line."""
        return f"{self.test}: {self.place}: {self.found}"


def beyond_chance(readings: list[Reading], level: float = LEVEL) -> list[Oddity]:
    """Return the readings that chance does not explain, Bonferroni-corrected over all of them, worst first."""
    if not readings:
        return []
    limit = float(stats.norm.isf(level / (2 * len(readings))))
    odd = sorted((r for r in readings if r.size > limit), key=lambda r: -r.size)
    return [
        Oddity(r.test, r.place, f"z = {r.z:.1f}, at most {limit:.1f} by chance among {len(readings)} tests")
        for r in odd
    ]


def customer_z(products: Floats, customer: npt.NDArray[np.int64]) -> float | None:
    """Return the sum of products in standard errors, customers being independent; None where few make it up.

    `products` has mean zero where nothing is wrong; `customer` numbers each row's customer from 0.
    """
    sums = np.bincount(customer, weights=products)
    variance = float(np.sum(sums**2))
    if variance <= 0 or float(np.max(sums**2)) > DOMINANT * variance:
        return None
    return float(sums.sum() / np.sqrt(variance))


def z_of(p: float) -> float:
    """Return the standard normal deviate of a one-sided probability, as large as float64 can tell."""
    return float(stats.norm.isf(min(max(p, 1e-300), 1 - 1e-12)))


def pooled(runs: Iterable[Iterable[Reading]]) -> list[Reading]:
    """Return one two-sided reading per test and place over several searches (Stouffer); small effects add up."""
    by_name: dict[tuple[str, str], list[float]] = {}
    for readings in runs:
        for r in readings:
            if not r.one_sided:
                by_name.setdefault((r.test, r.place), []).append(r.z)
    return [Reading(test, place, float(np.sum(z) / np.sqrt(len(z)))) for (test, place), z in by_name.items()]


def finite(*entries: tuple[str, str, float | None]) -> list[Reading]:
    """Return the readings that could be taken."""
    return [Reading(t, p, float(z)) for t, p, z in entries if z is not None and np.isfinite(z)]
