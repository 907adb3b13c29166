"""A column that was always filled is null in a fair share of rows from a month on, for good or until it is mended."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.plant import Plant
from data_generator.plants.slices import rows_of_key, rows_within, window
from data_generator.streams import stream

KIND = "missingness_shift"
NULL_RATES = (0.14, 0.18, 0.22)
PRESENT_STEP = 0.05
# Columns without a structural null.
HOSTS = (
    "api_calls_30d",
    "session_minutes_avg",
    "mobile_share",
    "email_open_rate",
    "integrations_count",
    "outages_30d",
    "discount_pct",
    "tickets_open",
    "late_payments_12m",
    "plan_changes_12m",
    "referral_count",
)


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Null `place.host` at random from month `place.first` to `place.last`; what reaches the end goes on."""
    rate = float(stream(draft.truth.seed, KIND).choice(NULL_RATES))
    rng = stream(draft.truth.seed, f"{KIND}:rows", draft.truth.shard)
    lasting = place.last == EXTRACTION_MONTH
    host, month = place.host, draft.month
    missing = (month >= place.first) & (month <= place.last) & (rng.random(month.size) < rate)
    planted = draft.with_public(host, _nulled(draft.public, host, missing))
    later = lasting & (rng.random(len(draft.replay)) < rate)
    planted = planted.with_replay(host, _nulled(draft.replay, host, later))
    until = "on" if lasting else f"to {month_name(place.last)}"
    key = PlantKey(
        id=KIND,
        family="change",
        kind=KIND,
        columns=[host],
        months=months_range(month_name(place.first), month_name(place.last)),
        severity=2,
        tier="E",
        inherent=False,
        seeded=False,
        equivalents=["missing_values", "null_rate_change", "missing_data", "data_drift"],
        affected_rows=affected_rows(draft.public, missing),
        at_scoring="continues" if lasting else "honest",
        parameters={
            "null_rate": rate,
            "reference": window(0, place.first - 1),
            "current": window(place.first, place.last),
        },
        summary=f"{rate:.0%} of {host} are null from {month_name(place.first)} {until}.",
    )
    return planted, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the null rate in the months concerned, and the PSI against the months before them."""
    host, current = frame[key.columns[0]], rows_of_key(frame, key)
    before = rows_within(frame, key.parameters["reference"])
    return {
        "null_rate": statistics.null_rate(host[current]),
        "psi": statistics.psi(host[before], host[current]),
    }


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the null rate is 5 points higher than in the months before."""
    host, current = frame[key.columns[0]], rows_of_key(frame, key)
    before = rows_within(frame, key.parameters["reference"])
    return statistics.null_rate(host[current]) >= statistics.null_rate(host[before]) + PRESENT_STEP


def _nulled(frame: pd.DataFrame, host: str, missing: np.ndarray) -> np.ndarray:
    return np.where(missing, np.nan, frame[host].to_numpy(dtype=np.float64))


PLANT = Plant(
    kind=KIND,
    family="change",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    hosts=HOSTS,
    onset=(8, 16),
    length=(4, 14),
)
