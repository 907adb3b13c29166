"""Fast random numbers of a stream: as good as a simulated world needs, several times cheaper than numpy's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from data_generator.streams import stream

Singles = npt.NDArray[np.float32]
CELLS = 65_536


@dataclass(frozen=True)
class Draws:
    """The numbers of one stream.

    Arrays of any shape are filled in order, so the first n numbers do not depend on how many are drawn.
    """

    bits: Any

    def uniform(self, *shape: int) -> Singles:
        """Return numbers in [0, 1) with 24 random bits."""
        size = int(np.prod(shape))
        raw = self.bits.random_raw((size + 1) // 2).view(np.uint32)[:size]
        return np.asarray((raw >> np.uint32(8)) * np.float32(2**-24)).reshape(shape)

    def normal(self, *shape: int) -> Singles:
        """Return standard normal numbers: the median quantiles of 65,536 equally likely cells, |z| <= 4.3."""
        return self.of(_normal_quantiles(), *shape)

    def of(self, table: npt.NDArray[Any], *shape: int) -> npt.NDArray[Any]:
        """Return equally likely entries of a table of 65,536."""
        size = int(np.prod(shape))
        cells = self.bits.random_raw((size + 3) // 4).view(np.uint16)[:size]
        return np.asarray(table.take(cells, mode="clip")).reshape(shape)

    def by_group(self, tables: list[npt.NDArray[Any]], group: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return one entry per element of `group`, from the table of its index."""
        cells = self.of(np.arange(CELLS), group.size)
        return np.asarray(np.concatenate(tables).take(cells + CELLS * group.astype(np.int64)))

    def poisson(self, mean: npt.NDArray[Any]) -> npt.NDArray[np.int16]:
        """Return Poisson numbers of small means by inversion, capped at 30."""
        left = self.uniform(mean.size)
        rate = mean.ravel()
        count = np.zeros(mean.size, dtype=np.int16)
        term = np.exp(-rate)
        alive = np.arange(0)
        for number in range(1, 31):
            over = np.flatnonzero(left >= term)
            alive = over if number == 1 else alive[over]
            if not alive.size:
                break
            count[alive] = number
            left, rate = left[over] - term[over], rate[over]
            term = term[over] * rate / number
        return count.reshape(mean.shape)


def draws(seed: int, name: str, shard: int = 0) -> Draws:
    """Return the numbers of a name under a seed, a shard's own."""
    return Draws(stream(seed, name, shard).bit_generator)


@cache
def level_table(shares: tuple[float, ...]) -> npt.NDArray[np.int8]:
    """Return a table for `Draws.of` with the given shares of 0, 1, 2 ..."""
    edges = np.cumsum(shares) / np.sum(shares)
    return np.asarray(np.searchsorted(edges, _midpoints()), dtype=np.int8)


@cache
def poisson_table(mean: float) -> npt.NDArray[np.int16]:
    """Return a table for `Draws.of` whose entries follow a Poisson distribution."""
    below = np.cumsum(np.exp(-mean) * np.append(1.0, np.cumprod(mean / np.arange(1, 200))))
    return np.asarray(np.searchsorted(below, _midpoints()), dtype=np.int16)


@cache
def _normal_quantiles() -> Singles:
    return np.asarray(ndtri(_midpoints()), dtype=np.float32)


def _midpoints() -> npt.NDArray[np.float64]:
    return (np.arange(CELLS) + 0.5) / CELLS
