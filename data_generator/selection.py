"""Rows that were never recorded: taken out of the clean world before anything is planted on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from data_generator.errors import PlantError
from data_generator.planner import Plan
from data_generator.plants.plant import Plant
from data_generator.streams import stream
from data_generator.world.truth import Truth

MARGIN = 0.12  # of the rows of a gap: how far its share may be off
SPARE_ROWS = 60
CHANCE = 2.0  # further spare rows in roots of their number: a gap of few customers varies with it


def rows_needed(rows: int, plan: Plan, plants: dict[str, Plant]) -> int:
    """Return how many clean rows leave at least `rows` when the plan's gaps are taken out."""
    share = _share(plan, plants)
    if share == 0:
        return rows
    return int(np.ceil(rows / (1 - share * (1 + MARGIN)) + CHANCE * np.sqrt(rows))) + SPARE_ROWS


def without_gaps(truth: Truth, rows: int, plan: Plan, plants: dict[str, Plant]) -> Truth:
    """Return the world with the gaps taken out and exactly `rows` public rows.

    The surplus goes as whole customers drawn at random, so that no other customer has a hole.
    Raises PlantError where the gaps took more than expected.
    """
    if _share(plan, plants) == 0:
        return truth
    kept = np.ones(len(truth.twin), dtype=bool)
    for kind, place in plan.plants.items():
        gap = plants[kind].gap
        if gap is not None:
            kept &= ~gap(truth, place)
    surplus = int(kept.sum()) - rows
    if surplus < 0:
        raise PlantError(f"gaps: {-surplus} rows fewer than {rows} are left; more rows are needed")
    kept &= ~_whole_customers(truth, kept, surplus)
    return replace(
        truth,
        public_rows=truth.public_rows[kept],
        twin=truth.twin[kept].reset_index(drop=True),
    )


def _whole_customers(truth: Truth, kept: npt.NDArray[np.bool_], surplus: int) -> npt.NDArray[np.bool_]:
    """Mask the rows of randomly drawn customers that add up to `surplus` kept rows."""
    rng = stream(truth.seed, "selection", truth.shard)
    ids, inverse = np.unique(truth.twin["customer_id"].to_numpy(), return_inverse=True)
    number = np.bincount(inverse[kept], minlength=ids.size)
    drawn = np.zeros(ids.size, dtype=bool)
    left = surplus
    for who in rng.permutation(ids.size):
        # A customer goes when their rows fit and what is left can still be made up.
        if 0 < number[who] <= left:
            drawn[who] = True
            left -= int(number[who])
        if left == 0:
            return drawn[inverse]
    raise PlantError(f"gaps: {left} rows too many are left; more rows are needed")


def _share(plan: Plan, plants: dict[str, Plant]) -> float:
    shares = (
        share(place) for kind, place in plan.plants.items() if (share := plants[kind].gap_share) is not None
    )
    return float(sum(shares))
