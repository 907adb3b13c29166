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

    `month`, `slot`, `customer` and `tenure` have one entry per row; `leaves` is the month-end at which the
    customer's cancellation takes effect, `NEVER` when that lies beyond the simulation.
    """

    dynamics: Dynamics
    month: Integers
    slot: Integers
    customer: Integers
    tenure: Integers
    leaves: Integers

    def here(self, dense: npt.NDArray[Any], lag: int = 0) -> npt.NDArray[Any]:
        """Return the value `lag` months before each row, whoever held the slot then."""
        return _rows(dense[HISTORY - lag :], self.dynamics.schedule)

    def known(self, lag: int) -> npt.NDArray[np.bool_]:
        """Return whether the customer was already there `lag` months before each row."""
        return np.asarray(self.tenure >= lag)

    def trailing(self, dense: npt.NDArray[Any], months: int) -> tuple[Floats, Integers]:
        """Return sum and number of known months of a window that ends with each row's month."""
        number = np.minimum(self.tenure + 1, months)
        if dense.dtype.kind != "f":
            # Counts since sign-up, less those before the window.
            counts = _since_sign_up(dense, self.dynamics.tenure)
            before = np.where(self.known(months), self.here(counts, months), 0)
            return (self.here(counts) - before).astype(np.float64), number
        total = self.here(dense).astype(np.float64)
        for lag in range(1, months):
            total += np.where(self.known(lag), self.here(dense, lag), 0)
        return total, number

    def label(self, known_until: int = NEVER) -> Integers:
        """Return 1 where the customer leaves within the horizon and by the month-end `known_until`."""
        return (self.leaves <= np.minimum(self.month + HORIZON_MONTHS, known_until)).astype(np.int64)


def build_panel(dynamics: Dynamics) -> Panel:
    """List the active rows of the public and the replay months."""
    active = dynamics.schedule[: PUBLIC_MONTHS + REPLAY_MONTHS]
    return Panel(
        dynamics=dynamics,
        month=np.repeat(np.arange(active.size), active),
        slot=np.concatenate([np.arange(size) for size in active]),
        customer=_rows(dynamics.customer[HISTORY:], active),
        tenure=_rows(dynamics.tenure[HISTORY:], active).astype(np.int64),
        leaves=_rows(_leaving_month(dynamics), active).astype(np.int64),
    )


def _rows(dense: npt.NDArray[Any], active: Integers) -> npt.NDArray[Any]:
    # The active slots are the first ones of a month, so rows are slices put one after another.
    months = PUBLIC_MONTHS + REPLAY_MONTHS
    return np.concatenate([dense[month, : active[month]] for month in range(months)])


def _since_sign_up(dense: npt.NDArray[Any], tenure: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    counts = dense.astype(np.int32)
    for month in range(1, len(counts)):
        counts[month] += np.where(tenure[month] > 0, counts[month - 1], 0)
    return counts


def _leaving_month(dynamics: Dynamics) -> npt.NDArray[np.int32]:
    slots = dynamics.cancels.shape[1]
    leaves = np.full((SIMULATED_MONTHS, slots), NEVER, dtype=np.int32)
    following = np.full(slots, NEVER, dtype=np.int32)
    # A cancellation drawn in the last month takes effect after the simulation.
    for month in range(SIMULATED_MONTHS - 2, -1, -1):
        following[dynamics.cancels[HISTORY + month]] = month + 1
        leaves[month] = following
    return leaves
