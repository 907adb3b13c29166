"""A trailing mean whose window was placed by mistake so that it includes months after the snapshot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey
from data_generator.months import EXTRACTION_MONTH
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.history import neighbours, some_customers
from data_generator.plants.leak import Leak, leak_key
from data_generator.plants.plant import Plant
from data_generator.world.dynamics import HISTORY

KIND = "look_ahead_window"
HOSTS = {"usage_avg_3m": "data_usage_gb", "logins_avg_3m": "logins_30d"}
# First and last month of the window, counted from the snapshot. A boosted model on a random split gains 0.1 to
# 0.4 of PR-AUC from each; from the months 1 to 3 alone it would know nearly every outcome.
WINDOWS = {"-1..1": (-1, 1), "0..1": (0, 1), "0..2": (0, 2), "-2..2": (-2, 2), "-1..2": (-1, 2)}
DOCUMENTED = (-2, 0)
PRESENT_MATCH = 0.5


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Replace the trailing mean `place.host` by the mean over the window `place.choice`.

    A meter closed by a cancellation reads 0; months after the extraction do not exist, and a window without
    any month shows the present one. The scoring service computes the honest mean, so the replay keeps it.
    """
    truth, panel = draft.truth, draft.truth.panel
    rows, meter = truth.public_rows, HOSTS[place.host]
    first, last = WINDOWS[place.choice]
    dense = truth.meters[meter]
    total, number = np.zeros(rows.size), np.zeros(rows.size, dtype=np.int64)
    month, leaves, slot = panel.month[rows], panel.leaves[rows], panel.slot[rows]
    for step in range(first, last + 1):
        there = (month + step <= EXTRACTION_MONTH) & panel.known(max(-step, 0))[rows]
        reading = dense[HISTORY + np.minimum(month + step, EXTRACTION_MONTH), slot]
        total += np.where(there & (month + step < leaves), reading, 0.0)
        number += there
    values = np.where(number > 0, total / np.maximum(number, 1), dense[HISTORY + month, slot])
    values = np.round(values.astype(np.float64), 2)
    honest = draft.twin[place.host].to_numpy()
    leak = Leak(
        kind=KIND,
        columns=[place.host],
        tier="H",
        rows=values != honest,
        summary=f"{place.host} averages {meter} over the months {first} to {last:+d} from the snapshot's, "
        "some of which are not known yet.",
        equivalents=("look_ahead_bias", "lookahead_leakage", "centred_window"),
        parameters={"meter": meter, "documented_window": list(DOCUMENTED), "planted_window": [first, last]},
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
