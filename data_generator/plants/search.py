"""Bisection on the statistic that reveals a plant."""

from __future__ import annotations

from collections.abc import Callable

from data_generator.errors import PlantError

STEPS = 24


def bisect(
    measure: Callable[[float], float], target: float, low: float, high: float, tolerance: float, name: str
) -> float:
    """Return the strength in [low, high] at which the increasing `measure` is within `tolerance` of `target`."""
    if not measure(low) < target < measure(high):
        raise PlantError(
            f"{name}: {target} is not between {measure(low):.4f} and {measure(high):.4f}, the reach of its strength"
        )
    for _ in range(STEPS):
        middle = (low + high) / 2
        value = measure(middle)
        if abs(value - target) <= tolerance:
            return middle
        low, high = (middle, high) if value < target else (low, middle)
    raise PlantError(f"{name}: reached {value:.4f} instead of {target} ± {tolerance}; more rows are needed")
