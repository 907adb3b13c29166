"""The computed mix agrees with what a long simulation settles at, and a start drawn from it does not drift."""

from __future__ import annotations

import numpy as np
import pytest

from data_generator.world.coefficients import MONTHLY_HAZARD, draw_coefficients, sigmoid
from data_generator.world.dynamics import MONTHS, Dynamics, sampled, simulate
from data_generator.world.stationary import OLDEST, simulate_lives, stationary_mix


@pytest.fixture(scope="module")
def dynamics() -> Dynamics:
    """Return a panel large enough for its means."""
    return simulate(31, 400_000, draw_coefficients(31))


def test_mean_hazard_is_the_wanted_one_from_the_first_month_on(dynamics: Dynamics) -> None:
    """No burn-in is needed: the first year has the wanted hazard, and so have the later ones, within 3 %."""
    rate = dynamics.cancels.mean(axis=1)
    for first in (0, 12, 24):
        assert abs(rate[first : first + 12].mean() / MONTHLY_HAZARD - 1) < 0.03


def test_the_mix_does_not_move(dynamics: Dynamics) -> None:
    """Static and moving parts of the risk are distributed at the end as they were at the start."""
    pool = dynamics.customers
    for dense in (pool.quality[dynamics.customer], dynamics.engagement, dynamics.stress, dynamics.tenure):
        first, last = dense[0].astype(np.float64), dense[MONTHS - 1].astype(np.float64)
        error = np.sqrt((first.var() + last.var()) / first.size)
        assert abs(last.mean() - first.mean()) < 4 * error + 0.03 * first.std()
        # The oldest customers go on ageing, so the spread of tenure grows a little.
        assert abs(last.std() / first.std() - 1) < (0.1 if dense is dynamics.tenure else 0.05)
    tiers = [np.bincount(dynamics.tier[month], minlength=4) / dynamics.tier.shape[1] for month in (0, -1)]
    assert np.abs(tiers[0] - tiers[1]).max() < 0.02


def test_lives_agree_with_a_simulated_cohort() -> None:
    """The Gaussian recursion gives the hazard of 60,000 simulated customers of one kind over three years."""
    c, cell = draw_coefficients(31), 18
    lives = simulate_lives(c)
    constant = -9.0 + 0.25 * cell
    rng, size = np.random.default_rng(0), 60_000
    x, alive = rng.standard_normal((3, size)), np.ones(size)
    rho = np.array([0.82, 0.75, 0.60])[:, None]
    for tenure in range(36):
        slope = np.array([c.engagement + c.engagement_monthly, c.satisfaction, c.stress])
        hazard = sigmoid(constant + c.tenure * (np.log1p(tenure) - 3) + slope @ x)
        mean = (alive * hazard).sum() / alive.sum()
        assert abs(lives.hazard[tenure, cell] / mean - 1) < 0.04
        alive = alive * (1 - hazard)
        x = rho * x + np.sqrt(1 - rho**2) * rng.standard_normal(x.shape)


def test_the_mix_is_that_of_the_hazard_asked_for() -> None:
    """A higher hazard needs a higher level; tenures are cumulated to one."""
    c = draw_coefficients(31)
    low, high = stationary_mix(c, 0.02), stationary_mix(c, 0.025)
    assert low.level < high.level
    np.testing.assert_allclose(low.tenure[OLDEST - 1], 1)
    assert low.cells[-1] == 1


def test_systematic_sampling_leaves_everyone_their_hazard() -> None:
    """Over many draws each customer cancels as often as their own hazard says; the number hardly varies."""
    rng = np.random.default_rng(0)
    logit = rng.normal(-3, 1, 300).astype(np.float32)
    draws = np.array([sampled(logit, luck) for luck in rng.random(4_000)])
    hazard = sigmoid(logit.astype(np.float64))
    error = np.sqrt(hazard * (1 - hazard) / len(draws))
    assert (np.abs(draws.mean(axis=0) - hazard) < 4.5 * error).all()
    assert np.ptp(draws.sum(axis=1)) <= 1
