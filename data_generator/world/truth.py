"""The un-planted twin of a variant: clean rows, complete labels, true probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.months import PUBLIC_MONTHS, REPLAY_MONTHS, month_names
from data_generator.schema import LABEL
from data_generator.world.coefficients import Coefficients, draw_coefficients
from data_generator.world.dynamics import simulate
from data_generator.world.hazard import HazardChange
from data_generator.world.observation import observe
from data_generator.world.panel import Panel, build_panel
from data_generator.world.probability import true_probability


@dataclass(frozen=True)
class Truth:
    """A clean world: the hazard may change in it, the records of it are right.

    `twin` has the public rows with keys, the 40 features and the complete label; `replay` the three later
    months with `true_probability` added. `public_rows` and `replay_rows` are their row numbers in `panel`.
    `meters` are the monthly readings (month × slot) that trailing windows are made of.
    """

    seed: int
    shard: int
    coefficients: Coefficients
    changes: tuple[HazardChange, ...]
    panel: Panel
    meters: dict[str, npt.NDArray[np.float64]]
    public_rows: npt.NDArray[np.int64]
    replay_rows: npt.NDArray[np.int64]
    twin: pd.DataFrame
    replay: pd.DataFrame


def make_truth(
    seed: int,
    rows: int,
    changes: tuple[HazardChange, ...] = (),
    hazard_factor: float = 1.0,
    shard: int = 0,
    coefficients: Coefficients | None = None,
) -> Truth:
    """Simulate a clean world with exactly `rows` public customer-months.

    `changes` act inside the hazard; before the first of them the world is that without them. `hazard_factor`
    scales the mean monthly hazard, from the start on. Shards of a seed share its coefficients and level, and no
    customer. `coefficients` take the place of those of the seed.
    """
    coefficients = coefficients or draw_coefficients(seed)
    panel = build_panel(simulate(seed, rows, coefficients, changes, hazard_factor, shard))
    observation = observe(seed, panel, shard)
    names = pd.Index(month_names(0, PUBLIC_MONTHS + REPLAY_MONTHS - 1), dtype=object)
    frame = pd.DataFrame(
        {
            "customer_id": panel.dynamics.customers.customer_id[panel.customer],
            "snapshot_month": pd.Categorical.from_codes(panel.month.astype(np.int8), categories=names),
            **observation.features,
            LABEL: panel.label(),
        },
        copy=False,
    )
    # Rows are in the order of months, so both parts are slices.
    public = int(np.searchsorted(panel.month, PUBLIC_MONTHS))
    replay_rows = np.arange(public, panel.month.size)
    return Truth(
        seed=seed,
        shard=shard,
        coefficients=coefficients,
        changes=changes,
        panel=panel,
        meters=observation.meters,
        public_rows=np.arange(public),
        replay_rows=replay_rows,
        twin=frame.iloc[:public],
        replay=frame.iloc[public:]
        .reset_index(drop=True)
        .assign(true_probability=true_probability(panel, replay_rows)),
    )
