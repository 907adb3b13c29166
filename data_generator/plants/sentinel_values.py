"""A code that no real value can have stands for missing in some rows: -999, 9999, -1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import month_name
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.plant import Plant
from data_generator.plants.slices import rows_of_key, rows_where
from data_generator.streams import stream

KIND = "sentinel_values"
SHARE = 0.03
PRESENT_SHARE = 0.01
FAR = 3.0
CODES = ("-999", "9999", "-1")
# Columns of which no honest value comes near a code.
HOSTS = (
    "owner_age",
    "session_minutes_avg",
    "mobile_share",
    "email_open_rate",
    "discount_pct",
    "active_days_30d",
    "features_used",
    "days_since_last_login",
    "outages_30d",
    "integrations_count",
    "plan_changes_12m",
    "tickets_open",
    "nps_score",
    "csat_last",
    "avg_resolution_hours",
)


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Write the code `place.choice` into 3 % of `place.host` in the months concerned, over nulls where it has any."""
    rng = stream(draft.truth.seed, KIND, draft.truth.shard)
    host, code = place.host, float(place.choice)
    values = draft.public[host].to_numpy()
    concerned = (draft.month >= place.first) & (draft.month <= place.last)
    unknown = concerned & np.isnan(values)
    free = np.flatnonzero(unknown if unknown.any() else concerned)
    number = max(1, round(SHARE * int(concerned.sum())))
    coded = np.zeros(len(values), dtype=bool)
    coded[rng.choice(free, min(number, free.size), replace=False)] = True
    planted = draft.with_public(host, np.where(coded, code, values).astype(values.dtype))
    key = PlantKey(
        id=KIND,
        family="quality",
        kind=KIND,
        columns=[host],
        months=months_range(month_name(place.first), month_name(place.last)),
        severity=2,
        tier="E",
        inherent=False,
        seeded=False,
        equivalents=["missing_values", "impossible_values", "outliers", "placeholder_values", "magic_values"],
        affected_rows=affected_rows(draft.public, coded),
        at_scoring="honest",
        parameters={"code": code, "where": {host: [place.choice]}},
        summary=f"{host} is {place.choice} in {SHARE:.0%} of the rows from {month_name(place.first)} to "
        f"{month_name(place.last)}, a code for missing.",
    )
    return planted, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure number and share of the code in the months concerned."""
    coded = rows_where(frame, key.parameters["where"])[rows_of_key(frame, key)]
    return {"share": statistics.share(coded), "count": statistics.count(coded)}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the smallest or largest value is a spike of 1 % that lies far from the next value.

    Far is more than three times the range of the others, or alone below zero; so the code itself need not be known.
    """
    values = frame[key.columns[0]][rows_of_key(frame, key)].to_numpy(dtype=np.float64)
    known = values[~np.isnan(values)]
    return any(_is_spike(known, edge, len(values)) for edge in (known.min(), known.max()))


def repair(frame: pd.DataFrame, key: PlantKey) -> pd.DataFrame:
    """Return the frame with nulls in the place of the code."""
    host = key.columns[0]
    return frame.assign(**{host: frame[host].astype(float).mask(rows_where(frame, key.parameters["where"]))})


def _is_spike(known: npt.NDArray[np.float64], edge: float, rows: int) -> bool:
    others = known[known != edge]
    if others.size == 0 or known.size - others.size < PRESENT_SHARE * rows:
        return False
    far = min(abs(edge - others.min()), abs(edge - others.max())) > FAR * max(np.ptp(others), 1.0)
    return bool(edge < 0 <= others.min() or far)


PLANT = Plant(
    kind=KIND,
    family="quality",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    hosts=HOSTS,
    choices=CODES,
    onset=(0, 14),
    length=(6, 18),
    repair=repair,
)
