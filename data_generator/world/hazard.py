"""The monthly cancellation hazard: what drives its logit, and changes of it that begin in some month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from data_generator.errors import SpecError
from data_generator.months import SIMULATED_MONTHS
from data_generator.world.coefficients import Coefficients, sigmoid

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
LEVEL_STEPS = 40
LEVEL_TOLERANCE = 1e-4  # of the hazard, relative: far below the luck of drawing who cancels

# Coefficients that a driver's factor scales; `contract` is the monthly, 12- and 24-month log-odds together.
DRIVERS: dict[str, tuple[str, ...]] = {
    "engagement": ("engagement", "engagement_monthly"),
    "satisfaction": ("satisfaction",),
    "stress": ("stress",),
    "quality": ("quality",),
    "contract": ("contract",),
    "contract_end": ("contract_end",),
    "tenure": ("tenure",),
    "autopay": ("autopay",),
    "business": ("business",),
    "season": ("season",),
}


@dataclass(frozen=True)
class HazardChange:
    """A change of the hazard in the months `first` to `last`, both included; indices from 0 = 2023-01.

    `factors` multiplies what a driver (a key of DRIVERS) adds to the logit, `log_odds` is added to it. With
    `recentre` a level takes the place of `log_odds`, every month such that the mean hazard is what is expected
    without this change. The hazard of month t decides who leaves at the month-end t + 1, so labels move from
    t − 2 on.

    Raises SpecError for unknown drivers or months outside the simulation.
    """

    first: int
    last: int
    log_odds: float = 0.0
    factors: Mapping[str, float] = field(default_factory=dict)
    recentre: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be simulated."""
        if unknown := sorted(set(self.factors) - set(DRIVERS)):
            raise SpecError(f"drivers: found {', '.join(unknown)}, expected some of {', '.join(DRIVERS)}")
        if not 0 <= self.first <= self.last < SIMULATED_MONTHS:
            raise SpecError(
                f"months: found {self.first} to {self.last}, expected a range inside 0 to {SIMULATED_MONTHS - 1}"
            )

    def active(self, month: int) -> bool:
        """Return whether the change acts on the hazard of a month."""
        return self.first <= month <= self.last


def active_changes(changes: Iterable[HazardChange], month: int) -> tuple[HazardChange, ...]:
    """Return the changes that act on the hazard of a month."""
    return tuple(change for change in changes if change.active(month))


def changed(c: Coefficients, changes: Iterable[HazardChange]) -> Coefficients:
    """Return the coefficients under changes that act at the same time; factors of one driver multiply."""
    for change in changes:
        for driver, factor in change.factors.items():
            for name in DRIVERS[driver]:
                value = getattr(c, name)
                scaled: Any = tuple(factor * x for x in value) if isinstance(value, tuple) else factor * value
                c = replace(c, **{name: scaled})
    return c


def season_log_odds(c: Coefficients, month: int) -> float:
    """Return the yearly swing of the hazard's logit in a month."""
    return float(c.season * np.cos(2 * np.pi * (month % 12) / 12))


def clock_log_odds(c: Coefficients, tenure: Integers, term: Integers) -> Floats:
    """Return what tenure and the end of a contract term add to the hazard's logit."""
    ending = (term > 0) & (months_to_end(tenure, term) <= 2)
    return np.asarray(c.tenure * (np.log1p(tenure) - 3.0) + c.contract_end * ending)


def months_to_end(tenure: Integers, term: Integers) -> Integers:
    """Return the months left of the current term, 1 to `term`; terms renew themselves. 0 without a term."""
    return np.asarray(np.where(term > 0, term - tenure % np.maximum(term, 1), 0))


def level_for(logit: npt.NDArray[Any], hazard: float, tolerance: float = LEVEL_TOLERANCE) -> float:
    """Return the level to add to the logits so that their mean hazard is `hazard`, by Newton's method."""
    level = 0.0
    for _ in range(LEVEL_STEPS):
        p = sigmoid(logit + level)
        mean = float(p.mean())
        if abs(mean / hazard - 1) < tolerance:
            break
        # In the log of the mean, whose slope is at most 1 and nearly constant where hazards are small.
        level += np.log(hazard / mean) * mean / float((p * (1 - p)).mean())
    return float(level)
