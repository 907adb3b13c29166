"""The last three months are labelled although their 90 days had not passed at extraction: a fact of every variant."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, HORIZON_MONTHS, LAST_MATURE_MONTH, month_name
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant
from data_generator.schema import LABEL

KIND = "label_immaturity"
PRESENT_RATIO = 0.7


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Keep of the label what cancellations up to the extraction show: 2, 1 and 0 of three months."""
    known = draft.known_label()
    immature = draft.month > LAST_MATURE_MONTH
    complete = draft.twin[LABEL].to_numpy()
    key = PlantKey(
        id=KIND,
        family="quality",
        kind=KIND,
        columns=[LABEL],
        months=months_range(month_name(LAST_MATURE_MONTH + 1), month_name(EXTRACTION_MONTH)),
        label_months=months_range(month_name(LAST_MATURE_MONTH + 1), month_name(EXTRACTION_MONTH)),
        severity=3,
        tier="M",
        inherent=True,
        seeded=False,
        equivalents=[
            "label_censoring",
            "right_censoring",
            "incomplete_labels",
            "label_maturity",
            "immature_labels",
        ],
        affected_rows=affected_rows(draft.public, immature),
        at_scoring="honest",
        parameters={
            "months_seen": {
                month_name(EXTRACTION_MONTH - seen): seen for seen in range(HORIZON_MONTHS - 1, -1, -1)
            },
            "monthly_rate": {
                month_name(m): round(statistics.rate(known[draft.month == m]), 5)
                for m in range(LAST_MATURE_MONTH - 2, EXTRACTION_MONTH + 1)
            },
            "labels_missing": int((known != complete).sum()),
        },
        summary=f"Labels after {month_name(LAST_MATURE_MONTH)} have seen only 2, 1 and 0 of their three months.",
    )
    return draft.with_public(LABEL, known), key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the label's rate in the immature months."""
    return {"rate": statistics.rate(frame[LABEL][months_of(frame) > LAST_MATURE_MONTH])}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the label's rate in the immature months falls below 70 % of that in the year before."""
    month, label = months_of(frame), frame[LABEL].to_numpy()
    immature = month > LAST_MATURE_MONTH
    before = ~immature & (month > LAST_MATURE_MONTH - 12)
    return statistics.rate(label[immature]) < PRESENT_RATIO * statistics.rate(label[before])


def unfit(frame: pd.DataFrame, key: PlantKey) -> npt.NDArray[np.bool_]:
    """Mask the rows whose label is not complete."""
    return months_of(frame) > LAST_MATURE_MONTH


PLANT = Plant(
    kind=KIND,
    family="quality",
    tier="M",
    apply=apply,
    measure=measure,
    present=present,
    stage=-1,  # the label as extracted, before anything that is done to labels
    inherent=True,
    unfit=unfit,
)
