"""The statistics of the brief, by their binding definitions; plants are set and measured with these."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

BINS = 10
FLOOR = 1e-4

Values = Any  # a one-dimensional array or Series, numeric or categorical
Floats = npt.NDArray[np.float64]


def psi(reference: Values, current: Values) -> float:
    """Return the population stability index between two samples, natural logarithm.

    Numbers: ten equal-frequency bins of the non-null reference values, equal edges merged, outer edges
    infinite, bins closed on the right; nulls are a bin of their own; shares are floored at 1e-4.
    Categories: one bin a level, nulls a bin of their own. Not defined (NaN) for an empty sample.
    """
    if len(reference) == 0 or len(current) == 0:
        return float("nan")
    if _is_categorical(reference):
        return shares_psi(*_level_shares(reference, current))
    reference, current = _floats(reference), _floats(current)
    edges = bin_edges(reference)
    return shares_psi(bin_shares(reference, edges), bin_shares(current, edges))


def bin_edges(reference: Floats) -> Floats:
    """Return the inner edges of the equal-frequency bins of the non-null reference values."""
    known = reference[~np.isnan(reference)]
    if known.size == 0:
        return np.empty(0)
    return np.unique(np.quantile(known, np.arange(1, BINS) / BINS))


def bin_shares(values: Floats, edges: Floats) -> Floats:
    """Return the share of all rows in each bin, the last entry being the nulls."""
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    return np.append(counts, values.size - known.size) / max(values.size, 1)


def ks(reference: Values, current: Values) -> float:
    """Return the two-sample Kolmogorov–Smirnov distance of the non-null values, 0 to 1."""
    a, b = (np.sort(x[~np.isnan(x)]) for x in (_floats(reference), _floats(current)))
    if a.size == 0 or b.size == 0:
        return float("nan")
    grid = np.concatenate([a, b])
    distance = (
        np.searchsorted(a, grid, side="right") / a.size - np.searchsorted(b, grid, side="right") / b.size
    )
    return float(np.abs(distance).max())


def auc(values: Values, label: Values) -> float:
    """Return max(a, 1 − a) of the area under the ROC curve of one feature, nulls ranked lowest.

    The caller passes mature rows only. Ties count half; a text column counts as the label's rate of its
    levels; with one class only the figure is not defined (NaN).
    """
    y = np.asarray(label) == 1
    x = _level_rates(values, y) if _is_categorical(values) else _floats(values)
    x = np.where(np.isnan(x), -np.inf, x)
    positives, negatives = int(y.sum()), int((~y).sum())
    if positives == 0 or negatives == 0:
        return float("nan")
    ranks = rankdata(x)
    area = (ranks[y].sum() - positives * (positives + 1) / 2) / (positives * negatives)
    return float(max(area, 1 - area))


def null_rate(values: Values) -> float:
    """Return the share of null values."""
    return float(np.mean(pd.isna(values)))


def rate(label: Values) -> float:
    """Return the share of ones among non-null values."""
    return float(np.nanmean(_floats(label)))


def median_ratio(reference: Values, current: Values) -> float:
    """Return the median of the current values divided by that of the reference, nulls left out."""
    a, b = (x[~np.isnan(x)] for x in (_floats(reference), _floats(current)))
    below = np.median(a) if a.size else np.nan
    return float(np.median(b) / below) if b.size and below != 0 else float("nan")


def count(mask: Values) -> int:
    """Return how many entries of a mask are true."""
    return int(np.asarray(mask).sum())


def share(mask: Values) -> float:
    """Return which share of a mask is true."""
    return float(np.asarray(mask).mean())


def correlation(a: Values, b: Values) -> float:
    """Return the Pearson correlation over rows where both values are known."""
    x, y = _floats(a), _floats(b)
    known = ~(np.isnan(x) | np.isnan(y))
    x, y = x[known], y[known]
    if x.size < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def match_rate(a: Values, b: Values) -> float:
    """Return the share of rows, both values known, in which `a` is within 0.05 + 0.001 · |b| of `b`."""
    x, y = _floats(a), _floats(b)
    known = ~(np.isnan(x) | np.isnan(y))
    if not known.any():
        return float("nan")
    return float(np.mean(np.abs(x[known] - y[known]) <= 0.05 + 0.001 * np.abs(y[known])))


def shares_psi(reference: Floats, current: Floats) -> float:
    """Return the PSI of two vectors of bin shares, floored at 1e-4."""
    p, q = np.maximum(reference, FLOOR), np.maximum(current, FLOOR)
    return float(np.sum((q - p) * np.log(q / p)))


def _level_shares(reference: Values, current: Values) -> tuple[Floats, Floats]:
    dtype = getattr(reference, "dtype", None)
    if isinstance(dtype, pd.CategoricalDtype) and dtype == getattr(current, "dtype", None):
        size = len(dtype.categories) + 1  # the last code is that of nulls
        return tuple(np.bincount(x.cat.codes % size, minlength=size) / len(x) for x in (reference, current))  # type: ignore[return-value]  # two entries, one per sample
    a, b = (pd.Series(np.asarray(x, dtype=object)).fillna("\0null") for x in (reference, current))
    levels = sorted(set(a.unique()) | set(b.unique()))
    return tuple(x.value_counts(normalize=True).reindex(levels, fill_value=0.0).to_numpy() for x in (a, b))  # type: ignore[return-value]  # two entries, one per sample


def _level_rates(values: Values, positive: npt.NDArray[np.bool_]) -> Floats:
    dtype = getattr(values, "dtype", None)
    if isinstance(dtype, pd.CategoricalDtype):
        code = np.asarray(values.cat.codes, dtype=np.int64)
        number = np.bincount(code + 1, minlength=1)
        rates = np.bincount(code + 1, weights=positive, minlength=1) / np.maximum(number, 1)
        return np.where(code < 0, np.nan, rates[code + 1])
    level = pd.Series(np.asarray(values, dtype=object))
    return _floats(level.map(pd.Series(positive).groupby(level).mean()))


def _is_categorical(values: Values) -> bool:
    series = values if isinstance(values, pd.Series) else pd.Series(values)
    return not pd.api.types.is_numeric_dtype(series)


def _floats(values: Values) -> Floats:
    return np.asarray(pd.Series(values).to_numpy(dtype=np.float64, na_value=np.nan))
