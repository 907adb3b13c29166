"""The mix of customers that a steady company has: who they are, how long they have been there, in what state.

Customers differ in a constant log-odds and stay the longer the lower it is; those who stay are engaged more than
those who sign up. Both are computed on a grid, month by month of tenure, with Gaussian hidden states whose mean and
variance move as cancellations select among them. From that follow the hazard's level and a start that is
stationary from its first month on, without simulating years that are thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from data_generator.months import PUBLIC_MONTHS
from data_generator.world.coefficients import PERSISTENCE, Coefficients, sigmoid
from data_generator.world.customers import (
    AUTOPAY_BY_PAYMENT,
    CONTRACT_SHARES,
    PAYMENT_SHARES,
    SEGMENT_SHARES,
    TERM_MONTHS,
)
from data_generator.world.hazard import clock_log_odds

Floats = npt.NDArray[np.float64]

OLDEST = 360  # months since the company began; with fewer the share of old customers would still be growing
LOWEST, STEP, LEVELS = -9.0, 0.25, 31  # grid of the constant part of the logit, level included
QUALITIES = np.linspace(-4, 4, 81)
NODES = 5


@dataclass(frozen=True)
class Lives:
    """What becomes of customers by tenure (first axis) and by contract and constant logit (last axis, flattened).

    `weight` is the relative number of those present in a growing company, `hazard` their mean hazard; the hidden
    states have `mean` (3) and `covariance` (3 × 3), and the logit `logit_mean` and `logit_square` (second moment).
    """

    weight: Floats
    hazard: Floats
    mean: Floats
    covariance: Floats
    logit_mean: Floats
    logit_square: Floats


@dataclass(frozen=True)
class Mix:
    """The stationary mix of a seed.

    `level` is the hazard's intercept; `cells` the cumulated share of each combination of contract, autopay,
    business and quality (flattened, in this order) among those present; `tenure` the cumulated share by tenure, an
    axis like those of `lives`; `risk` mean and SD of the logit.
    """

    level: float
    lives: Lives
    cells: Floats
    tenure: Floats
    risk: tuple[float, float]


def monthly_growth(c: Coefficients) -> float:
    """Return the share by which the number of customers grows in a month."""
    return c.growth / (PUBLIC_MONTHS - 1)


def kinds() -> tuple[npt.NDArray[np.int64], Floats]:
    """Return contract, autopay and business of the twelve kinds of customers (rows) and their shares at sign-up."""
    autopay = float(np.dot(PAYMENT_SHARES, AUTOPAY_BY_PAYMENT))
    shares = np.multiply.outer(
        np.multiply.outer(CONTRACT_SHARES, [1 - autopay, autopay]), [SEGMENT_SHARES[0], 1 - SEGMENT_SHARES[0]]
    )
    return np.indices(shares.shape).reshape(3, -1).T, shares.ravel()


def kind_log_odds(c: Coefficients) -> Floats:
    """Return the constant log-odds of the twelve kinds (axis 0) by quality (axis 1), without the level."""
    kind, _ = kinds()
    constant = np.array(c.contract)[kind[:, 0]] + c.autopay * kind[:, 1] + c.business * kind[:, 2]
    return np.asarray(constant[:, None] + c.quality * QUALITIES)


@lru_cache(maxsize=8)
def stationary_mix(c: Coefficients, hazard: float) -> Mix:
    """Return the mix in which `hazard` is the mean monthly hazard, seasons averaged out."""
    lives = simulate_lives(c)
    kind, shares = kinds()
    contract = kind[:, 0]
    density = shares[:, None] * np.exp(-(QUALITIES**2) / 2)
    log_odds = kind_log_odds(c)
    present = lives.weight.sum(axis=0)

    def average(totals: Floats, level: float) -> tuple[float, Floats]:
        """Return the mean over those present of a sum over tenures, and the weight of each cell."""
        within = np.clip((level + log_odds - LOWEST) / STEP, 0, LEVELS - 1)
        place = contract[:, None] * LEVELS + within
        weight, value = (density * np.interp(place, np.arange(grid.size), grid) for grid in (present, totals))
        return float(value.sum() / weight.sum()), weight

    leaving = (lives.weight * lives.hazard).sum(axis=0)
    low, high = -6.0, -2.0
    for _ in range(24):
        level = (low + high) / 2
        low, high = (level, high) if average(leaving, level)[0] < hazard else (low, level)
    mean, weight = average((lives.weight * lives.logit_mean).sum(axis=0), level)
    square, _ = average((lives.weight * lives.logit_square).sum(axis=0), level)
    cells = np.cumsum(weight.ravel())
    tenure = np.cumsum(lives.weight, axis=0) / present
    return Mix(level, lives, cells / cells[-1], tenure, (mean, float(np.sqrt(square - mean**2))))


def simulate_lives(c: Coefficients) -> Lives:
    """Follow customers of every contract and constant logit from sign-up to the company's age."""
    size = len(TERM_MONTHS) * LEVELS
    weight, hazards, logit_mean, logit_square = (np.empty((OLDEST, size)) for _ in range(4))
    means, covariances = np.empty((OLDEST, 3, size)), np.empty((OLDEST, 3, 3, size))
    monthly = np.repeat(TERM_MONTHS == 0, LEVELS)
    slope = np.empty((3, size))
    slope[0], slope[1], slope[2] = c.engagement + c.engagement_monthly * monthly, c.satisfaction, c.stress
    months = np.arange(OLDEST)
    clock = np.array([clock_log_odds(c, months, np.full(OLDEST, term)) for term in TERM_MONTHS])
    constant = np.repeat(clock.T, LEVELS, axis=1) + np.tile(_grid(), len(TERM_MONTHS))
    rho = np.array(PERSISTENCE)[:, None]
    damping, fresh = (rho * rho.T)[..., None], np.diag(1 - np.array(PERSISTENCE) ** 2)[..., None]
    z, node = np.polynomial.hermite_e.hermegauss(NODES)
    node = node / node.sum()
    mean, covariance, present = np.zeros((3, size)), np.eye(3)[..., None] * np.ones(size), np.ones(size)
    for tenure in range(OLDEST):
        reach = (covariance * slope).sum(axis=1)
        spread = (slope * reach).sum(axis=0)
        centre = constant[tenure] + (slope * mean).sum(axis=0)
        p = sigmoid(centre + z[:, None] * np.sqrt(spread))
        steep = p * (1 - p)
        # Mean hazard and the means of its first two derivatives.
        hazard, first, second = node @ p, node @ steep, node @ (steep * (1 - 2 * p))
        weight[tenure], hazards[tenure], means[tenure], covariances[tenure] = (
            present,
            hazard,
            mean,
            covariance,
        )
        logit_mean[tenure], logit_square[tenure] = centre, centre**2 + spread
        # Moments given survival: by Stein's lemma Cov(x, h) = C b E[h'], and likewise for the second moments.
        stays = 1 - hazard
        mean = rho * (mean - reach * (first / stays))
        bend = second / stays + (first / stays) ** 2
        covariance = damping * (covariance - reach[:, None] * reach * bend) + fresh
        present = present * stays * (1 - monthly_growth(c))
    return Lives(weight, hazards, means, covariances, logit_mean, logit_square)


def _grid() -> Floats:
    return np.asarray(LOWEST + STEP * np.arange(LEVELS, dtype=np.float64))
