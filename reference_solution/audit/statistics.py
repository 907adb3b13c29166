"""The statistics quoted in findings.json, by the definitions of the brief."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

SHARE_FLOOR = 1e-4


def auc(scores: np.ndarray, outcome: np.ndarray) -> float:
    """Return the two-sided ROC-AUC, max(a, 1 - a), of one column.

    scores: (n,) floats; nulls rank below every value. outcome: (n,) of 0 and 1. NaN when one class is absent.
    """
    area = signed_auc(scores, outcome)
    return max(area, 1.0 - area)


def signed_auc(scores: np.ndarray, outcome: np.ndarray) -> float:
    """Return the probability that a random positive outranks a random negative (Mann-Whitney)."""
    values = np.asarray(scores, dtype=float)
    positive = np.asarray(outcome) == 1
    count = int(positive.sum())
    others = positive.size - count
    if count == 0 or others == 0:
        return float("nan")
    finite = np.isfinite(values)
    lowest = values[finite].min() - 1.0 if finite.any() else 0.0
    ranks = rankdata(np.where(np.isnan(values), lowest, values))
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others))


def psi(reference: pd.Series, current: pd.Series) -> float:
    """Return the population stability index with natural logarithms.

    Bins end at the deciles of the reference's non-null values, upper ends included; levels of a category are
    bins; nulls are a bin of their own. About .10 is customarily read as a change, .25 as a large one.
    """
    if is_categorical(reference):
        reference, current = reference.astype(object), current.astype(object)
        levels = pd.Index(pd.unique(pd.concat([reference, current]).dropna()))
        return _psi_of_counts(_count_levels(reference, levels), _count_levels(current, levels))
    edges = np.unique(np.quantile(reference.dropna().to_numpy(float), np.arange(1, 10) / 10))
    return _psi_of_counts(_count_bins(reference, edges), _count_bins(current, edges))


def _count_levels(values: pd.Series, levels: pd.Index) -> np.ndarray:
    codes = levels.get_indexer(values)
    return np.bincount(np.where(values.isna(), len(levels), codes), minlength=len(levels) + 1).astype(float)


def _count_bins(values: pd.Series, edges: np.ndarray) -> np.ndarray:
    array = values.to_numpy(dtype=float)
    bins = np.where(np.isnan(array), edges.size + 1, np.searchsorted(edges, array))
    return np.bincount(bins, minlength=edges.size + 2).astype(float)


def _psi_of_counts(reference: np.ndarray, current: np.ndarray) -> float:
    if reference.sum() == 0 or current.sum() == 0:
        return float("nan")
    expected = np.maximum(reference / reference.sum(), SHARE_FLOOR)
    actual = np.maximum(current / current.sum(), SHARE_FLOOR)
    return float(np.sum((actual - expected) * np.log(actual / expected)))


def ranking(values: pd.Series, outcome: np.ndarray) -> np.ndarray:
    """Return what an AUC ranks: the numbers, or for a text column the churn rate of its level."""
    if is_categorical(values):
        codes, levels = pd.factorize(values)
        rate = pd.Series(outcome).groupby(codes).mean().reindex(range(-1, len(levels)))
        return np.where(codes < 0, np.nan, rate.to_numpy()[codes + 1])
    return values.to_numpy(dtype=float)


def median_ratio(reference: pd.Series, current: pd.Series) -> float:
    """Return the median of the current values over the median of the reference, nulls left out."""
    return float(current.median() / reference.median())


def null_rate(values: pd.Series) -> float:
    """Return the share of nulls."""
    return float(values.isna().mean())


def is_categorical(values: pd.Series) -> bool:
    """Return whether a column holds levels rather than numbers."""
    return not pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
