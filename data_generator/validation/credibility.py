"""Is the un-planted twin a panel of people? The figures and bands that a credible world is built to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_generator import statistics
from data_generator.plants.draft import months_of
from data_generator.schema import LABEL, NOISE, feature_names

BANDS: dict[str, tuple[float, float]] = {
    "prevalence": (0.058, 0.066),
    "monthly_hazard": (0.020, 0.024),
    "usage_lag_1_correlation": (0.6, 0.9),
    "usage_intra_class_correlation": (0.4, 0.7),
    "tenure_steps_not_one": (0, 0),
    "rows_after_cancelling": (0, 0),
    "leavers_without_label": (0, 0),
    "churn_new_over_old": (2.0, np.inf),
    "winter_over_summer_usage": (1.05, np.inf),
    "correlation_in_blocks": (0.15, np.inf),
    "correlation_of_noise": (
        0.0,
        0.025,
    ),  # the largest of dozens, some of 13,000 customers: chance reaches 0.02
    "noise_columns": (8, 8),
    "largest_psi": (0.0, 0.005),
    "tenure_psi": (0.0, 0.05),
}
"""Inclusive limits of each figure at 200,000 rows; PSI compares 2024 with 2023."""

AGEING = ("tenure_months", "total_charges")
USAGE = "data_usage_gb"
BLOCK = ("data_usage_gb", "logins_30d", "features_used", "active_days_30d")
NEW, OLD = 6, 60  # months of tenure


def credibility(twin: pd.DataFrame) -> dict[str, float]:
    """Return every figure of BANDS, and the number of customers and of rows of each; labels must be complete."""
    panel = twin.assign(month=months_of(twin)).sort_values(["customer_id", "month"], ignore_index=True)
    who, month = panel["customer_id"].to_numpy(), panel["month"].to_numpy()
    follows = np.flatnonzero(who[1:] == who[:-1])
    tenure = panel["tenure_months"].to_numpy()
    last = np.append(who[1:] != who[:-1], True)
    label = panel[LABEL].to_numpy() == 1
    last_month = np.asarray(panel.groupby("customer_id")["month"].transform("max"))
    usage = np.log(panel[USAGE].to_numpy(dtype=np.float64))
    gone = last & (month < month.max())
    new, old = tenure <= NEW, tenure > OLD
    season = pd.Series(np.exp(usage)).groupby(month).median()
    winter, summer = ([m for m in season.index if m % 12 in at] for at in ((0, 1, 11), (5, 6, 7)))
    early = months_of(twin) < 12
    psi = {name: statistics.psi(twin[name][early], twin[name][~early]) for name in feature_names()}
    ranked = twin[[*BLOCK, *(n for n in NOISE if pd.api.types.is_numeric_dtype(twin[n]))]].corr("spearman")
    noise = [n for n in NOISE if n in ranked]
    within = ranked.loc[list(BLOCK), list(BLOCK)].to_numpy()
    return {
        "prevalence": float(label.mean()),
        "monthly_hazard": float(gone[month < month.max()].mean()),
        "usage_lag_1_correlation": float(np.corrcoef(usage[follows], usage[follows + 1])[0, 1]),
        "usage_intra_class_correlation": intra_class_correlation(usage, who),
        "tenure_steps_not_one": float((tenure[follows + 1] - tenure[follows] != 1).sum()),
        "rows_after_cancelling": float((label & (last_month > month + 2)).sum()),
        "leavers_without_label": float((gone & ~label).sum()),
        "churn_new_over_old": float(label[new].mean() / label[old].mean()),
        "winter_over_summer_usage": float(season[winter].mean() / season[summer].mean()),
        "correlation_in_blocks": float(within[np.triu_indices(len(BLOCK), 1)].min()),
        "correlation_of_noise": float(ranked.loc[noise, list(BLOCK)].abs().to_numpy().max()),
        "noise_columns": float(len(NOISE)),
        "largest_psi": max(value for name, value in psi.items() if name not in AGEING),
        "tenure_psi": psi["tenure_months"],
        "customers": float(last.sum()),
        "rows_per_customer": float(len(panel) / last.sum()),
    }


def intra_class_correlation(values: np.ndarray, group: np.ndarray) -> float:
    """Return the share of variance between groups, by one-way analysis of variance."""
    code = np.unique(group, return_inverse=True)[1]
    size = np.bincount(code)
    mean = np.bincount(code, weights=values) / size
    within = float(np.sum((values - mean[code]) ** 2)) / (values.size - size.size)
    between = float(np.sum(size * (mean - values.mean()) ** 2)) / (size.size - 1)
    typical = (values.size - float(np.sum(size**2)) / values.size) / (size.size - 1)
    return (between - within) / (between + (typical - 1) * within)


def outside(figures: dict[str, float]) -> list[str]:
    """Return the names of the figures outside their bands."""
    return [name for name, (low, high) in BANDS.items() if not low <= figures[name] <= high]
