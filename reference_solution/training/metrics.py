"""Figures of a scored test set, and their uncertainty when customers are drawn again."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

RESAMPLES = 400


@dataclass(frozen=True)
class CapacityList:
    """What the monthly call lists at capacity hold."""

    precision: float
    recall: float


def at_capacity(months: np.ndarray, label: np.ndarray, score: np.ndarray, capacity: float) -> CapacityList:
    """Return precision and recall of the highest scored share `capacity` of each month, months pooled."""
    called = capacity_mask(months, score, capacity)
    return CapacityList(
        float(label[called].sum() / max(called.sum(), 1)), float(label[called].sum() / max(label.sum(), 1))
    )


def capacity_mask(months: np.ndarray, score: np.ndarray, capacity: float) -> np.ndarray:
    """Return which rows are in their month's list; the list's length is rounded down."""
    called = np.zeros(score.size, dtype=bool)
    for month in np.unique(months):
        rows = np.flatnonzero(months == month)
        size = int(np.floor(capacity * rows.size + 1e-9))
        called[rows[np.argsort(-score[rows], kind="stable")[:size]]] = True
    return called


def figures(months: np.ndarray, label: np.ndarray, score: np.ndarray, capacity: float) -> dict[str, float]:
    """Return the figures of metrics.json for one model."""
    lists = at_capacity(months, label, score, capacity)
    return {
        "pr_auc": float(average_precision_score(label, score)),
        "roc_auc": float(roc_auc_score(label, score)),
        "brier": float(brier_score_loss(label, score)),
        "precision_at_capacity": lists.precision,
        "recall_at_capacity": lists.recall,
        "base_rate": float(label.mean()),
    }


@dataclass(frozen=True)
class Intervals:
    """95 % intervals of PR-AUC from resampled customers, and of the gains over the baseline on the same draws."""

    baseline: tuple[float, float]
    tuned: tuple[float, float]
    gain: tuple[float, float]
    log_loss_gain: tuple[float, float]


def customer_bootstrap(
    customers: np.ndarray, label: np.ndarray, baseline: np.ndarray, tuned: np.ndarray, seed: int
) -> Intervals:
    """Resample customers, who bring all their rows: rows of one customer are no independent evidence."""
    rng = np.random.default_rng(seed)
    _, owner = np.unique(customers, return_inverse=True)
    size = int(owner.max()) + 1
    ranked = [
        (order, owner[order], label[order])
        for order in (np.argsort(-baseline, kind="stable"), np.argsort(-tuned, kind="stable"))
    ]
    values, saved = np.empty((RESAMPLES, 2)), np.empty(RESAMPLES)
    better = row_log_loss(label, baseline) - row_log_loss(label, tuned)
    for draw in range(RESAMPLES):
        weight = np.bincount(rng.integers(0, size, size), minlength=size)
        values[draw] = [weighted_average_precision(weight[who], hit) for _, who, hit in ranked]
        saved[draw] = np.average(better, weights=weight[owner])
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    gain = np.quantile(values[:, 1] - values[:, 0], [0.025, 0.975])
    spared = np.quantile(saved, [0.025, 0.975])
    return Intervals(
        *(tuple(float(end) for end in pair) for pair in ((low[0], high[0]), (low[1], high[1]), gain, spared))
    )


def row_log_loss(label: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return each row's log loss (n,)."""
    inside = np.clip(probability, 1e-9, 1 - 1e-9)
    return -np.where(label == 1, np.log(inside), np.log1p(-inside))


def weighted_average_precision(weight: np.ndarray, label: np.ndarray) -> float:
    """Return the average precision of rows sorted by falling score, each counted `weight` times."""
    hits = np.cumsum(weight * label)
    precision = hits / np.maximum(np.cumsum(weight), 1)
    return float(np.sum(weight * label * precision) / max(hits[-1], 1))


def lift_table(label: np.ndarray, score: np.ndarray) -> pd.DataFrame:
    """Return the ten deciles of falling score: customers, churners, rate, lift and cumulative capture."""
    order = np.argsort(-score, kind="stable")
    groups = np.array_split(label[order], 10)
    churners = np.array([group.sum() for group in groups])
    customers = np.array([group.size for group in groups])
    rate = churners / customers
    return pd.DataFrame(
        {
            "decile": np.arange(1, 11),
            "customers": customers,
            "churners": churners,
            "churn_rate": rate,
            "lift": rate / label.mean(),
            "cumulative_capture": np.cumsum(churners) / max(label.sum(), 1),
        }
    )


def by_segment(
    rows: pd.DataFrame, columns: tuple[str, ...], label: np.ndarray, score: np.ndarray, called: np.ndarray
) -> pd.DataFrame:
    """Return, per level of each column, size, churn rate, mean score, PR-AUC and the share and precision of calls."""
    table = []
    for column in columns:
        for level, index in rows.groupby(column, observed=True).indices.items():
            hit = label[index]
            listed = called[index]
            table.append(
                {
                    "column": column,
                    "level": str(level),
                    "rows": index.size,
                    "churn_rate": hit.mean(),
                    "mean_score": score[index].mean(),
                    "observed_to_expected": hit.mean() / score[index].mean(),
                    "pr_auc": average_precision_score(hit, score[index]) if hit.any() else np.nan,
                    "share_called": listed.mean(),
                    "precision_of_calls": hit[listed].mean() if listed.any() else np.nan,
                }
            )
    return pd.DataFrame(table)
