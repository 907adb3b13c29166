"""In one region or channel many labels are wrong, both ways alike, so that the churn rate gives nothing away."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, LAST_MATURE_MONTH, month_name
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant
from data_generator.plants.slices import rows_where
from data_generator.schema import LABEL
from data_generator.streams import stream

KIND = "label_noise_slice"
KEPT = 0.55  # of the strong column's AUC above one half that is left inside the slice
PRESENT_KEPT = 0.79
# Levels of a tenth to a quarter of the rows; the columns themselves say nothing of churn.
SLICES = (
    "region=B",
    "region=C",
    "region=D",
    "region=E",
    "acquisition_channel=store",
    "acquisition_channel=partner",
    "acquisition_channel=phone",
)

Mask = npt.NDArray[np.bool_]


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Exchange labels inside the slice `place.choice`: as many churners as others, drawn at random."""
    rng = stream(draft.truth.seed, KIND, draft.truth.shard)
    column, level = place.slice
    where = {column: [level]}
    strong = draft.truth.coefficients.strong_column
    label = draft.public[LABEL].to_numpy()
    inside = rows_where(draft.public, where) & (draft.month <= LAST_MATURE_MONTH)
    churners, others = (rng.permutation(np.flatnonzero(inside & (label == value))) for value in (1, 0))
    values = draft.twin[strong].to_numpy(dtype=np.float64)
    share, draft = draft.settle(KIND, lambda: _share(values, churners, others))
    number = min(round(share * churners.size), others.size)
    flipped = np.zeros(len(label), dtype=bool)
    flipped[churners[:number]] = flipped[others[:number]] = True
    planted = draft.with_public(LABEL, np.where(flipped, 1 - label, label))
    key = PlantKey(
        id=KIND,
        family="quality",
        kind=KIND,
        columns=[column],
        months=months_range(month_name(0), month_name(EXTRACTION_MONTH)),
        label_months=months_range(month_name(0), month_name(LAST_MATURE_MONTH)),
        severity=2,
        tier="H",
        inherent=False,
        seeded=False,
        equivalents=["label_noise", "noisy_labels", "mislabelled_rows", "wrong_labels"],
        affected_rows=affected_rows(draft.public, flipped),
        at_scoring="honest",
        parameters={
            "where": where,
            "statistic_column": strong,
            "flipped_churners": share,
            "rows_flipped": 2 * number,
        },
        summary=f"In {column} {level}, {share:.0%} of the churn labels are exchanged with those of others.",
    )
    return planted, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the strong column's AUC inside the slice."""
    return {"auc": _auc(frame, key, rows_where(frame, key.parameters["where"]))}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the strong column's AUC above one half is by a fifth smaller inside the slice than outside."""
    inside = rows_where(frame, key.parameters["where"])
    within, elsewhere = (_auc(frame, key, rows) - 0.5 for rows in (inside, ~inside))
    return within < PRESENT_KEPT * elsewhere


def unfit(frame: pd.DataFrame, key: PlantKey) -> Mask:
    """Mask the slice, whose labels cannot be mended."""
    return rows_where(frame, key.parameters["where"])


def _auc(frame: pd.DataFrame, key: PlantKey, rows: Mask) -> float:
    rows = rows & (months_of(frame) <= LAST_MATURE_MONTH)
    return statistics.auc(frame[key.parameters["statistic_column"]][rows], frame[LABEL][rows])


def _share(
    values: npt.NDArray[np.float64], churners: npt.NDArray[np.int64], others: npt.NDArray[np.int64]
) -> float:
    """Return the smallest share of the churners to exchange that leaves `KEPT` of the AUC above one half.

    Exchanging one more pair moves the AUC by the difference of their ranks, so every number is tried at once.
    """
    if churners.size == 0 or others.size <= churners.size:
        return 0.0
    rank = rankdata(values[np.concatenate([churners, others])])
    of_churners, of_others = rank[: churners.size], rank[churners.size : 2 * churners.size]
    total = of_churners.sum() + np.append(0.0, np.cumsum(of_others - of_churners))
    least = churners.size * (churners.size + 1) / 2
    above = (total - least) / (churners.size * others.size) - 0.5
    return float(np.argmax(above / above[0] <= KEPT)) / churners.size


PLANT = Plant(
    kind=KIND,
    family="quality",
    tier="H",
    apply=apply,
    measure=measure,
    present=present,
    choices=SLICES,
    stage=0,
    touches=lambda place, c: frozenset({place.slice[0]}),
    unfit=unfit,
)
