"""A column named like a leak and set before the outcome, by a rule on activity that anybody could compute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.decoys.decoy import LEAKAGE_TRAPS, Decoy, mistaken_for
from data_generator.key import DecoyKey
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.target_encoded_index import PLANT
from data_generator.schema import AT_SNAPSHOT, LOGS, MARKETING, Column, replace_column
from data_generator.streams import stream

ID = "early_warning"
RATE = 0.5  # mean number of events of an ordinary customer
SLOPE = 1.375  # of the log rate by inactivity: an AUC near 0.675

# Names under which leaks appear as well: what a column is called tells nothing, its source does.
GUISES: dict[str, Column] = {
    column.name: column
    for column in (
        Column(
            "cell_score", "marketing and other", "integer", "points", MARKETING, AT_SNAPSHOT,
            "Points of a fixed rule on activity up to the snapshot; the less active, the more; no outcome in it.",
        ),
        Column(
            "dealer_grade", "account", "integer", "points", LOGS, AT_SNAPSHOT,
            "Reminders to the dealer in the 90 days before the snapshot; a rule on low activity sends them.",
        ),
        Column(
            "exchange_weight", "usage", "integer", "lines", LOGS, AT_SNAPSHOT,
            "Lines parked at the exchange in the 90 days before the snapshot, as a rule does for less active users.",
        ),
        Column(
            "household_cluster_pct", "marketing and other", "integer", "percent", MARKETING, AT_SNAPSHOT,
            "Discount shown to the household up to the snapshot; a rule raises it with every week of low activity.",
        ),
    )
}  # fmt: skip

# Inactivity on a scale with mean near 0 and SD near 1.
INACTIVITY: dict[str, Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]] = {
    "days_since_last_login": lambda x: (np.log1p(x) - 1.4) / 0.7,
    "active_days_30d": lambda x: (15.8 - x) / 6.0,
    "features_used": lambda x: (5.5 - x) / 2.5,
}


def apply(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Put the guise `place.choice` in the place of the reserve column `place.host`.

    It counts events whose rate depends on the variant's strong column alone, so that it knows nothing more
    of the outcome than that column does.
    """
    rng = stream(draft.truth.seed, ID, draft.truth.shard)
    gate = draft.truth.coefficients.strong_column

    def events(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
        inactivity = INACTIVITY[gate](frame[gate].to_numpy(dtype=np.float64))
        return _poisson(rng.random(inactivity.size), RATE * np.exp(np.clip(SLOPE * inactivity, -8.0, 3.0)))

    guise = GUISES[place.choice]
    draft = replace(draft, columns=replace_column(draft.columns, place.host, guise))
    draft = draft.with_public(guise.name, events(draft.public)).with_replay(guise.name, events(draft.replay))
    return draft, DecoyKey(
        id=ID,
        columns=[guise.name],
        months=None,
        trap_kinds=[*LEAKAGE_TRAPS],
        summary=f"{guise.name} is recorded before the snapshot by a rule on activity; it is as legitimate as "
        f"{gate}, and still there at scoring.",
    )


def _poisson(luck: npt.NDArray[np.float64], rate: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return Poisson numbers, at most 9, by inversion of uniform draws."""
    term = np.exp(-rate)
    below = term.copy()
    number = np.zeros(rate.size, dtype=np.int64)
    for k in range(1, 10):
        number += luck > below
        term = term * rate / k
        below += term
    return number


DECOY = Decoy(
    id=ID,
    family="leakage",
    fires=PLANT.kind,
    apply=apply,
    trips=lambda frame, key: PLANT.present(frame, mistaken_for(PLANT, key.columns)),
    choices=tuple(GUISES),
    own_column=True,
)
