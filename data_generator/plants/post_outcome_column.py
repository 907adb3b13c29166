"""A column that is written when the customer leaves: the seeded target leak."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.leak import (
    Leak,
    auc_before_copies,
    auc_tolerance,
    churners,
    customer_stream,
    leak_key,
    mature,
    pool_size,
    ranked_by_own_column,
    with_own_column,
)
from data_generator.plants.plant import Plant
from data_generator.plants.post_outcome_guises import GUISES
from data_generator.plants.ranking import quick_auc, sparse_auc
from data_generator.plants.search import bisect

KIND = "post_outcome_column"
TARGET = 0.775
STAYERS = 0.002  # share of ordinary rows that carry a value for an ordinary reason
PRESENT_AUC = 0.65


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Put the guise `place.choice` in the place of the reserve column `place.host`."""
    truth, guise = draft.truth, GUISES[place.choice]
    rng = customer_stream(draft, KIND)
    panel, rows = truth.panel, truth.public_rows
    pool = pool_size(draft)
    luck = rng.random(pool)[panel.customer[rows]]
    size = np.round(guise.median * np.exp(guise.spread * rng.standard_normal(pool)), guise.decimals)
    size = np.maximum(size, 10.0**-guise.decimals)[panel.customer[rows]]
    events = rng.random(panel.dynamics.customer.shape) < STAYERS / 3
    ordinary = panel.trailing(events, 3)[0][rows] > 0
    leaver = draft.known_label() == 1
    final, churn = mature(draft), churners(draft)[mature(draft)]

    def values(reach: float) -> np.ndarray:
        return np.where(np.where(leaver, luck < reach, ordinary), size, 0.0)

    def reached(reach: float) -> float:
        return sparse_auc(values(reach)[final], churn)

    aim, tolerance = auc_before_copies(draft, TARGET), auc_tolerance(draft)
    reach, draft = draft.settle(KIND, lambda: bisect(reached, aim, 0.0, 1.0, tolerance, KIND))
    written = values(reach)
    column = guise.as_column(decimals=guise.decimals)
    planted = with_own_column(draft, place.host, column, written, np.full(len(draft.replay), np.nan))
    leak = Leak(
        kind=KIND,
        columns=[guise.column],
        tier="E",
        rows=(written > 0) & leaver,
        summary=f"{guise.column} is written {guise.recorded.split(';')[0]}, so it is not known at the snapshot.",
        at_scoring="null",
        seeded=True,
        equivalents=("post_outcome_feature",),
        parameters={"target": TARGET, "reach": reach, "stayers": STAYERS, "replaces": place.host},
    )
    return planted, leak_key(draft, leak)


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the column's AUC on mature rows; on the twin that of the reserve column in its place."""
    return {"auc": statistics.auc(*ranked_by_own_column(frame, key))}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the key's column alone separates leavers on mature rows (AUC at least 0.65)."""
    return quick_auc(*ranked_by_own_column(frame, key)) >= PRESENT_AUC


PLANT = Plant(
    kind=KIND,
    family="leakage",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    choices=tuple(GUISES),
    stage=1,
    seeded=True,
    own_column=True,
)
