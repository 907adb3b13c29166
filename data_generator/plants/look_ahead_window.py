"""A trailing mean whose window was centred by mistake, so that it includes the month after the snapshot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant
from data_generator.schema import KEYS
from data_generator.world.dynamics import HISTORY

KIND = "look_ahead_window"
HOSTS = {"usage_avg_3m": "data_usage_gb", "logins_avg_3m": "logins_30d"}
PRESENT_MATCH = 0.5


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Replace the trailing mean `place.host` by the mean of the month before, this one and the one after.

    A meter closed by a cancellation reads 0; the month after the extraction does not exist. The scoring
    service computes the honest mean, so the replay keeps it.
    """
    truth, panel, rows = draft.truth, draft.truth.panel, draft.truth.public_rows
    meter = HOSTS[place.host]
    dense = truth.meters[meter]
    total, number = panel.trailing(dense, 2)
    after = panel.month < EXTRACTION_MONTH
    open_meter = after & (panel.leaves > panel.month + 1)
    total = total + np.where(
        open_meter, dense[HISTORY + np.minimum(panel.month + 1, EXTRACTION_MONTH), panel.slot], 0.0
    )
    values = np.round(total / (number + after), 2)[rows]
    honest = draft.twin[place.host].to_numpy()
    planted = draft.with_public(place.host, values)
    key = PlantKey(
        id=KIND,
        family="leakage",
        kind=KIND,
        columns=[place.host],
        months=months_range(month_name(0), month_name(EXTRACTION_MONTH)),
        severity=3,
        tier="H",
        inherent=False,
        seeded=False,
        equivalents=[
            "target_leakage",
            "temporal_leakage",
            "look_ahead_bias",
            "lookahead_leakage",
            "future_information",
        ],
        affected_rows=affected_rows(draft.public, values != honest),
        at_scoring="honest",
        parameters={"meter": meter, "documented_window": [-2, 0], "planted_window": [-1, 1]},
        summary=f"{place.host} averages {meter} over the month before, this one and the next, which is not known yet.",
    )
    return planted, key


def match_rate(frame: pd.DataFrame, host: str) -> float:
    """Return how often `host` equals the mean of its monthly column over the row and the two rows before it.

    Only rows with both earlier months issued count; of a repeated customer-month the first row does.
    """
    frame = frame.drop_duplicates(list(KEYS))
    order = np.lexsort((months_of(frame), frame["customer_id"].to_numpy()))
    who, month = frame["customer_id"].to_numpy()[order], months_of(frame)[order]
    meter = frame[HOSTS[host]].to_numpy(dtype=np.float64)[order]
    issued = frame[host].to_numpy(dtype=np.float64)[order]
    whole = (who[2:] == who[:-2]) & (month[2:] - month[:-2] == 2)
    mean: npt.NDArray[np.float64] = (meter[2:] + meter[1:-1] + meter[:-2]) / 3
    return statistics.match_rate(issued[2:][whole], mean[whole])


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure how often the documented window reproduces the column."""
    return {"match_rate": match_rate(frame, key.columns[0])}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the documented window fails to reproduce the column."""
    return measure(frame, key)["match_rate"] < PRESENT_MATCH


PLANT = Plant(
    kind=KIND,
    family="leakage",
    tier="H",
    apply=apply,
    measure=measure,
    present=present,
    hosts=tuple(HOSTS),
    stage=1,
)
