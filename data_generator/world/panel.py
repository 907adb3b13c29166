"""Rows of the panel: which customer-months exist, when each customer leaves, and trailing windows over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data_generator.months import HORIZON_MONTHS, PUBLIC_MONTHS, REPLAY_MONTHS, SIMULATED_MONTHS
from data_generator.world.dynamics import HISTORY, Dynamics

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
NEVER = 10_000  # leaves after the last simulated month


@dataclass(frozen=True)
class Panel:
    """Active customer-months of the public and the replay months, ordered by month.

    `month`, `slot` and `customer` have one entry per row; `leaves` is the month-end at which the customer's
    cancellation takes effect, `NEVER` when that lies beyond the simulation.
    """

    dynamics: Dynamics
    month: Integers
    slot: Integers
    customer: Integers
    leaves: Integers

    def here(self, dense: npt.NDArray[Any], lag: int = 0) -> npt.NDArray[Any]:
        """Return the value `lag` months before each row, whoever held the slot then."""
        return np.asarray(dense[HISTORY + self.month - lag, self.slot])

    def known(self, lag: int) -> npt.NDArray[np.bool_]:
        """Return whether the customer was already there `lag` months before each row."""
        return np.asarray(self.here(self.dynamics.tenure) >= lag)

    def trailing(self, dense: npt.NDArray[Any], months: int) -> tuple[Floats, Integers]:
        """Return sum and number of known months of a window that ends with each row's month."""
        total = np.zeros(self.month.size)
        number = np.zeros(self.month.size, dtype=np.int64)
        for lag in range(months):
            known = self.known(lag)
            total += np.where(known, self.here(dense, lag), 0)
            number += known
        return total, number

    def label(self, known_until: int = NEVER) -> Integers:
        """Return 1 where the customer leaves within the horizon and by the month-end `known_until`."""
        return ((self.leaves <= self.month + HORIZON_MONTHS) & (self.leaves <= known_until)).astype(np.int64)


def build_panel(dynamics: Dynamics) -> Panel:
    """List the active rows of the public and the replay months."""
    months = PUBLIC_MONTHS + REPLAY_MONTHS
    active = np.arange(dynamics.schedule[-1]) < dynamics.schedule[:months, None]
    month, slot = np.nonzero(active)
    leaves = _leaving_month(dynamics)
    return Panel(
        dynamics=dynamics,
        month=month.astype(np.int64),
        slot=slot.astype(np.int64),
        customer=dynamics.customer[HISTORY + month, slot],
        leaves=leaves[month, slot],
    )


def _leaving_month(dynamics: Dynamics) -> Integers:
    leaves = np.full((SIMULATED_MONTHS, dynamics.cancels.shape[1]), NEVER, dtype=np.int64)
    following = np.full(dynamics.cancels.shape[1], NEVER, dtype=np.int64)
    # A cancellation drawn in the last month takes effect after the simulation.
    for month in range(SIMULATED_MONTHS - 2, -1, -1):
        following = np.where(dynamics.cancels[HISTORY + month], month + 1, following)
        leaves[month] = following
    return leaves
