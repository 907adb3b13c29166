"""The customers of the first simulated month, drawn from the stationary mix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_generator.world.coefficients import PERSISTENCE, Coefficients
from data_generator.world.customers import (
    AUTOPAY_BY_PAYMENT,
    PAYMENT_SHARES,
    SEGMENT_SHARES,
    Traits,
    constant_log_odds,
)
from data_generator.world.draws import draws
from data_generator.world.stationary import LEVELS, LOWEST, OLDEST, QUALITIES, STEP, Mix, kinds

Singles = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Start:
    """Traits, tenure in months and hidden states (engagement, satisfaction, stress) of those who are there."""

    traits: Traits
    tenure: Integers
    states: Singles


def draw_start(seed: int, shard: int, size: int, mix: Mix, c: Coefficients) -> Start:
    """Draw `size` customers, in random order.

    Kinds and qualities are drawn by systematic sampling, so that the mix, and with it the base rate, varies little
    between seeds and shards.
    """
    numbers = draws(seed, "start", shard)
    luck = (np.arange(size) + numbers.uniform(1)) / size
    cell = np.searchsorted(mix.cells, luck, side="right")[np.argsort(numbers.uniform(size), kind="stable")]
    kind = kinds()[0][cell // QUALITIES.size]
    width = QUALITIES[1] - QUALITIES[0]
    quality = QUALITIES[cell % QUALITIES.size] + width * (numbers.uniform(size) - 0.5)
    traits = Traits(
        segment=(kind[:, 2] * (1 + (numbers.uniform(size) < _small_share()))).astype(np.int8),
        contract=kind[:, 0].astype(np.int8),
        payment=_payment(kind[:, 1], numbers.uniform(size)),
        autopay=kind[:, 1].astype(np.int8),
        quality=quality.astype(np.float32),
    )
    # Rounded at random to one of the two neighbours, which is linear interpolation on average.
    place = (mix.level + constant_log_odds(traits, c) - LOWEST) / STEP
    row = np.clip(np.floor(place + numbers.uniform(size)), 0, LEVELS - 1).astype(np.int64)
    life = kind[:, 0] * LEVELS + row
    edges = (mix.tenure + np.arange(mix.tenure.shape[1])).T.ravel()
    passed = np.searchsorted(edges, life + numbers.uniform(size), side="right")
    tenure = np.minimum(passed - life * OLDEST, OLDEST - 1)
    factor = np.linalg.cholesky(mix.lives.covariance[tenure, :, :, life])
    z = numbers.normal(size, len(PERSISTENCE))
    states = mix.lives.mean[tenure, :, life] + (factor * z[:, None, :]).sum(axis=2)
    return Start(traits, tenure, states.T.astype(np.float32))


def _small_share() -> float:
    return SEGMENT_SHARES[2] / (SEGMENT_SHARES[1] + SEGMENT_SHARES[2])


def _payment(autopay: Integers, luck: Singles) -> npt.NDArray[np.int8]:
    chance = np.array([[1 - p for p in AUTOPAY_BY_PAYMENT], AUTOPAY_BY_PAYMENT]) * PAYMENT_SHARES
    edges = np.cumsum(chance, axis=1) / chance.sum(axis=1, keepdims=True)
    return np.asarray((luck[:, None] >= edges[autopay, :-1]).sum(axis=1), dtype=np.int8)
