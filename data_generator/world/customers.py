"""Customers: attributes that never change, drawn for those there at the start and for all who sign up later."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt

from data_generator.world.coefficients import Coefficients
from data_generator.world.draws import Draws, draws, level_table, poisson_table
from data_generator.world.identifiers import customer_ids

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]

SEGMENTS = ("consumer", "micro_business", "small_business")
TIERS = ("basic", "standard", "plus", "premium")
REGIONS = ("A", "B", "C", "D", "E", "F", "G", "H")
CHANNELS = ("web", "store", "partner", "phone", "field_sales")
CONTRACTS = ("monthly", "term_12", "term_24")
PAYMENTS = ("direct_debit", "card", "invoice", "wallet")
TERM_MONTHS = np.array([0, 12, 24])

# Shares among those who sign up; who stays longer is more frequent among those who are there.
SEGMENT_SHARES = (0.68, 0.21, 0.11)
CONTRACT_SHARES = (0.44, 0.38, 0.18)
PAYMENT_SHARES = (0.46, 0.29, 0.15, 0.10)
AUTOPAY_BY_PAYMENT = (0.85, 0.65, 0.10, 0.55)
FIRST_TIER_SHARES = (0.30, 0.36, 0.22, 0.12)
REGION_SHARES = (0.30, 0.17, 0.14, 0.12, 0.10, 0.08, 0.05, 0.04)
CHANNEL_SHARES = (0.34, 0.24, 0.18, 0.14, 0.10)
DISCOUNT_BY_CONTRACT = (0.12, 0.30, 0.42)


@dataclass(frozen=True)
class Traits:
    """What the hazard depends on and never changes; `quality` is hidden and standard normal at sign-up."""

    segment: Codes
    contract: Codes
    payment: Codes
    autopay: Codes
    quality: Singles

    def followed_by(self, others: Traits) -> Traits:
        """Return these customers and then others."""
        pairs = ((getattr(self, name), getattr(others, name)) for name in self.__dataclass_fields__)
        return Traits(*(np.concatenate(pair) for pair in pairs))


@dataclass(frozen=True)
class Customers(Traits):
    """One entry per customer; categories are level indices.

    `base_price` multiplies the list price of the tier; `appetite` and `habit` are hidden and standard normal.
    """

    customer_id: Integers
    region: Codes
    channel: Codes
    owner_age: npt.NDArray[np.int16]
    seats: npt.NDArray[np.int16]
    discount: npt.NDArray[np.int16]
    integrations: npt.NDArray[np.int16]
    referrals: npt.NDArray[np.int16]
    first_tier: Codes
    base_price: Floats
    appetite: Singles
    habit: Singles

    @property
    def term(self) -> Integers:
        """Length of the contract term in months, 0 for monthly contracts."""
        return np.asarray(TERM_MONTHS[self.contract])


def draw_newcomers(seed: int, shard: int, size: int) -> Traits:
    """Draw the traits of the first `size` customers who sign up after the start."""

    def of(name: str) -> Draws:
        return draws(seed, f"newcomers:{name}", shard)

    payment = of("payment").of(level_table(PAYMENT_SHARES), size)
    autopay = of("autopay").uniform(size) < np.array(AUTOPAY_BY_PAYMENT, dtype=np.float32)[payment]
    return Traits(
        segment=of("segment").of(level_table(SEGMENT_SHARES), size),
        contract=of("contract").of(level_table(CONTRACT_SHARES), size),
        payment=payment,
        autopay=autopay.astype(np.int8),
        quality=of("quality").normal(size),
    )


def complete(traits: Traits, seed: int, shard: int) -> Customers:
    """Draw what else there is to know about customers; the first ones' draws do not depend on their number."""
    size = traits.quality.size

    def of(name: str) -> Draws:
        return draws(seed, f"customers:{name}", shard)

    def by_segment(name: str, *means: float) -> npt.NDArray[Any]:
        return of(name).by_group([poisson_table(mean) for mean in means], traits.segment)

    seats = 1 + by_segment("seats", 0.0, 3.0, 11.0)
    steps = [level_table(_binomial(4, chance)) for chance in DISCOUNT_BY_CONTRACT]
    discount = 5 * of("discount").by_group(steps, traits.contract).astype(np.int16)
    price_factor = np.exp(0.06 * of("price").normal(size).astype(np.float64))
    return Customers(
        **{name: getattr(traits, name) for name in Traits.__dataclass_fields__},
        customer_id=customer_ids(seed, shard, size),
        region=of("region").of(level_table(REGION_SHARES), size),
        channel=of("channel").of(level_table(CHANNEL_SHARES), size),
        owner_age=np.clip(np.round(44 + 13 * of("age").normal(size)), 18, 88).astype(np.int16),
        seats=seats,
        discount=discount,
        integrations=by_segment("integrations", 0.25, 1.6, 1.6),
        referrals=of("referrals").of(poisson_table(0.6), size),
        first_tier=of("tier").of(level_table(FIRST_TIER_SHARES), size),
        base_price=seats**0.85 * price_factor * (1 - discount / 100),
        appetite=of("appetite").normal(size),
        habit=of("habit").normal(size),
    )


def constant_log_odds(pool: Traits, c: Coefficients) -> Floats:
    """Return the part of each customer's hazard logit that never changes."""
    return np.asarray(
        c.quality * pool.quality.astype(np.float64)
        + np.array(c.contract)[pool.contract]
        + c.autopay * pool.autopay
        + c.business * (pool.segment > 0)
    )


def engagement_slope(pool: Traits, c: Coefficients) -> Floats:
    """Return each customer's coefficient of engagement."""
    return np.asarray(c.engagement + c.engagement_monthly * (pool.contract == 0))


def _binomial(number: int, chance: float) -> tuple[float, ...]:
    return tuple(comb(number, k) * chance**k * (1 - chance) ** (number - k) for k in range(number + 1))
