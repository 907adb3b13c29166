"""Tariffs and what they cost: list prices by tier, and how customers move between tiers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from data_generator.world.customers import Customers

Integers = npt.NDArray[np.int64]

LIST_PRICE = np.array([19.0, 29.0, 45.0, 69.0])
PLAN_CHANGE_RATE = 0.012  # a month, half of it upwards


def charge_cents(base_price: npt.NDArray[np.float64], tier: npt.NDArray[np.int8]) -> Integers:
    """Return the monthly charge in cents."""
    return np.round(100 * LIST_PRICE[tier] * base_price).astype(np.int64)


def changed_tier(tier: npt.NDArray[np.int8], upwards: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    """Return the tier after a change by one; at the ends it can only go back."""
    step = np.where(upwards, 1, -1)
    outside = (tier + step < 0) | (tier + step >= LIST_PRICE.size)
    return np.asarray(tier + np.where(outside, -step, step), dtype=np.int8)


def tier_after(
    first: npt.NDArray[np.int8], tenure: Integers, luck: npt.NDArray[np.float32]
) -> npt.NDArray[np.int8]:
    """Return the tier of customers who began with `first`, after `tenure` months of chance changes."""
    size = LIST_PRICE.size
    half = PLAN_CHANGE_RATE / 2
    month = np.zeros((size, size))
    for tier in range(size):
        month[tier, tier] = 1 - PLAN_CHANGE_RATE
        for upwards in (True, False):
            month[tier, changed_tier(np.array([tier], dtype=np.int8), np.array([upwards]))[0]] += half
    after = [np.eye(size)]
    for _ in range(int(tenure.max(initial=0))):
        after.append(after[-1] @ month)
    edges = np.cumsum(np.array(after), axis=2)[tenure, first, :-1]
    return np.asarray((luck[:, None] >= edges).sum(axis=1), dtype=np.int8)


def charged_before(
    pool: Customers, tier: npt.NDArray[np.int8], tenure: Integers, luck: npt.NDArray[np.float32]
) -> Integers:
    """Return what customers were charged in the `tenure` months before, in cents; a tier changed once at most."""
    at_first = np.floor(luck * (tenure + 1)).astype(np.int64)
    at_first = np.where(tier == pool.first_tier[: tier.size], 0, at_first)
    base = pool.base_price[: tier.size]
    first = charge_cents(base, pool.first_tier[: tier.size])
    return np.asarray(at_first * first + (tenure - at_first) * charge_cents(base, tier))
