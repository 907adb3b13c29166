"""The logit of every slot's hazard, month by month, under the changes that act in the month."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from data_generator.world.coefficients import Coefficients, sigmoid
from data_generator.world.customers import TERM_MONTHS, Customers, constant_log_odds, engagement_slope
from data_generator.world.hazard import (
    HazardChange,
    active_changes,
    changed,
    clock_log_odds,
    level_for,
    season_log_odds,
)
from data_generator.world.stationary import OLDEST

Singles = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Months = npt.NDArray[np.int32]

LONGEST = OLDEST + 60  # months of tenure that can occur


@dataclass(frozen=True)
class Logits:
    """The hazard of a pool of customers; `level` is its intercept, `mean_hazard` its mean without changes.

    `parts` keeps what depends on the coefficients alone: the constant and the slope of engagement by customer, and
    the clock by contract and tenure.
    """

    pool: Customers
    coefficients: Coefficients
    level: float
    changes: tuple[HazardChange, ...]
    mean_hazard: float
    parts: dict[Coefficients, tuple[Singles, Singles, Singles]] = field(default_factory=dict)

    def of(self, month: int, who: Integers, tenure: Months, states: list[Singles]) -> tuple[Singles, float]:
        """Return the logit of each slot's hazard in a month, and what is added to the level for its expected mean."""

        def under(changes: tuple[HazardChange, ...]) -> Singles:
            return self.unshifted(changed(self.coefficients, changes), month, who, tenure, states)

        acting = active_changes(self.changes, month)
        lasting = tuple(change for change in acting if not change.recentre)
        added = sum(change.log_odds for change in lasting)
        # The stationary mean, not that of those present: who they are is luck, and a change also changes who stays.
        expected = self.mean_hazard * float(np.exp(season_log_odds(self.coefficients, month)))
        logit = under(acting)
        if lasting:
            expected *= float(sigmoid(under(lasting) + np.float32(added)).mean() / sigmoid(under(())).mean())
        shift = level_for(logit, expected)
        return logit + np.float32(shift), shift

    def unshifted(
        self, c: Coefficients, month: int, who: Integers, tenure: Months, states: list[Singles]
    ) -> Singles:
        """Return the logit of each slot's hazard by the coefficients `c`, before the month's level is set."""
        if c not in self.parts:
            months = np.arange(LONGEST)
            clocks = [clock_log_odds(c, months, np.full(LONGEST, term)) for term in TERM_MONTHS]
            self.parts[c] = (
                (self.level + constant_log_odds(self.pool, c)).astype(np.float32),
                engagement_slope(self.pool, c).astype(np.float32),
                np.concatenate(clocks).astype(np.float32),
            )
        constant, slope, clock = self.parts[c]
        logit = slope.take(who) * states[0]
        logit += constant.take(who)
        logit += np.float32(c.satisfaction) * states[1]
        logit += np.float32(c.stress) * states[2]
        logit += clock.take(self.pool.contract.take(who) * np.int64(LONGEST) + tenure)
        logit += np.float32(season_log_odds(c, month))
        return np.asarray(logit)
