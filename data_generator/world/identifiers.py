"""Customer identifiers: sixteen digits that are unique over all shards and tell nothing of when or where."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from data_generator.streams import stream

LOWEST = 10**15
BITS = 52  # so the largest is below 6 · 10^15: sixteen digits, exact in a float64
INDEX_BITS = 24  # customers of a shard
ROUNDS = 6
ODD = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(BITS // 2)
MASK = np.uint64((1 << (BITS // 2)) - 1)


def customer_ids(seed: int, shard: int, size: int) -> npt.NDArray[np.int64]:
    """Return the identifiers of a shard's first `size` customers.

    A Feistel network keyed by the seed permutes the numbers of 52 bits, so shard and position, written side by
    side, give different identifiers without any shard knowing the others.
    """
    assert size <= 1 << INDEX_BITS, "a shard holds 16 million customers"
    assert shard < 1 << (BITS - INDEX_BITS), "there are 268 million shards"
    number = np.arange(size, dtype=np.uint64) | np.uint64(shard << INDEX_BITS)
    keys = stream(seed, "identifiers").integers(0, 2**64, ROUNDS, dtype=np.uint64)
    left, right = number >> HALF, number & MASK
    for key in keys:
        left, right = right, left ^ (_mixed(right ^ key) & MASK)
    return np.asarray((left << HALF | right).astype(np.int64) + LOWEST)


def _mixed(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    for _ in range(2):
        x = (x ^ (x >> np.uint64(31))) * ODD
    return x >> np.uint64(29)
