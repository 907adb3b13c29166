"""A strong and legitimate predictor: known at the snapshot, from an honest source, and still there on the replay.

Every world has one, so every variant lists it, whatever else its blueprint draws.
"""

from __future__ import annotations

import pandas as pd

from data_generator import statistics
from data_generator.decoys.decoy import LEAKAGE_TRAPS, Decoy
from data_generator.key import DecoyKey
from data_generator.months import LAST_MATURE_MONTH
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.post_outcome_column import KIND as FIRES
from data_generator.plants.post_outcome_column import PRESENT_AUC
from data_generator.schema import LABEL

ID = "strong_predictor"


def announce(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Describe the variant's strongest honest column; the world has it already."""
    c = draft.truth.coefficients
    return draft, DecoyKey(
        id=ID,
        columns=[c.strong_column],
        months=None,
        trap_kinds=[*LEAKAGE_TRAPS],
        summary=f"{c.strong_column} is strong because customers withdraw before leaving; it is known at the snapshot.",
    )


def feature_auc(frame: pd.DataFrame, key: DecoyKey) -> float:
    """Return the column's AUC on mature rows, which a naive leak detector looks at."""
    mature = months_of(frame) <= LAST_MATURE_MONTH
    return statistics.auc(frame[key.columns[0]][mature], frame[LABEL][mature])


DECOY = Decoy(
    id=ID,
    family="leakage",
    fires=FIRES,
    apply=announce,
    trips=lambda frame, key: feature_auc(frame, key) >= PRESENT_AUC,
    always=True,
    touches=lambda place, c: frozenset({c.strong_column}),
)
