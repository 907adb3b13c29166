"""A yearly dip: trips a naive PSI between neighbouring months and vanishes year on year."""

from __future__ import annotations

import calendar
from dataclasses import replace

import numpy as np
import pandas as pd

from data_generator import statistics
from data_generator.decoys.decoy import Decoy
from data_generator.key import DecoyKey, months_range
from data_generator.months import month_name
from data_generator.plants.covariate_drift import KIND as FIRES
from data_generator.plants.draft import Draft, Placement, months_of

ID = "seasonal_dip"
NAIVE_PSI = 0.10


def announce(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Describe the dip of the second year; the world has it already, the change log explains it."""
    c = draft.truth.coefficients
    names = " and ".join(calendar.month_name[month] for month in c.dip_months)
    draft = draft.with_note("every year", f"Holiday season: many customers are away in {names}.")
    first, last = (12 + month - 1 for month in c.dip_months)
    return draft, DecoyKey(
        id=ID,
        columns=[c.dip_column, *(["logins_avg_3m"] if c.dip_column == "logins_30d" else [])],
        months=months_range(month_name(first), month_name(last)),
        trap_kinds=["covariate_drift", "data_drift", "feature_drift", "distribution_shift", "concept_drift"],
        summary=f"{c.dip_column} falls in the holiday months of both years alike; year on year nothing moves.",
    )


def naive_psi(frame: pd.DataFrame, key: DecoyKey) -> float:
    """Return the PSI of the dip against the months right before it, which a naive detector looks at."""
    current, month = _months(frame, key)
    first = month[current].min()
    before = (month < first) & (month >= first - 4)
    return statistics.psi(frame[key.columns[0]][before], frame[key.columns[0]][current])


def year_on_year_psi(frame: pd.DataFrame, key: DecoyKey) -> float:
    """Return the PSI of the dip against the same months one year earlier."""
    current, month = _months(frame, key)
    earlier = np.isin(month, np.unique(month[current]) - 12)
    return statistics.psi(frame[key.columns[0]][earlier], frame[key.columns[0]][current])


def _months(frame: pd.DataFrame, key: DecoyKey) -> tuple[np.ndarray, np.ndarray]:
    assert key.months is not None
    months = frame["snapshot_month"].astype(str)
    return months.between(key.months.first, key.months.last).to_numpy(), months_of(frame)


DECOY = Decoy(
    id=ID,
    family="change",
    fires=FIRES,
    apply=announce,
    trips=lambda frame, key: naive_psi(frame, key) >= NAIVE_PSI,
    touches=lambda place, c: frozenset({c.dip_column}),
    absent=lambda c: replace(c, dip_factor=1.0),
)
