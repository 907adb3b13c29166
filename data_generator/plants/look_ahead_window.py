"""A trailing mean whose window was placed by mistake so that it includes months after the snapshot."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey
from data_generator.months import EXTRACTION_MONTH
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.history import neighbours, some_customers
from data_generator.plants.leak import (
    Leak,
    auc_before_copies,
    auc_tolerance,
    churners,
    customer_stream,
    leak_key,
    mature,
    pool_size,
)
from data_generator.plants.plant import Plant
from data_generator.plants.ranking import enough_rows
from data_generator.plants.search import bisect
from data_generator.world.dynamics import HISTORY

Floats = npt.NDArray[np.float64]

KIND = "look_ahead_window"
HOSTS = {"usage_avg_3m": "data_usage_gb", "logins_avg_3m": "logins_30d"}
TARGET = 0.675
# First and last month of the window, counted from the snapshot.
WINDOWS = {"-1..1": (-1, 1), "0..1": (0, 1), "0..2": (0, 2), "-2..2": (-2, 2), "-1..2": (-1, 2)}
DOCUMENTED = (-2, 0)
PRESENT_MATCH = 0.5


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Replace the trailing mean `place.host` by the mean over the window `place.choice`.

    A meter closed by a cancellation reads 0 for as many leavers as the AUC asks for, and is gone for the others;
    months after the extraction do not exist, and a window without any month shows the present one. The scoring
    service computes the honest mean, so the replay keeps it.
    """
    truth, panel = draft.truth, draft.truth.panel
    rows, meter = truth.public_rows, HOSTS[place.host]
    first, last = WINDOWS[place.choice]
    dense = truth.meters[meter]
    total, number, closed = np.zeros(rows.size), np.zeros(rows.size), np.zeros(rows.size)
    month, leaves, slot = panel.month[rows], panel.leaves[rows], panel.slot[rows]
    for step in range(first, last + 1):
        there = (month + step <= EXTRACTION_MONTH) & panel.known(max(-step, 0))[rows]
        reading = dense[HISTORY + np.minimum(month + step, EXTRACTION_MONTH), slot]
        left = month + step >= leaves
        total += np.where(there & ~left, reading, 0.0)
        number += there & ~left
        closed += there & left
    present_reading = dense[HISTORY + month, slot].astype(np.float64)
    luck = customer_stream(draft, KIND).random(pool_size(draft))[panel.customer[rows]]

    def mean(reach: float, of: npt.NDArray[Any]) -> Floats:
        months = number[of] + np.where(luck[of] < reach, closed[of], 0.0)
        return np.asarray(np.where(months > 0, total[of] / np.maximum(months, 1), present_reading[of]))

    churn, final = churners(draft), mature(draft)
    ranked = enough_rows(final & churn, final & ~churn)

    def reached(reach: float) -> float:
        return statistics.auc(-mean(reach, ranked), churn[ranked])

    # What activity two months ahead tells of those who leave later may be as much already; few rows may not do.
    aim = float(np.clip(auc_before_copies(draft, TARGET), reached(0.0), reached(1.0)))
    tolerance = auc_tolerance(draft)
    reach, draft = draft.settle(KIND, lambda: bisect(reached, aim, 0.0, 1.0, tolerance, KIND))
    values = np.round(mean(reach, np.arange(rows.size)), 2)
    honest = draft.twin[place.host].to_numpy()
    leak = Leak(
        kind=KIND,
        columns=[place.host],
        tier="H",
        rows=values != honest,
        summary=f"{place.host} averages {meter} over the months {first} to {last:+d} from the snapshot's, "
        "some of which are not known yet.",
        equivalents=("look_ahead_bias", "lookahead_leakage", "centred_window"),
        parameters={
            "meter": meter,
            "documented_window": list(DOCUMENTED),
            "planted_window": [first, last],
            "target": TARGET,
            "reach": reach,
        },
    )
    return draft.with_public(place.host, values), leak_key(draft, leak)


def match_rate(frame: pd.DataFrame, host: str) -> float:
    """Return how often `host` equals the mean of its monthly column over the row and the two rows before it.

    Only rows with both earlier months issued count; of a repeated customer-month the first supplies the value.
    """
    meter = frame[HOSTS[host]].to_numpy(dtype=np.float64)
    before, earlier = neighbours(frame, meter, -1, -2)
    mean: npt.NDArray[np.float64] = (meter + before + earlier) / 3
    return statistics.match_rate(frame[host].to_numpy(dtype=np.float64), mean)


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure how often the documented window reproduces the column."""
    return {"match_rate": match_rate(frame, key.columns[0])}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the documented window fails to reproduce the column."""
    return match_rate(some_customers(frame), key.columns[0]) < PRESENT_MATCH


PLANT = Plant(
    kind=KIND,
    family="leakage",
    tier="H",
    apply=apply,
    measure=measure,
    present=present,
    hosts=tuple(HOSTS),
    choices=tuple(WINDOWS),
    stage=1,
)
