"""Whom to call: where a call pays, and at most as many as can be called."""

from dataclasses import dataclass

import numpy as np

from training.metrics import capacity_mask
from training.prepare import Business


@dataclass(frozen=True)
class Decision:
    """Call at or above `threshold`, at most `capacity_share` of a month's customers."""

    threshold: float
    capacity_share: float


def decide(business: Business, months: np.ndarray, score: np.ndarray) -> Decision:
    """Return the break-even probability, or the score at which the busiest calibration month fills its list if higher.

    months, score: calibration rows, so that the test months have no say.
    """
    limits = [np.quantile(score[months == month], 1 - business.capacity) for month in np.unique(months)]
    return Decision(max(business.break_even, float(max(limits))), business.capacity)


def called(decision: Decision, months: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return which rows are called: over the threshold and within their month's capacity."""
    return capacity_mask(months, score, decision.capacity_share) & (score >= decision.threshold)


def profit(business: Business, label: np.ndarray, calls: np.ndarray) -> float:
    """Return EUR gained by calling these rows: kept value of those saved less the cost of all calls."""
    return float(
        business.save_rate * business.kept_value * label[calls].sum() - business.call_cost * calls.sum()
    )
