"""Customer identifiers: unique over shards, sixteen digits, and silent about shard and position."""

from __future__ import annotations

import numpy as np

from data_generator.world.identifiers import customer_ids

SIZE = 20_000


def test_unique_over_shards_without_knowing_one_another() -> None:
    """Two shards may be made on two machines and still share no customer."""
    ids = np.concatenate([customer_ids(5, shard, SIZE) for shard in range(8)])
    assert np.unique(ids).size == ids.size


def test_sixteen_digits_exact_in_a_float() -> None:
    """Identifiers sort as text as they do as numbers, and survive a reader that makes them floats."""
    ids = customer_ids(5, 3, SIZE)
    assert ids.min() >= 10**15
    assert ids.max() < 10**16
    assert (ids.astype(np.float64).astype(np.int64) == ids).all()


def test_position_and_shard_cannot_be_read_off() -> None:
    """Neither size, nor any bit, nor a remainder of the identifier tells of the position or the shard."""
    ids = np.concatenate([customer_ids(5, shard, SIZE) for shard in (0, 1)])
    position, shard = np.tile(np.arange(SIZE), 2), np.repeat([0, 1], SIZE)
    aspects = [ids, *((ids >> bit) & 1 for bit in range(50)), *(ids % k for k in (3, 5, 7, 10, 64))]
    for aspect in aspects:
        for hidden in (position, shard):
            assert abs(np.corrcoef(aspect.astype(np.float64), hidden)[0, 1]) < 5 / np.sqrt(ids.size)


def test_seeds_give_other_identifiers() -> None:
    """A customer of one candidate's data cannot be looked up in another's."""
    assert not set(customer_ids(5, 0, SIZE)) & set(customer_ids(6, 0, SIZE))
