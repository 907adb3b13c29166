"""Fast random numbers: the right distributions, and the first ones independent of how many are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from data_generator.world.draws import draws, level_table, poisson_table

SIZE = 200_000


def test_normal_numbers_are_normal() -> None:
    """Moments and the Kolmogorov-Smirnov distance are those of a standard normal sample."""
    z = draws(1, "z").normal(SIZE)
    assert stats.kstest(z, "norm").statistic < 1.95 / np.sqrt(SIZE)
    assert abs(z.var() - 1) < 4 * np.sqrt(2 / SIZE)
    assert abs(np.corrcoef(z[:-1], z[1:])[0, 1]) < 4 / np.sqrt(SIZE)


def test_uniform_numbers_stay_below_one() -> None:
    """A 1 would turn a rounded-up share or a quantile into something impossible."""
    u = draws(1, "u").uniform(SIZE)
    assert stats.kstest(u, "uniform").statistic < 1.95 / np.sqrt(SIZE)
    assert u.min() >= 0
    assert u.max() < 1


@pytest.mark.parametrize("mean", [0.05, 0.4, 2.0])
def test_poisson_numbers(mean: float) -> None:
    """Inversion and tables give the probabilities of the Poisson distribution."""
    expected = SIZE * stats.poisson.pmf(np.arange(4), mean)
    for number in (
        draws(1, "p").poisson(np.full(SIZE, mean)),
        draws(1, "t").of(poisson_table(mean), SIZE),
    ):
        found = np.bincount(number, minlength=4)[:4]
        assert (np.abs(found - expected) <= 4.5 * np.sqrt(expected) + 10).all()


def test_levels_have_their_shares() -> None:
    """Categories come as often as they should, also when the table depends on a group."""
    shares = (0.5, 0.2, 0.3)
    found = np.bincount(draws(1, "l").of(level_table(shares), SIZE)) / SIZE
    np.testing.assert_allclose(found, shares, atol=0.006)
    group = np.repeat([0, 1], SIZE // 2)
    both = draws(1, "g").by_group([level_table(shares), level_table((0.0, 1.0))], group)
    assert (both[group == 1] == 1).all()
    np.testing.assert_allclose(np.bincount(both[group == 0]) / (SIZE / 2), shares, atol=0.008)


@pytest.mark.parametrize("size", [1, 3, 1_001])
def test_the_first_numbers_do_not_depend_on_how_many_follow(size: int) -> None:
    """A pool that must grow keeps the customers it has."""
    for name in ("uniform", "normal"):
        few = getattr(draws(1, "n"), name)(size)
        many = getattr(draws(1, "n"), name)(size + 10_000)
        assert (few == many[:size]).all()


def test_shards_differ_and_shard_0_is_the_seed_itself() -> None:
    """Shards are independent of one another; a single shard is the data set as it is."""
    assert (draws(1, "a").uniform(9) == draws(1, "a", 0).uniform(9)).all()
    assert (draws(1, "a").uniform(9) != draws(1, "a", 1).uniform(9)).any()
