"""Rows that the extract's job left softly sorted by the label."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey
from data_generator.months import LAST_MATURE_MONTH
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.leak import Leak, auc_tolerance, churners, customer_stream, leak_key, mature
from data_generator.plants.plant import Plant
from data_generator.plants.ranking import quick_auc
from data_generator.plants.search import bisect
from data_generator.schema import LABEL

KIND = "row_order"
TARGET = 0.625
PRESENT_AUC = 0.57
PLACES = ("first", "last")


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Move churners towards the end `place.choice` of their month, copies of rows included.

    The order within a month is that of uniform values to which churners add a shift.
    """
    luck = customer_stream(draft, KIND).random(len(draft.public))  # 0 is the end to which churners move
    churn, final = churners(draft), mature(draft)
    stayers = np.sort(luck[final & ~churn])
    leavers = luck[final & churn]

    def reached(shift: float) -> float:
        return 1 - float(np.searchsorted(stayers, leavers - shift).mean()) / stayers.size

    tolerance = auc_tolerance(draft)
    shift, draft = draft.settle(KIND, lambda: bisect(reached, TARGET, 0.0, 1.0, tolerance, KIND))
    order = luck - shift * churn
    leak = Leak(
        kind=KIND,
        columns=["snapshot_month"],
        tier="M",
        rows=churn,
        summary=f"Within each month churners come {place.choice} more often than others.",
        equivalents=("ordering_leakage", "sorted_by_label", "row_index_leakage"),
        severity=2,
        parameters={"target": TARGET, "shift": shift, "churners": place.choice},
    )
    return replace(draft, order=-order if place.choice == "last" else order), leak_key(draft, leak)


def position(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return each row's position among the rows of its month in the file, divided by their number."""
    month = months_of(frame)
    order = np.argsort(month.astype(np.int16), kind="stable")  # a radix sort
    size = np.bincount(month)
    start = np.cumsum(size) - size
    place = np.empty(len(frame))
    place[order] = np.arange(len(frame)) - start[month[order]]
    return place / size[month]


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the AUC of the position within the month on mature rows."""
    final = months_of(frame) <= LAST_MATURE_MONTH
    return {"auc": statistics.auc(position(frame)[final], frame[LABEL][final])}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the position within the month separates leavers (AUC at least 0.57)."""
    final = months_of(frame) <= LAST_MATURE_MONTH
    return quick_auc(position(frame)[final], frame[LABEL][final]) >= PRESENT_AUC


PLANT = Plant(
    kind=KIND,
    family="leakage",
    tier="M",
    apply=apply,
    measure=measure,
    present=present,
    choices=PLACES,
    stage=4,
)
