"""Customers as they sign up: attributes that never change, drawn once for a pool of future customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_generator.streams import stream
from data_generator.world.coefficients import Coefficients

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SEGMENTS = ("consumer", "micro_business", "small_business")
TIERS = ("basic", "standard", "plus", "premium")
REGIONS = ("A", "B", "C", "D", "E", "F", "G", "H")
CHANNELS = ("web", "store", "partner", "phone", "field_sales")
CONTRACTS = ("monthly", "term_12", "term_24")
PAYMENTS = ("direct_debit", "card", "invoice", "wallet")
TERM_MONTHS = np.array([0, 12, 24])
ID_RANGE = (10**15, 9 * 10**15)  # sixteen digits, exact in a float64


@dataclass(frozen=True)
class Customers:
    """One entry per customer of the pool; categories are level indices.

    `quality`, `appetite` and `habit` are hidden and standard normal.
    """

    customer_id: Integers
    segment: Integers
    region: Integers
    channel: Integers
    contract: Integers
    payment: Integers
    autopay: Integers
    owner_age: Integers
    seats: Integers
    discount: Integers
    integrations: Integers
    first_tier: Integers
    price_factor: Floats
    quality: Floats
    appetite: Floats
    habit: Floats

    @property
    def term(self) -> Integers:
        """Length of the contract term in months, 0 for monthly contracts."""
        return TERM_MONTHS[self.contract]


def draw_customers(seed: int, size: int) -> Customers:
    """Draw a pool of `size` customers."""
    rng = stream(seed, "customers")

    def level(shares: list[float]) -> Integers:
        return np.asarray(rng.choice(len(shares), size, p=shares))

    segment = level([0.68, 0.21, 0.11])
    contract = level([0.44, 0.38, 0.18])
    payment = level([0.46, 0.29, 0.15, 0.10])
    autopay = (rng.random(size) < np.array([0.85, 0.65, 0.10, 0.55])[payment]).astype(np.int64)
    quality = rng.standard_normal(size)
    seats = 1 + (segment > 0) * rng.poisson(np.array([0.0, 3.0, 11.0])[segment])
    return Customers(
        customer_id=_unique_ids(rng, size),
        segment=segment,
        region=level([0.30, 0.17, 0.14, 0.12, 0.10, 0.08, 0.05, 0.04]),
        channel=level([0.34, 0.24, 0.18, 0.14, 0.10]),
        contract=contract,
        payment=payment,
        autopay=autopay,
        owner_age=np.clip(np.round(rng.normal(44, 13, size)), 18, 88).astype(np.int64),
        seats=seats,
        discount=5 * rng.binomial(4, np.array([0.12, 0.3, 0.42])[contract]),
        integrations=np.where(segment > 0, rng.poisson(1.6, size), rng.poisson(0.25, size)),
        first_tier=level([0.30, 0.36, 0.22, 0.12]),
        price_factor=np.exp(rng.normal(0, 0.06, size)),
        quality=quality,
        appetite=rng.standard_normal(size),
        habit=rng.standard_normal(size),
    )


def constant_log_odds(pool: Customers, c: Coefficients) -> Floats:
    """Return the part of each customer's hazard logit that never changes."""
    return np.asarray(
        c.quality * pool.quality
        + np.array(c.contract)[pool.contract]
        + c.autopay * pool.autopay
        + c.business * (pool.segment > 0)
    )


def engagement_slope(pool: Customers, c: Coefficients) -> Floats:
    """Return each customer's coefficient of engagement."""
    return np.asarray(c.engagement + c.engagement_monthly * (pool.contract == 0))


def _unique_ids(rng: np.random.Generator, size: int) -> Integers:
    ids = np.unique(rng.integers(*ID_RANGE, size=size + 1000))
    return rng.permutation(ids)[:size]
