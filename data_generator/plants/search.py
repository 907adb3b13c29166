"""Search for the strength at which the statistic that reveals a plant has its target."""

from __future__ import annotations

from collections.abc import Callable

from data_generator.errors import PlantError

STEPS = 48
EDGE = 0.05  # of the bracket: how near to its ends an interpolated step may fall


def bisect(
    measure: Callable[[float], float], target: float, low: float, high: float, tolerance: float, name: str
) -> float:
    """Return the strength in [low, high] at which the increasing `measure` is within `tolerance` of `target`.

    Steps interpolate between the ends of the bracket and halve it in turn, so a smooth measure takes few.
    Raises PlantError where the target is out of reach.
    """
    at_low, at_high = measure(low), measure(high)
    for end, value in ((low, at_low), (high, at_high)):
        if abs(value - target) <= tolerance:
            return end
    if not at_low < target < at_high:
        raise PlantError(
            f"{name}: {target:.4f} is not between {at_low:.4f} and {at_high:.4f}, the reach of its strength"
        )
    value = at_low
    for step in range(STEPS):
        share = min(max((target - at_low) / (at_high - at_low), EDGE), 1 - EDGE) if step % 2 == 0 else 0.5
        middle = low + share * (high - low)
        value = measure(middle)
        if abs(value - target) <= tolerance:
            return middle
        if value < target:
            low, at_low = middle, value
        else:
            high, at_high = middle, value
    raise PlantError(
        f"{name}: reached {value:.4f} instead of {target:.4f} ± {tolerance}; more rows are needed"
    )
