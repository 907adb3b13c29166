"""AUC of values that many rows share: computed on the groups, so that a search need not rank all rows again."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from data_generator import statistics

ENOUGH_STAYERS = 30_000  # more would move an AUC by less than 0.003
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[Any]


def grouped_auc(score: Numbers, positives: Numbers, negatives: Numbers) -> float:
    """Return max(a, 1 − a) of the AUC when group g holds `positives[g]` and `negatives[g]` rows of `score[g]`.

    Groups of equal score count as one; ties count half. NaN with one class only.
    """
    _, tied = np.unique(score, return_inverse=True)
    ones, zeros = np.bincount(tied, positives), np.bincount(tied, negatives)
    pairs = float(ones.sum() * zeros.sum())
    if pairs == 0:
        return float("nan")
    below = np.cumsum(zeros) - zeros
    area = float(np.sum(ones * (below + zeros / 2))) / pairs
    return max(area, 1 - area)


def sparse_auc(values: Floats, positive: npt.NDArray[np.bool_]) -> float:
    """Return max(a, 1 − a) of the AUC of non-negative values most of which are 0."""
    filled = values > 0
    ones, zeros = positive[filled], ~positive[filled]
    score = np.append(values[filled], 0.0)
    empty = int(positive.sum()) - int(ones.sum())
    return grouped_auc(score, np.append(ones, empty), np.append(zeros, np.sum(~filled) - empty))


def quick_auc(values: statistics.Values, label: statistics.Values) -> float:
    """Return the brief's AUC on all churners and at most about 30,000 others; within 0.01 of that on all rows."""
    churn = np.asarray(label) == 1
    rows = enough_rows(churn, ~churn)
    return statistics.auc(np.asarray(values)[rows], churn[rows])


def enough_rows(leave: npt.NDArray[np.bool_], stay: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the positions of all rows that `leave` and of at most about 30,000 that `stay`, evenly taken."""
    stayers = np.flatnonzero(stay)
    return np.concatenate([np.flatnonzero(leave), stayers[:: max(1, stayers.size // ENOUGH_STAYERS)]])
